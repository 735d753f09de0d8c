//! The model language from the outside: files in, diagnostics, tests and intents out.

#![allow(clippy::unwrap_used)] // a test says by failing what was not as it should be

mod bounds;
mod claims;
mod codes;
mod corpus;
mod ends;
mod example;
mod good;
mod intents;
mod manual;
mod phrase;
mod retired;
mod reviews;
mod starter;
mod vocabulary;
mod words;

use manifest::{Diagnostic, Model, Source, render};

/// The day on which everything is checked.
const TODAY: &str = "2026-11-24";

fn sources(files: &[(&str, &str)]) -> Vec<Source> {
    files.iter().map(|(name, text)| Source { name: (*name).into(), text: (*text).into() }).collect()
}

/// Parses, compiles and runs the tests of a model, as `rolewright check` does.
fn check_files(files: &[(&str, &str)]) -> (Option<Model>, Vec<Diagnostic>, String) {
    let sources = sources(files);
    let checked = manifest::check(&sources, &[vocabulary::words()], Some(TODAY));
    let rendered = render(&checked.diagnostics, &sources, false);
    (checked.model, checked.diagnostics, rendered)
}

/// What `check` says about one file.
fn check(text: &str) -> String {
    check_files(&[("rolewright.yaml", text)]).2
}

/// A model that must be without errors and findings.
fn clean(text: &str) -> Model {
    let (model, diagnostics, rendered) = check_files(&[("rolewright.yaml", text)]);
    assert!(diagnostics.is_empty(), "{rendered}");
    model.unwrap()
}
