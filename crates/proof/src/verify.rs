//! What a proof says to whoever has nothing but roots: RFC 9162, sections 2.1.3.2 and 2.1.4.2, which say for RFC 6962's proofs how they are verified.

use crate::Hash;

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// There is no leaf of that index in a tree of that size.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    NoLeaf {
        /// The leaf.
        index: u64,
        /// The leaves of the tree.
        size: u64,
    },
    /// The tree has become smaller.
    #[error("a tree of {old} leaves does not become one of {new}")]
    Shrinks {
        /// The leaves before.
        old: u64,
        /// The leaves after.
        new: u64,
    },
    /// There are more or fewer hashes than such a proof has.
    #[error("the proof has {found} hashes, which is not as many as it needs")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// The proof leads to another root.
    #[error("the proof leads to another root than {0}")]
    Root(Hash),
}

/// Verifies that a leaf is in the tree with this root.
///
/// # Errors
/// If the proof does not show it.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::NoLeaf { index, size });
    }
    let length = ProofError::Length { found: proof.len() };
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return Err(length);
        }
        if at % 2 == 1 || at == last {
            hash = Hash::node(sibling, &hash);
            while at % 2 == 0 && at != 0 {
                at /= 2;
                last /= 2;
            }
        } else {
            hash = Hash::node(&hash, sibling);
        }
        at /= 2;
        last /= 2;
    }
    if last != 0 {
        return Err(length);
    }
    if hash == *root { Ok(()) } else { Err(ProofError::Root(*root)) }
}

/// Verifies that the tree with the new root has all leaves of the one with the old root, in their places.
///
/// # Errors
/// If the proof does not show it.
pub fn verify_consistency(
    (old, old_root): (u64, &Hash),
    (new, new_root): (u64, &Hash),
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::Shrinks { old, new });
    }
    if old == 0 || old == new {
        if !proof.is_empty() {
            return Err(ProofError::Length { found: proof.len() });
        }
        let same = if old == 0 { *old_root == Hash::empty() } else { old_root == new_root };
        return if same { Ok(()) } else { Err(ProofError::Root(*old_root)) };
    }
    grown((old, old_root), (new, new_root), proof)
}

fn grown(
    (old, old_root): (u64, &Hash),
    (new, new_root): (u64, &Hash),
    proof: &[Hash],
) -> Result<(), ProofError> {
    let length = ProofError::Length { found: proof.len() };
    // Where the old tree is one complete subtree, its root is the first hash, and is not repeated.
    let whole = old.is_power_of_two();
    let mut hashes = whole.then_some(old_root).into_iter().chain(proof);
    let first = *hashes.next().ok_or(length)?;
    let (mut at, mut last) = (old - 1, new - 1);
    while at % 2 == 1 {
        at /= 2;
        last /= 2;
    }
    let (mut before, mut after) = (first, first);
    for hash in hashes {
        if last == 0 {
            return Err(length);
        }
        if at % 2 == 1 || at == last {
            before = Hash::node(hash, &before);
            after = Hash::node(hash, &after);
            while at % 2 == 0 && at != 0 {
                at /= 2;
                last /= 2;
            }
        } else {
            after = Hash::node(&after, hash);
        }
        at /= 2;
        last /= 2;
    }
    if last != 0 {
        return Err(length);
    }
    match (before == *old_root, after == *new_root) {
        (true, true) => Ok(()),
        (false, _) => Err(ProofError::Root(*old_root)),
        (true, false) => Err(ProofError::Root(*new_root)),
    }
}
