//! The report of an audit as one page, for those who read and print it: no scripts, nothing from elsewhere.

use super::by_control::by_control;
use super::exceptions::{place, remark};
use super::html::{escaped, prose};
use super::offer::by_database;
use super::{counted, target};
use audit::{Exception, Found, Group, Manual, Remedy, Severity};
use model::from_now;
use service::Audited;
use std::collections::BTreeMap;

/// How many facts and statements of a finding are listed: a page of thousands is read by nobody.
const SHOWN: usize = 50;

/// How many findings of one rule are shown, the worst of them, for the same reason.
const FINDINGS: usize = 50;

const STYLE: &str = include_str!("audit.css");

/// The whole page, with every finding under its rule, the worst rule first. With `grouped`, the controls come before the
/// rules, each with what answers to it in a line: a finding can answer to many, and its facts are to be read once.
pub(crate) fn audit_html(audited: &Audited, grouped: bool) -> String {
    let of_rules = by_rule(audited);
    let controls = if grouped { controls(audited) } else { String::new() };
    let rules = of_rules.iter().map(|of| rule(audited, of)).collect::<String>();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>Audit of {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{}{}{controls}{rules}{}{}\
         <footer>Rolewright {}</footer>\n</body>\n</html>\n",
        escaped(&target(&audited.observed.at)),
        heading(audited),
        overview(audited, &of_rules, grouped),
        accepted(audited),
        notes(audited),
        env!("CARGO_PKG_VERSION"),
    )
}

/// A rule that found something, and its findings from the worst on.
struct OfRule<'a> {
    manual: Manual,
    groups: Vec<&'a Group>,
    code: &'static str,
    title: &'static str,
}

impl OfRule<'_> {
    fn worst(&self) -> Severity {
        self.groups.iter().map(|group| group.severity).min().unwrap_or(Severity::Info)
    }

    fn count(&self) -> usize {
        self.groups.iter().map(|group| group.findings.len()).sum()
    }
}

fn by_rule(audited: &Audited) -> Vec<OfRule<'_>> {
    let mut of_rules: Vec<OfRule<'_>> = Vec::new();
    for group in &audited.report.groups {
        match of_rules.iter_mut().find(|of| of.code == group.rule) {
            Some(of) => of.groups.push(group),
            None => of_rules.push(OfRule {
                manual: group.manual,
                groups: vec![group],
                code: group.rule,
                title: group.title,
            }),
        }
    }
    of_rules
}

fn heading(audited: &Audited) -> String {
    let observed = &audited.observed;
    let names = |names: Vec<String>| escaped(&names.join(", "));
    let seen_as = if observed.executor.superuser { "a superuser" } else { "not a superuser" };
    let mut facts = vec![
        ("Server", escaped(&format!("{} {}", observed.at.engine, observed.at.version_text))),
        ("Cluster", escaped(&observed.at.system)),
        ("Looked at", escaped(&to_the_second(&observed.at.instant))),
        ("Seen as", escaped(&format!("{} ({seen_as})", observed.executor.login))),
    ];
    if let Some(meant) = &audited.meant {
        facts.push(("Held against", escaped(&format!("the model, environment {}", meant.environment))));
    }
    if !observed.not_looked_at.is_empty() {
        let left = names(observed.not_looked_at.iter().map(ToString::to_string).collect());
        facts.push(("Not looked at", left));
    }
    let facts = facts.into_iter().map(|(name, value)| format!("<dt>{name}</dt><dd>{value}</dd>\n"));
    format!(
        "<h1>Audit of {}</h1>\n<p class=\"soft\">Who can do what in this database that nobody should, the worst first.</p>\n\
         <dl>\n{}</dl>\n",
        names(observed.at.databases.keys().map(ToString::to_string).collect()),
        facts.collect::<String>()
    )
}

/// The target's clock as people read it.
fn to_the_second(instant: &str) -> String {
    match instant.split_once('.') {
        Some((time, rest)) => format!("{time}{}", rest.trim_start_matches(|c: char| c.is_ascii_digit())),
        None => instant.to_owned(),
    }
}

