//! What a new user begins with.

use crate::{clean, vocabulary::words};

#[test]
fn a_new_model_checks_clean_and_shows_the_boundaries() {
    let files = manifest::starter(words());
    let (name, text) = files.first().unwrap();
    assert_eq!(*name, "rolewright.yaml");
    clean(text);
    insta::assert_snapshot!(text);
}

#[test]
fn the_schema_is_as_it_was() {
    insta::assert_snapshot!(manifest::schema());
}
