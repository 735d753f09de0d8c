//! PostgreSQL's ways from one power to more: attributes, the server's account, code that runs as others, what passes from table
//! to table. Memberships are in `powers`. Each kind of way is tried on real servers of every version (`cli/tests/it/path_proved.rs`).

mod data;
mod elsewhere;
mod lures;
mod owned;
mod parts;
mod perform;
mod routines;
mod server;
mod set_off;
mod used;

pub(crate) use perform::{granting, reaching};

use crate::ownership;
use crate::powers::needs;
use crate::words::{attribute, kind};
use model::{
    Basis, Certainty, DatabaseName, Escalation, From, Gain, Name, Need, Object, Observed, Operation,
    Permission, Place, Principal, RoleName, Source, Value,
};
use std::sync::Arc;
use used::Used;

/// Every way up in the databases that were looked at.
pub(crate) fn escalations(observed: &Observed) -> Vec<Escalation> {
    let mut all = Vec::new();
    server::of_cluster(observed, &mut all);
    owned::by_inheriting_all(observed, &mut all);
    for database in observed.at.databases.keys() {
        let used = Used::of(observed, database);
        let here = Here { observed, database, used: &used };
        server::inside(&here, &mut all);
        routines::definers(&here, &mut all);
        data::passed_on(&here, &mut all);
        owned::as_owners(&here, &mut all);
        elsewhere::mapped(&here, &mut all);
        lures::victims(&here, &mut all);
    }
    server::sessions(observed, &mut all);
    all
}

/// A database that was looked at.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    pub(super) observed: &'a Observed,
    pub(super) database: &'a DatabaseName,
    pub(super) used: &'a Used<'a>,
}

impl<'a> Here<'a> {
    /// True if the object is here.
    pub(super) fn holds(&self, object: &Object) -> bool {
        object.place == Place::Database(self.database.clone())
    }

    /// What a role must have to do all of this in one statement.
    pub(super) fn has(&self, all: &[Permission]) -> From {
        From::Has(all.iter().flat_map(|one| self.needs(one)).collect())
    }

    /// What a role must have to do this to some part of a table: to the whole, or to any of its columns.
    pub(super) fn has_part(&self, asked: &Permission) -> From {
        let mut needs = self.needs(asked);
        if let Some(own) = needs.last_mut().filter(|_| asked.on.kind == kind::TABLE) {
            own.parts.clear();
            let first = Object::new(asked.on.place.clone(), kind::COLUMN, asked.on.path.clone());
            let columns = self.observed.access.entries.range(Arc::new(first)..).take_while(|(on, _)| {
                on.kind == kind::COLUMN && on.place == asked.on.place && on.path.starts_with(&asked.on.path)
            });
            for (column, acl) in columns {
                let held = acl.iter().filter(|(_, held)| held.get(&asked.operation).is_some());
                own.sources.extend(held.map(|(holder, _)| Source {
                    who: holder.to.clone(),
                    basis: Basis::Granted { by: holder.by.clone() },
                    on: column.clone(),
                }));
            }
        }
        From::Has(needs)
    }

    fn needs(&self, asked: &Permission) -> Vec<Need> {
        needs(self.observed, self.database, asked).session
    }

    /// True if code that runs as the role may do this.
    pub(super) fn may(&self, role: &RoleName, asked: &Permission) -> bool {
        self.has_all(role, || self.needs(asked))
    }

    /// True if it may do this to some part of a table.
    pub(super) fn may_part(&self, role: &RoleName, asked: &Permission) -> bool {
        self.has_all(role, || match self.has_part(asked) {
            From::Has(needs) => needs,
            _ => Vec::new(),
        })
    }

    fn has_all(&self, role: &RoleName, needs: impl FnOnce() -> Vec<Need>) -> bool {
        if is(self.observed, role, &attribute::SUPERUSER) {
            return true;
        }
        let used = self.used.by(role);
        let by = |need: &Need| {
            need.sources.iter().any(|source| match &source.who {
                Principal::Public => true,
                Principal::Role(role) => used.contains(role),
            })
        };
        needs().iter().all(|need| by(need) || (!need.parts.is_empty() && need.parts.iter().all(by)))
    }

    pub(super) fn owner(&self, on: &Object) -> Option<&'a RoleName> {
        ownership::owner(&self.observed.access, on)
    }

    /// A direct step here.
    pub(super) fn step(
        &self,
        from: From,
        gain: Gain,
        because: impl Into<String>,
        statements: Vec<String>,
    ) -> Escalation {
        Escalation {
            from,
            gain,
            certainty: Certainty::Direct,
            database: Some(self.database.clone()),
            because: because.into(),
            statements,
        }
    }
}

/// The object that a database is.
pub(super) fn named_database(database: &DatabaseName) -> Option<Object> {
    let path = vec![Name::new(database.as_str()).ok()?];
    Some(Object::new(Place::Cluster, kind::DATABASE, path))
}

pub(super) fn on(operation: Operation, object: &Arc<Object>) -> Permission {
    Permission { operation, on: object.clone(), delegable: false }
}

pub(super) fn is(observed: &Observed, role: &RoleName, attribute: &model::Attribute) -> bool {
    let facts = observed.access.roles.get(role);
    facts.is_some_and(|facts| facts.attributes.get(attribute) == Some(&Value::Flag(true)))
}
