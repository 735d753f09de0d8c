//! What the bodies of routines do, with the names in them found in the catalogue.

use super::names::Names;
use super::reviews::{self, Believed, Judged, Reviews};
use model::{
    Beyond, Body, Catalogue, DatabaseName, Fires, Name, Object, Opening, Operation, Permission, Routine,
};
use pgsql::{Act, Call, Does, Other};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

/// A routine as the catalogue has it.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) definer: bool,
    pub(super) fires: Fires,
    pub(super) language: Name,
    /// The schemas that it sets for looking names up.
    pub(super) path: Option<Vec<Name>>,
    /// Its names were looked up when it was made.
    pub(super) settled: bool,
    /// The whole statement that makes it, in a language that is read.
    pub(super) definition: Option<String>,
    pub(super) owner: Name,
    /// The digest of all that is its code, where that is in the database.
    pub(super) digest: Option<String>,
}

/// What is done to a table, and what is called then.
pub(super) type OnTable = (Option<Operation>, Arc<Object>);

/// What comes to be called because of a table, with the rights of whoever does something to it: its triggers, and what its
/// defaults, conditions and queries call.
#[derive(Debug, Default)]
pub(super) struct Attached {
    /// By each table: by what is done to it (`None` for whatever it is), which routine.
    pub(super) calls: BTreeMap<Arc<Object>, Vec<OnTable>>,
    /// What each view reads.
    pub(super) reads: BTreeMap<Arc<Object>, BTreeSet<Arc<Object>>>,
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
const REACHING: [&str; 22] = [
    "set_config",
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
    attached: &Attached,
    reviews: &Reviews<'_>,
    (catalogue, database): (&Catalogue, &DatabaseName),
    all: &mut BTreeMap<Arc<Object>, Routine>,
) {
    let names = Names::of(catalogue, database, routines.keys());
    let (known, judged) = (BTreeMap::new(), BTreeMap::new());
    let mut bodies = Bodies { routines: &routines, names: &names, attached, reviews, known, judged };
    for (object, read) in &routines {
        let whole = match read.definer {
            true => bodies.of(object, &read.owner, true),
            false => Whole::of(nothing_known("nobody asked")),
        };
        let (definer, fires, language) = (read.definer, read.fires, read.language.clone());
        let review = bodies.judged(object).map(|judged| judged.told);
        let doubted = definer && (whole.body.beyond != Beyond::Nothing || review.is_some());
        let digest = if doubted { bodies.digest(object) } else { None };
        let Whole { body, openings, calls, touches, .. } = whole;
        let routine = Routine { definer, fires, language, body, digest, review, openings, calls, touches };
        all.insert(object.clone(), routine);
    }
}

/// What a rule does. Its names are bound to their objects; what it calls is called by whoever sets it off.
pub(super) fn of_rule(definition: &str, names: &Names<'_>) -> Body {
    let does = match pgsql::rule(definition) {
        pgsql::Body::Fixed(does) => does,
        pgsql::Body::Dynamic { why, .. } | pgsql::Body::Opaque { why } => return nothing_known(&why),
    };
    let mut body = Body { does: BTreeSet::new(), beyond: Beyond::Nothing };
    for act in &does.acts {
        add_act(names, act, Some(&[]), &mut body);
    }
    does.others.iter().for_each(|other| of_other(other, &mut body));
    body
}

/// What one routine does by itself, and which of one's own it calls.
#[derive(Debug, Clone)]
struct Own {
    body: Body,
    does: Option<Rc<Does>>,
    calls: BTreeMap<Arc<Object>, bool>,
    touches: BTreeSet<(Operation, Arc<Object>)>,
}

/// What one routine does with all that it calls.
struct Whole {
    body: Body,
    openings: BTreeSet<Opening>,
    calls: BTreeMap<Arc<Object>, bool>,
    touches: BTreeSet<(Operation, Arc<Object>)>,
    /// Something that it calls and that runs as somebody else.
    calls_definer: Option<Arc<Object>>,
    /// It calls more than was followed.
    too_many: bool,
}

impl Whole {
    fn of(body: Body) -> Self {
        let (openings, calls, touches) = (BTreeSet::new(), BTreeMap::new(), BTreeSet::new());
        Self { body, openings, calls, touches, calls_definer: None, too_many: false }
    }

