//! The report: what the rules found, the worst first, always in the same order.

use crate::rules::idle_exception;
use crate::turn::in_turn;
use crate::{
    About, Exception, Facts, Finding, Look, Manual, Meant, Mending, Remark, Rule, Severity, Standing,
};
use model::Cause;
use std::collections::BTreeMap;
use std::ops::Deref;

/// What an audit found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The findings, grouped by severity and rule, the worst first.
    pub groups: Vec<Group>,
    /// The findings that somebody accepted, in the same order. They count for nothing else.
    pub accepted: Vec<Group>,
}

/// Findings of one rule with one severity.
#[derive(Debug, Clone)]
pub struct Group {
    /// The rule's code.
    pub rule: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Its page.
    pub manual: Manual,
    /// The controls that it answers to.
    pub controls: Vec<&'static str>,
    /// How bad these findings are.
    pub severity: Severity,
    /// The findings, in the order of what they are about; those that a plan mends in the order in which they can be.
    pub findings: Vec<Found>,
}

/// A finding in a report.
#[derive(Debug, Clone)]
pub struct Found {
    /// The finding.
    pub finding: Finding,
    /// The print of its facts: what an exception says it saw.
    pub saw: String,
    /// The line of the model that it is about, where there is one.
    pub line: Option<Cause>,
    /// The exception for it, and what becomes of it by that.
    pub exception: Option<(Exception, Standing)>,
    /// An exception can accept it: it is about something that has a name, and is not about an exception itself.
    pub acceptable: bool,
}

impl Deref for Found {
    type Target = Finding;

    fn deref(&self) -> &Finding {
        &self.finding
    }
}

/// How many findings there are of each severity that occurs, the worst first.
pub type Counts = BTreeMap<Severity, usize>;

impl Report {
    /// Runs the rules, adds what is to be looked at in the model, and takes out what somebody accepts. Two runs over the same look
    /// give the same report, in whatever order the rules come.
    #[must_use]
    pub fn of(look: &Look<'_>, rules: &[Box<dyn Rule>]) -> Self {
        let mut sorting = Sorting { look, open: Groups::new(), accepted: Groups::new() };
        let exceptions = look.meant.map(|meant| meant.exceptions.as_slice()).unwrap_or_default();
        let found: Vec<(&dyn Rule, Finding, String)> = rules
            .iter()
            .flat_map(|rule| rule.find(look).into_iter().map(move |finding| (&**rule, finding)))
            .map(|(rule, finding)| {
                let saw = finding.print();
                (rule, finding, saw)
            })
            .collect();
        // One that was for another finding about the same is not for something else.
        let is_for = |exception: &Exception| {
            let mut all = found.iter().filter(|(_, finding, _)| exception.is_for(finding)).peekable();
            let any = all.peek().is_some();
            (any, all.any(|(.., saw)| exception.saw.as_ref() == Some(saw)))
        };
        let (idle, spent): (Vec<bool>, Vec<bool>) =
            exceptions.iter().map(is_for).map(|(any, exact)| (!any, exact)).unzip();
        for (rule, finding, saw) in found {
            let ours = exceptions.iter().zip(&spent).filter(|(exception, spent)| {
                exception.is_for(&finding) && (!**spent || exception.saw.as_ref() == Some(&saw))
            });
            // Of several exceptions the one that accepts counts, then the one that tells the most.
            let standing =
                |(exception, _): (&Exception, _)| (exception.standing(&saw, look.today), exception.clone());
            let exception = ours.map(standing).min_by_key(|(standing, _)| *standing);
            let exception = exception.map(|(standing, exception)| (exception, standing));
            sorting.of_rule(rule, finding, saw, exception);
        }
        if let Some(meant) = look.meant {
            let idle = exceptions
                .iter()
                .zip(idle)
                .filter(|(exception, idle)| *idle && meant.alone && !exception.is_over(look.today));
            for (exception, _) in idle {
                let finding = idle_exception::finding(exception);
                let saw = finding.print();
                sorting.of_rule(&idle_exception::IdleException, finding, saw, None);
            }
            sorting.of_model(meant);
        }
        Self { groups: in_order(sorting.open), accepted: in_order(sorting.accepted) }
    }

    /// Every finding that nobody accepted, the worst first.
    pub fn findings(&self) -> impl Iterator<Item = &Found> {
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

type Groups = BTreeMap<(Severity, &'static str), Group>;

struct Sorting<'a> {
    look: &'a Look<'a>,
    open: Groups,
    accepted: Groups,
}

impl Sorting<'_> {
    fn of_rule(
        &mut self,
        rule: &dyn Rule,
        finding: Finding,
        saw: String,
        exception: Option<(Exception, Standing)>,
    ) {
        let line = self.line(&finding.about);
        let acceptable = finding.rule != idle_exception::IdleException.code();
        self.put(rule.manual(), Found { finding, saw, line, exception, acceptable });
    }

    fn of_model(&mut self, meant: &Meant) {
        for remark in &meant.remarks {
            let finding = of_remark(remark);
            let saw = finding.print();
            let exception = remark.accepted.clone().map(|exception| (exception, Standing::Accepted));
            let acceptable = remark.about.is_some() && !remark.says_exception;
            let line = Some(remark.place.clone());
            self.put(remark.manual, Found { finding, saw, line, exception, acceptable });
        }
    }

    fn put(&mut self, manual: Manual, found: Found) {
        let accepted = matches!(found.exception, Some((_, Standing::Accepted)));
        let groups = if accepted { &mut self.accepted } else { &mut self.open };
        let group = groups.entry((found.severity, found.rule)).or_insert_with(|| Group {
            rule: found.rule,
            title: manual.title(),
            manual,
            controls: manual.controls(),
            severity: found.severity,
            findings: Vec::new(),
        });
        group.findings.push(found);
    }

    fn line(&self, about: &About) -> Option<Cause> {
        match about {
            About::Role(role) => self.look.meant?.line_of(role).cloned(),
            About::Model { line, .. } => Some(line.clone()),
            About::Object(_) | About::Everybody | About::Target => None,
        }
    }
}

fn of_remark(remark: &Remark) -> Finding {
    let help = (!remark.help.is_empty()).then(|| remark.help.clone());
    Finding {
        rule: remark.manual.code(),
        severity: remark.severity,
        about: About::Model {
            name: remark.about.clone().unwrap_or_else(|| "the model".to_owned()),
            line: remark.place.clone(),
        },
        what: remark.what.clone(),
        evidence: Vec::new(),
        facts: Facts::new().with("says", &[&remark.what]).digest(),
        mending: Mending { model: help, ..Mending::default() },
    }
}

fn in_order(groups: Groups) -> Vec<Group> {
    let mut groups: Vec<Group> = groups.into_values().collect();
    for group in &mut groups {
        group.findings.sort_by(|a, b| (&a.about, &a.what).cmp(&(&b.about, &b.what)));
        group.findings = in_turn(std::mem::take(&mut group.findings), |found| &found.finding);
    }
    groups
}
