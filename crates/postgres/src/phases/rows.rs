//! Row security, its policies, and user mappings: only exact copies change these.

use super::context::Context;
use super::sql;
use crate::quote::identifier;
use model::{Change, MappingKey, Name, Part, Policy, PolicyKey, Risk, RowSecurity, Secret, Statement, Step};
use std::collections::BTreeMap;

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
        Change::Policy { key, from, to } => (
            policy(key, from.as_ref(), to.as_ref()).into_iter().map(Statement::new).collect(),
            policy(key, to.as_ref(), from.as_ref()),
            Risk::Sensitive,
        ),
        Change::Mapping { key, from, to } => {
            (mapping(key, from.is_some(), to.as_ref()), Vec::new(), Risk::Sensitive)
        }
        _ => return None,
    };
    let changes = vec![change.clone()];
    Some(Step { cause: cx.cause(&changes), changes, statements, risk, reverse })
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
