//! Roles from which every walk leads to the same, so that a hundred thousand logins of one group are walked from once.

use super::index::Met;
use super::{Escalations, Node};
use crate::graph::Id;
use model::{DatabaseName, Gain, RoleName, Way};
use std::collections::{BTreeSet, HashMap};

/// Everything that decides where a walk from a role leads.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Begins<'e> {
    onward: [&'e [Id]; 3],
    gathers: bool,
    gives_any: bool,
    met: &'e [Met],
    entered: BTreeSet<DatabaseName>,
    /// Only it begins so.
    alone: Option<Id>,
}

/// Roles that are alike, and the databases that their sessions begin in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike<'r> {
    /// The roles, at least one.
    pub roles: Vec<&'r RoleName>,
    /// The databases.
    pub entered: BTreeSet<DatabaseName>,
}

impl Escalations<'_> {
    /// Sorts roles: those that are together come to the same by the same ways, each beginning with itself. What each holds of
    /// which no step speaks may differ.
    #[must_use]
    pub fn alike<'r>(
        &self,
        roles: impl IntoIterator<Item = &'r RoleName>,
        entered: impl Fn(&RoleName) -> BTreeSet<DatabaseName>,
    ) -> Vec<Alike<'r>> {
        let mut places: HashMap<Begins<'_>, usize> = HashMap::new();
        let mut all: Vec<Alike<'r>> = Vec::new();
        for role in roles {
            let Some(id) = self.graph().id(role) else { continue };
            let begins = self.begins(id, entered(role));
            let entered = begins.entered.clone();
            let place = *places.entry(begins).or_insert(all.len());
            match all.get_mut(place) {
                Some(known) => known.roles.push(role),
                None => all.push(Alike { roles: vec![role], entered }),
            }
        }
        all
    }

    /// True but for a step by which a role comes to what it is: a session of its own, by whoever runs code as it.
    fn leads_elsewhere(&self, step: usize, id: Id) -> bool {
        let gain = self.step(step).map(|step| &step.gain);
        let itself = match gain {
            Some(Gain::Acts(role) | Gain::Runs(role)) => self.graph().id(role) == Some(id),
            _ => false,
        };
        !itself
    }

    fn begins(&self, id: Id, entered: BTreeSet<DatabaseName>) -> Begins<'_> {
        let (graph, index) = (self.graph(), self.index());
        let own = [Node::Acts(id), Node::Runs(id), Node::Uses(id)];
        let own = own.iter().flat_map(|node| index.at(*node));
        let alone = index.logs_in(id).iter().chain(own).any(|step| self.leads_elsewhere(*step, id));
        Begins {
            onward: [Way::Inherits, Way::Becomes, Way::Administers].map(|way| graph.onward(way, id)),
            gathers: graph.gathers(id),
            gives_any: graph.gives_any(id),
            met: index.met(id),
            entered,
            alone: alone.then_some(id),
        }
    }
}
