//! The report of an audit for people, the worst first.

use super::by_control::by_control;
use super::exceptions::{accept_line, place, remark};
use super::offer::by_database;
use super::wrap::wrapped;
use super::{counted, target};
use crate::terminal::Paint;
use audit::{Found, Group, Remedy, Severity};
use model::from_now;
use service::Audited;
use std::fmt::Write as _;

/// How many findings of one kind are shown when nobody asked for all.
const SHOWN: usize = 10;

/// How many facts of one finding, and how many are shown if there are more.
const FACTS: (usize, usize) = (6, 4);

/// The whole report. `all` shows every finding where otherwise the first ten of a kind stand for the rest; `grouped`
/// puts the findings under the controls that they answer to.
pub(crate) fn audit_text(audited: &Audited, all: bool, grouped: bool, paint: Paint) -> String {
    let mut text = heading(audited, paint);
    if grouped {
        for (control, groups) in by_control(&audited.report) {
            text.push_str(&format!("\n{}\n", paint.bold(&title(control, &groups))));
            text.extend(groups.iter().map(|group| of_group(audited, group, all, paint)));
        }
    } else {
        text.extend(audited.report.groups.iter().map(|group| of_group(audited, group, all, paint)));
    }
    text.push_str(&notes(audited, paint));
    text.push_str(&accepted(audited, all, paint));
    text.push_str(&summary(audited, all, paint));
    text
}

/// A control and how much stands under it.
fn title(control: Option<&str>, groups: &[&Group]) -> String {
    let count = groups.iter().map(|group| group.findings.len()).sum();
    format!("== {}: {}", control.unwrap_or("No control"), counted(count, "finding"))
}

fn heading(audited: &Audited, paint: Paint) -> String {
    let executor = &audited.observed.executor;
    let seen_as = if executor.superuser { "a superuser" } else { "not a superuser" };
    let line = format!("Audit of {}, seen as {} ({seen_as})", target(&audited.observed.at), executor.login);
    let mut text = paint.bold(wrapped("", "", &line).trim_end());
    text.push('\n');
    if let Some(meant) = &audited.meant {
        let line = format!("Held against the model, environment {}", meant.environment);
        text.push_str(&paint.plain(&wrapped("", "", &line)));
    }
    let (left, unread) = (&audited.observed.not_looked_at, &audited.observed.unread);
    let left = left.iter().filter(|name| !unread.contains_key(*name)).map(ToString::to_string);
    let left = left.collect::<Vec<_>>().join(", ");
    if !left.is_empty() {
        let line = format!("Not looked at: {left} (--all-databases looks at every one)");
        text.push_str(&paint.plain(&wrapped("", "", &line)));
    }
    for (database, why) in unread {
        let line = format!("Not looked at: {database}, because {why}");
        text.push_str(&paint.warning(&wrapped("", "  ", &line)));
    }
    text
}

fn of_group(audited: &Audited, group: &Group, all: bool, paint: Paint) -> String {
    let severity = paint.severity(group.severity, &group.severity.word().to_uppercase());
    let mut text = format!("\n{severity} {} {}\n", paint.code(group.rule), paint.bold(group.title));
    let shown = if all { group.findings.len() } else { SHOWN };
    for finding in group.findings.iter().take(shown) {
        text.push_str(&of_finding(audited, finding, all, paint));
    }
    let hidden = group.findings.len().saturating_sub(shown);
    if hidden > 0 {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {}", paint.dim(&format!("and {hidden} more; --verbose shows them all")));
    }
    text
}

fn of_finding(audited: &Audited, finding: &Found, all: bool, paint: Paint) -> String {
    let about = finding.about.to_string();
    let line = wrapped("  ", "    ", &format!("{about}: {}", finding.what));
    let mut text = match line.split_once(&about) {
        Some((before, after)) => format!("{before}{}{}", paint.bold(&about), paint.plain(after)),
        None => paint.plain(&line).into_owned(),
    };
    if let Some(line) = &finding.line {
        text.push_str(&paint.dim(&wrapped("    at ", "       ", &place(line))));
    }
    let (most, few) = FACTS;
    let facts = if all || finding.evidence.len() <= most { usize::MAX } else { few };
    for fact in finding.evidence.iter().take(facts) {
        text.push_str(&paint.plain(&wrapped("    - ", "      ", fact)));
    }
    text.push_str(&hidden((finding.evidence.len(), "fact"), facts, paint));
    if let Some(remark) = remark(finding) {
        text.push_str(&paint.warning(&wrapped("    exception: ", "      ", &remark)));
    }
    if let Some(before) = &finding.mending.before {
        text.push_str(&paint.plain(&wrapped("    before: ", "      ", before)));
    }
    text.push_str(&mending(audited, finding, all, paint));
    for (at, line) in finding.mending.model.iter().flat_map(|model| model.lines()).enumerate() {
        let label = if at == 0 { "model:" } else { "      " };
        let _ = writeln!(text, "    {} {}", paint.dim(label), paint.plain(line));
    }
    if let Some(line) = accept_line(audited, finding).filter(|_| all) {
        let _ = writeln!(text, "    {} {}", paint.dim("accept:"), paint.plain(&line));
    }
    text
}

