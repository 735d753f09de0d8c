//! What a target does by itself, for an analysis of escalation. No other look runs any of this.

mod bodies;
mod further;
mod names;
mod reviews;

use super::rows::{self, letter, take};
use crate::connect::Link;
use crate::settings;
use crate::words::{kind, operation};
use bodies::{Attached, Read};
use engine::{EngineError, Scope};
use further::Further;
use model::{
    Cascade, Catalogue, DatabaseName, Fires, Kind, Machinery, Name, Object, Operation, Place, Principal,
    Review, Trigger, Watch, Window,
};
use reviews::Reviews;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio_postgres::Row;

/// What was read of one database, with the objects' numbers in place of their names.
#[derive(Debug)]
pub(super) struct Parts {
    database: DatabaseName,
    routines: Vec<(u32, Read)>,
    triggers: Vec<(u32, Name, BTreeSet<Operation>, u32)>,
    views: Vec<ViewRow>,
    cascades: Vec<(u32, Operation, u32, Operation)>,
    attached: Vec<(u32, bool, u32)>,
    watches: Vec<(Name, String, Vec<String>, u32)>,
    mappings: BTreeSet<(Arc<Object>, Principal)>,
    further: Further,
}

#[derive(Debug)]
struct ViewRow {
    view: u32,
    stored: bool,
    as_caller: bool,
    passes_on: BTreeSet<Operation>,
    reads: Vec<u32>,
}

/// The bits of what sets off a table's trigger.
const EVENTS: [(i32, Operation); 4] =
    [(4, operation::INSERT), (8, operation::DELETE), (16, operation::UPDATE), (32, operation::TRUNCATE)];
/// The bits of what a view hands on.
const PASSES: [(i32, Operation); 3] =
    [(4, operation::UPDATE), (8, operation::INSERT), (16, operation::DELETE)];

/// Asks one database; nothing where nobody wants it.
pub(super) async fn inside(
    link: &Link,
    scope: &Scope,
    database: &DatabaseName,
) -> Result<Vec<Parts>, EngineError> {
    if !scope.machinery {
        return Ok(Vec::new());
    }
    let (routines, triggers, views, cascades, attached, watches, mappings, further) = tokio::try_join!(
        link.rows("routines", include_str!("../../sql/machinery_routines.sql"), &[]),
        link.rows("triggers", include_str!("../../sql/machinery_triggers.sql"), &[]),
        link.rows("views", include_str!("../../sql/machinery_views.sql"), &[]),
        link.rows("foreign keys", include_str!("../../sql/machinery_cascades.sql"), &[]),
        link.rows("what tables call", include_str!("../../sql/machinery_attached.sql"), &[]),
        link.rows("event triggers", include_str!("../../sql/machinery_watches.sql"), &[]),
        link.rows("user mappings", include_str!("../../sql/machinery_mappings.sql"), &[]),
        further::ask(link),
    )?;
    let cascades: Vec<Vec<_>> = cascades.iter().map(cascade).collect::<Result<_, _>>()?;
    Ok(vec![Parts {
        database: database.clone(),
        routines: routines.iter().map(routine).collect::<Result<_, _>>()?,
        triggers: triggers.iter().map(trigger).collect::<Result<_, _>>()?,
        views: views.iter().map(view).collect::<Result<_, _>>()?,
        cascades: cascades.into_iter().flatten().collect(),
        attached: attached.iter().map(attaches).collect::<Result<_, _>>()?,
        watches: watches.iter().map(watch).collect::<Result<_, _>>()?,
        mappings: mappings.iter().map(|row| mapping(database, row)).collect::<Result<_, _>>()?,
        further,
    }])
}

fn routine(row: &Row) -> Result<(u32, Read), EngineError> {
    let part = "routines";
    let path = take::<Option<&str>>(part, row, 4)?.map(|path| {
        // An empty name stands for no schema at all.
        settings::split(path, false).into_iter().filter_map(|name| Name::new(name).ok()).collect()
    });
    let read = Read {
        definer: take(part, row, 1)?,
        fires: match letter(part, row, 2)? {
            't' => Fires::OnTables,
            'e' => Fires::OnEvents,
            _ => Fires::Named,
        },
        language: rows::name(part, take(part, row, 3)?)?,
        path,
        settled: take(part, row, 5)?,
        definition: take(part, row, 6)?,
        owner: rows::name(part, take(part, row, 7)?)?,
        digest: take(part, row, 8)?,
    };
    Ok((take(part, row, 0)?, read))
}

fn trigger(row: &Row) -> Result<(u32, Name, BTreeSet<Operation>, u32), EngineError> {
    let part = "triggers";
    let by = of_bits(&EVENTS, take(part, row, 2)?);
    Ok((take(part, row, 0)?, rows::name(part, take(part, row, 1)?)?, by, take(part, row, 3)?))
}

fn watch(row: &Row) -> Result<(Name, String, Vec<String>, u32), EngineError> {
    let part = "event triggers";
    Ok((
        rows::name(part, take(part, row, 0)?)?,
        take(part, row, 1)?,
        take(part, row, 2)?,
        take(part, row, 3)?,
    ))
}

/// A table, whether it calls when it is written to, and what.
fn attaches(row: &Row) -> Result<(u32, bool, u32), EngineError> {
    let part = "what tables call";
    Ok((take(part, row, 0)?, letter(part, row, 2)? == 'w', take(part, row, 1)?))
}

