//! Ways up and blast radius, for people: the answer first, then the steps with their statements.

use super::counted;
use super::wrap::wrapped;
use crate::terminal::Paint;
use model::{Certainty, Gain, Object};
use service::{Asking, Found, Part, Radius, Step, Told};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

/// How many things of one kind are shown when nobody asked for all.
const SHOWN: usize = 10;

/// The best ways to what was asked about.
pub(crate) fn path_text(who: &str, found: &[Found], asking: &Asking, all: bool, paint: Paint) -> String {
    let several = asking.observed.at.databases.len() > 1;
    let one = |found: &Found| {
        let mut text = headline(who, found, paint);
        if let Some(way) = &found.way {
            text.push_str(&steps(way, several, paint));
        }
        if found.with_a_victim {
            let help = "with the help of somebody who does not know it there is one: --with-victim shows it";
            text.push_str(&paint.dim(&wrapped("  ", "  ", help)));
        }
        text
    };
    let shown = if all { found.len() } else { SHOWN };
    let mut text = found.iter().take(shown).map(one).collect::<Vec<_>>().join("\n");
    if found.len() > shown {
        let more = counted(found.len() - shown, "more answer");
        let _ = writeln!(text, "\n{}", paint.dim(&format!("and {more}; --verbose shows them all")));
    }
    text
}

fn headline(who: &str, found: &Found, paint: Paint) -> String {
    let goal = paint.bold(&goal(&found.to));
    let who = paint.plain(who);
    match found.certainty() {
        None => format!("{} {who} has no way to {goal}\n", paint.good("none:")),
        Some(Certainty::Direct) => {
            format!("{} {who} gets to {goal}, and needs nobody for it\n", paint.error("a way:"))
        }
        Some(Certainty::Victim(_)) => {
            format!("{} {who} gets to {goal}, if somebody walks into it\n", paint.error("a way:"))
        }
        Some(Certainty::Unknown(why)) => {
            format!("{} whether {who} gets to {goal}: {why}\n", paint.warning("unknown:"))
        }
    }
}

/// What was asked about, behind "to".
fn goal(gain: &Gain) -> String {
    match gain {
        Gain::Acts(role) => format!("role {role}"),
        other => other.to_string(),
    }
}

fn steps(way: &Told, several: bool, paint: Paint) -> String {
    let mut text = String::new();
    for (at, step) in way.steps.iter().enumerate() {
        let number = format!("{:3}  ", at + 1);
        text.push_str(&paint.plain(&wrapped(&number, "     ", &what(step, several))));
        for fact in &step.holding {
            text.push_str(&paint.dim(&wrapped("       ", "         ", fact)));
        }
        match &step.certainty {
            Certainty::Direct => {}
            Certainty::Victim(who) => {
                text.push_str(&paint.warning(&wrapped("       ", "         ", &format!("needs {who}"))));
            }
            Certainty::Unknown(why) => {
                text.push_str(&paint.warning(&wrapped("       ", "         ", &format!("unknown: {why}"))));
            }
        }
        for statement in &step.statements {
            let _ = writeln!(text, "       {}", paint.plain(&terminated(statement)));
        }
    }
    text
}

fn what(step: &Step, several: bool) -> String {
    match &step.database {
        Some(database) if several => format!("in database {database}: {}", step.what),
        _ => step.what.clone(),
    }
}

/// psql's own commands and remarks end with their line.
fn terminated(statement: &str) -> String {
    let ends_itself = ["\\", "--"].iter().any(|begins| statement.starts_with(begins));
    if ends_itself { statement.to_owned() } else { format!("{statement};") }
}

/// What the things that somebody comes to stand under, in this order.
const TITLES: [&str; 4] = ["above every check", "roles", "around the checks", "done without the privilege"];

fn title(gain: &Gain) -> &'static str {
    let [above, roles, around, done] = TITLES;
    match gain {
        Gain::Everything => above,
        Gain::Acts(_) | Gain::Runs(_) => roles,
        Gain::Does(_) => done,
        Gain::Host | Gain::Files | Gain::Copy | Gain::Verifiers | Gain::Lures(_) | Gain::Elsewhere(_) => {
            around
        }
    }
}

/// Everything that somebody comes to.
pub(crate) fn radius_text(who: &str, radius: &Radius, asking: &Asking, all: bool, paint: Paint) -> String {
    let several = asking.observed.at.databases.len() > 1;
    let mut text = match radius.everything {
        true => format!("{} comes to {}\n", paint.plain(who), paint.error("everything: superuser")),
        false => format!("{} does not come to superuser\n", paint.plain(who)),
    };
    for title in TITLES {
        let parts: Vec<&Part> = radius.parts.iter().filter(|part| self::title(&part.gain) == title).collect();
        text.push_str(&group(title, &parts, several, all, paint));
    }
    if !radius.everything {
        text.push_str(&owned(&radius.owns, all, paint));
        text.push_str(&held(&radius.holds, all, paint));
    }
    text
}

fn group(title: &str, parts: &[&Part], several: bool, all: bool, paint: Paint) -> String {
    if parts.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", paint.bold(title));
    let shown = if all { parts.len() } else { SHOWN };
    for part in parts.iter().take(shown) {
        let sure = match part.way.certainty {
            Certainty::Direct => "",
            Certainty::Victim(_) => " (needs a victim)",
            Certainty::Unknown(_) => " (unknown)",
        };
        let line = format!("{}{sure}", part.gain);
        text.push_str(&paint.plain(&wrapped("  ", "    ", &line)));
        if all || parts.len() <= 3 {
            text.push_str(&steps(&part.way, several, paint));
            continue;
        }
        let last = part.way.steps.last().map(|step| what(step, several)).unwrap_or_default();
        text.push_str(&paint.dim(&wrapped("      ", "      ", &last)));
    }
    if parts.len() > shown {
        let more = format!("  and {} more; --verbose shows them all", parts.len() - shown);
        let _ = writeln!(text, "{}", paint.dim(&more));
    }
    text
}

fn owned(owns: &BTreeSet<Arc<Object>>, all: bool, paint: Paint) -> String {
    if owns.is_empty() {
        return String::new();
    }
    let line = format!("  owns {}", names(owns, all));
    format!("\n{}\n{}", paint.bold("owned for sure"), paint.plain(&wrapped("", "    ", &line)))
}

fn held(holds: &BTreeMap<model::Operation, BTreeSet<Arc<Object>>>, all: bool, paint: Paint) -> String {
    if holds.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", paint.bold("held for sure, beyond what everybody has"));
    for (operation, objects) in holds {
        let line = format!("{operation} on {}", names(objects, all));
        text.push_str(&paint.plain(&wrapped("  ", "    ", &line)));
    }
    text
}

fn names(objects: &BTreeSet<Arc<Object>>, all: bool) -> String {
    let shown = if all { objects.len() } else { SHOWN };
    let mut text = objects.iter().take(shown).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if objects.len() > shown {
        let _ = write!(text, " and {} more", objects.len() - shown);
    }
    text
}
