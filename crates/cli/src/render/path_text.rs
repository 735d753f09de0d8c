//! Ways up and blast radius, for people: the answer first, then the steps with their statements.

use super::counted;
use super::wrap::wrapped;
use crate::terminal::Paint;
use model::{Certainty, Gain, Object, Reviewed};
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
    text.push_str(&unlooked(asking, paint));
    text.push_str(&by_review(asking, all, paint));
    if found.iter().any(|found| found.way.is_none()) {
        text.push_str(&other_databases(asking, paint));
    }
    text
}

/// Reviews of the model that were held against what stands there: an answer may hang on each.
fn by_review(asking: &Asking, all: bool, paint: Paint) -> String {
    let told: Vec<String> = reviewed(asking).map(|(on, review)| format!("{on}: {}", review.told)).collect();
    if told.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", paint.bold("reviews"));
    let shown = if all { told.len() } else { SHOWN };
    for line in told.iter().take(shown) {
        text.push_str(&paint.plain(&wrapped("  ", "    ", line)));
    }
    if told.len() > shown {
        let more = format!("  and {} more; --verbose shows them all", told.len() - shown);
        let _ = writeln!(text, "{}", paint.dim(&more));
    }
    text
}

/// Routines of which the model has a review that matters, with what has come of it.
pub(crate) fn reviewed(asking: &Asking) -> impl Iterator<Item = (&Arc<Object>, &Reviewed)> {
    let routines = asking.observed.machinery.iter().flat_map(|machinery| &machinery.routines);
    routines.filter_map(|(on, routine)| Some((on, routine.review.as_ref()?)))
}

/// What lies in databases that were not looked at. Nobody begins a session in `template0`.
fn other_databases(asking: &Asking, paint: Paint) -> String {
    let others = asking.observed.not_looked_at.iter().map(ToString::to_string);
    let others: Vec<String> = others.filter(|name| name != "template0").collect();
    if others.is_empty() || asking.observed.machinery.is_none() {
        return String::new();
    }
    let line = format!("Not looked at: {} (--all-databases looks at every one)", others.join(", "));
    paint.dim(&wrapped("", "", &line))
}

/// What a model alone cannot say.
fn unlooked(asking: &Asking, paint: Paint) -> String {
    match asking.observed.machinery {
        Some(_) => String::new(),
        None => paint.dim(&wrapped("", "", BY_MODEL)),
    }
}

/// What a model alone cannot say, as people read it.
pub(crate) const BY_MODEL: &str = "Judged by the model alone: what routines, views, triggers and foreign keys of the target do is not in it.";

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
pub(crate) fn goal(gain: &Gain) -> String {
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

/// A step with its database, where there are several.
pub(super) fn what(step: &Step, several: bool) -> String {
    match &step.database {
        Some(database) if several => format!("in database {database}: {}", step.what),
        _ => step.what.clone(),
    }
}

/// psql's own commands and remarks end with their line.
pub(super) fn terminated(statement: &str) -> String {
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
    // Where it is not sure that it is gained, it is gained perhaps.
    let perhaps = radius.parts.iter().any(|part| part.gain == Gain::Everything);
    let mut text = match (radius.everything, perhaps) {
        (true, _) => format!("{} comes to {}\n", paint.plain(who), paint.error("everything: superuser")),
        (false, true) => {
            format!("{} whether {} comes to superuser\n", paint.warning("unknown:"), paint.plain(who))
        }
        (false, false) => format!("{} does not come to superuser\n", paint.plain(who)),
    };
    // Everything includes all the rest.
    let titles = if radius.everything { &TITLES[..1] } else { &TITLES[..] };
    for title in titles {
        let parts: Vec<&Part> =
            radius.parts.iter().filter(|part| self::title(&part.gain) == *title).collect();
        text.push_str(&group(title, &parts, several, all, paint));
    }
    if !radius.everything {
        text.push_str(&owned(&radius.owns, all, paint));
        text.push_str(&held(&radius.holds, all, paint));
    }
    let unlooked = unlooked(asking, paint);
    if !unlooked.is_empty() {
        let _ = write!(text, "\n{unlooked}");
    }
    text.push_str(&by_review(asking, all, paint));
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
    let line = names(owns, all);
    format!("\n{}\n{}", paint.bold("owned for sure"), paint.plain(&wrapped("  ", "    ", &line)))
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

/// Names, or where there are many how many of which kind in which schema.
fn names(objects: &BTreeSet<Arc<Object>>, all: bool) -> String {
    if all || objects.len() <= SHOWN {
        return objects.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    }
    let mut groups: BTreeMap<(String, &str), (usize, &Arc<Object>)> = BTreeMap::new();
    for object in objects {
        let container =
            if object.path.len() > 1 { object.path.first().map(ToString::to_string) } else { None };
        let group = groups.entry((container.unwrap_or_default(), object.kind.as_str()));
        group.or_insert((0, object)).0 += 1;
    }
    let told = groups.iter().map(|((container, kind), (count, first))| match (*count, container.as_str()) {
        (1, _) => first.to_string(),
        (count, "") => counted(count, kind),
        (count, _) => format!("{} in {container}", counted(count, kind)),
    });
    told.collect::<Vec<_>>().join(", ")
}
