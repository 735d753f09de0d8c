//! What is needed to turn catalogue rows into facts: role names by OID, and ACL texts read once each.

use super::found::Found;
use super::rows::{self, take};
use crate::words::{kind, operation};
use crate::{acl, defaults, failure};
use engine::EngineError;
use foldhash::{HashMap, HashSet};
use model::{
    Acl, Existing, Grantor, Held, Holder, Kind, Name, Note, Object, Place, Principal, RoleName, Variety,
};
use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::sync::Arc;
use tokio_postgres::Row;

/// Objects with smaller OIDs are made by initdb (`FirstNormalObjectId` in the server).
pub(super) const FIRST_OWN_OID: u32 = 16_384;

/// The role that `initdb` makes.
pub(super) const ROOT_OID: u32 = 10;

/// OIDs of the catalogues that tell objects of different kinds apart.
pub(super) mod class {
    pub(in crate::inspect) const TYPE: u32 = 1247;
    pub(in crate::inspect) const PROC: u32 = 1255;
    pub(in crate::inspect) const CLASS: u32 = 1259;
    pub(in crate::inspect) const NAMESPACE: u32 = 2615;
    pub(in crate::inspect) const LANGUAGE: u32 = 2612;
    pub(in crate::inspect) const FOREIGN_DATA_WRAPPER: u32 = 2328;
    pub(in crate::inspect) const FOREIGN_SERVER: u32 = 1417;
    /// For objects that no extension makes.
    pub(in crate::inspect) const NONE: u32 = 0;
}

/// One item of an ACL with names resolved.
type Item = (Principal, RoleName, Held);

/// An ACL text once read; the entries depend on the owner, who is nearly always the same for the same text.
#[derive(Debug)]
struct Parsed {
    items: Vec<Item>,
    dangling: Vec<String>,
    last: Option<(RoleName, Acl)>,
}

/// State of reading one database, or the cluster-wide catalogues.
#[derive(Debug, Default)]
pub(super) struct Reading {
    major: u32,
    by_oid: HashMap<u32, RoleName>,
    by_name: HashSet<RoleName>,
    parser: acl::Parser,
    parsed: HashMap<String, Parsed>,
    /// Defaults, which depend on nothing but kind and owner.
    defaults: HashMap<(Kind, RoleName), Acl>,
    names: HashSet<Name>,
    extensions: HashMap<(u32, u32), Name>,
    initial: HashMap<(u32, u32, i32), String>,
    /// What could not be read or cannot be reproduced.
    pub(super) notes: Vec<Note>,
}

/// What objects have in common that share kind, owner and ACL.
#[derive(Debug)]
pub(super) struct Common {
    kind: Kind,
    owner: RoleName,
    default: Acl,
    entries: Acl,
    dangling: Vec<String>,
    /// The ACL is not NULL.
    altered: bool,
}

/// Which object of those.
pub(super) struct Which {
    pub(super) class: u32,
    pub(super) oid: u32,
    pub(super) path: Vec<Name>,
    pub(super) arguments: Option<Vec<Name>>,
    pub(super) variety: Variety,
}

/// The entries behind an ACL's text, and the OIDs in it that belong to nobody.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) entries: Acl,
    pub(super) dangling: Vec<String>,
}

impl Reading {
    /// Takes the rows of `role_names.sql`, or those of `roles.sql`, which begin alike.
    pub(super) fn new(version: u32, names: &[Row]) -> Result<Self, EngineError> {
        let part = "role names";
        let mut reading = Self { major: version / 10_000, ..Self::default() };
        for row in names {
            let name: RoleName = rows::name(part, take(part, row, 1)?)?;
            reading.by_oid.insert(take(part, row, 0)?, name.clone());
            reading.by_name.insert(name);
        }
        Ok(reading)
    }

    /// Takes the rows of `extensions.sql` and `initial_privileges.sql`.
    pub(super) fn learn_origins(&mut self, extensions: &[Row], initial: &[Row]) -> Result<(), EngineError> {
        let part = "extensions";
        for row in extensions {
            let extension = self.name(part, take(part, row, 2)?)?;
            self.extensions.insert((take(part, row, 0)?, take(part, row, 1)?), extension);
        }
        let part = "initial privileges";
        for row in initial {
            let key = (take(part, row, 0)?, take(part, row, 1)?, take(part, row, 2)?);
            self.initial.insert(key, take(part, row, 3)?);
        }
        Ok(())
    }

