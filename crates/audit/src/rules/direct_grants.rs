#![doc = include_str!("direct_grants.md")]

use super::direct_grant::beyond_connecting;
use super::leaver::is_told_as_a_whole;
use crate::holdings::logins;
use crate::surplus::Surplus;
use crate::told::{listed, several};
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Kind, Object, Principal, RoleName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The rule.
pub(super) struct DirectGrants;

/// The objects on which something is held, by their kind and by what is held.
pub(super) type Held<'a> = BTreeMap<(&'a Kind, Vec<String>), BTreeSet<&'a Arc<Object>>>;

impl Rule for DirectGrants {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("direct_grants.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Low
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        // Of people there is a rule of its own where a model says who they are, and of those that it does not know another.
        let is_a_person = |role: &RoleName| look.meant.is_some_and(|meant| meant.people.contains(role));
        let logins = logins(look)
            .filter(|(name, role)| !is_a_person(name) && !is_told_as_a_whole(look, name, role))
            .map(|(name, _)| name);
        let held = held_directly(look, logins.collect());
        held.into_iter().map(|(login, (held, facts))| self.finding(look, login, &held, facts)).collect()
    }
}

/// What each of these roles that holds something of its own holds, and the facts. What a login of the model has beyond the
/// model is told by the rule about that.
pub(super) fn held_directly<'a>(
    look: &Look<'a>,
    roles: BTreeSet<&'a RoleName>,
) -> BTreeMap<&'a RoleName, (Held<'a>, Facts)> {
    let access = &look.observed.access;
    let told = Surplus::of(look);
    let mut all: BTreeMap<&RoleName, (Held<'_>, Facts)> = BTreeMap::new();
    for (on, acl) in &access.entries {
        let owner = access.owners.get(on);
        for (holder, held) in acl {
            let Principal::Role(role) = &holder.to else { continue };
            if owner == Some(role) || !roles.contains(role) {
                continue;
            }
            // A login of a model may connect by the model's word, given with the login.
            let held = if look.is_made_by_model(role) {
                beyond_connecting(&on.kind, &told.rest(on, holder, held))
            } else {
                held.clone()
            };
            if held.is_empty() {
                continue;
            }
            let (holds, facts) = all.entry(role).or_default();
            facts.entry(on, holder, &held);
            let one = |(operation, star): (&model::Operation, bool)| {
                format!("{operation}{}", if star { " with grant option" } else { "" })
            };
            let operations = held.iter().map(one).collect();
            holds.entry((&on.kind, operations)).or_default().insert(on);
        }
    }
    all
}

/// Each line of what is held: `select, update on 2 tables, such as table sales.orders`.
pub(super) fn lines(look: &Look<'_>, held: &Held<'_>) -> Vec<String> {
    let line = |((kind, operations), objects): (&(&Kind, Vec<String>), &BTreeSet<&Arc<Object>>)| {
        let example =
            objects.first().map(|object| format!(", such as {}", look.named(object))).unwrap_or_default();
        let of_kind = several(objects.len(), &format!("{kind}s"));
        format!("{} on {of_kind}{example}", listed(operations))
    };
    held.iter().map(line).collect()
}

impl DirectGrants {
    fn finding(&self, look: &Look<'_>, login: &RoleName, held: &Held<'_>, facts: Facts) -> Finding {
        let objects: BTreeSet<_> = held.values().flatten().collect();
        let count = objects.len();
        Finding {
            rule: self.code(),
            severity: Severity::Low,
            about: About::Role(login.clone()),
            what: format!("holds privileges of its own on {}, not through a role", several(count, "objects")),
            evidence: lines(look, held),
            facts: facts.digest(),
            mending: Mending {
                model: Some(format!(
                    "make a role for the work, grant it the same, let {login} have it, then revoke these;\n\
                     `rolewright import` writes what stands here as a beginning"
                )),
                ..Mending::default()
            },
        }
    }
}
