//! Who was granted something on the rows of a table, by the table or by one of its columns.

use crate::words::{kind, operation};
use model::{Access, DatabaseName, Held, Name, Object, Operation, Principal};
use std::collections::{BTreeMap, BTreeSet};

/// What touches rows.
const ROWS: [Operation; 4] = [operation::SELECT, operation::INSERT, operation::UPDATE, operation::DELETE];

/// A table by its database, schema and name.
type Key<'a> = (&'a DatabaseName, &'a Name, &'a Name);

/// Who was granted what on the rows of every table, its owner's own entry left out.
#[derive(Debug, Default)]
pub(crate) struct Readers<'a>(BTreeMap<Key<'a>, BTreeMap<&'a Principal, BTreeSet<&'a Operation>>>);

impl<'a> Readers<'a> {
    /// Reads the entries once.
    pub(crate) fn of(access: &'a Access) -> Self {
        let mut readers = Self::default();
        for (object, acl) in &access.entries {
            let asked = object.kind == kind::TABLE || object.kind == kind::COLUMN;
            let Some(key) = key(object).filter(|_| asked) else { continue };
            let owner = access.owners.get(object);
            for (holder, held) in acl {
                let own =
                    matches!((&holder.to, owner), (Principal::Role(role), Some(owner)) if role == owner);
                let rows = rows(held);
                if !own && !rows.is_empty() {
                    readers.0.entry(key).or_default().entry(&holder.to).or_default().extend(rows);
                }
            }
        }
        readers
    }

    /// Who was granted what on this table's rows.
    pub(crate) fn on<'t>(
        &'t self,
        table: &'t Object,
    ) -> impl Iterator<Item = (&'a Principal, &'t BTreeSet<&'a Operation>)> {
        let holders = key(table).and_then(|key| self.0.get(&key));
        holders.into_iter().flatten().map(|(principal, operations)| (*principal, operations))
    }
}

fn rows(held: &Held) -> Vec<&Operation> {
    held.iter().map(|(operation, _)| operation).filter(|operation| ROWS.contains(operation)).collect()
}

fn key(object: &Object) -> Option<Key<'_>> {
    match object.path.as_slice() {
        [schema, table, ..] => Some((object.database()?, schema, table)),
        _ => None,
    }
}
