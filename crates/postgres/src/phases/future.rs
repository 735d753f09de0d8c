//! Default privileges: ALTER DEFAULT PRIVILEGES, holders with the same privileges together.

use super::batch::{Direction, by_option};
use super::context::Context;
use super::{acting, grant, sql};
use crate::quote::identifier;
use model::{Change, FutureKey, FutureScope, Held, Operation, Principal, Risk, Statement, Step};
use std::collections::BTreeMap;

/// The steps that give, and those that take.
pub(super) fn render(cx: &Context<'_>, changes: &[Change]) -> (Vec<Step>, Vec<Step>) {
    type Way<'a> = (&'a FutureKey, bool, Vec<Operation>);
    let mut gains: BTreeMap<Way<'_>, Vec<(&Principal, &Change)>> = BTreeMap::new();
    let mut losses: BTreeMap<Way<'_>, Vec<(&Principal, &Change)>> = BTreeMap::new();
    for change in changes {
        let Change::Future { key, to, from, into } = change else { continue };
        for (option, operations) in by_option(&into.gained_from(from)) {
            gains.entry((key, option, operations)).or_default().push((to, change));
        }
        let lost: Held = into.lost_from(from).into_iter().collect();
        for (option, operations) in by_option(&lost) {
            losses.entry((key, option, operations)).or_default().push((to, change));
        }
    }
    let steps = |side: BTreeMap<Way<'_>, Vec<(&Principal, &Change)>>, direction| -> Vec<Step> {
        side.into_iter()
            .map(|((key, option, operations), cells)| one(cx, direction, key, option, &operations, &cells))
            .collect()
    };
    (steps(gains, Direction::Gain), steps(losses, Direction::Lose))
}

fn one(
    cx: &Context<'_>,
    direction: Direction,
    key: &FutureKey,
    option: bool,
    operations: &[Operation],
    cells: &[(&Principal, &Change)],
) -> Step {
    let to = sql::principals(cells.iter().map(|(to, _)| *to));
    let mut statements = vec![Statement::new(text(key, direction, option, operations, &to))];
    let acting = acting::needs_to_become(&cx.power, &key.creator);
    if let Some(role) = &acting {
        statements = cx.acting.as_role(role, statements);
    }
    let everybody = cells.iter().any(|(to, _)| **to == Principal::Public);
    let risk = match direction {
        Direction::Gain if option || everybody => Risk::Sensitive,
        Direction::Gain => Risk::Widening,
        Direction::Lose => Risk::Routine,
    };
    let changes: Vec<Change> = cells.iter().map(|(_, change)| (*change).clone()).collect();
    Step {
        cause: cx.cause_of_entries(direction, (option, operations), &changes),
        changes,
        statements,
        risk,
        reverse: cx.acting.back_as_role(acting.as_ref(), reverse(direction, key, operations, cells)),
    }
}

/// What leads back to what each holder had.
fn reverse(
    direction: Direction,
    key: &FutureKey,
    operations: &[Operation],
    cells: &[(&Principal, &Change)],
) -> Vec<String> {
    let mut ways: BTreeMap<(bool, Vec<Operation>), Vec<&Principal>> = BTreeMap::new();
    for (to, change) in cells {
        let Change::Future { from, .. } = change else { continue };
        for way in grant::ways_back(direction, operations, from) {
            ways.entry(way).or_default().push(to);
        }
    }
    let back = |((option, operations), to): (&(bool, Vec<Operation>), &Vec<&Principal>)| {
        text(key, direction.back(), *option, operations, &sql::principals(to.iter().copied()))
    };
    ways.iter().map(back).collect()
}

fn text(key: &FutureKey, direction: Direction, option: bool, operations: &[Operation], to: &str) -> String {
    let creator = identifier(key.creator.as_str());
    let within = match &key.scope {
        FutureScope::Replaces(_) => String::new(),
        FutureScope::AddsIn(schema) => format!(" IN SCHEMA {}", sql::name(schema)),
    };
    let what = sql::operations(operations);
    let on = format!("{}S", sql::grant_word(&key.kind));
    let act = match (direction, option) {
        (Direction::Gain, false) => format!("GRANT {what} ON {on} TO {to}"),
        (Direction::Gain, true) => format!("GRANT {what} ON {on} TO {to} WITH GRANT OPTION"),
        (Direction::Lose, false) => format!("REVOKE {what} ON {on} FROM {to}"),
        (Direction::Lose, true) => format!("REVOKE GRANT OPTION FOR {what} ON {on} FROM {to}"),
    };
    format!("ALTER DEFAULT PRIVILEGES FOR ROLE {creator}{within} {act}")
}
