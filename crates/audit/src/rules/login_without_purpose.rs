#![doc = include_str!("login_without_purpose.md")]

use super::leaver::{is_told_as_a_whole, is_without_purpose};
use crate::holdings::Holdings;
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Role, RoleName};
use std::collections::BTreeMap;

/// The rule.
pub(super) struct LoginWithoutPurpose;

impl Rule for LoginWithoutPurpose {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("login_without_purpose.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Medium
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let undocumented: BTreeMap<&RoleName, &Role> = look
            .logins()
            .filter(|(name, role)| !look.is_made_by_model(name) && is_without_purpose(role))
            .filter(|(name, role)| !is_told_as_a_whole(look, name, role))
            .collect();
        let holdings = Holdings::of(look, &undocumented);
        undocumented
            .into_iter()
            .filter_map(|(name, role)| {
                let evidence = holdings.evidence(name, look, role);
                let mut facts = Facts::new();
                holdings.tell(name, look, role, &mut facts);
                (!evidence.is_empty()).then(|| self.finding(name, evidence, facts))
            })
            .collect()
    }
}

impl LoginWithoutPurpose {
    fn finding(&self, name: &RoleName, evidence: Vec<String>, facts: Facts) -> Finding {
        Finding {
            rule: self.code(),
            severity: Severity::Medium,
            about: About::Role(name.clone()),
            what: "can log in and holds power, and has no comment that says what for".to_owned(),
            evidence,
            facts: facts.digest(),
            mending: Mending::by_a_purpose(name),
        }
    }
}
