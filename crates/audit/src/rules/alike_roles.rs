#![doc = include_str!("alike_roles.md")]

use crate::sets::Sets;
use crate::told::{listed, several};
use crate::{About, Finding, Look, Manual, Mending, Rule, Severity};
use model::RoleName;
use std::collections::BTreeMap;

/// The rule.
pub(super) struct AlikeRoles;

impl Rule for AlikeRoles {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("alike_roles.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Low
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let sets = Sets::of(look);
        let mut alike: BTreeMap<&[u32], Vec<&RoleName>> = BTreeMap::new();
        for (role, facts) in sets.direct().filter(|(_, facts)| !facts.is_empty()) {
            alike.entry(facts).or_default().push(role);
        }
        let mut findings = Vec::new();
        for (facts, roles) in alike {
            let [first, others @ ..] = roles.as_slice() else { continue };
            if !others.is_empty() {
                findings.push(self.finding(&sets, first, others, facts));
            }
        }
        findings
    }
}

impl AlikeRoles {
    fn finding(&self, sets: &Sets<'_>, first: &RoleName, others: &[&RoleName], facts: &[u32]) -> Finding {
        Finding {
            rule: self.code(),
            severity: Severity::Low,
            about: About::Role(first.clone()),
            what: format!("is the same as {} by another name", several(others.len(), "roles")),
            evidence: vec![format!("the same as {}", listed(others)), format!("each {}", sets.told(facts))],
            mending: Mending::default(),
        }
    }
}
