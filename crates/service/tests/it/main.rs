//! Use cases that need no target, from the outside: a model in, what is found.

#![allow(clippy::unwrap_used)] // a test says by failing what was not as it should be

mod assigning;
mod codes;
mod controls;
mod duties;
mod escalation;
mod permissions;

use manifest::{Checked, Source, render};
use postgres::PostgresEngine;

/// The day on which everything is checked.
const TODAY: &str = "2026-11-24";

/// What `rolewright check` makes of one file.
fn check(text: &str) -> (Checked, String) {
    let sources = [Source { name: "rolewright.yaml".to_owned(), text: text.to_owned() }];
    let checked = service::check(&PostgresEngine, &sources, Some(TODAY));
    let rendered = render(&checked.diagnostics, &sources, false);
    (checked, rendered)
}
