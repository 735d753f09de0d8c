//! Changes of owner. They come before grants: the server rewrites an object's entries with its owner.

use super::context::Context;
use super::{acting, grant, sql};
use crate::ownership;
use crate::quote::identifier;
use crate::words::kind;
use model::{Acl, Change, Grantor, Held, Holder, Object, Operation, Risk, RoleName, Statement, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One step for each object: each of these waits behind every open reader. Extensions come last: they only change hands with
/// all that is left of what their owner has.
pub(super) fn render(cx: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let extension =
        |change: &&Change| matches!(change, Change::Owner { on, .. } if on.kind == kind::EXTENSION);
    let (last, first): (Vec<&Change>, Vec<&Change>) = changes.iter().partition(extension);
    first.into_iter().filter_map(|change| one(cx, change)).chain(extensions(cx, &last)).collect()
}

/// The server has no statement for the owner of a single extension.
fn extensions(cx: &Context<'_>, changes: &[&Change]) -> Vec<Step> {
    let mut hands: BTreeMap<(&RoleName, &RoleName), Vec<Change>> = BTreeMap::new();
    for change in changes {
        if let Change::Owner { from, to, .. } = change {
            hands.entry((from, to)).or_default().push((*change).clone());
        }
    }
    let step = |((from, to), changes): ((&RoleName, &RoleName), Vec<Change>)| {
        let (from, to) = (identifier(from.as_str()), identifier(to.as_str()));
        let statements = vec![Statement::new(format!("REASSIGN OWNED BY {from} TO {to}"))];
        Step { cause: cx.cause(&changes), changes, statements, risk: Risk::Sensitive, reverse: Vec::new() }
    };
    hands.into_iter().map(step).collect()
}

fn one(cx: &Context<'_>, change: &Change) -> Option<Step> {
    let Change::Owner { on, from, to } = change else { return None };
    let follows = cx.observed.catalogue.objects.get(on).is_some_and(|existing| existing.follows_table);
    if follows || on.kind == kind::COLUMN || on.kind == kind::PARAMETER {
        return None;
    }
    let alter = sql::alter(on, &cx.observed.catalogue);
    let mut statements = vec![Statement::new(format!("{alter} OWNER TO {}", identifier(to.as_str())))];
    if let Some(role) = acting::needs_to_become_to_alter(&cx.power, from) {
        statements = cx.acting.as_role(&role, statements);
    }
    let back = back(cx, on, (from, to), format!("{alter} OWNER TO {}", identifier(from.as_str())));
    let changes = vec![change.clone()];
    Some(Step { cause: cx.cause(&changes), changes, statements, risk: Risk::Sensitive, reverse: back })
}

/// The way back. The server joins the new owner's entries with the old one's, so what cannot be told apart afterwards
/// is said.
fn back(
    cx: &Context<'_>,
    on: &Arc<Object>,
    (from, to): (&RoleName, &RoleName),
    alter: String,
) -> Vec<String> {
    let become_it = acting::needs_to_become_to_alter(&cx.power, to);
    let mut texts = cx.acting.back_as_role(become_it.as_ref(), vec![alter]);
    let columns = if on.kind == kind::TABLE { cx.columns_with_entries(on) } else { BTreeSet::new() };
    let mut cleared: BTreeSet<(Holder, Operation)> = BTreeSet::new();
    for object in std::iter::once(on).chain(&columns) {
        let before = cx.before(object);
        let joined = ownership::after(&ownership::after(&before, from, to), to, from);
        let before = without_chains(&before, to);
        let holders: BTreeSet<&Holder> = before.keys().chain(joined.keys()).collect();
        let mut holders: Vec<&Holder> = holders.into_iter().collect();
        // The owner's entries first: those of others live from them.
        holders.sort_by_key(|holder| matches!(holder.by, Grantor::Role(_)));
        for holder in holders {
            let held = |acl: &Acl| acl.get(holder).cloned().unwrap_or_default();
            // What is taken on the table goes from its columns as well.
            let stays = |operation: &Operation| !cleared.contains(&(holder.clone(), operation.clone()));
            let stands = held(&joined);
            let stands: Held = stands.iter().filter(|(operation, _)| stays(operation)).map(owned).collect();
            let wanted = held(&before);
            let by = match &holder.by {
                Grantor::Role(role) => Some(role.clone()),
                _ => acting::needs_to_become(&cx.power, from),
            };
            texts.extend(
                cx.acting.back_as_role(by.as_ref(), grant::between(object, &holder.to, &stands, &wanted)),
            );
            if object == on {
                let lost = wanted.lost_from(&stands).into_iter();
                cleared.extend(lost.map(|(operation, _)| (holder.clone(), operation)));
            }
        }
    }
    texts
}

/// What the new owner gave to others stays the owner's on the way back, where more may have grown from it: they hold
/// the same.
fn without_chains(before: &Acl, to: &RoleName) -> Acl {
    let mut left = Acl::new();
    for (holder, held) in before {
        let handed_on = holder.by == Grantor::Role(to.clone()) && held.iter().any(|(_, option)| option);
        let by = if handed_on { Grantor::Owner } else { holder.by.clone() };
        left.entry(Holder { to: holder.to.clone(), by }).or_default().absorb(held);
    }
    left
}

fn owned((operation, option): (&Operation, bool)) -> (Operation, bool) {
    (operation.clone(), option)
}
