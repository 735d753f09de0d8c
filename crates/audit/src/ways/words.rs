//! A way as evidence: a line for each step, with the statements that take it.

use crate::Look;
use access::{Step, Told};

/// Each step beyond the beginning.
pub(crate) fn steps(look: &Look<'_>, told: &Told) -> Vec<String> {
    let several = look.observed.at.databases.len() > 1;
    told.steps.iter().map(|step| line(step, several)).collect()
}

fn line(step: &Step, several: bool) -> String {
    let mut line = step.what.clone();
    // One fact can be told for two needs.
    let mut holding: Vec<&str> = Vec::new();
    for fact in &step.holding {
        if !holding.contains(&fact.as_str()) {
            holding.push(fact);
        }
    }
    if !holding.is_empty() {
        line.push_str(&format!(" ({})", holding.join("; ")));
    }
    if let Some(database) = step.database.as_ref().filter(|_| several) {
        line.push_str(&format!(", in {database}"));
    }
    if !step.statements.is_empty() {
        line.push_str(&format!(": {}", step.statements.join("; ")));
    }
    line
}
