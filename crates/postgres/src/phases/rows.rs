//! Row security, its policies, and user mappings: only exact copies change these, and roles that go.

use super::context::Context;
use super::{acting, sql};
use crate::quote::identifier;
use model::{
    Change, MappingKey, Name, Object, Part, Policy, PolicyKey, Risk, RoleName, RowSecurity, Secret,
    Statement, Step,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Steps in this order: policies taken away or changed, policies made, switches, mappings.
pub(super) fn render(cx: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    changes.iter().filter_map(|change| one(cx, change)).collect()
}

fn one(cx: &Context<'_>, change: &Change) -> Option<Step> {
    let (statements, reverse, risk) = match change {
        Change::RowSecurity { on, from, to } => {
            let table = sql::name(on);
            (
                switches(&table, *from, *to).into_iter().map(Statement::new).collect(),
                switches(&table, *to, *from),
                row_risk(*from, *to),
            )
        }
        Change::Policy { key, from, to } => {
            let texts = policy(key, from.as_ref(), to.as_ref());
            let owner = acting_owner(cx, &key.on);
            (
                as_owner(cx, owner.as_ref(), texts),
                cx.acting.back_as_role(owner.as_ref(), policy(key, to.as_ref(), from.as_ref())),
                Risk::Sensitive,
            )
        }
        Change::Mapping { key, from, to } => {
            let statements = mapping(key, from.is_some(), to.as_ref());
            // What it held is in no plan, so nothing here could bring it back.
            let risk = if to.is_none() { Risk::Destructive } else { Risk::Sensitive };
            match acting_owner(cx, &key.server) {
                Some(owner) => (cx.acting.as_role(&owner, statements), Vec::new(), risk),
                None => (statements, Vec::new(), risk),
            }
        }
        _ => return None,
    };
    let changes = vec![change.clone()];
    Some(Step { cause: cx.cause(&changes), changes, statements, risk, reverse })
}

/// Only who owns the table changes its policies, and who owns the server its mappings.
fn acting_owner(cx: &Context<'_>, on: &Arc<Object>) -> Option<RoleName> {
    cx.owner(on).and_then(|owner| acting::needs_to_become_to_alter(&cx.power, owner))
}

fn as_owner(cx: &Context<'_>, owner: Option<&RoleName>, texts: Vec<String>) -> Vec<Statement> {
    let statements = texts.into_iter().map(Statement::new).collect();
    match owner {
        Some(owner) => cx.acting.as_role(owner, statements),
        None => statements,
    }
}

fn row_risk(from: RowSecurity, to: RowSecurity) -> Risk {
    if (from.enabled && !to.enabled) || (from.forced && !to.forced) { Risk::Sensitive } else { Risk::Routine }
}

fn switches(table: &str, from: RowSecurity, to: RowSecurity) -> Vec<String> {
    let enabled = (from.enabled != to.enabled).then_some(if to.enabled { "ENABLE" } else { "DISABLE" });
    let forced = (from.forced != to.forced).then_some(if to.forced { "FORCE" } else { "NO FORCE" });
    [enabled, forced]
        .into_iter()
        .flatten()
        .map(|word| format!("ALTER TABLE {table} {word} ROW LEVEL SECURITY"))
        .collect()
}

fn policy(key: &PolicyKey, from: Option<&Policy>, to: Option<&Policy>) -> Vec<String> {
    let name = identifier(key.name.as_str());
    let table = sql::name(&key.on);
    if let (Some(from), Some(to)) = (from, to)
        && *from == (Policy { roles: from.roles.clone(), ..to.clone() })
    {
        return vec![format!("ALTER POLICY {name} ON {table} TO {}", sql::principals(&to.roles))];
    }
    let drop = from.map(|_| format!("DROP POLICY {name} ON {table}"));
    let create = to.map(|policy| {
        let kind = if policy.permissive { "PERMISSIVE" } else { "RESTRICTIVE" };
        let command = policy.command.as_str().to_uppercase();
        let roles = sql::principals(&policy.roles);
        let using = policy.using.as_ref().map(|text| format!(" USING ({text})")).unwrap_or_default();
        let check = policy.check.as_ref().map(|text| format!(" WITH CHECK ({text})")).unwrap_or_default();
        format!("CREATE POLICY {name} ON {table} AS {kind} FOR {command} TO {roles}{using}{check}")
    });
    drop.into_iter().chain(create).collect()
}

fn mapping(key: &MappingKey, existed: bool, to: Option<&BTreeMap<Name, Secret>>) -> Vec<Statement> {
    let of = format!("USER MAPPING FOR {} SERVER {}", sql::principal(&key.to), sql::name(&key.server));
    let drop = existed.then(|| Statement::new(format!("DROP {of}")));
    let create = to.map(|options| {
        let mut parts = vec![Part::Text(format!("CREATE {of}"))];
        for (i, (name, secret)) in options.iter().enumerate() {
            let before = if i == 0 { " OPTIONS (" } else { ", " };
            parts.push(Part::Text(format!("{before}{} ", identifier(name.as_str()))));
            parts.push(Part::Secret(secret.clone()));
        }
        if !options.is_empty() {
            parts.push(Part::Text(")".to_owned()));
        }
        Statement::from_parts(parts)
    });
    drop.into_iter().chain(create).collect()
}
