//! Access: the ground facts of one target. No wildcard, no NULL, no engine's name; built-in defaults are
//! written out. One type serves for what is desired and for what is observed.

use crate::{Acl, Attribute, DatabaseName, Kind, Name, Object, Operation, RoleName, Secret};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Who holds something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// Everybody, present and future.
    Public,
    /// One role.
    Role(RoleName),
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Principal::Public => f.write_str("PUBLIC"),
            Principal::Role(role) => write!(f, "{role}"),
        }
    }
}

/// Who gave an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grantor {
    /// The object's owner, whoever that is; stays true when the owner changes.
    Owner,
    /// A role that is not the owner and held the grant option. (Of memberships: any role but the cluster's
    /// root, which counts as the owner of every role.)
    Role(RoleName),
    /// The engine does not record grantors.
    Untracked,
}

/// The two ends of an entry: who holds it and who gave it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Holder {
    /// Who holds it.
    pub to: Principal,
    /// Who gave it.
    pub by: Grantor,
}

/// A set of operations, each with or without the right to hand it on. Kept sorted by operation, and shared:
/// thousands of entries hold the same.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Held(Option<Arc<Vec<(Operation, bool)>>>);

impl Held {
    /// Nothing held.
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }

    /// Adds an operation; the right to hand on, once there, stays.
    pub fn insert(&mut self, operation: Operation, delegable: bool) {
        let held = Arc::make_mut(self.0.get_or_insert_default());
        match held.binary_search_by(|(held, _)| held.cmp(&operation)) {
            Ok(at) => {
                if let Some(slot) = held.get_mut(at) {
                    slot.1 |= delegable;
                }
            }
            Err(at) => held.insert(at, (operation, delegable)),
        }
    }

    fn as_slice(&self) -> &[(Operation, bool)] {
        self.0.as_ref().map(|held| held.as_slice()).unwrap_or_default()
    }

    /// `None` if the operation is not held, else whether it may be handed on.
    #[must_use]
    pub fn get(&self, operation: &Operation) -> Option<bool> {
        let held = self.as_slice();
        let at = held.binary_search_by(|(held, _)| held.cmp(operation)).ok()?;
        held.get(at).map(|(_, delegable)| *delegable)
    }

    /// The operations in order, each with whether it may be handed on.
    pub fn iter(&self) -> impl Iterator<Item = (&Operation, bool)> {
        self.as_slice().iter().map(|(operation, delegable)| (operation, *delegable))
    }

    /// True if nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// How many operations are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// True if everything in `other` is held here, the right to hand on included.
    #[must_use]
    pub fn contains(&self, other: &Held) -> bool {
        other.iter().all(|(operation, delegable)| self.get(operation).is_some_and(|mine| mine || !delegable))
    }

    /// Adds everything that `other` holds.
    pub fn absorb(&mut self, other: &Held) {
        for (operation, delegable) in other.iter() {
            self.insert(operation.clone(), delegable);
        }
    }

    /// What must be granted to get from `from` to here: operations that are new, or new with the right to
    /// hand on.
    #[must_use]
    pub fn gained_from(&self, from: &Held) -> Held {
        let new = |(operation, delegable): &(&Operation, bool)| match from.get(operation) {
            None => true,
            Some(before) => *delegable && !before,
        };
        self.iter().filter(new).map(|(operation, delegable)| (operation.clone(), delegable)).collect()
    }

    /// What must be revoked to get from `from` to here: with `true` only the right to hand on goes, with
    /// `false` the operation itself.
    #[must_use]
    pub fn lost_from(&self, from: &Held) -> Vec<(Operation, bool)> {
        let lost = |(operation, delegable): (&Operation, bool)| match self.get(operation) {
            None => Some((operation.clone(), false)),
            Some(now) if delegable && !now => Some((operation.clone(), true)),
            Some(_) => None,
        };
        from.iter().filter_map(lost).collect()
    }
}

impl FromIterator<(Operation, bool)> for Held {
    fn from_iter<T: IntoIterator<Item = (Operation, bool)>>(items: T) -> Self {
        let mut held = Self::none();
        for (operation, delegable) in items {
            held.insert(operation, delegable);
        }
        held
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let star = |(operation, delegable): (&Operation, bool)| {
            format!("{operation}{}", if delegable { "*" } else { "" })
        };
        f.write_str(&self.iter().map(star).collect::<Vec<_>>().join(", "))
    }
}

/// A value of a role's attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// On or off.
    Flag(bool),
    /// A count, such as a connection limit.
    Number(i64),
    /// A text, such as an instant in the engine's full spelling.
    Text(String),
    /// Never set, which is not the same as any text.
    Unset,
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Flag(true) => f.write_str("yes"),
            Value::Flag(false) => f.write_str("no"),
            Value::Number(number) => write!(f, "{number}"),
            Value::Text(text) => f.write_str(text),
            Value::Unset => f.write_str("not set"),
        }
    }
}

/// What is known of a role's stored password verifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verifier {
    /// This session may not read it.
    Unknown,
    /// The role has none and cannot log in with a password.
    None,
    /// It is this.
    Known(Secret),
}

/// A role's own facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Every attribute that the engine has, defaults written out.
    pub attributes: BTreeMap<Attribute, Value>,
    /// The comment stored with the role, letter for letter.
    pub comment: Option<String>,
    /// Its password verifier.
    pub verifier: Verifier,
}

