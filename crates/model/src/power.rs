//! Power: how one role gets to another, and what an operation needs. An engine supplies both for what was seen; effective
//! access walks them without knowing any engine.

use crate::{Grantor, Object, Operation, Principal, RoleName};
use std::fmt;
use std::sync::Arc;

/// How one step from role to role is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// The privileges of the next role work without doing anything.
    Inherits,
    /// The session may become the next role.
    Becomes,
    /// The next role may be handed out, so also to oneself.
    Administers,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Way::Inherits => "inherits",
            Way::Becomes => "may become",
            Way::Administers => "may grant itself",
        })
    }
}

/// A step from one role to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// Who takes it.
    pub from: RoleName,
    /// How.
    pub way: Way,
    /// Where it leads.
    pub to: RoleName,
}

/// How the roles of a target get to one another, seen from inside one of its databases.
#[derive(Debug, Clone, Default)]
pub struct Powers {
    /// Every role.
    pub roles: Vec<RoleName>,
    /// The steps between them.
    pub edges: Vec<Edge>,
    /// Roles above every check. That is never inherited: it works for who is the role.
    pub above: Vec<RoleName>,
    /// Roles that can begin a session.
    pub logins: Vec<RoleName>,
    /// Roles that may hand out every role that is not above and not in `never_given`. Never inherited either.
    pub give_any: Vec<RoleName>,
    /// Roles that nobody can be given.
    pub never_given: Vec<RoleName>,
    /// Roles that use the privileges of whatever role they are handed, and need not become it.
    pub gathers: Vec<RoleName>,
}

/// An operation on an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission {
    /// The operation.
    pub operation: Operation,
    /// The object.
    pub on: Arc<Object>,
    /// Not only to perform it, but to hand it on.
    pub delegable: bool,
}

impl fmt::Display for Permission {
    /// As a person says it: `update on table sales.orders`, `select on column sales.orders.id`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.operation, self.on)?;
        if self.delegable { f.write_str(" with grant option") } else { Ok(()) }
    }
}

/// Why somebody has what an operation needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// An entry on the object says so.
    Granted {
        /// Who gave it.
        by: Grantor,
    },
    /// The operation is its owner's.
    Owner,
    /// The owner holds nothing now and can grant itself everything.
    OwnerMayGrant,
    /// It may hand on what it holds, also to who needs it here.
    MayHandOn,
    /// The role stands for it on every object, whatever their entries say.
    MasterKey,
}

impl Basis {
    /// True if something has to be granted first.
    #[must_use]
    pub const fn grants_itself(&self) -> bool {
        matches!(self, Basis::OwnerMayGrant | Basis::MayHandOn)
    }
}

/// Somebody who has what an operation needs; who inherits from a role has it too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// Who.
    pub who: Principal,
    /// Why.
    pub basis: Basis,
    /// By which object: the one asked about, its table, its schema.
    pub on: Arc<Object>,
}

/// One thing that an operation needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// What.
    pub permission: Permission,
    /// Any of these has it.
    pub sources: Vec<Source>,
    /// Who has each of these has it too: a table through all of its columns. Empty where there are none.
    pub parts: Vec<Need>,
}

/// Everything that an operation needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// For the session to begin: judged for the role that logs in, before it can become another.
    pub entry: Need,
    /// Who may begin a session elsewhere on the target, and grant the entry from there.
    pub elsewhere: Vec<Source>,
    /// For the operation, the object's own need last. Empty if to begin the session is the operation.
    pub session: Vec<Need>,
    /// True if one role must have all of it at one time. Otherwise a session may prepare as one role and carry out as
    /// another.
    pub together: bool,
}

impl Needs {
    /// What the object itself has to give.
    #[must_use]
    pub fn own(&self) -> &Need {
        self.session.last().unwrap_or(&self.entry)
    }
}
