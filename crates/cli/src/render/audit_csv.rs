//! The report of an audit as a table for spreadsheets: a heading, then one line for each finding, the worst first.
//!
//! The form is that of RFC 4180. A spreadsheet takes what begins with `=`, `+`, `-`, `@`, a tab or a carriage return
//! for a formula and runs it, and a role may be called `=HYPERLINK(…)`: such a value gets an apostrophe before it, which
//! a spreadsheet reads as "this is text". So a value that begins with an apostrophe before one of these is not what the
//! database has; the JSON report is exact.

use super::exceptions::{place, remark};
use super::offer::databases;
use crate::terminal::printable;
use audit::{About, Found, Group, Standing};
use service::Audited;

const COLUMNS: [&str; 14] = [
    "severity",
    "code",
    "title",
    "about",
    "database",
    "what",
    "evidence",
    "mending SQL",
    "SQL database",
    "before mending",
    "controls",
    "model line",
    "saw",
    "exception",
];

/// The whole report, accepted findings last. Several values in one cell stand in it with `; ` between them, statements with a blank.
pub(crate) fn audit_csv(audited: &Audited) -> String {
    let mut text = line(&COLUMNS.map(str::to_owned));
    for group in audited.report.groups.iter().chain(&audited.report.accepted) {
        for finding in &group.findings {
            text.push_str(&line(&cells(audited, group, finding)));
        }
    }
    text
}

fn cells(audited: &Audited, group: &Group, finding: &Found) -> [String; COLUMNS.len()] {
    let (about, database) = match &finding.about {
        About::Role(_) | About::Target => (finding.about.to_string(), String::new()),
        About::Object(object) => {
            (object.to_string(), object.database().map(ToString::to_string).unwrap_or_default())
        }
        other => (other.to_string(), String::new()),
    };
    let offer = audited.offer(finding);
    let withheld = offer.withheld.iter().map(|why| format!("not offered: {why}"));
    let before = finding.mending.before.iter().cloned().chain(withheld);
    let texts: Vec<&str> = offer.statements.iter().map(|one| one.text.as_str()).collect();
    [
        finding.severity.word().to_owned(),
        finding.rule.to_owned(),
        group.title.to_owned(),
        about,
        database,
        finding.what.clone(),
        finding.evidence.join("; "),
        texts.join(" "),
        databases(&offer),
        before.collect::<Vec<_>>().join("; "),
        group.controls.join("; "),
        finding.line.as_ref().map(place).unwrap_or_default(),
        finding.saw.clone(),
        exception(finding),
    ]
}

/// Who accepts the finding until when and why, or why an exception does not hold for it.
fn exception(finding: &Found) -> String {
    match &finding.exception {
        Some((exception, Standing::Accepted)) => {
            format!("accepted by {} until {}: {}", exception.owner, exception.until, exception.reason)
        }
        _ => remark(finding).unwrap_or_default(),
    }
}

fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|value| cell(value)).collect();
    format!("{}\r\n", cells.join(","))
}

/// One value, harmless in a spreadsheet and quoted where it has to be.
fn cell(value: &str) -> String {
    let apostrophe = if value.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    let value = format!("{apostrophe}{}", printable(value));
    if value.contains(['"', ',', '\n', '\r', ';']) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_value_is_quoted_where_it_has_to_be_and_is_never_a_formula() {
        let cases = [
            ("plain", "plain"),
            ("", ""),
            ("a,b", "\"a,b\""),
            ("say \"a\"", "\"say \"\"a\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
            ("a=b-c", "a=b-c"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
        ];
        for (value, expected) in cases {
            assert_eq!(cell(value), expected, "{value:?}");
        }
    }
}