/// How much there is of what, and where to read on.
fn overview(audited: &Audited, of_rules: &[OfRule<'_>], grouped: bool) -> String {
    if of_rules.is_empty() {
        let seen = if audited.observed.notes.is_empty() { "" } else { " in what this look could see" };
        return format!("<p class=\"clean\">Clean: no rule found anything{seen}.</p>\n");
    }
    let counts = audited.report.counts();
    let boxes = Severity::ALL.map(|severity| {
        let count = counts.get(&severity).copied().unwrap_or_default();
        let class = if count == 0 { "none" } else { severity.word() };
        format!("<li class=\"{class}\"><b>{count}</b><span>{severity}</span></li>\n")
    });
    let rows = of_rules.iter().map(|of| {
        format!(
            "<tr><td>{}</td><td><a href=\"#{}\">{}</a> {}</td><td class=\"number\">{}</td></tr>\n",
            badge(of.worst()),
            escaped(of.code),
            escaped(of.title),
            code(of.code),
            of.count()
        )
    });
    let accepted = match audited.report.accepted.iter().map(|group| group.findings.len()).sum() {
        0 => String::new(),
        some => format!(" <a href=\"#accepted\">{} accepted</a> beside these.", counted(some, "finding")),
    };
    let how =
        if grouped { " One finding can answer to several controls, and stands under each." } else { "" };
    format!(
        "<ul class=\"counts\">\n{}</ul>\n<p>{}.{accepted}{how}</p>\n\
         <table>\n<thead><tr><th>Worst</th><th>What is wrong</th><th class=\"number\">Findings</th></tr></thead>\n\
         <tbody>\n{}</tbody>\n</table>\n",
        boxes.concat(),
        counted(counts.values().sum(), "finding"),
        rows.collect::<String>()
    )
}

/// What a rule says, and what it found.
fn rule(audited: &Audited, of: &OfRule<'_>) -> String {
    let mut html = format!(
        "<section>\n<h2 id=\"{}\">{} {} {}</h2>\n",
        escaped(of.code),
        badge(of.worst()),
        escaped(of.title),
        code(of.code)
    );
    for (section, title) in [("What", "What it is"), ("Why", "Why it matters"), ("Mending", "How to mend it")]
    {
        if let Some(text) = of.manual.section(section) {
            html.push_str(&format!("<h4>{title}</h4>\n{}", prose(text)));
        }
    }
    if let Some(controls) = of.manual.section("Controls") {
        html.push_str(&format!("<h4>Controls</h4>\n<div class=\"controls\">{}</div>\n", prose(controls)));
    }
    html.push_str(&format!("<h4>{}</h4>\n", counted(of.count(), "finding")));
    // The groups come the worst first.
    let found = of.groups.iter().flat_map(|group| &group.findings);
    html.extend(found.clone().take(FINDINGS).map(|finding| of_finding(audited, finding)));
    if let Some(more) = folded(found.skip(FINDINGS)) {
        html.push_str(&format!("<p class=\"more\">{more}</p>\n"));
    }
    html.push_str("</section>\n");
    html
}

/// What is not shown of a rule: how many of which severity, and where every one is.
fn folded<'a>(hidden: impl Iterator<Item = &'a Found>) -> Option<String> {
    let mut counts: BTreeMap<Severity, usize> = BTreeMap::new();
    hidden.for_each(|finding| *counts.entry(finding.severity).or_default() += 1);
    let count: usize = counts.values().sum();
    let each = counts.iter().map(|(severity, count)| format!("{count} {severity}"));
    let each = each.collect::<Vec<_>>().join(", ");
    (count > 0).then(|| format!("And {count} more ({each}). The reports in CSV and JSON have every one."))
}

/// Each control with the findings that answer to it; the facts are with the rules.
fn controls(audited: &Audited) -> String {
    let section = |(control, groups): (Option<&'static str>, Vec<&Group>)| {
        let rows = answers(&groups);
        let count = groups.iter().map(|group| group.findings.len()).sum();
        format!(
            "<section>\n<h2>{} <span class=\"code\">{}</span></h2>\n<table class=\"answers\">\n{rows}</table>\n</section>\n",
            escaped(control.unwrap_or("No control")),
            counted(count, "finding")
        )
    };
    by_control(&audited.report).into_iter().map(section).collect()
}

/// A row for each finding, as many of each rule as its section shows.
fn answers(groups: &[&Group]) -> String {
    let mut of_rules: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut rows, mut hidden) = (String::new(), BTreeMap::<&str, Vec<&Found>>::new());
    for finding in groups.iter().flat_map(|group| &group.findings) {
        let shown = of_rules.entry(finding.rule).or_default();
        *shown += 1;
        if *shown <= FINDINGS {
            rows.push_str(&answer(finding));
        } else {
            hidden.entry(finding.rule).or_default().push(finding);
        }
    }
    let more = hidden.into_iter().filter_map(|(rule, hidden)| {
        let more = folded(hidden.into_iter())?;
        Some(format!("<tr><td></td><td>{} {more}</td></tr>\n", code(rule)))
    });
    rows.extend(more);
    rows
}

fn answer(finding: &Found) -> String {
    let rule = escaped(finding.rule);
    format!(
        "<tr><td>{}</td><td><b>{}</b>: {} <a class=\"code\" href=\"#{rule}\">{rule}</a></td></tr>\n",
        badge(finding.severity),
        escaped(&finding.about.to_string()),
        escaped(&finding.what)
    )
}

