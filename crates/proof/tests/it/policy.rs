//! Whom somebody trusts.

use crate::note::key;
use proof::{Algorithm, Checkpoint, Distrust, Hash, Note, Policy, Signer, SigningKey};

const NOW: u64 = 1_764_000_000;

fn witnesses() -> Vec<SigningKey> {
    (1..=5).map(|seed| key(&format!("w{seed}.example"), Algorithm::Cosignature, seed)).collect()
}

fn log() -> SigningKey {
    key("example.com/log", Algorithm::Ed25519, 100)
}

/// A head that these witnesses saw, each so many seconds ago.
fn head(seen: &[(usize, u64)]) -> Note {
    let head = Checkpoint {
        origin: "example.com/log".into(),
        size: 1,
        root: Hash::leaf(b"x"),
        extensions: Vec::new(),
    };
    let mut note = Note::new(head.to_string()).unwrap();
    note.sign(&log(), NOW).unwrap();
    let witnesses = witnesses();
    for (which, ago) in seen {
        note.sign(&witnesses[*which], NOW - ago).unwrap();
    }
    note
}

fn policy(lines: &str) -> Policy {
    let mut text = format!("# Whom we trust.\n\nlog {} https://log.example/\n", log().key());
    for (at, witness) in witnesses().iter().enumerate() {
        text.push_str(&format!("\twitness  w{} {}\n", at + 1, witness.key()));
    }
    (text + lines).parse().unwrap()
}

fn refused(lines: &str) -> String {
    let mut text = format!("log {}\n", log().key());
    for (at, witness) in witnesses().iter().enumerate() {
        text.push_str(&format!("witness w{} {}\n", at + 1, witness.key()));
    }
    (text + lines).parse::<Policy>().unwrap_err().to_string()
}

#[test]
fn a_quorum_is_so_many_of_the_witnesses_and_groups_of_groups() {
    let nested = policy("group x 2 w1 w2 w3\ngroup y any w4 w5\ngroup both all x y\nquorum both\n");
    let believed = |seen: &[(usize, u64)]| nested.believes(&head(seen), NOW, NOW).is_ok();
    assert!(believed(&[(0, 0), (2, 0), (4, 0)]));
    assert!(!believed(&[(0, 0), (4, 0)]));
    assert!(!believed(&[(0, 0), (1, 0), (2, 0)]));
    assert!(!believed(&[]));
    let none = policy("quorum none\n");
    assert!(none.believes(&head(&[]), NOW, NOW).is_ok());
    let one = policy("quorum w2\n");
    let seen = one.believes(&head(&[(1, 7)]), NOW, NOW).unwrap().seen_by;
    assert_eq!(seen, [("w2.example".to_owned(), NOW - 7)]);
    assert_eq!(
        one.believes(&head(&[(0, 0)]), NOW, NOW),
        Err(Distrust::NoQuorum(vec!["w1.example".to_owned()]))
    );
}

#[test]
fn a_head_is_as_old_as_the_quorum_says_and_where_nobody_is_asked_as_the_log_says() {
    let two = policy("group g 2 w1 w2 w3\nquorum g\nmax-age 1h\n");
    assert!(two.believes(&head(&[(0, 10), (1, 3600), (2, 9999)]), 0, NOW).is_ok());
    // The log's own word does not make it younger.
    let stale = two.believes(&head(&[(0, 10), (1, 3601)]), NOW, NOW);
    assert_eq!(stale, Err(Distrust::Stale { age: 3601, most: 3600 }));
    let alone = policy("quorum none\nmax-age 1h\n");
    assert!(alone.believes(&head(&[]), NOW - 3600, NOW).is_ok());
    assert_eq!(alone.believes(&head(&[]), NOW - 3601, NOW), Err(Distrust::Stale { age: 3601, most: 3600 }));
    assert_eq!(alone.believes(&head(&[]), NOW + 301, NOW), Err(Distrust::Ahead(301)));
    assert!(alone.believes(&head(&[]), NOW + 300, NOW).is_ok());
}

#[test]
fn a_key_counts_only_while_it_is_valid_and_a_stranger_never() {
    let valid =
        |from: &str, until: &str| policy(&format!("quorum none\nvalid {} {from} {until}\n", log().key()));
    let at = |policy: Policy| policy.believes(&head(&[]), NOW, NOW);
    // 2025-11-24T16:00:00Z
    assert!(at(valid("2025-11-24T16:00:00Z", "2026-01-01T00:00:00Z")).is_ok());
    let over = at(valid("2025-01-01T00:00:00Z", "2025-11-24T16:00:00Z")).unwrap_err().to_string();
    assert_eq!(over, "the key of example.com/log is not valid at 2025-11-24T16:00:00Z");
    assert!(at(valid("2025-11-24T16:00:01Z", "2026-01-01T00:00:00Z")).is_err());
    let stranger = key("example.com/log", Algorithm::Ed25519, 101);
    let trusting: Policy = format!("log {}\nquorum none\n", stranger.key()).parse().unwrap();
    assert!(matches!(trusting.believes(&head(&[]), NOW, NOW), Err(Distrust::Note(_))));
    let elsewhere = key("example.com/other", Algorithm::Ed25519, 100);
    let trusting: Policy = format!("log {}\nquorum none\n", elsewhere.key()).parse().unwrap();
    assert_eq!(trusting.believes(&head(&[]), NOW, NOW), Err(Distrust::NoLog("example.com/log".to_owned())));
}

#[test]
fn what_is_no_policy_is_refused_with_its_line() {
    let said = [
        ("", "line 0 of the policy: it has no quorum: write `quorum none` where no witness is needed"),
        ("quorum w9\n", "line 7 of the policy: no line above it has the name w9"),
        ("quorum none\nquorum w1\n", "line 8 of the policy: there is a quorum already"),
        ("group g 3 w1 w2\n", "line 7 of the policy: 3 of 2 cannot be"),
        ("group g 0 w1\n", "line 7 of the policy: 0 of 1 cannot be"),
        ("group g 1 w1 w1\n", "line 7 of the policy: w1 is in a group already, and would count twice"),
        (
            "group g any w1\ngroup h any w1\n",
            "line 8 of the policy: w1 is in a group already, and would count twice",
        ),
        ("group w1 any w2\n", "line 7 of the policy: the name w1 is taken"),
        ("group none any w2\n", "line 7 of the policy: the name none is taken"),
        ("max-age soon\n", "line 7 of the policy: \"soon\" is no time: write 90s, 30m, 26h or 7d"),
        (
            "frobnicate x\n",
            "line 7 of the policy: \"frobnicate\" with 1 words behind it is no line of a policy",
        ),
        ("quorum\u{7} none\n", "line 7 of the policy: it has a control character in it"),
    ];
    for (lines, expected) in said {
        assert_eq!(refused(lines), expected);
    }
    let twice = refused(&format!("log {}\n", log().key()));
    assert_eq!(twice, "line 7 of the policy: this log's key stands there already");
    let kind = refused(&format!("witness w6 {}\n", log().key()));
    assert!(kind.contains("makes another kind of signature"), "{kind}");
    let ends = refused(&format!("valid {} 2026-01-01T00:00:00Z 2025-01-01T00:00:00Z\n", log().key()));
    assert!(ends.ends_with("it ends before it begins"), "{ends}");
}
