//! A batch as text: GRANT, REVOKE, and the way back.

use super::batch::{Batch, Direction, Target, by_option};
use super::context::Context;
use super::sql;
use crate::words::kind;
use model::{Change, Grantor, Held, Holder, Kind, Object, Operation, Principal, Risk, Statement, Step};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The batch as one step. `by` is the grantor of all of it.
pub(super) fn step(cx: &Context<'_>, direction: Direction, by: &Grantor, batch: Batch) -> Step {
    let forth = text(direction, &batch, &batch.target, &batch.to, (batch.option, &batch.operations));
    let mut back = reverse(direction, &batch);
    if direction == Direction::Gain {
        back.extend(columns_again(cx, by, &batch));
    }
    let reverse = cx.acting.back_as_role(batch.acting.as_ref(), back);
    let mut statements = vec![Statement::new(forth)];
    if let Some(role) = &batch.acting {
        statements = cx.acting.as_role(role, statements);
    }
    let risk = match direction {
        Direction::Gain if batch.option || batch.to.contains(&Principal::Public) => Risk::Sensitive,
        Direction::Gain => Risk::Widening,
        Direction::Lose => Risk::Routine,
    };
    let way = (batch.option, batch.operations.as_slice());
    let cause = cx.cause_of_entries(direction, way, &batch.changes);
    Step { changes: batch.changes, statements, cause, risk, reverse }
}

/// The operations of a change, split by what the way back to `from` says of each: with `true` it is about the right
/// to hand on (`GRANT … WITH GRANT OPTION`, `REVOKE GRANT OPTION FOR`), with `false` about the operation itself.
pub(super) fn ways_back(
    direction: Direction,
    operations: &[Operation],
    from: &Held,
) -> Vec<(bool, Vec<Operation>)> {
    let option = |operation: &Operation| match direction {
        Direction::Gain => from.get(operation).is_some(),
        Direction::Lose => from.get(operation) == Some(true),
    };
    let back: Held = operations.iter().map(|operation| (operation.clone(), option(operation))).collect();
    by_option(&back)
}

impl Direction {
    /// The other one.
    pub(super) fn back(self) -> Self {
        match self {
            Direction::Gain => Direction::Lose,
            Direction::Lose => Direction::Gain,
        }
    }
}

type Cells<'a> = Vec<(&'a Arc<Object>, &'a Principal)>;

/// What leads back to what each holder had: one statement where all had the same, else one for each holder.
fn reverse(direction: Direction, batch: &Batch) -> Vec<String> {
    let mut ways: BTreeMap<(bool, Vec<Operation>), Cells<'_>> = BTreeMap::new();
    for change in &batch.changes {
        let Change::Entry { on, to, from, .. } = change else { continue };
        for way in ways_back(direction, &batch.operations, from) {
            ways.entry(way).or_default().push((on, to));
        }
    }
    let touched = Target::These(batch.touched.clone());
    let exact = matches!(&batch.target, Target::AllIn(_))
        && batch.changes.len() == batch.touched.len() * batch.to.len();
    let mut texts = Vec::new();
    for ((option, operations), cells) in &ways {
        let way = (*option, operations.as_slice());
        if cells.len() == batch.changes.len() {
            let target = if exact { &batch.target } else { &touched };
            texts.push(text(direction.back(), batch, target, &batch.to, way));
            continue;
        }
        let mut by_holder: BTreeMap<&Principal, Vec<Arc<Object>>> = BTreeMap::new();
        for (on, to) in cells {
            by_holder.entry(to).or_default().push((*on).clone());
        }
        texts.extend(by_holder.into_iter().map(|(to, objects)| {
            text(direction.back(), batch, &Target::These(objects), std::slice::from_ref(to), way)
        }));
    }
    texts
}

/// Taking a table's privileges back also clears them on its columns: what had been given there, given again.
fn columns_again(cx: &Context<'_>, by: &Grantor, batch: &Batch) -> Vec<String> {
    let tables = batch.changes.iter().filter_map(|change| match change {
        Change::Entry { on, to, .. } if on.kind == kind::TABLE => Some((on, to)),
        _ => None,
    });
    let mut texts = Vec::new();
    for (table, to) in tables {
        for column in cx.columns_with_entries(table) {
            let holder = Holder { to: to.clone(), by: by.clone() };
            let held = cx.standing(&column).get(&holder).cloned().unwrap_or_default();
            let cleared = held.iter().filter(|(operation, _)| batch.operations.contains(operation));
            let cleared: Held = cleared.map(|(operation, option)| (operation.clone(), option)).collect();
            texts.extend(
                by_option(&cleared)
                    .into_iter()
                    .map(|(option, operations)| one_text(Direction::Gain, &column, to, option, &operations)),
            );
        }
    }
    texts
}

/// What leads from one set of privileges to another, on one object for one holder.
pub(super) fn between(on: &Arc<Object>, to: &Principal, from: &Held, into: &Held) -> Vec<String> {
    let lost: Held = into.lost_from(from).into_iter().collect();
    let text = |direction, held: &Held| -> Vec<String> {
        let ways = by_option(held).into_iter();
        ways.map(|(option, operations)| one_text(direction, on, to, option, &operations)).collect()
    };
    [text(Direction::Lose, &lost), text(Direction::Gain, &into.gained_from(from))].concat()
}

