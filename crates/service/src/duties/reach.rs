//! Who comes to a permission on a target that is imagined from the model. This is the one place where that is asked, so that a
//! better answer to it is one for every constraint.

use super::folded::Folded;
use super::scope::Scope;
use crate::imagined::{ImagineError, imagined};
use access::Graph;
use access::duties::Subjects;
use engine::Engine;
use manifest::{Holder, Question, Target};
use model::{
    Basis, DatabaseName, Dialect, GrantIntent, Grantor, Kind, Name, Need, Needs, Object, Observed, Operation,
    Permission, Place, Powers, Principal, RoleName, Source,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A target of the model as it would be.
pub(super) struct Imagined {
    pub(super) target: Target,
    pub(super) observed: Observed,
    pub(super) dialect: Arc<dyn Dialect>,
    /// Those who act as a login, or would if they had one. Accounts that have the same stand behind one of them.
    acting: BTreeMap<RoleName, Subjects>,
    /// The roles of the model by their names on the target.
    names: BTreeMap<RoleName, RoleName>,
    graphs: BTreeMap<DatabaseName, Graph>,
    known: BTreeMap<(DatabaseName, Permission), Arc<Reached>>,
    /// By whose it is to begin with: thousands of objects have the same owner and the same entries.
    alike: BTreeMap<(DatabaseName, Alike), Subjects>,
}

/// Whose a permission is to begin with, part by part, and whether something has to be granted first.
type Alike = Vec<BTreeSet<(Principal, bool)>>;

/// Those who come to a permission.
#[derive(Debug, Clone, Default)]
pub(super) struct Reached {
    pub(super) who: Subjects,
    /// Whose it is to begin with, and why.
    pub(super) from: BTreeSet<From>,
}

/// Whose a permission is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct From {
    /// A role of the model, or everybody.
    pub(super) whose: Option<Holder>,
    /// As it is told: `has insert on`. May be empty.
    pub(super) why: String,
    /// On what: `table sales.orders`.
    pub(super) on: String,
}

impl Reached {
    pub(super) fn join(&mut self, other: &Self) {
        self.who |= &other.who;
        self.from.extend(other.from.iter().cloned());
    }

    /// Those who come to both.
    fn meet(&mut self, other: &Self) {
        self.who &= &other.who;
        self.from.extend(other.from.iter().cloned());
    }
}

impl Imagined {
    /// Imagines the target with what these phrases name.
    pub(super) fn of(
        engine: &dyn Engine,
        scope: &Scope<'_>,
        target: Target,
        also: &[GrantIntent],
    ) -> Result<Self, ImagineError> {
        let folded = Folded::of(scope, &target);
        let (observed, dialect) = imagined(engine, &folded.intent, also)?;
        let names = scope.model.role_names().map(|role| (scope.model.role_on(&target, role), role.clone()));
        let names = names.collect();
        let acting = folded.acting;
        let (graphs, known, alike) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Ok(Self { target, observed, dialect, acting, names, graphs, known, alike })
    }

    /// Who comes to what a grant would give, or to a part of it, or to what does the same.
    pub(super) fn reaching(&mut self, grant: &GrantIntent) -> Reached {
        let mut reached = Reached::default();
        for object in self.meant(grant) {
            for operation in self.operations(grant) {
                reached.join(&self.doing(&operation, &object, &grant.columns));
            }
        }
        reached
    }

    /// Who comes to an operation on an object, a part of it included, or to what does the same.
    fn doing(&mut self, operation: &Operation, on: &Arc<Object>, columns: &[Name]) -> Reached {
        let mut reached = self.any_part(operation, on, columns);
        for set in self.dialect.instead_of(operation, &on.kind) {
            let mut all: Option<Reached> = None;
            for other in set {
                // It is the whole object that is deleted from or dropped.
                let one = self.any_part(&other, on, &[]);
                match &mut all {
                    Some(all) => all.meet(&one),
                    None => all = Some(one),
                }
            }
            if let Some(all) = all.filter(|all| !all.who.is_empty()) {
                reached.join(&all);
            }
        }
        reached
    }

    /// On the object itself or on any of its columns: the named ones, where some are.
    fn any_part(&mut self, operation: &Operation, on: &Arc<Object>, columns: &[Name]) -> Reached {
        let column = Kind::known("column");
        let mut parts: Vec<Arc<Object>> = Vec::new();
        if self.dialect.operations(&column).contains(operation) {
            let known = self.observed.catalogue.columns.get(on).into_iter().flatten();
            let meant = known.filter(|name| columns.is_empty() || columns.contains(name));
            parts.extend(meant.map(|name| {
                let path = on.path.iter().chain([name]).cloned().collect();
                Arc::new(Object::new(on.place.clone(), column.clone(), path))
            }));
        }
        if columns.is_empty() || parts.is_empty() {
            parts.push(on.clone());
        }
        let mut reached = Reached::default();
        for on in parts {
            let permission = Permission { operation: operation.clone(), on, delegable: false };
            reached.join(&self.who(&permission));
        }
        reached
    }

    /// Who comes to exactly this. Neither the door of the database nor that of the schema is asked about: both may be opened by what
    /// is not in the model.
    fn who(&mut self, permission: &Permission) -> Arc<Reached> {
        let Some(database) = self.database(&permission.on) else { return Arc::default() };
        let key = (database, permission.clone());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let needs = self.dialect.needs(&self.observed, &key.0, permission);
        let needs = behind_doors(needs.own().clone());
        let who = self.among(&key.0, &needs);
        let sources = needs
            .session
            .iter()
            .flat_map(|need| need.sources.iter().chain(need.parts.iter().flat_map(|part| &part.sources)));
        let from = sources.map(|source| self.from(source, permission)).collect();
        let reached = Arc::new(Reached { who, from });
        self.known.insert(key, reached.clone());
        reached
    }

