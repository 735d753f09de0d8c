//! A log as files that anybody can serve, copy and verify: [tlog-tiles](https://c2sp.org/tlog-tiles), and beside them the payloads that have not
//! been erased.

use crate::tile::{Bundle, HEIGHT, Tile, WIDTH};
use crate::{Frontier, Hash, Salt};

/// The path of the signed head.
pub const CHECKPOINT: &str = "checkpoint";

/// Where files are read.
pub trait Files {
    /// What a file holds; `None` if there is none.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String>;
}

/// A file of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum File {
    /// Hashes of the tree.
    Tile(Tile, Vec<Hash>),
    /// Entries.
    Bundle(Bundle, Vec<Vec<u8>>),
}

impl File {
    /// Where it stands.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            File::Tile(tile, _) => tile.to_string(),
            File::Bundle(bundle, _) => bundle.to_string(),
        }
    }

    /// What it holds. `None` if an entry is longer than a bundle can say.
    #[must_use]
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            File::Tile(_, hashes) => Some(hashes.iter().flat_map(|hash| hash.0).collect()),
            File::Bundle(_, entries) => Bundle::join(entries.iter().map(Vec::as_slice)),
        }
    }
}

/// Makes the files of a log of its entries, one after another, and forgets what is written.
#[derive(Debug, Default)]
pub struct Writing {
    frontier: Frontier,
    entries: Vec<Vec<u8>>,
    /// The hashes of the tile of each level that is not full yet.
    levels: Vec<Vec<Hash>>,
}

impl Writing {
    /// How many entries there are, and the root over them.
    #[must_use]
    pub fn head(&self) -> (u64, Hash) {
        (self.frontier.size(), self.frontier.root())
    }

    /// The next entry. Tells each file that is full by it.
    pub fn push(&mut self, entry: Vec<u8>, mut full: impl FnMut(File)) {
        let Self { frontier, levels, entries } = self;
        frontier.push(Hash::leaf(&entry), |node, hash| {
            if node.level % HEIGHT != 0 {
                return;
            }
            let level = node.level / HEIGHT;
            let at = usize::from(level);
            if levels.len() <= at {
                levels.resize(at + 1, Vec::new());
            }
            let Some(hashes) = levels.get_mut(at) else { return };
            hashes.push(hash);
            if hashes.len() as u64 == WIDTH {
                let tile = Tile { level, index: node.index / WIDTH, width: 256 };
                full(File::Tile(tile, std::mem::take(hashes)));
            }
        });
        entries.push(entry);
        if entries.len() as u64 == WIDTH {
            let bundle = Bundle { index: (self.frontier.size() - 1) / WIDTH, width: 256 };
            full(File::Bundle(bundle, std::mem::take(entries)));
        }
    }

    /// The files that are not full.
    pub fn partial(&self) -> impl Iterator<Item = File> {
        let size = self.frontier.size();
        let tiles = (0..).zip(&self.levels).filter(|(_, hashes)| !hashes.is_empty()).filter_map(
            move |(level, hashes)| {
                let index = (size >> (u32::from(HEIGHT) * u32::from(level))) / WIDTH;
                let tile = Tile { level, index, width: u16::try_from(hashes.len()).ok()? };
                Some(File::Tile(tile, hashes.clone()))
            },
        );
        let left = u16::try_from(self.entries.len()).ok().filter(|left| *left > 0);
        let bundle =
            left.map(|width| File::Bundle(Bundle { index: size / WIDTH, width }, self.entries.clone()));
        tiles.chain(bundle)
    }
}

/// A payload that has not been erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The entry that it belongs to.
    pub index: u64,
    /// Which of its payloads it is, from 0.
    pub which: u8,
    /// The salt of its commitment.
    pub salt: Salt,
    /// The content.
    pub content: Vec<u8>,
}

/// The path of the payloads of a bundle's entries.
#[must_use]
pub fn payloads_path(bundle: Bundle) -> String {
    bundle.to_string().replacen("tile/entries/", "payloads/", 1)
}

/// The payloads of a bundle's entries as they are stored: for each the entry, which one it is, its length, the salt, the content.
#[must_use]
pub fn join_payloads(payloads: &[Kept]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for Kept { index, which, salt, content } in payloads {
        bytes.extend(index.to_be_bytes());
        bytes.push(*which);
        bytes.extend(u32::try_from(content.len()).ok()?.to_be_bytes());
        bytes.extend(salt.0);
        bytes.extend(content);
    }
    Some(bytes)
}

/// The payloads again. `None` if there is more or less than whole ones.
#[must_use]
pub fn split_payloads(mut bytes: &[u8]) -> Option<Vec<Kept>> {
    let mut payloads = Vec::new();
    while !bytes.is_empty() {
        let (index, rest) = bytes.split_first_chunk::<8>()?;
        let (which, rest) = rest.split_first()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (salt, rest) = rest.split_first_chunk::<32>()?;
        let (content, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        let (index, which, salt) = (u64::from_be_bytes(*index), *which, Salt(*salt));
        payloads.push(Kept { index, which, salt, content: content.to_vec() });
        bytes = rest;
    }
    Some(payloads)
}
