//! The tree against the RFC's own definitions, written down as they stand there.

use proof::{
    Frontier, Hash, Node, Nodes, ProofError, consistency, inclusion, root, verify_consistency,
    verify_inclusion,
};
use proptest::prelude::*;
use std::convert::Infallible;

/// All leaves at hand: a node is the root over its leaves.
pub(crate) struct Leaves(pub(crate) Vec<Hash>);

impl Nodes for Leaves {
    type Error = Infallible;

    fn node(&self, Node { level, index }: Node) -> Result<Hash, Infallible> {
        let from = usize::try_from(index << level).unwrap();
        Ok(mth(&self.0[from..from + (1 << level)]))
    }
}

/// `MTH` of RFC 6962, 2.1.
pub(crate) fn mth(leaves: &[Hash]) -> Hash {
    match leaves.len() {
        0 => Hash::empty(),
        1 => leaves[0],
        many => {
            let middle = many.next_power_of_two() / 2;
            Hash::node(&mth(&leaves[..middle]), &mth(&leaves[middle..]))
        }
    }
}

pub(crate) fn leaves(many: usize) -> Leaves {
    Leaves((0..many).map(|at| Hash::leaf(at.to_string().as_bytes())).collect())
}

#[test]
fn the_hashes_are_those_of_the_rfc() {
    let hex = |hash: Hash| hash.0.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(hex(Hash::empty()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    // The trees that implementations of Certificate Transparency test themselves with.
    let contents: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let leaves: Vec<Hash> = contents.iter().map(|content| Hash::leaf(content)).collect();
    assert_eq!(hex(mth(&leaves[..1])), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    assert_eq!(hex(mth(&leaves)), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

#[test]
fn every_proof_of_every_tree_up_to_130_leaves_is_right_and_any_change_to_it_is_seen() {
    let all = leaves(130);
    let mut frontier = Frontier::default();
    for size in 0..=130_u64 {
        let expected = mth(&all.0[..usize::try_from(size).unwrap()]);
        assert_eq!(root(&all, size), Ok(expected), "{size}");
        assert_eq!((frontier.size(), frontier.root()), (size, expected));
        assert_eq!(Frontier::read(&all, size), Ok(frontier.clone()));
        for index in 0..size {
            let leaf = all.0[usize::try_from(index).unwrap()];
            let proof = inclusion(&all, index, size).unwrap();
            assert_eq!(verify_inclusion(&leaf, index, size, &proof, &expected), Ok(()), "{index} of {size}");
            let other = verify_inclusion(&Hash::leaf(b"other"), index, size, &proof, &expected);
            assert_eq!(other, Err(ProofError::Root(expected)));
            for wrong in [index.wrapping_sub(1), index + 1, index ^ 1, size] {
                assert!(
                    verify_inclusion(&leaf, wrong, size, &proof, &expected).is_err() || wrong == index,
                    "{wrong} for {index} of {size}"
                );
            }
        }
        for old in 0..=size {
            let old_root = mth(&all.0[..usize::try_from(old).unwrap()]);
            let proof = consistency(&all, old, size).unwrap();
            assert_eq!(
                verify_consistency((old, &old_root), (size, &expected), &proof),
                Ok(()),
                "{old} to {size}"
            );
            let other = Hash::leaf(b"other");
            assert!(verify_consistency((old, &other), (size, &expected), &proof).is_err());
            assert!(verify_consistency((old, &old_root), (size, &other), &proof).is_err() || old == 0);
            let mut longer = proof.clone();
            longer.push(other);
            assert!(
                verify_consistency((old, &old_root), (size, &expected), &longer).is_err(),
                "{old} to {size}"
            );
            if let Some((_, shorter)) = proof.split_last() {
                assert!(verify_consistency((old, &old_root), (size, &expected), shorter).is_err());
            }
        }
        if size < 130 {
            frontier.push(all.0[usize::try_from(size).unwrap()], |node, hash| {
                assert_eq!(all.node(node), Ok(hash))
            });
        }
    }
    assert_eq!(
        verify_consistency((2, &Hash::empty()), (1, &Hash::empty()), &[]),
        Err(ProofError::Shrinks { old: 2, new: 1 })
    );
}

proptest! {
    #[test]
    fn no_proof_made_of_anything_panics_or_proves_what_is_not_so(
        index in any::<u64>(), size in any::<u64>(), old in any::<u64>(),
        proof in prop::collection::vec(any::<[u8; 32]>().prop_map(Hash), 0..70),
    ) {
        let (leaf, root) = (Hash::leaf(b"leaf"), Hash::leaf(b"root"));
        prop_assert!(verify_inclusion(&leaf, index, size, &proof, &root).is_err());
        prop_assert!(verify_consistency((old.max(1), &leaf), (size, &root), &proof).is_err());
    }

    #[test]
    fn a_proof_with_one_hash_changed_proves_nothing(size in 2..400_u64, seed in any::<u64>(), bit in 0..256_usize) {
        let all = leaves(usize::try_from(size).unwrap());
        let root = mth(&all.0);
        let index = seed % size;
        let mut proof = inclusion(&all, index, size).unwrap();
        let at = usize::try_from(seed).unwrap_or(0) % proof.len();
        proof[at].0[bit / 8] ^= 1 << (bit % 8);
        let leaf = all.0[usize::try_from(index).unwrap()];
        prop_assert_eq!(verify_inclusion(&leaf, index, size, &proof, &root), Err(ProofError::Root(root)));
        let old = index.max(1);
        let mut proof = consistency(&all, old, size).unwrap();
        if !proof.is_empty() {
            let at = usize::try_from(seed).unwrap_or(0) % proof.len();
            proof[at].0[bit / 8] ^= 1 << (bit % 8);
            let old_root = mth(&all.0[..usize::try_from(old).unwrap()]);
            prop_assert!(verify_consistency((old, &old_root), (size, &root), &proof).is_err());
        }
    }
}
