//! Administrative functions: users, roles, assignments, permissions, the hierarchy (INCITS 359, 6.1 and 6.2).

use super::{Kind, Permission, Rbac, Refusal, Shape, place, put_in, take_out};
use model::{RoleName, UserName};
use roaring::RoaringBitmap;

impl Rbac {
    /// AddUser.
    ///
    /// # Errors
    /// If there is such a user.
    pub fn add_user(&mut self, user: &UserName) -> Result<(), Refusal> {
        if self.users.number(user).is_some() {
            return Err(Refusal::UserExists(user.clone()));
        }
        let number = self.users.add(user).ok_or(Refusal::Full)?;
        place(&mut self.assigned, number);
        Ok(())
    }

    /// DeleteUser: its assignments go and its sessions end.
    ///
    /// # Errors
    /// If there is no such user.
    pub fn delete_user(&mut self, user: &UserName) -> Result<(), Refusal> {
        let number = self.user(user)?;
        let roles = place(&mut self.assigned, number).map(std::mem::take).unwrap_or_default();
        for role in roles {
            if let Some(members) = place(&mut self.members, role) {
                members.remove(number);
            }
        }
        self.sessions.retain(|_, session| session.owner != number);
        self.users.remove(user);
        Ok(())
    }

    /// AddRole.
    ///
    /// # Errors
    /// If there is such a role.
    pub fn add_role(&mut self, role: &RoleName) -> Result<(), Refusal> {
        if self.roles.number(role).is_some() {
            return Err(Refusal::RoleExists(role.clone()));
        }
        let number = self.roles.add(role).ok_or(Refusal::Full)?;
        place(&mut self.members, number);
        place(&mut self.granted, number);
        self.hierarchy.add(number);
        Ok(())
    }

    /// DeleteRole: its assignments, permissions, edges and activations go; so does its place in constraints.
    ///
    /// # Errors
    /// If there is no such role, or a constraint would have fewer roles than its cardinality.
    pub fn delete_role(&mut self, role: &RoleName) -> Result<(), Refusal> {
        let number = self.role(role)?;
        for kind in [Kind::Static, Kind::Dynamic] {
            self.spares(kind, role, number)?;
        }
        let affected = self.authorized(number);
        self.static_sets.forget(number);
        self.dynamic_sets.forget(number);
        for user in std::mem::take(place(&mut self.members, number).unwrap_or(&mut RoaringBitmap::new())) {
            if let Some(roles) = place(&mut self.assigned, user) {
                take_out(roles, number);
            }
        }
        for permission in
            std::mem::take(place(&mut self.granted, number).unwrap_or(&mut RoaringBitmap::new()))
        {
            self.permissions.release(permission, number);
        }
        self.hierarchy.remove(number);
        self.roles.remove(role);
        self.deactivate_unauthorized(&affected);
        Ok(())
    }

    /// AssignUser.
    ///
    /// # Errors
    /// If there is no such user or role, the user is assigned already, or a static separation of duties would not hold.
    pub fn assign_user(&mut self, user: &UserName, role: &RoleName) -> Result<(), Refusal> {
        let (user_number, role_number) = (self.user(user)?, self.role(role)?);
        let roles = self.roles_of(user_number);
        if roles.binary_search(&role_number).is_ok() {
            return Err(Refusal::Assigned { user: user.clone(), role: role.clone() });
        }
        if let Some(violation) = self.against_assigning(user_number, role_number).next() {
            return Err(violation.into());
        }
        self.assign(user_number, role_number);
        Ok(())
    }

    pub(super) fn assign(&mut self, user: u32, role: u32) {
        if let Some(roles) = place(&mut self.assigned, user) {
            put_in(roles, role);
        }
        if let Some(members) = place(&mut self.members, role) {
            members.insert(user);
        }
    }

    /// DeassignUser: the role, and what only it gave, leaves the user's sessions.
    ///
    /// # Errors
    /// If there is no such user or role, or the user is not assigned.
    pub fn deassign_user(&mut self, user: &UserName, role: &RoleName) -> Result<(), Refusal> {
        let (user_number, role_number) = (self.user(user)?, self.role(role)?);
        let roles = place(&mut self.assigned, user_number).ok_or(Refusal::Full)?;
        if !take_out(roles, role_number) {
            return Err(Refusal::NotAssigned { user: user.clone(), role: role.clone() });
        }
        if let Some(members) = place(&mut self.members, role_number) {
            members.remove(user_number);
        }
        self.deactivate_unauthorized(&RoaringBitmap::from([user_number]));
        Ok(())
    }

    /// GrantPermission. What the role holds already it goes on holding.
    ///
    /// # Errors
    /// If there is no such role.
    pub fn grant_permission(&mut self, permission: &Permission, role: &RoleName) -> Result<(), Refusal> {
        self.grant(permission, self.role(role)?)
    }

