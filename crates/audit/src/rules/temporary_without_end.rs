#![doc = include_str!("temporary_without_end.md")]

use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity, Temporary};
use model::{Attribute, Day, Value};

const VALID_UNTIL: Attribute = Attribute::known("valid until");

/// The rule.
pub(super) struct TemporaryWithoutEnd;

impl Rule for TemporaryWithoutEnd {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("temporary_without_end.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Medium
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let temporary = look.meant.into_iter().flat_map(|meant| &meant.temporary);
        let running = temporary.filter(|one| !one.ended && look.logs_in(&one.member));
        running.filter_map(|one| self.finding(look, one)).collect()
    }
}

impl TemporaryWithoutEnd {
    fn finding(&self, look: &Look<'_>, temporary: &Temporary) -> Option<Finding> {
        let Temporary { member, role, until, .. } = temporary;
        let login = look.observed.access.roles.get(member)?;
        let mut facts = Facts::new();
        let standing = look.observed.access.members.iter();
        for (key, powers) in standing.filter(|(key, _)| key.role == *role && key.member == *member) {
            facts.member(key, *powers);
        }
        if facts.is_empty() {
            return None;
        }
        let end = login.attributes.get(&VALID_UNTIL);
        let day = match end {
            Some(Value::Text(end)) => Day::of(end),
            _ => None,
        };
        // The login may end in the first moment of the day after the last one.
        if day.is_some_and(|day| day.days_after(*until) <= 1) {
            return None;
        }
        let ends = end.map_or("not set".to_owned(), ToString::to_string);
        Some(Finding {
            rule: self.code(),
            severity: Severity::Medium,
            about: About::Role(member.clone()),
            what: format!("has {role} until {until}, and nothing on the target ends that"),
            evidence: vec![format!("is a member of {role}"), format!("the end of its password is {ends}")],
            facts: facts.with("ends", &[&until.to_string(), &end]).digest(),
            mending: Mending {
                model: Some(format!(
                    "give the role to a login of its own that ends with it: `expires: {until}`"
                )),
                ..Mending::default()
            },
        })
    }
}
