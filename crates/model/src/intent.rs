//! The intent: what the model wants of one cluster in one environment, names resolved, wildcards not yet.

use crate::{
    Attribute, DatabaseName, Day, Kind, MemberPowers, Name, Operation, Pattern, Principal, Review, RoleName,
    Value, Variety,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// Why something is wanted or done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// A line of the model.
    Line {
        /// The file as the user named it.
        file: String,
        /// The line, from 1.
        line: u32,
        /// What stands there, shortened to what matters.
        text: String,
    },
    /// A fact of the target that the model, by claiming it, does not want.
    Observed(String),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Line { file, line, text } => write!(f, "{file}:{line} {text}"),
            Cause::Observed(what) => f.write_str(what),
        }
    }
}

/// A place in [`Intent::causes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CauseId(pub u32);

/// What is wanted of one cluster.
#[derive(Debug, Clone, Default)]
pub struct Intent {
    /// The databases that the model speaks of, by their real names.
    pub databases: BTreeSet<DatabaseName>,
    /// The roles that are to exist.
    pub roles: BTreeMap<RoleName, RoleIntent>,
    /// The roles that are to be gone.
    pub absent: BTreeMap<RoleName, AbsentIntent>,
    /// The memberships.
    pub members: Vec<MemberIntent>,
    /// The grants to roles, and to PUBLIC where the model names it (a grant to PUBLIC may hold nothing:
    /// that claims PUBLIC's entries on what it names).
    pub grants: Vec<GrantIntent>,
    /// Who is to own what.
    pub owns: Vec<OwnerIntent>,
    /// What owners are to hold no longer on their own objects.
    pub withhold: Vec<WithholdIntent>,
    /// The roles that are still to exist and are to be replaced.
    pub deprecated: BTreeMap<RoleName, Deprecated>,
    /// Roles of which nobody may have so many.
    pub separations: Vec<Separation>,
    /// Permissions of which nobody may have so many, and operations that nobody may carry out alone.
    pub guarded: Vec<Guarded>,
    /// The logins that the same people can come to use, by what the model calls these. Only where something is kept apart.
    pub people: BTreeMap<String, BTreeSet<RoleName>>,
    /// What is to go is taken no later than what is new is given, also where somebody misses for a moment what they keep.
    pub taking_first: bool,
    /// What somebody says that routines do.
    pub reviews: Vec<Review>,
    /// The lines that the ids point to.
    pub causes: Arc<Vec<Cause>>,
}

/// Roles of which nobody may have so many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Separation {
    /// Its name.
    pub name: String,
    /// The roles.
    pub roles: BTreeSet<RoleName>,
    /// How many are too many.
    pub cardinality: usize,
    /// Who may have them all the same, because somebody answers for that.
    pub tolerated: BTreeSet<String>,
}

/// Permissions or operations that are kept from people.
#[derive(Debug, Clone)]
pub struct Guarded {
    /// Its name.
    pub name: String,
    /// What is kept from whom.
    pub guarding: Guarding,
    /// Who may have it all the same, because somebody answers for that.
    pub tolerated: BTreeSet<String>,
}

/// What is kept from people.
#[derive(Debug, Clone)]
pub enum Guarding {
    /// Nobody may have so many permissions.
    Apart {
        /// The permissions as the model says them, and what they mean here: nothing where their database is elsewhere.
        permissions: Vec<(String, Vec<GrantIntent>)>,
        /// How many are too many.
        cardinality: usize,
    },
    /// Nobody may carry out these operations without others.
    Alone {
        /// The operations as the model says them.
        operations: Vec<String>,
        /// In which databases.
        databases: BTreeSet<DatabaseName>,
    },
}

/// A role that is in use and is to be replaced: nobody is given it anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deprecated {
    /// The day on which it is to go.
    pub sunset: Option<Day>,
    /// The role to use in its place.
    pub replaced_by: Option<RoleName>,
    /// Who may be given it all the same, because somebody accepts that.
    pub tolerated: BTreeSet<RoleName>,
}

