#![doc = include_str!("broken_duty.md")]

use crate::{About, Breach, Finding, Look, Manual, Mending, Rule, Severity};
use model::Cause;

/// The rule.
pub(super) struct BrokenDuty;

impl Rule for BrokenDuty {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("broken_duty.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        look.breaches.iter().map(|breach| finding(self.code(), look, breach)).collect()
    }
}

fn finding(rule: &'static str, look: &Look<'_>, breach: &Breach) -> Finding {
    let line = look.meant.and_then(|meant| meant.duties.get(&breach.constraint)).cloned();
    let name = match &breach.who {
        Some(who) => format!("{}/{who}", breach.constraint),
        None => breach.constraint.clone(),
    };
    Finding {
        rule,
        severity: breach.severity,
        about: About::Model {
            name,
            line: line.unwrap_or_else(|| Cause::Observed(breach.constraint.clone())),
        },
        what: breach.what.clone(),
        evidence: breach.evidence.clone(),
        facts: breach.facts,
        mending: Mending::default(),
    }
}
