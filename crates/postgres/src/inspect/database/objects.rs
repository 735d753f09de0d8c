//! Rows of objects, each turned into what was found.

use crate::failure;
use crate::inspect::database::Seen;
use crate::inspect::found::{self, Found};
use crate::inspect::reading::{Common, FIRST_OWN_OID, Reading, Which, class};
use crate::inspect::rows::{letter, take};
use crate::words::{kind, variety};
use engine::EngineError;
use foldhash::HashMap;
use model::{DatabaseName, Existing, Kind, Name, Object, Place, RowSecurity, Variety};
use std::sync::Arc;
use tokio_postgres::Row;

/// A table's own row type, listed only where something was granted on it.
const ROW_TYPE: Variety = Variety::known("row type");
/// An array type, likewise.
const ARRAY_TYPE: Variety = Variety::known("array type");

/// What is being read of one database.
#[derive(Debug)]
pub(super) struct Objects {
    database: DatabaseName,
    place: Place,
    system_objects: bool,
    spelled: HashMap<u32, Name>,
    /// Names of roles and ACLs.
    pub(super) reading: Reading,
    /// What has been read so far.
    pub(super) seen: Seen,
}

impl Objects {
    pub(super) fn new(
        database: DatabaseName,
        system_objects: bool,
        reading: Reading,
        spelled: HashMap<u32, Name>,
    ) -> Self {
        let place = Place::Database(database.clone());
        Self { database, place, system_objects, spelled, reading, seen: Seen::default() }
    }

    pub(super) fn database(&self) -> &DatabaseName {
        &self.database
    }

    /// What was seen, when all has been read.
    pub(super) fn seen(mut self) -> Seen {
        for note in &mut self.reading.notes {
            note.about = format!("{} (database {})", note.about, self.database);
        }
        self.seen.notes.append(&mut self.reading.notes);
        self.seen
    }

    /// An object of this database.
    pub(super) fn object(&mut self, part: &str, kind: Kind, path: &[&str]) -> Result<Object, EngineError> {
        Ok(Object::new(self.place.clone(), kind, self.path(part, path)?))
    }

    /// Adds an object, unless it is one of the engine's own that stands as initdb left it and these are not asked for.
    fn add(&mut self, common: &Common, which: Which) -> Result<Option<&mut Found>, EngineError> {
        // initdb makes the schema public, but for the organisation's use.
        let public =
            which.class == class::NAMESPACE && which.path.iter().any(|name| name.as_str() == "public");
        let system = which.oid < FIRST_OWN_OID && which.class != class::NONE && !public;
        let mut found = self.reading.found(&self.place, common, which)?;
        if system && !self.system_objects && common.is_as_made(&found) && self.reading.is_root(common) {
            return Ok(None);
        }
        if let Some(existing) = &mut found.existing {
            existing.system = system;
        }
        self.seen.found.push(found);
        Ok(self.seen.found.last_mut())
    }

    /// Adds an object that a row describes alone: its kind, owner and ACL, and which it is.
    fn add_one(
        &mut self,
        part: &str,
        (kind, owner, acl): (Kind, u32, Option<&str>),
        which: Which,
    ) -> Result<Option<&mut Found>, EngineError> {
        let common = self.reading.common(part, kind, owner, acl)?;
        self.add(&common, which)
    }

    fn path(&mut self, part: &str, names: &[&str]) -> Result<Vec<Name>, EngineError> {
        names.iter().map(|name| self.reading.name(part, name)).collect()
    }

    pub(super) fn schemas(&mut self, rows: &[Row]) -> Result<(), EngineError> {
        let part = "schemas";
        for row in rows {
            let path = self.path(part, &[take(part, row, 1)?])?;
            let which = Which {
                class: class::NAMESPACE,
                oid: take(part, row, 0)?,
                path,
                arguments: None,
                variety: variety::PLAIN,
            };
            self.add_one(part, (kind::SCHEMA, take(part, row, 2)?, take(part, row, 3)?), which)?;
        }
        Ok(())
    }

