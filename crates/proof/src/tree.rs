//! The Merkle tree of RFC 6962: its root at any size, and proofs made from its nodes.

use crate::Hash;

/// A node that spans `2^level` leaves, the first of them `index * 2^level`. Level 0 are the leaves themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// How high it stands.
    pub level: u8,
    /// Which one of its level.
    pub index: u64,
}

/// Where the nodes of a tree can be read. Only nodes that are complete are asked for.
pub trait Nodes {
    /// Why a node cannot be read.
    type Error;

    /// The hash of a node.
    ///
    /// # Errors
    /// If it cannot be read.
    fn node(&self, node: Node) -> Result<Hash, Self::Error>;
}

/// The complete subtrees that make up a growing tree, the largest first: all that has to be known to append to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    /// One for each bit of the size that is set.
    hashes: Vec<Hash>,
}

impl Frontier {
    /// The frontier of a tree of this size.
    ///
    /// # Errors
    /// If a node cannot be read.
    pub fn read<N: Nodes>(nodes: &N, size: u64) -> Result<Self, N::Error> {
        let hashes = complete(0, size).map(|node| nodes.node(node)).collect::<Result<_, _>>()?;
        Ok(Self { size, hashes })
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf, and tells every node that is complete by it, the leaf first.
    pub fn push(&mut self, leaf: Hash, mut told: impl FnMut(Node, Hash)) {
        let (mut hash, mut node) = (leaf, Node { level: 0, index: self.size });
        told(node, hash);
        while node.index % 2 == 1 {
            let Some(left) = self.hashes.pop() else { break };
            hash = Hash::node(&left, &hash);
            node = Node { level: node.level + 1, index: node.index / 2 };
            told(node, hash);
        }
        self.hashes.push(hash);
        self.size += 1;
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut hashes = self.hashes.iter().rev();
        let Some(last) = hashes.next() else { return Hash::empty() };
        hashes.fold(*last, |right, left| Hash::node(left, &right))
    }
}

/// The root of the tree when it had so many leaves.
///
/// # Errors
/// If a node cannot be read.
pub fn root<N: Nodes>(nodes: &N, size: u64) -> Result<Hash, N::Error> {
    Ok(Frontier::read(nodes, size)?.root())
}

/// What proves that a leaf is in the tree of a size (RFC 6962, 2.1.1): the sibling of each node on its way up, the lowest first. Nothing
/// if there is no such leaf.
///
/// # Errors
/// If a node cannot be read.
pub fn inclusion<N: Nodes>(nodes: &N, index: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    let mut proof = Vec::new();
    if index < size {
        path(nodes, index, (0, size), &mut proof)?;
    }
    Ok(proof)
}

fn path<N: Nodes>(
    nodes: &N,
    index: u64,
    (from, to): (u64, u64),
    proof: &mut Vec<Hash>,
) -> Result<(), N::Error> {
    if to - from <= 1 {
        return Ok(());
    }
    let middle = from + split(to - from);
    if index < middle {
        path(nodes, index, (from, middle), proof)?;
        proof.push(span(nodes, middle, to)?);
    } else {
        path(nodes, index, (middle, to), proof)?;
        proof.push(span(nodes, from, middle)?);
    }
    Ok(())
}

/// What proves that the tree of the new size only adds to that of the old one (RFC 6962, 2.1.2). Nothing for sizes of which
/// nothing has to be proved: the same, or none before.
///
/// # Errors
/// If a node cannot be read.
pub fn consistency<N: Nodes>(nodes: &N, old: u64, new: u64) -> Result<Vec<Hash>, N::Error> {
    let mut proof = Vec::new();
    if 0 < old && old < new {
        grown(nodes, old, (0, new), true, &mut proof)?;
    }
    Ok(proof)
}

/// `SUBPROOF` of the RFC. `whole` is true as long as the old tree is known by its root alone.
fn grown<N: Nodes>(
    nodes: &N,
    old: u64,
    (from, to): (u64, u64),
    whole: bool,
    proof: &mut Vec<Hash>,
) -> Result<(), N::Error> {
    if old == to {
        if !whole {
            proof.push(span(nodes, from, to)?);
        }
        return Ok(());
    }
    let middle = from + split(to - from);
    if old <= middle {
        grown(nodes, old, (from, middle), whole, proof)?;
        proof.push(span(nodes, middle, to)?);
    } else {
        grown(nodes, old, (middle, to), false, proof)?;
        proof.push(span(nodes, from, middle)?);
    }
    Ok(())
}

/// The hash over the leaves from the one to before the other. The first is where a subtree of that many may begin.
fn span<N: Nodes>(nodes: &N, from: u64, to: u64) -> Result<Hash, N::Error> {
    let mut hash: Option<Hash> = None;
    let parts: Vec<Node> = complete(from, to).collect();
    for node in parts.into_iter().rev() {
        let left = nodes.node(node)?;
        hash = Some(hash.map_or(left, |right| Hash::node(&left, &right)));
    }
    Ok(hash.unwrap_or_else(Hash::empty))
}

/// The complete subtrees between two leaves, the largest first.
fn complete(from: u64, to: u64) -> impl Iterator<Item = Node> {
    let mut at = from;
    std::iter::from_fn(move || {
        let left = to.checked_sub(at).filter(|left| *left > 0)?;
        let level = left.ilog2();
        let node = Node { level: u8::try_from(level).ok()?, index: at >> level };
        at += 1 << level;
        Some(node)
    })
}

/// The largest power of two below a number that is above one: how many leaves stand at the left.
const fn split(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}
