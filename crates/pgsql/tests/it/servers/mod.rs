//! What the server says: a routine works if its owner holds what was read from its body, and fails without any single part.

mod cases;
mod paths;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pgsql::{Act, Body, Does, Extent, Relation, body};
use sandbox::{Cluster, Installation, Version, identifier, literal};

use crate::shown::acts;
use cases::{Case, cases};

/// Columns that every table has, and that are no column to write to.
const SYSTEM: [&str; 6] = ["cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"];

/// The columns of each relation.
type Columns = BTreeMap<String, BTreeSet<String>>;

#[test]
fn a_routine_needs_exactly_what_was_read_on_14() {
    all_cases(Version::V14);
}

#[test]
fn a_routine_needs_exactly_what_was_read_on_15() {
    all_cases(Version::V15);
}

#[test]
fn a_routine_needs_exactly_what_was_read_on_16() {
    all_cases(Version::V16);
}

#[test]
fn a_routine_needs_exactly_what_was_read_on_17() {
    all_cases(Version::V17);
}

#[test]
fn a_routine_needs_exactly_what_was_read_on_18() {
    all_cases(Version::V18);
}

fn all_cases(version: Version) {
    let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
    let shop = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/servers/shop.sql"));
    cluster.psql_file("postgres", shop).unwrap();
    let columns = columns(&cluster);
    let major: u32 = version.to_string().parse().unwrap();
    let (mut tried, mut wrong) = (0, Vec::new());
    for case in cases().iter().filter(|case| major >= case.from) {
        let read = body(&case.definition);
        let Body::Fixed(does) = read else {
            wrong.push(format!("{}\n  {read:?}", case.definition));
            continue;
        };
        if let Some(problem) = as_written(&cluster, case, &does) {
            wrong.push(problem);
        }
        let rights = rights(&does, &columns, major);
        let outcomes = try_each(&cluster, case, &rights);
        tried += outcomes.len();
        if let Some(problem) = judge(case, &rights, &outcomes) {
            wrong.push(format!("{}\n  {problem}\n  read: {}", case.definition, acts(&does)));
        }
    }
    assert!(wrong.is_empty(), "of {tried} attempts:\n{}", wrong.join("\n\n"));
    assert!(tried > 150, "only {tried} attempts");
}

/// What the server itself writes of the routine must be read like what it was made from.
fn as_written(cluster: &Cluster, case: &Case, does: &Does) -> Option<String> {
    let sql = format!(
        "BEGIN; SET client_min_messages = error; {}; SET LOCAL search_path = ''; \
         SELECT pg_catalog.pg_get_functiondef('f.f'::regproc); ROLLBACK",
        case.definition
    );
    let written = cluster.psql("postgres", &sql).unwrap();
    let Body::Fixed(again) = body(&written) else { return Some(format!("not fixed: {written}")) };
    (again.acts != does.acts || again.calls != does.calls)
        .then(|| format!("{written}\n  is {}\n  and was {}", acts(&again), acts(does)))
}

/// With all rights, and then without each of them, in their order.
fn try_each(cluster: &Cluster, case: &Case, rights: &[String]) -> Vec<String> {
    let without = (0..rights.len()).map(|left| {
        let others = rights.iter().enumerate().filter(|(at, _)| *at != left);
        others.map(|(_, right)| right.clone()).collect::<Vec<_>>()
    });
    let attempts = std::iter::once(rights.to_vec()).chain(without).map(|grants| {
        let grants: Vec<String> = grants.iter().map(|grant| literal(grant)).collect();
        format!(
            "SELECT public.try({}, {}, ARRAY[{}]::text[], {});",
            literal(&case.definition),
            literal(case.extra),
            grants.join(", "),
            literal(case.call),
        )
    });
    let script: Vec<String> = attempts.collect();
    let answer = cluster.psql("postgres", &script.join("\n")).unwrap();
    answer.lines().map(str::to_owned).collect()
}

/// What is not as it should be.
fn judge(case: &Case, rights: &[String], outcomes: &[String]) -> Option<String> {
    assert_eq!(outcomes.len(), rights.len() + 1, "{outcomes:?}");
    if !outcomes[0].starts_with("RW000") {
        return Some(format!("with {rights:?} it fails: {}", outcomes[0]));
    }
    let needless: Vec<&str> = rights
        .iter()
        .zip(&outcomes[1..])
        .filter(|(_, outcome)| !outcome.starts_with("42501"))
        .map(|(right, _)| right.as_str())
        .collect();
    (needless != case.needless).then(|| format!("not needed is {needless:?}: {:?}", &outcomes[1..]))
}

/// Statements that give the owner what was read, one by one.
fn rights(does: &Does, columns: &Columns, major: u32) -> Vec<String> {
    let acts = does.acts.iter().flat_map(|act| rights_for(act, columns, major));
    let calls = does.calls.iter().filter(|call| {
        call.schema.as_deref() == Some("s")
            || (call.schema.is_none() && ["g", "h"].contains(&call.name.as_str()))
    });
    let calls = calls.map(|call| format!("GRANT EXECUTE ON ROUTINE s.{} TO holder", identifier(&call.name)));
    acts.chain(calls).collect()
}

fn rights_for(act: &Act, columns: &Columns, major: u32) -> Vec<String> {
    let Relation { schema, name } = &act.on;
    assert!(schema.as_deref().is_none_or(|schema| schema == "s"), "{act:?}");
    let on = format!("s.{}", identifier(name));
    let of = columns.get(name).unwrap_or_else(|| panic!("no relation {name}"));
    let grant = |columns: &str| format!("GRANT {}{columns} ON {on} TO holder", act.operation);
    match (act.operation, act.extent(|column| of.contains(column))) {
        ("drop" | "alter", _) => vec![format!("ALTER TABLE {on} OWNER TO holder")],
        ("maintain", _) if major < 17 => vec![format!("ALTER TABLE {on} OWNER TO holder")],
        ("lock", _) => vec![format!("GRANT update ON {on} TO holder")],
        (_, Extent::Nothing) => Vec::new(),
        (_, Extent::These(names)) => {
            names.into_iter().map(|name| grant(&format!(" ({})", identifier(name)))).collect()
        }
        ("select" | "insert" | "update", Extent::Any) => {
            let any = of.iter().find(|name| !SYSTEM.contains(&name.as_str())).unwrap();
            vec![grant(&format!(" ({})", identifier(any)))]
        }
        _ => vec![grant("")],
    }
}

fn columns(cluster: &Cluster) -> Columns {
    let sql = "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
               WHERE c.relnamespace = 's'::regnamespace AND NOT a.attisdropped AND c.relkind IN ('r', 'v', 'm')";
    let mut columns = Columns::new();
    for line in cluster.psql("postgres", sql).unwrap().lines() {
        let (relation, column) = line.split_once('|').unwrap();
        columns.entry(relation.to_owned()).or_default().insert(column.to_owned());
    }
    columns
}
