//! From changes to phases: in which order, in which transaction, with which text.
//!
//! Roles and what they hold in a database cannot change in one transaction when there are several databases.
//! So what widens the cluster comes first, then each database by itself, then what narrows the cluster; and
//! memberships go to that side of the databases where nobody, in between, holds more than before and after
//! together, or less than in both.

mod acting;
mod batch;
mod chain;
mod context;
mod drop;
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
mod why;

pub(crate) use placement::MemberPlace;

use context::Context;
use model::{Change, Changes, DatabaseName, Desired, Intent, Observed, Phase, PhaseKind, Place, Step};
use std::collections::BTreeMap;

/// Orders the changes into phases. `locks` is how many locks one transaction may take.
pub(crate) fn phases(
    changes: &Changes,
    desired: &Desired,
    observed: &Observed,
    intent: &Intent,
    locks: usize,
) -> Vec<Phase> {
    if changes.is_empty() {
        return Vec::new();
    }
    let cx = Context::new(changes, desired, observed, intent);
    let (cluster, databases) = by_place(changes);
    let at = placement::members(&cx, changes);
    let mut widen = Vec::new();
    let mut narrow = Vec::new();
    let (wider, narrower) = roles::render(&cx, &cluster);
    widen.extend(wider);
    widen.extend(owners::render(&cx, &cluster));
    let entries = entries::render(&cx, &cluster);
    let (mut given, mut taken) = members::render(&cx, &cluster);
    if members::cyclic(&cx) {
        std::mem::swap(&mut given, &mut taken);
    }
    let (doors, drops) = drop::render(&cx, &cluster);
    let mut inside: Vec<Step> = Vec::new();
    match at {
        MemberPlace::Before => {
            widen.extend(given);
            widen.extend(entries.gains);
            widen.extend(taken);
        }
        MemberPlace::Inside => {
            widen.extend(entries.gains);
            inside.extend(given);
            inside.extend(taken);
        }
        MemberPlace::After => {
            widen.extend(entries.gains);
            narrow.extend(given);
            narrow.extend(taken);
        }
    }
    narrow.extend(entries.losses);
    narrow.extend(narrower);
    narrow.extend(doors);
    let mut phases = Vec::new();
    phases.extend(phase(PhaseKind::Widen, Place::Cluster, true, widen));
    for (database, changes) in &databases {
        let mut steps = std::mem::take(&mut inside);
        steps.extend(database_steps(&cx, changes));
        for portion in portions::split(cx.version, steps, locks) {
            phases.extend(phase(PhaseKind::Database, Place::Database(database.clone()), true, portion));
        }
    }
    narrow.extend(inside);
    phases.extend(phase(PhaseKind::Narrow, Place::Cluster, true, narrow));
    phases.extend(phase(PhaseKind::Drop, Place::Cluster, false, drops));
    phases
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