    pub(super) fn grant(&mut self, permission: &Permission, role: u32) -> Result<(), Refusal> {
        let number = self.permissions.hold(permission, role).ok_or(Refusal::Full)?;
        if let Some(granted) = place(&mut self.granted, role) {
            granted.insert(number);
        }
        Ok(())
    }

    /// RevokePermission.
    ///
    /// # Errors
    /// If there is no such role, or it does not hold the permission by itself.
    pub fn revoke_permission(&mut self, permission: &Permission, role: &RoleName) -> Result<(), Refusal> {
        let number = self.role(role)?;
        let refusal = || Refusal::NotGranted { role: role.clone(), permission: permission.clone() };
        let held = self.permissions.number(permission).ok_or_else(refusal)?;
        if !place(&mut self.granted, number).is_some_and(|granted| granted.remove(held)) {
            return Err(refusal());
        }
        self.permissions.release(held, number);
        Ok(())
    }

    /// AddInheritance: the senior inherits the junior.
    ///
    /// # Errors
    /// If there is no such role, the edge is there already, it would close a circle, the hierarchy is limited and the senior
    /// has a junior, or a separation of duties would not hold for somebody who is authorized for the senior, or for
    /// a session in which it is active.
    pub fn add_inheritance(&mut self, senior: &RoleName, junior: &RoleName) -> Result<(), Refusal> {
        let (above, below) = (self.role(senior)?, self.role(junior)?);
        if self.hierarchy.juniors(above).contains(below) {
            return Err(Refusal::Inherits { senior: senior.clone(), junior: junior.clone() });
        }
        if let Some(path) = self.hierarchy.path(below, above) {
            return Err(Refusal::Cycle(self.names_of(&path)));
        }
        if self.shape == Shape::Limited
            && let Some(first) = self.hierarchy.juniors(above).min()
        {
            let junior = self.roles.name(first).cloned().unwrap_or_else(|| junior.clone());
            return Err(Refusal::Limited { senior: senior.clone(), junior });
        }
        self.may_inherit(above, below)?;
        self.hierarchy.link(above, below);
        let hierarchy = &self.hierarchy;
        let concerned = self.sessions.values_mut().filter(|session| session.gives(above));
        concerned.for_each(|session| session.close(hierarchy));
        Ok(())
    }

    /// DeleteInheritance: other ways from the senior to the junior stay.
    ///
    /// # Errors
    /// If there is no such role, or the one is no immediate senior of the other.
    pub fn delete_inheritance(&mut self, senior: &RoleName, junior: &RoleName) -> Result<(), Refusal> {
        let (above, below) = (self.role(senior)?, self.role(junior)?);
        if !self.hierarchy.juniors(above).contains(below) {
            return Err(Refusal::NotImmediate { senior: senior.clone(), junior: junior.clone() });
        }
        let affected = self.authorized(above);
        self.hierarchy.unlink(above, below);
        self.deactivate_unauthorized(&affected);
        Ok(())
    }

    /// AddAscendant: a new role that inherits the junior.
    ///
    /// # Errors
    /// If there is such a role, or no such junior.
    pub fn add_ascendant(&mut self, new: &RoleName, junior: &RoleName) -> Result<(), Refusal> {
        self.role(junior)?;
        self.add_role(new)?;
        self.add_inheritance(new, junior)
    }

    /// AddDescendant: a new role that the senior inherits.
    ///
    /// # Errors
    /// If there is such a role, no such senior, or the hierarchy is limited and the senior has a junior.
    pub fn add_descendant(&mut self, new: &RoleName, senior: &RoleName) -> Result<(), Refusal> {
        self.role(senior)?;
        self.add_role(new)?;
        let added = self.add_inheritance(senior, new);
        if added.is_err() {
            self.delete_role(new)?;
        }
        added
    }

    pub(super) fn roles_of(&self, user: u32) -> &[u32] {
        self.assigned.get(user as usize).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn names_of(&self, roles: &[u32]) -> Vec<RoleName> {
        roles.iter().filter_map(|role| self.roles.name(*role).cloned()).collect()
    }

    /// Roles leave the sessions of these users where they are not authorized for them any longer.
    fn deactivate_unauthorized(&mut self, users: &RoaringBitmap) {
        let (assigned, hierarchy) = (&self.assigned, &self.hierarchy);
        for session in self.sessions.values_mut().filter(|session| users.contains(session.owner)) {
            let roles = assigned.get(session.owner as usize).map(Vec::as_slice).unwrap_or_default();
            session.keep(&hierarchy.all_below(roles.iter().copied()), hierarchy);
        }
    }
}
