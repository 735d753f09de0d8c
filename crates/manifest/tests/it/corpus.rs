//! What fuzzing found or began with, replayed: nothing panics, and what prints parses again.

use crate::{check_files, vocabulary::words};
use manifest::{parse_objects, parse_phrase};
use std::path::Path;

fn replay(folder: &str, mut each: impl FnMut(&str, &str)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(folder);
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        each(path.file_name().unwrap().to_str().unwrap(), &String::from_utf8_lossy(&bytes));
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn the_corpus_of_models_is_read_without_panic() {
    replay("manifest", |name, text| {
        let (model, _, _) = check_files(&[(name, text)]);
        if let Some(model) = model {
            let _ = model.targets(None, &|name| Some(format!("postgres://{name}/db")));
        }
    });
}

#[test]
fn the_corpus_of_phrases_is_read_and_printed() {
    replay("phrase", |name, text| {
        if let Ok((phrase, _)) = parse_phrase(text, words()) {
            let printed = phrase.to_string();
            assert_eq!(
                parse_phrase(&printed, words()).map(|(again, _)| again),
                Ok(phrase),
                "{name}: {printed}"
            );
        }
        let _ = parse_objects(text, words());
    });
}
