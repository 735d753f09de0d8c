//! Role-based access control as ANSI INCITS 359 (the NIST standard) defines it: users, roles, permissions, sessions, a
//! hierarchy, and separation of duties, static and dynamic.
//!
//! A role that *inherits* another is its senior, `senior ≽ junior`. Users are *assigned* to roles, and *authorized* for these
//! and for all that they inherit. Every function of the standard is a method of [`Rbac`], under its own name in the language's
//! spelling; a precondition that does not hold is a [`Refusal`] that names who and what stands against it, and changes nothing.
//! [`Facts`] from outside are [loaded](Rbac::load) at once, and all that is wrong with them is told at once.
//!
//! Names are numbers inside. Sets of numbers are compressed bitmaps, and what each role inherits is kept with every change, so
//! that a check of access is a handful of lookups and who is authorized for a role is a union of bitmaps.

mod admin;
mod constraint;
mod few;
mod hierarchy;
mod knots;
mod load;
mod names;
mod permissions;
mod refusal;
mod review;
mod separation;
mod session;
mod violations;

pub use constraint::{Kind, Separation};
pub use load::{Facts, Faults};
pub use permissions::Permission;
pub use refusal::{Holder, Reached, Refusal, Violation};
pub use review::Users;

use constraint::Constraints;
use foldhash::HashMap;
use hierarchy::Hierarchy;
use model::{RoleName, SessionName, UserName};
use names::Names;
use permissions::Permissions;
use roaring::RoaringBitmap;
use session::Session;

/// How roles may inherit one another (INCITS 359, 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// As they like, without a cycle.
    #[default]
    General,
    /// A role has at most one immediate junior.
    Limited,
}

/// A state of the standard's model.
///
/// INVARIANT: no user is authorized for as many roles of a static constraint as its cardinality, except where it was
/// [loaded](Rbac::load) so, and no session has as many of a dynamic one active, counting what they inherit.
#[derive(Debug, Clone, Default)]
pub struct Rbac {
    shape: Shape,
    users: Names<UserName>,
    roles: Names<RoleName>,
    permissions: Permissions,
    /// For each user the roles that it is assigned to, in order.
    assigned: Vec<Vec<u32>>,
    /// For each role its assigned users.
    members: Vec<RoaringBitmap>,
    hierarchy: Hierarchy,
    /// For each role what it holds by itself.
    granted: Vec<RoaringBitmap>,
    sessions: HashMap<SessionName, Session>,
    static_sets: Constraints,
    dynamic_sets: Constraints,
}

impl Rbac {
    /// Nothing yet.
    #[must_use]
    pub fn new(shape: Shape) -> Self {
        Self { shape, ..Self::default() }
    }

    fn user(&self, user: &UserName) -> Result<u32, Refusal> {
        self.users.number(user).ok_or_else(|| Refusal::NoUser(user.clone()))
    }

    fn role(&self, role: &RoleName) -> Result<u32, Refusal> {
        self.roles.number(role).ok_or_else(|| Refusal::NoRole(role.clone()))
    }

    /// Users that are authorized for the role.
    fn authorized(&self, role: u32) -> RoaringBitmap {
        let mut all = RoaringBitmap::new();
        for senior in self.hierarchy.above(role) {
            all |= at(&self.members, senior);
        }
        all
    }
}

/// The set of this number, empty where there is none.
fn at(sets: &[RoaringBitmap], number: u32) -> &RoaringBitmap {
    static NONE: std::sync::LazyLock<RoaringBitmap> = std::sync::LazyLock::new(RoaringBitmap::new);
    sets.get(number as usize).unwrap_or(&NONE)
}

/// Adds to what is in order; false if it is there already.
fn put_in(order: &mut Vec<u32>, number: u32) -> bool {
    match order.binary_search(&number) {
        Ok(_) => false,
        Err(at) => {
            order.insert(at, number);
            true
        }
    }
}

/// Takes out of what is in order; false if it is not there.
fn take_out(order: &mut Vec<u32>, number: u32) -> bool {
    order.binary_search(&number).map(|at| order.remove(at)).is_ok()
}

/// The place of this number, made if it is not there yet.
fn place<T: Default + Clone>(of: &mut Vec<T>, number: u32) -> Option<&mut T> {
    let at = number as usize;
    if of.len() <= at {
        of.resize(at + 1, T::default());
    }
    of.get_mut(at)
}
