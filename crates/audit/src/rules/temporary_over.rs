#![doc = include_str!("temporary_over.md")]

use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Change, from_now};

/// The rule.
pub(super) struct TemporaryOver;

impl Rule for TemporaryOver {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("temporary_over.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let Some(meant) = look.meant else { return Vec::new() };
        let mut findings = Vec::new();
        for over in meant.temporary.iter().filter(|one| one.ended) {
            let (member, role) = (&over.member, &over.role);
            let rows = look.observed.access.members.iter();
            let rows = rows.filter(|(key, _)| key.role == *role && key.member == *member);
            let taken = |(key, powers): (&model::MemberKey, &model::MemberPowers)| Change::Member {
                key: key.clone(),
                from: Some(*powers),
                to: None,
            };
            let mut facts = Facts::new().with("until", &[&over.until.to_string()]);
            let rows = rows.inspect(|(key, powers)| facts.member(key, **powers));
            let changes: Vec<Change> = rows.map(taken).collect();
            if changes.is_empty() || meant.ended(member, role).is_none() {
                continue;
            }
            let ago =
                look.today.map(|today| format!(", {}", from_now(over.until, today))).unwrap_or_default();
            findings.push(Finding {
                rule: self.code(),
                severity: Severity::High,
                about: About::Role(member.clone()),
                what: format!("still has {role}, which it was given until {}{ago}", over.until),
                evidence: vec![format!("is a member of {role}"), format!("the last day was {}", over.until)],
                facts: facts.digest(),
                mending: Mending::by_a_plan(changes),
            });
        }
        findings
    }
}
