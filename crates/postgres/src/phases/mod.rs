//! From changes to phases: in which order, in which transaction, with which text.
//!
//! Roles and what they hold in a database cannot change in one transaction when there are several databases.
//! So what widens the cluster comes first, then each database by itself, then what narrows the cluster; before all of it
//! the door is closed behind roles that are to go, and in the end they are dropped. And
//! memberships go to that side of the databases where nobody, in between, holds more than before and after
//! together, or less than in both.

mod acting;
mod batch;
mod chain;
mod context;
mod crowded;
mod drop;
mod endless;
mod entries;
mod foreign;
mod future;
mod grant;
mod members;
mod owners;
mod placement;
mod portions;
mod roles;
mod rows;
pub(crate) mod sql;
mod unbound;
mod why;

use context::Context;
use model::{
    Change, Changes, DatabaseName, Desired, Intent, Note, Object, Observed, Phase, PhaseKind, Place, Step,
};
use placement::{MemberPlace, Placement};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Orders the changes into phases. `locks` is how many locks one transaction may take.
pub(crate) fn phases(
    changes: &Changes,
    desired: &Desired,
    observed: &Observed,
    intent: &Intent,
    locks: usize,
) -> Vec<Phase> {
    let shut_off = desired.quarantined.keys().any(|role| drop::has_sessions(observed, role));
    if changes.is_empty() && !shut_off {
        return Vec::new();
    }
    let cx = Context::new(changes, desired, observed, intent);
    let (mut cluster, databases) = by_place(changes);
    let closing = drop::close(&cx, &cluster);
    cluster.retain(|change| !drop::closes(&cx, change));
    let inside: BTreeMap<&DatabaseName, Vec<Vec<Step>>> = databases
        .iter()
        .map(|(database, changes)| (database, portions::of_database(&cx, changes, locks)))
        .collect();
    let portions = inside.values().any(|portions| portions.len() > 1);
    let at = Placement::of(&cx, changes).place(&cx, portions);
    let (mut widen, mut narrow) = cluster_steps(&cx, &cluster, at);
    let mut phases = Vec::new();
    phases.extend(phase(PhaseKind::Close, Place::Cluster, false, closing));
    if at == MemberPlace::Together {
        let database = inside.keys().next().map(|name| (*name).clone());
        widen.extend(inside.into_values().flatten().flatten());
        widen.append(&mut narrow);
        let (kind, place) = match database {
            Some(name) => (PhaseKind::Database, Place::Database(name)),
            None => (PhaseKind::Widen, Place::Cluster),
        };
        phases.extend(phase(kind, place, true, widen));
    } else {
        phases.extend(phase(PhaseKind::Widen, Place::Cluster, true, widen));
        for (database, portions) in inside {
            let place = || Place::Database(database.clone());
            phases.extend(
                portions.into_iter().filter_map(|steps| phase(PhaseKind::Database, place(), true, steps)),
            );
        }
        phases.extend(phase(PhaseKind::Narrow, Place::Cluster, true, narrow));
    }
    phases.extend(phase(PhaseKind::Drop, Place::Cluster, false, drop::render(&cx, &cluster)));
    phases
}

/// What people should know before the phases run: who may briefly miss something that both states give, which lists of
/// entries grow long, which exceptions do not hold in future, which ends go, and whose sessions are ended.
pub(crate) fn notes(
    changes: &Changes,
    desired: &Desired,
    observed: &Observed,
    intent: &Intent,
    locks: usize,
) -> Vec<Note> {
    let mut notes = crowded::notes(changes, observed);
    notes.extend(unbound::notes(changes, intent));
    notes.extend(endless::notes(changes));
    notes.extend(drop::notes(changes, desired, observed));
    if !changes.iter().any(|change| matches!(change, Change::Member { .. })) {
        return notes;
    }
    let cx = Context::new(changes, desired, observed, intent);
    let (_, databases) = by_place(changes);
    let placement = Placement::of(&cx, changes);
    let mut at = placement.place(&cx, true);
    let in_portions = |changes: &Vec<Change>| portions::of_database(&cx, changes, locks).len() > 1;
    if at != placement.place(&cx, false) && !databases.values().any(in_portions) {
        at = placement.place(&cx, false);
    }
    notes.extend(placement.notes(&cx, at));
    notes
}

