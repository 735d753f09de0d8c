#![doc = include_str!("role_without_purpose.md")]

use crate::holdings::{Holdings, groups};
use crate::told::{listed, several};
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{MemberKey, MemberPowers, Role, RoleName};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub(super) struct RoleWithoutPurpose;

impl Rule for RoleWithoutPurpose {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("role_without_purpose.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Low
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let undocumented: BTreeMap<&RoleName, &Role> = groups(look)
            .filter(|(name, _)| !look.is_made_by_model(name))
            .filter(|(_, role)| role.comment.as_deref().is_none_or(|text| text.trim().is_empty()))
            .collect();
        let holdings = Holdings::of(look, &undocumented);
        let mut members: BTreeMap<&RoleName, Vec<(&MemberKey, MemberPowers)>> = BTreeMap::new();
        for (key, powers) in &look.observed.access.members {
            members.entry(&key.role).or_default().push((key, *powers));
        }
        undocumented
            .into_iter()
            .filter_map(|(name, role)| {
                let mut evidence = holdings.evidence(name, look, role);
                let mut facts = Facts::new();
                holdings.tell(name, look, role, &mut facts);
                if let Some(of) = members.get(name) {
                    of.iter().for_each(|(key, powers)| facts.member(key, *powers));
                    let of: BTreeSet<&RoleName> = of.iter().map(|(key, _)| &key.member).collect();
                    evidence.push(format!("has {}: {}", several(of.len(), "members"), listed(of)));
                }
                (!evidence.is_empty()).then(|| self.finding(name, evidence, facts))
            })
            .collect()
    }
}

impl RoleWithoutPurpose {
    fn finding(&self, name: &RoleName, evidence: Vec<String>, facts: Facts) -> Finding {
        Finding {
            rule: self.code(),
            severity: Severity::Low,
            about: About::Role(name.clone()),
            what: "gives power and has no comment that says what for".to_owned(),
            evidence,
            facts: facts.digest(),
            mending: Mending::by_a_purpose(name),
        }
    }
}
