#![doc = include_str!("grant_option.md")]

use crate::surplus::Surplus;
use crate::told::{listed, several};
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Change, Grantor, Held, Holder, Object, Principal, RoleName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The rule.
pub(super) struct GrantOption;

impl Rule for GrantOption {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("grant_option.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Medium
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let access = &look.observed.access;
        let told = Surplus::of(look);
        let mut entries: BTreeMap<&RoleName, Vec<Entry<'_>>> = BTreeMap::new();
        for (on, acl) in &access.entries {
            for (holder, held) in acl.iter().filter(|(_, held)| held.iter().any(|(_, delegable)| delegable)) {
                let Principal::Role(role) = &holder.to else { continue };
                if access.owners.get(on) == Some(role) || look.is_engines_own(role) {
                    continue;
                }
                let by = Grantor::Role(role.clone());
                let handed_on: Vec<_> = acl.iter().filter(|(other, _)| other.by == by).collect();
                let untold = told.rest(on, holder, held);
                if handed_on.is_empty() && !untold.iter().any(|(_, delegable)| delegable) {
                    continue;
                }
                entries.entry(role).or_default().push(Entry { on, holder, held, handed_on });
            }
        }
        entries.into_iter().map(|(role, entries)| self.finding(look, role, &entries)).collect()
    }
}

/// A grant with the option.
struct Entry<'a> {
    on: &'a Arc<Object>,
    holder: &'a Holder,
    held: &'a Held,
    handed_on: Vec<(&'a Holder, &'a Held)>,
}

impl GrantOption {
    fn finding(&self, look: &Look<'_>, role: &RoleName, entries: &[Entry<'_>]) -> Finding {
        let mut facts = Facts::new();
        for entry in entries {
            facts.entry(entry.on, entry.holder, entry.held);
            entry.handed_on.iter().for_each(|(other, held)| facts.entry(entry.on, other, held));
        }
        let objects: BTreeSet<&Arc<Object>> = entries.iter().map(|entry| entry.on).collect();
        let operations: BTreeSet<_> = entries
            .iter()
            .flat_map(|entry| entry.held.iter().filter(|(_, delegable)| *delegable))
            .map(|(operation, _)| operation)
            .collect();
        let named = objects.iter().map(|on| look.named(on));
        let mut evidence =
            vec![format!("holds {} with the grant option on {}", listed(operations), listed(named))];
        let handed: BTreeSet<_> =
            entries.iter().flat_map(|entry| entry.handed_on.iter().map(|(other, _)| &other.to)).collect();
        if !handed.is_empty() {
            evidence.push(format!("has handed some of it on to {}", listed(handed)));
        }
        let changes: Vec<Change> = entries.iter().map(without_option).collect();
        Finding {
            rule: self.code(),
            severity: Severity::Medium,
            about: About::Role(role.clone()),
            what: format!("may hand on what it holds on {}", several(objects.len(), "objects")),
            evidence,
            facts: facts.digest(),
            mending: Mending::by(changes),
        }
    }
}

fn without_option(entry: &Entry<'_>) -> Change {
    Change::Entry {
        on: entry.on.clone(),
        to: entry.holder.to.clone(),
        by: entry.holder.by.clone(),
        from: entry.held.clone(),
        into: entry.held.iter().map(|(operation, _)| (operation.clone(), false)).collect(),
    }
}
