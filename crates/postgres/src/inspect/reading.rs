//! What is needed to turn catalogue rows into facts: role names by OID, and ACL texts read once each.

use super::found::Found;
use super::rows::{self, take};
use crate::words::{kind, operation};
use crate::{acl, defaults, failure};
use engine::EngineError;
use model::{Acl, Existing, Grantor, Held, Holder, Name, Note, Object, Principal, RoleName, Variety};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio_postgres::Row;

/// Objects with smaller OIDs are made by initdb (`FirstNormalObjectId` in the server).
pub(super) const FIRST_OWN_OID: u32 = 16_384;

/// The schema of the standard's views.
const INFORMATION_SCHEMA: &str = "information_schema";

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
    parsed: HashMap<String, Parsed>,
    names: HashSet<Name>,
    extensions: HashMap<(u32, u32), Name>,
    initial: HashMap<(u32, u32, i32), String>,
    /// What could not be read or cannot be reproduced.
    pub(super) notes: Vec<Note>,
}

/// What a row says of an object that has an owner.
pub(super) struct Described<'a> {
    pub(super) class: u32,
    pub(super) oid: u32,
    pub(super) object: Object,
    pub(super) variety: Variety,
    pub(super) owner: u32,
    /// The ACL's text; `None` where it is NULL.
    pub(super) acl: Option<&'a str>,
}

impl Reading {
    /// Takes the rows of `role_names.sql`.
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
        self.role(oid)
            .ok_or_else(|| failure::unreadable(part, format!("an owner's OID {oid} belongs to no role")))
    }

    /// The role with which the cluster was born.
    pub(super) fn root(&self) -> Result<RoleName, EngineError> {
        self.owner("the bootstrap superuser", 10)
    }

    /// Adds a note.
    pub(super) fn note(&mut self, about: impl std::fmt::Display, what: impl Into<String>) {
        self.notes.push(Note { about: about.to_string(), what: what.into() });
    }

    /// An object with owner and ACL.
    pub(super) fn found(&mut self, part: &str, described: Described<'_>) -> Result<Found, EngineError> {
        let Described { class, oid, object, variety, owner, acl } = described;
        let owner = self.owner(part, owner)?;
        let default = || defaults::entries(&object.kind, &owner, self.major);
        let (entries, baseline) = match (acl, self.initial.get(&(class, oid, 0))) {
            (None, None) => (default(), None),
            (acl, initial) => {
                let (default, initial) = (default(), initial.cloned());
                let entries = acl.map(|text| self.entries(text, &owner, Some(&object))).transpose()?;
                let baseline = initial.map(|text| self.entries(&text, &owner, None)).transpose()?;
                (entries.unwrap_or_else(|| default.clone()), baseline.filter(|baseline| *baseline != default))
            }
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
            owner: Some(owner),
            entries: Some(entries),
            baseline,
        })
    }

    /// initdb grants on the information schema without writing down what: PUBLIC may look at its views, except at the
    /// inner ones, whose names begin with `_pg_`, and at two that it forgot.
    pub(super) fn complete_baseline(&self, found: &mut Found) {
        let (Some(owner), None) = (&found.owner, &found.baseline) else { return };
        let to_public = match (&found.object.kind, found.object.path.as_slice()) {
            (of, [schema]) if *of == kind::SCHEMA && schema.as_str() == INFORMATION_SCHEMA => {
                operation::USAGE
            }
            (of, [schema, name])
                if *of == kind::TABLE
                    && schema.as_str() == INFORMATION_SCHEMA
                    && !name.as_str().starts_with("_pg_")
                    && !matches!(name.as_str(), "sql_parts" | "transforms") =>
            {
                operation::SELECT
            }
            _ => return,
        };
        let mut baseline = defaults::entries(&found.object.kind, owner, self.major);
        let public = Holder { to: Principal::Public, by: Grantor::Owner };
        baseline.entry(public).or_default().insert(to_public, false);
        found.baseline = Some(baseline);
    }

    /// True if nothing was granted or revoked since the object was made.
    pub(super) fn is_at_baseline(&self, found: &Found) -> bool {
        match (&found.entries, &found.baseline, &found.owner) {
            (Some(entries), Some(baseline), _) => entries == baseline,
            (Some(entries), None, Some(owner)) => {
                *entries == defaults::entries(&found.object.kind, owner, self.major)
            }
            _ => false,
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
        let baseline = initial.map(|text| self.entries(&text, owner, None)).transpose()?;
        let entries =
            acl.map(|text| self.entries(text, owner, Some(&object))).transpose()?.unwrap_or_default();
        Ok(Found { object: Arc::new(object), existing: None, owner: None, entries: Some(entries), baseline })
    }

    /// The entries behind an ACL's text. Where `about` is given, what is left out is noted.
    pub(super) fn entries(
        &mut self,
        text: &str,
        owner: &RoleName,
        about: Option<&Object>,
    ) -> Result<Acl, EngineError> {
        if !self.parsed.contains_key(text) {
            let parsed = self.parse(text)?;
            self.parsed.insert(text.to_owned(), parsed);
        }
        let Some(parsed) = self.parsed.get_mut(text) else { return Ok(Acl::new()) };
        if let Some(about) = about {
            for oid in &parsed.dangling {
                let what = format!("an entry names role OID {oid}, which no longer exists; it is left out");
                self.notes.push(Note { about: about.to_string(), what });
            }
        }
        if let Some((known, entries)) = &parsed.last
            && known == owner
        {
            return Ok(entries.clone());
        }
        let mut entries = Acl::new();
        for (to, grantor, held) in &parsed.items {
            let by = if grantor == owner { Grantor::Owner } else { Grantor::Role(grantor.clone()) };
            entries.entry(Holder { to: to.clone(), by }).or_default().absorb(held);
        }
        parsed.last = Some((owner.clone(), entries.clone()));
        Ok(entries)
    }

    fn parse(&self, text: &str) -> Result<Parsed, EngineError> {
        let part = "an access control list";
        let items = acl::parse(text).map_err(|error| failure::unreadable(part, error))?;
        let mut parsed = Parsed { items: Vec::with_capacity(items.len()), dangling: Vec::new(), last: None };
        for item in items {
            let grantee = item.grantee.as_deref();
            let unknown = grantee.into_iter().chain([item.grantor.as_str()]).find(|name| self.dangles(name));
            if let Some(unknown) = unknown {
                parsed.dangling.push(unknown.to_owned());
                continue;
            }
            let to = grantee.map_or(Ok(Principal::Public), |name| self.known(name).map(Principal::Role))?;
            parsed.items.push((to, self.known(&item.grantor)?, item.held));
        }
        Ok(parsed)
    }

    /// The server prints a role that is gone by its OID, unquoted, just as it prints a role whose name is a number: such a
    /// role is believed to be meant where it exists.
    fn dangles(&self, name: &str) -> bool {
        !self.by_name.contains(name) && name.bytes().all(|byte| byte.is_ascii_digit())
    }

    fn known(&self, name: &str) -> Result<RoleName, EngineError> {
        self.by_name.get(name).cloned().map_or_else(|| rows::name("a role's name", name), Ok)
    }
}
