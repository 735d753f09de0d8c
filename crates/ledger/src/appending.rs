//! Makes entries of what somebody wants to have in the log. Pure but for the salts: a database gives it where the log stands, and stores what it
//! makes.

use crate::random::random;
use crate::store::{Head, StoreError};
use crate::{Contents, New};
use proof::files::Kept;
use proof::tile::{HEIGHT, Tile, WIDTH};
use proof::{Entry, Frontier, Hash, Node, Payload, Salt, Signer, commitment};
use std::collections::BTreeMap;

/// A batch while it is made.
pub(crate) struct Appending<'a> {
    node: &'a (dyn Signer + Sync),
    now: u64,
    time: u64,
    frontier: Frontier,
    /// The tiles that get more hashes, by level and index.
    tiles: BTreeMap<(u8, u64), Vec<Hash>>,
    entries: Vec<Made>,
}

/// An entry that is made.
pub(crate) struct Made {
    pub(crate) index: u64,
    pub(crate) time: u64,
    pub(crate) command: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) payloads: Vec<(String, Kept)>,
}

/// What is to be stored.
pub(crate) struct Batch {
    pub(crate) entries: Vec<Made>,
    pub(crate) tiles: BTreeMap<(u8, u64), Vec<Hash>>,
    pub(crate) size: u64,
    pub(crate) time: u64,
    pub(crate) root: Hash,
}

impl<'a> Appending<'a> {
    /// Goes on from where a log stands, of which the tiles that are not full are these.
    pub(crate) fn after(
        head: &Head,
        tiles: BTreeMap<(u8, u64), Vec<Hash>>,
        node: &'a (dyn Signer + Sync),
        now: u64,
    ) -> Result<Self, StoreError> {
        let size = head.size;
        let frontier = Frontier::read(&Rightmost { tiles: &tiles, size }, size)?;
        if frontier.root() != head.root {
            return Err(StoreError::Damaged(format!(
                "the hashes over its {size} entries are not those that it had"
            )));
        }
        Ok(Self { node, now, time: head.time, frontier, tiles, entries: Vec::new() })
    }

    /// The tiles of a log of this size that are not full, and so are needed to append to it.
    pub(crate) fn needed(size: u64) -> impl Iterator<Item = Tile> {
        let levels = (0..8_u8).map(move |level| (level, size >> (u32::from(HEIGHT) * u32::from(level))));
        levels.filter_map(|(level, hashes)| {
            let width = u16::try_from(hashes % WIDTH).ok().filter(|width| *width > 0)?;
            Some(Tile { level, index: hashes / WIDTH, width })
        })
    }

    pub(crate) fn push(&mut self, new: New) -> Result<(), StoreError> {
        let index = self.frontier.size();
        self.time = self.time.max(self.now);
        let (mut payloads, mut kept) = (Vec::new(), Vec::new());
        for (which, Contents { class, kind, bytes }) in (0..).zip(new.contents) {
            let salt = salt()?;
            payloads.push(Payload { class: class.clone(), kind, commitment: commitment(&salt, &bytes) });
            kept.push((class.to_string(), Kept { index, which, salt, content: bytes }));
        }
        let New { actor, authority, command, .. } = new;
        let answered = command.to_string();
        let entry = Entry { index, time: self.time, actor, authority, command, payloads };
        let bytes = entry.signed(self.node)?;
        let tiles = &mut self.tiles;
        self.frontier.push(Hash::leaf(&bytes), |Node { level, index }, hash| {
            if level % HEIGHT == 0 {
                tiles.entry((level / HEIGHT, index / WIDTH)).or_default().push(hash);
            }
        });
        let time = self.time;
        self.entries.push(Made { index, time, command: answered, bytes, payloads: kept });
        Ok(())
    }

    pub(crate) fn done(self) -> Batch {
        let Self { time, frontier, tiles, entries, .. } = self;
        Batch { entries, tiles, size: frontier.size(), time, root: frontier.root() }
    }
}

/// The nodes of a frontier, read from the tiles that are not full.
struct Rightmost<'a> {
    tiles: &'a BTreeMap<(u8, u64), Vec<Hash>>,
    size: u64,
}

impl proof::Nodes for Rightmost<'_> {
    type Error = StoreError;

    fn node(&self, node: Node) -> Result<Hash, StoreError> {
        let damaged = || {
            StoreError::Damaged(format!(
                "the hashes over entries at its end, of {}, are not there",
                self.size
            ))
        };
        let (tile, at) = Tile::of(node, self.size).ok_or_else(damaged)?;
        let hashes = self.tiles.get(&(tile.level, tile.index)).and_then(|hashes| hashes.get(at));
        hashes.and_then(proof::tile::above).ok_or_else(damaged)
    }
}

fn salt() -> Result<Salt, StoreError> {
    random().map(Salt)
}