/// The statements, under the databases in which they are to be run where several were looked at, and what is not offered.
fn mending(audited: &Audited, finding: &Found, all: bool, paint: Paint) -> String {
    let offer = audited.offer(finding);
    let shown = if all { usize::MAX } else { SHOWN };
    let mut text = String::new();
    let mut label = "mend:";
    let mut line = |text: &mut String, words: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    {} {words}", paint.dim(label));
        label = "     ";
    };
    let mut left = shown;
    for (above, texts) in by_database(audited, &offer) {
        if let Some(above) = above.as_ref().filter(|_| left > 0) {
            line(&mut text, &paint.plain(above));
        }
        let indent = if above.is_some() { "  " } else { "" };
        for statement in texts.iter().take(left) {
            line(&mut text, &format!("{indent}{}", paint.code(statement)));
        }
        left = left.saturating_sub(texts.len());
    }
    let is_plan = matches!(finding.mending.remedy, Remedy::Plan(_));
    if offer.statements.is_empty() && is_plan {
        line(&mut text, &paint.code("rolewright plan"));
    }
    text.push_str(&hidden((offer.statements.len(), "statement"), shown, paint));
    for why in offer.withheld.iter().filter(|_| !is_plan).take(shown) {
        text.push_str(&paint.plain(&wrapped("    not offered: ", "      ", why)));
    }
    text
}

/// How many facts or statements of one finding are not shown.
fn hidden((count, what): (usize, &str), shown: usize, paint: Paint) -> String {
    match count.saturating_sub(shown) {
        0 => String::new(),
        1 => format!("    {}\n", paint.dim(&format!("and 1 more {what}; --verbose shows it"))),
        more => format!("    {}\n", paint.dim(&format!("and {more} more {what}s; --verbose shows them all"))),
    }
}

/// What somebody accepts, and until when. One by one if all is to be shown.
fn accepted(audited: &Audited, all: bool, paint: Paint) -> String {
    let found = audited.report.accepted.iter().flat_map(|group| &group.findings);
    let found: Vec<_> = found.filter_map(|found| Some((found, &found.exception.as_ref()?.0))).collect();
    let Some(next) = found.iter().map(|(_, exception)| exception.until.as_str()).min() else {
        return String::new();
    };
    let end = match (audited.today, model::Day::of(next)) {
        (Some(today), Some(day)) => format!("{next}, {}", from_now(day, today)),
        _ => next.to_owned(),
    };
    let more = if all { "" } else { " (--verbose lists them)" };
    let heading = format!("Accepted: {}, the first until {end}{more}", counted(found.len(), "finding"));
    let mut text = format!("\n{}\n", paint.bold(&heading));
    for (found, exception) in found.iter().filter(|_| all) {
        let line = format!("{} {} {}: {}", found.severity, found.rule, found.about, found.what);
        text.push_str(&paint.plain(&wrapped("  - ", "    ", &line)));
        let by = format!(
            "{} until {} ({}): {}",
            exception.owner,
            exception.until,
            place(&exception.line),
            exception.reason
        );
        text.push_str(&paint.dim(&wrapped("    ", "    ", &by)));
    }
    text
}

fn notes(audited: &Audited, paint: Paint) -> String {
    if audited.observed.notes.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", paint.bold("What this look could not see"));
    for note in &audited.observed.notes {
        text.push_str(&paint.plain(&wrapped("  - ", "    ", &format!("{}: {}", note.about, note.what))));
    }
    text
}

fn summary(audited: &Audited, all: bool, paint: Paint) -> String {
    let counts = audited.report.counts();
    if counts.is_empty() {
        let found = if audited.report.accepted.is_empty() { "anything" } else { "more than is accepted" };
        let seen = if audited.observed.notes.is_empty() { "" } else { " in what this look could see" };
        return format!("\n{} no rule found {found}{seen}.\n", paint.good("Clean:"));
    }
    let parts = Severity::ALL.into_iter().filter_map(|severity| {
        let count = counts.get(&severity)?;
        Some(paint.severity(severity, &format!("{count} {severity}")))
    });
    let total = counted(counts.values().sum(), "finding");
    let worst = audited.report.groups.first().map_or("CODE", |group| group.rule);
    let mut text = format!(
        "\n{total}: {}\n{}\n",
        parts.collect::<Vec<_>>().join(", "),
        paint.dim(&format!("rolewright explain {worst} says what a finding means and how to mend it."))
    );
    if audited.meant.is_some() && !all {
        let line = "--verbose shows beside each finding the line that accepts it until a day.";
        text.push_str(&format!("{}\n", paint.dim(line)));
    }
    text
}