/// Where a setting holds: for a role, in a database, for both, or (neither) for everybody everywhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SettingKey {
    /// The role, or every role.
    pub role: Option<RoleName>,
    /// The database, or every database.
    pub database: Option<DatabaseName>,
    /// The setting's name.
    pub name: Name,
}

/// One membership: engines may keep several between the same two roles, one for each grantor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberKey {
    /// The role that is held.
    pub role: RoleName,
    /// Who is its member.
    pub member: RoleName,
    /// Who made it so.
    pub by: Grantor,
}

/// What a membership gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberPowers {
    /// The member uses the role's privileges without doing anything.
    pub inherit: bool,
    /// The member may become the role.
    pub set: bool,
    /// The member may make others members.
    pub admin: bool,
}

/// What a default privilege does to an object when it is made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FutureScope {
    /// It stands in for the built-in defaults, in the whole database.
    Replaces(DatabaseName),
    /// It adds to them, for objects made inside this container.
    AddsIn(Arc<Object>),
}

impl FutureScope {
    /// The database in which it holds, or `None` for a container outside any database.
    #[must_use]
    pub fn database(&self) -> Option<&DatabaseName> {
        match self {
            FutureScope::Replaces(database) => Some(database),
            FutureScope::AddsIn(container) => container.database(),
        }
    }
}

/// Which default privileges: those of objects of a kind made by a creator.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FutureKey {
    /// The role that makes the objects; its members do not count.
    pub creator: RoleName,
    /// What the entries do, and where.
    pub scope: FutureScope,
    /// The kind of object made.
    pub kind: Kind,
}

/// The entries that a new object starts with, or gets in addition.
pub type Future = BTreeMap<Principal, Held>;

/// Whether rows are filtered by policies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowSecurity {
    /// Policies apply.
    pub enabled: bool,
    /// They apply to the owner as well.
    pub forced: bool,
}

/// Which policy of which table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyKey {
    /// The table.
    pub on: Arc<Object>,
    /// The policy's name.
    pub name: Name,
}

/// A row-security policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Policy {
    /// Rows that any permissive policy admits are visible; a restrictive one must admit each as well.
    pub permissive: bool,
    /// The operation it filters, or `all`.
    pub command: Operation,
    /// Whom it binds.
    pub roles: Vec<Principal>,
    /// Which existing rows are visible, as the engine prints the expression.
    pub using: Option<String>,
    /// Which new rows are accepted.
    pub check: Option<String>,
}

/// Which user mapping: a role's credential on a foreign server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MappingKey {
    /// The foreign server.
    pub server: Arc<Object>,
    /// Whose mapping.
    pub to: Principal,
}

/// Everything that gives power on one target, as ground facts in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// The roles and their own facts.
    pub roles: BTreeMap<RoleName, Role>,
    /// Settings that a session starts with.
    pub settings: BTreeMap<SettingKey, String>,
    /// Who is a member of what.
    pub members: BTreeMap<MemberKey, MemberPowers>,
    /// Who owns what.
    pub owners: BTreeMap<Arc<Object>, RoleName>,
    /// Who holds what on what. An object that is not listed stands at its default.
    pub entries: BTreeMap<Arc<Object>, Acl>,
    /// What new objects start with. A key that is not listed stands at the built-in default.
    pub future: BTreeMap<FutureKey, Future>,
    /// Row security; a table that is not listed has none.
    pub row_security: BTreeMap<Arc<Object>, RowSecurity>,
    /// Row-security policies.
    pub policies: BTreeMap<PolicyKey, Policy>,
    /// User mappings; `None` where this session may not read the options.
    pub mappings: BTreeMap<MappingKey, Option<BTreeMap<Name, Secret>>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPERATIONS: [Operation; 3] =
        [Operation::known("delete"), Operation::known("insert"), Operation::known("select")];

    /// Every set over three operations, each absent, held, or held with the right to hand on.
    fn every() -> Vec<Held> {
        let one = |number: usize, at: u32| match number / 3_usize.pow(at) % 3 {
            0 => None,
            way => Some(way == 2),
        };
        let set = |number| {
            let held =
                (0..).zip(OPERATIONS).filter_map(|(at, operation)| Some((operation, one(number, at)?)));
            held.collect()
        };
        (0..27).map(set).collect()
    }

    #[test]
    fn what_is_gained_and_lost_leads_from_one_set_to_the_other() {
        for from in every() {
            for into in every() {
                let mut reached = Held::none();
                for (operation, delegable) in from.iter() {
                    match into.lost_from(&from).iter().find(|(lost, _)| lost == operation) {
                        None => reached.insert(operation.clone(), delegable),
                        Some((_, true)) => reached.insert(operation.clone(), false),
                        Some((_, false)) => {}
                    }
                }
                reached.absorb(&into.gained_from(&from));
                assert_eq!(reached, into, "from {from:?}");
                assert_eq!(into.contains(&from), into.lost_from(&from).is_empty());
                assert_eq!(from.contains(&into), into.gained_from(&from).is_empty());
            }
        }
    }

    #[test]
    fn nothing_held_is_one_value_however_it_came_about() {
        assert_eq!(Held::none(), std::iter::empty().collect::<Held>());
        assert!(Held::none().is_empty());
    }
}
