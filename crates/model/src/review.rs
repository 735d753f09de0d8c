//! Reviews: what somebody says that the body of a routine does, having read it. An engine believes it of that body alone.

use crate::{Name, NamedObjects, Operation};

/// A review of the body of a routine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The routine: one name with its input types.
    pub on: NamedObjects,
    /// The digest of the body that was read, as the engine makes it.
    pub digest: String,
    /// All that the body does.
    pub does: Vec<ReviewedUse>,
    /// Who has read it.
    pub by: String,
    /// Where the model says so: `model/rules.yaml:12`.
    pub line: String,
    /// Its last day is over.
    pub over: bool,
}

/// Something that a body does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewedUse {
    /// How.
    pub operations: Vec<Operation>,
    /// With which columns; none for the whole.
    pub columns: Vec<Name>,
    /// With what.
    pub on: NamedObjects,
}

/// What has come of the review of a routine that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    /// It is believed.
    pub counts: bool,
    /// By whom and where, or why it is not believed.
    pub told: String,
}
