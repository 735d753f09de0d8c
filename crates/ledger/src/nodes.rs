//! What is proved of a log: roots, inclusion, consistency. Tiles are read from the database as they are needed.

use crate::{Store, StoreError};
use proof::tile::{Tile, above};
use proof::{Hash, Node, Nodes};
use std::collections::BTreeMap;

/// What is to be proved of the tree of a size.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Question {
    Root,
    Inclusion(u64),
    /// That it adds to the tree of this size.
    Consistency(u64),
}

/// Proves it. A tile that has not been read yet is read, and then it is proved again: a proof needs few of them.
pub(crate) async fn prove(
    store: &mut dyn Store,
    size: u64,
    question: Question,
) -> Result<Vec<Hash>, StoreError> {
    let mut tiles = BTreeMap::new();
    loop {
        let read = Read { tiles: &tiles, size };
        let proved = match question {
            Question::Root => proof::root(&read, size).map(|root| vec![root]),
            Question::Inclusion(index) => proof::inclusion(&read, index, size),
            Question::Consistency(old) => proof::consistency(&read, old, size),
        };
        match proved {
            Ok(hashes) => return Ok(hashes),
            Err(Missing(Some(tile))) if !tiles.contains_key(&tile) => {
                let hashes = store.tile(tile).await?;
                tiles.insert(tile, hashes);
            }
            Err(Missing(_)) => {
                return Err(StoreError::Damaged(format!("hashes of its first {size} entries are not there")));
            }
        }
    }
}

/// The root when the log had so many entries.
pub(crate) async fn root(store: &mut dyn Store, size: u64) -> Result<Hash, StoreError> {
    let root = prove(store, size, Question::Root).await?;
    root.first().copied().ok_or_else(|| StoreError::Damaged("it has no root".to_owned()))
}

struct Read<'a> {
    tiles: &'a BTreeMap<Tile, Vec<Hash>>,
    size: u64,
}

/// A tile that has not been read yet; `None` for a node that is in none.
struct Missing(Option<Tile>);

impl Nodes for Read<'_> {
    type Error = Missing;

    fn node(&self, node: Node) -> Result<Hash, Missing> {
        let (tile, at) = Tile::of(node, self.size).ok_or(Missing(None))?;
        let hashes = self.tiles.get(&tile).ok_or(Missing(Some(tile)))?;
        hashes.get(at).and_then(above).ok_or(Missing(None))
    }
}
