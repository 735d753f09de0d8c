//! A target of the model as it would be, and who comes to what the model names there.

use super::coming::Coming;
use super::folded::Folded;
use super::scope::Scope;
use crate::imagined::{ImagineError, imagined};
use access::duties::Subjects;
use engine::Engine;
use manifest::Target;
use model::{Dialect, GrantIntent, Observed, RoleName};
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
