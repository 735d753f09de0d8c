//! What an outsider is given, and who signs it.

use crate::wanted::{Folder, new, node, run, word};
use ledger::sqlite::Sqlite;
use ledger::{ProvingError, SigningError, Store, export, prove_entry, sign};
use proof::files::Files;
use proof::{
    Algorithm, Checkpoint, Entry, Hash, Policy, ProofError, Signer, SigningKey, TlogProof, verify,
    verify_inclusion,
};
use std::collections::BTreeMap;

const NOW: u64 = 1_764_000_000;

fn log() -> SigningKey {
    SigningKey::new("example.com/log", Algorithm::Ed25519, &[1; 32]).unwrap()
}

/// A log with so many entries.
fn of(folder: &Folder, many: u64) -> Sqlite {
    let mut store = Sqlite::create(&folder.file(), "example.com/log").unwrap();
    run(store.record((0..many).map(|at| new(&at.to_string())).collect(), &node(), NOW * 1_000_000)).unwrap();
    store
}

/// Signs as a signer that remembers this.
fn signed(store: &mut Sqlite, before: Option<&Checkpoint>) -> Result<Checkpoint, SigningError> {
    run(async {
        let (head, note) = sign(store, before, &log(), NOW).await?;
        store.keep_checkpoint(head.size, &note.to_string()).await?;
        Ok(head)
    })
}

struct Exported(BTreeMap<String, Vec<u8>>);

impl Files for Exported {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.0.get(path).cloned())
    }
}

fn exported(store: &mut Sqlite) -> Exported {
    let mut files = BTreeMap::new();
    run(export(store, &mut |path, bytes| {
        files.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }))
    .unwrap();
    Exported(files)
}

#[test]
fn what_is_exported_is_verified_by_whoever_has_the_keys_before_and_after_a_person_is_erased() {
    let folder = Folder::new();
    let mut store = of(&folder, 600);
    assert!(matches!(run(export(&mut store, &mut |_, _| Ok(()))), Err(ProvingError::Unsigned)));
    signed(&mut store, None).unwrap();
    let policy: Policy =
        format!("log {}\nquorum none\nnode {}\n", log().key(), node().key()).parse().unwrap();
    let verified = verify(&exported(&mut store), &policy, NOW).unwrap();
    assert_eq!((verified.believed.head.size, verified.payloads, verified.erased), (600, 1200, 0));
    run(store.erase(300, &[word("person")])).unwrap();
    let verified = verify(&exported(&mut store), &policy, NOW).unwrap();
    assert_eq!((verified.payloads, verified.erased), (1199, 1));
    // What comes after the signed head is not in it.
    run(store.record(vec![new("later")], &node(), NOW * 1_000_000)).unwrap();
    assert_eq!(verify(&exported(&mut store), &policy, NOW).unwrap().believed.head.size, 600);
}

#[test]
fn one_entry_is_proved_by_itself() {
    let folder = Folder::new();
    let mut store = of(&folder, 700);
    let head = signed(&mut store, None).unwrap();
    for index in [0, 1, 255, 256, 511, 512, 699] {
        let text = run(prove_entry(&mut store, index)).unwrap().to_string();
        let TlogProof { index: about, path, checkpoint, .. } = TlogProof::parse(text.as_bytes()).unwrap();
        assert_eq!((about, checkpoint.signed_by([log().key()]).unwrap().len()), (index, 1));
        let entry = run(store.read(index, 1)).unwrap().remove(0).bytes;
        assert_eq!(Entry::parse(&entry).unwrap().0.index, index);
        assert_eq!(verify_inclusion(&Hash::leaf(&entry), index, head.size, &path, &head.root), Ok(()));
    }
    let beyond = run(prove_entry(&mut store, 700));
    assert!(matches!(beyond, Err(ProvingError::Beyond { index: 700, size: 700 })), "{beyond:?}");
}

#[test]
fn a_signer_signs_only_what_extends_what_it_signed() {
    let folder = Folder::new();
    let mut store = of(&folder, 300);
    let mut before = signed(&mut store, None).unwrap();
    let yesterday = folder.path().join("yesterday");
    rusqlite::Connection::open(folder.file())
        .unwrap()
        .execute("VACUUM INTO ?", [yesterday.to_str().unwrap()])
        .unwrap();
    for many in [0, 1, 200, 300] {
        run(store.record((0..many).map(|at| new(&format!("more/{at}"))).collect(), &node(), 1)).unwrap();
        before = signed(&mut store, Some(&before)).unwrap();
    }
    assert_eq!(before.size, 801);
    // A copy restored from yesterday is shorter, and once it is longer it is another log.
    let mut restored = Sqlite::open(&yesterday).unwrap();
    let refused = signed(&mut restored, Some(&before));
    assert!(
        matches!(refused, Err(SigningError::Forked { why: ProofError::Shrinks { old: 801, new: 300 }, .. })),
        "{refused:?}"
    );
    run(restored.record((0..600).map(|at| new(&format!("other/{at}"))).collect(), &node(), 1)).unwrap();
    let refused = signed(&mut restored, Some(&before));
    assert!(
        matches!(refused, Err(SigningError::Forked { size: 801, why: ProofError::Root(_), .. })),
        "{refused:?}"
    );
    let other = Folder::new();
    let mut elsewhere = Sqlite::create(&other.file(), "example.com/other").unwrap();
    assert!(matches!(signed(&mut elsewhere, None), Err(SigningError::Origin { .. })));
}

#[test]
fn a_log_whose_entries_were_changed_behind_its_back_is_not_exported() {
    let folder = Folder::new();
    let mut store = of(&folder, 10);
    signed(&mut store, None).unwrap();
    let behind = rusqlite::Connection::open(folder.file()).unwrap();
    behind
        .execute("UPDATE entry SET bytes = (SELECT bytes FROM entry WHERE at = 3) WHERE at = 4", [])
        .unwrap();
    let refused = run(export(&mut store, &mut |_, _| Ok(())));
    assert!(refused.unwrap_err().to_string().contains("not those whose head was signed"));
    behind.execute("DELETE FROM entry WHERE at = 4", []).unwrap();
    let refused = run(export(&mut store, &mut |_, _| Ok(())));
    assert!(refused.unwrap_err().to_string().contains("some are missing"));
}
