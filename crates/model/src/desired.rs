//! The desired state: ground facts that are to hold, and which of the target's facts are ours to judge.

use crate::{
    Access, DatabaseName, FutureKey, Grantor, Holder, MappingKey, MemberKey, Object, PolicyKey, Principal,
    RoleName, SettingKey, Tie,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is to hold on one target.
#[derive(Debug, Clone)]
pub struct Desired {
    /// The facts. Where only a part is claimed, only that part is here.
    pub access: Access,
    /// Which facts are judged.
    pub claims: Claims,
    /// Roles that are to go and that the target does not let go, each with what keeps it: they stay, shut off.
    pub quarantined: BTreeMap<RoleName, BTreeSet<Tie>>,
}

/// Which facts are judged; everything else is reported and never changed.
#[derive(Debug, Clone)]
pub enum Claims {
    /// Every fact: the target is to become an exact copy.
    Everything,
    /// What the model names.
    Named(Box<NamedClaims>),
}

/// What a model claims.
#[derive(Debug, Clone, Default)]
pub struct NamedClaims {
    /// Roles of the model: their attributes, comments and settings, what they are members of, and the
    /// entries they hold.
    pub roles: BTreeSet<RoleName>,
    /// Roles whose comment the model leaves alone.
    pub comments_left: BTreeSet<RoleName>,
    /// Roles whose members are the model's and nobody else.
    pub members_of: BTreeSet<RoleName>,
    /// Objects on which PUBLIC's entries are the model's.
    pub public: BTreeSet<Arc<Object>>,
    /// Roles that are to go. What they say of objects that they would still make is the model's as well.
    pub leaving: BTreeSet<RoleName>,
    /// Databases that the model does not name: only what the roles that are to go have in them is the model's.
    pub beyond: BTreeSet<DatabaseName>,
    /// Memberships of others that a role gave which is to go, and those that take their place.
    pub kept_members: BTreeSet<MemberKey>,
    /// Entries of others that a role gave which is to go, and those that take their place.
    pub kept_entries: BTreeMap<Arc<Object>, BTreeSet<Holder>>,
    /// Default privileges in which PUBLIC's entries are the model's.
    pub public_future: BTreeSet<FutureKey>,
    /// Objects whose owner is the model's.
    pub owned: BTreeSet<Arc<Object>>,
    /// Objects on which the owner's own entry is the model's.
    pub withheld: BTreeSet<Arc<Object>>,
    /// Policies that name a role which is to go.
    pub policies: BTreeSet<PolicyKey>,
    /// Memberships that come with creating a role and that nobody can or should take back.
    pub implicit: BTreeSet<MemberKey>,
}

impl NamedClaims {
    /// Is what this role has there the model's?
    fn reaches(&self, role: &RoleName, database: Option<&DatabaseName>) -> bool {
        self.beyond.is_empty()
            || self.leaving.contains(role)
            || !database.is_some_and(|database| self.beyond.contains(database))
    }
}

impl NamedClaims {
    /// Does this entry stand by a role that is to go, or come in the place of one that does?
    fn keeps(&self, object: &Arc<Object>, to: &Principal, by: &Grantor) -> bool {
        !self.kept_entries.is_empty()
            && self
                .kept_entries
                .get(object)
                .is_some_and(|kept| kept.contains(&Holder { to: to.clone(), by: by.clone() }))
    }
}

impl Claims {
    /// Is this role's own state judged?
    #[must_use]
    pub fn role(&self, role: &RoleName) -> bool {
        match self {
            Claims::Everything => true,
            Claims::Named(named) => named.roles.contains(role),
        }
    }

    /// Is this role's comment judged?
    #[must_use]
    pub fn comment(&self, role: &RoleName) -> bool {
        match self {
            Claims::Everything => true,
            Claims::Named(named) => named.roles.contains(role) && !named.comments_left.contains(role),
        }
    }

    /// Is this setting judged?
    #[must_use]
    pub fn setting(&self, key: &SettingKey) -> bool {
        match self {
            Claims::Everything => true,
            Claims::Named(named) => key.role.as_ref().is_some_and(|role| named.roles.contains(role)),
        }
    }

    /// Is this membership judged?
    #[must_use]
    pub fn member(&self, key: &MemberKey) -> bool {
        match self {
            Claims::Everything => true,
            Claims::Named(named) => {
                ((named.roles.contains(&key.member) || named.members_of.contains(&key.role))
                    && !named.implicit.contains(key))
                    || named.kept_members.contains(key)
            }
        }
    }

    /// Is the ownership of this object judged?
    #[must_use]
    pub fn owner(&self, object: &Arc<Object>) -> bool {
        match self {
            Claims::Everything => true,
            Claims::Named(named) => named.owned.contains(object),
        }
    }

    /// Can anything that this principal holds be judged at all?
    #[must_use]
    pub fn speaks_of(&self, to: &Principal) -> bool {
        match (self, to) {
            (Claims::Everything, _) => true,
            (Claims::Named(named), _) if !named.kept_entries.is_empty() => true,
            (Claims::Named(named), Principal::Public) => !named.public.is_empty(),
            (Claims::Named(named), Principal::Role(role)) => named.roles.contains(role),
        }
    }

    /// Is the entry on this object judged that goes to this principal? `owner` is who owns the object. An
    /// owner's own entry is not, unless the model withholds something on it.
    #[must_use]
    pub fn entry(
        &self,
        object: &Arc<Object>,
        to: &Principal,
        by: &Grantor,
        owner: Option<&RoleName>,
    ) -> bool {
        match (self, to) {
            (Claims::Everything, _) => true,
            (Claims::Named(named), _) if named.keeps(object, to, by) => true,
            (Claims::Named(named), Principal::Public) => named.public.contains(object),
            (Claims::Named(named), Principal::Role(role)) if owner == Some(role) => {
                *by == Grantor::Owner && named.withheld.contains(object)
            }
            (Claims::Named(named), Principal::Role(role)) => {
                named.roles.contains(role) && named.reaches(role, object.database())
            }
        }
    }

    /// Is the entry in these default privileges judged that goes to this principal?
    #[must_use]
    pub fn future(&self, key: &FutureKey, to: &Principal) -> bool {
        match (self, to) {
            (Claims::Everything, _) => true,
            (Claims::Named(named), _) if named.leaving.contains(&key.creator) => true,
            (Claims::Named(named), Principal::Public) => named.public_future.contains(key),
            (Claims::Named(named), Principal::Role(role)) => {
                *role != key.creator
                    && named.roles.contains(role)
                    && named.reaches(role, key.scope.database())
            }
        }
    }

    /// Is this policy judged?
    #[must_use]
    pub fn policy(&self, key: &PolicyKey) -> bool {
        match self {
            Claims::Everything => true,
            Claims::Named(named) => named.policies.contains(key),
        }
    }

    /// Is this user mapping judged?
    #[must_use]
    pub fn mapping(&self, key: &MappingKey) -> bool {
        match (self, &key.to) {
            (Claims::Everything, _) => true,
            (Claims::Named(named), Principal::Role(role)) => named.leaving.contains(role),
            (Claims::Named(_), Principal::Public) => false,
        }
    }

    /// Are facts judged that no role of the model holds: row security, policies and user mappings of others, settings
    /// for everybody?
    #[must_use]
    pub fn everything(&self) -> bool {
        matches!(self, Claims::Everything)
    }
}
