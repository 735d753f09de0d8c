//! What code with its owner's rights uses and somebody else has a hand in: routines that it calls, tables that it writes to or
//! reads. Who changes these has code of their own run as its owner.

use super::lures::{temporary, trap};
use super::routines::needs_of;
use super::set_off::SetOff;
use super::{Here, is, on};
use crate::phases::sql;
use crate::powers::{ALTER, DROP};
use crate::words::{attribute, kind, operation, variety};
use model::{
    Certainty, Escalation, From, Gain, Need, Object, Operation, Principal, QUOTE, RoleName, Routine,
    STATEMENT,
};
use std::sync::Arc;

/// A change that somebody makes before.
pub(super) struct Change {
    pub(super) needs: Vec<Need>,
    pub(super) how: String,
    pub(super) statements: Vec<String>,
    certainty: Certainty,
}

/// Everything that a routine uses and others can change.
pub(super) fn by_parts(
    here: &Here<'_>,
    owner: &RoleName,
    routine: &Routine,
    set_off: &SetOff,
    all: &mut Vec<Escalation>,
) {
    let From::Has(begins) = &set_off.from else { return };
    let called = routine.calls.iter().flat_map(|(called, sure)| of_called(here, owner, called, *sure));
    let touched =
        routine.touches.iter().filter(|(does, table)| here.may_part(owner, &on(does.clone(), table)));
    let touched = touched.flat_map(|(operation, table)| of_table(here, owner, operation, table));
    for Change { needs, how, statements, certainty } in called.chain(touched) {
        let because = format!("{}, and {how}", set_off.because);
        let needs = [begins.as_slice(), &needs].concat();
        let statements = [statements, set_off.statements.clone()].concat();
        let step = here.step(From::Has(needs), Gain::Runs(owner.clone()), because, statements);
        all.push(Escalation { certainty, ..step });
    }
}

/// A routine that is called: its owner writes something else into it.
fn of_called(here: &Here<'_>, owner: &RoleName, called: &Arc<Object>, sure: bool) -> Vec<Change> {
    if here.owner(called) == Some(owner) {
        return Vec::new();
    }
    let mut needs = needs_of(here, &on(ALTER, called));
    let name = sql::name(called);
    let how = format!("calls {called}, which its owner can change");
    let changed = Change {
        needs: needs.clone(),
        how: how.clone(),
        statements: vec![format!("ALTER ROUTINE {name} …")],
        certainty: Certainty::Unknown(
            "without CREATE on its schema it can be changed, but not be replaced".to_owned(),
        ),
    };
    let Some(schema) = schema_of(called) else { return vec![changed] };
    needs.extend(needs_of(here, &on(operation::CREATE, &schema)));
    let unsure = || Certainty::Unknown("it may not be called each time".to_owned());
    let replaced = Change {
        needs,
        how,
        statements: vec![format!(
            "CREATE OR REPLACE FUNCTION {name} … AS {QUOTE}BEGIN EXECUTE {STATEMENT}; … END{QUOTE}"
        )],
        certainty: if sure { Certainty::Direct } else { unsure() },
    };
    vec![replaced, changed]
}

/// A table or view that is written to or read: a trigger on it, or another thing in its place.
fn of_table(here: &Here<'_>, owner: &RoleName, operation: &Operation, table: &Arc<Object>) -> Vec<Change> {
    let Some(existing) = here.observed.catalogue.objects.get(table).filter(|existing| !existing.system)
    else {
        return Vec::new();
    };
    let view = existing.variety == variety::VIEW;
    let writes = [operation::INSERT, operation::UPDATE, operation::DELETE, operation::TRUNCATE];
    let mut changes = Vec::new();
    if writes.contains(operation) {
        changes.extend(trigger(here, operation, table, view));
    } else if *operation == operation::SELECT {
        changes.extend(condition(here, owner, table, view));
    }
    changes.extend(replacement(here, table));
    // What only the routine's owner can do gives that owner nothing.
    let others = |need: &Need| need.sources.iter().any(|source| source.who != Principal::Role(owner.clone()));
    changes.retain(|change| change.needs.iter().all(others));
    changes
}

pub(super) fn trigger(
    here: &Here<'_>,
    operation: &Operation,
    table: &Arc<Object>,
    view: bool,
) -> Option<Change> {
    let (name, event) = (sql::name(table), operation.as_str().to_uppercase());
    let when = if view { format!("INSTEAD OF {event}") } else { format!("BEFORE {event}") };
    let each = if view { " FOR EACH ROW" } else { "" };
    let needs = [on(operation::TRIGGER, table), temporary(here)];
    Some(Change {
        needs: needs.iter().flat_map(|one| needs_of(here, one)).collect(),
        how: format!("writes to {table}, where a trigger runs as whoever writes"),
        statements: vec![
            trap("trigger", "RETURN NULL"),
            format!("CREATE TRIGGER trap {when} ON {name}{each} EXECUTE FUNCTION pg_temp.trap()"),
        ],
        certainty: Certainty::Direct,
    })
}

/// A condition that is asked whenever it is read. Who stands above row security is asked by a view alone.
fn condition(here: &Here<'_>, owner: &RoleName, table: &Arc<Object>, view: bool) -> Option<Change> {
    let name = sql::name(table);
    let above = [attribute::SUPERUSER, attribute::BYPASSRLS].iter().any(|one| is(here.observed, owner, one));
    let needs = [on(ALTER, table), temporary(here)];
    let change = |statements: Vec<String>, certainty| Change {
        needs: needs.iter().flat_map(|one| needs_of(here, one)).collect(),
        how: format!("reads {table}, whose owner decides what runs as whoever reads it"),
        statements: [vec![trap("boolean", "RETURN true")], statements].concat(),
        certainty,
    };
    if view {
        let replaces = format!("CREATE OR REPLACE VIEW {name} AS SELECT … WHERE pg_temp.trap()");
        return Some(change(vec![replaces], Certainty::Direct));
    }
    if !above {
        let statements = vec![
            format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"),
            format!("CREATE POLICY trap ON {name} USING (pg_temp.trap())"),
        ];
        return Some(change(statements, Certainty::Direct));
    }
    let statements = vec![
        format!("ALTER TABLE {name} RENAME TO …"),
        format!("CREATE VIEW {name} AS SELECT * FROM … WHERE pg_temp.trap()"),
    ];
    let why = "a view has to come in its place, which takes CREATE on its schema".to_owned();
    Some(change(statements, Certainty::Unknown(why)))
}

/// Who owns the schema drops what is in it, and makes another one.
fn replacement(here: &Here<'_>, table: &Arc<Object>) -> Option<Change> {
    let schema = schema_of(table)?;
    let needs = [on(DROP, table), on(operation::CREATE, &schema)];
    let name = sql::name(table);
    Some(Change {
        needs: needs.iter().flat_map(|one| needs_of(here, one)).collect(),
        how: format!("uses {table}, which can be dropped to make another one"),
        statements: vec![format!("DROP TABLE {name}"), format!("CREATE VIEW {name} AS …")],
        certainty: Certainty::Unknown("what stands on it has to go first".to_owned()),
    })
}

fn schema_of(object: &Object) -> Option<Arc<Object>> {
    let name = object.path.first()?.clone();
    Some(Arc::new(Object::new(object.place.clone(), kind::SCHEMA, vec![name])))
}
