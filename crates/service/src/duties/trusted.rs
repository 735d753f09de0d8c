//! The trusted base: those whom nothing that a database enforces binds. It is named beside whatever is judged.

use super::scope::Scope;
use engine::Engine;
use manifest::{Holder, Model};
use model::RoleName;
use std::collections::BTreeMap;

/// What of a model was judged, and who of it stands outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// How many separations of duties.
    pub separations: usize,
    /// How many dual controls.
    pub controls: usize,
    /// The roles of the model that are above every check or as good as that, each with those who come to it. Beside them stand the
    /// target's own superusers and whoever applies plans.
    pub trusted: BTreeMap<RoleName, Vec<String>>,
}

/// What was judged of a model; `None` if it says nothing of duties.
#[must_use]
pub fn judged(engine: &dyn Engine, model: &Model) -> Option<Judged> {
    let (separations, controls) = (model.separation_of_duties().len(), model.dual_control().len());
    if separations + controls == 0 {
        return None;
    }
    let mut trusted: BTreeMap<RoleName, Vec<String>> = BTreeMap::new();
    let sovereign = engine.vocabulary().sovereign_roles.iter().filter_map(|name| RoleName::new(*name).ok());
    let above: Vec<RoleName> = model.superusers().cloned().chain(sovereign).collect();
    for environments in model.scopes() {
        let scope = Scope::of(model, &environments);
        for role in &above {
            let reaching = scope.web.reaching(&Holder::Role(role.clone()));
            let who = reaching.iter().filter_map(|number| scope.web.subject(number)).map(Holder::to_string);
            let known = trusted.entry(role.clone()).or_default();
            known.extend(who);
            known.sort();
            known.dedup();
        }
    }
    trusted.retain(|role, who| !who.is_empty() || model.superusers().any(|superuser| superuser == role));
    Some(Judged { separations, controls, trusted })
}
