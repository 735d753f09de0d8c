//! The findings of an audit by the controls that they answer to.

use audit::{Group, Report};
use std::collections::BTreeMap;

/// The groups under each control, the controls in the order of their names and numbers. A group that answers to several
/// controls stands under each of them; what answers to none comes last, under `None`.
pub(crate) fn by_control(report: &Report) -> Vec<(Option<&'static str>, Vec<&Group>)> {
    let mut controls: BTreeMap<Vec<Part<'static>>, (&'static str, Vec<&Group>)> = BTreeMap::new();
    let mut without = Vec::new();
    for group in &report.groups {
        for control in &group.controls {
            controls.entry(parts(control)).or_insert((control, Vec::new())).1.push(group);
        }
        if group.controls.is_empty() {
            without.push(group);
        }
    }
    let mut all: Vec<_> = controls.into_values().map(|(control, groups)| (Some(control), groups)).collect();
    if !without.is_empty() {
        all.push((None, without));
    }
    all
}

/// A stretch of a control's name. Numbers are compared as numbers: 4.10 comes after 4.3.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    Number(u64, &'a str),
    Text(&'a str),
}

fn parts(name: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let digits = rest.starts_with(|c: char| c.is_ascii_digit());
        let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        parts.push(match part.parse() {
            Ok(number) => Part::Number(number, part),
            Err(_) => Part::Text(part),
        });
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use audit::Severity;

    #[test]
    fn controls_come_in_the_order_of_their_numbers_and_what_answers_none_comes_last() {
        let group = |rule, controls: &[&'static str]| Group {
            rule,
            title: "",
            manual: audit::Manual::new(""),
            controls: controls.to_vec(),
            severity: Severity::Low,
            findings: Vec::new(),
        };
        let groups = vec![
            group("A", &["CIS 4.10", "AC-2(9)"]),
            group("B", &[]),
            group("C", &["CIS 4.3", "AC-2", "AC-2(13)"]),
        ];
        let report = Report { groups, ..Report::default() };
        let found: Vec<_> = by_control(&report)
            .into_iter()
            .map(|(control, groups)| (control, groups.iter().map(|group| group.rule).collect::<String>()))
            .collect();
        let of = |control, rules: &str| (control, rules.to_owned());
        assert_eq!(
            found,
            [
                of(Some("AC-2"), "C"),
                of(Some("AC-2(9)"), "A"),
                of(Some("AC-2(13)"), "C"),
                of(Some("CIS 4.3"), "C"),
                of(Some("CIS 4.10"), "A"),
                of(None, "B"),
            ]
        );
    }
}