    /// Adds another, of which everything is known.
    fn take(&mut self, other: Whole) {
        self.body.does.extend(other.body.does);
        self.openings.extend(other.openings);
        self.touches.extend(other.touches);
        for (called, sure) in other.calls {
            *self.calls.entry(called).or_default() |= sure;
        }
    }
}

struct Bodies<'a> {
    routines: &'a BTreeMap<Arc<Object>, Read>,
    names: &'a Names<'a>,
    attached: &'a Attached,
    reviews: &'a Reviews<'a>,
    known: BTreeMap<Arc<Object>, Own>,
    judged: BTreeMap<Arc<Object>, Option<Judged>>,
}

/// A routine that is called, where names are looked up around the call, and whether it is surely that one.
type Next<'a> = (Arc<Object>, Option<&'a [Name]>, bool);

impl<'a> Bodies<'a> {
    /// What the routine does, with all that it calls, also in a circle. Names are looked up as the innermost routine around says
    /// that has a say in it. What somebody has reviewed does what they say, where that is asked for.
    fn of(&mut self, routine: &Arc<Object>, owner: &Name, by_review: bool) -> Whole {
        let mut whole = Whole::of(Body { does: BTreeSet::new(), beyond: Beyond::Nothing });
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<Next<'a>> = vec![(routine.clone(), None, true)];
        while let Some((called, around, sure)) = waiting.pop() {
            let itself = seen.is_empty();
            let path = self.path(&called, around);
            if !seen.insert((called.clone(), path)) {
                continue;
            }
            if seen.len() > MOST {
                unknown(&mut whole.body, "it calls too many routines".to_owned());
                whole.too_many = true;
                break;
            }
            if !itself && self.routines.get(&called).is_some_and(|called| called.definer) {
                unknown(&mut whole.body, format!("it calls {called}, which runs as somebody else again"));
                whole.calls_definer = Some(called);
                continue;
            }
            if !itself {
                *whole.calls.entry(called.clone()).or_default() |= sure;
            }
            let judged = if by_review { self.judged(&called) } else { None };
            if let Some(believed) = judged.and_then(|judged| judged.believed) {
                waiting.extend(self.believe(&called, &believed, (path, owner), &mut whole));
                continue;
            }
            let inner = self.own(&called);
            whole.openings.extend(self.openings(&called, &inner, path, owner));
            waiting.extend(self.next(&inner.calls, &inner.touches, path));
            whole.body.does.extend(inner.body.does);
            whole.touches.extend(inner.touches);
            match inner.body.beyond {
                Beyond::Nothing => {}
                beyond if itself => whole.body.beyond = beyond,
                Beyond::Anything { why, .. } => {
                    let why = format!("it calls {called}, which runs text made at run time: {why}");
                    unknown(&mut whole.body, why);
                }
                Beyond::Unknown { why } => unknown(&mut whole.body, format!("it calls {called}: {why}")),
            }
        }
        whole
    }

    /// Adds a routine that does what its reader says, and what was read of it, and gives what is called by that.
    fn believe(
        &mut self,
        routine: &Arc<Object>,
        believed: &Believed,
        (path, owner): (Option<&'a [Name]>, &Name),
        whole: &mut Whole,
    ) -> Vec<Next<'a>> {
        let read = self.of(routine, owner, false);
        whole.take(read);
        whole.openings.extend(self.names.looked_through(path.unwrap_or_default(), owner));
        whole.body.does.extend(believed.does.iter().cloned());
        whole.touches.extend(believed.touches.iter().cloned());
        self.next(&believed.calls, &believed.touches, path)
    }

    /// What has come of the review of a routine, if there is one, and it is needed.
    fn judged(&mut self, routine: &Arc<Object>) -> Option<Judged> {
        if let Some(known) = self.judged.get(routine) {
            return known.clone();
        }
        let review = self.reviews.reviewed(routine)?;
        let judged = self.routines.get(routine).and_then(|read| {
            // What it calls is read without any review: the digest stands for it as it is.
            let whole = self.of(routine, &read.owner, false);
            let code = reviews::Code {
                read: &whole.body,
                path: read.path.as_deref(),
                digest: self.digest_of(routine, &whole),
                calls_definer: whole.calls_definer.as_deref(),
            };
            reviews::judge(&review, code)
        });
        self.judged.insert(routine.clone(), judged.clone());
        judged
    }

