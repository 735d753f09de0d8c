//! Puts single differences together into few statements: holders with the same privileges share one, and a
//! whole schema is said at once where that is exact.

use super::context::Context;
use crate::words::kind;
use model::{Change, Grantor, Held, Holder, Kind, Name, Object, Operation, Place, Principal, RoleName};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many objects or holders one statement names at most.
const MOST: usize = 200;

/// Granting or taking away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Gain,
    Lose,
}

/// One holder's difference on one object.
#[derive(Debug, Clone)]
pub(super) struct Cell<'a> {
    pub(super) on: &'a Arc<Object>,
    pub(super) to: &'a Principal,
    /// Of a gain: with the right to hand on. Of a loss: only that right.
    pub(super) option: bool,
    pub(super) operations: Vec<Operation>,
    /// The role to become first.
    pub(super) acting: Option<RoleName>,
    pub(super) change: &'a Change,
}

/// What a statement is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Every object of the kind in the schema.
    AllIn(Arc<Object>),
    /// These.
    These(Vec<Arc<Object>>),
}

/// One statement to be.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) kind: Kind,
    pub(super) target: Target,
    /// What really changes, for the way back.
    pub(super) touched: Vec<Arc<Object>>,
    pub(super) option: bool,
    pub(super) operations: Vec<Operation>,
    pub(super) to: Vec<Principal>,
    pub(super) acting: Option<RoleName>,
    pub(super) changes: Vec<Change>,
}

type Way = (Option<RoleName>, bool, Vec<Operation>);

/// Makes batches of the cells, whose grantor is the same for all: the owner or a role named by the caller.
pub(super) fn batches(
    cx: &Context<'_>,
    direction: Direction,
    by: &Grantor,
    cells: Vec<Cell<'_>>,
) -> Vec<Batch> {
    let (whole, single) = whole_schemas(cx, direction, by, cells);
    let mut batches = whole;
    batches.extend(columns_or_objects(single));
    batches
}

/// Takes out what is the same on every object of a kind in a schema.
fn whole_schemas<'a>(
    cx: &Context<'_>,
    direction: Direction,
    by: &Grantor,
    cells: Vec<Cell<'a>>,
) -> (Vec<Batch>, Vec<Cell<'a>>) {
    let mut by_schema: BTreeMap<(Place, Kind, Name, Way, &Principal), Vec<Cell<'a>>> = BTreeMap::new();
    let mut single = Vec::new();
    for cell in cells {
        let all = [kind::TABLE, kind::SEQUENCE, kind::ROUTINE].contains(&cell.on.kind);
        match cell.on.path.first() {
            Some(schema) if all => {
                let way = (cell.acting.clone(), cell.option, cell.operations.clone());
                let key = (cell.on.place.clone(), cell.on.kind.clone(), schema.clone(), way, cell.to);
                by_schema.entry(key).or_default().push(cell);
            }
            _ => single.push(cell),
        }
    }
    let mut members: BTreeMap<(Place, Kind, Name), Vec<Arc<Object>>> = BTreeMap::new();
    let mut shared: BTreeMap<(Place, Kind, Name, Way), Batch> = BTreeMap::new();
    for ((place, of, schema, way, to), cells) in by_schema {
        let all = members
            .entry((place.clone(), of.clone(), schema.clone()))
            .or_insert_with(|| in_schema(cx, &place, &of, &schema));
        if cells.len() < 2 || system(cx, &cells) || !exact(cx, direction, by, all, &cells, to) {
            single.extend(cells);
            continue;
        }
        let container = Arc::new(Object::new(place.clone(), kind::SCHEMA, vec![schema.clone()]));
        let batch = shared.entry((place, of.clone(), schema, way.clone())).or_insert_with(|| Batch {
            kind: of,
            target: Target::AllIn(container),
            touched: Vec::new(),
            acting: way.0,
            option: way.1,
            operations: way.2,
            to: Vec::new(),
            changes: Vec::new(),
        });
        batch.to.push(to.clone());
        batch.touched = cells.iter().map(|cell| cell.on.clone()).collect();
        batch.changes.extend(cells.into_iter().map(|cell| cell.change.clone()));
    }
    (shared.into_values().collect(), single)
}

