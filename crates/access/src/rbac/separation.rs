//! Separation of duties: the constraints, and whether a change would break one (INCITS 359, 6.3 and 6.4).

use super::constraint::{Constraint, Constraints};
use super::session::Session;
use super::{Holder, Kind, Rbac, Refusal, Separation, Violation};
use model::{ConstraintName, RoleName, SessionName};
use roaring::RoaringBitmap;

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
        if self.sets(kind).get(name).is_some() {
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
        self.sets_mut(kind).put(name, set);
        Ok(())
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
        self.sets(kind).iter().map(|(name, _)| name)
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

    pub(super) fn sets(&self, kind: Kind) -> &Constraints {
        match kind {
            Kind::Static => &self.static_sets,
            Kind::Dynamic => &self.dynamic_sets,
        }
    }

    pub(super) fn sets_mut(&mut self, kind: Kind) -> &mut Constraints {
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
        fits(name, &set)?;
        let violation = match kind {
            Kind::Static => self.users_against(name, &set, None).next(),
            Kind::Dynamic => self.sessions_against(name, &set, None).next(),
        };
        if let Some(violation) = violation {
            return Err(Violation { stands: true, ..violation }.into());
        }
        self.sets_mut(kind).put(name, set);
        Ok(())
    }

    /// Would every constraint keep as many roles as its cardinality without this one?
    pub(super) fn spares(&self, kind: Kind, role: &RoleName, number: u32) -> Result<(), Refusal> {
        let short = |set: &Constraint| set.roles.len() <= u64::from(set.cardinality);
        match self.sets(kind).concerning(&RoaringBitmap::from([number])).find(|(_, set)| short(set)) {
            Some((name, set)) => Err(too_few(name, role, set)),
            None => Ok(()),
        }
    }

    /// May the session have these roles active?
    pub(super) fn may_be_active(&self, name: &SessionName, session: &Session) -> Result<(), Refusal> {
        let given = self.hierarchy.all_below(session.active.iter().copied());
        let mut concerned = self.dynamic_sets.concerning(&given);
        match concerned.find(|(_, set)| set.forbids(|role| given.contains(role))) {
            Some((constraint, set)) => {
                let holder = Holder::Session(name.clone());
                Err(self.violation(constraint, set, holder, &session.active, None).into())
            }
            None => Ok(()),
        }
    }

    /// May the one inherit the other, whoever is authorized for it and wherever it is active?
    pub(super) fn may_inherit(&self, senior: u32, junior: u32) -> Result<(), Refusal> {
        let (edge, below) = (Some((senior, junior)), self.hierarchy.below(junior));
        let statics = self.static_sets.concerning(below);
        let dynamics = self.dynamic_sets.concerning(below);
        let user = statics.flat_map(|(name, set)| self.users_against(name, set, edge)).next();
        let mut session = dynamics.flat_map(|(name, set)| self.sessions_against(name, set, edge));
        match user.or_else(|| session.next()) {
            Some(violation) => Err(violation.into()),
            None => Ok(()),
        }
    }
}

/// Does the cardinality lie between 2 and the number of roles?
pub(super) fn fits(name: &ConstraintName, set: &Constraint) -> Result<(), Refusal> {
    if set.cardinality < 2 || u64::from(set.cardinality) > set.roles.len() {
        let (constraint, cardinality, roles) = (name.clone(), set.cardinality, set.roles.len());
        return Err(Refusal::Cardinality { constraint, cardinality, roles });
    }
    Ok(())
}

fn too_few(name: &ConstraintName, role: &RoleName, set: &Constraint) -> Refusal {
    Refusal::TooFew { constraint: name.clone(), role: role.clone(), cardinality: set.cardinality }
}
