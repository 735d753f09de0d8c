//! Entries that others than the owner gave, by right of a grant option. The server lets nobody name another
//! grantor on an object: whoever grants has to be the grantor (PostgreSQL documentation, GRANT, "GRANTED BY").

use super::batch::{Cell, Direction, batches, by_option};
use super::context::Context;
use super::{grant, sql};
use crate::words::kind;
use model::{Acl, Change, Grantor, Held, Holder, Object, Principal, Risk, RoleName, Statement, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The steps that give, nearest to the owner first, and those that take, farthest first.
pub(super) fn steps(cx: &Context<'_>, changes: &[&Change]) -> (Vec<Step>, Vec<Step>) {
    let mut gains: BTreeMap<(usize, RoleName), Vec<Cell<'_>>> = BTreeMap::new();
    let mut losses: BTreeMap<(usize, RoleName), Vec<Cell<'_>>> = BTreeMap::new();
    for change in changes {
        let Change::Entry { on, to, by: Grantor::Role(grantor), from, into } = change else { continue };
        let key = (cx.depth(on, &Grantor::Role(grantor.clone())), grantor.clone());
        let cell = |(option, operations)| Cell { on, to, option, operations, acting: None, change };
        let gained = by_option(&into.gained_from(from)).into_iter().map(cell);
        gains.entry(key.clone()).or_default().extend(gained);
        let lost: Held = into.lost_from(from).into_iter().collect();
        losses.entry(key).or_default().extend(by_option(&lost).into_iter().map(cell));
    }
    let given = gains.into_iter().filter_map(|((_, by), cells)| one(cx, Direction::Gain, &by, cells));
    let taken = losses.into_iter().rev().filter_map(|((_, by), cells)| one(cx, Direction::Lose, &by, cells));
    (given.collect(), taken.collect())
}

/// Everything of one grantor at one depth as one step: becoming the grantor twice costs more than it shows.
fn one(cx: &Context<'_>, direction: Direction, by: &RoleName, cells: Vec<Cell<'_>>) -> Option<Step> {
    let schemas: BTreeSet<Arc<Object>> = cells.iter().flat_map(|cell| cx.schemas_named(cell.on)).collect();
    let grantor = Grantor::Role(by.clone());
    let batches = batches(cx, direction, &grantor, cells).into_iter();
    let mut made = batches.map(|batch| grant::step(cx, direction, batch));
    let mut step = made.next()?;
    for other in made {
        step.changes.extend(other.changes);
        step.statements.extend(other.statements);
        step.reverse.extend(other.reverse);
        step.risk = step.risk.max(other.risk);
    }
    step.statements = as_grantor(cx, by, &schemas, step.statements);
    Some(step)
}

/// Becomes the grantor, who must be able to name what lies in a schema: where no entry lets it, it may for
/// these few statements.
fn as_grantor(
    cx: &Context<'_>,
    by: &RoleName,
    schemas: &BTreeSet<Arc<Object>>,
    statements: Vec<Statement>,
) -> Vec<Statement> {
    if !cx.power.superuser && cx.power.acts_as == *by {
        return statements;
    }
    let to = sql::principal(&Principal::Role(by.clone()));
    let blind: Vec<String> =
        schemas.iter().filter(|s| !cx.sees_schema(s, by)).map(|s| sql::name(s)).collect();
    let usage = |verb: &str, word: &str| {
        let text = format!("{verb} USAGE ON SCHEMA {} {word} {to}", blind.join(", "));
        (!blind.is_empty()).then(|| Statement::new(text))
    };
    let lent = usage("GRANT", "TO");
    let back = usage("REVOKE", "FROM");
    lent.into_iter().chain(cx.acting.as_role(by, statements)).chain(back).collect()
}

/// Takes a chain of grant options down from the owner and builds the object's entries up as they are to be.
pub(super) fn rebuild(cx: &Context<'_>, on: &Arc<Object>, changes: &[Change]) -> Step {
    let mut statements = Vec::new();
    tear_down(cx, on, &mut statements);
    build_up(cx, on, &mut statements);
    if on.kind == kind::TABLE {
        let mut columns: BTreeSet<Arc<Object>> = BTreeSet::new();
        for entries in [&cx.observed.access.entries, &cx.desired.access.entries] {
            columns
                .extend(crate::realise::columns_with_entries(entries, on).map(|(column, _)| column.clone()));
        }
        for column in columns {
            build_up(cx, &column, &mut statements);
        }
    }
    let changes: Vec<Change> = changes
        .iter()
        .filter(|change| matches!(change, Change::Entry { on: o, .. } if o == on))
        .cloned()
        .collect();
    let gains = changes.iter().any(
        |change| matches!(change, Change::Entry { from, into, .. } if !into.gained_from(from).is_empty()),
    );
    let risk = if gains { Risk::Sensitive } else { Risk::Routine };
    cx.step(Step { cause: cx.cause(&changes), changes, statements, risk, reverse: Vec::new() })
}

fn tear_down(cx: &Context<'_>, on: &Arc<Object>, statements: &mut Vec<Statement>) {
    let standing = cx.standing(on);
    let owner = cx.owner(on).cloned().map(Principal::Role);
    for (holder, held) in standing.iter() {
        let delegable: Vec<_> = held.iter().filter(|(_, option)| *option).map(|(op, _)| op.clone()).collect();
        if holder.by != Grantor::Owner || Some(&holder.to) == owner.as_ref() || delegable.is_empty() {
            continue;
        }
        let what = sql::privileges(&on.kind, &delegable, std::slice::from_ref(on));
        let text = format!(
            "REVOKE GRANT OPTION FOR {what} ON {} {} FROM {} CASCADE",
            sql::grant_word(&on.kind),
            sql::name(on),
            sql::principal(&holder.to)
        );
        statements.push(Statement::new(text));
    }
}

fn build_up(cx: &Context<'_>, on: &Arc<Object>, statements: &mut Vec<Statement>) {
    let standing = cx.standing(on);
    let wanted = cx.final_entries(on);
    let text = |verb: &str, holder: &Holder, option: bool, operations: &[model::Operation]| {
        let what = sql::privileges(&on.kind, operations, std::slice::from_ref(on));
        let (word, name) = (sql::grant_word(&on.kind), sql::name(on));
        let to = sql::principal(&holder.to);
        match (verb, option) {
            ("REVOKE", _) => Statement::new(format!("REVOKE {what} ON {word} {name} FROM {to}")),
            (_, true) => Statement::new(format!("GRANT {what} ON {word} {name} TO {to} WITH GRANT OPTION")),
            (_, false) => Statement::new(format!("GRANT {what} ON {word} {name} TO {to}")),
        }
    };
    for (holder, has) in standing.iter().filter(|(holder, _)| holder.by == Grantor::Owner) {
        let keeps = wanted.get(holder).cloned().unwrap_or_default();
        let lost: Vec<_> =
            has.iter().filter(|(op, _)| keeps.get(op).is_none()).map(|(op, _)| op.clone()).collect();
        if !lost.is_empty() {
            statements.push(text("REVOKE", holder, false, &lost));
        }
    }
    for ((_, holder), held) in by_depth(cx, on, &wanted) {
        let own: Vec<Statement> = by_option(held)
            .into_iter()
            .map(|(option, operations)| text("GRANT", holder, option, &operations))
            .collect();
        match &holder.by {
            Grantor::Role(role) => {
                let schemas = cx.schemas_named(on).into_iter().collect();
                statements.extend(as_grantor(cx, role, &schemas, own));
            }
            _ => statements.extend(own),
        }
    }
}

fn by_depth<'a>(cx: &Context<'_>, on: &Arc<Object>, acl: &'a Acl) -> BTreeMap<(usize, &'a Holder), &'a Held> {
    acl.iter().map(|(holder, held)| ((cx.depth(on, &holder.by), holder), held)).collect()
}