impl Intent {
    /// The cause behind an id.
    #[must_use]
    pub fn cause(&self, id: CauseId) -> Option<&Cause> {
        self.causes.get(usize::try_from(id.0).ok()?)
    }
}

/// A role that is to exist.
#[derive(Debug, Clone)]
pub struct RoleIntent {
    /// Attributes that differ from the least that a role can be.
    pub attributes: BTreeMap<Attribute, Value>,
    /// What is to be stored as the role's comment; `None` where the model leaves the comment alone.
    pub comment: Option<String>,
    /// Settings, everywhere or in one database.
    pub settings: BTreeMap<(Option<DatabaseName>, Name), String>,
    /// Where the password comes from when the role is made or when rotation is asked for.
    pub password: Option<PasswordSource>,
    /// True if the role's members are those of the model and nobody else.
    pub members_exclusive: bool,
    /// The line.
    pub cause: CauseId,
}

/// A role that is to be gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbsentIntent {
    /// Who gets what it owns, in every database of the cluster.
    pub heir: Option<HeirIntent>,
    /// The line.
    pub cause: CauseId,
}

/// Who gets what a role owns that is to be gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeirIntent {
    /// The role.
    pub role: RoleName,
    /// The line.
    pub cause: CauseId,
}

/// Where a password is found; the password itself is in no model and no plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordSource {
    /// An environment variable.
    Environment(String),
    /// A file whose first line it is.
    File(String),
}

/// A membership that is to exist.
#[derive(Debug, Clone)]
pub struct MemberIntent {
    /// The role that is held.
    pub role: RoleName,
    /// Who holds it.
    pub member: RoleName,
    /// What the membership gives.
    pub powers: MemberPowers,
    /// Who is to be its grantor; `None` means that any will do.
    pub granted_by: Option<RoleName>,
    /// The line.
    pub cause: CauseId,
}

/// Objects named by patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedObjects {
    /// The database; `None` for objects of the whole cluster.
    pub database: Option<DatabaseName>,
    /// The kind.
    pub kind: Kind,
    /// The varieties meant; empty means all.
    pub varieties: Vec<Variety>,
    /// Any of these. Shared: the model says it once for all its targets.
    pub names: Arc<[Pattern]>,
    /// But none of these.
    pub except: Vec<Pattern>,
}

/// Which objects a grant reaches in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Those that exist.
    Existing,
    /// Those that these roles will make.
    Future(Vec<RoleName>),
    /// Both.
    Both(Vec<RoleName>),
}

/// A grant.
#[derive(Debug, Clone)]
pub struct GrantIntent {
    /// To whom.
    pub to: Principal,
    /// The operations; the word `all` stands for all that the target's version has for the kind. Empty
    /// only for PUBLIC.
    pub operations: Vec<Operation>,
    /// Only these columns; empty means the whole object.
    pub columns: Vec<Name>,
    /// On what.
    pub on: NamedObjects,
    /// Existing objects, future ones, or both.
    pub reach: Reach,
    /// The holder may hand it on.
    pub delegable: bool,
    /// Who is to be its grantor; `None` means that any will do.
    pub granted_by: Option<RoleName>,
    /// The line.
    pub cause: CauseId,
}

/// An ownership.
#[derive(Debug, Clone)]
pub struct OwnerIntent {
    /// The owner.
    pub owner: RoleName,
    /// Of what.
    pub on: NamedObjects,
    /// The line.
    pub cause: CauseId,
}

/// Operations that an owner is not to hold on its own objects.
#[derive(Debug, Clone)]
pub struct WithholdIntent {
    /// The owner.
    pub owner: RoleName,
    /// The operations taken.
    pub operations: Vec<Operation>,
    /// On what.
    pub on: NamedObjects,
    /// The line.
    pub cause: CauseId,
}
