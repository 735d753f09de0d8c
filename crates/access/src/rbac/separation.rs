//! Separation of duties: the constraints, and whether a change would break one (INCITS 359, 6.3 and 6.4).

use super::constraint::Constraint;
use super::session::Session;
use super::{Holder, Kind, Rbac, Reached, Refusal, Separation, Violation};
use model::{ConstraintName, RoleName, SessionName, UserName};
use roaring::RoaringBitmap;
use std::collections::BTreeMap;

impl Rbac {
    /// CreateSsdSet and CreateDsdSet.
    ///
    /// # Errors
    /// If there is such a constraint of this kind, no such role, the cardinality does not lie between 2 and the number of
    /// roles, or somebody violates it already.
    pub fn create_set(
        &mut self,
        kind: Kind,
        name: &ConstraintName,
        separation: &Separation,
    ) -> Result<(), Refusal> {
        if self.sets(kind).contains_key(name) {
            return Err(Refusal::ConstraintExists(name.clone()));
        }
        let mut roles = RoaringBitmap::new();
        for role in &separation.roles {
            roles.insert(self.role(role)?);
        }
        self.put(kind, name, Constraint { roles, cardinality: separation.cardinality })
    }

    /// AddSsdRoleMember and AddDsdRoleMember.
    ///
    /// # Errors
    /// If there is no such constraint or role, the role is in the set, or somebody would violate it.
    pub fn add_set_role(
        &mut self,
        kind: Kind,
        name: &ConstraintName,
        role: &RoleName,
    ) -> Result<(), Refusal> {
        let (mut set, number) = (self.set(kind, name)?.clone(), self.role(role)?);
        if !set.roles.insert(number) {
            return Err(Refusal::InSet { constraint: name.clone(), role: role.clone() });
        }
        self.put(kind, name, set)
    }

    /// DeleteSsdRoleMember and DeleteDsdRoleMember.
    ///
    /// # Errors
    /// If there is no such constraint or role, the role is not in the set, or the set would have fewer roles than its
    /// cardinality.
    pub fn delete_set_role(
        &mut self,
        kind: Kind,
        name: &ConstraintName,
        role: &RoleName,
    ) -> Result<(), Refusal> {
        let (mut set, number) = (self.set(kind, name)?.clone(), self.role(role)?);
        if !set.roles.remove(number) {
            return Err(Refusal::NotInSet { constraint: name.clone(), role: role.clone() });
        }
        if set.roles.len() < u64::from(set.cardinality) {
            return Err(too_few(name, role, &set));
        }
        self.put(kind, name, set)
    }

    /// SetSsdSetCardinality and SetDsdSetCardinality.
    ///
    /// # Errors
    /// If there is no such constraint, the cardinality does not lie between 2 and the number of roles, or somebody would
    /// violate it.
    pub fn set_cardinality(
        &mut self,
        kind: Kind,
        name: &ConstraintName,
        cardinality: u32,
    ) -> Result<(), Refusal> {
        let set = Constraint { cardinality, ..self.set(kind, name)?.clone() };
        self.put(kind, name, set)
    }

    /// DeleteSsdSet and DeleteDsdSet.
    ///
    /// # Errors
    /// If there is no such constraint of this kind.
    pub fn delete_set(&mut self, kind: Kind, name: &ConstraintName) -> Result<(), Refusal> {
        self.set(kind, name)?;
        self.sets_mut(kind).remove(name);
        Ok(())
    }

    /// SsdRoleSets and DsdRoleSets.
    pub fn role_sets(&self, kind: Kind) -> impl Iterator<Item = &ConstraintName> {
        self.sets(kind).keys()
    }

    /// SsdRoleSetRoles and SsdRoleSetCardinality, DsdRoleSetRoles and DsdRoleSetCardinality.
    ///
    /// # Errors
    /// If there is no such constraint of this kind.
    pub fn role_set(&self, kind: Kind, name: &ConstraintName) -> Result<Separation, Refusal> {
        let set = self.set(kind, name)?;
        let roles = set.roles.iter().filter_map(|role| self.roles.name(role).cloned()).collect();
        Ok(Separation { roles, cardinality: set.cardinality })
    }

    fn sets(&self, kind: Kind) -> &BTreeMap<ConstraintName, Constraint> {
        match kind {
            Kind::Static => &self.static_sets,
            Kind::Dynamic => &self.dynamic_sets,
        }
    }

    fn sets_mut(&mut self, kind: Kind) -> &mut BTreeMap<ConstraintName, Constraint> {
        match kind {
            Kind::Static => &mut self.static_sets,
            Kind::Dynamic => &mut self.dynamic_sets,
        }
    }

    fn set(&self, kind: Kind, name: &ConstraintName) -> Result<&Constraint, Refusal> {
        self.sets(kind).get(name).ok_or_else(|| Refusal::NoConstraint(name.clone()))
    }

    /// Keeps the constraint, if nobody violates it.
    fn put(&mut self, kind: Kind, name: &ConstraintName, set: Constraint) -> Result<(), Refusal> {
        if set.cardinality < 2 || u64::from(set.cardinality) > set.roles.len() {
            let (constraint, cardinality, roles) = (name.clone(), set.cardinality, set.roles.len());
            return Err(Refusal::Cardinality { constraint, cardinality, roles });
        }
        match kind {
            Kind::Static => {
                if let Some(user) = self.offender(&set, None) {
                    return Err(self.user_violates(name, &set, user, self.roles_of(user), None));
                }
            }
            Kind::Dynamic => {
                for (session, its) in &self.sessions {
                    if set.forbids(&its.gives) {
                        return Err(self.session_violates(name, &set, session, &its.active, None));
                    }
                }
            }
        }
        self.sets_mut(kind).insert(name.clone(), set);
        Ok(())
    }

