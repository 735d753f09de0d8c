//! In which databases sessions of an account begin.

use crate::doors::Doors;
use crate::graph::Graph;
use model::{
    DatabaseName, Dialect, Kind, Name, Needs, Object, Observed, Operation, Permission, Place, RoleName,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a session needs to begin in each database that was looked at.
#[derive(Debug)]
pub struct Entries(BTreeMap<DatabaseName, Needs>);

/// The doors of each database.
#[derive(Debug)]
pub struct Entrances<'g> {
    graph: &'g Graph,
    doors: Vec<(&'g DatabaseName, Doors<'g>)>,
}

impl Entries {
    /// Asks the engine.
    #[must_use]
    pub fn of(dialect: &dyn Dialect, observed: &Observed) -> Self {
        let databases = observed.at.databases.keys();
        let needs = databases.filter_map(|database| {
            let path = vec![Name::new(database.as_str()).ok()?];
            let on = Arc::new(Object::new(Place::Cluster, Kind::known("database"), path));
            let connect = Permission { operation: Operation::known("connect"), on, delegable: false };
            Some((database.clone(), dialect.needs(observed, database, &connect)))
        });
        Self(needs.collect())
    }
}

impl Graph {
    /// Looks at the doors of every database; what somebody would have to grant itself first counts.
    #[must_use]
    pub fn entrances<'g>(&'g self, entries: &'g Entries) -> Entrances<'g> {
        let doors = entries.0.iter().map(|(database, needs)| (database, self.doors(needs, true)));
        Entrances { graph: self, doors: doors.collect() }
    }
}

impl Entrances<'_> {
    /// The databases that sessions of the accounts begin in. Of a role that does not log in the question is what somebody
    /// could do who is it: they are in.
    #[must_use]
    pub fn entered(&self, accounts: &[&RoleName]) -> BTreeSet<DatabaseName> {
        let ids: Vec<_> = accounts.iter().filter_map(|account| self.graph.id(account)).collect();
        let enters = |doors: &Doors<'_>| {
            ids.iter().any(|id| !self.graph.is_login(*id) || doors.is_entered(*id) == Some(true))
        };
        let open = self.doors.iter().filter(|(_, doors)| enters(doors));
        open.map(|(database, _)| (*database).clone()).collect()
    }
}