fn in_schema(cx: &Context<'_>, place: &Place, of: &Kind, schema: &Name) -> Vec<Arc<Object>> {
    let start = Object::new(place.clone(), of.clone(), vec![schema.clone()]);
    let range = cx
        .observed
        .catalogue
        .objects
        .range::<Object, _>((std::ops::Bound::Included(&start), std::ops::Bound::Unbounded));
    range
        .map(|(object, _)| object)
        .take_while(|object| {
            object.place == *place && object.kind == *of && object.path.first() == Some(schema)
        })
        .cloned()
        .collect()
}

/// True in the engine's own schemas, of which a look does not list everything.
fn system(cx: &Context<'_>, cells: &[Cell<'_>]) -> bool {
    let own =
        |cell: &Cell<'_>| cx.observed.catalogue.objects.get(cell.on).is_none_or(|existing| existing.system);
    cells.iter().any(own)
}

/// True if saying it for the whole schema changes nothing but what is to change.
fn exact(
    cx: &Context<'_>,
    direction: Direction,
    by: &Grantor,
    all: &[Arc<Object>],
    cells: &[Cell<'_>],
    to: &Principal,
) -> bool {
    // More than half: else the check costs more than the statements saved.
    if cells.len() * 2 < all.len() {
        return false;
    }
    let Some(first) = cells.first() else { return false };
    let holder = Holder { to: to.clone(), by: by.clone() };
    let acts = |object: &Arc<Object>| {
        cx.power.superuser
            || cx
                .owner(object)
                .is_some_and(|owner| super::acting::needs_to_become(&cx.power, owner) == first.acting)
    };
    let fits = |object: &Arc<Object>| {
        let held = cx.finally(object, &holder);
        first.operations.iter().all(|operation| match (direction, held.get(operation)) {
            (Direction::Gain, Some(option)) => option || !first.option,
            (Direction::Gain, None) => false,
            (Direction::Lose, Some(option)) => first.option && !option,
            (Direction::Lose, None) => true,
        })
    };
    let columns = |object: &Arc<Object>| {
        direction == Direction::Lose
            && object.kind == kind::TABLE
            && crate::realise::columns_with_entries(&cx.observed.access.entries, object).next().is_some()
    };
    if cells.len() == all.len() {
        return !all.iter().any(columns);
    }
    all.iter().all(|object| acts(object) && fits(object) && !columns(object))
}

/// Groups what is left: first holders by object, then objects by holders; columns of a table share its
/// statement.
fn columns_or_objects(cells: Vec<Cell<'_>>) -> Vec<Batch> {
    let mut by_object: BTreeMap<(&Arc<Object>, Way), Vec<Cell<'_>>> = BTreeMap::new();
    for cell in cells {
        let way = (cell.acting.clone(), cell.option, cell.operations.clone());
        by_object.entry((cell.on, way)).or_default().push(cell);
    }
    type Alike<'a> = (Kind, Option<Vec<Name>>, Way, Vec<&'a Principal>);
    let mut by_holders: BTreeMap<Alike<'_>, Batch> = BTreeMap::new();
    let mut done = Vec::new();
    for ((on, way), cells) in by_object {
        let to: Vec<&Principal> = cells.iter().map(|cell| cell.to).collect();
        let table = (on.kind == kind::COLUMN)
            .then(|| on.path.split_last().map(|(_, table)| table.to_vec()))
            .flatten();
        let key = (on.kind.clone(), table, way.clone(), to.clone());
        let batch = by_holders.entry(key.clone()).or_insert_with(|| Batch {
            kind: on.kind.clone(),
            target: Target::These(Vec::new()),
            touched: Vec::new(),
            acting: way.0,
            option: way.1,
            operations: way.2,
            to: to.into_iter().cloned().collect(),
            changes: Vec::new(),
        });
        batch.touched.push(on.clone());
        batch.changes.extend(cells.into_iter().map(|cell| cell.change.clone()));
        if batch.touched.len() >= MOST
            && let Some(full) = by_holders.remove(&key)
        {
            done.push(full);
        }
    }
    done.extend(by_holders.into_values());
    for batch in &mut done {
        batch.target = Target::These(batch.touched.clone());
    }
    done
}

/// Splits a set into the operations without and with the right to hand on, each a statement of its own.
pub(super) fn by_option(held: &Held) -> Vec<(bool, Vec<Operation>)> {
    let of = |wanted: bool| {
        let operations: Vec<Operation> = held
            .iter()
            .filter(|(_, option)| *option == wanted)
            .map(|(operation, _)| operation.clone())
            .collect();
        (!operations.is_empty()).then_some((wanted, operations))
    };
    [of(false), of(true)].into_iter().flatten().collect()
}
