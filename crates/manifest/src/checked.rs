//! Everything that `rolewright check` does, in one call.

use crate::compile::{accept, accept_seen, compile};
use crate::diagnostic::{Diagnostic, sort};
use crate::manifest::ExceptionEntry;
use crate::model::Model;
use crate::parse::parse;
use crate::source::Source;
use ::model::Vocabulary;

/// The finding about a deprecated role that is assigned.
const DEPRECATED: &str = "RW143";

/// What came of checking a model.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The model, if nothing keeps it from being used. It is there even if its tests fail.
    pub model: Option<Model>,
    /// Every error and finding, failed tests included, down the files.
    pub diagnostics: Vec<Diagnostic>,
    /// The findings that somebody accepts, each with the exception that does.
    pub accepted: Vec<(Diagnostic, ExceptionEntry)>,
    /// How many tests were run.
    pub tests: usize,
}

impl Checked {
    /// Adds what is judged on the whole model, such as separations of duties, but for what somebody accepts.
    #[must_use]
    pub fn judged(mut self, mut found: Vec<Diagnostic>, today: Option<&str>) -> Self {
        let exceptions = self.model.as_ref().map(Model::exceptions).unwrap_or_default();
        self.accepted.extend(accept_seen(exceptions, today, &mut found));
        let answered = self.accepted.iter().filter_map(|(found, _)| {
            let environment = found.bound.as_ref()?.environment.clone();
            Some((found.code, found.about.as_deref()?.to_owned(), environment))
        });
        let answered = answered.collect();
        if let Some(model) = &mut self.model {
            model.answered = answered;
        }
        self.diagnostics.extend(found);
        sort(&mut self.diagnostics);
        self
    }

    /// True if there is an error, a failed test among them.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Parses, compiles and tests the sources of one model. `vocabularies` and `today` are as for [`compile`].
///
/// Files that are badly formed do not hide what is wrong with the names in them. Only a file that could not be
/// read at all does: what it defines would be missed everywhere else.
#[must_use]
pub fn check(sources: &[Source], vocabularies: &[&Vocabulary], today: Option<&str>) -> Checked {
    let (manifest, mut diagnostics) = parse(sources);
    let unread = |diagnostic: &Diagnostic| matches!(diagnostic.code, "RW101" | "RW108");
    if diagnostics.iter().any(unread) {
        return Checked { model: None, diagnostics, accepted: Vec::new(), tests: 0 };
    }
    let malformed = diagnostics.iter().any(Diagnostic::is_error);
    let (mut model, found) = compile(&manifest, vocabularies, today);
    let exceptions = manifest.exceptions.clone();
    // What is written has become what is meant: from here on it is only weight.
    drop(manifest);
    if malformed {
        // A finding about something misspelt would send people the wrong way.
        diagnostics.extend(found.into_iter().filter(Diagnostic::is_error));
        model = None;
    } else {
        diagnostics.extend(found);
    }
    let outcomes = model.as_ref().map(Model::run_tests).unwrap_or_default();
    let tests = outcomes.len();
    diagnostics.extend(outcomes.into_iter().flat_map(|outcome| outcome.diagnostics));
    let accepted = accept(&exceptions, today, &mut diagnostics);
    if let Some(model) = &mut model {
        let deprecated = accepted.iter().filter(|(found, _)| found.code == DEPRECATED);
        model.tolerated =
            deprecated.filter_map(|(found, _)| found.about.as_deref().map(str::to_owned)).collect();
    }
    sort(&mut diagnostics);
    Checked { model, diagnostics, accepted, tests }
}
