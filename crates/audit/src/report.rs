//! The report: what the rules found, the worst first, always in the same order.

use crate::{Finding, Look, Rule, Severity};
use std::collections::BTreeMap;

/// What an audit found.
#[derive(Debug, Clone)]
pub struct Report {
    /// The findings, grouped by severity and rule, the worst first.
    pub groups: Vec<Group>,
}

/// Findings of one rule with one severity.
#[derive(Debug, Clone)]
pub struct Group {
    /// The rule's code.
    pub rule: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The controls that it answers to.
    pub controls: Vec<&'static str>,
    /// How bad these findings are.
    pub severity: Severity,
    /// The findings, in the order of what they are about.
    pub findings: Vec<Finding>,
}

/// How many findings there are of each severity that occurs, the worst first.
pub type Counts = BTreeMap<Severity, usize>;

impl Report {
    /// Runs the rules. Two runs over the same look give the same report, in whatever order the rules come.
    #[must_use]
    pub fn of(look: &Look<'_>, rules: &[Box<dyn Rule>]) -> Self {
        let mut groups: BTreeMap<(Severity, &'static str), Group> = BTreeMap::new();
        for rule in rules {
            for finding in rule.find(look) {
                let group = groups.entry((finding.severity, rule.code())).or_insert_with(|| Group {
                    rule: rule.code(),
                    title: rule.title(),
                    controls: rule.controls(),
                    severity: finding.severity,
                    findings: Vec::new(),
                });
                group.findings.push(finding);
            }
        }
        let mut groups: Vec<Group> = groups.into_values().collect();
        for group in &mut groups {
            group.findings.sort_by(|a, b| (&a.about, &a.what).cmp(&(&b.about, &b.what)));
        }
        Self { groups }
    }

    /// Every finding, the worst first.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.groups.iter().flat_map(|group| &group.findings)
    }

    /// How many there are of each severity.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::new();
        for finding in self.findings() {
            *counts.entry(finding.severity).or_default() += 1;
        }
        counts
    }

    /// True if somebody has to do something: there is a finding that is more than information.
    #[must_use]
    pub fn needs_action(&self) -> bool {
        self.findings().any(|finding| finding.severity < Severity::Info)
    }

    /// True if there is a finding that is at least this bad.
    #[must_use]
    pub fn has(&self, least: Severity) -> bool {
        self.findings().any(|finding| finding.severity <= least)
    }
}
