#![doc = include_str!("public_beyond.md")]

use crate::told::{given_by, listed};
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Acl, Change, FutureKey, FutureScope, Held, Holder, Object, Operation, Principal};
use std::sync::Arc;

const CREATE: Operation = Operation::known("create");
/// Data, which is told by a rule of its own.
const DATA: [&str; 3] = ["table", "column", "large object"];
/// What reaches around the engine is told by the engine's rules.
const ENGINES: [&str; 2] = ["parameter", "routine"];

/// The rule.
pub(super) struct PublicBeyond;

impl Rule for PublicBeyond {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("public_beyond.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let told_elsewhere = |kind: &str| DATA.contains(&kind) || ENGINES.contains(&kind);
        let listed = look.observed.access.entries.iter().filter(|(on, _)| !told_elsewhere(on.kind.as_str()));
        let mut findings: Vec<Finding> = listed.flat_map(|(on, acl)| self.of_object(look, on, acl)).collect();
        let future = look.observed.access.future.iter();
        findings.extend(future.filter_map(|(key, future)| {
            let held = future.get(&Principal::Public)?;
            self.of_future(look, key, held)
        }));
        findings
    }
}

impl PublicBeyond {
    fn of_object(&self, look: &Look<'_>, on: &Arc<Object>, acl: &Acl) -> Vec<Finding> {
        let public: Vec<(&Holder, &Held)> =
            acl.iter().filter(|(holder, held)| holder.to == Principal::Public && !held.is_empty()).collect();
        if public.is_empty() {
            return Vec::new();
        }
        let observed = look.observed;
        let given = match (observed.catalogue.baselines.get(on), observed.access.owners.get(on)) {
            (Some(baseline), _) => baseline.clone(),
            (None, Some(owner)) => look.dialect.default_entries(on, owner),
            (None, None) => Acl::new(),
        };
        let usual = |operation: &Operation| {
            given.iter().any(|(holder, held)| holder.to == Principal::Public && held.get(operation).is_some())
                || (*operation == CREATE && on.kind.as_str() == "schema")
        };
        public.into_iter().filter_map(|(holder, held)| self.finding(on, holder, held, &usual)).collect()
    }

    fn finding(
        &self,
        on: &Arc<Object>,
        holder: &Holder,
        held: &Held,
        usual: &dyn Fn(&Operation) -> bool,
    ) -> Option<Finding> {
        let open: Vec<&Operation> =
            held.iter().map(|(operation, _)| operation).filter(|one| !usual(one)).collect();
        if open.is_empty() {
            return None;
        }
        let (severity, meaning) = worth(on, &open);
        Some(Finding {
            rule: self.code(),
            severity,
            about: About::Object(on.clone()),
            what: format!("everybody {meaning}"),
            evidence: vec![format!("PUBLIC holds {}, {}", listed(&open), given_by(&holder.by))],
            facts: Facts::new().with("holds", &[on, holder, &open]).digest(),
            mending: Mending::by(vec![crate::told::taken(on, holder, held, |operation| {
                open.contains(&operation)
            })]),
        })
    }

    fn of_future(&self, look: &Look<'_>, key: &FutureKey, held: &Held) -> Option<Finding> {
        let usual = look.dialect.default_future(key);
        let usual = usual.get(&Principal::Public).cloned().unwrap_or_default();
        let (kept, open): (Vec<_>, Vec<_>) =
            held.iter().partition(|(operation, _)| usual.get(operation).is_some());
        if open.is_empty() {
            return None;
        }
        let given: Vec<&Operation> = open.iter().map(|(operation, _)| *operation).collect();
        let within = match &key.scope {
            FutureScope::Replaces(database) => format!("database {database}"),
            FutureScope::AddsIn(schema) => match schema.database() {
                Some(database) => format!("{schema} of database {database}"),
                None => schema.to_string(),
            },
        };
        let change = Change::Future {
            key: key.clone(),
            to: Principal::Public,
            from: held.clone(),
            into: kept.into_iter().map(|(operation, star)| (operation.clone(), star)).collect(),
        };
        Some(Finding {
            rule: self.code(),
            severity: Severity::Medium,
            about: About::Role(key.creator.clone()),
            what: format!("each {} that it makes in {within} is open to everybody", key.kind),
            evidence: vec![format!(
                "default privileges give PUBLIC {}",
                listed(open.iter().map(|(one, _)| one))
            )],
            facts: Facts::new().with("gives", &[key, &given]).digest(),
            mending: Mending::by(vec![change]),
        })
    }
}

/// What everybody can do with it, and how bad that is.
fn worth(on: &Object, open: &[&Operation]) -> (Severity, String) {
    let creates = open.iter().any(|operation| **operation == CREATE);
    match on.kind.as_str() {
        "database" if creates => (Severity::High, "may make schemas in it".to_owned()),
        "tablespace" => (Severity::Medium, "may put data there and fill the disk".to_owned()),
        "foreign server" => (Severity::Medium, "may use it to reach another server".to_owned()),
        "foreign data wrapper" => (Severity::Medium, "may make servers that reach elsewhere".to_owned()),
        "schema" => (Severity::Low, "may look up what is in it".to_owned()),
        kind => (Severity::Low, format!("may use this {kind}")),
    }
}
