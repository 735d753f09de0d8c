//! How a routine with its owner's rights is set off: by calling it, by what sets off a trigger, by making a trigger of one's own.

use super::{Here, on};
use crate::escalation::perform::{calling, performing};
use crate::phases::sql;
use crate::words::operation;
use model::{Fires, From, Gain, Machinery, Need, Object, Permission, Principal, RoleName, Routine, Watch};
use std::sync::Arc;

/// A way to set a routine off.
pub(super) struct SetOff {
    /// Who can.
    pub(super) from: From,
    /// By what.
    pub(super) statements: Vec<String>,
    /// Why it runs as somebody else then.
    pub(super) because: String,
    /// It is called by its name, and given what its caller likes.
    pub(super) called: bool,
    /// What sets it off, where that is an operation.
    by: Option<Permission>,
}

impl SetOff {
    /// False for what was done already to set it off.
    pub(super) fn leads_to(&self, does: &Permission) -> bool {
        self.by.as_ref() != Some(does)
    }
}

/// Every way to set the routine off.
pub(super) fn ways_to_set_off(
    here: &Here<'_>,
    object: &Arc<Object>,
    owner: &RoleName,
    routine: &Routine,
) -> Vec<SetOff> {
    match (routine.fires, &here.observed.machinery) {
        (Fires::Named, machinery) => {
            let aggregates = machinery.iter().flat_map(|machinery| &machinery.aggregates);
            let of_it = aggregates.filter(|(_, part)| part == object);
            let by_aggregate = of_it.filter_map(|(whole, part)| by_aggregate(here, whole, part, owner));
            [by_name(here, object, owner)].into_iter().chain(by_aggregate).collect()
        }
        (Fires::OnTables, Some(machinery)) => by_tables(here, object, owner, machinery),
        (Fires::OnEvents, Some(machinery)) => by_events(here, object, owner, machinery),
        (_, None) => Vec::new(),
    }
}

fn by_name(here: &Here<'_>, object: &Arc<Object>, owner: &RoleName) -> SetOff {
    SetOff {
        from: here.has(&[on(operation::EXECUTE, object)]),
        statements: vec![calling(here.observed, object)],
        because: format!("{object} runs as {owner}"),
        called: true,
        by: None,
    }
}

/// By an aggregate, whose owner has to have the right to call what it is made of.
fn by_aggregate(
    here: &Here<'_>,
    aggregate: &Arc<Object>,
    part: &Arc<Object>,
    owner: &RoleName,
) -> Option<SetOff> {
    here.owner(aggregate).filter(|made_by| here.may(made_by, &on(operation::EXECUTE, part)))?;
    Some(SetOff {
        from: here.has(&[on(operation::EXECUTE, aggregate)]),
        statements: vec![calling(here.observed, aggregate)],
        because: format!("{aggregate} calls {part}, which runs as {owner}"),
        called: false,
        by: None,
    })
}

/// By what is done to the tables whose triggers run it, with the privilege for that on any part of the table or without it. A
/// trigger can be made on a table of one's own, too.
fn by_tables(here: &Here<'_>, object: &Arc<Object>, owner: &RoleName, machinery: &Machinery) -> Vec<SetOff> {
    let bait = on_bait(here, object, owner, machinery);
    let mut ways = Vec::new();
    let open = is_everybodys(&bait.from);
    let triggers = machinery.triggers.iter().filter(|trigger| trigger.runs == *object);
    for trigger in triggers.filter(|trigger| here.holds(&trigger.on)) {
        for operation in &trigger.by {
            let begins = on(operation.clone(), &trigger.on);
            let because = format!("trigger {} of {} runs {object} as {owner}", trigger.name, trigger.on);
            let way = |from, statements| SetOff {
                from,
                statements,
                because: because.clone(),
                called: false,
                by: Some(begins.clone()),
            };
            ways.push(way(From::Gained(Gain::Does(begins.clone())), Vec::new()));
            ways.push(way(here.has_part(&begins), vec![performing(here.observed, &begins)]));
        }
    }
    // What is nearer than one's own trigger is told by it.
    if !open || ways.is_empty() {
        ways.push(bait);
    } else {
        ways.insert(0, bait);
    }
    ways
}

/// True if everybody has all of it.
fn is_everybodys(from: &From) -> bool {
    let everybodys = |need: &Need| need.sources.iter().any(|source| source.who == Principal::Public);
    matches!(from, From::Has(needs) if needs.iter().all(everybodys))
}

fn on_bait(here: &Here<'_>, object: &Arc<Object>, owner: &RoleName, machinery: &Machinery) -> SetOff {
    // A body names columns of the table that it was written for.
    let like = machinery.triggers.iter().find(|trigger| trigger.runs == *object);
    let columns = like.map_or_else(
        || "(n integer)".to_owned(),
        |trigger| format!("AS SELECT (NULL::{}).* WHERE false", sql::name(&trigger.on)),
    );
    let call = sql::name(object);
    SetOff {
        from: here.has(&[on(operation::EXECUTE, object), super::lures::temporary(here)]),
        statements: vec![
            format!("CREATE TEMPORARY TABLE bait {columns}"),
            format!("CREATE TRIGGER bait BEFORE INSERT ON pg_temp.bait FOR EACH ROW EXECUTE FUNCTION {call}"),
            "INSERT INTO pg_temp.bait DEFAULT VALUES".to_owned(),
        ],
        because: format!("a trigger on a table of one's own runs {object} as {owner}"),
        called: false,
        by: None,
    }
}

/// By what its event triggers watch for: to make something, or only to begin a session.
fn by_events(here: &Here<'_>, object: &Arc<Object>, owner: &RoleName, machinery: &Machinery) -> Vec<SetOff> {
    let watches = machinery.watches.iter();
    let here_too = watches.filter(|watch| watch.database == *here.database && watch.runs == *object);
    let ways = here_too.map(|watch| {
        let (needs, statements) = sets_off(here, watch);
        SetOff {
            from: here.has(&needs),
            statements,
            because: format!("event trigger {} runs {object} as {owner}", watch.name),
            called: false,
            by: None,
        }
    });
    ways.collect()
}

fn sets_off(here: &Here<'_>, watch: &Watch) -> (Vec<Permission>, Vec<String>) {
    let bait = "CREATE TEMPORARY TABLE bait (n integer)".to_owned();
    let temporary = || vec![super::lures::temporary(here)];
    let of = |command: &str| watch.commands.is_empty() || watch.commands.iter().any(|one| one == command);
    match watch.event.as_str() {
        "ddl_command_start" | "ddl_command_end" if of("CREATE TABLE") => (temporary(), vec![bait]),
        "sql_drop" if of("DROP TABLE") => (temporary(), vec![bait, "DROP TABLE pg_temp.bait".to_owned()]),
        "table_rewrite" if of("ALTER TABLE") => {
            let rewrites = "ALTER TABLE pg_temp.bait ALTER n TYPE bigint".to_owned();
            (temporary(), vec![bait, rewrites])
        }
        "login" => (Vec::new(), vec!["\\connect".to_owned()]),
        _ => (Vec::new(), vec![format!("… -- {}, of something of one's own", watch.commands.join(" or "))]),
    }
}
