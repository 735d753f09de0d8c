#![doc = include_str!("hands_out_roles.md")]

use crate::told::{listed, several};
use crate::{About, Facts, Finding, Look, Manual, Mending, Reach, Rule, Severity};
use model::{Attribute, Change, Grantor, MemberKey, MemberPowers, RoleName};
use std::collections::{BTreeMap, BTreeSet};

/// Whoever has it hands out roles by its own right, and is told by the engine's rules.
const CREATEROLE: Attribute = Attribute::known("createrole");
const SUPERUSER: Attribute = Attribute::known("superuser");

/// The rule.
pub(super) struct HandsOutRoles;

impl Rule for HandsOutRoles {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("hands_out_roles.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Medium
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let mut rows: BTreeMap<&RoleName, Vec<(&MemberKey, MemberPowers)>> = BTreeMap::new();
        for (key, powers) in look.observed.access.members.iter().filter(|(_, powers)| powers.admin) {
            let above = look.has(&key.member, &CREATEROLE) || look.has(&key.member, &SUPERUSER);
            if !above && !look.is_engines_own(&key.member) {
                rows.entry(&key.member).or_default().push((key, *powers));
            }
        }
        if rows.is_empty() {
            return Vec::new();
        }
        let reach = Reach::of(&look.observed.access);
        let mut logins: BTreeMap<&RoleName, BTreeSet<String>> = BTreeMap::new();
        for (login, _) in look.logins() {
            if rows.contains_key(login) {
                logins.entry(login).or_default().insert(format!("{login} can log in"));
            }
            for (role, path) in reach.privileges(login) {
                if rows.contains_key(role) {
                    logins.entry(role).or_default().insert(path.to_string());
                }
            }
        }
        let used = rows.into_iter().filter_map(|(member, rows)| Some((member, rows, logins.remove(member)?)));
        used.map(|(member, rows, ways)| self.finding(look, member, &rows, &ways)).collect()
    }
}

impl HandsOutRoles {
    fn finding(
        &self,
        look: &Look<'_>,
        member: &RoleName,
        rows: &[(&MemberKey, MemberPowers)],
        ways: &BTreeSet<String>,
    ) -> Finding {
        let roles: BTreeSet<&RoleName> = rows.iter().map(|(key, _)| &key.role).collect();
        let by = Grantor::Role(member.clone());
        let handed: Vec<_> = look
            .observed
            .access
            .members
            .iter()
            .filter(|(key, _)| key.by == by && roles.contains(&key.role))
            .collect();
        let mut facts = Facts::new();
        facts.each("by", ways);
        for (key, powers) in rows.iter().map(|(key, powers)| (*key, powers)).chain(handed.iter().copied()) {
            facts.member(key, *powers);
        }
        let handed: BTreeSet<(&RoleName, &RoleName)> =
            handed.iter().map(|(key, _)| (&key.role, &key.member)).collect();
        let mut evidence = vec![format!("has ADMIN on {}", listed(&roles)), listed(ways)];
        if !handed.is_empty() {
            evidence.push(format!(
                "has handed out {}",
                listed(handed.iter().map(|(role, to)| format!("{role} to {to}")))
            ));
        }
        let changes: Vec<Change> = rows
            .iter()
            .map(|(key, powers)| Change::Member {
                key: (*key).clone(),
                from: Some(*powers),
                to: Some(MemberPowers { admin: false, ..*powers }),
            })
            .collect();
        Finding {
            rule: self.code(),
            severity: Severity::Medium,
            about: About::Role(member.clone()),
            what: format!("may make others members of {}", several(roles.len(), "roles")),
            evidence,
            facts: facts.digest(),
            mending: Mending::by(changes),
        }
    }
}
