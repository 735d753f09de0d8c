//! A plan for people: phase by phase, every step with its statement, its reason and how much it can hurt.

use super::wrap::wrapped;
use super::{counted, left_text, quarantine_text, target};
use crate::terminal::Paint;
use model::{Cause, Phase, Place, Plan, Risk, Step};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const RISKS: [Risk; 4] = [Risk::Routine, Risk::Widening, Risk::Sensitive, Risk::Destructive];

/// The whole plan. `verbose` shows also what would undo each step.
pub(crate) fn plan_text(plan: &Plan, verbose: bool, paint: Paint) -> String {
    let executor = &plan.executor;
    let acting = if executor.login == executor.acts_as {
        executor.login.to_string()
    } else {
        format!("{} acting as {}", executor.login, executor.acts_as)
    };
    let heading = wrapped("", "", &format!("Plan for {}, by {acting}", target(&plan.at)));
    let mut text = format!("{}\n", paint.bold(heading.trim_end()));
    let mut number = 0;
    for (at, phase) in plan.phases.iter().enumerate() {
        text.push_str(&of_phase(phase, (at + 1, plan.phases.len()), &mut number, verbose, paint));
    }
    text.push_str(&notes(plan, paint));
    text.push_str(&quarantine_text(&plan.quarantined, paint));
    text.push_str(&left_text(&plan.left, paint));
    text.push_str(&summary(plan, paint));
    text
}

fn of_phase(
    phase: &Phase,
    (at, of): (usize, usize),
    number: &mut usize,
    verbose: bool,
    paint: Paint,
) -> String {
    let what = match &phase.place {
        Place::Cluster => phase.kind.to_string(),
        Place::Database(name) => format!("database {name}"),
    };
    let how = if phase.atomic { "all or nothing" } else { "step by step" };
    let mut text = format!(
        "\n{} {}\n",
        paint.bold(&format!("Phase {at} of {of}: {what}")),
        paint.dim(&format!("({how})"))
    );
    let mut reason: Option<&Cause> = None;
    for step in &phase.steps {
        if reason != Some(&step.cause) {
            let cause = one_line(&step.cause.to_string());
            text.push_str(&paint.dim(&wrapped("  because ", "    ", &cause)));
        }
        reason = Some(&step.cause);
        *number += 1;
        text.push_str(&of_step(step, *number, verbose, paint));
    }
    text
}

fn of_step(step: &Step, number: usize, verbose: bool, paint: Paint) -> String {
    let mut text = String::new();
    for (at, statement) in step.statements.iter().enumerate() {
        let label = if at == 0 { format!("{number:>5} {}", mark(step.risk)) } else { " ".repeat(7) };
        let statement = indented(&terminated(&statement.to_string()));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{label} {}", paint.risk(step.risk, &statement));
    }
    if verbose {
        for statement in &step.reverse {
            let _ = writeln!(
                text,
                "        {}",
                paint.dim(&format!("back: {}", indented(&terminated(statement))))
            );
        }
        if step.reverse.is_empty() {
            let _ = writeln!(text, "        {}", paint.dim("back: nothing undoes this"));
        }
    }
    text
}

fn notes(plan: &Plan, paint: Paint) -> String {
    if plan.notes.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", paint.bold("To know"));
    for note in &plan.notes {
        text.push_str(&paint.plain(&wrapped("  - ", "    ", &format!("{}: {}", note.about, note.what))));
    }
    text
}

fn summary(plan: &Plan, paint: Paint) -> String {
    if plan.is_empty() && !plan.quarantined.is_empty() {
        let roles = counted(plan.quarantined.len(), "role");
        return format!(
            "\n{} {roles} in quarantine, all else is as the model wants it.\n",
            paint.warning("Nothing more can be done from here:")
        );
    }
    if plan.is_empty() {
        return format!("\n{} the target is as the model wants it.\n", paint.good("Nothing to do:"));
    }
    let mut counts: BTreeMap<Risk, usize> = BTreeMap::new();
    for (_, step) in plan.steps() {
        *counts.entry(step.risk).or_default() += 1;
    }
    let parts = RISKS.into_iter().filter_map(|risk| {
        let count = counts.get(&risk)?;
        let mark = if risk == Risk::Routine { String::new() } else { format!("{} ", mark(risk)) };
        Some(paint.risk(risk, &format!("{mark}{count} {risk}")))
    });
    let steps = counted(counts.values().sum(), "step");
    format!("\n{steps}: {}\n", parts.collect::<Vec<_>>().join(", "))
}

/// The sign before a step, for those who see no colours.
const fn mark(risk: Risk) -> char {
    match risk {
        Risk::Routine => ' ',
        Risk::Widening => '+',
        Risk::Sensitive => '!',
        Risk::Destructive => 'x',
    }
}

fn terminated(statement: &str) -> String {
    let statement = statement.trim_end();
    if statement.ends_with(';') { statement.to_owned() } else { format!("{statement};") }
}

fn indented(statement: &str) -> String {
    statement.replace('\n', "\n        ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
