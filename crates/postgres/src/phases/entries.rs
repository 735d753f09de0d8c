//! Entries: who holds what on what. Most are the owner's grants and go in batches; those that others gave
//! are given and taken as those others; chains of grant options that have to change are taken down from the
//! owner and built up again.

use super::batch::{Cell, Direction, batches, by_option};
use super::context::Context;
use super::{foreign, grant};
use crate::words::kind;
use model::{Change, Grantor, Held, Object, Principal, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The steps for a set of entries.
#[derive(Default)]
pub(super) struct EntrySteps {
    /// What gives, the owner's grants before those of others. Those on schemas come first: others need them.
    pub(super) gains: Vec<Step>,
    /// What takes, and chains built anew.
    pub(super) losses: Vec<Step>,
}

/// Renders the changes of entries in one place.
pub(super) fn render<'a>(cx: &Context<'_>, changes: &'a [Change]) -> EntrySteps {
    let rebuilt: BTreeSet<&Arc<Object>> = changes.iter().filter_map(|change| rebuilds(cx, change)).collect();
    let mut gains = Vec::new();
    let mut losses = Vec::new();
    let mut others: Vec<&'a Change> = Vec::new();
    for change in changes {
        let Change::Entry { on, to, by, from, into } = change else { continue };
        if rebuilt.contains(on) {
            continue;
        }
        if matches!(by, Grantor::Role(_)) {
            others.push(change);
            continue;
        }
        let acting = cx.owner(on).and_then(|owner| super::acting::needs_to_become(&cx.power, owner));
        let cell = |(option, operations)| Cell { on, to, option, operations, acting: acting.clone(), change };
        gains.extend(by_option(&into.gained_from(from)).into_iter().map(cell));
        let lost: Held = into.lost_from(from).into_iter().collect();
        losses.extend(by_option(&lost).into_iter().map(cell));
    }
    let (schemas, inside): (Vec<_>, Vec<_>) =
        gains.into_iter().partition(|cell| cell.on.kind == kind::SCHEMA);
    let owner = Grantor::Owner;
    let mut steps = EntrySteps::default();
    for cells in [schemas, inside] {
        let made = batches(cx, Direction::Gain, &owner, cells).into_iter();
        steps.gains.extend(made.map(|batch| grant::step(cx, Direction::Gain, batch)));
    }
    let (given, taken) = foreign::steps(cx, &others);
    steps.gains.extend(given);
    steps.losses.extend(taken);
    let (schemas, inside): (Vec<_>, Vec<_>) =
        losses.into_iter().partition(|cell| cell.on.kind == kind::SCHEMA);
    let made = batches(cx, Direction::Lose, &owner, inside).into_iter();
    steps.losses.extend(made.map(|batch| with_columns_kept(cx, grant::step(cx, Direction::Lose, batch))));
    for on in rebuilt {
        steps.losses.push(foreign::rebuild(cx, on, changes));
    }
    let made = batches(cx, Direction::Lose, &owner, schemas).into_iter();
    steps.losses.extend(made.map(|batch| grant::step(cx, Direction::Lose, batch)));
    steps
}

/// The object, if taking what the change takes would tear down what others gave from it.
fn rebuilds<'a>(cx: &Context<'_>, change: &'a Change) -> Option<&'a Arc<Object>> {
    let Change::Entry { on, to: Principal::Role(role), from, into, .. } = change else { return None };
    let lost: Vec<_> =
        into.lost_from(from).into_iter().filter(|(op, _)| from.get(op) == Some(true)).collect();
    if lost.is_empty() {
        return None;
    }
    let by = Grantor::Role(role.clone());
    let leans = |object: &Arc<Object>| {
        let standing = cx.standing(object);
        standing
            .iter()
            .any(|(holder, held)| holder.by == by && lost.iter().any(|(op, _)| held.get(op).is_some()))
    };
    let columns = on.kind == kind::TABLE
        && crate::realise::columns_with_entries(&cx.observed.access.entries, on)
            .any(|(column, _)| leans(column));
    (leans(on) || columns).then_some(on)
}

/// Revoking on a table also clears the same privileges on its columns, where they were given by the same
/// grantor. What is to stay is given back in the same step.
fn with_columns_kept(cx: &Context<'_>, mut step: Step) -> Step {
    let mut again: BTreeMap<Arc<Object>, Vec<Cell<'_>>> = BTreeMap::new();
    let changes = step.changes.clone();
    for change in &changes {
        let Change::Entry { on, to, by, from, into } = change else { continue };
        if on.kind != kind::TABLE {
            continue;
        }
        let lost = into.lost_from(from);
        let mut columns: BTreeSet<Arc<Object>> =
            crate::realise::columns_with_entries(&cx.observed.access.entries, on)
                .map(|(c, _)| c.clone())
                .collect();
        columns.extend(
            crate::realise::columns_with_entries(&cx.desired.access.entries, on).map(|(c, _)| c.clone()),
        );
        for column in columns {
            let holder = model::Holder { to: to.clone(), by: by.clone() };
            let stays = cx.finally(&column, &holder);
            let kept: Held = stays
                .iter()
                .filter(|(operation, _)| lost.iter().any(|(op, _)| op == *operation))
                .map(|(operation, option)| (operation.clone(), option))
                .collect();
            let acting = cx.owner(on).and_then(|owner| super::acting::needs_to_become(&cx.power, owner));
            let slot = again.entry(column).or_default();
            for (option, operations) in by_option(&kept) {
                slot.push(Cell { on, to, option, operations, acting: acting.clone(), change });
            }
        }
    }
    for (column, cells) in &again {
        let cells: Vec<Cell<'_>> = cells.iter().map(|cell| Cell { on: column, ..cell.clone() }).collect();
        let made = batches(cx, Direction::Gain, &Grantor::Owner, cells).into_iter();
        step.statements.extend(made.flat_map(|batch| grant::step(cx, Direction::Gain, batch).statements));
    }
    step
}
