//! Others verify what we write, and we verify what they write: `tlog_tiles` and `signed_note` share no code with us.

use crate::log::{folder, log};
use crate::note::key;
use crate::tree::{leaves, mth};
use proof::{
    Algorithm, Checkpoint, Frontier, Hash, Node, Note, Signer, SigningKey, VerifierKey, consistency,
    inclusion, tile, verify_consistency, verify_inclusion,
};
use std::collections::BTreeMap;
use tlog_tiles::{HashReader, Tile, TileHashReader, TileReader};

fn theirs(hash: Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(hash.0)
}

/// Our exported files, as their reader of tiles wants them.
struct Ours<'a>(&'a BTreeMap<String, Vec<u8>>);

impl TileReader for Ours<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        // They count the height in the path; ours is that of C2SP, where it is always eight.
        let path = |tile: &Tile| tile.path().replacen("tile/8/", "tile/", 1);
        Ok(tiles.iter().map(|tile| self.0[&path(tile)].clone()).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

#[test]
fn an_implementation_of_others_verifies_our_export() {
    let entries: Vec<Vec<u8>> = (0..70_000).map(|at| format!("entry {at}").into_bytes()).collect();
    let folder = folder(&entries, &[]);
    let verifier = signed_note::StandardVerifier::new(&log().key().to_string()).unwrap();
    let note = signed_note::Note::from_bytes(&folder.0["checkpoint"]).unwrap();
    let list = signed_note::VerifierList::new(vec![Box::new(verifier)]);
    let (verified, unverified) = note.verify(&list).unwrap();
    assert_eq!((verified.len(), unverified.len()), (1, 0));
    let head = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!((head.origin(), head.size()), ("example.com/log", 70_000));
    // Their reader verifies every tile that it reads against the root.
    let ours = Ours(&folder.0);
    let reader = TileHashReader::new(head.size(), *head.hash(), &ours);
    assert_eq!(tlog_tiles::tree_hash(head.size(), &reader).unwrap(), *head.hash());
    for index in [0, 1, 255, 256, 65_535, 65_536, 69_999] {
        let proof = tlog_tiles::prove_record(head.size(), index, &reader).unwrap();
        let entry = entries[usize::try_from(index).unwrap()].as_slice();
        tlog_tiles::check_record(&proof, head.size(), *head.hash(), index, tlog_tiles::record_hash(entry))
            .unwrap();
        // And what they prove is what we verify.
        let proof: Vec<Hash> = proof.iter().map(|hash| Hash(hash.0)).collect();
        let root = Hash(head.hash().0);
        assert_eq!(verify_inclusion(&Hash::leaf(entry), index, head.size(), &proof, &root), Ok(()));
        let bundle = tile::Bundle { index: index / 256, width: if index / 256 == 273 { 112 } else { 256 } };
        let stored = &folder.0[&bundle.to_string()];
        assert_eq!(tile::Bundle::split(stored).unwrap()[usize::try_from(index % 256).unwrap()], entry);
    }
}

#[test]
fn our_proofs_are_theirs() {
    let all = leaves(300);
    let mut frontier = Frontier::default();
    let mut roots = vec![frontier.root()];
    for leaf in &all.0 {
        frontier.push(*leaf, |_, _| {});
        roots.push(frontier.root());
    }
    for (new, old) in [(1, 1), (2, 1), (7, 3), (256, 255), (300, 1), (300, 256), (300, 299), (299, 128)] {
        let (new_root, old_root) = (roots[new], roots[old]);
        assert_eq!(new_root, mth(&all.0[..new]));
        let proof = consistency(&all, old as u64, new as u64).unwrap();
        let proof = proof.into_iter().map(theirs).collect();
        tlog_tiles::check_tree(&proof, new as u64, theirs(new_root), old as u64, theirs(old_root)).unwrap();
        let index = old - 1;
        let proof = inclusion(&all, index as u64, new as u64).unwrap().into_iter().map(theirs).collect();
        tlog_tiles::check_record(&proof, new as u64, theirs(new_root), index as u64, theirs(all.0[index]))
            .unwrap();
    }
}

/// Hashes in their order of storage.
struct Stored(Vec<tlog_tiles::Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[usize::try_from(*index).unwrap()]).collect())
    }
}

