//! Changes of owner. They come before grants: the server rewrites an object's entries with its owner.

use super::context::Context;
use super::{acting, sql};
use crate::quote::identifier;
use crate::words::kind;
use model::{Change, Risk, Statement, Step};

/// One step for each object: each of these waits behind every open reader.
pub(super) fn render(cx: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    changes.iter().filter_map(|change| one(cx, change)).collect()
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
    let changes = vec![change.clone()];
    Some(Step {
        cause: cx.cause(&changes),
        changes,
        statements,
        risk: Risk::Sensitive,
        reverse: vec![format!("{alter} OWNER TO {}", identifier(from.as_str()))],
    })
}