    /// True if these objects belong to the role that `initdb` makes, as its own do at the beginning.
    pub(super) fn is_root(&self, common: &Common) -> bool {
        self.by_oid.get(&ROOT_OID) == Some(&common.owner)
    }

    /// A name, sharing the text with the same name read before.
    pub(super) fn name(&mut self, part: &str, text: &str) -> Result<Name, EngineError> {
        if let Some(known) = self.names.get(text) {
            return Ok(known.clone());
        }
        let name: Name = rows::name(part, text)?;
        self.names.insert(name.clone());
        Ok(name)
    }

    /// The role behind an OID, if it exists.
    pub(super) fn role(&self, oid: u32) -> Option<RoleName> {
        self.by_oid.get(&oid).cloned()
    }

    /// The owner behind an OID.
    pub(super) fn owner(&self, part: &str, oid: u32) -> Result<RoleName, EngineError> {
        self.role(oid).ok_or_else(|| failure::unreadable(part, format!("OID {oid} belongs to no role")))
    }

    /// The role with which the cluster was born.
    pub(super) fn root(&self) -> Result<RoleName, EngineError> {
        self.owner("the bootstrap superuser", ROOT_OID)
    }

    /// Adds a note.
    pub(super) fn note(&mut self, about: impl std::fmt::Display, what: impl Into<String>) {
        self.notes.push(Note { about: about.to_string(), what: what.into() });
    }

    /// What objects of this kind, owner and ACL have in common. `acl` is `None` where it is NULL.
    pub(super) fn common(
        &mut self,
        part: &str,
        kind: Kind,
        owner: u32,
        acl: Option<&str>,
    ) -> Result<Common, EngineError> {
        let owner = self.owner(part, owner)?;
        let major = self.major;
        let default = self.defaults.entry((kind.clone(), owner.clone()));
        let default = default.or_insert_with(|| defaults::entries(&kind, &owner, major)).clone();
        let (listed, altered) = match acl {
            Some(text) => (self.list(text, &owner)?, true),
            None => (Listed { entries: default.clone(), dangling: Vec::new() }, false),
        };
        let Listed { entries, dangling } = listed;
        Ok(Common { kind, owner, default, entries, dangling, altered })
    }

    /// One of those objects.
    pub(super) fn found(
        &mut self,
        place: &Place,
        common: &Common,
        which: Which,
    ) -> Result<Found, EngineError> {
        let Which { class, oid, path, arguments, variety } = which;
        let object = Object { place: place.clone(), kind: common.kind.clone(), path, arguments };
        self.note_dangling(&common.dangling, &object);
        let initial = self.initial.get(&(class, oid, 0)).cloned();
        let baseline = match initial {
            Some(text) => Some(self.list(&text, &common.owner)?.entries),
            None if common.altered && class != class::NONE && oid < FIRST_OWN_OID => {
                information_schema_baseline(&object, &common.default)
            }
            None => None,
        };
        let existing = Existing {
            variety,
            id: oid,
            extension: self.extensions.get(&(class, oid)).cloned(),
            system: false,
            partition: false,
            follows_table: false,
        };
        Ok(Found {
            object: Arc::new(object),
            existing: Some(existing),
            owner: Some(common.owner.clone()),
            entries: Some(common.entries.clone()),
            baseline: baseline.filter(|baseline| *baseline != common.default),
        })
    }

    /// Notes for an object what its ACL names and nobody is.
    pub(super) fn note_dangling(&mut self, dangling: &[String], about: &Object) {
        for oid in dangling {
            self.note(
                about,
                format!("an entry names role OID {oid}, which no longer exists; it is left out"),
            );
        }
    }

