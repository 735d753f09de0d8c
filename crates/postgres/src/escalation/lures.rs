//! Code that waits for somebody: whoever writes to a table, reads it, calls a function or looks a name up runs it as themselves.

use super::{Here, is, on};
use crate::escalation::routines::named;
use crate::phases::sql;
use crate::words::{attribute, kind, operation, variety};
use model::{
    Acl, Certainty, Escalation, Existing, From, Gain, Name, Object, Operation, Principal, QUOTE, STATEMENT,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What writes to a table.
const WRITES: [Operation; 4] = [operation::INSERT, operation::UPDATE, operation::DELETE, operation::TRUNCATE];

/// Every trap that could be set here, and who could walk into it.
pub(super) fn victims(here: &Here<'_>, all: &mut Vec<Escalation>) {
    let mut lured: BTreeSet<Principal> = BTreeSet::new();
    let objects = here.observed.catalogue.objects.iter();
    for (object, existing) in objects.filter(|(object, existing)| here.holds(object) && !existing.system) {
        match object.kind.as_str() {
            "table" => of_table(here, object, existing, &mut lured, all),
            "routine" => of_routine(here, object, &mut lured, all),
            _ => {}
        }
    }
    of_paths(here, &mut lured, all);
    of_subscriptions(here, all);
    walk_in(here, &lured, all);
}

fn of_table(
    here: &Here<'_>,
    table: &Arc<Object>,
    existing: &Existing,
    lured: &mut BTreeSet<Principal>,
    all: &mut Vec<Escalation>,
) {
    let name = sql::name(table);
    let tables = [variety::TABLE, variety::PARTITIONED_TABLE].contains(&existing.variety);
    if tables {
        let statements = vec![
            trap("trigger", "RETURN NEW"),
            format!(
                "CREATE TRIGGER trap BEFORE INSERT OR UPDATE OR DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION pg_temp.trap()"
            ),
        ];
        let because = format!("a trigger on {table} runs as whoever writes to it");
        let from = here.has(&[on(operation::TRIGGER, table), temporary(here)]);
        let writers = holders(here, table, &WRITES);
        set_trap(
            here,
            from,
            &writers,
            &because,
            &format!("somebody who writes to {table}"),
            &statements,
            lured,
            all,
        );
    }
    if tables || existing.variety == variety::VIEW {
        let statements = if tables {
            vec![
                trap("boolean", "RETURN true"),
                format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"),
                format!("CREATE POLICY trap ON {name} USING (pg_temp.trap())"),
            ]
        } else {
            vec![
                trap("boolean", "RETURN true"),
                format!("CREATE OR REPLACE VIEW {name} AS SELECT … WHERE pg_temp.trap()"),
            ]
        };
        let because = format!("the owner of {table} decides what runs as whoever reads it");
        let from = here.has(&[on(crate::powers::ALTER, table), temporary(here)]);
        let readers = holders(here, table, &[operation::SELECT]);
        set_trap(
            here,
            from,
            &readers,
            &because,
            &format!("somebody who reads {table}"),
            &statements,
            lured,
            all,
        );
    }
}

/// A function that runs as its caller does what its owner writes into it.
fn of_routine(
    here: &Here<'_>,
    routine: &Arc<Object>,
    lured: &mut BTreeSet<Principal>,
    all: &mut Vec<Escalation>,
) {
    let definers = here.observed.machinery.as_ref().map(|machinery| &machinery.routines);
    if definers.and_then(|all| all.get(routine)).is_some_and(|routine| routine.definer) {
        return;
    }
    let statements = vec![format!(
        "CREATE OR REPLACE FUNCTION {} … AS {}",
        sql::name(routine),
        format!("{QUOTE}BEGIN EXECUTE {STATEMENT}; … END{QUOTE}")
    )];
    let because = format!("the owner of {routine} decides what it does as whoever calls it");
    let from = here.has(&[on(crate::powers::ALTER, routine)]);
    let callers = holders(here, routine, &[operation::EXECUTE]);
    set_trap(
        here,
        from,
        &callers,
        &because,
        &format!("somebody who calls {routine}"),
        &statements,
        lured,
        all,
    );
}

/// A table that a subscription fills, as whoever owns that: its triggers run so, if they are always on.
fn of_subscriptions(here: &Here<'_>, all: &mut Vec<Escalation>) {
    let filled = here.observed.machinery.iter().flat_map(|machinery| &machinery.filled);
    for (table, owner) in filled.filter(|(table, _)| here.holds(table)) {
        let name = sql::name(table);
        let statements = vec![
            trap("trigger", "RETURN NEW"),
            format!(
                "CREATE TRIGGER trap BEFORE INSERT ON {name} FOR EACH ROW EXECUTE FUNCTION pg_temp.trap()"
            ),
            format!("ALTER TABLE {name} ENABLE ALWAYS TRIGGER trap"),
        ];
        let because =
            format!("a subscription fills {table} as {owner}, and sets off triggers that are always on");
        let from = here.has(&[on(crate::powers::ALTER, table), temporary(here)]);
        let step = here.step(from, Gain::Runs(owner.clone()), because, statements);
        let victim = format!("somebody who inserts into {table} on the server that is subscribed to");
        all.push(Escalation { certainty: Certainty::Victim(victim), ..step });
    }
}

/// Names that somebody looks up where others add to.
fn of_paths(here: &Here<'_>, lured: &mut BTreeSet<Principal>, all: &mut Vec<Escalation>) {
    let trojan = |schema: &str| {
        vec![format!(
            "CREATE FUNCTION {schema}.lower(varchar) RETURNS text LANGUAGE plpgsql AS {}",
            format!("{QUOTE}BEGIN EXECUTE {STATEMENT}; RETURN pg_catalog.lower($1::text); END{QUOTE}")
        )]
    };
    for (schema, victims) in searched(here) {
        let name = sql::name(&schema);
        let from = here.has(&[on(operation::CREATE, &schema)]);
        let because = format!("names are looked up in {schema} by others");
        let victim = format!("somebody who looks a name up that is made in {schema}");
        set_trap(here, from, &victims, &because, &victim, &trojan(&name), lured, all);
    }
    if let Some(database) = here.database_object() {
        let everybody = BTreeSet::from([Principal::Public]);
        let mut statements = vec![
            "CREATE SCHEMA \"…\" -- of the victim's name, which comes first in its search_path".to_owned(),
        ];
        statements.extend(trojan("\"…\""));
        let because = format!(
            "a schema that bears a login's name comes first where that login looks names up, and {database} lets one be made"
        );
        let from = here.has(&[on(operation::CREATE, &database)]);
        let victim = "somebody whose search_path begins with \"$user\"";
        set_trap(here, from, &everybody, &because, victim, &statements, lured, all);
    }
}

/// Schemas in which sessions look names up without being told to, each with whose sessions do.
fn searched(here: &Here<'_>) -> BTreeMap<Arc<Object>, BTreeSet<Principal>> {
    let mut found: BTreeMap<Arc<Object>, BTreeSet<Principal>> = BTreeMap::new();
    let mut add = |schema: &str, who: Principal| {
        let path = Name::new(schema).into_iter().collect();
        let object = Object::new(model::Place::Database(here.database.clone()), kind::SCHEMA, path);
        if let Some((object, _)) = here.observed.catalogue.objects.get_key_value(&object) {
            found.entry(object.clone()).or_default().insert(who);
        }
    };
    add("public", Principal::Public);
    add("pg_catalog", Principal::Public);
    for (key, value) in &here.observed.access.settings {
        let elsewhere = key.database.as_ref().is_some_and(|database| database != here.database);
        if key.name.as_str() != "search_path" || elsewhere {
            continue;
        }
        for schema in crate::settings::split(value, false) {
            let who = key.role.clone().map_or(Principal::Public, Principal::Role);
            add(schema.as_str(), who);
        }
    }
    found
}

/// The trap is set, for each kind of person who walks into it.
#[allow(clippy::too_many_arguments)]
fn set_trap(
    here: &Here<'_>,
    from: From,
    victims: &BTreeSet<Principal>,
    because: &str,
    victim: &str,
    statements: &[String],
    lured: &mut BTreeSet<Principal>,
    all: &mut Vec<Escalation>,
) {
    for who in victims {
        let step = here.step(from.clone(), Gain::Lures(who.clone()), because, statements.to_vec());
        all.push(Escalation { certainty: Certainty::Victim(victim.to_owned()), ..step });
        lured.insert(who.clone());
    }
}

/// Who walks into a trap that is set for a role: every login that uses its privileges, and superusers, who use everything.
fn walk_in(here: &Here<'_>, lured: &BTreeSet<Principal>, all: &mut Vec<Escalation>) {
    let logins = here.observed.access.roles.keys();
    for login in logins.filter(|role| is(here.observed, role, &attribute::LOGIN)) {
        let used = here.used.by(login);
        let by_name = || used.iter().cloned().map(Principal::Role);
        let walks: Vec<Principal> = match is(here.observed, login, &attribute::SUPERUSER) {
            true => lured.iter().cloned().collect(),
            false => by_name().chain([Principal::Public]).filter(|who| lured.contains(who)).collect(),
        };
        for who in walks {
            let from = From::Gained(Gain::Lures(who));
            let because = format!("{} runs it as itself", named(login));
            // It is in their session, which becomes whatever they may become.
            all.push(here.step(from, Gain::Acts(login.clone()), because, Vec::new()));
        }
    }
}

/// Who holds one of the operations, on the object or a part of it, and who owns it.
fn holders(here: &Here<'_>, object: &Arc<Object>, operations: &[Operation]) -> BTreeSet<Principal> {
    let mut found: BTreeSet<Principal> =
        here.owner(object).cloned().map(Principal::Role).into_iter().collect();
    let mut add = |acl: &Acl| {
        for (holder, held) in acl {
            if operations.iter().any(|operation| held.get(operation).is_some()) {
                found.insert(holder.to.clone());
            }
        }
    };
    match here.observed.access.entries.get(object) {
        Some(acl) => add(acl),
        None => {
            let owner = here.owner(object).cloned();
            let major = here.observed.at.version / 10_000;
            owner.iter().for_each(|owner| add(&crate::defaults::entries(&object.kind, owner, major)));
        }
    }
    found
}

pub(super) fn trap(returns: &str, ends: &str) -> String {
    format!(
        "CREATE FUNCTION pg_temp.trap() RETURNS {returns} LANGUAGE plpgsql AS {QUOTE}BEGIN EXECUTE {STATEMENT}; {ends}; END{QUOTE}"
    )
}

pub(super) fn temporary(here: &Here<'_>) -> model::Permission {
    let nowhere = || Arc::new(Object::new(model::Place::Cluster, kind::DATABASE, Vec::new()));
    on(operation::TEMPORARY, &here.database_object().unwrap_or_else(nowhere))
}
