//! The catalogue: what exists on a target. It is read to expand wildcards and to find names; it is never
//! compared.

use crate::{Acl, Name, Object, Variety};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is known of an object beside its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// What it is within its kind.
    pub variety: Variety,
    /// The engine's own number for it, 0 where it has none.
    pub id: u32,
    /// The extension that made it.
    pub extension: Option<Name>,
    /// It belongs to the engine, not to the organisation.
    pub system: bool,
    /// It is a partition of another table.
    pub partition: bool,
    /// Its owner is always that of the table it belongs to, as a sequence's behind an identity column.
    pub follows_table: bool,
}

/// What exists.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// The objects that were looked at.
    pub objects: BTreeMap<Arc<Object>, Existing>,
    /// The columns of those tables that the look asked for.
    pub columns: BTreeMap<Arc<Object>, BTreeSet<Name>>,
    /// Entries that an object got from the engine or its extension, where these differ from the built-in
    /// default of its kind.
    pub baselines: BTreeMap<Arc<Object>, Acl>,
}
