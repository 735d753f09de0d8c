//! Why a function of the standard does nothing: the precondition that does not hold, with its witness.

use super::Permission;
use model::{ConstraintName, RoleName, SessionName, UserName};
use std::collections::BTreeSet;
use std::fmt;

/// A precondition that does not hold. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)] // Each variant reads as its message.
pub enum Refusal {
    /// There is such a user already.
    #[error("user {0} exists already")]
    UserExists(UserName),
    /// There is no such user.
    #[error("there is no user {0}")]
    NoUser(UserName),
    /// There is such a role already.
    #[error("role {0} exists already")]
    RoleExists(RoleName),
    /// There is no such role.
    #[error("there is no role {0}")]
    NoRole(RoleName),
    /// The user is assigned to the role already.
    #[error("{user} is assigned to {role} already")]
    Assigned { user: UserName, role: RoleName },
    /// The user is not assigned to the role; it may be authorized for it by another one.
    #[error("{user} is not assigned to {role}")]
    NotAssigned { user: UserName, role: RoleName },
    /// The role does not hold the permission by itself; it may inherit it.
    #[error("{role} does not hold {} on {} by itself", permission.operation, permission.object)]
    NotGranted { role: RoleName, permission: Permission },
    /// There is such a session already.
    #[error("session {0} exists already")]
    SessionExists(SessionName),
    /// There is no such session.
    #[error("there is no session {0}")]
    NoSession(SessionName),
    /// The session is somebody else's.
    #[error("session {session} is {owner}'s, not {user}'s")]
    NotOwner { session: SessionName, owner: UserName, user: UserName },
    /// The user is not authorized for the role.
    #[error("{user} is not authorized for {role}")]
    NotAuthorized { user: UserName, role: RoleName },
    /// The role is active in the session already.
    #[error("{role} is active in session {session} already")]
    Active { session: SessionName, role: RoleName },
    /// The role is not active in the session.
    #[error("{role} is not active in session {session}")]
    NotActive { session: SessionName, role: RoleName },
    /// The one is an immediate senior of the other already.
    #[error("{senior} inherits {junior} already")]
    Inherits { senior: RoleName, junior: RoleName },
    /// The one is no immediate senior of the other; it may inherit it by a third.
    #[error("{senior} does not inherit {junior} immediately")]
    NotImmediate { senior: RoleName, junior: RoleName },
    /// The junior inherits the senior already, by this way.
    #[error("that would close a circle: {}", Way(.0))]
    Cycle(Vec<RoleName>),
    /// In facts from outside these roles inherit one another, for one by this way from a role back to itself.
    #[error("{}: {}", tangled(.among, .circle), Way(.circle))]
    Circle { circle: Vec<RoleName>, among: BTreeSet<RoleName> },
    /// In a limited hierarchy a role has one immediate junior.
    #[error(
        "{senior} inherits {junior} already, and has no more than one immediate junior in a limited hierarchy"
    )]
    Limited { senior: RoleName, junior: RoleName },
    /// There is such a constraint already.
    #[error("constraint {0} exists already")]
    ConstraintExists(ConstraintName),
    /// There is no such constraint.
    #[error("there is no constraint {0}")]
    NoConstraint(ConstraintName),
    /// A cardinality lies between 2 and the number of the set's roles.
    #[error(
        "cardinality {cardinality} does not lie between 2 and the number of roles of constraint {constraint}, which is {roles}"
    )]
    Cardinality { constraint: ConstraintName, cardinality: u32, roles: u64 },
    /// The role is in the set already.
    #[error("{role} is in constraint {constraint} already")]
    InSet { constraint: ConstraintName, role: RoleName },
    /// The role is not in the set.
    #[error("{role} is not in constraint {constraint}")]
    NotInSet { constraint: ConstraintName, role: RoleName },
    /// Without the role the set would have fewer roles than its cardinality.
    #[error(
        "without {role} constraint {constraint} would have fewer roles than its cardinality {cardinality}"
    )]
    TooFew { constraint: ConstraintName, role: RoleName, cardinality: u32 },
    /// A separation of duties would not hold.
    #[error(transparent)]
    Separation(Box<Violation>),
    /// There are as many names of a kind as can be counted.
    #[error("there are more than four thousand million names of one kind")]
    Full,
}

/// Whom a violation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A user, who would be authorized for too many roles.
    User(UserName),
    /// A session, which would have too many active.
    Session(SessionName),
}

/// A role of a constraint, and by which way it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// From the role that is assigned or active down to the constraint's.
    pub path: Vec<RoleName>,
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_slice() {
            [] => Ok(()),
            [role] => write!(f, "{role}"),
            [.., role] => write!(f, "{role} (by {})", Way(&self.path)),
        }
    }
}

/// Whom a constraint forbids what.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} too many of what constraint {constraint} keeps apart: {}; fewer than {cardinality} are allowed", told(.holder, *.stands), list(.roles))]
pub struct Violation {
    /// Which one.
    pub constraint: ConstraintName,
    /// So many are too many.
    pub cardinality: u32,
    /// Whom it is about.
    pub holder: Holder,
    /// True if it is so; false if it would be so after what is asked.
    pub stands: bool,
    /// As many of the constraint's roles as there are, each with its way.
    pub roles: Vec<Reached>,
}

struct Way<'a>(&'a [RoleName]);

impl fmt::Display for Way<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&shortened(&told, " → "))
    }
}

impl From<Violation> for Refusal {
    fn from(violation: Violation) -> Self {
        Self::Separation(Box::new(violation))
    }
}

fn told(holder: &Holder, stands: bool) -> String {
    let has = if stands { "has" } else { "would have" };
    match holder {
        Holder::User(user) => format!("{user} {has}"),
        Holder::Session(session) => format!("session {session} {has} active"),
    }
}

fn list(roles: &[Reached]) -> String {
    shortened(&roles.iter().map(ToString::to_string).collect::<Vec<_>>(), ", ")
}

fn tangled(among: &BTreeSet<RoleName>, circle: &[RoleName]) -> String {
    match among.len() {
        1 => "a role inherits itself".to_owned(),
        all if all < circle.len() => "roles inherit one another in a circle".to_owned(),
        all => format!("{all} roles inherit one another in circles, one of them"),
    }
}

/// All of them, or where they are too many to be read the first and the last.
fn shortened(all: &[String], between: &str) -> String {
    const MOST: usize = 12;
    const EACH: usize = 4;
    match (all.first_chunk::<EACH>(), all.last_chunk::<EACH>()) {
        (Some(first), Some(last)) if all.len() > MOST => {
            let more = format!("({} more)", all.len() - 2 * EACH);
            [first.join(between), more, last.join(between)].join(between)
        }
        _ => all.join(between),
    }
}