fn one_text(
    direction: Direction,
    on_object: &Arc<Object>,
    to: &Principal,
    option: bool,
    operations: &[Operation],
) -> String {
    let target = Target::These(vec![on_object.clone()]);
    written(direction, &on_object.kind, &target, std::slice::from_ref(to), (option, operations))
}

fn text(
    direction: Direction,
    batch: &Batch,
    target: &Target,
    to: &[Principal],
    way: (bool, &[Operation]),
) -> String {
    written(direction, &batch.kind, target, to, way)
}

fn written(
    direction: Direction,
    of: &Kind,
    target: &Target,
    to: &[Principal],
    (option, operations): (bool, &[Operation]),
) -> String {
    let what = match target {
        Target::AllIn(_) => sql::operations(operations),
        Target::These(objects) => sql::privileges(of, operations, objects),
    };
    let on = on(of, target);
    let to = sql::principals(to);
    match (direction, option) {
        (Direction::Gain, false) => format!("GRANT {what} ON {on} TO {to}"),
        (Direction::Gain, true) => format!("GRANT {what} ON {on} TO {to} WITH GRANT OPTION"),
        (Direction::Lose, false) => format!("REVOKE {what} ON {on} FROM {to}"),
        (Direction::Lose, true) => format!("REVOKE GRANT OPTION FOR {what} ON {on} FROM {to}"),
    }
}

fn on(of: &Kind, target: &Target) -> String {
    match target {
        Target::AllIn(schema) => format!("ALL {}S IN SCHEMA {}", sql::grant_word(of), sql::name(schema)),
        Target::These(objects) if *of == kind::COLUMN => {
            format!("TABLE {}", objects.first().map(|column| sql::name(column)).unwrap_or_default())
        }
        Target::These(objects) => {
            let names = objects.iter().map(|object| sql::name(object)).collect::<Vec<_>>().join(", ");
            format!("{} {names}", sql::grant_word(of))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Name, Place, RoleName};

    fn held(all: &[(&str, bool)]) -> Held {
        all.iter().map(|(operation, option)| (Operation::learned(*operation), *option)).collect()
    }

    /// The way back of a change on `sales.a` for each holder: (name, from, into).
    fn back(direction: Direction, option: bool, holders: &[(&str, Held, Held)]) -> Vec<String> {
        let path = ["sales", "a"].map(|part| Name::new(part).unwrap()).to_vec();
        let on = Arc::new(Object::new(
            Place::Database(model::DatabaseName::new("shop").unwrap()),
            kind::TABLE,
            path,
        ));
        let to = |name: &str| Principal::Role(RoleName::new(name).unwrap());
        let change = |(name, from, into): &(&str, Held, Held)| Change::Entry {
            on: on.clone(),
            to: to(name),
            by: Grantor::Owner,
            from: from.clone(),
            into: into.clone(),
        };
        let batch = Batch {
            kind: kind::TABLE,
            target: Target::These(vec![on.clone()]),
            touched: vec![on.clone()],
            option,
            operations: vec![Operation::learned("select")],
            to: holders.iter().map(|(name, ..)| to(name)).collect(),
            acting: None,
            changes: holders.iter().map(change).collect(),
        };
        reverse(direction, &batch)
    }

    #[test]
    fn the_way_back_ends_at_what_was_held() {
        let (none, plain, full) = (held(&[]), held(&[("select", false)]), held(&[("select", true)]));
        let cases = [
            (Direction::Gain, false, &none, &plain, "REVOKE SELECT ON TABLE sales.a FROM r"),
            (Direction::Gain, true, &none, &full, "REVOKE SELECT ON TABLE sales.a FROM r"),
            (Direction::Gain, true, &plain, &full, "REVOKE GRANT OPTION FOR SELECT ON TABLE sales.a FROM r"),
            (Direction::Lose, false, &plain, &none, "GRANT SELECT ON TABLE sales.a TO r"),
            (Direction::Lose, false, &full, &none, "GRANT SELECT ON TABLE sales.a TO r WITH GRANT OPTION"),
            (Direction::Lose, true, &full, &plain, "GRANT SELECT ON TABLE sales.a TO r WITH GRANT OPTION"),
        ];
        for (direction, option, from, into, text) in cases {
            assert_eq!(back(direction, option, &[("r", from.clone(), into.clone())]), [text]);
        }
    }

    #[test]
    fn holders_who_had_different_things_get_different_ways_back() {
        let (none, plain, full) = (held(&[]), held(&[("select", false)]), held(&[("select", true)]));
        assert_eq!(
            back(Direction::Lose, false, &[("a", plain, none.clone()), ("b", full, none)]),
            ["GRANT SELECT ON TABLE sales.a TO a", "GRANT SELECT ON TABLE sales.a TO b WITH GRANT OPTION"]
        );
    }
}