/// What runs before the databases, and after them.
fn cluster_steps(cx: &Context<'_>, changes: &[Change], at: MemberPlace) -> (Vec<Step>, Vec<Step>) {
    let (inheritance, facts) = roles::inheritance(cx, changes);
    let (mut widen, narrower) = roles::render(cx, &facts);
    widen.extend(owners::render(cx, changes));
    // The server rewrites the entries of what changes hands: all of them change with it, at once.
    let moved: BTreeSet<&Arc<Object>> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Owner { on, .. } => Some(on),
            _ => None,
        })
        .collect();
    let (handed_over, others): (Vec<Change>, Vec<Change>) = changes
        .iter()
        .filter(|change| matches!(change, Change::Entry { .. }))
        .cloned()
        .partition(|change| matches!(change, Change::Entry { on, .. } if moved.contains(on)));
    let handed_over = entries::render(cx, &handed_over);
    let entries = entries::render(cx, &others);
    let mut narrow = Vec::new();
    widen.extend(handed_over.gains);
    widen.extend(entries.gains);
    widen.extend(handed_over.losses);
    match at {
        MemberPlace::Before | MemberPlace::Together => widen.extend(all_members(cx, changes, inheritance)),
        MemberPlace::After => narrow.extend(all_members(cx, changes, inheritance)),
        MemberPlace::Around => {
            let (early, between, late) = members::apart(cx, changes);
            let (wider, narrower) = inheritance;
            let (given, taken) = members::render(cx, &cx.observed.access.members, &early);
            widen.extend(given.into_iter().chain(taken).chain(narrower));
            let (given, taken) = members::render(cx, &between, &late);
            narrow.extend(given.into_iter().chain(taken).chain(wider));
        }
    }
    narrow.extend(entries.losses);
    narrow.extend(narrower);
    (widen, narrow)
}

fn all_members(cx: &Context<'_>, changes: &[Change], inheritance: (Vec<Step>, Vec<Step>)) -> Vec<Step> {
    let (mut first, mut then) = members::render(cx, &cx.observed.access.members, changes);
    if members::cyclic(cx) {
        std::mem::swap(&mut first, &mut then);
    }
    let (wider, narrower) = inheritance;
    first.into_iter().chain(then).chain(wider).chain(narrower).collect()
}

fn phase(kind: PhaseKind, place: Place, atomic: bool, steps: Vec<Step>) -> Option<Phase> {
    (!steps.is_empty()).then_some(Phase { kind, place, atomic, steps })
}

/// Owners first, because the server rewrites entries with them; then what gives, then what takes.
fn database_steps(cx: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let mut steps = owners::render(cx, changes);
    let entries = entries::render(cx, changes);
    let (future_gains, future_losses) = future::render(cx, changes);
    steps.extend(entries.gains);
    steps.extend(future_gains);
    steps.extend(rows::render(cx, changes));
    steps.extend(entries.losses);
    steps.extend(future_losses);
    steps
}

fn by_place(changes: &Changes) -> (Vec<Change>, BTreeMap<DatabaseName, Vec<Change>>) {
    let mut cluster = Vec::new();
    let mut databases: BTreeMap<DatabaseName, Vec<Change>> = BTreeMap::new();
    for change in changes {
        let database = match change {
            Change::Owner { on, .. } | Change::Entry { on, .. } | Change::RowSecurity { on, .. } => {
                on.database()
            }
            Change::Future { key, .. } => key.scope.database(),
            Change::Policy { key, .. } => key.on.database(),
            Change::Mapping { key, .. } => key.server.database(),
            _ => None,
        };
        match database {
            Some(name) => databases.entry(name.clone()).or_default().push(change.clone()),
            None => cluster.push(change.clone()),
        }
    }
    (cluster, databases)
}
