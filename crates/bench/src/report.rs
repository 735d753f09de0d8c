//! The rounds as a Markdown table, with the goals beside and a verdict that a program makes.

use crate::measure::human;
use crate::run::{Round, Side, Task};
use std::io::{self, Write};
use std::time::Duration;

/// A no-op may take so many times its floor …
const NOOP_TIMES: f64 = 2.0;
/// … and this much more, for starting up and reading the model.
const NOOP_EXTRA: Duration = Duration::from_millis(30);
/// A first apply may take so many times its floor.
const APPLY_TIMES: f64 = 1.5;
/// A no-op at ten times the size must stay below this, in MiB.
const MEMORY_MIB: u64 = 150;
/// The roles of the size that the memory goal is for.
const MEMORY_GOAL_FROM: usize = 5_000;

/// Writes the table, then what failed and why.
pub(crate) fn write(rounds: &[Round], to: &mut impl Write) -> io::Result<()> {
    writeln!(to, "| PostgreSQL | task | roles, entries | psql, the floor | rolewright | goal | verdict |")?;
    writeln!(to, "|---|---|---|---|---|---|---|")?;
    for round in rounds {
        let size = format!("{}, {}", round.size.roles, round.size.entries);
        let task = match round.task {
            Task::FirstApply => "first apply",
            Task::Noop => "no-op plan",
        };
        let (goal, verdict) = time(round);
        let (floor, tool) = (shown(&round.floor), shown(&round.rolewright));
        writeln!(to, "| {} | {task} | {size} | {floor} | {tool} | {goal} | {verdict} |", round.server)?;
        let (goal, verdict) = memory(round);
        let (floor, tool) = (peak(&round.floor), peak(&round.rolewright));
        writeln!(to, "| {} | – its memory | {size} | {floor} | {tool} | {goal} | {verdict} |", round.server)?;
    }
    for round in rounds {
        notes(round, to)?;
    }
    Ok(())
}

fn notes(round: &Round, to: &mut impl Write) -> io::Result<()> {
    match round.differences.filter(|_| round.task == Task::FirstApply) {
        Some(0) => writeln!(
            to,
            "\nPostgreSQL {}, {} roles: both sides left the same power behind.",
            round.server, round.size.roles
        )?,
        Some(count) => writeln!(
            to,
            "\nPostgreSQL {}, {} roles: **{count} facts differ** between what both sides left behind; \
             the times compare different work.",
            round.server, round.size.roles
        )?,
        None => {}
    }
    for failure in [&round.floor, &round.rolewright].into_iter().filter_map(|side| side.failure.as_ref()) {
        writeln!(to, "\nPostgreSQL {}, failed ({}): `{}`", round.server, failure.status, failure.command)?;
        if !failure.said.is_empty() {
            writeln!(to, "\n```\n{}\n```", failure.said)?;
        }
    }
    Ok(())
}

fn shown(side: &Side) -> String {
    if side.failure.is_some() { "failed".to_owned() } else { side.times.to_string() }
}

fn peak(side: &Side) -> String {
    match side.peak {
        Some(kib) => format!("{} MiB", kib.div_ceil(1024)),
        None => "not measured".to_owned(),
    }
}

/// The goal for the time, and whether it was reached; a first apply beyond the base size has none.
fn time(round: &Round) -> (String, String) {
    let floor = round.floor.times.median().filter(|_| round.floor.failure.is_none());
    let tool = round.rolewright.times.median().filter(|_| round.rolewright.failure.is_none());
    let (Some(floor), Some(tool)) = (floor, tool) else {
        return ("–".to_owned(), "not measured".to_owned());
    };
    if round.differences.is_some_and(|count| count > 0) {
        return ("–".to_owned(), "**void**: not the same work".to_owned());
    }
    let ratio = tool.as_secs_f64() / floor.as_secs_f64();
    let most = match round.task {
        Task::Noop => floor.mul_f64(NOOP_TIMES) + NOOP_EXTRA,
        Task::FirstApply if round.size.roles < MEMORY_GOAL_FROM => floor.mul_f64(APPLY_TIMES),
        Task::FirstApply => return ("none".to_owned(), format!("{ratio:.1}× the floor")),
    };
    let verdict = if tool <= most {
        format!("met: {ratio:.1}× the floor")
    } else {
        format!("**missed** by {}: {ratio:.1}× the floor", human(tool - most))
    };
    (format!("≤ {}", human(most)), verdict)
}

fn memory(round: &Round) -> (String, String) {
    if round.task != Task::Noop || round.size.roles < MEMORY_GOAL_FROM {
        return ("none".to_owned(), String::new());
    }
    let verdict = match round.rolewright.peak {
        Some(kib) if kib < MEMORY_MIB * 1024 => "met".to_owned(),
        Some(kib) => format!("**missed** by {} MiB", kib.div_ceil(1024).saturating_sub(MEMORY_MIB)),
        None => "not measured".to_owned(),
    };
    (format!("< {MEMORY_MIB} MiB"), verdict)
}
