//! Sessions: in which a user has some of its roles active (INCITS 359, 6.1.2).

use super::hierarchy::Hierarchy;
use super::{Permission, Rbac, Refusal, put_in, take_out};
use model::{RoleName, SessionName, UserName};
use roaring::RoaringBitmap;

/// A session.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) owner: u32,
    /// The roles that were made active, in order.
    pub(super) active: Vec<u32>,
    /// These and what they inherit, a bit for each role: every check of access asks it.
    gives: Box<[u64]>,
}

impl Session {
    fn new(owner: u32, active: Vec<u32>, hierarchy: &Hierarchy) -> Self {
        let mut new = Self { owner, active, gives: Box::default() };
        new.close(hierarchy);
        new
    }

    /// What the active roles give, after they or edges have changed.
    pub(super) fn close(&mut self, hierarchy: &Hierarchy) {
        let all = hierarchy.all_below(self.active.iter().copied());
        let mut words = vec![0; all.max().map_or(0, |last| last as usize / 64 + 1)];
        for role in all {
            if let Some(word) = words.get_mut(role as usize / 64) {
                *word |= 1 << (role % 64);
            }
        }
        self.gives = words.into();
    }

    /// Is the role active, or inherited by one that is?
    pub(super) fn gives(&self, role: u32) -> bool {
        self.gives.get(role as usize / 64).is_some_and(|word| word >> (role % 64) & 1 == 1)
    }

    /// Only these roles stay active.
    pub(super) fn keep(&mut self, authorized: &RoaringBitmap, hierarchy: &Hierarchy) {
        self.active.retain(|role| authorized.contains(*role));
        self.close(hierarchy);
    }
}

impl Rbac {
    /// CreateSession, with these roles active.
    ///
    /// # Errors
    /// If there is no such user or role, there is such a session, the user is not authorized for one of the roles, or a
    /// dynamic separation of duties would not hold.
    pub fn create_session(
        &mut self,
        user: &UserName,
        session: &SessionName,
        roles: &[RoleName],
    ) -> Result<(), Refusal> {
        let owner = self.user(user)?;
        if self.sessions.contains_key(session) {
            return Err(Refusal::SessionExists(session.clone()));
        }
        let mut active = Vec::with_capacity(roles.len());
        for role in roles {
            put_in(&mut active, self.authorized_for(user, role)?);
        }
        let new = Session::new(owner, active, &self.hierarchy);
        self.may_be_active(session, &new)?;
        self.sessions.insert(session.clone(), new);
        Ok(())
    }

    /// DeleteSession.
    ///
    /// # Errors
    /// If there is no such user or session, or it is somebody else's.
    pub fn delete_session(&mut self, user: &UserName, session: &SessionName) -> Result<(), Refusal> {
        self.owned(user, session)?;
        self.sessions.remove(session);
        Ok(())
    }

    /// AddActiveRole.
    ///
    /// # Errors
    /// If there is no such user, session or role, the session is somebody else's, the user is not authorized for the role, it
    /// is active already, or a dynamic separation of duties would not hold.
    pub fn add_active_role(
        &mut self,
        user: &UserName,
        session: &SessionName,
        role: &RoleName,
    ) -> Result<(), Refusal> {
        let mut with = self.owned(user, session)?.clone();
        let number = self.authorized_for(user, role)?;
        if !put_in(&mut with.active, number) {
            return Err(Refusal::Active { session: session.clone(), role: role.clone() });
        }
        with.close(&self.hierarchy);
        self.may_be_active(session, &with)?;
        self.sessions.insert(session.clone(), with);
        Ok(())
    }

    /// DropActiveRole. What another active role inherits goes on being given.
    ///
    /// # Errors
    /// If there is no such user, session or role, the session is somebody else's, or the role is not active.
    pub fn drop_active_role(
        &mut self,
        user: &UserName,
        session: &SessionName,
        role: &RoleName,
    ) -> Result<(), Refusal> {
        let mut without = self.owned(user, session)?.clone();
        if !take_out(&mut without.active, self.role(role)?) {
            return Err(Refusal::NotActive { session: session.clone(), role: role.clone() });
        }
        without.close(&self.hierarchy);
        self.sessions.insert(session.clone(), without);
        Ok(())
    }

    /// CheckAccess: true if an active role holds the permission, by itself or through a role that it inherits.
    ///
    /// # Errors
    /// If there is no such session.
    pub fn check_access(&self, session: &SessionName, permission: &Permission) -> Result<bool, Refusal> {
        // In this order both are on their way from memory at once.
        let holders = self.permissions.holders(permission);
        let session = self.sessions.get(session).ok_or_else(|| Refusal::NoSession(session.clone()))?;
        Ok(holders.iter().any(|role| session.gives(*role)))
    }

    /// The session, if it is this user's.
    fn owned(&self, user: &UserName, session: &SessionName) -> Result<&Session, Refusal> {
        let number = self.user(user)?;
        let found = self.sessions.get(session).ok_or_else(|| Refusal::NoSession(session.clone()))?;
        if found.owner == number {
            return Ok(found);
        }
        let owner = self.users.name(found.owner).cloned().unwrap_or_else(|| user.clone());
        Err(Refusal::NotOwner { session: session.clone(), owner, user: user.clone() })
    }

    /// The role's number, if the user is authorized for it.
    fn authorized_for(&self, user: &UserName, role: &RoleName) -> Result<u32, Refusal> {
        let (user_number, number) = (self.user(user)?, self.role(role)?);
        let above = self.hierarchy.above(number);
        if self.roles_of(user_number).iter().any(|assigned| above.contains(*assigned)) {
            return Ok(number);
        }
        Err(Refusal::NotAuthorized { user: user.clone(), role: role.clone() })
    }
}
