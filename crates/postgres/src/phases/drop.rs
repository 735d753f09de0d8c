//! The end of a role: no login, then its sessions ended, then all else, and in the end it is gone, or in quarantine. The door
//! is closed before anything else and for good, so that nobody makes anything more in the role's name while the plan runs.

use super::context::Context;
use super::roles;
use crate::quote::{identifier, literal};
use crate::words::attribute;
use model::{Change, Desired, Note, Observed, Risk, RoleName, Statement, Step, Value};
use std::collections::BTreeSet;

/// How long to wait for one session to end, in milliseconds.
const PATIENCE: u32 = 10_000;

/// The steps that close the door, each committed by itself: a session is ended when no other can follow it.
pub(super) fn close(cx: &Context<'_>, changes: &[Change]) -> Vec<Step> {
    let close = |role: &RoleName| -> Vec<Step> {
        let may_log_in = may_log_in(cx, role);
        let under_way = has_sessions(cx.observed, role);
        let shut: Vec<&Change> = changes.iter().filter(|change| shuts(cx, change, role)).collect();
        let lock = match shut.as_slice() {
            [] => may_log_in.then(|| lock(cx, role)),
            shut => Some(roles::step(cx, shut)),
        };
        lock.into_iter().chain((may_log_in || under_way).then(|| end_sessions(cx, role))).collect()
    };
    leaving(changes, cx.desired).into_iter().flat_map(close).collect()
}

/// True of a change that closing the door makes already.
pub(super) fn closes(cx: &Context<'_>, change: &Change) -> bool {
    cx.desired.quarantined.keys().any(|role| shuts(cx, change, role))
}

/// True of what shuts off this role, which is to go and stays in quarantine: whatever comes later may have to wait.
fn shuts(cx: &Context<'_>, change: &Change, of: &RoleName) -> bool {
    matches!(change, Change::Attribute { role, .. } | Change::Password { role, .. } if role == of)
        && cx.desired.quarantined.contains_key(of)
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

/// How many sessions the plan would end, for each role that goes and has some at the moment; and what a role keeps that stays.
pub(super) fn notes(changes: &[Change], desired: &Desired, observed: &Observed) -> Vec<Note> {
    let mut notes: Vec<Note> =
        desired.quarantined.keys().filter_map(|role| keeps(role, desired, observed)).collect();
    let note = |role: &RoleName| {
        let what = match observed.under_way.get(role)?.sessions {
            0 => return None,
            1 => "1 session has logged in as it, and is ended".to_owned(),
            several => format!("{several} sessions have logged in as it, and are ended"),
        };
        Some(Note { about: role.to_string(), what })
    };
    notes.extend(leaving(changes, desired).into_iter().filter_map(note));
    notes
}

/// Attributes that this executor may not take, of a role as which nobody can log in any more.
fn keeps(role: &RoleName, desired: &Desired, observed: &Observed) -> Option<Note> {
    let (has, wanted) = (observed.access.roles.get(role)?, desired.access.roles.get(role)?);
    let left = has.attributes.iter().filter(|(word, value)| {
        **value == Value::Flag(true) && **word != attribute::INHERIT && !wanted.attributes.contains_key(*word)
    });
    let left: Vec<String> = left.map(|(word, _)| word.to_string()).collect();
    (!left.is_empty()).then(|| Note {
        about: role.to_string(),
        what: format!(
            "keeps {}, which only a superuser takes from it or who has that as well; nobody can log in as it",
            left.join(", ")
        ),
    })
}

/// True if somebody has logged in as the role and is still there.
pub(super) fn has_sessions(observed: &Observed, role: &RoleName) -> bool {
    observed.under_way.get(role).is_some_and(|under_way| under_way.sessions > 0)
}

/// The roles that go, and those that are to go and stay in quarantine.
fn leaving<'a>(changes: &'a [Change], desired: &'a Desired) -> BTreeSet<&'a RoleName> {
    dropped(changes).chain(desired.quarantined.keys()).collect()
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
