//! Entries: who holds what on what. Most are the owner's grants and go in batches; those that others gave by right
//! of a grant option are given and taken as those others, in the rounds in which the server allows it.

use super::batch::{Batch, Cell, Direction, batches, by_option};
use super::chain::{Chain, Link, Round};
use super::context::Context;
use super::{foreign, grant};
use crate::words::kind;
use model::{Acl, Change, Grantor, Held, Object, Operation, Principal, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The steps for a set of entries.
#[derive(Default)]
pub(super) struct EntrySteps {
    /// What gives, the owner's grants before those of others. Those on schemas come first: others need them.
    pub(super) gains: Vec<Step>,
    /// What takes, those of others before the owner's. Those on schemas come last.
    pub(super) losses: Vec<Step>,
}

/// A cell with its grantor and the round in which its turn comes.
pub(super) struct Turn<'a> {
    pub(super) cell: Cell<'a>,
    pub(super) by: &'a Grantor,
    pub(super) round: Round,
    /// What is taken could not be given back in the same name without help.
    pub(super) one_way: bool,
}

/// Renders the changes of entries in one place.
pub(super) fn render(cx: &Context<'_>, changes: &[Change]) -> EntrySteps {
    let mut by_object: BTreeMap<&Arc<Object>, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        if let Change::Entry { on, .. } = change {
            by_object.entry(on).or_default().push(change);
        }
    }
    let (mut gains, mut losses) = (Vec::new(), Vec::new());
    for (on, changes) in by_object {
        turns(cx, on, &changes, &mut gains, &mut losses);
    }
    let mut steps = EntrySteps::default();
    let (others, owners): (Vec<_>, Vec<_>) =
        gains.into_iter().partition(|turn| matches!(turn.by, Grantor::Role(_)));
    let (schemas, inside) = owners.into_iter().map(|turn| turn.cell).partition(on_schema);
    for cells in [schemas, inside] {
        let made = batches(cx, Direction::Gain, &Grantor::Owner, cells).into_iter();
        steps.gains.extend(made.map(|batch| grant::step(cx, Direction::Gain, &Grantor::Owner, batch)));
    }
    steps.gains.extend(foreign::steps(cx, Direction::Gain, others));
    let (others, owners): (Vec<_>, Vec<_>) =
        losses.into_iter().partition(|turn| matches!(turn.by, Grantor::Role(_)));
    steps.losses.extend(foreign::steps(cx, Direction::Lose, others));
    let (schemas, inside): (Vec<_>, Vec<_>) = owners.into_iter().partition(|turn| on_schema(&turn.cell));
    steps.losses.extend(owners_losses(cx, inside));
    steps.losses.extend(owners_losses(cx, schemas));
    steps
}

fn on_schema(cell: &Cell<'_>) -> bool {
    cell.on.kind == kind::SCHEMA
}

/// The turns of one object's changes.
fn turns<'a>(
    cx: &Context<'_>,
    on: &'a Arc<Object>,
    changes: &[&'a Change],
    gains: &mut Vec<Turn<'a>>,
    losses: &mut Vec<Turn<'a>>,
) {
    let order = Order::of(cx, on, changes);
    for change in changes {
        let Change::Entry { to, by, from, into, .. } = change else { continue };
        let acting = match by {
            Grantor::Role(_) => None,
            _ => cx.owner(on).and_then(|owner| super::acting::needs_to_become(&cx.power, owner)),
        };
        let link = (by.clone(), to.clone());
        let push = |turns: &mut Vec<Turn<'a>>, held: &Held, rounds: Option<&Rounds>| {
            for (option, operations) in by_option(held) {
                for ((round, one_way), operations) in by_round(operations, &link, rounds) {
                    let cell = Cell { on, to, option, operations, acting: acting.clone(), change };
                    turns.push(Turn { cell, by, round, one_way });
                }
            }
        };
        push(gains, &into.gained_from(from), order.as_ref().map(|order| &order.gains));
        let lost: Held = into.lost_from(from).into_iter().collect();
        push(losses, &lost, order.as_ref().map(|order| &order.losses));
    }
}

/// The round of each link, and whether it leads one way only.
type Rounds = BTreeMap<Operation, BTreeMap<Link, (Round, bool)>>;

fn by_round(
    operations: Vec<Operation>,
    link: &Link,
    rounds: Option<&Rounds>,
) -> BTreeMap<(Round, bool), Vec<Operation>> {
    let mut turns: BTreeMap<(Round, bool), Vec<Operation>> = BTreeMap::new();
    for operation in operations {
        let round = match rounds {
            Some(rounds) => {
                rounds.get(&operation).and_then(|links| links.get(link)).copied().unwrap_or_default()
            }
            None => (Some(0), false),
        };
        turns.entry(round).or_default().push(operation);
    }
    turns
}

/// In which rounds the links on one object come and go.
struct Order {
    gains: Rounds,
    losses: Rounds,
}

