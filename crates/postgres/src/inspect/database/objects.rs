//! Rows of objects, each turned into what was found.

use crate::failure;
use crate::inspect::database::Seen;
use crate::inspect::found::Found;
use crate::inspect::reading::{Described, FIRST_OWN_OID, Reading, class};
use crate::inspect::rows::{letter, take};
use crate::words::{kind, variety};
use engine::EngineError;
use model::{DatabaseName, Existing, Kind, Name, Object, Place, RowSecurity, Variety};
use std::collections::{HashMap, HashSet};
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
    system_objects: bool,
    spelled: HashMap<u32, Name>,
    behind_columns: HashSet<u32>,
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
        behind_columns: HashSet<u32>,
    ) -> Self {
        Self { database, system_objects, spelled, behind_columns, reading, seen: Seen::default() }
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
        let path = path.iter().map(|name| self.reading.name(part, name)).collect::<Result<Vec<_>, _>>()?;
        Ok(Object::new(Place::Database(self.database.clone()), kind, path))
    }

    /// Adds an object, unless it is one of the engine's own that stands as initdb left it and these are not asked for.
    fn add(&mut self, part: &str, described: Described<'_>) -> Result<Option<&mut Found>, EngineError> {
        // initdb makes the schema public, but for the organisation's use.
        let public = described.class == class::NAMESPACE
            && described.object.path.iter().any(|name| name.as_str() == "public");
        let system = described.oid < FIRST_OWN_OID && described.class != class::NONE && !public;
        let altered = described.acl.is_some();
        let mut found = self.reading.found(part, described)?;
        if system {
            if altered {
                self.reading.complete_baseline(&mut found);
            }
            if !self.system_objects && self.reading.is_at_baseline(&found) {
                return Ok(None);
            }
        }
        if let Some(existing) = &mut found.existing {
            existing.system = system;
        }
        self.seen.found.push(found);
        Ok(self.seen.found.last_mut())
    }

    pub(super) fn schemas(&mut self, rows: &[Row]) -> Result<(), EngineError> {
        let part = "schemas";
        for row in rows {
            let object = self.object(part, kind::SCHEMA, &[take(part, row, 1)?])?;
            self.add(
                part,
                Described {
                    class: class::NAMESPACE,
                    oid: take(part, row, 0)?,
                    object,
                    variety: variety::PLAIN,
                    owner: take(part, row, 2)?,
                    acl: take(part, row, 3)?,
                },
            )?;
        }
        Ok(())
    }

    pub(super) fn relations(&mut self, rows: &[Row]) -> Result<(), EngineError> {
        let part = "tables";
        self.seen.found.reserve(rows.len());
        for row in rows {
            let oid: u32 = take(part, row, 0)?;
            let (kind, variety) = match letter(part, row, 3)? {
                'r' => (kind::TABLE, variety::TABLE),
                'p' => (kind::TABLE, variety::PARTITIONED_TABLE),
                'v' => (kind::TABLE, variety::VIEW),
                'm' => (kind::TABLE, variety::MATERIALIZED_VIEW),
                'f' => (kind::TABLE, variety::FOREIGN_TABLE),
                'S' => (kind::SEQUENCE, variety::PLAIN),
                other => return Err(failure::unreadable(part, format!("unknown relkind {other:?}"))),
            };
            let follows_table = kind == kind::SEQUENCE && self.behind_columns.contains(&oid);
            let object = self.object(part, kind, &[take(part, row, 1)?, take(part, row, 2)?])?;
            let Some(found) = self.add(
                part,
                Described {
                    class: class::CLASS,
                    oid,
                    object,
                    variety,
                    owner: take(part, row, 4)?,
                    acl: take(part, row, 5)?,
                },
            )?
            else {
                continue;
            };
            if let Some(existing) = &mut found.existing {
                existing.partition = take(part, row, 6)?;
                existing.follows_table = follows_table;
            }
            let security = RowSecurity { enabled: take(part, row, 7)?, forced: take(part, row, 8)? };
            if security != RowSecurity::default() {
                let object = found.object.clone();
                self.seen.row_security.insert(object, security);
            }
        }
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
            let mut object = self.object(part, kind::ROUTINE, &[take(part, row, 1)?, take(part, row, 2)?])?;
            object.arguments = Some(self.spellings(part, &take::<Vec<u32>>(part, row, 4)?)?);
            self.add(
                part,
                Described {
                    class: class::PROC,
                    oid: take(part, row, 0)?,
                    object,
                    variety,
                    owner: take(part, row, 5)?,
                    acl: take(part, row, 6)?,
                },
            )?;
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
            let object = self.object(part, kind::TYPE, &[take(part, row, 1)?, take(part, row, 2)?])?;
            let Some(found) = self.add(
                part,
                Described {
                    class: class::TYPE,
                    oid: take(part, row, 0)?,
                    object,
                    variety,
                    owner: take(part, row, 4)?,
                    acl: take(part, row, 5)?,
                },
            )?
            else {
                continue;
            };
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
            let object = self.object(part, kind, &[take(part, row, 2)?])?;
            self.add(
                part,
                Described {
                    class,
                    oid: take(part, row, 1)?,
                    object,
                    variety: variety::PLAIN,
                    owner: take(part, row, 3)?,
                    acl: take(part, row, 4)?,
                },
            )?;
        }
        Ok(())
    }

    pub(super) fn large_objects(&mut self, rows: &[Row]) -> Result<(), EngineError> {
        let part = "large objects";
        for row in rows {
            let oid: u32 = take(part, row, 0)?;
            let object = self.object(part, kind::LARGE_OBJECT, &[&oid.to_string()])?;
            self.add(
                part,
                Described {
                    class: class::NONE,
                    oid,
                    object,
                    variety: variety::PLAIN,
                    owner: take(part, row, 1)?,
                    acl: take(part, row, 2)?,
                },
            )?;
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
            let operands = take::<Option<Vec<u32>>>(part, row, 6)?;
            object.arguments = operands.map(|operands| self.spellings(part, &operands)).transpose()?;
            let owner = self.reading.owner(part, take(part, row, 5)?)?;
            self.seen.found.push(Found {
                object: Arc::new(object),
                existing: Some(Existing {
                    variety: variety::PLAIN,
                    id: take(part, row, 1)?,
                    extension: None,
                    system: false,
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
    ];
    known.into_iter().find(|kind| kind.as_str() == word)
}
