//! What somebody has on a target that the model keeps from people: found by `service`, which judges the same for plans, and told by a rule.

use crate::{Digest, Severity};

/// Somebody who breaks a separation of duties or a dual control on the target as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The constraint.
    pub constraint: String,
    /// Who, as the model calls them; several who are only counted have no name.
    pub who: Option<String>,
    /// How bad it is: by what they have, or only if somebody else helps.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub what: String,
    /// The ways.
    pub evidence: Vec<String>,
    /// Every step on any way.
    pub facts: Digest,
}
