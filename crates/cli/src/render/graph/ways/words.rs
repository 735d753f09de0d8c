//! What stands in the boxes and at the arrows, and what somebody reads who points at them.

use super::WaysDrawn;
use crate::render::counted;
use crate::render::path_text::{terminated, what};
use model::{Certainty, Gain, Object};
use service::{Arrow, Place, Spot, Walked};
use std::collections::BTreeSet;

/// How many lines of one kind somebody reads who points at something.
const LINES: usize = 40;
/// How many steps are told where many share an arrow.
const STEPS: usize = 8;

/// What the three kinds of arrows mean, with the name of their style.
pub(super) const CERTAINTIES: [(&str, &str); 3] = [
    ("direct", "needs nobody"),
    ("victim", "needs somebody who walks into it"),
    ("unknown", "may work: unknown"),
];

/// The style of an arrow.
pub(super) const fn style(certainty: &Certainty) -> &'static str {
    match certainty {
        Certainty::Direct => "direct",
        Certainty::Victim(_) => "victim",
        Certainty::Unknown(_) => "unknown",
    }
}

/// The style of a box.
pub(super) fn class(place: &Place) -> &'static str {
    match place.spots.first() {
        _ if !place.begins.is_empty() => "begins",
        _ if !place.goals.is_empty() => "goal",
        Some(Spot::By(_)) => "object",
        Some(Spot::Gained(Gain::Everything)) => "goal",
        Some(Spot::Gained(_)) | None => "gained",
        Some(Spot::Acts(_) | Spot::Runs(_) | Spot::Uses(_)) => "role",
    }
}

/// The first line of a box.
pub(super) fn name(place: &Place) -> String {
    match place.spots.as_slice() {
        [only] => of_spot(only).0,
        several => {
            let first = several.first();
            let told = counted(several.len(), first.map_or("thing", sort));
            match first {
                Some(Spot::Runs(_)) => format!("code as {told}"),
                Some(Spot::Uses(_)) => format!("privileges of {told}"),
                _ => told,
            }
        }
    }
}

