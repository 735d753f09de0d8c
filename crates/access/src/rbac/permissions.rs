//! Permissions, and which roles hold each by themselves. Every check of access looks here, and its time goes into memory that is far
//! away: so a permission's names and its roles lie in one place.

use super::few::Few;
use super::{put_in, take_out};
use foldhash::HashMap;
use model::{Object, Operation, Place};
use std::borrow::Borrow;
use std::sync::Arc;

/// An operation on an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission {
    /// What is done.
    pub operation: Operation,
    /// To what; its database is part of it.
    pub object: Arc<Object>,
}

/// All permissions that a role was ever granted.
#[derive(Debug, Clone, Default)]
pub(super) struct Permissions {
    found: HashMap<Row, Held>,
    names: Vec<Permission>,
}

/// A permission's number, and the roles that hold it.
#[derive(Debug, Clone)]
struct Held {
    number: u32,
    by: Few<u32, 5>,
}

impl Permissions {
    /// The roles that hold the permission by themselves, in order.
    pub(super) fn holders(&self, permission: &Permission) -> &[u32] {
        self.found.get(row(permission).as_slice()).map(|held| held.by.borrow()).unwrap_or_default()
    }

    pub(super) fn number(&self, permission: &Permission) -> Option<u32> {
        self.found.get(row(permission).as_slice()).map(|held| held.number)
    }

    pub(super) fn name(&self, number: u32) -> Option<&Permission> {
        self.names.get(number as usize)
    }

    /// The permission's number, after the role has been added to its holders; `None` if there are as many as can be counted.
    pub(super) fn hold(&mut self, permission: &Permission, role: u32) -> Option<u32> {
        let next = u32::try_from(self.names.len()).ok()?;
        let held = self.found.entry(row(permission).into()).or_insert_with(|| {
            self.names.push(permission.clone());
            Held { number: next, by: Vec::new().into() }
        });
        held.by.change(|roles| {
            put_in(roles, role);
        });
        Some(held.number)
    }

    /// Takes the role from the permission's holders.
    pub(super) fn release(&mut self, number: u32, role: u32) {
        if let Some(permission) = self.names.get(number as usize)
            && let Some(held) = self.found.get_mut(row(permission).as_slice())
        {
            held.by.change(|roles| {
                take_out(roles, role);
            });
        }
    }
}

/// All names of a permission in one row of bytes.
type Row = Few<u8, 46>;

/// Each name after its length, so that different permissions have different rows. Only a database's name has a place that may be
/// empty, and no database has an empty name.
fn row(Permission { operation, object }: &Permission) -> Vec<u8> {
    let mut row = Vec::with_capacity(64);
    count(&mut row, object.path.len());
    count(&mut row, object.arguments.as_ref().map_or(0, |all| all.len() + 1));
    let database = match &object.place {
        Place::Cluster => "",
        Place::Database(name) => name.as_str(),
    };
    let names = object.path.iter().chain(object.arguments.iter().flatten()).map(|name| name.as_str());
    for text in [operation.as_str(), object.kind.as_str(), database].into_iter().chain(names) {
        count(&mut row, text.len());
        row.extend_from_slice(text.as_bytes());
    }
    row
}

/// One byte for what fits, and after a byte that says so eight for what does not.
fn count(row: &mut Vec<u8>, number: usize) {
    match u8::try_from(number) {
        Ok(short) if short < u8::MAX => row.push(short),
        _ => {
            row.push(u8::MAX);
            row.extend_from_slice(&number.to_ne_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{DatabaseName, Kind, Name};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Parts that are cut in different places, contain what a row has between them, and are longer than a byte counts.
    fn name() -> impl Strategy<Value = String> {
        prop_oneof![9 => "[a\u{1}]{1,2}", 1 => prop::sample::select(vec![46, 254, 255, 256]).prop_map(|times| "a".repeat(times))]
    }

    fn permission() -> impl Strategy<Value = Permission> {
        let names = || prop::collection::vec(name().prop_map(|name| Name::new(name).unwrap()), 0..3);
        let database = prop::option::of(name().prop_map(|name| DatabaseName::new(name).unwrap()));
        (name(), name(), database, names(), prop::option::of(names())).prop_map(
            |(operation, kind, database, path, arguments)| {
                let place = database.map_or(Place::Cluster, Place::Database);
                let object = Arc::new(Object { place, kind: Kind::learned(kind), path, arguments });
                Permission { operation: Operation::learned(operation), object }
            },
        )
    }

    proptest! {
        #[test]
        fn different_permissions_have_different_rows(all in prop::collection::btree_set(permission(), 40)) {
            let rows: BTreeSet<Vec<u8>> = all.iter().map(row).collect();
            prop_assert_eq!(rows.len(), all.len());
        }

        #[test]
        fn each_permission_has_its_own_holders(granted in prop::collection::vec((permission(), 0_u32..9), 1..40), others in prop::collection::vec(permission(), 20)) {
            let mut all = Permissions::default();
            for (permission, role) in &granted {
                let number = all.hold(permission, *role).unwrap();
                prop_assert_eq!(all.name(number), Some(permission));
            }
            let holders = |asked: &Permission| -> Vec<u32> {
                let roles = granted.iter().filter(|(permission, _)| permission == asked).map(|(_, role)| *role);
                roles.collect::<BTreeSet<_>>().into_iter().collect()
            };
            for asked in granted.iter().map(|(permission, _)| permission).chain(&others) {
                prop_assert_eq!(all.holders(asked), holders(asked));
            }
        }
    }

    #[test]
    fn many_roles_hold_a_permission_and_let_go_of_it() {
        let mut all = Permissions::default();
        let object = Arc::new(Object::new(Place::Cluster, Kind::known("table"), vec![]));
        let permission = Permission { operation: Operation::known("select"), object };
        for role in (0..20).rev() {
            all.hold(&permission, role).unwrap();
        }
        assert_eq!(all.holders(&permission), (0..20).collect::<Vec<_>>());
        for role in 1..19 {
            all.release(0, role);
        }
        assert_eq!(all.holders(&permission), [0, 19]);
    }
}
