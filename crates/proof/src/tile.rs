//! The tree as files: [tlog-tiles](https://c2sp.org/tlog-tiles). A tile is up to 256 hashes of one level beside each other; a bundle as many entries.

use crate::{Hash, Node};
use std::fmt;

/// How many levels of the tree a tile spans.
pub const HEIGHT: u8 = 8;
/// How many hashes or entries a full one has.
pub const WIDTH: u64 = 256;

/// Hashes of one level, beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// Its level: its hashes are nodes of the level eight times as high.
    pub level: u8,
    /// Which one of its level.
    pub index: u64,
    /// How many hashes it has, from 1 to 256.
    pub width: u16,
}

/// Entries beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bundle {
    /// Which one.
    pub index: u64,
    /// How many entries it has, from 1 to 256.
    pub width: u16,
}

impl Tile {
    /// All tiles of a tree of this size, the lowest first.
    pub fn all(size: u64) -> impl Iterator<Item = Self> {
        let levels = (0..8_u8).map(move |level| (level, size >> (u32::from(HEIGHT) * u32::from(level))));
        levels.take_while(|(_, hashes)| *hashes > 0).flat_map(|(level, hashes)| {
            widths(hashes).map(move |(index, width)| Self { level, index, width })
        })
    }

    /// The tile of a tree of this size in which a node is, or those under it are, and which ones.
    #[must_use]
    pub fn of(node: Node, size: u64) -> Option<(Self, std::ops::Range<usize>)> {
        let (level, above) = (node.level / HEIGHT, node.level % HEIGHT);
        let first = node.index.checked_shl(u32::from(above))?;
        let hashes = size.checked_shr(u32::from(HEIGHT) * u32::from(level))?;
        let index = first / WIDTH;
        let width = hashes.checked_sub(index * WIDTH)?.min(WIDTH);
        let (at, many) = (usize::try_from(first % WIDTH).ok()?, 1 << above);
        let tile = Self { level, index, width: u16::try_from(width).ok()? };
        (at + many <= usize::from(tile.width)).then_some((tile, at..at + many))
    }
}

impl Bundle {
    /// All bundles of a log of this size.
    pub fn all(size: u64) -> impl Iterator<Item = Self> {
        widths(size).map(|(index, width)| Self { index, width })
    }

    /// The entries of a bundle, each after its length in two bytes. `None` if one is longer than these can say.
    #[must_use]
    pub fn join<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        for entry in entries {
            bytes.extend(u16::try_from(entry.len()).ok()?.to_be_bytes());
            bytes.extend(entry);
        }
        Some(bytes)
    }

    /// The entries again. `None` if there is more or less than whole entries.
    #[must_use]
    pub fn split(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
        let mut entries = Vec::new();
        while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
            let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            entries.push(entry);
            bytes = rest;
        }
        bytes.is_empty().then_some(entries)
    }
}

/// The hashes of a tile as they are stored. `None` if they are not whole.
#[must_use]
pub fn hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, []) = bytes.as_chunks::<{ Hash::LENGTH }>() else { return None };
    Some(hashes.iter().map(|hash| Hash(*hash)).collect())
}

/// The hash over `2^n` hashes beside each other.
#[must_use]
pub fn above(hashes: &[Hash]) -> Option<Hash> {
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        let (pairs, []) = level.as_chunks::<2>() else { return None };
        level = pairs.iter().map(|[left, right]| Hash::node(left, right)).collect();
    }
    level.pop()
}

impl fmt::Display for Tile {
    /// Its path: `tile/0/x001/234`, `tile/1/000.p/17`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/", self.level)?;
        path(f, self.index, self.width)
    }
}

impl fmt::Display for Bundle {
    /// Its path: `tile/entries/x001/234`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tile/entries/")?;
        path(f, self.index, self.width)
    }
}

fn path(f: &mut fmt::Formatter<'_>, index: u64, width: u16) -> fmt::Result {
    let mut parts = vec![format!("{:03}", index % 1000)];
    let mut above = index / 1000;
    while above > 0 {
        parts.push(format!("x{:03}", above % 1000));
        above /= 1000;
    }
    parts.reverse();
    f.write_str(&parts.join("/"))?;
    if u64::from(width) < WIDTH { write!(f, ".p/{width}") } else { Ok(()) }
}

/// The full ones of so many, and what is left.
fn widths(many: u64) -> impl Iterator<Item = (u64, u16)> {
    let full = (0..many / WIDTH).map(|index| (index, 256));
    let left = u16::try_from(many % WIDTH).ok().filter(|left| *left > 0);
    full.chain(left.map(|left| (many / WIDTH, left)))
}
