//! Triggers whose functions are in other hands, and replication slots without a reader.

use super::rows::{self, take};
use crate::words::operation;
use engine::EngineError;
use model::{Bookmark, Fired, Operation, Retained};
use std::collections::BTreeSet;
use tokio_postgres::Row;

/// A routine's number, that of the table, and the trigger but for its table.
pub(super) type Trigger = (u32, Option<u32>, Fired);

/// The bits of what sets off a table's trigger.
const EVENTS: [(i32, Operation); 4] =
    [(4, operation::INSERT), (8, operation::DELETE), (16, operation::UPDATE), (32, operation::TRUNCATE)];

pub(super) fn trigger(row: &Row) -> Result<Trigger, EngineError> {
    let part = "triggers";
    let events: i32 = take(part, row, 4)?;
    let mut by: BTreeSet<Operation> =
        EVENTS.into_iter().filter(|(bit, _)| events & bit != 0).map(|(_, operation)| operation).collect();
    if let Some(event) = take::<Option<&str>>(part, row, 3)? {
        by.insert(Operation::learned(event));
    }
    let fired = Fired { name: rows::name(part, take(part, row, 2)?)?, on: None, by };
    Ok((take(part, row, 0)?, take(part, row, 1)?, fired))
}

pub(super) fn bookmark(row: &Row) -> Result<Bookmark, EngineError> {
    let part = "replication slots";
    let database = take::<Option<&str>>(part, row, 2)?;
    let retained = match (take::<Option<&str>>(part, row, 3)?, take(part, row, 4)?) {
        (Some("lost"), _) => Retained::Lost,
        (Some("extended" | "unreserved"), _) => Retained::Much,
        (_, true) => Retained::Some,
        (_, false) => Retained::Nothing,
    };
    Ok(Bookmark {
        name: take(part, row, 0)?,
        variety: take(part, row, 1)?,
        database: database.map(|name| rows::name(part, name)).transpose()?,
        retained,
        unbounded: take(part, row, 5)?,
        since: take(part, row, 6)?,
        recent: take::<Option<bool>>(part, row, 7)?.unwrap_or(false),
    })
}
