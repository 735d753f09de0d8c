#![doc = include_str!("direct_grants.md")]

use super::direct_grant::beyond_connecting;
use crate::holdings::logins;
use crate::told::{listed, several};
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Kind, Object, Principal, RoleName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The rule.
pub(super) struct DirectGrants;

/// The objects on which something is held, by their kind and by what is held.
type Held<'a> = BTreeMap<(&'a Kind, Vec<String>), BTreeSet<&'a Arc<Object>>>;

impl Rule for DirectGrants {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("direct_grants.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Low
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let access = &look.observed.access;
        // Of people there is a rule of its own where a model says who they are.
        let is_a_person = |role: &RoleName| look.meant.is_some_and(|meant| meant.people.contains(role));
        let mut logins: BTreeMap<&RoleName, (Held<'_>, Facts)> = logins(look)
            .filter(|(name, _)| !is_a_person(name))
            .map(|(name, _)| (name, (Held::new(), Facts::new())))
            .collect();
        for (on, acl) in &access.entries {
            let owner = access.owners.get(on);
            for (holder, held) in acl {
                if let Principal::Role(role) = &holder.to
                    && owner != Some(role)
                    && let Some((holds, facts)) = logins.get_mut(role)
                {
                    // A login of a model may connect by the model's word, given with the login.
                    let held = if look.is_made_by_model(role) {
                        beyond_connecting(&on.kind, held)
                    } else {
                        held.clone()
                    };
                    if held.is_empty() {
                        continue;
                    }
                    facts.entry(on, holder, &held);
                    let one = |(operation, star): (&model::Operation, bool)| {
                        format!("{operation}{}", if star { " with grant option" } else { "" })
                    };
                    let operations = held.iter().map(one).collect();
                    holds.entry((&on.kind, operations)).or_default().insert(on);
                }
            }
        }
        logins
            .into_iter()
            .filter(|(_, (held, _))| !held.is_empty())
            .map(|(login, (held, facts))| self.finding(look, login, &held, facts))
            .collect()
    }
}

impl DirectGrants {
    fn finding(&self, look: &Look<'_>, login: &RoleName, held: &Held<'_>, facts: Facts) -> Finding {
        let objects: BTreeSet<_> = held.values().flatten().collect();
        let count = objects.len();
        let line = |((kind, operations), objects): (&(&Kind, Vec<String>), &BTreeSet<&Arc<Object>>)| {
            let example =
                objects.first().map(|object| format!(", such as {}", look.named(object))).unwrap_or_default();
            let of_kind = several(objects.len(), &format!("{kind}s"));
            format!("{} on {of_kind}{example}", listed(operations))
        };
        Finding {
            rule: self.code(),
            severity: Severity::Low,
            about: About::Role(login.clone()),
            what: format!("holds privileges of its own on {}, not through a role", several(count, "objects")),
            evidence: held.iter().map(line).collect(),
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