fn of_finding(audited: &Audited, finding: &Found) -> String {
    let mut html = format!(
        "<div class=\"finding {}\">\n<p>{} <b>{}</b>: {}</p>\n",
        finding.severity.word(),
        badge(finding.severity),
        escaped(&finding.about.to_string()),
        escaped(&finding.what)
    );
    if let Some(remark) = remark(finding) {
        html.push_str(&format!("<p class=\"exception\">{}</p>\n", escaped(&remark)));
    }
    if !finding.evidence.is_empty() {
        let facts = finding.evidence.iter().take(SHOWN);
        let facts = facts.map(|fact| format!("<li>{}</li>\n", escaped(fact)));
        let more = match finding.evidence.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!("<li>and {more} more, which the report in JSON lists</li>\n"),
        };
        html.push_str(&format!("<ul>\n{}{more}</ul>\n", facts.collect::<String>()));
    }
    let offer = audited.offer(finding);
    let statements = by_database(audited, &offer);
    if let Some(before) = &finding.mending.before {
        html.push_str(&format!("<p class=\"soft\">Before: {}</p>\n", escaped(before)));
    }
    for (above, texts) in &statements {
        html.push_str(&format!(
            "<p class=\"soft\">This mends it{}</p>\n<pre>{}</pre>\n",
            above.as_ref().map_or(":".to_owned(), |above| format!(", {}", escaped(above))),
            escaped(&texts.iter().take(SHOWN).copied().collect::<Vec<_>>().join("\n"))
        ));
        if let Some(more) = texts.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let more = counted(more, "statement");
            html.push_str(&format!(
                "<p class=\"soft\">And {more} more, which the report in JSON lists.</p>\n"
            ));
        }
    }
    if !matches!(finding.mending.remedy, Remedy::Plan(_)) {
        for why in &offer.withheld {
            html.push_str(&format!("<p class=\"soft\">Not offered: {}</p>\n", escaped(why)));
        }
    }
    if let Some(model) = &finding.mending.model {
        html.push_str(&format!("<p class=\"soft\">In the model:</p>\n<pre>{}</pre>\n", escaped(model)));
    } else if statements.is_empty() && matches!(finding.mending.remedy, Remedy::Plan(_)) {
        html.push_str(
            "<p class=\"soft\">A plan of the model mends this, or says what stands in its way.</p>\n",
        );
    } else if statements.is_empty() {
        html.push_str("<p class=\"soft\">No statement alone mends this: people have to decide first.</p>\n");
    }
    if let Some(line) = &finding.line {
        html.push_str(&format!("<p class=\"soft\">Model: <code>{}</code></p>\n", escaped(&place(line))));
    }
    html.push_str("</div>\n");
    html
}

/// What is accepted, by whom, why and until when: the first to end comes first.
fn accepted(audited: &Audited) -> String {
    let found = audited.report.accepted.iter().flat_map(|group| &group.findings);
    let mut found: Vec<(&Exception, &Found)> =
        found.filter_map(|found| Some((&found.exception.as_ref()?.0, found))).collect();
    if found.is_empty() {
        return String::new();
    }
    found.sort_by_key(|(exception, _)| exception.until.as_str());
    let rows = found.iter().map(|(exception, found)| {
        let left = audited.today.zip(model::Day::of(&exception.until));
        let left = left.map(|(today, day)| format!(", {}", from_now(day, today))).unwrap_or_default();
        format!(
            "<tr><td>{}</td><td><b>{}</b>: {} {}<br><span class=\"soft\">{}: {}</span></td><td>{}</td></tr>\n",
            badge(found.severity),
            escaped(&found.about.to_string()),
            escaped(&found.what),
            code(found.rule),
            escaped(&exception.owner),
            escaped(&exception.reason),
            escaped(&format!("{}{left}", exception.until))
        )
    });
    format!(
        "<section>\n<h2 id=\"accepted\">Accepted</h2>\n<p class=\"soft\">These findings stand, and somebody answers for them until a day. \
         They are not counted above.</p>\n<table class=\"answers\">\n<thead><tr><th>Severity</th><th>What is accepted, by whom and why</th>\
         <th>Until</th></tr></thead>\n<tbody>\n{}</tbody>\n</table>\n</section>\n",
        rows.collect::<String>()
    )
}

fn badge(severity: Severity) -> String {
    format!("<span class=\"badge {severity}\">{severity}</span>")
}

fn code(rule: &str) -> String {
    format!("<span class=\"code\">{}</span>", escaped(rule))
}

fn notes(audited: &Audited) -> String {
    if audited.observed.notes.is_empty() {
        return String::new();
    }
    let notes = audited.observed.notes.iter();
    let notes = notes.map(|note| {
        format!("<li>{}: {}</li>\n", escaped(&note.about.to_string()), escaped(&note.what.to_string()))
    });
    format!("<h2>What this look could not see</h2>\n<ul>\n{}</ul>\n", notes.collect::<String>())
}
