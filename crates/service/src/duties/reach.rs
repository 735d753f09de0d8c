//! A target of the model as it would be, and who comes to what the model names there.

use super::coming::{Coming, Reached};
use super::folded::Folded;
use super::scope::Scope;
use crate::imagined::{ImagineError, imagined};
use access::duties::Subjects;
use engine::Engine;
use manifest::{Question, Target};
use model::{DatabaseName, Dialect, GrantIntent, Kind, Object, Observed, Operation, RoleName};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A target of the model as it would be.
pub(super) struct Imagined {
    target: Target,
    observed: Observed,
    dialect: Arc<dyn Dialect>,
    acting: BTreeMap<RoleName, Subjects>,
    names: BTreeMap<RoleName, RoleName>,
}

/// Who comes to what there.
pub(super) struct Reach<'i> {
    pub(super) target: &'i Target,
    pub(super) coming: Coming<'i>,
}

impl Imagined {
    /// Imagines the target with what these phrases name.
    pub(super) fn of(
        engine: &dyn Engine,
        scope: &Scope<'_>,
        target: Target,
        also: &[GrantIntent],
    ) -> Result<Self, ImagineError> {
        let Folded { intent, acting } = Folded::of(scope, &target);
        let (observed, dialect) = imagined(engine, &intent, also)?;
        let names = scope.model.role_names().map(|role| (scope.model.role_on(&target, role), role.clone()));
        let names = names.collect();
        Ok(Self { target, observed, dialect, acting, names })
    }

    /// Ready to be asked. Targets that are judged together are numbered.
    pub(super) fn reach(&self, number: usize) -> Reach<'_> {
        let seen = (&self.observed, &*self.dialect);
        let coming = Coming::of(seen, number, self.acting.clone(), self.names.clone());
        Reach { target: &self.target, coming }
    }
}

impl Reach<'_> {
    /// Who comes to what a grant would give, or to a part of it, or to what does the same.
    pub(super) fn reaching(&mut self, grant: &GrantIntent) -> Reached {
        let mut reached = Reached::default();
        for object in self.coming.meant(&grant.on) {
            let Some(database) = self.database(&object) else { continue };
            for operation in self.operations(grant) {
                reached.join(&self.coming.doing(&database, &operation, &object, &grant.columns));
            }
        }
        reached
    }

    /// Who comes to perform an operation, or what does the same, on all or a part of an object.
    pub(super) fn performing(&mut self, operation: &Operation, on: &Arc<Object>) -> Reached {
        let Some(database) = self.database(on) else { return Reached::default() };
        self.coming.doing(&database, operation, on, &[])
    }

    /// Who comes to hand on something of an object.
    pub(super) fn handing_on(&mut self, on: &Arc<Object>) -> Reached {
        let Some(database) = self.database(on) else { return Reached::default() };
        self.coming.handing_on(&database, on)
    }

    /// Who comes to be a role, or to have code run as it.
    pub(super) fn being(&mut self, role: &RoleName) -> Reached {
        let Some(database) = self.target.databases.values().next().cloned() else {
            return Reached::default();
        };
        self.coming.being(&database, role)
    }

    /// The objects of a kind, or of every kind, that a database of the model has, itself included.
    pub(super) fn objects_of(&self, database: &DatabaseName, of: Option<&Kind>) -> Vec<Arc<Object>> {
        self.coming.objects_of(database, of)
    }

    /// True if the operation is one on such an object: a privilege, or what its owner may do.
    pub(super) fn allows(&self, operation: &Operation, on: &Object) -> bool {
        Question::is_owners_only(operation) || self.coming.dialect.operations(&on.kind).contains(operation)
    }

    /// The database that a session would be in.
    fn database(&self, on: &Object) -> Option<DatabaseName> {
        let named = on.path.first().filter(|_| on.kind.as_str() == "database");
        let named = named.and_then(|name| DatabaseName::new(name.as_str()).ok());
        on.database().cloned().or(named).or_else(|| self.target.databases.values().next().cloned())
    }

    fn operations(&self, grant: &GrantIntent) -> Vec<Operation> {
        if grant.operations.iter().any(|operation| operation.as_str() == "all") {
            return self.coming.dialect.operations(&grant.on.kind);
        }
        grant.operations.clone()
    }
}
