//! Statements that perform an operation, and the ways to perform it that are not the privilege itself.

use super::used::Used;
use super::{Here, on};
use crate::phases::sql;
use crate::quote::{identifier, literal};
use crate::words::{kind, operation, variety};
use model::{
    Certainty, DatabaseName, Escalation, From, Gain, Object, Observed, Operation, Permission, RoleName,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Ways to perform an operation in a database: with what it needs, and with what comes to the same.
pub(crate) fn reaching(observed: &Observed, database: &DatabaseName, asked: &Permission) -> Vec<Escalation> {
    let used = Used::of(observed, database);
    let here = Here { observed, database, used: &used };
    let does = || Gain::Does(asked.clone());
    let by = |permissions: &[Permission], because: String| {
        let statements = permissions.iter().map(|one| performing(observed, one)).collect();
        here.step(here.has(permissions), does(), because, statements)
    };
    let mut ways = vec![by(std::slice::from_ref(asked), String::new())];
    let table = crate::ownership::owned_with(&asked.on).map(Arc::new);
    let table = table.as_ref().unwrap_or(&asked.on);
    if table.kind == kind::TABLE && !asked.delegable {
        // What is dropped is gone, not changed; and often something else stands on it.
        let instead = crate::powers::instead_of(&asked.operation, &table.kind);
        for set in instead.into_iter().filter(|set| !set.contains(&crate::powers::DROP)) {
            // A row goes before another one comes in its place.
            let all: Vec<Permission> = set.into_iter().rev().map(|operation| on(operation, table)).collect();
            let told = all.iter().map(|one| one.operation.as_str()).collect::<Vec<_>>().join(" and ");
            ways.push(by(&all, format!("{told} on {table} comes to the same")));
        }
        if asked.operation == operation::SELECT {
            let because = format!("the copy has {table}");
            let copy = here.step(From::Gained(Gain::Copy), does(), because, Vec::new());
            ways.push(Escalation { certainty: Certainty::Direct, database: None, ..copy });
        }
        parts(&here, asked, &mut ways);
        if *table != asked.on {
            let whole = Gain::Does(on(asked.operation.clone(), table));
            ways.push(here.step(From::Gained(whole), does(), String::new(), Vec::new()));
        }
    }
    ways
}

/// Ways to a part of a table, column by column: by a grant of it, and by a routine that does it.
fn parts(here: &Here<'_>, asked: &Permission, ways: &mut Vec<Escalation>) {
    let of = |on: &Object| crate::ownership::owned_with(on).is_some_and(|table| table == *asked.on);
    let because = |column: &Object| format!("{column} is a part of it");
    // A table's columns stand together.
    let first = Object::new(asked.on.place.clone(), kind::COLUMN, asked.on.path.clone());
    let columns = here.observed.access.entries.range(Arc::new(first)..).take_while(|(on, _)| {
        on.kind == kind::COLUMN && on.place == asked.on.place && on.path.starts_with(&asked.on.path)
    });
    let granted = columns
        .filter(|(on, acl)| of(on) && acl.iter().any(|(_, held)| held.get(&asked.operation).is_some()));
    for (column, _) in granted {
        let part = on(asked.operation.clone(), column);
        let statement = vec![performing(here.observed, &part)];
        let from = here.has(std::slice::from_ref(&part));
        ways.push(here.step(from, Gain::Does(asked.clone()), because(column), statement));
    }
    let machinery = here.observed.machinery.iter();
    let bodies = machinery.flat_map(|machinery| machinery.routines.values()).flat_map(|one| &one.body.does);
    let parts: BTreeSet<&Permission> =
        bodies.filter(|does| does.operation == asked.operation && of(&does.on)).collect();
    for part in parts {
        let from = From::Gained(Gain::Does(part.clone()));
        ways.push(here.step(from, Gain::Does(asked.clone()), because(&part.on), Vec::new()));
    }
}

/// The statement that hands a permission to a role.
pub(crate) fn granting(permission: &Permission, to: &RoleName) -> String {
    let Permission { operation, on, .. } = permission;
    let privilege = sql::privileges(&on.kind, std::slice::from_ref(operation), std::slice::from_ref(on));
    let to = identifier(to.as_str());
    format!("GRANT {privilege} ON {} {} TO {to}", sql::grant_word(&on.kind), sql::name(on))
}

/// A statement that performs the operation. Where more than names would be needed, `…` stands for it.
pub(crate) fn performing(observed: &Observed, asked: &Permission) -> String {
    let Permission { operation, on, delegable } = asked;
    let name = sql::name(on);
    let word = sql::grant_word(&on.kind);
    let of = |what: &Operation| operation == what;
    if *delegable {
        let privilege = sql::privileges(&on.kind, std::slice::from_ref(operation), std::slice::from_ref(on));
        return format!("GRANT {privilege} ON {word} {name} TO …");
    }
    let column = (on.kind == kind::COLUMN).then(|| sql::column(on));
    match on.kind.as_str() {
        _ if *operation == crate::powers::DROP => format!("DROP {} {name}", dropped(observed, on)),
        _ if *operation == crate::powers::ALTER => format!("ALTER {} {name} …", dropped(observed, on)),
        "table" | "column" if of(&operation::SELECT) => {
            format!("SELECT {} FROM {name}", column.as_deref().unwrap_or("*"))
        }
        "table" | "column" if of(&operation::INSERT) => match column {
            Some(column) => format!("INSERT INTO {name} ({column}) VALUES (…)"),
            None => format!("INSERT INTO {name} VALUES (…)"),
        },
        "table" | "column" if of(&operation::UPDATE) => {
            let column = column.or_else(|| a_column(observed, on)).unwrap_or_else(|| "…".to_owned());
            format!("UPDATE {name} SET {column} = …")
        }
        "table" if of(&operation::DELETE) => format!("DELETE FROM {name}"),
        "table" if of(&operation::TRUNCATE) => format!("TRUNCATE {name}"),
        "table" if of(&operation::MAINTAIN) => format!("REINDEX TABLE {name}"),
        "table" if of(&operation::TRIGGER) => format!("CREATE TRIGGER … ON {name} …"),
        "table" | "column" if of(&operation::REFERENCES) => format!("… REFERENCES {name}"),
        "sequence" if of(&operation::UPDATE) => format!("SELECT setval({}, 1)", literal(&name)),
        "sequence" if of(&operation::SELECT) => format!("SELECT last_value FROM {name}"),
        "sequence" => format!("SELECT nextval({})", literal(&name)),
        "routine" => calling(observed, on),
        "schema" if of(&operation::CREATE) => format!("CREATE TABLE {name}.… ()"),
        "database" if of(&operation::CREATE) => "CREATE SCHEMA …".to_owned(),
        "database" if of(&operation::TEMPORARY) => "CREATE TEMPORARY TABLE … ()".to_owned(),
        "parameter" if of(&operation::SET) => format!("SET {name} = …"),
        "parameter" => format!("ALTER SYSTEM SET {name} = …"),
        "large object" if of(&operation::SELECT) => format!("SELECT lo_get({name})"),
        "large object" => format!("SELECT lo_put({name}, 0, …)"),
        _ => format!("-- {operation} on {word} {name}"),
    }
}

/// A call with nothing for each argument.
pub(super) fn calling(observed: &Observed, routine: &Object) -> String {
    format!("{} {}", verb(observed, routine), call(routine))
}

/// A call with this text for one of its arguments, and nothing for the others.
pub(super) fn calling_with(observed: &Observed, routine: &Object, at: usize, text: &str) -> String {
    let mut each = arguments(routine);
    if let Some(argument) = each.get_mut(at) {
        text.clone_into(argument);
    }
    format!("{} {}({})", verb(observed, routine), plain(routine), each.join(", "))
}

pub(super) fn call(routine: &Object) -> String {
    format!("{}({})", plain(routine), arguments(routine).join(", "))
}

fn verb(observed: &Observed, routine: &Object) -> &'static str {
    let existing = observed.catalogue.objects.get(routine);
    let is_procedure = existing.is_some_and(|existing| existing.variety == variety::PROCEDURE);
    if is_procedure { "CALL" } else { "SELECT" }
}

fn plain(routine: &Object) -> String {
    routine.path.iter().map(|part| identifier(part.as_str())).collect::<Vec<_>>().join(".")
}

/// Nothing, for each argument.
fn arguments(routine: &Object) -> Vec<String> {
    routine.arguments.iter().flatten().map(|kind| format!("NULL::{kind}")).collect()
}

fn a_column(observed: &Observed, table: &Arc<Object>) -> Option<String> {
    Some(identifier(observed.catalogue.columns.get(table)?.first()?.as_str()))
}

/// The word for it in `DROP …`.
fn dropped(observed: &Observed, on: &Arc<Object>) -> String {
    let existing = observed.catalogue.objects.get(on).map(|existing| existing.variety.as_str());
    match (on.kind.as_str(), existing) {
        ("table", Some("view" | "materialized view" | "foreign table")) => {
            existing.unwrap_or_default().to_uppercase()
        }
        (of, _) => of.to_uppercase(),
    }
}