    pub(super) fn relations(&mut self, rows: &[Row]) -> Result<(), EngineError> {
        let part = "tables";
        for row in rows {
            let (kind, variety) = match letter(part, row, 1)? {
                'c' => continue,
                'r' => (kind::TABLE, variety::TABLE),
                'p' => (kind::TABLE, variety::PARTITIONED_TABLE),
                'v' => (kind::TABLE, variety::VIEW),
                'm' => (kind::TABLE, variety::MATERIALIZED_VIEW),
                'f' => (kind::TABLE, variety::FOREIGN_TABLE),
                'S' => (kind::SEQUENCE, variety::PLAIN),
                other => return Err(failure::unreadable(part, format!("unknown relkind {other:?}"))),
            };
            let schema = self.reading.name(part, take(part, row, 0)?)?;
            let common = self.reading.common(part, kind, take(part, row, 2)?, take(part, row, 3)?)?;
            let (partition, follows_table) = (take(part, row, 4)?, take(part, row, 7)?);
            let security = RowSecurity { enabled: take(part, row, 5)?, forced: take(part, row, 6)? };
            let (oids, names) = (take::<Vec<u32>>(part, row, 8)?, take::<Vec<&str>>(part, row, 9)?);
            for (oid, name) in oids.into_iter().zip(names) {
                let path = vec![schema.clone(), self.reading.name(part, name)?];
                let which =
                    Which { class: class::CLASS, oid, path, arguments: None, variety: variety.clone() };
                let Some(found) = self.add(&common, which)? else { continue };
                if let Some(existing) = &mut found.existing {
                    existing.partition = partition;
                    existing.follows_table = follows_table;
                }
                if security != RowSecurity::default() {
                    let object = found.object.clone();
                    self.seen.row_security.insert(object, security);
                }
            }
        }
        // Done here, it is done while the server is busy with the rest.
        self.seen.found = found::sorted(std::mem::take(&mut self.seen.found)).collect();
        Ok(())
    }

    pub(super) fn column_privileges(&mut self, rows: &[Row]) -> Result<(), EngineError> {
        let part = "columns";
        for row in rows {
            let path = [take(part, row, 1)?, take(part, row, 2)?, take(part, row, 4)?];
            let object = self.object(part, kind::COLUMN, &path)?;
            let owner = self.reading.owner(part, take(part, row, 3)?)?;
            let at = (take(part, row, 0)?, take(part, row, 5)?);
            let found = self.reading.found_column(object, at, &owner, take(part, row, 6)?)?;
            self.seen.found.push(found);
        }
        Ok(())
    }

    pub(super) fn columns_of(&mut self, rows: &[Row]) -> Result<(), EngineError> {
        let part = "columns";
        for row in rows {
            let table =
                Arc::new(self.object(part, kind::TABLE, &[take(part, row, 0)?, take(part, row, 1)?])?);
            let column = self.reading.name(part, take(part, row, 2)?)?;
            self.seen.columns.entry(table).or_default().insert(column);
        }
        Ok(())
    }

    pub(super) fn routines(&mut self, rows: &[Row]) -> Result<(), EngineError> {
        let part = "routines";
        for row in rows {
            let variety = match letter(part, row, 3)? {
                'f' => variety::FUNCTION,
                'p' => variety::PROCEDURE,
                'a' => variety::AGGREGATE,
                'w' => variety::WINDOW_FUNCTION,
                other => return Err(failure::unreadable(part, format!("unknown prokind {other:?}"))),
            };
            let path = self.path(part, &[take(part, row, 1)?, take(part, row, 2)?])?;
            let arguments = Some(self.spellings(part, &take::<Vec<u32>>(part, row, 4)?)?);
            let which = Which { class: class::PROC, oid: take(part, row, 0)?, path, arguments, variety };
            self.add_one(part, (kind::ROUTINE, take(part, row, 5)?, take(part, row, 6)?), which)?;
        }
        Ok(())
    }

    /// How types are spelled; the OID 0 stands for the operand that a prefix operator lacks.
    fn spellings(&mut self, part: &str, types: &[u32]) -> Result<Vec<Name>, EngineError> {
        types
            .iter()
            .map(|oid| match (oid, self.spelled.get(oid)) {
                (0, _) => self.reading.name(part, "NONE"),
                (_, Some(name)) => Ok(name.clone()),
                (_, None) => {
                    Err(failure::unreadable(part, format!("the type with OID {oid} does not exist")))
                }
            })
            .collect()
    }