    /// The digest of a routine, with that of all that it comes to call, as a review names it.
    fn digest(&mut self, routine: &Arc<Object>) -> Option<String> {
        let owner = &self.routines.get(routine)?.owner;
        let whole = self.of(routine, owner, false);
        Some(format!("{}{}", reviews::SHA256, self.digest_of(routine, &whole)?))
    }

    fn digest_of(&self, routine: &Arc<Object>, whole: &Whole) -> Option<String> {
        let own = |routine: &Arc<Object>| self.routines.get(routine)?.digest.as_deref();
        let others = whole.calls.keys().filter(|called| *called != routine);
        let others: Option<Vec<(String, &str)>> =
            others.map(|called| Some((called.to_string(), own(called)?))).collect();
        let own = own(routine).filter(|_| !whole.too_many)?;
        Some(reviews::digest(own, &others?))
    }

    /// Where names are looked up inside a routine.
    fn path(&self, routine: &Arc<Object>, around: Option<&'a [Name]>) -> Option<&'a [Name]> {
        self.routines.get(routine).and_then(|read| read.path.as_deref()).or(around)
    }

    fn openings(
        &self,
        routine: &Arc<Object>,
        own: &Own,
        path: Option<&[Name]>,
        owner: &Name,
    ) -> BTreeSet<Opening> {
        let loose = self.routines.get(routine).is_some_and(|read| !read.settled);
        let does = own.does.as_ref().filter(|_| loose);
        does.map(|does| self.names.openings(does, path, owner)).unwrap_or_default()
    }

    /// What is called by its name, and what is because of the tables.
    fn next(
        &self,
        calls: &BTreeMap<Arc<Object>, bool>,
        touches: &BTreeSet<(Operation, Arc<Object>)>,
        path: Option<&'a [Name]>,
    ) -> Vec<Next<'a>> {
        let mut next: Vec<_> = calls.iter().map(|(called, sure)| (called.clone(), path, *sure)).collect();
        let mut tables: Vec<_> = touches.iter().map(|(does, table)| (table.clone(), does.clone())).collect();
        let mut seen = BTreeSet::new();
        while let Some((table, operation)) = tables.pop() {
            if !seen.insert((table.clone(), operation.clone())) {
                continue;
            }
            let calls = self.attached.calls.get(&table).into_iter().flatten();
            let fits = |by: &Option<Operation>| by.as_ref().is_none_or(|by| *by == operation);
            for (_, called) in calls.filter(|(by, _)| fits(by)) {
                // What a table's trigger runs as somebody else is a step of its own.
                if !self.routines.get(called).is_some_and(|called| called.definer) {
                    next.push((called.clone(), path, false));
                }
            }
            let behind = self.attached.reads.get(&table).into_iter().flatten();
            tables.extend(behind.map(|behind| (behind.clone(), operation.clone())));
        }
        next
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
        let opaque = |why: &str| Own {
            body: nothing_known(why),
            does: None,
            calls: BTreeMap::new(),
            touches: BTreeSet::new(),
        };
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
        let touches = does
            .acts
            .iter()
            .filter_map(|act| add_act(self.names, act, read.path.as_deref(), &mut body))
            .collect();
        does.others.iter().for_each(|other| of_other(other, &mut body));
        let mut calls: BTreeMap<Arc<Object>, bool> = BTreeMap::new();
        for call in &does.calls {
            let meant = self.call(call, read, &mut body);
            let sure = meant.len() == 1;
            for called in meant {
                *calls.entry(called).or_default() |= sure;
            }
        }
        Own { body, does: Some(Rc::new(does)), calls, touches }
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

/// Adds what an act does. Nobody finds what the body makes itself, or a temporary table.
fn add_act(
    names: &Names<'_>,
    act: &Act,
    path: Option<&[Name]>,
    body: &mut Body,
) -> Option<(Operation, Arc<Object>)> {
    let table = names.relation(&act.on, path)?;
    let operation = Operation::known(act.operation);
    if act.operation == "lock" {
        return None;
    }
    let permission = |on: Arc<Object>| Permission { operation: operation.clone(), on, delegable: false };
    let whole = act.columns.all || !["select", "insert", "update"].contains(&act.operation);
    if whole {
        body.does.insert(permission(table.clone()));
    } else {
        // Which of the uncertain ones the table has is not looked up: a column that is none gives nobody anything.
        let named = act.columns.named.iter().chain(&act.columns.perhaps);
        body.does.extend(named.filter_map(|column| names.column(&table, column)).map(permission));
    }
    Some((operation, table))
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
