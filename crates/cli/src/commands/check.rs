//! `rolewright check`: compile, lint and test a model, without any server.

use crate::arguments::Check;
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::model_files::{self, Checked, explained};
use crate::render::{duties_text, sunsets_text};
use crate::terminal::Terminal;
use std::fmt::Write as _;

/// Prints every error and finding, and what became of the tests.
pub(crate) fn run(arguments: &Check, terminal: Terminal) -> Result<Verdict, Failure> {
    let Checked { sources, outcome } = Checked::at(arguments.path.as_deref())?;
    let diagnostics = &outcome.diagnostics;
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    let findings = diagnostics.len() - errors;
    let paint = terminal.out;
    let mut text = manifest::render(diagnostics, &sources, paint.color());
    if let Some(model) = &outcome.model {
        let roles = counted(model.role_names().count(), "role");
        let (phrases, tests) = (counted(model.phrases(), "grant"), counted(outcome.tests, "test"));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{roles}, {phrases}, {tests}.");
    }
    if let Some(duties) =
        outcome.model.as_ref().and_then(|model| service::judged(&postgres::PostgresEngine, model))
    {
        text.push_str(&duties_text(&duties, paint));
    }
    if let Some(model) = &outcome.model {
        text.push_str(&sunsets_text(&model.deprecated(), model_files::day(), paint));
    }
    let verdict = match (errors, findings) {
        (0, 0) => paint.good("The model is sound."),
        (0, _) => paint.warning(&format!("{}.", counted(findings, "finding"))),
        (_, 0) => paint.error(&format!("{}.", counted(errors, "error"))),
        (_, _) => paint.error(&format!("{}, {}.", counted(errors, "error"), counted(findings, "finding"))),
    };
    let _ = writeln!(text, "{verdict}");
    if errors + findings > 0 {
        let _ = writeln!(text, "{}", paint.dim(&format!("{}.", explained(diagnostics))));
    }
    terminal.print(&text)?;
    match (errors, findings) {
        (0, 0) => Ok(Verdict::Clean),
        (0, _) => Ok(Verdict::Work),
        _ => Err(Failure::Shown),
    }
}

fn counted(count: usize, one: &str) -> String {
    crate::render::counted(count, one)
}
