//! The report of an audit as a table for spreadsheets: a heading, then one line for each finding, the worst first.
//!
//! The form is that of RFC 4180. A spreadsheet takes what begins with `=`, `+`, `-`, `@`, a tab or a carriage return
//! for a formula and runs it, and a role may be called `=HYPERLINK(…)`: such a value gets an apostrophe before it, which
//! a spreadsheet reads as "this is text". So a value that begins with an apostrophe before one of these is not what the
//! database has; the JSON report is exact.

use crate::terminal::printable;
use audit::{About, Finding, Group};
use service::Audited;

const COLUMNS: [&str; 9] =
    ["severity", "code", "title", "about", "database", "what", "evidence", "mending SQL", "controls"];

/// The whole report. Several values in one cell stand in it with `; ` between them, statements with a blank.
pub(crate) fn audit_csv(audited: &Audited) -> String {
    let mut text = line(&COLUMNS.map(str::to_owned));
    for group in &audited.report.groups {
        for finding in &group.findings {
            text.push_str(&line(&cells(audited, group, finding)));
        }
    }
    text
}

fn cells(audited: &Audited, group: &Group, finding: &Finding) -> [String; COLUMNS.len()] {
    let (about, database) = match &finding.about {
        About::Role(_) | About::Target => (finding.about.to_string(), String::new()),
        About::Object(object) => {
            (object.to_string(), object.database().map(ToString::to_string).unwrap_or_default())
        }
    };
    [
        finding.severity.word().to_owned(),
        finding.rule.to_owned(),
        group.title.to_owned(),
        about,
        database,
        finding.what.clone(),
        finding.evidence.join("; "),
        audited.sql(finding).join(" "),
        group.controls.join("; "),
    ]
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
