//! What the bodies of routines do, with the names in them found in the catalogue.

use super::names::Names;
use model::{Beyond, Body, Catalogue, DatabaseName, Name, Object, Operation, Permission, Routine};
use pgsql::{Act, Call, Does, Other};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A routine as the catalogue has it.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) definer: bool,
    pub(super) fires: bool,
    pub(super) language: Name,
    /// The schemas that it sets for looking names up.
    pub(super) path: Option<Vec<Name>>,
    /// Its names were looked up when it was made.
    pub(super) settled: bool,
    /// The whole statement that makes it, in a language that is read.
    pub(super) definition: Option<String>,
}

/// Statements that give nobody anything: what they do stays in the session, or is a thing of the owner's.
const HARMLESS: [&str; 15] = [
    "SET",
    "SHOW",
    "NOTIFY",
    "LISTEN",
    "UNLISTEN",
    "DEALLOCATE",
    "DISCARD",
    "SET CONSTRAINTS",
    "CHECKPOINT",
    "COMMENT",
    "TRUNCATE RESTART IDENTITY",
    "CREATE TABLE",
    "CREATE TABLE AS",
    "CREATE INDEX",
    "CREATE SEQUENCE",
];

/// The server's own functions that run a text, read a table by its name, or reach around the checks, by the beginnings of their
/// names.
const REACHING: [&str; 21] = [
    "query_to_xml",
    "cursor_to_xml",
    "table_to_xml",
    "schema_to_xml",
    "database_to_xml",
    "ts_stat",
    "ts_rewrite",
    "pg_read_",
    "pg_ls_",
    "pg_stat_file",
    "pg_file_",
    "lo_",
    "loread",
    "lowrite",
    "dblink",
    "pg_create_",
    "pg_drop_",
    "pg_logical_",
    "pg_terminate_backend",
    "pg_reload_conf",
    "pg_execute_",
];

/// How many routines one may come to call before the rest is taken as unknown.
const MOST: usize = 1_000;

/// Reads the bodies of a database's routines.
pub(super) fn read(
    routines: BTreeMap<Arc<Object>, Read>,
    catalogue: &Catalogue,
    database: &DatabaseName,
    all: &mut BTreeMap<Arc<Object>, Routine>,
) {
    let names = Names::of(catalogue, database, routines.keys());
    let mut bodies = Bodies { routines: &routines, names: &names, known: BTreeMap::new() };
    for (object, read) in &routines {
        let asked = read.definer;
        let (body, loose) = if asked { bodies.of(object) } else { (nothing_known("nobody asked"), None) };
        let openings = loose
            .filter(|_| read.definer && !read.settled)
            .map(|does| names.openings(&does, read.path.as_deref()))
            .unwrap_or_default();
        let (definer, fires, language) = (read.definer, read.fires, read.language.clone());
        all.insert(object.clone(), Routine { definer, fires, language, body, openings });
    }
}

/// What one routine does by itself, and which of one's own it calls.
#[derive(Debug, Clone)]
struct Own {
    body: Body,
    does: Option<Does>,
    calls: BTreeSet<Arc<Object>>,
}

struct Bodies<'a> {
    routines: &'a BTreeMap<Arc<Object>, Read>,
    names: &'a Names<'a>,
    known: BTreeMap<Arc<Object>, Own>,
}

