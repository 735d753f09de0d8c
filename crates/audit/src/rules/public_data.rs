#![doc = include_str!("public_data.md")]

use crate::told::wall;
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Acl, Change, Grantor, Held, Holder, Kind, Object, Operation, Principal};
use std::sync::Arc;

const KINDS: [Kind; 3] = [Kind::known("table"), Kind::known("column"), Kind::known("large object")];
const SELECT: Operation = Operation::known("select");
const CHANGING: [Operation; 5] = [
    Operation::known("insert"),
    Operation::known("update"),
    Operation::known("delete"),
    Operation::known("truncate"),
    Operation::known("trigger"),
];

/// The rule.
pub(super) struct PublicData;

impl Rule for PublicData {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("public_data.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    /// Only objects with entries of their own are read: no object that holds data begins open to everybody.
    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let listed = look.observed.access.entries.iter().filter(|(object, _)| KINDS.contains(&object.kind));
        listed.flat_map(|(object, acl)| self.of_object(look, object, acl)).collect()
    }
}

impl PublicData {
    fn of_object(&self, look: &Look<'_>, object: &Arc<Object>, acl: &Acl) -> Vec<Finding> {
        let public = acl.iter().filter(|(holder, _)| holder.to == Principal::Public);
        let baseline = look.observed.catalogue.baselines.get(object);
        public
            .filter_map(|(holder, held)| {
                let given = baseline.and_then(|acl| acl.get(holder));
                let open = held.iter().filter(|(operation, _)| {
                    (**operation == SELECT || CHANGING.contains(operation))
                        && given.is_none_or(|given| given.get(operation).is_none())
                });
                let open: Held = open.map(|(operation, star)| (operation.clone(), star)).collect();
                (!open.is_empty()).then(|| self.finding(look, object, holder, held, &open))
            })
            .collect()
    }

    fn finding(
        &self,
        look: &Look<'_>,
        object: &Arc<Object>,
        holder: &Holder,
        held: &Held,
        open: &Held,
    ) -> Finding {
        let changes = open.iter().any(|(operation, _)| CHANGING.contains(operation));
        let verb = match (open.get(&SELECT).is_some(), changes) {
            (true, true) => "read and change",
            (false, true) => "change",
            (_, false) => "read",
        };
        let wall = wall(look, object);
        let facts = Facts::new().with("holds", &[object, holder, open]).with("walled", &[&wall.is_some()]);
        let severity = match (changes, wall.is_none()) {
            (true, true) => Severity::High,
            (true, false) | (false, true) => Severity::Medium,
            (false, false) => Severity::Low,
        };
        let operations =
            open.iter().map(|(operation, _)| operation.to_string()).collect::<Vec<_>>().join(", ");
        let by = match &holder.by {
            Grantor::Role(role) => format!("given by {role}"),
            Grantor::Owner | Grantor::Untracked => "given by the owner".to_owned(),
        };
        let mut evidence = vec![format!("PUBLIC holds {operations}, {by}")];
        evidence.extend(wall);
        let into = held.iter().filter(|(operation, _)| open.get(operation).is_none());
        let change = Change::Entry {
            on: object.clone(),
            to: Principal::Public,
            by: holder.by.clone(),
            from: held.clone(),
            into: into.map(|(operation, star)| (operation.clone(), star)).collect(),
        };
        Finding {
            rule: self.code(),
            severity,
            about: About::Object(object.clone()),
            what: format!("everybody may {verb} it"),
            evidence,
            facts: facts.digest(),
            mending: Mending::by(vec![change]).but_first(
                "whoever uses it by this alone loses it: grant it first to the roles that need it",
            ),
        }
    }
}
