//! What stands in the file, version 1.

use super::facts::{Facts, Inherited};
use crate::plan_file::{Phase, Target};
use serde::Serialize;
use std::collections::BTreeMap;

/// The version that is written.
pub(super) const VERSION: u32 = 1;

/// The file.
#[derive(Debug, Serialize)]
pub(super) struct Document {
    pub(super) version: u32,
    /// One for each target, in order.
    pub(super) applied: Vec<Run>,
}

/// What was done to one target.
#[derive(Debug, Serialize)]
pub(super) struct Run {
    /// Which one, and when it was looked at before.
    pub(super) target: Target,
    /// The environment of the model.
    pub(super) environment: String,
    /// Of the plan; empty where nothing was to be done.
    pub(super) fingerprint: String,
    pub(super) result: Outcome,
    /// What went wrong.
    pub(super) error: Option<String>,
    pub(super) phases: Vec<Done>,
    /// When the target was looked at again; `None` where it was not.
    pub(super) looked_at_again: Option<String>,
    pub(super) roles: BTreeMap<String, Role>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// Written before the first statement: it stays where the program was killed.
    UnderWay,
    NothingToDo,
    NothingChanged,
    Applied,
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reached {
    NotBegun,
    Failed,
    Done,
}

/// A phase of the plan, and how far it came.
#[derive(Debug, Serialize)]
pub(super) struct Done {
    pub(super) reached: Reached,
    /// How many steps ran. Of a phase that is all or nothing and failed, nothing stands.
    pub(super) steps_run: usize,
    /// What the target said without failing.
    pub(super) notices: Vec<String>,
    #[serde(flatten)]
    pub(super) planned: Phase,
}

/// A role of which the plan changes something.
#[derive(Debug, Serialize)]
pub(super) struct Role {
    /// The plan was to drop it.
    pub(super) to_be_dropped: bool,
    /// The plan was to drop it, and shuts it off because the target does not let go: `kept_by` says why.
    pub(super) to_be_quarantined: bool,
    pub(super) before: Facts,
    /// `None` where the target was not looked at again.
    pub(super) after: Option<Facts>,
    /// Who owns now what it owned before.
    pub(super) owners_now: Vec<Inherited>,
}
