//! Splits a database's steps into transactions that take no more locks than the server has room for.
//!
//! Measured: on version 18 a GRANT keeps a lock on each table it names until the transaction ends, and a
//! change of owner keeps several on every version; ALL TABLES IN SCHEMA takes four whatever it covers.

use model::{Change, Step};

/// The steps in portions, in order. One portion, wherever there is room.
pub(super) fn split(version: u32, steps: Vec<Step>, room: usize) -> Vec<Vec<Step>> {
    let mut portions = Vec::new();
    let mut portion = Vec::new();
    let mut taken = 0;
    for step in steps {
        let locks = locks(version, &step);
        if taken + locks > room && !portion.is_empty() {
            portions.push(std::mem::take(&mut portion));
            taken = 0;
        }
        taken += locks;
        portion.push(step);
    }
    if !portion.is_empty() {
        portions.push(portion);
    }
    portions
}

/// How many entries of the lock table the step's statements keep, rounded up.
fn locks(version: u32, step: &Step) -> usize {
    let whole =
        step.statements.iter().filter(|statement| statement.to_string().contains(" IN SCHEMA ")).count();
    if whole > 0 {
        return 4 * whole;
    }
    let of = |change: &Change| match change {
        Change::Owner { .. } => 6,
        Change::RowSecurity { .. } | Change::Policy { .. } => 4,
        Change::Entry { .. } if version >= 18 => 1,
        _ => 0,
    };
    step.changes.iter().map(of).sum::<usize>() + 1
}
