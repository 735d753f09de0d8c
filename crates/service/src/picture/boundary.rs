//! In which band a role lies of which nobody has said it: the least boundary that admits what the role itself holds.

use super::Band;
use model::{Attribute, Boundary, Kind, Operation, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What a role itself holds, as far as boundaries speak of it.
#[derive(Debug, Default)]
pub(super) struct Holding {
    pub(super) operations: BTreeSet<(Kind, Operation)>,
    pub(super) owns: bool,
}

impl Holding {
    /// The band. `flags` are the attributes of which boundaries speak.
    pub(super) fn band(
        &self,
        attributes: &BTreeMap<Attribute, Value>,
        flags: &[Attribute],
        boundaries: &[Boundary],
    ) -> Band {
        // To log in and to inherit is how a role works, not what it may do.
        let quiet = |flag: &Attribute| matches!(flag.as_str(), "inherit" | "login");
        let set = |flag: &&Attribute| attributes.get(*flag) == Some(&Value::Flag(true)) && !quiet(flag);
        let set: Vec<&Attribute> = flags.iter().filter(set).collect();
        if self.operations.is_empty() && !self.owns && set.is_empty() {
            return Band::Nothing;
        }
        let admits = |boundary: &&Boundary| {
            (boundary.may_own || !self.owns)
                && set.iter().all(|flag| boundary.flags.contains(flag))
                && self.operations.iter().all(|(kind, operation)| boundary.allows(kind, operation))
        };
        boundaries.iter().find(admits).map_or(Band::Beyond, |boundary| Band::Boundary(boundary.name.clone()))
    }
}
