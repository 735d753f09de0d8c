//! What the bodies of routines do.

use model::{Body, Catalogue, DatabaseName, Name, Object, Routine};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A routine as the catalogue has it.
#[derive(Debug)]
#[expect(dead_code, reason = "bodies are not read yet")]
pub(super) struct Read {
    pub(super) definer: bool,
    pub(super) fires: bool,
    pub(super) language: Name,
    /// The schemas that it sets for looking names up.
    pub(super) path: Option<Vec<Name>>,
    /// Its names were looked up when it was made.
    pub(super) settled: bool,
    /// The whole statement that makes it, in a language that is read.
    pub(super) definition: Option<String>,
}

/// Reads the bodies of a database's routines.
pub(super) fn read(
    routines: BTreeMap<Arc<Object>, Read>,
    _catalogue: &Catalogue,
    _database: &DatabaseName,
    all: &mut BTreeMap<Arc<Object>, Routine>,
) {
    for (object, read) in routines {
        let why = format!("{} is not read", read.language);
        let Read { definer, fires, language, .. } = read;
        all.insert(
            object,
            Routine { definer, fires, language, body: Body::Unknown { why }, openings: BTreeSet::new() },
        );
    }
}