impl Bodies<'_> {
    /// What the routine does, with all that it calls, also in a circle; and what it names itself.
    fn of(&mut self, routine: &Arc<Object>) -> (Body, Option<Does>) {
        let Own { mut body, does, calls } = self.own(routine);
        let mut seen = BTreeSet::from([routine.clone()]);
        let mut waiting: Vec<Arc<Object>> = calls.into_iter().collect();
        while let Some(called) = waiting.pop() {
            if !seen.insert(called.clone()) {
                continue;
            }
            if seen.len() > MOST {
                unknown(&mut body, "it calls too many routines".to_owned());
                break;
            }
            if self.routines.get(&called).is_some_and(|called| called.definer) {
                unknown(&mut body, format!("it calls {called}, which runs as somebody else again"));
                continue;
            }
            let inner = self.own(&called);
            body.does.extend(inner.body.does);
            waiting.extend(inner.calls);
            match inner.body.beyond {
                Beyond::Nothing => {}
                Beyond::Anything { why, .. } => {
                    unknown(&mut body, format!("it calls {called}, which runs text made at run time: {why}"));
                }
                Beyond::Unknown { why } => unknown(&mut body, format!("it calls {called}: {why}")),
            }
        }
        (body, does)
    }

    /// What the routine does by itself.
    fn own(&mut self, routine: &Arc<Object>) -> Own {
        if let Some(known) = self.known.get(routine) {
            return known.clone();
        }
        let own = self.read(routine);
        self.known.insert(routine.clone(), own.clone());
        own
    }

    fn read(&self, routine: &Arc<Object>) -> Own {
        let opaque = |why: &str| Own { body: nothing_known(why), does: None, calls: BTreeSet::new() };
        let Some(read) = self.routines.get(routine) else { return opaque("it is not there") };
        let Some(definition) = &read.definition else {
            return opaque(&format!("it is written in {}, which is not read", read.language));
        };
        let (does, beyond) = match pgsql::body(definition) {
            pgsql::Body::Fixed(does) => (does, Beyond::Nothing),
            pgsql::Body::Dynamic { why, does, given } => {
                let given = given.filter(|given| takes_text(routine, given.parameter));
                let whole = given.is_some_and(|given| given.whole);
                (does, Beyond::Anything { why, given: given.map(|given| given.parameter), whole })
            }
            pgsql::Body::Opaque { why } => return opaque(&why),
        };
        let mut body = Body { does: BTreeSet::new(), beyond };
        for act in &does.acts {
            self.act(act, read, &mut body);
        }
        does.others.iter().for_each(|other| of_other(other, &mut body));
        let calls = does.calls.iter().flat_map(|call| self.call(call, read, &mut body)).collect();
        Own { body, does: Some(does), calls }
    }

    fn act(&self, act: &Act, read: &Read, body: &mut Body) {
        let Some(table) = self.names.relation(&act.on, read.path.as_deref()) else {
            // What nobody finds is made by the body, or is somebody's temporary table.
            return;
        };
        let permission =
            |on: Arc<Object>| Permission { operation: Operation::known(act.operation), on, delegable: false };
        if act.operation == "lock" {
            return;
        }
        let whole = act.columns.all || !["select", "insert", "update"].contains(&act.operation);
        if whole {
            body.does.insert(permission(table));
            return;
        }
        // Which of the uncertain ones the table has is not looked up: a column that is none gives nobody anything.
        let named = act.columns.named.iter().chain(&act.columns.perhaps);
        body.does.extend(named.filter_map(|column| self.names.column(&table, column)).map(permission));
    }

    /// The routines of one's own that a call can mean.
    fn call(&self, call: &Call, read: &Read, body: &mut Body) -> Vec<Arc<Object>> {
        let called = self.names.routines(call, read.path.as_deref());
        let servers = call.schema.as_deref().is_none_or(|schema| schema == "pg_catalog");
        if called.is_empty() && servers && REACHING.iter().any(|begins| call.name.starts_with(begins)) {
            unknown(body, format!("it calls {}, which reaches beyond it", call.name));
        }
        called
    }
}

/// True if whatever text the caller likes can be given for the argument.
fn takes_text(routine: &Object, at: usize) -> bool {
    let kind = routine.arguments.as_ref().and_then(|all| all.get(at));
    kind.is_some_and(|kind| TEXTS.contains(&kind.as_str()))
}

/// Types that take every text, as the server spells them.
const TEXTS: [&str; 4] = ["text", "character varying", "character", "xml"];

fn of_other(other: &Other, body: &mut Body) {
    if !HARMLESS.contains(&other.kind) {
        unknown(body, format!("it has a statement whose effect is not judged: {}", other.kind));
    }
}

/// Adds that something is unknown, unless more than that is known already.
fn unknown(body: &mut Body, why: String) {
    if body.beyond == Beyond::Nothing {
        body.beyond = Beyond::Unknown { why };
    }
}

fn nothing_known(why: &str) -> Body {
    Body { does: BTreeSet::new(), beyond: Beyond::Unknown { why: why.to_owned() } }
}
