//! The end of a role: no login, then its sessions ended, then all else, and in the end it is gone. The door is closed before
//! anything else and for good, so that nobody makes anything more in the role's name while the plan runs.

use super::context::Context;
use crate::quote::{identifier, literal};
use crate::words::attribute;
use model::{Change, Note, Observed, Risk, RoleName, Statement, Step, Value};

/// How long to wait for one session to end, in milliseconds.
const PATIENCE: u32 = 10_000;

/// The steps that close the door, each committed by itself: a session is ended when no other can follow it.
pub(super) fn close(cx: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let close = |role: &RoleName| -> Vec<Step> {
        let may_log_in = may_log_in(cx, role);
        let under_way = cx.observed.under_way.get(role).is_some_and(|under_way| under_way.sessions > 0);
        let lock = may_log_in.then(|| lock(cx, role));
        lock.into_iter().chain((may_log_in || under_way).then(|| end_sessions(cx, role))).collect()
    };
    dropped(changes).flat_map(close).collect()
}

/// The steps that drop.
pub(super) fn render(cx: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let drop = |role: &RoleName| {
        let changes = vec![Change::DropRole { role: role.clone() }];
        let statements = vec![Statement::new(format!("DROP ROLE {}", identifier(role.as_str())))];
        Step { cause: cx.cause(&changes), changes, statements, risk: Risk::Destructive, reverse: Vec::new() }
    };
    dropped(changes).map(drop).collect()
}

/// How many sessions the plan would end, for each role that goes and has some at the moment.
pub(super) fn notes(changes: &[Change], observed: &Observed) -> Vec<Note> {
    let note = |role: &RoleName| {
        let what = match observed.under_way.get(role)?.sessions {
            0 => return None,
            1 => "1 session has logged in as it, and is ended".to_owned(),
            several => format!("{several} sessions have logged in as it, and are ended"),
        };
        Some(Note { about: role.to_string(), what })
    };
    dropped(changes).filter_map(note).collect()
}

fn dropped(changes: &[Change]) -> impl Iterator<Item = &RoleName> {
    changes.iter().filter_map(|change| match change {
        Change::DropRole { role } => Some(role),
        _ => None,
    })
}

fn may_log_in(cx: &Context<'_>, role: &RoleName) -> bool {
    let has = cx.observed.access.roles.get(role);
    has.is_some_and(|role| role.attributes.get(&attribute::LOGIN) == Some(&Value::Flag(true)))
}

fn lock(cx: &Context<'_>, role: &RoleName) -> Step {
    let name = identifier(role.as_str());
    let changes = vec![Change::Attribute {
        role: role.clone(),
        attribute: attribute::LOGIN,
        from: Value::Flag(true),
        to: Value::Flag(false),
    }];
    Step {
        cause: cx.cause(&changes),
        changes,
        statements: vec![Statement::new(format!("ALTER ROLE {name} NOLOGIN"))],
        risk: Risk::Routine,
        reverse: vec![format!("ALTER ROLE {name} LOGIN")],
    }
}

/// By the sessions' login: after SET ROLE it is still the one that connected.
fn end_sessions(cx: &Context<'_>, role: &RoleName) -> Step {
    let changes = vec![Change::EndSessions { role: role.clone() }];
    let text = format!(
        "SELECT pg_catalog.pg_terminate_backend(pid, {PATIENCE}) FROM pg_catalog.pg_stat_activity WHERE usename = {}",
        literal(role.as_str())
    );
    let statements = vec![Statement::new(text)];
    Step { cause: cx.cause(&changes), changes, statements, risk: Risk::Destructive, reverse: Vec::new() }
}
