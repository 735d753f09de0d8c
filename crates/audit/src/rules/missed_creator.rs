#![doc = include_str!("missed_creator.md")]

use crate::told::listed;
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Change, Future, FutureKey, FutureScope, Kind, Object, Operation, Place, Principal, RoleName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const CREATE: Operation = Operation::known("create");

/// The rule.
pub(super) struct MissedCreator;

/// What each creator's new objects get in one schema, by kind.
type Given<'a> = BTreeMap<&'a Kind, BTreeMap<&'a RoleName, &'a Future>>;

impl Rule for MissedCreator {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("missed_creator.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Low
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let mut schemas: BTreeMap<&Arc<Object>, Given<'_>> = BTreeMap::new();
        for (key, future) in &look.observed.access.future {
            if let FutureScope::AddsIn(schema) = &key.scope
                && future.keys().any(|to| *to != Principal::Role(key.creator.clone()))
            {
                schemas.entry(schema).or_default().entry(&key.kind).or_default().insert(&key.creator, future);
            }
        }
        if schemas.is_empty() {
            return Vec::new();
        }
        let owners = owners(look);
        schemas.iter().flat_map(|(schema, given)| self.of_schema(look, schema, given, &owners)).collect()
    }
}

impl MissedCreator {
    /// A role that may create there, or has, and whose objects of that kind get nothing.
    fn of_schema(
        &self,
        look: &Look<'_>,
        schema: &Arc<Object>,
        given: &Given<'_>,
        owners: &Owners<'_>,
    ) -> Vec<Finding> {
        let mut missed: BTreeMap<&RoleName, Vec<&Kind>> = BTreeMap::new();
        let makers = makers(look, schema);
        for (kind, creators) in given {
            let own = owners.get(&(schema.place.clone(), schema.path.clone(), (*kind).clone()));
            let all: BTreeSet<&RoleName> =
                makers.iter().copied().chain(own.into_iter().flatten().copied()).collect();
            for role in all.into_iter().filter(|role| !creators.contains_key(role)) {
                if !has_global(look, role, kind, schema) {
                    missed.entry(role).or_default().push(kind);
                }
            }
        }
        missed.into_iter().map(|(role, kinds)| self.finding(look, schema, role, (&kinds, given))).collect()
    }

    fn finding(
        &self,
        look: &Look<'_>,
        schema: &Arc<Object>,
        role: &RoleName,
        (kinds, given): (&[&Kind], &Given<'_>),
    ) -> Finding {
        let mut changes = Vec::new();
        let mut evidence = Vec::new();
        let mut facts = Facts::new().with("in", &[schema]);
        for kind in kinds {
            let Some(creators) = given.get(kind) else { continue };
            evidence
                .push(format!("each {kind} of {} gets default privileges there", listed(creators.keys())));
            let key = FutureKey {
                creator: role.clone(),
                scope: FutureScope::AddsIn(schema.clone()),
                kind: (*kind).clone(),
            };
            let stands = look.observed.access.future.get(&key);
            for (creator, future) in creators {
                for (to, held) in future.iter().filter(|(to, _)| **to != Principal::Role((*creator).clone()))
                {
                    facts.add("gives", &[kind, creator, to, held]);
                    if *to == Principal::Role(role.clone()) || *to == Principal::Public {
                        continue;
                    }
                    let from = stands.and_then(|stands| stands.get(to)).cloned().unwrap_or_default();
                    let mut into = from.clone();
                    into.absorb(held);
                    changes.push(Change::Future { key: key.clone(), to: to.clone(), from, into });
                }
            }
        }
        let where_to = schema.database().map(|name| format!(" in database {name}")).unwrap_or_default();
        Finding {
            rule: self.code(),
            severity: Severity::Low,
            about: About::Role(role.clone()),
            what: format!("what it makes in {schema}{where_to} is missed by the default privileges there"),
            evidence,
            facts: facts.digest(),
            mending: if changes.is_empty() { Mending::default() } else { Mending::by(changes) },
        }
    }
}

/// The owners of what is in a schema, by the kind of object.
type Owners<'a> = BTreeMap<(Place, Vec<model::Name>, Kind), BTreeSet<&'a RoleName>>;

fn owners<'a>(look: &Look<'a>) -> Owners<'a> {
    let mut owners = Owners::new();
    for (object, owner) in &look.observed.access.owners {
        let system = look
            .observed
            .catalogue
            .objects
            .get(object)
            .is_some_and(|one| one.system || one.extension.is_some());
        if let ([schema, _], false) = (object.path.as_slice(), system) {
            let key = (object.place.clone(), vec![schema.clone()], object.kind.clone());
            owners.entry(key).or_default().insert(owner);
        }
    }
    owners
}

/// The roles that were granted CREATE on the schema or own it, except the engine's own, which may create everywhere.
fn makers<'a>(look: &Look<'a>, schema: &Arc<Object>) -> BTreeSet<&'a RoleName> {
    let access = &look.observed.access;
    let entries = access.entries.get(schema).into_iter().flatten();
    let granted =
        entries.filter(|(_, held)| held.get(&CREATE).is_some()).filter_map(|(holder, _)| match &holder.to {
            Principal::Role(role) => Some(role),
            Principal::Public => None,
        });
    granted.chain(access.owners.get(schema)).filter(|role| !look.is_engines_own(role)).collect()
}

/// True if default privileges of the whole database give somebody else something of the role's.
fn has_global(look: &Look<'_>, role: &RoleName, kind: &Kind, schema: &Object) -> bool {
    let Some(database) = schema.database() else { return false };
    let scope = FutureScope::Replaces(database.clone());
    let key = FutureKey { creator: role.clone(), scope, kind: kind.clone() };
    let future = look.observed.access.future.get(&key);
    future.is_some_and(|future| {
        let usual = look.dialect.default_future(&key);
        future.keys().any(|to| !usual.contains_key(to))
    })
}
