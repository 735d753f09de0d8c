//! The plan: phases of steps, in order. People read it, then it is carried out exactly.

use crate::{At, Cause, Change, Executor, Left, Note, Place, RoleName, Secret, Tie};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What a phase is for. Phases run in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PhaseKind {
    /// Roles that are to go can log in no longer, and their sessions end.
    Close,
    /// What gives more, cluster-wide: roles, attributes, memberships.
    Widen,
    /// What happens inside one database.
    Database,
    /// What gives less, cluster-wide.
    Narrow,
    /// Roles dropped.
    Drop,
}

impl fmt::Display for PhaseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PhaseKind::Close => "close the door",
            PhaseKind::Widen => "widen the cluster",
            PhaseKind::Database => "database",
            PhaseKind::Narrow => "narrow the cluster",
            PhaseKind::Drop => "drop",
        })
    }
}

/// How much a step can hurt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Risk {
    /// Nobody gains power, nobody loses data.
    Routine,
    /// Somebody gains a privilege.
    Widening,
    /// Somebody gains power over roles, over everything, or for everybody.
    Sensitive,
    /// Something goes that cannot be had back by reading the plan backwards.
    Destructive,
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Risk::Routine => "routine",
            Risk::Widening => "widening",
            Risk::Sensitive => "sensitive",
            Risk::Destructive => "destructive",
        })
    }
}

/// A piece of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text as it is run.
    Text(String),
    /// Where the password verifier of a role belongs, as a literal; it is known only when the plan runs.
    VerifierOf(RoleName),
    /// Where a secret belongs, as a literal.
    Secret(Secret),
}

/// One statement in the engine's language. Secrets are parts of their own, so that no text ever holds one
/// and no name can pretend to be a placeholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    parts: Vec<Part>,
}

impl Statement {
    /// A statement without a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { parts: vec![Part::Text(text.into())] }
    }

    /// A statement made of parts.
    #[must_use]
    pub fn from_parts(parts: Vec<Part>) -> Self {
        Self { parts }
    }

    /// Its parts, in order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }
}

impl fmt::Display for Statement {
    /// The text with a placeholder for each secret, in the form of psql's variables.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(text),
            Part::VerifierOf(role) => write!(f, ":'verifier of {role}'"),
            Part::Secret(_) => f.write_str(":'secret'"),
        })
    }
}

/// One step: what changes, the text that does it, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The facts that it changes.
    pub changes: Vec<Change>,
    /// What is run, in order.
    pub statements: Vec<Statement>,
    /// The model's line or the observed fact behind it, the first of several.
    pub cause: Cause,
    /// How much it can hurt.
    pub risk: Risk,
    /// What would undo it, as text, to be run in one transaction as the step itself is; empty where nothing can.
    pub reverse: Vec<String>,
}

/// Steps that run on one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// What it is for.
    pub kind: PhaseKind,
    /// Where it runs.
    pub place: Place,
    /// All of it or nothing.
    pub atomic: bool,
    /// In order.
    pub steps: Vec<Step>,
}

/// A plan for one target.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The target that was looked at.
    pub at: At,
    /// As whom.
    pub executor: Executor,
    /// In order; none means that the target is as the model wants it.
    pub phases: Vec<Phase>,
    /// What could not be seen, and what people should know while it runs.
    pub notes: Vec<Note>,
    /// Roles that are to go and that the target does not let go, each with what keeps it. They stay shut off, and the target
    /// is not what the model says until they are gone.
    pub quarantined: BTreeMap<RoleName, BTreeSet<Tie>>,
    /// What was seen and is not the model's to change.
    pub left: Left,
    /// A digest of the facts that the plan was made from, and of no others.
    pub fingerprint: String,
}

impl Plan {
    /// True if there is nothing to do. There may be roles in quarantine all the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.phases.is_empty()
    }

    /// Every step with its phase, in order.
    pub fn steps(&self) -> impl Iterator<Item = (&Phase, &Step)> {
        self.phases.iter().flat_map(|phase| phase.steps.iter().map(move |step| (phase, step)))
    }
}