/// The second line of a box.
pub(super) fn remark(place: &Place) -> String {
    let begins = place.begins.iter().filter(|number| **number > 0).map(ToString::to_string);
    let begins = begins.collect::<Vec<_>>().join(", ");
    let kind = match place.spots.as_slice() {
        [_] if !place.begins.is_empty() => format!("{begins} begins here").trim_start().to_owned(),
        [only] => of_spot(only).1,
        several => several.iter().map(briefly).collect::<Vec<_>>().join(", "),
    };
    let in_vain = !place.goals.is_empty() && place.goals.iter().all(Vec::is_empty);
    let asked = if in_vain { "no way to it" } else { "asked about" };
    let asked = (!place.goals.is_empty()).then(|| asked.to_owned());
    let first = (!kind.is_empty()).then_some(kind);
    [asked, first].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What somebody reads who points at a box.
pub(super) fn hint(place: &Place) -> String {
    let mut lines: Vec<String> = place.spots.iter().take(LINES).map(whole).collect();
    if place.spots.len() > LINES {
        lines.push(format!("and {} more", place.spots.len() - LINES));
    }
    if place.spots.len() == 1 {
        lines.push(remark(place));
    }
    let by: BTreeSet<&[usize]> = place.goals.iter().map(Vec::as_slice).collect();
    let by = by.into_iter().filter(|by| !by.is_empty()).take(LINES);
    lines.extend(by.map(|by| format!("by step {}", numbers(by.iter().copied()))));
    lines.join("\n")
}

/// What stands at an arrow: the numbers of its steps, and why they work.
pub(super) fn label(arrow: &Arrow) -> (String, String) {
    let count = arrow.steps.len();
    match &arrow.why {
        Some(why) if count <= 3 => (numbers(arrow.steps.iter().copied()), why.clone()),
        Some(why) => (format!("{}…", arrow.steps.first().copied().unwrap_or_default()), why.clone()),
        None => (format!("{}…", arrow.steps.first().copied().unwrap_or_default()), counted(count, "step")),
    }
}

/// What somebody reads who points at an arrow: its steps with their statements.
pub(super) fn arrow_hint(drawn: &WaysDrawn, arrow: &Arrow) -> String {
    let walked = arrow.steps.iter().filter_map(|number| Some((*number, step(drawn, *number)?)));
    let mut lines: Vec<String> =
        walked.take(STEPS).flat_map(|(number, one)| of_step(drawn, number, one)).collect();
    if arrow.steps.len() > STEPS {
        lines.push(format!("and {} more", arrow.steps.len() - STEPS));
    }
    lines.join("\n")
}

/// A step as one line, with what it needs.
pub(super) fn told(drawn: &WaysDrawn, walked: &Walked) -> String {
    let what = what(&walked.step, drawn.several);
    match &walked.step.certainty {
        Certainty::Direct => what,
        Certainty::Victim(who) => format!("{what}; needs {who}"),
        Certainty::Unknown(why) => format!("{what}; unknown: {why}"),
    }
}

fn step(drawn: &WaysDrawn, number: usize) -> Option<&Walked> {
    drawn.ways.steps.get(number.checked_sub(1)?)
}

fn of_step(drawn: &WaysDrawn, number: usize, walked: &Walked) -> Vec<String> {
    let mut lines = vec![format!("{number}  {}", told(drawn, walked))];
    lines.extend(walked.step.holding.iter().map(|fact| format!("   {fact}")));
    lines.extend(walked.step.statements.iter().map(|statement| format!("   {}", terminated(statement))));
    for other in &walked.also {
        lines.push("   or, to go on another way:".to_owned());
        lines.extend(other.iter().map(|statement| format!("   {}", terminated(statement))));
    }
    lines
}

fn numbers(all: impl Iterator<Item = usize>) -> String {
    all.map(|number| number.to_string()).collect::<Vec<_>>().join(", ")
}

/// A place in one line.
fn whole(spot: &Spot) -> String {
    match spot {
        Spot::Acts(role) => format!("role {role}"),
        Spot::Runs(role) => format!("code that runs as {role}"),
        Spot::Uses(role) => format!("the privileges of {role}"),
        Spot::By(object) => object.to_string(),
        Spot::Gained(gain) => gain.to_string(),
    }
}

/// A place among others of its sort.
fn briefly(spot: &Spot) -> String {
    match spot {
        Spot::Gained(Gain::Does(permission)) => {
            format!("{} on {}", permission.operation, bare(&permission.on))
        }
        other => of_spot(other).0,
    }
}

/// The two lines of a box for one place.
fn of_spot(spot: &Spot) -> (String, String) {
    match spot {
        Spot::Acts(role) => (role.to_string(), "acted as".to_owned()),
        Spot::Runs(role) => (role.to_string(), "code runs as it".to_owned()),
        Spot::Uses(role) => (role.to_string(), "its privileges are used".to_owned()),
        Spot::By(object) => (bare(object), object.kind.to_string()),
        Spot::Gained(Gain::Does(permission)) => {
            let handed = if permission.delegable { " with grant option" } else { "" };
            let remark = format!("{} on {}{handed}", permission.operation, permission.on.kind);
            (bare(&permission.on), remark)
        }
        Spot::Gained(Gain::Everything) => ("superuser".to_owned(), "nothing is checked".to_owned()),
        Spot::Gained(gain) => (gain.to_string(), String::new()),
    }
}

/// What several of a sort are called.
fn sort(spot: &Spot) -> &str {
    match spot {
        Spot::Acts(_) | Spot::Runs(_) | Spot::Uses(_) => "role",
        Spot::By(object) => object.kind.as_str(),
        Spot::Gained(Gain::Does(_)) => "operation",
        Spot::Gained(Gain::Lures(_)) => "trap",
        Spot::Gained(_) => "thing",
    }
}

/// An object without its kind.
fn bare(object: &Object) -> String {
    let whole = object.to_string();
    whole.strip_prefix(&format!("{} ", object.kind)).map(str::to_owned).unwrap_or(whole)
}