    /// A column with an ACL. Its owner is the table's and no fact of its own; its default is to have no entries.
    pub(super) fn found_column(
        &mut self,
        object: Object,
        at: (u32, i32),
        owner: &RoleName,
        acl: Option<&str>,
    ) -> Result<Found, EngineError> {
        let initial = self.initial.get(&(class::CLASS, at.0, at.1)).cloned();
        let baseline = initial.map(|text| self.list(&text, owner)).transpose()?.map(|listed| listed.entries);
        let listed = acl.map(|text| self.list(text, owner)).transpose()?.unwrap_or_default();
        self.note_dangling(&listed.dangling, &object);
        let entries = Some(listed.entries);
        Ok(Found { object: Arc::new(object), existing: None, owner: None, entries, baseline })
    }

    /// The entries behind an ACL's text.
    pub(super) fn list(&mut self, text: &str, owner: &RoleName) -> Result<Listed, EngineError> {
        if !self.parsed.contains_key(text) {
            let parsed = self.parse(text)?;
            self.parsed.insert(text.to_owned(), parsed);
        }
        let Some(parsed) = self.parsed.get_mut(text) else { return Ok(Listed::default()) };
        if let Some((known, entries)) = &parsed.last
            && known == owner
        {
            return Ok(Listed { entries: entries.clone(), dangling: parsed.dangling.clone() });
        }
        let mut entries = Acl::new();
        for (to, grantor, held) in &parsed.items {
            let by = if grantor == owner { Grantor::Owner } else { Grantor::Role(grantor.clone()) };
            match entries.entry(Holder { to: to.clone(), by }) {
                Entry::Vacant(slot) => {
                    slot.insert(held.clone());
                }
                Entry::Occupied(mut slot) => slot.get_mut().absorb(held),
            }
        }
        parsed.last = Some((owner.clone(), entries.clone()));
        Ok(Listed { entries, dangling: parsed.dangling.clone() })
    }

    fn parse(&mut self, text: &str) -> Result<Parsed, EngineError> {
        let part = "an access control list";
        let items = self.parser.parse(text).map_err(|error| failure::unreadable(part, error))?;
        let mut parsed = Parsed { items: Vec::with_capacity(items.len()), dangling: Vec::new(), last: None };
        for item in items {
            let to = match &item.grantee {
                None => Some(Principal::Public),
                Some(name) => self.known(name)?.map(Principal::Role),
            };
            match (to, self.known(&item.grantor)?) {
                (Some(to), Some(by)) => parsed.items.push((to, by, item.held)),
                (None, _) => parsed.dangling.extend(item.grantee.map(Cow::into_owned)),
                (_, None) => parsed.dangling.push(item.grantor.into_owned()),
            }
        }
        Ok(parsed)
    }

    /// The role of this name, or `None` for one that is gone. The server prints such a one by its OID, unquoted, just as
    /// it prints a role whose name is a number: that one is believed to be meant where it exists.
    fn known(&self, name: &str) -> Result<Option<RoleName>, EngineError> {
        match self.by_name.get(name) {
            Some(known) => Ok(Some(known.clone())),
            None if name.bytes().all(|byte| byte.is_ascii_digit()) => Ok(None),
            None => rows::name("a role's name", name).map(Some),
        }
    }
}

impl Common {
    /// True if nothing was granted or revoked on the object since it was made.
    pub(super) fn is_as_made(&self, found: &Found) -> bool {
        self.entries == *found.baseline.as_ref().unwrap_or(&self.default)
    }
}

/// initdb grants on the information schema without writing down what: PUBLIC may look at its views, except at the inner ones,
/// whose names begin with `_pg_`, and at two that it forgot.
fn information_schema_baseline(object: &Object, default: &Acl) -> Option<Acl> {
    let is_schema = |name: &Name| name.as_str() == "information_schema";
    let to_public = match object.path.as_slice() {
        [schema] if object.kind == kind::SCHEMA && is_schema(schema) => operation::USAGE,
        [schema, name]
            if object.kind == kind::TABLE
                && is_schema(schema)
                && !name.as_str().starts_with("_pg_")
                && !matches!(name.as_str(), "sql_parts" | "transforms") =>
        {
            operation::SELECT
        }
        _ => return None,
    };
    let mut baseline = default.clone();
    baseline
        .entry(Holder { to: Principal::Public, by: Grantor::Owner })
        .or_default()
        .insert(to_public, false);
    Some(baseline)
}
