//! The trusted base: those whom nothing that a database enforces binds. It is named beside whatever is judged.

use super::scope::Scope;
use super::{asks_permissions, targets};
use access::duties::Subjects;
use engine::Engine;
use manifest::{Holder, Model};
use model::RoleName;
use std::collections::{BTreeMap, BTreeSet};

/// What of a model was judged, and who of it stands outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// How many separations of duties.
    pub separations: usize,
    /// How many dual controls.
    pub controls: usize,
    /// The roles of the model that are above every check, each with those who come to it. Beside them stand the target's own
    /// superusers and whoever applies plans.
    pub trusted: BTreeMap<RoleName, Vec<String>>,
    /// Those who could set a trap for a superuser: what is proven, is proven as long as none of these walks into it. Only where
    /// permissions or operations are judged.
    pub trapping: BTreeSet<String>,
}

/// What was judged of a model; `None` if it says nothing of duties.
#[must_use]
pub fn judged(engine: &dyn Engine, model: &Model) -> Option<Judged> {
    let (separations, controls) = (model.separation_of_duties().len(), model.dual_control().len());
    if separations + controls == 0 {
        return None;
    }
    let mut trusted: BTreeMap<RoleName, Vec<String>> = BTreeMap::new();
    let mut trapping = BTreeSet::new();
    for environments in model.scopes() {
        let scope = Scope::of(model, &environments);
        let names = |who: &Subjects| -> Vec<String> {
            who.iter().filter_map(|number| scope.web.subject(number)).map(Holder::to_string).collect()
        };
        for role in model.superusers() {
            let known = trusted.entry(role.clone()).or_default();
            known.extend(names(&scope.web.reaching(&Holder::Role(role.clone()))));
            known.sort();
            known.dedup();
        }
        let imagined =
            if asks_permissions(model) { targets(engine, &scope).unwrap_or_default() } else { Vec::new() };
        for (number, target) in imagined.iter().enumerate() {
            let mut reach = target.reach(number);
            for database in reach.target.databases.values() {
                trapping.extend(names(&reach.coming.trapping(database)));
            }
        }
    }
    Some(Judged { separations, controls, trusted, trapping })
}
