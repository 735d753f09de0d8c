//! Names in bodies, looked up as the server does, and by whom their meaning can be chosen.

use crate::words::kind;
use model::{Catalogue, DatabaseName, Loose, Name, Object, Opening, Place};
use pgsql::{Call, Does, Relation};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where temporary objects are, which everybody may make.
const TEMPORARY: &str = "pg_temp";
/// The server's own names, which nobody can add to.
const CATALOGUE: &str = "pg_catalog";

/// The names of one database.
pub(super) struct Names<'a> {
    place: Place,
    tables: BTreeMap<(&'a str, &'a str), &'a Arc<Object>>,
    routines: BTreeMap<(&'a str, &'a str), Vec<&'a Arc<Object>>>,
    schemas: BTreeMap<&'a str, &'a Arc<Object>>,
}

impl<'a> Names<'a> {
    pub(super) fn of(
        catalogue: &'a Catalogue,
        database: &DatabaseName,
        own: impl Iterator<Item = &'a Arc<Object>>,
    ) -> Self {
        let place = Place::Database(database.clone());
        let (mut tables, mut schemas) = (BTreeMap::new(), BTreeMap::new());
        for object in catalogue.objects.keys().filter(|object| object.place == place) {
            match (&object.kind, object.path.as_slice()) {
                (of, [schema, name]) if *of == kind::TABLE => {
                    tables.insert((schema.as_str(), name.as_str()), object);
                }
                (of, [schema]) if *of == kind::SCHEMA => {
                    schemas.insert(schema.as_str(), object);
                }
                _ => {}
            }
        }
        let mut routines: BTreeMap<(&str, &str), Vec<&Arc<Object>>> = BTreeMap::new();
        for object in own {
            if let [schema, name] = object.path.as_slice() {
                routines.entry((schema.as_str(), name.as_str())).or_default().push(object);
            }
        }
        Self { place, tables, routines, schemas }
    }

    /// The table that a body means. One with a schema is there even if the look did not list it, as the server's own are not.
    pub(super) fn relation(&self, relation: &Relation, path: Option<&[Name]>) -> Option<Arc<Object>> {
        let name = relation.name.as_str();
        if let Some(schema) = &relation.schema {
            if let Some(known) = self.tables.get(&(schema.as_str(), name)) {
                return Some((*known).clone());
            }
            let path = [schema.as_str(), name].iter().filter_map(|part| Name::new(*part).ok()).collect();
            return Some(Arc::new(Object::new(self.place.clone(), kind::TABLE, path)));
        }
        let on_path =
            path.unwrap_or_default().iter().find_map(|schema| self.tables.get(&(schema.as_str(), name)));
        // Without a path the caller decides. What it was written for is most likely the only table of that name.
        let mut all = self.tables.iter().filter(|((_, table), _)| *table == name).map(|(_, object)| object);
        let only = all.next().filter(|_| all.next().is_none());
        on_path.or(only.filter(|_| path.is_none())).map(|object| (*object).clone())
    }

    pub(super) fn column(&self, table: &Object, column: &str) -> Option<Arc<Object>> {
        let mut path = table.path.clone();
        path.push(Name::new(column).ok()?);
        Some(Arc::new(Object::new(self.place.clone(), kind::COLUMN, path)))
    }

    /// The routines of one's own that a call can mean: of that name, and with at least as many arguments.
    pub(super) fn routines(&self, call: &Call, path: Option<&[Name]>) -> Vec<Arc<Object>> {
        let name = call.name.as_str();
        let schemas: Vec<&str> = match (&call.schema, path) {
            (Some(schema), _) => vec![schema.as_str()],
            (None, Some(path)) => path.iter().map(Name::as_str).collect(),
            (None, None) => self
                .routines
                .keys()
                .filter(|(_, routine)| *routine == name)
                .map(|(schema, _)| *schema)
                .collect(),
        };
        let all = schemas.into_iter().filter_map(|schema| self.routines.get(&(schema, name))).flatten();
        let enough = |routine: &&&Arc<Object>| {
            routine.arguments.as_ref().is_none_or(|arguments| arguments.len() >= call.arguments)
        };
        all.filter(enough).map(|routine| (*routine).clone()).collect()
    }

    /// Who could give the names of a body another meaning, and how.
    pub(super) fn openings(&self, does: &Does, path: Option<&[Name]>) -> BTreeSet<Opening> {
        let loose = does.loose;
        let named = does.acts.iter().filter(|act| act.on.schema.is_none());
        let written: BTreeSet<&str> =
            named.clone().filter(|act| act.operation != "select").map(|act| act.on.name.as_str()).collect();
        let tables: BTreeSet<Loose> = named
            .filter_map(|act| {
                let (name, meant) = (Name::new(act.on.name.as_str()).ok()?, self.relation(&act.on, path));
                Some(Loose { name, meant, written: written.contains(act.on.name.as_str()) })
            })
            .collect();
        let others = loose.routines || loose.operators || loose.types;
        match path {
            Some(path) => self.openings_of(path, tables, others),
            None if others || !tables.is_empty() => {
                let any = Opening::AnySchema(tables.first().cloned());
                tables.into_iter().map(Opening::Temporary).chain([any]).collect()
            }
            None => BTreeSet::new(),
        }
    }

    /// The same where the routine says where names are looked up.
    fn openings_of(&self, path: &[Name], tables: BTreeSet<Loose>, others: bool) -> BTreeSet<Opening> {
        let mut openings = BTreeSet::new();
        let temporary_last = path.iter().any(|schema| schema.as_str() == TEMPORARY);
        let known = |schema: &Name| {
            let open = schema.as_str() != CATALOGUE;
            self.schemas.get(schema.as_str()).filter(|_| open).map(|schema| (*schema).clone())
        };
        for table in tables {
            for schema in path {
                if self.tables.contains_key(&(schema.as_str(), table.name.as_str())) {
                    break;
                }
                openings.extend(known(schema).map(|schema| Opening::Schema(schema, Some(table.clone()))));
            }
            openings.extend((!temporary_last).then_some(Opening::Temporary(table)));
        }
        if others {
            openings.extend(path.iter().filter_map(known).map(|schema| Opening::Schema(schema, None)));
        }
        openings
    }
}
