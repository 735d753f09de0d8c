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
/// Stands in a list of schemas for the one that bears the name of whoever runs the code.
const USER: &str = "$user";

/// Where names are looked up, one after the other.
#[derive(Debug, Clone, Copy)]
enum Spot<'a> {
    Temporary,
    Catalogue,
    There(&'a Arc<Object>),
    Missing(&'a Name),
}

/// The names of one database.
pub(super) struct Names<'a> {
    place: Place,
    tables: BTreeMap<(&'a str, &'a str), &'a Arc<Object>>,
    types: BTreeMap<(&'a str, &'a str), &'a Arc<Object>>,
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
        let (mut tables, mut types, mut schemas) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for object in catalogue.objects.keys().filter(|object| object.place == place) {
            match (&object.kind, object.path.as_slice()) {
                (of, [schema, name]) if *of == kind::TABLE => {
                    tables.insert((schema.as_str(), name.as_str()), object);
                }
                (of, [schema, name]) if *of == kind::TYPE => {
                    types.insert((schema.as_str(), name.as_str()), object);
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
        Self { place, tables, types, routines, schemas }
    }

    /// The table that a body means. One with a schema is there even if the look did not list it, as the server's own are not.
    pub(super) fn relation(&self, relation: &Relation, path: Option<&[Name]>) -> Option<Arc<Object>> {
        let name = relation.name.as_str();
        if let Some(schema) = &relation.schema {
            if let Some(known) = self.tables.get(&(schema.as_str(), name)) {
                return Some((*known).clone());
            }
            if schema == TEMPORARY {
                return None;
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

    /// Who could give the names of a body another meaning, and how. `runs` is the role that it runs as.
    pub(super) fn openings(&self, does: &Does, path: Option<&[Name]>, runs: &Name) -> BTreeSet<Opening> {
        let loose = does.loose;
        let tables = self.loose_tables(does, path);
        // Their names may say that they are temporary.
        let temporary = does.acts.iter().filter(|act| act.on.schema.as_deref() == Some(TEMPORARY));
        let mut openings: BTreeSet<Opening> = temporary
            .filter_map(|act| {
                let written = act.operation != "select";
                Some(Opening::Temporary(Loose {
                    name: Name::new(act.on.name.as_str()).ok()?,
                    meant: None,
                    written,
                }))
            })
            .collect();
        let others = loose.routines || loose.operators || loose.types;
        match path {
            Some(path) => {
                self.openings_of(&in_place(path, runs), tables, does, &mut openings);
            }
            None if others || !tables.is_empty() => {
                let any = Opening::AnySchema(tables.first().cloned());
                openings.extend(tables.into_iter().map(Opening::Temporary).chain([any]));
                openings
                    .extend(does.types.iter().filter_map(|(name, sure)| self.temporary_type(name, *sure)));
            }
            None => {}
        }
        openings
    }

    /// The tables that are named without their schema.
    fn loose_tables(&self, does: &Does, path: Option<&[Name]>) -> BTreeSet<Loose> {
        let named = does.acts.iter().filter(|act| act.on.schema.is_none());
        let written: BTreeSet<&str> =
            named.clone().filter(|act| act.operation != "select").map(|act| act.on.name.as_str()).collect();
        let loose = named.filter_map(|act| {
            let (name, meant) = (Name::new(act.on.name.as_str()).ok()?, self.relation(&act.on, path));
            Some(Loose { name, meant, written: written.contains(act.on.name.as_str()) })
        });
        loose.collect()
    }

    /// A type of a name that is the server's, unless one of one's own bears it.
    fn temporary_type(&self, name: &str, sure: bool) -> Option<Opening> {
        let meant = self.types.iter().find(|((_, own), _)| *own == name).map(|(_, object)| (*object).clone());
        Some(Opening::TemporaryType { name: Name::new(name).ok()?, meant, sure })
    }

    /// The same where the routine says where names are looked up.
    fn openings_of(
        &self,
        path: &[&Name],
        tables: BTreeSet<Loose>,
        does: &Does,
        openings: &mut BTreeSet<Opening>,
    ) {
        let spots = self.spots(path);
        for table in tables {
            let there = |spot: &Spot<'_>| self.has_table(*spot, table.name.as_str());
            for spot in spots.iter().take_while(|spot| !there(spot)) {
                openings.extend(match spot {
                    Spot::Temporary => Some(Opening::Temporary(table.clone())),
                    Spot::There(schema) => Some(Opening::Schema((*schema).clone(), Some(table.clone()))),
                    Spot::Missing(schema) => Some(Opening::Missing((*schema).clone(), Some(table.clone()))),
                    Spot::Catalogue => None,
                });
            }
        }
        for (name, sure) in &does.types {
            let own = |spot: &Spot<'_>| matches!(spot, Spot::There(schema) if schema.path.first().is_some_and(|schema| self.types.contains_key(&(schema.as_str(), name.as_str()))));
            let servers = !spots.iter().any(own);
            let there = |spot: &&Spot<'_>| own(spot) || (servers && matches!(spot, Spot::Catalogue));
            if spots.iter().take_while(|spot| !there(spot)).any(|spot| matches!(spot, Spot::Temporary)) {
                openings.extend(self.temporary_type(name, *sure));
            }
        }
        if does.loose.routines || does.loose.operators || does.loose.types {
            openings.extend(looked_through(&spots));
        }
    }

    /// Where something may be made that fits better than what a body means that nobody reads.
    pub(super) fn looked_through(&self, path: &[Name], runs: &Name) -> BTreeSet<Opening> {
        looked_through(&self.spots(&in_place(path, runs))).collect()
    }

    /// Where a session looks that has this list: temporary objects come first and the server's own next, unless it says where
    /// they come.
    fn spots<'n>(&'n self, path: &[&'n Name]) -> Vec<Spot<'n>> {
        let lists = |name: &str| path.iter().any(|listed| listed.as_str() == name);
        let mut spots = Vec::with_capacity(path.len() + 2);
        spots.extend((!lists(TEMPORARY)).then_some(Spot::Temporary));
        spots.extend((!lists(CATALOGUE)).then_some(Spot::Catalogue));
        spots.extend(path.iter().map(|name| match (name.as_str(), self.schemas.get(name.as_str())) {
            (TEMPORARY, _) => Spot::Temporary,
            (CATALOGUE, _) => Spot::Catalogue,
            (_, Some(schema)) => Spot::There(schema),
            // The server's own are left out of a look, and nobody makes one under such a name.
            (name, None) if name.starts_with("pg_") || name == "information_schema" => Spot::Catalogue,
            (_, None) => Spot::Missing(name),
        }));
        spots
    }

    fn has_table(&self, spot: Spot<'_>, name: &str) -> bool {
        match spot {
            Spot::There(schema) => {
                schema.path.first().is_some_and(|schema| self.tables.contains_key(&(schema.as_str(), name)))
            }
            // A look leaves the server's own tables out.
            Spot::Catalogue => name.starts_with("pg_"),
            Spot::Temporary | Spot::Missing(_) => false,
        }
    }
}

/// A list of schemas with the role as which the code runs in the place of what stands for it.
fn in_place<'n>(path: &'n [Name], runs: &'n Name) -> Vec<&'n Name> {
    path.iter().map(|name| if name.as_str() == USER { runs } else { name }).collect()
}

/// Where routines and operators are looked for: temporary ones are not.
fn looked_through<'s>(spots: &'s [Spot<'_>]) -> impl Iterator<Item = Opening> + 's {
    spots.iter().filter_map(|spot| match spot {
        Spot::There(schema) => Some(Opening::Schema((*schema).clone(), None)),
        Spot::Missing(schema) => Some(Opening::Missing((*schema).clone(), None)),
        Spot::Temporary | Spot::Catalogue => None,
    })
}
