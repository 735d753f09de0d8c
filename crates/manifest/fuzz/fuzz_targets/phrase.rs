//! Any text is a phrase or an error that points into it, and a phrase prints as itself.
//!
//! `cargo fuzz run phrase ../corpus/phrase` in `crates/manifest/fuzz`.

#![no_main]

#[path = "../../tests/it/vocabulary.rs"]
mod vocabulary;

use libfuzzer_sys::fuzz_target;
use manifest::{parse_objects, parse_phrase};

fuzz_target!(|text: &str| {
    let words = vocabulary::words();
    match parse_phrase(text, words) {
        Ok((phrase, _)) => {
            let again = parse_phrase(&phrase.to_string(), words).map(|(again, _)| again);
            assert_eq!(again, Ok(phrase));
        }
        Err(error) => assert!(text.get(error.at).is_some()),
    }
    let _ = parse_objects(text, words);
});
