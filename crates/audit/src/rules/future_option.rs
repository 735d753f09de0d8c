#![doc = include_str!("future_option.md")]

use crate::told::listed;
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Change, FutureKey, FutureScope, Held, Operation, Principal};

/// The rule.
pub(super) struct FutureOption;

impl Rule for FutureOption {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("future_option.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Medium
    }

    /// A creator owns what it makes and grants it anyway.
    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let future = look.observed.access.future.iter();
        let entries = future.flat_map(|(key, future)| future.iter().map(move |(to, held)| (key, to, held)));
        entries
            .filter(|(key, to, held)| {
                let other = match to {
                    Principal::Role(role) => key.creator != *role && !look.is_engines_own(role),
                    Principal::Public => true,
                };
                other && held.iter().any(|(_, delegable)| delegable)
            })
            .map(|(key, to, held)| self.finding(key, to, held))
            .collect()
    }
}

impl FutureOption {
    fn finding(&self, key: &FutureKey, to: &Principal, held: &Held) -> Finding {
        let within = match &key.scope {
            FutureScope::Replaces(database) => format!("database {database}"),
            FutureScope::AddsIn(schema) => match schema.database() {
                Some(database) => format!("{schema} of database {database}"),
                None => schema.to_string(),
            },
        };
        let delegable: Vec<&Operation> =
            held.iter().filter(|(_, delegable)| *delegable).map(|(operation, _)| operation).collect();
        Finding {
            rule: self.code(),
            severity: Severity::Medium,
            about: About::Role(key.creator.clone()),
            what: format!("each {} that it makes in {within} may be handed on by {to}", key.kind),
            evidence: vec![format!(
                "default privileges of {} in {within} give {to} {} on each {} with the grant option",
                key.creator,
                listed(&delegable),
                key.kind
            )],
            facts: Facts::new().with("gives", &[key, to, &delegable]).digest(),
            mending: Mending::by(vec![Change::Future {
                key: key.clone(),
                to: to.clone(),
                from: held.clone(),
                into: held.iter().map(|(operation, _)| (operation.clone(), false)).collect(),
            }]),
        }
    }
}
