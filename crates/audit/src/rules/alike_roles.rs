#![doc = include_str!("alike_roles.md")]

use crate::holdings::{Holdings, groups};
use crate::sets::Sets;
use crate::told::{listed, several};
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Role, RoleName};
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
        alike.retain(|_, roles| roles.len() > 1);
        let first: Vec<&RoleName> = alike.values().filter_map(|roles| roles.first().copied()).collect();
        let told: BTreeMap<&RoleName, &Role> =
            groups(look).filter(|(name, _)| first.contains(name)).collect();
        let holdings = Holdings::of(look, &told);
        let mut findings = Vec::new();
        for (held, roles) in alike {
            let [first, others @ ..] = roles.as_slice() else { continue };
            let mut facts = Facts::new();
            facts.each("the same", others);
            if let Some(role) = told.get(first) {
                holdings.tell_what_is_given(first, look, role, &mut facts);
            }
            findings.push(self.finding((look, &sets), first, others, (held, facts)));
        }
        findings
    }
}

impl AlikeRoles {
    fn finding(
        &self,
        (look, sets): (&Look<'_>, &Sets<'_>),
        first: &RoleName,
        others: &[&RoleName],
        (held, facts): (&[u32], Facts),
    ) -> Finding {
        Finding {
            rule: self.code(),
            severity: Severity::Low,
            about: About::Role(first.clone()),
            what: format!("is the same as {} by another name", several(others.len(), "roles")),
            evidence: vec![
                format!("the same as {}", listed(others)),
                format!("each {}", sets.told(look, held)),
            ],
            facts: facts.digest(),
            mending: Mending::default(),
        }
    }
}
