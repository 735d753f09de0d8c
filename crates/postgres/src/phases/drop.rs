//! The end of a role: no login, then its sessions ended, then gone. The login goes in the phase before, so
//! that it is committed when sessions are counted.

use super::context::Context;
use crate::quote::{identifier, literal};
use crate::words::attribute;
use model::{Change, Risk, RoleName, Statement, Step, Value};

/// How long to wait for one session to end, in milliseconds.
const PATIENCE: u32 = 10_000;

/// The steps that close the door, and those that end sessions and drop.
pub(super) fn render(cx: &Context<'_>, changes: &[Change]) -> (Vec<Step>, Vec<Step>) {
    let dropped: Vec<&RoleName> = changes
        .iter()
        .filter_map(|change| match change {
            Change::DropRole { role } => Some(role),
            _ => None,
        })
        .collect();
    let doors = dropped.iter().filter(|role| may_log_in(cx, role)).map(|role| {
        let name = identifier(role.as_str());
        let change = Change::Attribute {
            role: (*role).clone(),
            attribute: attribute::LOGIN,
            from: Value::Flag(true),
            to: Value::Flag(false),
        };
        cx.step(Step {
            cause: cx.cause(&[Change::DropRole { role: (*role).clone() }]),
            changes: vec![change],
            statements: vec![Statement::new(format!("ALTER ROLE {name} NOLOGIN"))],
            risk: Risk::Routine,
            reverse: vec![format!("ALTER ROLE {name} LOGIN")],
        })
    });
    (doors.collect(), dropped.iter().map(|role| end(cx, role)).collect())
}

fn may_log_in(cx: &Context<'_>, role: &RoleName) -> bool {
    let has = cx.observed.access.roles.get(role);
    has.is_some_and(|role| role.attributes.get(&attribute::LOGIN) == Some(&Value::Flag(true)))
}

fn end(cx: &Context<'_>, role: &RoleName) -> Step {
    let changes = vec![Change::DropRole { role: role.clone() }];
    let mut statements = Vec::new();
    if may_log_in(cx, role) {
        // By the session's login: after SET ROLE it is still the one that connected.
        statements.push(Statement::new(format!(
            "SELECT pg_catalog.pg_terminate_backend(pid, {PATIENCE}) FROM pg_catalog.pg_stat_activity WHERE usename = {}",
            literal(role.as_str())
        )));
    }
    statements.push(Statement::new(format!("DROP ROLE {}", identifier(role.as_str()))));
    Step { cause: cx.cause(&changes), changes, statements, risk: Risk::Destructive, reverse: Vec::new() }
}
