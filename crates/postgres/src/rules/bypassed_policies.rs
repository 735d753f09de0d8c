#![doc = include_str!("bypassed_policies.md")]

use crate::readers::Readers;
use crate::words::attribute;
use audit::told::{listed, several};
use audit::{About, Facts, Finding, Look, Manual, Mending, Reach, Rule, Severity};
use model::{Change, Object, Operation, Principal, RoleName, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The rule.
pub(super) struct BypassedPolicies;

impl Rule for BypassedPolicies {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("bypassed_policies.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Medium
    }

    /// Superusers are left out: they read everything anyway.
    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let access = &look.observed.access;
        let tables: Vec<&Arc<Object>> =
            access.row_security.iter().filter(|(_, of)| of.enabled).map(|(table, _)| table).collect();
        let above: Vec<&RoleName> = access
            .roles
            .keys()
            .filter(|role| look.has(role, &attribute::BYPASSRLS) && !look.has(role, &attribute::SUPERUSER))
            .filter(|role| !look.is_engines_own(role))
            .collect();
        if tables.is_empty() || above.is_empty() {
            return Vec::new();
        }
        let (readers, reach) = (Readers::of(access), Reach::of(access));
        above.into_iter().filter_map(|role| self.of_role(look, role, (&readers, &reach), &tables)).collect()
    }
}

impl BypassedPolicies {
    fn of_role<'a>(
        &self,
        look: &Look<'a>,
        role: &'a RoleName,
        (readers, reach): (&Readers<'a>, &Reach<'a>),
        tables: &[&'a Arc<Object>],
    ) -> Option<Finding> {
        let mut held: BTreeSet<&RoleName> = reach.privileges(role).into_keys().collect();
        held.insert(role);
        let mut facts = Facts::new();
        let mut reads: Vec<&Arc<Object>> = Vec::new();
        for table in tables {
            let usable = readers.on(table).filter(|(principal, _)| match principal {
                Principal::Public => true,
                Principal::Role(role) => held.contains(role),
            });
            let operations: BTreeSet<&Operation> =
                usable.flat_map(|(_, operations)| operations).copied().collect();
            let owns = look.observed.access.owners.get(*table).is_some_and(|owner| held.contains(owner));
            if owns || !operations.is_empty() {
                facts.add("reaches", &[table, &owns, &operations.into_iter().collect::<Vec<_>>()]);
                reads.push(table);
            }
        }
        (!reads.is_empty()).then(|| Finding {
            rule: self.code(),
            severity: Severity::Medium,
            about: About::Role(role.clone()),
            what: format!("reaches every row of {} with row security", several(reads.len(), "tables")),
            evidence: vec![
                "has bypassrls".to_owned(),
                format!("holds privileges on {}", listed(reads.iter().map(|table| look.named(table)))),
            ],
            facts: facts.digest(),
            mending: Mending::by(vec![Change::Attribute {
                role: role.clone(),
                attribute: attribute::BYPASSRLS,
                from: Value::Flag(true),
                to: Value::Flag(false),
            }])
            .but_first(
                "its reports see fewer rows then and say nothing, and its pg_dump of such tables fails: see that policies are for it",
            ),
        })
    }
}
