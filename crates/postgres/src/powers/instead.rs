//! What comes to the same: a row that is deleted and inserted again is an updated one, and a table that is dropped has no rows.

use super::needs::DROP;
use crate::words::{kind, operation as op};
use model::{Kind, Operation};

/// Sets of operations each of which does what the operation does. What an owner may do is not among them: an owner has every
/// privilege, or grants it to itself.
pub(crate) fn instead_of(operation: &Operation, on: &Kind) -> Vec<Vec<Operation>> {
    if ![kind::TABLE, kind::COLUMN].contains(on) {
        return Vec::new();
    }
    match operation.as_str() {
        "update" => vec![vec![op::INSERT, op::DELETE], vec![op::INSERT, op::TRUNCATE]],
        "delete" => vec![vec![op::TRUNCATE], vec![DROP]],
        "truncate" => vec![vec![DROP]],
        _ => Vec::new(),
    }
}
