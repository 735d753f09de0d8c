//! The model language from the outside: files in, diagnostics, tests and intents out.

mod codes;
mod example;
mod good;
mod starter;
mod vocabulary;

use manifest::{Diagnostic, Model, Source, compile, parse, render};
use model::Vocabulary;

/// The day on which everything is checked.
const TODAY: &str = "2026-11-24";

fn sources(files: &[(&str, &str)]) -> Vec<Source> {
    files.iter().map(|(name, text)| Source { name: (*name).into(), text: (*text).into() }).collect()
}

/// Parses, compiles and runs the tests of a model, as `rolewright check` does.
fn check_files(files: &[(&str, &str)]) -> (Option<Model>, Vec<Diagnostic>, String) {
    let sources = sources(files);
    let (manifest, mut diagnostics) = parse(&sources);
    let mut model = None;
    if !diagnostics.iter().any(Diagnostic::is_error) {
        let words = |engine: &str| -> Option<&Vocabulary> { (engine == "postgres").then(vocabulary::words) };
        let (compiled, more) = compile(&manifest, &words, Some(TODAY));
        diagnostics.extend(more);
        let outcomes = compiled.iter().flat_map(Model::run_tests);
        diagnostics.extend(outcomes.flat_map(|outcome| outcome.diagnostics));
        model = compiled;
    }
    let rendered = render(&diagnostics, &sources, false);
    (model, diagnostics, rendered)
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
