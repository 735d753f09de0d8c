//! Entries and commitments.

use crate::note::key;
use proof::{Algorithm, Entry, Hash, Payload, Salt, Signer, SigningKey, Word, commitment};

pub(crate) fn word(text: &str) -> Word {
    Word::new(text).unwrap()
}

pub(crate) fn node() -> SigningKey {
    key("node-1", Algorithm::Ed25519, 9)
}

pub(crate) fn entry(index: u64, payloads: &[(&str, &str, Hash)]) -> Entry {
    let payload = |(class, kind, commitment): &(&str, &str, Hash)| Payload {
        class: word(class),
        kind: word(kind),
        commitment: *commitment,
    };
    Entry {
        index,
        time: 1_764_000_000_000_000 + index,
        actor: word("person/7"),
        authority: word("policy/3"),
        command: word("0192f1c0-5b8e-7c3a-9d2e-1f0a4b6c8d7e"),
        payloads: payloads.iter().map(payload).collect(),
    }
}

#[test]
fn an_entry_is_read_as_it_is_written_and_its_form_is_fixed() {
    let salted = commitment(&Salt([1; 32]), b"content");
    let entry = entry(3, &[("event", "model-published@1", salted), ("person", "names@1", salted)]);
    let bytes = entry.signed(&node()).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    let form = "rolewright.dev/entry@v1\nindex 3\ntime 1764000000000003\nactor person/7\nauthority policy/3\n\
        command 0192f1c0-5b8e-7c3a-9d2e-1f0a4b6c8d7e\npayload event model-published@1 ";
    assert!(text.starts_with(form), "{text}");
    let (read, note) = Entry::parse(&bytes).unwrap();
    assert_eq!(read, entry);
    assert_eq!(note.signed_by([node().key()]).unwrap().len(), 1);
    // A signature of the same by a stranger is a stranger's.
    let strange = entry.signed(&key("node-1", Algorithm::Ed25519, 8)).unwrap();
    assert!(Entry::parse(&strange).unwrap().1.signed_by([node().key()]).is_err());
}

#[test]
fn what_is_not_written_in_the_one_way_is_no_entry() {
    let bytes = entry(3, &[("event", "a@1", Hash::empty())]).signed(&node()).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let changed = [
        text.replace("index 3", "index 03"),
        text.replace("index 3", "index  3"),
        text.replace("index 3\ntime", "time"),
        text.replace("entry@v1", "entry@v2"),
        text.replace("person/7", "person 7"),
        text.replace("person/7", "Ann Ö"),
        text.replace("payload event", "payload  event"),
        text.replace("a@1", "a@1 more"),
        text.replace("\n\n—", "\nmore\n\n—"),
        text.replace("\n\n—", "\n\n\n—"),
        format!("{text}{}", text.lines().last().unwrap().to_owned() + "\n"),
        text.trim_end().to_owned(),
    ];
    for text in changed {
        assert!(Entry::parse(text.as_bytes()).is_err(), "{text}");
    }
    let many = vec![("event", "a@1", Hash::empty()); 65];
    assert!(entry(0, &many).signed(&node()).is_err());
    for word in ["", "a b", "ä", &"a".repeat(201), "a\n"] {
        assert!(Word::new(word).is_err(), "{word:?}");
    }
}

#[test]
fn a_commitment_binds_salt_and_content_and_tells_neither() {
    let salt = Salt([1; 32]);
    let one = commitment(&salt, b"content");
    assert_eq!(one, commitment(&salt, b"content"));
    assert_ne!(one, commitment(&salt, b"contents"));
    assert_ne!(one, commitment(&Salt([2; 32]), b"content"));
    // What is moved from the salt to the content is another payload.
    assert_ne!(commitment(&Salt([b'a'; 32]), b"ab"), commitment(&Salt([b'a'; 32]), b"b"));
    assert_eq!(format!("{salt:?}"), "Salt(…)");
}
