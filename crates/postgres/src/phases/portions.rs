//! Splits a database's changes into transactions that take no more locks than the server has room for.
//!
//! Measured: on version 18 a GRANT keeps a lock on each table it names until the transaction ends, and a
//! change of owner keeps several on every version; ALL TABLES IN SCHEMA takes four whatever it covers. Every role
//! that is granted to takes one too.
//!
//! Everything that changes on one object changes in one transaction: in between, each object is as it was or as it
//! is to be, so nobody holds what neither gives.

use super::context::Context;
use super::database_steps;
use crate::words::kind;
use model::{Change, Name, Object, Principal, RoleName, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The steps of one database in portions, in order. One portion, wherever there is room.
pub(super) fn of_database(cx: &Context<'_>, changes: &[Change], room: usize) -> Vec<Vec<Step>> {
    let whole = database_steps(cx, changes);
    if whole.is_empty() {
        return Vec::new();
    }
    if cost(cx.version, &whole) <= room {
        return vec![whole];
    }
    let (outside, schemas) = by_schema(changes);
    let mut portions = Portions { room, version: cx.version, done: Vec::new(), open: Vec::new(), taken: 0 };
    portions.add(database_steps(cx, &outside));
    for changes in schemas.into_values() {
        let steps = database_steps(cx, &changes);
        if cost(cx.version, &steps) <= room {
            portions.add(steps);
            continue;
        }
        for changes in by_objects(cx.version, changes, room) {
            portions.add(database_steps(cx, &changes));
        }
    }
    portions.close();
    portions.done
}

struct Portions {
    room: usize,
    version: u32,
    done: Vec<Vec<Step>>,
    open: Vec<Step>,
    taken: usize,
}

impl Portions {
    fn add(&mut self, steps: Vec<Step>) {
        let cost = cost(self.version, &steps);
        if self.taken + cost > self.room {
            self.close();
        }
        self.taken += cost;
        self.open.extend(steps);
    }

    fn close(&mut self) {
        self.taken = 0;
        if !self.open.is_empty() {
            self.done.push(std::mem::take(&mut self.open));
        }
    }
}

type BySchema = BTreeMap<Name, Vec<Change>>;

/// What is about objects in schemas, schema by schema, and everything else.
fn by_schema(changes: &[Change]) -> (Vec<Change>, BySchema) {
    let mut outside = Vec::new();
    let mut schemas = BySchema::new();
    for change in changes {
        let inside = object(change).filter(|on| on.kind != kind::SCHEMA && on.path.len() > 1);
        match inside.and_then(|on| on.path.first()) {
            Some(schema) => schemas.entry(schema.clone()).or_default().push(change.clone()),
            None => outside.push(change.clone()),
        }
    }
    (outside, schemas)
}

fn object(change: &Change) -> Option<&Arc<Object>> {
    match change {
        Change::Entry { on, .. } | Change::Owner { on, .. } | Change::RowSecurity { on, .. } => Some(on),
        Change::Policy { key, .. } => Some(&key.on),
        _ => None,
    }
}

/// Groups of objects with all that changes on each; a table and its columns stay together.
fn by_objects(version: u32, changes: Vec<Change>, room: usize) -> Vec<Vec<Change>> {
    let mut objects: BTreeMap<Object, Vec<Change>> = BTreeMap::new();
    for change in changes {
        let Some(on) = object(&change) else { continue };
        let whole = crate::ownership::owned_with(on).unwrap_or_else(|| (**on).clone());
        objects.entry(whole).or_default().push(change);
    }
    let mut groups = Vec::new();
    let mut group = Vec::new();
    let mut taken = 0;
    for changes in objects.into_values() {
        let cost: usize = changes.iter().map(|change| locks(version, change)).sum();
        if taken + cost > room / 2 && !group.is_empty() {
            groups.push(std::mem::take(&mut group));
            taken = 0;
        }
        taken += cost;
        group.extend(changes);
    }
    groups.push(group);
    groups
}

/// How many entries of the lock table the steps keep, rounded up.
fn cost(version: u32, steps: &[Step]) -> usize {
    let roles: BTreeSet<&RoleName> = steps.iter().flat_map(|step| &step.changes).filter_map(role).collect();
    steps.iter().map(|step| of_step(version, step)).sum::<usize>() + 2 * roles.len()
}

fn role(change: &Change) -> Option<&RoleName> {
    match change {
        Change::Entry { to: Principal::Role(role), .. }
        | Change::Future { to: Principal::Role(role), .. }
        | Change::Owner { to: role, .. } => Some(role),
        _ => None,
    }
}

fn of_step(version: u32, step: &Step) -> usize {
    let whole =
        step.statements.iter().filter(|statement| statement.to_string().contains(" IN SCHEMA ")).count();
    if whole > 0 {
        return 4 * whole;
    }
    step.changes.iter().map(|change| locks(version, change)).sum::<usize>() + 1
}

fn locks(version: u32, change: &Change) -> usize {
    match change {
        Change::Owner { .. } => 6,
        Change::RowSecurity { .. } | Change::Policy { .. } => 4,
        Change::Entry { .. } if version >= 18 => 1,
        _ => 0,
    }
}
