//! The manual of the language: its first model is checked like any other.

use crate::clean;

#[test]
fn the_model_that_the_manual_begins_with_is_clean() {
    let manual = include_str!("../../../../docs/model-language.md");
    let (_, rest) = manual.split_once("```yaml\n").unwrap();
    let (model, _) = rest.split_once("```").unwrap();
    clean(model);
}
