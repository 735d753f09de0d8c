//! One server of the model, imagined with what the calls name.

use super::call::CallError;
use super::world::Asked;
use crate::ask::{AskError, Meant, misfit};
use crate::imagined::{ImagineError, imagined};
use access::rbac::Permission;
use engine::Engine;
use manifest::{Account, Model, Question, Target};
use model::{
    DatabaseName, Dialect, GrantIntent, Intent, Name, Object, Observed, Operation, Place, Principal, RoleName,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A server of the model.
pub(super) struct Site {
    /// The databases by their names in the model.
    databases: BTreeMap<String, DatabaseName>,
    /// The roles of the model by their names on the server.
    names: BTreeMap<RoleName, RoleName>,
    pub(super) accounts: Vec<Account>,
    observed: Observed,
    dialect: Arc<dyn Dialect>,
}

impl Site {
    /// A server that has nothing but what the calls name.
    pub(super) fn empty(engine: &dyn Engine, questions: &[&Question]) -> Result<Self, CallError> {
        let named = questions.iter().filter_map(|question| question.database.clone());
        let mut databases = BTreeMap::new();
        for name in named {
            databases.insert(name.clone(), database(&name)?);
        }
        if databases.is_empty() {
            // A phrase without one is about the database, whichever it is.
            databases.insert(String::new(), database("db")?);
        }
        let intent = Intent { databases: databases.values().cloned().collect(), ..Intent::default() };
        Self::imagine(engine, &intent, (databases, BTreeMap::new(), Vec::new()), questions)
    }

    pub(super) fn of(
        engine: &dyn Engine,
        model: &Model,
        target: Target,
        questions: &[&Question],
    ) -> Result<Self, CallError> {
        let names = model.role_names().map(|role| (model.role_on(&target, role), role.clone())).collect();
        let accounts = model.accounts(&target);
        Self::imagine(engine, &target.intent, (target.databases, names, accounts), questions)
    }

    fn imagine(
        engine: &dyn Engine,
        intent: &Intent,
        (databases, names, accounts): (
            BTreeMap<String, DatabaseName>,
            BTreeMap<RoleName, RoleName>,
            Vec<Account>,
        ),
        questions: &[&Question],
    ) -> Result<Self, CallError> {
        let words = engine.vocabulary();
        let mut also: Vec<GrantIntent> = Vec::new();
        for question in questions {
            let here = match &question.database {
                Some(name) => Self::real(&databases, name),
                None => databases.values().next(),
            };
            if here.is_some() {
                also.extend(question.as_intent(words, here).grants);
            }
        }
        let (observed, dialect) = imagined(engine, intent, &also).map_err(|error| match error {
            ImagineError::Problems(problems) => asked(misfit(&problems)),
            error @ ImagineError::Name(_) => CallError::new(error.to_string(), ""),
        })?;
        Ok(Self { databases, names, accounts, observed, dialect })
    }

    /// True if a database of this name is here, as the model or as the server calls it.
    pub(super) fn has(&self, name: &str) -> bool {
        Self::real(&self.databases, name).is_some()
    }

    fn real<'a>(databases: &'a BTreeMap<String, DatabaseName>, name: &str) -> Option<&'a DatabaseName> {
        databases.get(name).or_else(|| databases.values().find(|real| real.as_str() == name))
    }

    /// The permissions that a phrase means.
    pub(super) fn meant(&self, question: &Question) -> Result<Vec<Asked>, CallError> {
        let known = || self.databases.keys().cloned().collect::<Vec<_>>().join(", ");
        let database = match (&question.database, self.databases.len()) {
            (Some(name), _) => Self::real(&self.databases, name).ok_or_else(|| {
                CallError::new(
                    format!("the model has no database {name} here"),
                    format!("it has {}", known()),
                )
            })?,
            (None, 1) => {
                self.databases.values().next().ok_or_else(|| CallError::new("there is no database", ""))?
            }
            (None, _) => {
                return Err(CallError::new(
                    format!("the model has several databases here: {}", known()),
                    "say which in front: \"shop: select on …\"",
                ));
            }
        };
        let meant = Meant { observed: &self.observed, dialect: &*self.dialect, question };
        let permissions = meant.permissions(database).map_err(asked)?;
        Ok(permissions
            .into_iter()
            .map(|permission| self.asked(permission.operation, &permission.on))
            .collect())
    }

    fn asked(&self, operation: Operation, on: &Arc<Object>) -> Asked {
        let whole = (on.kind.as_str() == "column").then(|| self.dialect.owned_with(on)).flatten();
        let whole = whole
            .map(|table| Permission { operation: operation.clone(), object: self.spoken(&Arc::new(table)) });
        Asked { exactly: Permission { operation, object: self.spoken(on) }, whole }
    }

    /// Who holds what by itself: everything that an owner may do included. Whoever is nobody's role in the model is left out;
    /// `None` is everybody.
    pub(super) fn held(&self) -> Vec<(Option<RoleName>, Permission)> {
        let (access, objects) = (&self.observed.access, &self.observed.catalogue.objects);
        let own = |object: &Arc<Object>| objects.get(object).is_some_and(|existing| existing.system);
        let mut held = Vec::new();
        for (object, owner) in access.owners.iter().filter(|(object, _)| !own(object)) {
            let Some(owner) = self.names.get(owner) else { continue };
            let object = self.spoken(object);
            let more = [Operation::known("drop"), Operation::known("alter")];
            for operation in self.dialect.operations(&object.kind).into_iter().chain(more) {
                held.push((Some(owner.clone()), Permission { operation, object: object.clone() }));
            }
        }
        for (object, acl) in access.entries.iter().filter(|(object, _)| !own(object)) {
            let object = self.spoken(object);
            for (holder, has) in acl {
                let to = match &holder.to {
                    Principal::Public => None,
                    Principal::Role(role) => Some(role),
                };
                if to.is_some_and(|role| !self.is_known(role)) {
                    continue;
                }
                let to = to.map(|role| self.names.get(role).unwrap_or(role).clone());
                for (operation, _) in has.iter() {
                    held.push((
                        to.clone(),
                        Permission { operation: operation.clone(), object: object.clone() },
                    ));
                }
            }
        }
        held
    }

    /// A login's name in the model.
    pub(super) fn named<'a>(&'a self, role: &'a RoleName) -> &'a RoleName {
        self.names.get(role).unwrap_or(role)
    }

    /// False for the role that the server was born with.
    fn is_known(&self, role: &RoleName) -> bool {
        self.names.contains_key(role) || *role != self.observed.at.root
    }

    /// An object with its database as the model calls it: no two of a model are called alike.
    fn spoken(&self, object: &Arc<Object>) -> Arc<Object> {
        let called = |real: &str| {
            self.databases.iter().find(|(_, name)| name.as_str() == real).map(|(name, _)| name.as_str())
        };
        let mut spoken = (**object).clone();
        match &object.place {
            Place::Database(real) => {
                let name = called(real.as_str()).and_then(|name| DatabaseName::new(name).ok());
                spoken.place = name.map_or(Place::Cluster, Place::Database);
            }
            Place::Cluster if object.kind.as_str() == "database" => {
                let name = object.path.first().and_then(|real| called(real.as_str()));
                let name = name.and_then(|name| Name::new(name).ok());
                spoken.path = name.map_or_else(|| object.path.clone(), |name| vec![name]);
            }
            Place::Cluster => {}
        }
        Arc::new(spoken)
    }
}

fn database(name: &str) -> Result<DatabaseName, CallError> {
    DatabaseName::new(name).map_err(|error| CallError::new(error.to_string(), ""))
}

fn asked(error: AskError) -> CallError {
    match error {
        AskError::Question { what, help, .. } => CallError::new(what, help),
        AskError::Engine(error) => CallError::new(error.to_string(), ""),
    }
}
