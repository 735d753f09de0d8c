//! A whole log as files: what was changed in it is found, and where.

use crate::entry::{entry, node};
use crate::note::key;
use proof::files::{File, Files, Kept, Writing, join_payloads, payloads_path};
use proof::tile::Bundle;
use proof::{
    Algorithm, Checkpoint, Note, Policy, Salt, Signer, SigningKey, Verified, Wrong, commitment, verify,
};
use std::collections::BTreeMap;

const NOW: u64 = 1_764_000_100;

pub(crate) struct Folder(pub(crate) BTreeMap<String, Vec<u8>>);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.0.get(path).cloned())
    }
}

pub(crate) fn log() -> SigningKey {
    key("example.com/log", Algorithm::Ed25519, 100)
}

/// Entries with two payloads each, of which those are kept that `kept` says.
fn entries(many: u64, kept: impl Fn(u64, u8) -> bool) -> (Vec<Vec<u8>>, Vec<Kept>) {
    let (mut entries, mut payloads) = (Vec::new(), Vec::new());
    for index in 0..many {
        let contents = [format!("event {index}"), format!("name {index}")];
        let salts: Vec<Salt> = (0..2).map(|which| Salt([which; 32])).collect();
        let made: Vec<_> =
            contents.iter().zip(&salts).map(|(content, salt)| commitment(salt, content.as_bytes())).collect();
        entries.push(
            entry(index, &[("event", "e@1", made[0]), ("person", "p@1", made[1])]).signed(&node()).unwrap(),
        );
        for (which, (content, salt)) in (0..).zip(contents.into_iter().zip(salts)) {
            if kept(index, which) {
                payloads.push(Kept { index, which, salt, content: content.into_bytes() });
            }
        }
    }
    (entries, payloads)
}

pub(crate) fn folder(entries: &[Vec<u8>], payloads: &[Kept]) -> Folder {
    let (mut writing, mut files) = (Writing::default(), BTreeMap::new());
    for entry in entries {
        writing.push(entry.clone(), |file: File| drop(files.insert(file.path(), file.bytes().unwrap())));
    }
    for file in writing.partial() {
        files.insert(file.path(), file.bytes().unwrap());
    }
    let mut bundles: BTreeMap<u64, Vec<Kept>> = BTreeMap::new();
    for payload in payloads {
        bundles.entry(payload.index / 256).or_default().push(payload.clone());
    }
    for (index, payloads) in bundles {
        files.insert(payloads_path(Bundle { index, width: 256 }), join_payloads(&payloads).unwrap());
    }
    let (size, root) = writing.head();
    let head = Checkpoint { origin: "example.com/log".into(), size, root, extensions: Vec::new() };
    let mut note = Note::new(head.to_string()).unwrap();
    note.sign(&log(), NOW).unwrap();
    files.insert("checkpoint".to_owned(), note.to_string().into_bytes());
    Folder(files)
}

fn policy() -> Policy {
    format!("log {}\nquorum none\nmax-age 1d\nnode {}\n", log().key(), node().key()).parse().unwrap()
}

fn verified(folder: &Folder) -> Result<Verified, Vec<Wrong>> {
    verify(folder, &policy(), NOW)
}

fn first(folder: &Folder) -> (String, String) {
    let wrong = verified(folder).unwrap_err().into_iter().next().unwrap();
    (wrong.at, wrong.what)
}

#[test]
fn a_log_of_any_size_is_verified_with_its_payloads_and_without_them() {
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 700] {
        let (entries, payloads) = entries(size, |_, _| true);
        let all = verified(&folder(&entries, &payloads));
        if size == 0 {
            // Nothing says how old an empty log is.
            assert!(all.unwrap_err()[0].what.contains("seconds old"));
            continue;
        }
        let all = all.unwrap();
        assert_eq!((all.believed.head.size, all.payloads, all.erased), (size, 2 * size, 0));
        let none = verified(&folder(&entries, &[])).unwrap();
        assert_eq!((none.payloads, none.erased), (0, 2 * size));
    }
}

#[test]
fn a_person_is_erased_and_everything_else_is_still_proved() {
    let (entries, payloads) = entries(300, |index, which| which == 0 || index != 270);
    let verified = verified(&folder(&entries, &payloads)).unwrap();
    assert_eq!((verified.payloads, verified.erased), (599, 1));
}