impl Order {
    /// `None` where the owner alone gives.
    fn of(cx: &Context<'_>, on: &Arc<Object>, changes: &[&Change]) -> Option<Self> {
        let standing = cx.standing(on);
        let others = |by: &Grantor| matches!(by, Grantor::Role(_));
        let foreign = standing.keys().any(|holder| others(&holder.by))
            || changes.iter().any(|change| matches!(change, Change::Entry { by, .. } if others(by)));
        if !foreign {
            return None;
        }
        let (mut gains, mut losses): (BTreeMap<_, BTreeMap<_, _>>, BTreeMap<_, BTreeMap<_, _>>) =
            Default::default();
        for change in changes {
            let Change::Entry { to, by, from, into, .. } = change else { continue };
            let link = (by.clone(), to.clone());
            for (operation, option) in into.gained_from(from).iter() {
                gains.entry(operation.clone()).or_default().insert(link.clone(), option);
            }
            for (operation, only) in into.lost_from(from) {
                losses.entry(operation).or_default().insert(link.clone(), only);
            }
        }
        let mut order = Order { gains: Rounds::new(), losses: Rounds::new() };
        let operations: BTreeSet<Operation> = gains.keys().chain(losses.keys()).cloned().collect();
        for operation in operations {
            let mut chain = chain(cx, on, &standing, &operation);
            if let Some(wanted) = gains.remove(&operation) {
                let rounds = chain.give(&wanted).into_iter();
                let rounds = rounds.map(|(link, round)| (link, (round, false))).collect();
                order.gains.insert(operation.clone(), rounds);
            }
            if let Some(unwanted) = losses.remove(&operation) {
                let rounds = chain.take(&unwanted).into_iter();
                let rounds = rounds.map(|(link, round)| {
                    let one_way = chain.is_one_way(&link);
                    (link, (round, one_way))
                });
                order.losses.insert(operation, rounds.collect());
            }
        }
        Some(order)
    }
}

/// The links of one operation as they stand. Who may hand on a table's operation may hand on its columns'.
fn chain(cx: &Context<'_>, on: &Arc<Object>, standing: &Acl, operation: &Operation) -> Chain {
    let table = (on.kind == kind::COLUMN).then(|| cx.table_of(on)).flatten();
    let beside = table.map(|table| cx.meanwhile(&table)).into_iter().flatten();
    let beside = beside.filter(|(_, held)| held.get(operation) == Some(true));
    let beside = beside.filter_map(|(holder, _)| match holder.to {
        Principal::Role(role) => Some(role),
        Principal::Public => None,
    });
    let mut chain = Chain::new(cx.owner(on).cloned(), beside.collect());
    for (holder, held) in standing {
        if let Some(option) = held.get(operation) {
            chain.add((holder.by.clone(), holder.to.clone()), option);
        }
    }
    chain
}

/// What the owner takes. Where others live from what goes and are to keep theirs, the holder is shielded.
fn owners_losses(cx: &Context<'_>, turns: Vec<Turn<'_>>) -> Vec<Step> {
    let (free, leaned_on): (Vec<_>, Vec<_>) = turns.into_iter().partition(|turn| turn.round.is_some());
    let step = |batch: Batch| -> Step {
        let (kept, shields) = columns_kept(cx, &Grantor::Owner, &batch.changes);
        let mut step = grant::step(cx, Direction::Lose, &Grantor::Owner, batch);
        step.statements.extend(kept);
        step.statements = foreign::shielded(cx, shields, step.statements);
        step
    };
    let owner = Grantor::Owner;
    let cells = free.into_iter().map(|turn| turn.cell).collect();
    let mut steps: Vec<Step> = batches(cx, Direction::Lose, &owner, cells).into_iter().map(step).collect();
    for turn in leaned_on {
        let shields: BTreeSet<Principal> = BTreeSet::from([turn.cell.to.clone()]);
        for batch in batches(cx, Direction::Lose, &owner, vec![turn.cell]) {
            let mut step = step(batch);
            step.statements = foreign::shielded(cx, shields.clone(), step.statements);
            steps.push(step);
        }
    }
    steps
}

/// Revoking on a table also clears the same privileges on its columns, where they were given by the same grantor:
/// the statements that give back what is to stay, and the holders from whom others live meanwhile.
pub(super) fn columns_kept(
    cx: &Context<'_>,
    by: &Grantor,
    changes: &[Change],
) -> (Vec<model::Statement>, BTreeSet<Principal>) {
    let mut again: BTreeMap<Arc<Object>, Vec<Cell<'_>>> = BTreeMap::new();
    let mut shields = BTreeSet::new();
    for change in changes {
        let Change::Entry { on, to, from, into, .. } = change else { continue };
        if on.kind != kind::TABLE {
            continue;
        }
        let lost = into.lost_from(from);
        for column in cx.columns_with_entries(on) {
            let holder = model::Holder { to: to.clone(), by: by.clone() };
            let stays = cx.finally(&column, &holder);
            let kept = stays.iter().filter(|(operation, _)| lost.iter().any(|(op, _)| op == *operation));
            let kept: Held = kept.map(|(operation, option)| (operation.clone(), option)).collect();
            let leaned_on = kept.iter().any(|(operation, option)| {
                option && chain(cx, &column, &cx.final_entries(&column), operation).leans_on(to)
            });
            if leaned_on {
                shields.insert(to.clone());
            }
            let acting = match by {
                Grantor::Role(_) => None,
                _ => cx.owner(on).and_then(|owner| super::acting::needs_to_become(&cx.power, owner)),
            };
            let slot = again.entry(column).or_default();
            for (option, operations) in by_option(&kept) {
                slot.push(Cell { on, to, option, operations, acting: acting.clone(), change });
            }
        }
    }
    let mut statements = Vec::new();
    for (column, cells) in &again {
        let cells: Vec<Cell<'_>> = cells.iter().map(|cell| Cell { on: column, ..cell.clone() }).collect();
        let made = batches(cx, Direction::Gain, by, cells).into_iter();
        statements.extend(made.flat_map(|batch| grant::step(cx, Direction::Gain, by, batch).statements));
    }
    (statements, shields)
}
