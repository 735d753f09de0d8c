//! What is meant: what the model says of one target, as plain data. This crate reads no model; `service` makes this of
//! one that was checked.

use crate::{Exception, Manual, Severity};
use model::{Boundary, Cause, CauseId, Change, Day, Desired, Intent, Left, Problem, RoleName};
use std::collections::{BTreeMap, BTreeSet};

/// What the model says of one target.
#[derive(Debug, Clone, Default)]
pub struct Meant {
    /// The environment.
    pub environment: String,
    /// The target is the environment's only one: whoever is missing here is missing in all of it.
    pub alone: bool,
    /// What is wanted, roles as they are named here.
    pub intent: Intent,
    /// The most that each of its roles may ever hold, where it says so.
    pub boundaries: BTreeMap<RoleName, Boundary>,
    /// Logins that are a person's.
    pub people: BTreeSet<RoleName>,
    /// Roles that exist and are managed elsewhere.
    pub external: BTreeSet<RoleName>,
    /// Memberships that the model gives an end.
    pub temporary: Vec<Temporary>,
    /// The separations of duties and dual controls, each with its line.
    pub duties: BTreeMap<String, Cause>,
    /// Findings about the target that somebody accepts here.
    pub exceptions: Vec<Exception>,
    /// What is to be looked at in the model itself.
    pub remarks: Vec<Remark>,
}

/// A membership with an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Temporary {
    /// Who is given it.
    pub member: RoleName,
    /// What is given.
    pub role: RoleName,
    /// The last day.
    pub until: Day,
    /// It is over: the model wants it no longer.
    pub ended: bool,
    /// The line.
    pub cause: CauseId,
}

/// Something to look at in the model itself, found without any target.
#[derive(Debug, Clone)]
pub struct Remark {
    /// The page of its code.
    pub manual: Manual,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about, as an exception names it; `None` where none can accept it.
    pub about: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What to do; may be empty.
    pub help: String,
    /// What to do says the whole line that accepts it: more than its name has to be said.
    pub says_exception: bool,
    /// Where it stands.
    pub place: Cause,
    /// Who accepts it, if somebody does.
    pub accepted: Option<Exception>,
}

/// The model beside what was seen.
#[derive(Debug, Clone, Copy)]
pub enum Compared<'a> {
    /// The target can be what the model says.
    Differs {
        /// What the model makes of it.
        desired: &'a Desired,
        /// What would change.
        changes: &'a [Change],
        /// What is left alone, counted and listed.
        left: &'a Left,
    },
    /// It cannot, for these reasons.
    Misfits(&'a [Problem]),
}

impl Meant {
    /// The line that says the most about a role: that defines it, or gives the login.
    #[must_use]
    pub fn line_of(&self, role: &RoleName) -> Option<&Cause> {
        let wanted = self.intent.roles.get(role).map(|role| role.cause);
        self.intent.cause(wanted.or_else(|| self.intent.absent.get(role).map(|gone| gone.cause))?)
    }

    /// The line that makes one role a member of another, if one does.
    #[must_use]
    pub fn gives(&self, member: &RoleName, role: &RoleName) -> Option<&Cause> {
        let one = self.intent.members.iter().find(|one| one.member == *member && one.role == *role)?;
        self.intent.cause(one.cause)
    }

    /// The membership with an end that is over, if this is one.
    #[must_use]
    pub fn ended(&self, member: &RoleName, role: &RoleName) -> Option<&Temporary> {
        let wanted = self.intent.members.iter().any(|one| one.member == *member && one.role == *role);
        let ended = |one: &&Temporary| one.ended && one.member == *member && one.role == *role;
        self.temporary.iter().find(ended).filter(|_| !wanted)
    }

    /// True if the model makes the role, takes it away, or says that it is managed elsewhere.
    #[must_use]
    pub fn knows(&self, role: &RoleName) -> bool {
        self.intent.roles.contains_key(role)
            || self.intent.absent.contains_key(role)
            || self.external.contains(role)
    }
}
