#![doc = include_str!("public_creates.md")]

use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Change, Grantor, Held, Holder, Kind, Object, Operation, Principal};
use std::sync::Arc;

const SCHEMA: Kind = Kind::known("schema");
const CREATE: Operation = Operation::known("create");

/// The rule.
pub(super) struct PublicCreates;

impl Rule for PublicCreates {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("public_creates.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let schemas = look.observed.catalogue.objects.keys().filter(|object| object.kind == SCHEMA);
        schemas.flat_map(|schema| self.of_schema(look, schema)).collect()
    }
}

impl PublicCreates {
    /// A finding for each grantor: one statement takes back only what one grantor gave.
    fn of_schema(&self, look: &Look<'_>, schema: &Arc<Object>) -> Vec<Finding> {
        let entries = look.entries(schema);
        let open = entries
            .iter()
            .filter(|(holder, held)| holder.to == Principal::Public && held.get(&CREATE).is_some());
        open.map(|(holder, held)| self.finding(look, schema, holder, held)).collect()
    }

    fn finding(&self, look: &Look<'_>, schema: &Arc<Object>, holder: &Holder, held: &Held) -> Finding {
        let owner = look.observed.access.owners.get(schema);
        let owner = owner.map_or_else(|| "nobody known".to_owned(), ToString::to_string);
        let by = match &holder.by {
            Grantor::Role(role) => format!("given by {role}"),
            Grantor::Owner | Grantor::Untracked => "given by the owner".to_owned(),
        };
        let into = held.iter().filter(|(operation, _)| **operation != CREATE);
        let into = into.map(|(operation, delegable)| (operation.clone(), delegable)).collect();
        let change = Change::Entry {
            on: schema.clone(),
            to: Principal::Public,
            by: holder.by.clone(),
            from: held.clone(),
            into,
        };
        Finding {
            rule: self.code(),
            severity: Severity::High,
            about: About::Object(schema.clone()),
            what: "everybody who can connect may create objects in it".to_owned(),
            evidence: vec![format!("PUBLIC holds create, {by}"), format!("the schema's owner is {owner}")],
            facts: Facts::new().with("holds create", &[schema, holder]).digest(),
            mending: Mending::by(vec![change]).but_first(
                "whoever uses it by this alone loses it: grant it first to the roles that need it",
            ),
        }
    }
}