    /// Would every constraint keep as many roles as its cardinality without this one?
    pub(super) fn spares(&self, kind: Kind, role: &RoleName, number: u32) -> Result<(), Refusal> {
        let without = |set: &Constraint| set.roles.len() <= u64::from(set.cardinality);
        let short = self.sets(kind).iter().find(|(_, set)| set.roles.contains(number) && without(set));
        match short {
            Some((name, set)) => Err(too_few(name, role, set)),
            None => Ok(()),
        }
    }

    /// May the user have all of these roles?
    pub(super) fn may_be_assigned(&self, user: &UserName, roles: &[u32]) -> Result<(), Refusal> {
        if self.static_sets.is_empty() {
            return Ok(());
        }
        let all = self.hierarchy.all_below(roles);
        match self.static_sets.iter().find(|(_, set)| set.forbids(&all)) {
            Some((name, set)) => {
                let number = self.user(user)?;
                Err(self.user_violates(name, set, number, roles, None))
            }
            None => Ok(()),
        }
    }

    /// May the session have these roles active?
    pub(super) fn may_be_active(&self, name: &SessionName, session: &Session) -> Result<(), Refusal> {
        match self.dynamic_sets.iter().find(|(_, set)| set.forbids(&session.gives)) {
            Some((constraint, set)) => {
                Err(self.session_violates(constraint, set, name, &session.active, None))
            }
            None => Ok(()),
        }
    }

    /// May the one inherit the other, whoever is authorized for it and wherever it is active?
    pub(super) fn may_inherit(&self, senior: u32, junior: u32) -> Result<(), Refusal> {
        let edge = Some((senior, junior));
        let below = self.hierarchy.below(junior);
        for (name, set) in self.static_sets.iter().filter(|(_, set)| !set.roles.is_disjoint(below)) {
            if let Some(user) = self.offender(set, edge) {
                return Err(self.user_violates(name, set, user, self.roles_of(user), edge));
            }
        }
        for (name, set) in self.dynamic_sets.iter().filter(|(_, set)| !set.roles.is_disjoint(below)) {
            for (session, its) in self.sessions.iter().filter(|(_, its)| its.gives.contains(senior)) {
                if set.forbids(&(&its.gives | below)) {
                    return Err(self.session_violates(name, set, session, &its.active, edge));
                }
            }
        }
        Ok(())
    }

    /// The first user who is authorized for as many of the set's roles as are too many, with this edge as well. Users are
    /// counted all at once: level by level, who has one more.
    fn offender(&self, set: &Constraint, edge: Option<(u32, u32)>) -> Option<u32> {
        let gains = edge.map(|(senior, junior)| (self.authorized(senior), self.hierarchy.below(junior)));
        let mut levels = vec![RoaringBitmap::new(); set.cardinality as usize];
        for role in &set.roles {
            let mut users = self.authorized(role);
            if let Some((gaining, below)) = &gains
                && below.contains(role)
            {
                users |= gaining;
            }
            for level in (1..levels.len()).rev() {
                let (lower, upper) = levels.split_at_mut(level);
                if let (Some(before), Some(now)) = (lower.last(), upper.first_mut()) {
                    *now |= before & &users;
                }
            }
            if let Some(first) = levels.first_mut() {
                *first |= users;
            }
        }
        levels.last()?.min()
    }

    fn user_violates(
        &self,
        name: &ConstraintName,
        set: &Constraint,
        user: u32,
        roles: &[u32],
        edge: Option<(u32, u32)>,
    ) -> Refusal {
        let Some(user) = self.users.name(user) else { return Refusal::NoConstraint(name.clone()) };
        let from = roles.iter().copied().collect();
        self.violation(name, set, Holder::User(user.clone()), &from, edge)
    }

    fn session_violates(
        &self,
        name: &ConstraintName,
        set: &Constraint,
        session: &SessionName,
        active: &RoaringBitmap,
        edge: Option<(u32, u32)>,
    ) -> Refusal {
        self.violation(name, set, Holder::Session(session.clone()), active, edge)
    }

    fn violation(
        &self,
        name: &ConstraintName,
        set: &Constraint,
        holder: Holder,
        from: &RoaringBitmap,
        edge: Option<(u32, u32)>,
    ) -> Refusal {
        let reached = set.roles.iter().filter_map(|role| self.way(from, role, edge));
        let roles = reached.map(|path| Reached { path: self.names_of(&path) }).collect();
        let violation = Violation { constraint: name.clone(), cardinality: set.cardinality, holder, roles };
        Refusal::Separation(Box::new(violation))
    }

    /// A shortest way from one of these roles to the other, with this edge as well.
    fn way(&self, from: &RoaringBitmap, to: u32, edge: Option<(u32, u32)>) -> Option<Vec<u32>> {
        let straight = from.iter().filter_map(|role| self.hierarchy.path(role, to));
        let around = edge.into_iter().flat_map(|(senior, junior)| {
            from.iter().filter_map(move |role| {
                let mut path = self.hierarchy.path(role, senior)?;
                path.extend(self.hierarchy.path(junior, to)?);
                Some(path)
            })
        });
        straight.chain(around).min_by_key(Vec::len)
    }
}

fn too_few(name: &ConstraintName, role: &RoleName, set: &Constraint) -> Refusal {
    Refusal::TooFew { constraint: name.clone(), role: role.clone(), cardinality: set.cardinality }
}
