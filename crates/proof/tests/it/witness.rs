//! What a witness cosigns, and what it does not.

use crate::log::{Folder, folder, log};
use crate::note::key;
use proof::{
    Algorithm, Checkpoint, Hash, Note, Policy, ProofError, Signer, SigningKey, WitnessError, witness,
};

const NOW: u64 = 1_764_000_100;

fn eye() -> SigningKey {
    key("eye.example", Algorithm::Cosignature, 50)
}

fn of(many: usize, word: &str) -> Folder {
    let entries: Vec<Vec<u8>> = (0..many).map(|at| format!("{word} {at}").into_bytes()).collect();
    folder(&entries, &[])
}

fn seen(folder: &Folder) -> Checkpoint {
    Note::parse(&folder.0["checkpoint"]).unwrap().text().parse().unwrap()
}

#[test]
fn a_head_that_adds_to_what_was_seen_is_cosigned_and_then_believed() {
    let mut before: Option<Checkpoint> = None;
    for many in [1, 2, 255, 256, 300, 300, 700] {
        let folder = of(many, "entry");
        let (head, note) = witness(&folder, log().key(), before.as_ref(), &eye(), NOW).unwrap();
        assert_eq!(head, seen(&folder));
        let policy: Policy =
            format!("log {}\nwitness eye {}\nquorum eye\n", log().key(), eye().key()).parse().unwrap();
        let believed = policy.believes(&note, NOW, NOW).unwrap();
        assert_eq!(believed.seen_by, [("eye.example".to_owned(), NOW)]);
        before = Some(head);
    }
}

#[test]
fn a_fork_a_shorter_log_and_a_strange_head_are_not_cosigned() {
    let before = seen(&of(300, "entry"));
    let refused = |folder: &Folder, before: &Checkpoint| {
        witness(folder, log().key(), Some(before), &eye(), NOW).unwrap_err()
    };
    for many in [300, 301, 700] {
        let forked = refused(&of(many, "other"), &before);
        assert!(matches!(forked, WitnessError::Forked { size: 300, why: ProofError::Root(_) }), "{forked}");
    }
    let shorter = refused(&of(299, "entry"), &before);
    assert!(
        matches!(shorter, WitnessError::Forked { why: ProofError::Shrinks { old: 300, new: 299 }, .. }),
        "{shorter}"
    );
    let folder = of(300, "entry");
    let stranger = key("example.com/log", Algorithm::Ed25519, 1);
    assert!(matches!(witness(&folder, stranger.key(), None, &eye(), NOW), Err(WitnessError::Note(_))));
    // The log signed a root that its hashes do not have.
    let mut lying = of(300, "entry");
    let head = Checkpoint { root: Hash::leaf(b"another"), ..seen(&lying) };
    let mut note = Note::new(head.to_string()).unwrap();
    note.sign(&log(), NOW).unwrap();
    lying.0.insert("checkpoint".to_owned(), note.to_string().into_bytes());
    assert!(matches!(witness(&lying, log().key(), None, &eye(), NOW), Err(WitnessError::Root)));
    let older = seen(&of(100, "entry"));
    assert!(matches!(refused(&lying, &older), WitnessError::Forked { .. }));
    let mut missing = of(700, "entry");
    missing.0.remove("tile/0/001");
    assert!(
        matches!(refused(&missing, &before), WitnessError::File { ref path, .. } if path == "tile/0/001")
    );
}