    fn among(&mut self, database: &DatabaseName, needs: &Needs) -> Subjects {
        let key = (database.clone(), alike(needs));
        if let Some(known) = self.alike.get(&key) {
            return known.clone();
        }
        let graph = self.graphs.entry(database.clone()).or_insert_with(|| {
            let powers = self.dialect.powers(&self.observed, database);
            // Who is above every check is the trusted base, and is told apart.
            Graph::of(&Powers { above: Vec::new(), ..powers })
        });
        let doors = graph.doors(needs, true);
        let mut who = Subjects::new();
        for role in graph.ask(needs, true).roles(&doors) {
            if let Some(behind) = self.acting.get(role) {
                who |= behind;
            }
        }
        self.alike.insert(key, who.clone());
        who
    }

    fn from(&self, source: &Source, permission: &Permission) -> From {
        let operation = &permission.operation;
        let why = match &source.basis {
            Basis::Granted { .. } => format!("has {operation} on"),
            Basis::Owner | Basis::OwnerMayGrant => "owns".to_owned(),
            Basis::MayHandOn => format!("may hand on {operation} on"),
            Basis::MasterKey => format!("stands for {operation} on every"),
        };
        let on = match &source.basis {
            Basis::MasterKey => source.on.kind.to_string(),
            _ => source.on.to_string(),
        };
        let whose = match &source.who {
            Principal::Public => None,
            Principal::Role(role) => Some(Holder::Role(self.model_name(role).clone())),
        };
        From { whose, why, on }
    }

    /// The database that a session would be in.
    fn database(&self, on: &Object) -> Option<DatabaseName> {
        let named = on.path.first().filter(|_| on.kind.as_str() == "database");
        let named = named.and_then(|name| DatabaseName::new(name.as_str()).ok());
        on.database().cloned().or(named).or_else(|| self.target.databases.values().next().cloned())
    }

    fn operations(&self, grant: &GrantIntent) -> Vec<Operation> {
        if grant.operations.iter().any(|operation| operation.as_str() == "all") {
            return self.dialect.operations(&grant.on.kind);
        }
        grant.operations.clone()
    }

    /// The objects of a kind, or of every kind, that a database of the model has, itself included.
    pub(super) fn objects_of(&self, database: &DatabaseName, of: Option<&Kind>) -> Vec<Arc<Object>> {
        let inside = |object: &Object| match object.database() {
            Some(name) => name == database,
            None => {
                let named = object.path.first().is_some_and(|name| name.as_str() == database.as_str());
                named && object.kind.as_str() == "database"
            }
        };
        let objects = self.observed.catalogue.objects.keys();
        let meant = objects.filter(|object| inside(object) && of.is_none_or(|of| object.kind == *of));
        meant.cloned().collect()
    }

    /// Who comes to perform an operation, or what does the same, on all or a part of an object.
    pub(super) fn performing(&mut self, operation: &Operation, on: &Arc<Object>) -> Reached {
        self.doing(operation, on, &[])
    }

    /// True if the operation is one on such an object: a privilege, or what its owner may do.
    pub(super) fn allows(&self, operation: &Operation, on: &Object) -> bool {
        Question::is_owners_only(operation) || self.dialect.operations(&on.kind).contains(operation)
    }

    /// A role's name in the model.
    pub(super) fn model_name<'a>(&'a self, role: &'a RoleName) -> &'a RoleName {
        self.names.get(role).unwrap_or(role)
    }

    /// Who comes to hand on something of an object.
    pub(super) fn handing_on(&mut self, on: &Arc<Object>) -> Reached {
        let mut reached = Reached::default();
        for operation in self.dialect.operations(&on.kind) {
            reached.join(&self.who(&Permission { operation, on: on.clone(), delegable: true }));
        }
        reached
    }

    /// The objects that a phrase means.
    fn meant(&self, grant: &GrantIntent) -> Vec<Arc<Object>> {
        let on = &grant.on;
        let place = on.database.clone().map_or(Place::Cluster, Place::Database);
        let start = Object::new(place.clone(), on.kind.clone(), Vec::new());
        let objects = self.observed.catalogue.objects.range::<Object, _>(&start..);
        let objects = objects.take_while(|(object, _)| object.place == place && object.kind == on.kind);
        let meant = objects.filter(|(object, existing)| {
            (on.varieties.is_empty() || on.varieties.contains(&existing.variety))
                && on.names.iter().any(|name| name.matches(object))
                && !on.except.iter().any(|except| except.matches(object))
        });
        meant.map(|(object, _)| object.clone()).collect()
    }
}

fn alike(needs: &Needs) -> Alike {
    let own = needs.session.iter().flat_map(|need| std::iter::once(need).chain(&need.parts));
    let key = |source: &Source| (source.who.clone(), source.basis.grants_itself());
    own.map(|need| need.sources.iter().map(key).collect()).collect()
}

/// The need alone, in a session that everybody can begin.
fn behind_doors(own: Need) -> Needs {
    let open = Source {
        who: Principal::Public,
        basis: Basis::Granted { by: Grantor::Owner },
        on: own.permission.on.clone(),
    };
    let entry = Need { permission: own.permission.clone(), sources: vec![open], parts: Vec::new() };
    Needs { entry, elsewhere: Vec::new(), session: vec![own], together: true }
}
