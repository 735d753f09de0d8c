//! A batch as text: GRANT, REVOKE, and the way back.

use super::batch::{Batch, Direction, Target};
use super::context::Context;
use super::sql;
use crate::words::kind;
use model::{Kind, Principal, Risk, Statement, Step};

/// The batch as one step.
pub(super) fn step(cx: &Context<'_>, direction: Direction, batch: Batch) -> Step {
    let forth = text(direction, &batch, &batch.target);
    let touched = Target::These(batch.touched.clone());
    let exact = matches!(&batch.target, Target::AllIn(_))
        && batch.changes.len() == batch.touched.len() * batch.to.len();
    let back = match direction {
        Direction::Gain => Direction::Lose,
        Direction::Lose => Direction::Gain,
    };
    let reverse = vec![text(back, &batch, if exact { &batch.target } else { &touched })];
    let mut statements = vec![Statement::new(forth)];
    if let Some(role) = &batch.acting {
        statements = cx.acting.as_role(role, statements);
    }
    let risk = match direction {
        Direction::Gain if batch.option || batch.to.contains(&Principal::Public) => Risk::Sensitive,
        Direction::Gain => Risk::Widening,
        Direction::Lose => Risk::Routine,
    };
    let cause = cx.cause(&batch.changes);
    Step { changes: batch.changes, statements, cause, risk, reverse }
}

fn text(direction: Direction, batch: &Batch, target: &Target) -> String {
    let what = match target {
        Target::AllIn(_) => sql::operations(&batch.operations),
        Target::These(objects) => sql::privileges(&batch.kind, &batch.operations, objects),
    };
    let on = on(&batch.kind, target);
    let to = sql::principals(&batch.to);
    match (direction, batch.option) {
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
