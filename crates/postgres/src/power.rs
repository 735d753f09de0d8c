//! What the executor may do: the roles whose privileges it has, and the roles that it may become.

use crate::words::{attribute, kind};
use model::{Access, Attribute, Grantor, MemberKey, MemberPowers, Object, Observed, RoleName, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The stable role that executors become where it stands: memberships that a plan gives are its.
pub(crate) const GRANTOR: &str = "rolewright";

/// The role that stands for the owner of whichever database one is in.
pub(crate) const DATABASE_OWNER: &str = "pg_database_owner";

/// Who is a member of what.
pub(crate) type Members = BTreeMap<MemberKey, MemberPowers>;

/// The executor's reach over roles, as observed.
#[derive(Debug)]
pub(crate) struct Power {
    /// Above every check.
    pub(crate) superuser: bool,
    /// The role whose power is used.
    pub(crate) acts_as: RoleName,
    /// Roles whose privileges it has without doing anything, itself included.
    pub(crate) inherits: BTreeSet<RoleName>,
    /// Roles whose privileges its login has when it connects.
    pub(crate) enters_with: BTreeSet<RoleName>,
    /// Roles that it may SET ROLE to, itself included.
    pub(crate) becomes: BTreeSet<RoleName>,
    /// Roles over which it has ADMIN.
    pub(crate) administers: BTreeSet<RoleName>,
    attributes: BTreeMap<Attribute, Value>,
}

impl Power {
    pub(crate) fn of(observed: &Observed) -> Self {
        let executor = &observed.executor;
        let inherits = reach(&observed.access.members, &executor.acts_as, |powers| powers.inherit);
        let enters_with = reach(&observed.access.members, &executor.login, |powers| powers.inherit);
        let becomes = reach(&observed.access.members, &executor.login, |powers| powers.set);
        let administers = observed
            .access
            .members
            .iter()
            .filter(|(key, powers)| powers.admin && inherits.contains(&key.member))
            .map(|(key, _)| key.role.clone())
            .collect();
        let attributes = observed
            .access
            .roles
            .get(&executor.acts_as)
            .map(|role| role.attributes.clone())
            .unwrap_or_default();
        Self {
            superuser: executor.superuser,
            acts_as: executor.acts_as.clone(),
            inherits,
            enters_with,
            becomes,
            administers,
            attributes,
        }
    }

    /// True if the executor's own role has the attribute.
    pub(crate) fn has(&self, attribute: &Attribute) -> bool {
        self.superuser || self.attributes.get(attribute) == Some(&Value::Flag(true))
    }

    /// True if the executor may make and change roles.
    pub(crate) fn creates_roles(&self) -> bool {
        self.has(&attribute::CREATEROLE)
    }

    /// True if it can use the role's privileges, by inheritance or by becoming it.
    pub(crate) fn acts_for(&self, role: &RoleName) -> bool {
        self.superuser || self.inherits.contains(role) || self.becomes.contains(role)
    }

    /// The grantor that the server records for a membership which the executor gives.
    pub(crate) fn membership_grantor(&self, observed: &Observed) -> Grantor {
        let newer = observed.at.version >= 160_000;
        if (newer && self.superuser) || self.acts_as == observed.at.root {
            Grantor::Owner
        } else {
            Grantor::Role(self.acts_as.clone())
        }
    }
}

/// True if the role is a superuser.
pub(crate) fn is_superuser(access: &Access, role: &RoleName) -> bool {
    let facts = access.roles.get(role);
    facts.is_some_and(|facts| facts.attributes.get(&attribute::SUPERUSER) == Some(&Value::Flag(true)))
}

/// Roles that a session of this role's may become, itself included; before 16, those of which it is a member.
pub(crate) fn becomes(observed: &Observed, role: &RoleName) -> BTreeSet<RoleName> {
    let newer = observed.at.version >= 160_000;
    reach(&observed.access.members, role, |powers| powers.set || !newer)
}

/// Roles whose privileges the role has by these memberships where the place is, itself included: a database's owner is a member of
/// `pg_database_owner` in it.
pub(crate) fn inherits(
    members: &Members,
    observed: &Observed,
    role: &RoleName,
    place: &Object,
) -> BTreeSet<RoleName> {
    let mut all = reach(members, role, |powers| powers.inherit);
    let owned = place.database().is_some_and(|database| {
        let mut owners = observed.access.owners.iter();
        owners.any(|(on, owner)| {
            on.kind == kind::DATABASE
                && on.path.first().is_some_and(|name| name.as_str() == database.as_str())
                && all.contains(owner)
        })
    });
    all.extend(owned.then(|| RoleName::new(DATABASE_OWNER).ok()).flatten());
    all
}

fn reach(members: &Members, from: &RoleName, passes: impl Fn(&MemberPowers) -> bool) -> BTreeSet<RoleName> {
    let mut reached = BTreeSet::from([from.clone()]);
    // Most that are asked for are members of nothing, and the memberships are many.
    if !members.keys().any(|key| key.member == *from) {
        return reached;
    }
    let mut edges: BTreeMap<&RoleName, Vec<&RoleName>> = BTreeMap::new();
    for (key, _) in members.iter().filter(|(_, powers)| passes(powers)) {
        edges.entry(&key.member).or_default().push(&key.role);
    }
    let mut waiting = vec![from];
    while let Some(role) = waiting.pop() {
        for next in edges.get(role).into_iter().flatten() {
            if reached.insert((*next).clone()) {
                waiting.push(next);
            }
        }
    }
    reached
}