    pub(super) fn types(&mut self, rows: &[Row]) -> Result<(), EngineError> {
        let part = "types";
        for row in rows {
            let dependent: bool = take(part, row, 6)?;
            let variety = match letter(part, row, 3)? {
                'b' if dependent => ARRAY_TYPE,
                'c' if dependent => ROW_TYPE,
                'b' => variety::BASE_TYPE,
                'c' => variety::COMPOSITE_TYPE,
                'd' => variety::DOMAIN,
                'e' => variety::ENUM,
                'm' => variety::MULTIRANGE_TYPE,
                'r' => variety::RANGE_TYPE,
                other => return Err(failure::unreadable(part, format!("unknown typtype {other:?}"))),
            };
            let path = self.path(part, &[take(part, row, 1)?, take(part, row, 2)?])?;
            let which =
                Which { class: class::TYPE, oid: take(part, row, 0)?, path, arguments: None, variety };
            let described = (kind::TYPE, take(part, row, 4)?, take(part, row, 5)?);
            let Some(found) = self.add_one(part, described, which)? else { continue };
            if let Some(existing) = &mut found.existing {
                existing.follows_table = dependent;
            }
        }
        Ok(())
    }

    pub(super) fn whole_database_objects(&mut self, rows: &[Row]) -> Result<(), EngineError> {
        let part = "languages and foreign servers";
        for row in rows {
            let class: u32 = take(part, row, 0)?;
            let kind = match class {
                class::LANGUAGE => kind::LANGUAGE,
                class::FOREIGN_DATA_WRAPPER => kind::FOREIGN_DATA_WRAPPER,
                class::FOREIGN_SERVER => kind::FOREIGN_SERVER,
                other => return Err(failure::unreadable(part, format!("unknown catalogue {other}"))),
            };
            let path = self.path(part, &[take(part, row, 2)?])?;
            let which =
                Which { class, oid: take(part, row, 1)?, path, arguments: None, variety: variety::PLAIN };
            self.add_one(part, (kind, take(part, row, 3)?, take(part, row, 4)?), which)?;
        }
        Ok(())
    }

    pub(super) fn large_objects(&mut self, rows: &[Row]) -> Result<(), EngineError> {
        let part = "large objects";
        for row in rows {
            let oid: u32 = take(part, row, 0)?;
            let path = self.path(part, &[&oid.to_string()])?;
            let which = Which { class: class::NONE, oid, path, arguments: None, variety: variety::PLAIN };
            self.add_one(part, (kind::LARGE_OBJECT, take(part, row, 1)?, take(part, row, 2)?), which)?;
        }
        Ok(())
    }

    pub(super) fn owner_only(&mut self, rows: &[Row]) -> Result<(), EngineError> {
        let part = "owners";
        for row in rows {
            let kind = owner_only_kind(take(part, row, 0)?)
                .ok_or_else(|| failure::unreadable(part, "unknown kind"))?;
            let (schema, method) = (take::<Option<&str>>(part, row, 2)?, take::<Option<&str>>(part, row, 4)?);
            let path: Vec<&str> = schema.into_iter().chain([take(part, row, 3)?]).chain(method).collect();
            let mut object = self.object(part, kind, &path)?;
            let (id, operands) = (take::<u32>(part, row, 1)?, take::<Option<Vec<u32>>>(part, row, 6)?);
            object.arguments = operands.map(|operands| self.spellings(part, &operands)).transpose()?;
            let owner = self.reading.owner(part, take(part, row, 5)?)?;
            self.seen.found.push(Found {
                object: Arc::new(object),
                existing: Some(Existing {
                    variety: if take(part, row, 7)? { variety::WIDE_PUBLICATION } else { variety::PLAIN },
                    id,
                    extension: None,
                    system: id < FIRST_OWN_OID,
                    partition: false,
                    follows_table: false,
                }),
                owner: Some(owner),
                entries: None,
                baseline: None,
            });
        }
        Ok(())
    }
}

/// The relations behind composite types that are no table's, among the rows of `relations.sql`.
pub(super) fn composites(rows: &[Row]) -> Result<Vec<u32>, EngineError> {
    let part = "tables";
    let mut all = Vec::new();
    for row in rows {
        if letter(part, row, 1)? == 'c' {
            all.extend(take::<Vec<u32>>(part, row, 8)?);
        }
    }
    Ok(all)
}

fn owner_only_kind(word: &str) -> Option<Kind> {
    let known = [
        kind::OPERATOR,
        kind::OPERATOR_CLASS,
        kind::OPERATOR_FAMILY,
        kind::COLLATION,
        kind::CONVERSION,
        kind::TEXT_SEARCH_CONFIGURATION,
        kind::TEXT_SEARCH_DICTIONARY,
        kind::STATISTICS,
        kind::PUBLICATION,
        kind::SUBSCRIPTION,
        kind::EVENT_TRIGGER,
        kind::EXTENSION,
    ];
    known.into_iter().find(|kind| kind.as_str() == word)
}
