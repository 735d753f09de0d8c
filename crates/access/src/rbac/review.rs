//! Review functions (INCITS 359, 6.1.3 and 6.1.4), with a hierarchy (6.2.1.4): who has what.

use super::names::Names;
use super::{Permission, Rbac, Refusal, at};
use model::{Object, Operation, RoleName, SessionName, UserName};
use roaring::RoaringBitmap;
use std::collections::BTreeSet;

/// Users, which may be many: counted and asked about without listing them.
#[derive(Debug, Clone)]
pub struct Users<'a> {
    numbers: RoaringBitmap,
    names: &'a Names<UserName>,
}

impl<'a> Users<'a> {
    /// How many.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.numbers.len()
    }

    /// True if there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// True if the user is among them.
    #[must_use]
    pub fn contains(&self, user: &UserName) -> bool {
        self.names.number(user).is_some_and(|number| self.numbers.contains(number))
    }

    /// Each of them, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = &'a UserName> {
        self.numbers.iter().filter_map(|number| self.names.name(number))
    }
}

impl Rbac {
    /// AssignedUsers.
    ///
    /// # Errors
    /// If there is no such role.
    pub fn assigned_users(&self, role: &RoleName) -> Result<Users<'_>, Refusal> {
        Ok(self.named(at(&self.members, self.role(role)?).clone()))
    }

    /// AuthorizedUsers: assigned to the role, or to one that inherits it.
    ///
    /// # Errors
    /// If there is no such role.
    pub fn authorized_users(&self, role: &RoleName) -> Result<Users<'_>, Refusal> {
        Ok(self.named(self.authorized(self.role(role)?)))
    }

    /// Users that are authorized for a role which holds the permission.
    #[must_use]
    pub fn who_can(&self, permission: &Permission) -> Users<'_> {
        let mut roles = RoaringBitmap::new();
        for role in self.permissions.holders(permission) {
            roles |= self.hierarchy.above(*role);
        }
        let mut users = RoaringBitmap::new();
        for role in roles {
            users |= at(&self.members, role);
        }
        self.named(users)
    }

    /// AssignedRoles.
    ///
    /// # Errors
    /// If there is no such user.
    pub fn assigned_roles(&self, user: &UserName) -> Result<BTreeSet<RoleName>, Refusal> {
        Ok(self.names_of(self.roles_of(self.user(user)?)).into_iter().collect())
    }

    /// AuthorizedRoles: those that the user is assigned to, and what they inherit.
    ///
    /// # Errors
    /// If there is no such user.
    pub fn authorized_roles(&self, user: &UserName) -> Result<BTreeSet<RoleName>, Refusal> {
        let all = self.hierarchy.all_below(self.roles_of(self.user(user)?).iter().copied());
        Ok(self.role_names(&all))
    }

    /// RolePermissions, what the role inherits included.
    ///
    /// # Errors
    /// If there is no such role.
    pub fn role_permissions(&self, role: &RoleName) -> Result<BTreeSet<Permission>, Refusal> {
        let below = self.hierarchy.below(self.role(role)?);
        Ok(self.permissions_of(below))
    }

    /// UserPermissions: of all roles that the user is authorized for.
    ///
    /// # Errors
    /// If there is no such user.
    pub fn user_permissions(&self, user: &UserName) -> Result<BTreeSet<Permission>, Refusal> {
        let all = self.hierarchy.all_below(self.roles_of(self.user(user)?).iter().copied());
        Ok(self.permissions_of(&all))
    }

    /// SessionRoles: those that are active.
    ///
    /// # Errors
    /// If there is no such session.
    pub fn session_roles(&self, session: &SessionName) -> Result<BTreeSet<RoleName>, Refusal> {
        let session = self.sessions.get(session).ok_or_else(|| Refusal::NoSession(session.clone()))?;
        Ok(self.names_of(&session.active).into_iter().collect())
    }

    /// SessionPermissions: of the active roles and of what they inherit.
    ///
    /// # Errors
    /// If there is no such session.
    pub fn session_permissions(&self, session: &SessionName) -> Result<BTreeSet<Permission>, Refusal> {
        let session = self.sessions.get(session).ok_or_else(|| Refusal::NoSession(session.clone()))?;
        Ok(self.permissions_of(&self.hierarchy.all_below(session.active.iter().copied())))
    }

    /// RoleOperationsOnObject, what the role inherits included.
    ///
    /// # Errors
    /// If there is no such role.
    pub fn role_operations_on_object(
        &self,
        role: &RoleName,
        object: &Object,
    ) -> Result<BTreeSet<Operation>, Refusal> {
        Ok(on(object, self.role_permissions(role)?))
    }

    /// UserOperationsOnObject.
    ///
    /// # Errors
    /// If there is no such user.
    pub fn user_operations_on_object(
        &self,
        user: &UserName,
        object: &Object,
    ) -> Result<BTreeSet<Operation>, Refusal> {
        Ok(on(object, self.user_permissions(user)?))
    }

    /// The immediate juniors of a role.
    ///
    /// # Errors
    /// If there is no such role.
    pub fn juniors(&self, role: &RoleName) -> Result<BTreeSet<RoleName>, Refusal> {
        Ok(self.role_names(self.hierarchy.juniors(self.role(role)?)))
    }

    /// How many users and roles there are.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.users.len(), self.roles.len())
    }

    fn named(&self, numbers: RoaringBitmap) -> Users<'_> {
        Users { numbers, names: &self.users }
    }

    fn role_names(&self, roles: &RoaringBitmap) -> BTreeSet<RoleName> {
        roles.iter().filter_map(|role| self.roles.name(role).cloned()).collect()
    }

    fn permissions_of(&self, roles: &RoaringBitmap) -> BTreeSet<Permission> {
        let mut all = RoaringBitmap::new();
        for role in roles {
            all |= at(&self.granted, role);
        }
        all.iter().filter_map(|permission| self.permissions.name(permission).cloned()).collect()
    }
}

fn on(object: &Object, permissions: BTreeSet<Permission>) -> BTreeSet<Operation> {
    permissions
        .into_iter()
        .filter(|permission| *permission.object == *object)
        .map(|permission| permission.operation)
        .collect()
}
