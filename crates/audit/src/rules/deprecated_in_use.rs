#![doc = include_str!("deprecated_in_use.md")]

use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Deprecated, MemberKey, RoleName, from_now};
use std::collections::BTreeSet;

/// The rule.
pub(super) struct DeprecatedInUse;

impl Rule for DeprecatedInUse {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("deprecated_in_use.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Medium
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let deprecated = look.meant.into_iter().flat_map(|meant| &meant.intent.deprecated);
        let here = deprecated.filter(|(role, _)| look.observed.access.roles.contains_key(*role));
        here.map(|(role, deprecated)| self.finding(look, role, deprecated)).collect()
    }
}

impl DeprecatedInUse {
    fn finding(&self, look: &Look<'_>, role: &RoleName, deprecated: &Deprecated) -> Finding {
        let counts = |key: &MemberKey| {
            key.role == *role && !look.came_with_the_role(key) && !look.is_engines_own(&key.member)
        };
        let rows = look.observed.access.members.iter().filter(|(key, _)| counts(key));
        let mut facts = Facts::new()
            .with("sunset", &[&deprecated.sunset.map(|day| day.to_string())])
            .with("replaced by", &[&deprecated.replaced_by]);
        let mut members: BTreeSet<&RoleName> = BTreeSet::new();
        for (key, powers) in rows {
            facts.member(key, *powers);
            members.insert(&key.member);
        }
        let over = deprecated.sunset.zip(look.today).is_some_and(|(day, today)| day < today);
        let ends = match (deprecated.sunset, look.today) {
            (Some(day), Some(today)) if over => format!("was to go on {day}, {}", from_now(day, today)),
            (Some(day), Some(today)) => format!("is to go on {day}, {}", from_now(day, today)),
            (Some(day), None) => format!("is to go on {day}"),
            (None, _) => "is deprecated, nobody says until when".to_owned(),
        };
        let (severity, held) = match (members.is_empty(), over) {
            (false, true) => (Severity::Medium, "and is still held"),
            (true, true) => (Severity::Medium, "and is still there, although nobody holds it"),
            (false, false) => (Severity::Low, "and is still held"),
            (true, false) => (Severity::Info, "and nobody holds it any more"),
        };
        let mut evidence: Vec<String> =
            members.iter().map(|member| format!("{member} is a member")).collect();
        evidence.extend(deprecated.sunset.map(|day| format!("its sunset is {day}")));
        evidence.extend(deprecated.replaced_by.as_ref().map(|role| format!("it is replaced by {role}")));
        let model = match (&deprecated.replaced_by, members.is_empty()) {
            (_, true) => "state: retired".to_owned(),
            (Some(successor), false) => format!("let its members have {successor} instead"),
            (None, false) => "say `replaced_by`, and let its members have that role instead".to_owned(),
        };
        Finding {
            rule: self.code(),
            severity,
            about: About::Role(role.clone()),
            what: format!("{ends}, {held}"),
            evidence,
            facts: facts.digest(),
            mending: Mending { model: Some(model), ..Mending::default() },
        }
    }
}
