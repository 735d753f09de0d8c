#![doc = include_str!("orphaned_role.md")]

use crate::holdings::{flags, groups};
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Change, RoleName};
use std::collections::BTreeSet;

/// The rule.
pub(super) struct OrphanedRole;

impl Rule for OrphanedRole {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("orphaned_role.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Low
    }

    /// What a role holds in databases that were not looked at is asked of the target, so that none is called orphaned for
    /// what was not seen.
    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let Some(survey) = &look.observed.survey else { return Vec::new() };
        let access = &look.observed.access;
        let mut needed: BTreeSet<&RoleName> = survey.referred.iter().collect();
        needed.extend(access.members.keys().map(|key| &key.role));
        needed.extend(access.owners.values());
        let orphans =
            groups(look).filter(|(name, role)| !needed.contains(name) && flags(look, role).is_empty());
        orphans.map(|(name, _)| self.finding(look, name)).collect()
    }
}

impl OrphanedRole {
    fn finding(&self, look: &Look<'_>, name: &RoleName) -> Finding {
        let (mut facts, mut roles) = (Facts::new(), BTreeSet::new());
        for (key, powers) in look.observed.access.members.iter().filter(|(key, _)| key.member == *name) {
            facts.member(key, *powers);
            roles.insert(&key.role);
        }
        let mut evidence =
            vec!["cannot log in, has no member, and nothing in any database refers to it".to_owned()];
        if !roles.is_empty() {
            evidence.push(format!("is a member of {}, which helps nobody", crate::told::listed(&roles)));
        }
        Finding {
            rule: self.code(),
            severity: Severity::Low,
            about: About::Role(name.clone()),
            what: "serves nobody".to_owned(),
            evidence,
            facts: facts.digest(),
            mending: Mending {
                model: Some(format!("{name}: {{ state: retired }}")),
                ..Mending::by(vec![Change::DropRole { role: name.clone() }])
            },
        }
    }
}
