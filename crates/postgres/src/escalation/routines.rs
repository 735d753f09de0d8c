//! Code that runs with its owner's rights, whoever calls it.

use super::{Here, is, on};
use crate::escalation::perform;
use crate::phases::sql;
use crate::quote::identifier;
use crate::words::{attribute, kind, operation};
use model::{
    Basis, Beyond, Certainty, Escalation, From, Gain, Name, Need, Object, Opening, Permission, Place,
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
    for does in routine.body.does.iter().filter(|does| here.may(owner, does)) {
        let because = format!("{object} runs as {owner}, and does this");
        let call = vec![perform::calling(here.observed, object)];
        all.push(here.step(calls.clone(), Gain::Does(does.clone()), because, call));
    }
    let runs = Gain::Runs(owner.clone());
    match &routine.body.beyond {
        Beyond::Nothing => {}
        Beyond::Anything { why, verbatim } => {
            let because =
                format!("{object} runs as {owner}, and runs text made of what its caller gives: {why}");
            let call = match verbatim {
                Some(at) => perform::calling_with(here.observed, object, *at, &STATEMENT.to_string()),
                None => perform::calling(here.observed, object),
            };
            let step = here.step(calls.clone(), runs, because, vec![call]);
            let certainty = match verbatim {
                Some(_) => Certainty::Direct,
                None => Certainty::Unknown("it depends on how the text is made".to_owned()),
            };
            all.push(Escalation { certainty, ..step });
        }
        Beyond::Unknown { why } => {
            let because = format!("{object} runs as {owner}, and what it does is not known");
            let call = vec![perform::calling(here.observed, object)];
            let certainty = Certainty::Unknown(why.clone());
            all.push(Escalation { certainty, ..here.step(calls.clone(), runs, because, call) });
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
    let mut certainty = Certainty::Direct;
    let (how, made_in, table) = match opening {
        Opening::Temporary(table) => {
            needs.extend(needs_of(here, &on(operation::TEMPORARY, &here.database_object()?)));
            (
                format!("a temporary table comes before the {table} that it names"),
                "pg_temp".to_owned(),
                Some(table),
            )
        }
        Opening::Schema { schema, table } => {
            needs.extend(needs_of(here, &on(operation::CREATE, schema)));
            if table.is_none() {
                let why = "something made there would have to fit better than what is meant";
                certainty = Certainty::Unknown(why.to_owned());
            }
            (format!("it looks for what it names in {schema} as well"), sql::name(schema), table.as_ref())
        }
        Opening::AnySchema => {
            needs.push(create_anywhere(here, owner)?);
            ("its caller says where it looks for what it names".to_owned(), "…".to_owned(), None)
        }
    };
    let because = format!("{object} runs as {owner}, and {how}");
    let mut statements = substitution(&made_in, table);
    statements.push(perform::calling(here.observed, object));
    let step = here.step(From::Has(needs), Gain::Runs(owner.clone()), because, statements);
    Some(Escalation { certainty, ..step })
}

/// Statements of the substitution. What is put in place of a table runs code when it is read or written.
fn substitution(made_in: &str, table: Option<&Name>) -> Vec<String> {
    let mut statements = vec![format!(
        "CREATE FUNCTION {made_in}.instead() RETURNS boolean LANGUAGE plpgsql AS \
         {QUOTE}BEGIN EXECUTE {STATEMENT}; RETURN true; END{QUOTE}"
    )];
    match table {
        Some(table) => {
            let table = identifier(table.as_str());
            statements.push(format!("CREATE VIEW {made_in}.{table} AS SELECT … WHERE {made_in}.instead()"));
            statements.push(format!("GRANT ALL ON {made_in}.{table} TO PUBLIC"));
        }
        None => {
            statements.push(format!(
                "-- make {made_in}.… of a name that the body uses, so that it calls {made_in}.instead()"
            ));
            statements.push(format!("SET search_path = {made_in}, pg_catalog"));
        }
    }
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
