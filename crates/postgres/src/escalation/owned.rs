//! Code that runs as the owner of something because of what is done to that thing: by who uses the owner's privileges without becoming
//! the owner, and by who points a foreign key at a table.

use super::routines::{in_any, needs_of};
use super::{Here, on};
use crate::phases::sql;
use crate::powers::ALTER;
use crate::words::{kind, operation, variety};
use model::{
    Certainty, Escalation, From, Gain, Key, Need, Object, Observed, Principal, QUOTE, RoleName, STATEMENT,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything that makes code run as an owner.
pub(super) fn as_owners(here: &Here<'_>, all: &mut Vec<Escalation>) {
    by_inheritance(here, all);
    let keys = here.observed.machinery.iter().flat_map(|machinery| &machinery.keys);
    for key in keys.filter(|key| here.holds(&key.column)) {
        by_foreign_key(here, key, all);
    }
    let maintained = here.observed.machinery.iter().flat_map(|machinery| &machinery.maintained);
    for (relation, called) in maintained.filter(|(relation, _)| here.holds(relation)) {
        by_maintenance(here, relation, called, all);
    }
}

/// The first of all roles owns the server's own routines too.
pub(super) fn by_inheriting_all(observed: &Observed, all: &mut Vec<Escalation>) {
    let root = &observed.at.root;
    let statements = vec![
        format!(
            "CREATE OR REPLACE FUNCTION pg_catalog.xpath_exists(text, xml) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS \
             {QUOTE}BEGIN EXECUTE {STATEMENT}; RETURN true; END{QUOTE}"
        ),
        "SELECT pg_catalog.xpath_exists(NULL::text, NULL::xml)".to_owned(),
    ];
    all.push(Escalation {
        from: From::Uses(root.clone()),
        gain: Gain::Runs(root.clone()),
        certainty: Certainty::Direct,
        database: None,
        because: format!(
            "{root} owns the server's own routines, one of which can be written anew to run with its rights"
        ),
        statements,
    });
}

/// An owner, and a schema in which something of that owner's is.
type OfOwner<'a> = (&'a RoleName, &'a [model::Name]);

/// Who inherits from a role may do what only the owner of a role's things may, so also write a routine of its anew. That runs as the
/// role itself, whose attributes count.
fn by_inheritance(here: &Here<'_>, all: &mut Vec<Escalation>) {
    let objects = here.observed.catalogue.objects.iter();
    // One of each owner and schema will do, and of its things a routine is the nearest.
    let mut nearest: BTreeMap<OfOwner<'_>, (bool, &Arc<Object>)> = BTreeMap::new();
    for (object, existing) in objects.filter(|(object, existing)| here.holds(object) && !existing.system) {
        let routine = object.kind == kind::ROUTINE
            && [variety::FUNCTION, variety::PROCEDURE].contains(&existing.variety);
        let table = object.kind == kind::TABLE && existing.variety == variety::TABLE;
        let (Some(owner), Some(schema)) = (here.owner(object), object.path.get(..1)) else { continue };
        let known = nearest.get(&(owner, schema));
        if (routine && known.is_none_or(|(routine, _)| !routine)) || (table && known.is_none()) {
            nearest.insert((owner, schema), (routine, object));
        }
    }
    for ((owner, schema), (routine, object)) in nearest {
        let schema = Arc::new(Object::new(object.place.clone(), kind::SCHEMA, schema.to_vec()));
        let mut needs = needs_of(here, &on(ALTER, object));
        needs.extend(needs_of(here, &on(operation::CREATE, &schema)));
        let name = sql::name(object);
        let (how, statements) = if routine {
            let written = format!(
                "CREATE OR REPLACE FUNCTION {name} … SECURITY DEFINER AS {QUOTE}BEGIN EXECUTE {STATEMENT}; … END{QUOTE}"
            );
            let call = super::perform::calling(here.observed, object);
            ("which can be written anew to run with its rights", vec![written, call])
        } else {
            // What an index calls has to say that it changes nothing, and is believed.
            let changes = super::lures::trap("boolean", "RETURN true");
            let function =
                "CREATE FUNCTION pg_temp.says(anyelement) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS \
                            $says$BEGIN PERFORM pg_temp.trap(); RETURN 1; END$says$"
                    .to_owned();
            needs.extend(needs_of(here, &super::lures::temporary(here)));
            let index =
                format!("CREATE INDEX ON {name} (pg_temp.says(…)) -- of a column, where there are rows");
            ("which an index calls with its rights", vec![changes, function, index])
        };
        let because = format!("{owner} owns {object}, {how}");
        all.push(here.step(From::Has(needs), Gain::Runs(owner.clone()), because, statements));
    }
}

/// What is refreshed, analyzed or indexed anew calls what it calls as its owner: for who may have that done and owns the routine, or as
/// soon as somebody does, as autovacuum does by itself.
fn by_maintenance(here: &Here<'_>, relation: &Arc<Object>, called: &Arc<Object>, all: &mut Vec<Escalation>) {
    let Some(owner) = here.owner(relation).filter(|owner| here.owner(called) != Some(owner)) else { return };
    let Some(schema) = called.path.get(..1) else { return };
    let schema = Arc::new(Object::new(called.place.clone(), kind::SCHEMA, schema.to_vec()));
    let mut needs = needs_of(here, &on(ALTER, called));
    needs.extend(needs_of(here, &on(operation::CREATE, &schema)));
    let because = format!("{relation} calls {called} as {owner} when it is maintained");
    let name = sql::name(called);
    let replaced =
        format!("CREATE OR REPLACE FUNCTION {name} … AS {QUOTE}BEGIN EXECUTE {STATEMENT}; … END{QUOTE}");
    let gain = || Gain::Runs(owner.clone());
    let waits = here.step(From::Has(needs.clone()), gain(), because.clone(), vec![replaced.clone()]);
    let victim = format!("somebody who has {relation} maintained");
    all.push(Escalation { certainty: Certainty::Victim(victim), ..waits });
    if here.observed.at.version >= 170_000 {
        needs.extend(needs_of(here, &on(operation::MAINTAIN, relation)));
        let stored = here.observed.catalogue.objects.get(relation);
        let stored = stored.is_some_and(|existing| existing.variety == variety::MATERIALIZED_VIEW);
        let name = sql::name(relation);
        let maintains = if stored {
            format!("REFRESH MATERIALIZED VIEW {name}")
        } else {
            format!("REINDEX TABLE {name}")
        };
        all.push(here.step(From::Has(needs), gain(), because, vec![replaced, maintains]));
    }
}

/// A foreign key is checked as the owner of the table that it points at, and compares what is given to it by a cast that somebody else
/// may have made.
fn by_foreign_key(here: &Here<'_>, key: &Key, all: &mut Vec<Escalation>) {
    let Some(owner) = here.owner(&key.column) else { return };
    let refers = needs_of(here, &on(operation::REFERENCES, &key.column));
    let others = |need: &Need| need.sources.iter().any(|source| source.who != Principal::Role(owner.clone()));
    let (Some(database), true) = (here.database_object(), refers.iter().all(others)) else { return };
    let because = format!(
        "a foreign key to {} is checked as {owner}, by a cast that whoever makes it chooses",
        key.column
    );
    let schemas: Vec<&Arc<Object>> = here.schemas().collect();
    let mine = ("mine", Some("CREATE SCHEMA mine"), needs_of(here, &on(operation::CREATE, &database)));
    let any = in_any(here, &schemas).map(|need| ("…", None, vec![need]));
    for (schema, first, needs) in [Some(mine), any].into_iter().flatten() {
        let statements = first.map(str::to_owned).into_iter().chain(casts(key, schema)).collect();
        let needs = [refers.clone(), needs].concat();
        all.push(here.step(From::Has(needs), Gain::Runs(owner.clone()), because.clone(), statements));
    }
}

fn casts(key: &Key, schema: &str) -> Vec<String> {
    let (kind, column) = (&key.compared_as, sql::column(&key.column));
    let table = sql::name(&key.column);
    vec![
        format!("CREATE TYPE {schema}.instead AS ENUM ('a')"),
        format!(
            "CREATE FUNCTION {schema}.instead({schema}.instead) RETURNS {kind} LANGUAGE plpgsql AS \
             {QUOTE}BEGIN EXECUTE {STATEMENT}; RETURN (SELECT {column} FROM {table} LIMIT 1); END{QUOTE}"
        ),
        format!(
            "CREATE CAST ({schema}.instead AS {kind}) WITH FUNCTION {schema}.instead({schema}.instead) AS IMPLICIT"
        ),
        format!("CREATE TABLE {schema}.refers (k {schema}.instead REFERENCES {table} ({column}))"),
        format!("INSERT INTO {schema}.refers VALUES ('a')"),
    ]
}