#[test]
fn a_changed_byte_is_found_wherever_it_is() {
    let (entries, payloads) = entries(600, |_, _| true);
    let folder = folder(&entries, &payloads);
    let paths: Vec<String> = folder.0.keys().cloned().collect();
    let mut seen = 0;
    for path in paths {
        let length = folder.0[&path].len();
        for at in [0, length / 3, length / 2, length - 1] {
            let mut changed = Folder(folder.0.clone());
            changed.0.get_mut(&path).unwrap()[at] ^= 1;
            assert!(verified(&changed).is_err(), "{path} at {at}");
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn an_entry_that_is_removed_moved_inserted_or_rewritten_is_named() {
    let (mut entries, _) = entries(300, |_, _| false);
    let rebuilt = |entries: &[Vec<u8>]| {
        // All that an intruder can make anew; the head is not theirs to sign.
        let mut made = folder(entries, &[]);
        made.0.insert(
            "checkpoint".to_owned(),
            folder(&self::entries(300, |_, _| false).0, &[]).0["checkpoint"].clone(),
        );
        made
    };
    let honest = entries.clone();
    entries.remove(20);
    let (at, what) = first(&rebuilt(&entries));
    assert_eq!((at.as_str(), what.as_str()), ("entry 20", "it says that it is entry 21"));
    entries = honest.clone();
    entries.swap(5, 6);
    assert_eq!(first(&rebuilt(&entries)), ("entry 5".to_owned(), "it says that it is entry 6".to_owned()));
    entries = honest.clone();
    entries.insert(7, entries[7].clone());
    assert_eq!(first(&rebuilt(&entries)).0, "entry 8");
    // The node itself writes another entry: only the head tells.
    entries = honest.clone();
    entries[9] = entry(9, &[]).signed(&node()).unwrap();
    let (at, what) = first(&rebuilt(&entries));
    assert!(at == "checkpoint" && what.contains("the entries have the root"), "{at}: {what}");
    // And if the stored hashes are the old ones, they tell which.
    let mut stored = rebuilt(&entries);
    stored.0.insert("tile/0/000".to_owned(), folder(&honest, &[]).0["tile/0/000"].clone());
    assert_eq!(
        first(&stored),
        ("tile/0/000".to_owned(), "entry 9 is not the one whose hash is stored here".to_owned())
    );
    // Nobody's node wrote it.
    entries = honest;
    entries[9] = entry(9, &[]).signed(&key("node-1", Algorithm::Ed25519, 1)).unwrap();
    assert_eq!(first(&rebuilt(&entries)).0, "entry 9");
}

#[test]
fn a_truncated_tail_a_fork_and_a_stale_or_strange_head_are_found() {
    let (entries, _) = entries(300, |_, _| false);
    let whole = folder(&entries, &[]);
    let mut truncated = Folder(whole.0.clone());
    truncated.0.remove("tile/entries/001.p/44");
    assert_eq!(first(&truncated), ("tile/entries/001.p/44".to_owned(), "it is missing".to_owned()));
    let shorter = folder(&entries[..299], &[]);
    let mut cut = Folder(whole.0.clone());
    cut.0.remove("tile/entries/001.p/44");
    cut.0.insert("tile/entries/001".to_owned(), shorter.0["tile/entries/001.p/43"].clone());
    assert!(first(&cut).1.contains("44 whole entries"), "{:?}", first(&cut));
    let stale = verify(&whole, &policy(), NOW + 200_000).unwrap_err();
    assert!(stale[0].what.contains("seconds old, and may be 86400"), "{stale:?}");
    let mut forked = Folder(whole.0);
    let strange = folder(&entries[..10], &[]).0["checkpoint"].clone();
    let text = String::from_utf8(strange).unwrap().replace("\n10\n", "\n300\n");
    forked.0.insert("checkpoint".to_owned(), text.into_bytes());
    let wrong = verified(&forked).unwrap_err();
    assert!(
        wrong.iter().any(|wrong| wrong.what.contains("signature of example.com/log is not by its key")),
        "{wrong:?}"
    );
    assert!(verified(&Folder(BTreeMap::new())).unwrap_err()[0].what.contains("it is missing"));
}

#[test]
fn a_payload_that_is_another_or_belongs_to_nothing_is_found() {
    let (entries, mut payloads) = entries(3, |_, _| true);
    payloads[1].content = b"another name".to_vec();
    assert_eq!(
        first(&folder(&entries, &payloads)),
        ("entry 0".to_owned(), "payload 1 is not the one that it was written with".to_owned())
    );
    payloads.remove(1);
    payloads.push(Kept { index: 2, which: 9, salt: Salt([0; 32]), content: Vec::new() });
    assert_eq!(
        first(&folder(&entries, &payloads)),
        ("entry 2".to_owned(), "payload 9 lies beside it, and it has no such payload".to_owned())
    );
}
