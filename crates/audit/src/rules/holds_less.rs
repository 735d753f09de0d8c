#![doc = include_str!("holds_less.md")]

use crate::difference::{Bit, Weight, by_holder};
use crate::{About, Facts, Finding, Look, Manual, Mending, Remedy, Rule, Severity};

/// The rule.
pub(super) struct HoldsLess;

impl Rule for HoldsLess {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("holds_less.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Medium
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (about, sides) in by_holder(look) {
            if sides.less.iter().any(|bit| bit.weight == Weight::Existence) {
                let mut finding =
                    self.finding(about, Severity::Medium, "does not exist here", whole(sides.less));
                // What describes it and how it is set up goes without saying, but not without doing.
                if let Remedy::Plan(changes) = &mut finding.mending.remedy {
                    changes.extend(sides.other.into_iter().map(|bit| bit.change));
                }
                findings.push(finding);
                continue;
            }
            if !sides.less.is_empty() {
                let what = "lacks what the model gives it";
                findings.push(self.finding(about.clone(), Severity::Medium, what, sides.less));
            }
            if !sides.other.is_empty() {
                let what = "is described or set up in another way than the model says";
                findings.push(self.finding(about, Severity::Low, what, sides.other));
            }
        }
        findings
    }
}

impl HoldsLess {
    fn finding(&self, about: About, severity: Severity, what: &str, bits: Vec<Bit>) -> Finding {
        let changes = bits.iter().map(|bit| bit.change.clone()).collect();
        let mut facts = Facts::new();
        bits.iter().for_each(|bit| facts.difference(&bit.change));
        Finding {
            rule: self.code(),
            severity,
            about,
            what: what.to_owned(),
            evidence: bits.into_iter().map(|bit| bit.fact).collect(),
            facts: facts.digest(),
            mending: Mending::by_a_plan(changes),
        }
    }
}

/// Of a role that is not there, that is the fact; what it would hold follows from it.
fn whole(bits: Vec<Bit>) -> Vec<Bit> {
    bits.into_iter()
        .map(|bit| match bit.weight {
            Weight::Existence => Bit { fact: "the model has it, the target does not".to_owned(), ..bit },
            _ => bit,
        })
        .collect()
}