fn view(row: &Row) -> Result<ViewRow, EngineError> {
    let part = "views";
    Ok(ViewRow {
        view: take(part, row, 0)?,
        stored: take(part, row, 1)?,
        as_caller: take(part, row, 2)?,
        passes_on: of_bits(&PASSES, take(part, row, 3)?),
        reads: take(part, row, 4)?,
    })
}

fn of_bits(bits: &[(i32, Operation)], set: i32) -> BTreeSet<Operation> {
    bits.iter().filter(|(bit, _)| set & bit != 0).map(|(_, operation)| operation.clone()).collect()
}

fn cascade(row: &Row) -> Result<Vec<(u32, Operation, u32, Operation)>, EngineError> {
    let part = "foreign keys";
    let (other, own) = (take(part, row, 0)?, take(part, row, 1)?);
    let does = |at: usize, whole: Operation| {
        Ok::<_, EngineError>(match letter(part, row, at)? {
            'c' => Some(whole),
            'n' | 'd' => Some(operation::UPDATE),
            _ => None,
        })
    };
    let deleted = does(2, operation::DELETE)?.map(|does| (other, operation::DELETE, own, does));
    let updated = does(3, operation::UPDATE)?.map(|does| (other, operation::UPDATE, own, does));
    Ok(deleted.into_iter().chain(updated).collect())
}

fn mapping(database: &DatabaseName, row: &Row) -> Result<(Arc<Object>, Principal), EngineError> {
    let part = "user mappings";
    let server = rows::name(part, take(part, row, 0)?)?;
    let place = Place::Database(database.clone());
    let who = match take::<Option<&str>>(part, row, 1)? {
        Some(role) if !take::<bool>(part, row, 2)? => Principal::Role(rows::name(part, role)?),
        _ => Principal::Public,
    };
    Ok((Arc::new(Object::new(place, kind::FOREIGN_SERVER, vec![server])), who))
}

/// Puts names in the place of numbers, when all objects are known, and reads the bodies.
pub(super) fn whole(
    databases: Vec<Parts>,
    catalogue: &Catalogue,
    said: &[Review],
    version: u32,
) -> Machinery {
    let mut known: BTreeMap<(&DatabaseName, &str, u32), &Arc<Object>> = BTreeMap::new();
    for (object, existing) in &catalogue.objects {
        let asked = [kind::TABLE, kind::ROUTINE].contains(&object.kind);
        if let (true, Some(database)) = (asked, object.database()) {
            known.insert((database, object.kind.as_str(), existing.id), object);
        }
    }
    let mut machinery = Machinery::default();
    for mut one in databases {
        machinery.mappings.append(&mut one.mappings);
        let find =
            |kind: &'static Kind, oid: u32| known.get(&(&one.database, kind.as_str(), oid)).copied().cloned();
        let table = |oid: u32| find(&TABLE, oid);
        machinery.triggers.extend(one.triggers.into_iter().filter_map(|(on, name, by, runs)| {
            Some(Trigger { name, on: table(on)?, by, runs: find(&ROUTINE, runs)? })
        }));
        machinery.watches.extend(one.watches.into_iter().filter_map(|(name, event, commands, runs)| {
            Some(Watch { name, database: one.database.clone(), event, commands, runs: find(&ROUTINE, runs)? })
        }));
        machinery.views.extend(one.views.into_iter().filter_map(|row| {
            let reads: BTreeSet<Arc<Object>> = row.reads.iter().filter_map(|oid| table(*oid)).collect();
            let window =
                Window { as_caller: row.as_caller, stored: row.stored, reads, passes_on: row.passes_on };
            Some((table(row.view)?, window))
        }));
        let calls = one
            .attached
            .into_iter()
            .filter_map(|(on, writes, routine)| Some((table(on)?, writes, find(&ROUTINE, routine)?)));
        let attached = attached(&machinery, calls);
        let routines = one.routines.into_iter().filter_map(|(oid, read)| Some((find(&ROUTINE, oid)?, read)));
        let reviews = Reviews::of(said, catalogue, &one.database, version);
        let (routines, here) = (routines.collect(), (catalogue, &one.database));
        bodies::read(routines, &attached, &reviews, here, &mut machinery.routines);
        let routine = |oid: u32| find(&ROUTINE, oid);
        one.further.add_to(&mut machinery, catalogue, &one.database, table, routine);
        machinery.cascades.extend(one.cascades.into_iter().filter_map(|(from, by, to, does)| {
            Some(Cascade { from: table(from)?, by, to: table(to)?, does })
        }));
    }
    machinery
}

/// What comes to be called because of tables, besides what is called by its name.
fn attached(
    machinery: &Machinery,
    calls: impl Iterator<Item = (Arc<Object>, bool, Arc<Object>)>,
) -> Attached {
    let mut attached = Attached::default();
    for Trigger { on, by, runs, .. } in &machinery.triggers {
        let all = attached.calls.entry(on.clone()).or_default();
        all.extend(by.iter().map(|by| (Some(by.clone()), runs.clone())));
    }
    for (on, writes, routine) in calls {
        let by = if writes { vec![Some(operation::INSERT), Some(operation::UPDATE)] } else { vec![None] };
        let all = attached.calls.entry(on).or_default();
        all.extend(by.into_iter().map(|by| (by, routine.clone())));
    }
    // What is stored is not asked for again.
    for (view, window) in machinery.views.iter().filter(|(_, window)| !window.stored) {
        attached.reads.insert(view.clone(), window.reads.clone());
    }
    attached
}

/// The kinds asked for, so that no text of theirs has to be borrowed from an object.
static TABLE: Kind = kind::TABLE;
static ROUTINE: Kind = kind::ROUTINE;