#[test]
fn we_verify_a_log_that_others_made() {
    let mut stored = Stored(Vec::new());
    for at in 0..1000_u64 {
        let new = tlog_tiles::stored_hashes(at, at.to_string().as_bytes(), &stored).unwrap();
        stored.0.extend(new);
    }
    let root = |size| Hash(tlog_tiles::tree_hash(size, &stored).unwrap().0);
    let whole = root(1000);
    for (old, index) in [(1, 0), (512, 511), (777, 776), (999, 3)] {
        let proof = tlog_tiles::prove_tree(1000, old, &stored).unwrap();
        let proof: Vec<Hash> = proof.iter().map(|hash| Hash(hash.0)).collect();
        assert_eq!(verify_consistency((old, &root(old)), (1000, &whole), &proof), Ok(()));
        let proof = tlog_tiles::prove_record(1000, index, &stored).unwrap();
        let proof: Vec<Hash> = proof.iter().map(|hash| Hash(hash.0)).collect();
        let leaf = Hash::leaf(index.to_string().as_bytes());
        assert_eq!(verify_inclusion(&leaf, index, 1000, &proof, &whole), Ok(()));
    }
    // Their signature under their head, by a key that they read from our text.
    let ours = key("example.com/log", Algorithm::Ed25519, 4);
    let signer = signed_note::StandardSigner::new(&ours.secret()).unwrap();
    let head =
        Checkpoint { origin: "example.com/log".into(), size: 1000, root: whole, extensions: Vec::new() };
    let mut note = signed_note::Note::new(head.to_string().as_bytes(), &[]).unwrap();
    note.add_sigs(&[&signer]).unwrap();
    let read = Note::parse(&note.to_bytes()).unwrap();
    assert_eq!(read.signed_by([ours.key()]).unwrap().len(), 1);
    assert_eq!(read.text().parse(), Ok(head));
}

#[test]
fn the_examples_of_the_specifications_are_read_as_they_are_meant() {
    let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let known: VerifierKey = vkey.parse().unwrap();
    assert_eq!(known.to_string(), vkey);
    assert_eq!(Note::parse(text.as_bytes()).unwrap().signed_by([&known]).unwrap().len(), 1);
    let other = SigningKey::new("PeterNeumann", Algorithm::Ed25519, &[0; 32]).unwrap();
    assert!(Note::parse(text.as_bytes()).unwrap().signed_by([other.key()]).is_err());
    let paths = [
        (1_234_067, 256, "tile/0/x001/x234/067"),
        (0, 17, "tile/0/000.p/17"),
        (999, 256, "tile/0/999"),
        (1000, 1, "tile/0/x001/000.p/1"),
    ];
    for (index, width, path) in paths {
        assert_eq!(tile::Tile { level: 0, index, width }.to_string(), path);
    }
    let all: Vec<String> = tile::Tile::all(70_000).map(|tile| tile.to_string()).collect();
    let partial: Vec<&String> = all.iter().filter(|path| path.contains(".p/")).collect();
    assert_eq!(partial, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
    assert_eq!(all.len(), 273 + 1 + 1 + 1 + 1);
    assert_eq!(
        tile::Tile::all(256).map(|tile| tile.to_string()).collect::<Vec<_>>(),
        ["tile/0/000", "tile/1/000.p/1"]
    );
    let (found, at) = tile::Tile::of(Node { level: 9, index: 3 }, 70_000).unwrap();
    assert_eq!((found.to_string().as_str(), at), ("tile/1/000", 6..8));
    assert_eq!(tile::Tile::of(Node { level: 0, index: 70_000 }, 70_000), None);
}
