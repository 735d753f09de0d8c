//! Code that runs with its owner's rights, whoever calls it.

use super::{Here, is, on};
use crate::escalation::perform;
use crate::phases::sql;
use crate::quote::identifier;
use crate::words::{attribute, kind, operation};
use model::{
    Basis, Body, Certainty, Escalation, From, Gain, Name, Need, Object, Opening, Permission, Place,
    Principal, QUOTE, RoleName, Routine, STATEMENT, Source,
};
use std::sync::Arc;

/// Every routine with its owner's rights that somebody calls.
pub(super) fn definers(here: &Here<'_>, all: &mut Vec<Escalation>) {
    let routines = here.observed.machinery.iter().flat_map(|machinery| &machinery.routines);
    for (object, routine) in routines.filter(|(object, routine)| routine.definer && here.holds(object)) {
        let Some(owner) = here.owner(object).filter(|_| !routine.fires) else { continue };
        let calls = here.has(&[on(operation::EXECUTE, object)]);
        of_body(here, object, owner, routine, &calls, all);
        for opening in &routine.openings {
            all.extend(by_opening(here, object, owner, opening, &calls));
        }
    }
}

/// What a call does by itself.
fn of_body(
    here: &Here<'_>,
    object: &Arc<Object>,
    owner: &RoleName,
    routine: &Routine,
    calls: &From,
    all: &mut Vec<Escalation>,
) {
    let runs = || Gain::Runs(owner.clone());
    match &routine.body {
        Body::Only(does) => {
            for permission in does.iter().filter(|permission| here.may(owner, permission)) {
                let because = format!("{object} runs as {owner}, and does this");
                let call = vec![perform::calling(here.observed, object)];
                all.push(here.step(calls.clone(), Gain::Does(permission.clone()), because, call));
            }
        }
        Body::Anything { why, verbatim } => {
            let because = format!("{object} runs as {owner}, and runs text that its caller gives: {why}");
            let call = if *verbatim {
                perform::calling_with(here.observed, object, &STATEMENT.to_string())
            } else {
                perform::calling_with(here.observed, object, "…")
            };
            all.push(here.step(calls.clone(), runs(), because, vec![call]));
        }
        Body::Unknown { why } => {
            let because = format!("{object} runs as {owner}, and what it does is not known");
            let call = vec![perform::calling(here.observed, object)];
            let certainty = Certainty::Unknown(why.clone());
            all.push(Escalation { certainty, ..here.step(calls.clone(), runs(), because, call) });
        }
    }
}

/// The caller puts something of its own in the place of what the body names.
fn by_opening(
    here: &Here<'_>,
    object: &Arc<Object>,
    owner: &RoleName,
    opening: &Opening,
    calls: &From,
) -> Option<Escalation> {
    let From::Has(calls) = calls else { return None };
    let mut needs = calls.clone();
    let (how, place) = match opening {
        Opening::Temporary => {
            needs.extend(needs_of(here, &on(operation::TEMPORARY, &here.database_object()?)));
            ("temporary tables come before those that it names", None)
        }
        Opening::Schema(schema) => {
            needs.extend(needs_of(here, &on(operation::CREATE, schema)));
            ("it looks for what it names in a schema that others add to", Some(schema.clone()))
        }
        Opening::AnySchema => {
            needs.push(create_anywhere(here, owner)?);
            ("its caller says where it looks for what it names", None)
        }
    };
    let because = format!("{object} runs as {owner}, and {how}");
    let statements = substitution(here, object, opening, place.as_deref());
    Some(here.step(From::Has(needs), Gain::Runs(owner.clone()), because, statements))
}

/// Statements of the substitution. What is put in place of a table runs code when it is read or written.
fn substitution(
    here: &Here<'_>,
    object: &Arc<Object>,
    opening: &Opening,
    schema: Option<&Object>,
) -> Vec<String> {
    let made_in = match (opening, schema) {
        (Opening::Temporary, _) => "pg_temp".to_owned(),
        (_, Some(schema)) => sql::name(schema),
        (_, None) => "…".to_owned(),
    };
    let mut statements = vec![format!(
        "CREATE FUNCTION {made_in}.instead() RETURNS text LANGUAGE plpgsql AS \
         {QUOTE}BEGIN EXECUTE {STATEMENT}; RETURN NULL; END{QUOTE}"
    )];
    if *opening == Opening::AnySchema {
        statements.push(format!("SET search_path = {made_in}, pg_catalog"));
    }
    statements.push(format!(
        "-- make {made_in}.… of the name that the body uses, so that it calls {made_in}.instead()"
    ));
    statements.push(perform::calling(here.observed, object));
    statements
}

fn needs_of(here: &Here<'_>, permission: &Permission) -> Vec<Need> {
    crate::powers::needs(here.observed, here.database, permission).session
}

/// To make something in whatever schema, as somebody who is not the routine's owner anyway.
fn create_anywhere(here: &Here<'_>, owner: &RoleName) -> Option<Need> {
    let schemas =
        here.observed.catalogue.objects.iter().filter(|(object, existing)| {
            object.kind == kind::SCHEMA && here.holds(object) && !existing.system
        });
    let mut first = None;
    let mut sources: Vec<Source> = Vec::new();
    for (schema, _) in schemas {
        let permission = on(operation::CREATE, schema);
        let needs = needs_of(here, &permission);
        let others = |source: &Source| match &source.who {
            Principal::Public => true,
            Principal::Role(role) => role != owner && !is(here.observed, role, &attribute::SUPERUSER),
        };
        sources.extend(needs.into_iter().flat_map(|need| need.sources).filter(others));
        first.get_or_insert(permission);
    }
    // Whoever may make schemas makes one.
    let database = here.database_object()?;
    let make = needs_of(here, &on(operation::CREATE, &database));
    sources.extend(make.into_iter().flat_map(|need| need.sources));
    sources.sort_by_key(|source| (source.basis != Basis::Owner, source.who == Principal::Public));
    let permission = first.unwrap_or_else(|| on(operation::CREATE, &database));
    (!sources.is_empty()).then_some(Need { permission, sources, parts: Vec::new() })
}

impl Here<'_> {
    /// The object that the database is.
    pub(super) fn database_object(&self) -> Option<Arc<Object>> {
        let path = vec![Name::new(self.database.as_str()).ok()?];
        Some(Arc::new(Object::new(Place::Cluster, kind::DATABASE, path)))
    }
}

/// A name as a statement has it.
pub(super) fn named(role: &RoleName) -> String {
    identifier(role.as_str())
}
