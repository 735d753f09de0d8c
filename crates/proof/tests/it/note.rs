//! Keys and notes.

use proof::{
    Algorithm, Checkpoint, Hash, KeyError, Note, NoteError, Signer, SigningKey, TlogProof, VerifierKey,
};
use proptest::prelude::*;

pub(crate) fn key(name: &str, algorithm: Algorithm, seed: u8) -> SigningKey {
    SigningKey::new(name, algorithm, &[seed; 32]).unwrap()
}

#[test]
fn a_key_is_read_as_it_is_written_and_its_secret_is_not_shown() {
    for algorithm in [Algorithm::Ed25519, Algorithm::Cosignature] {
        let made = key("example.com/log", algorithm, 7);
        let text = made.key().to_string();
        assert_eq!(text.parse::<VerifierKey>().as_ref(), Ok(made.key()));
        let again = SigningKey::parse(&made.secret()).unwrap();
        assert_eq!(again.key(), made.key());
        let shown = format!("{made:?}");
        assert_eq!(shown, format!("SigningKey({text})"));
        let secret = made.secret();
        assert!(!shown.contains(secret.rsplit('+').next().unwrap().get(4..20).unwrap()));
    }
}

#[test]
fn what_is_no_key_is_refused_with_the_reason() {
    let text = key("example.com/log", Algorithm::Ed25519, 7).key().to_string();
    let parsed = |text: &str| text.parse::<VerifierKey>().unwrap_err().to_string();
    assert_eq!(parsed("x"), KeyError::Form.to_string());
    assert!(
        parsed(&text.replace("example", "sample")).contains("by its content it should be"),
        "another's id"
    );
    assert!(parsed("a b+00000000+AQ==").contains("not the length"), "{}", parsed("a b+00000000+AQ=="));
    assert!(parsed("log+00000000+BQ==").contains("kind 0x05, which is not understood"));
    let named = |name: &str| VerifierKey::new(name, Algorithm::Ed25519, [0; 32]).unwrap_err().to_string();
    for name in ["", "a b", "a+b", "a\u{7}b", "a\u{a0}b"] {
        assert!(named(name).contains("cannot name a key"), "{name:?}");
    }
}

#[test]
fn a_note_is_believed_if_a_known_key_signed_it_and_refused_if_one_of_them_did_not() {
    let (log, other) = (key("log", Algorithm::Ed25519, 1), key("other", Algorithm::Ed25519, 2));
    let witness = key("witness", Algorithm::Cosignature, 3);
    let mut note = Note::new("a\n\nb\n").unwrap();
    note.sign(&log, 5).unwrap();
    note.sign(&witness, 1_700_000_000).unwrap();
    let read = Note::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!(read, note);
    assert_eq!(read.text(), "a\n\nb\n");
    let signed = read.signed_by([log.key(), witness.key(), other.key()]).unwrap();
    let signed: Vec<_> = signed.iter().map(|signed| (signed.by.name(), signed.at)).collect();
    assert_eq!(signed, [("log", None), ("witness", Some(1_700_000_000))]);
    assert_eq!(read.signed_by([other.key()]), Err(NoteError::Unknown("log, witness".to_owned())));
    for (from, to) in [("a\n\nb", "a\n\nc"), ("— witness ", "— log ")] {
        let forged = Note::parse(note.to_string().replace(from, to).as_bytes()).unwrap();
        let known = [log.key(), witness.key()];
        assert!(forged.signed_by(known).is_err() || forged.signed_by(known).unwrap().len() == 1, "{to}");
    }
    // The time is part of what a witness signs.
    let mut later = Note::new("a\n\nb\n").unwrap();
    later.sign(&witness, 1_700_000_001).unwrap();
    let bytes = &later.signatures()[0].bytes;
    assert_ne!(bytes[8..], note.signatures()[1].bytes[8..]);
}

#[test]
fn signing_again_replaces_and_joining_adds_what_is_new() {
    let (one, two) = (key("w1", Algorithm::Cosignature, 1), key("w2", Algorithm::Cosignature, 2));
    let mut note = Note::new("head\n").unwrap();
    note.sign(&one, 10).unwrap();
    note.sign(&one, 20).unwrap();
    assert_eq!(note.signatures().len(), 1);
    let mut other = Note::new("head\n").unwrap();
    other.sign(&two, 30).unwrap();
    note.join(&other);
    note.join(&other);
    assert_eq!(note.signed_by([one.key(), two.key()]).unwrap().len(), 2);
    let mut elsewhere = Note::new("another head\n").unwrap();
    elsewhere.sign(&two, 30).unwrap();
    let before = note.clone();
    note.join(&elsewhere);
    assert_eq!(note, before);
}

#[test]
fn what_is_no_note_is_refused() {
    let refused = |bytes: &[u8]| Note::parse(bytes).unwrap_err().to_string();
    assert!(refused(b"text\n").contains("no empty line"));
    assert!(refused(b"text\n\n").contains("not ended"));
    assert!(refused("text\n\n— log AAAA\n".as_bytes()).contains("no signature"));
    assert!(refused("text\n\n- log AAAAAAAA\n".as_bytes()).contains("no signature"));
    assert!(refused("te\rxt\n\n— log AAAAAAAA\n".as_bytes()).contains("control character"));
    assert!(refused(b"\xff\n\n").contains("UTF-8"));
    let many = format!("text\n\n{}", "— log AAAAAAAA\n".repeat(101));
    assert!(refused(many.as_bytes()).contains("too many"));
    assert!(refused(&vec![b'a'; 2 << 20]).contains("longer"));
}

#[test]
fn a_head_is_read_in_its_one_form_only() {
    let head = Checkpoint {
        origin: "example.com/log".into(),
        size: 12,
        root: Hash::leaf(b"x"),
        extensions: vec!["more".into()],
    };
    assert_eq!(head.to_string().parse(), Ok(head.clone()));
    let root = head.root;
    let wrong = [
        String::new(),
        format!("log\n12\n{root}"),
        format!("\n12\n{root}\n"),
        format!("log\n012\n{root}\n"),
        format!("log\n+12\n{root}\n"),
        format!("log\n99999999999999999999\n{root}\n"),
        "log\n12\nAAAA\n".to_owned(),
        format!("log\n12\n{root}\n\n"),
        format!("log\n0\n{root}\n"),
        format!("log\n12\n{}\n", root.to_string().trim_end_matches('=')),
    ];
    for text in wrong {
        assert!(text.parse::<Checkpoint>().is_err(), "{text:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "(— |log|[\n 0-9+=A-Z]){0,40}") {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            drop((Note::parse(bytes), TlogProof::parse(bytes), proof::Entry::parse(bytes), proof::tile::Bundle::split(bytes)));
        }
        drop((text.parse::<VerifierKey>(), text.parse::<Checkpoint>(), text.parse::<proof::Policy>()));
    }

    #[test]
    fn what_is_read_as_a_note_is_written_as_it_was(text in "[a-z\n]{0,20}\n", seed in any::<[u8; 32]>()) {
        let signer = SigningKey::new("log", Algorithm::Ed25519, &seed).unwrap();
        let mut note = Note::new(text).unwrap();
        note.sign(&signer, 0).unwrap();
        let bytes = note.to_string();
        prop_assert_eq!(Note::parse(bytes.as_bytes()).unwrap().to_string(), bytes);
    }
}
