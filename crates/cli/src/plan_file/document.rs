//! What stands in a plan file, version 1. Within a version nothing changes: unknown fields are refused on reading.

use super::PlanFileError;
use model::{Cause, Left, Place, Plan};
use serde::{Deserialize, Serialize};
use service::Planned;
use std::collections::{BTreeMap, BTreeSet};

/// The version that is written and read.
pub(super) const VERSION: u32 = 1;

/// A plan as a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanFile {
    /// Of the format.
    pub(crate) version: u32,
    /// For which target.
    pub(crate) target: Target,
    /// The environment of the model that was planned for, if it was named.
    pub(crate) environment: Option<String>,
    /// Roles whose passwords are set anew.
    pub(crate) rotate: Vec<String>,
    /// A digest of what the plan was made from.
    pub(crate) fingerprint: String,
    /// How many steps there are of each risk.
    pub(crate) summary: BTreeMap<String, usize>,
    /// In order.
    pub(crate) phases: Vec<Phase>,
    /// What people should know.
    pub(crate) notes: Vec<Note>,
    /// Retired roles that the target does not let go: they stay, shut off. What keeps them is in the fingerprint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) quarantined: Vec<Quarantined>,
    /// What was seen and is not the model's to change. Not compared when a plan is applied.
    #[serde(default)]
    pub(crate) left_alone: LeftAlone,
    /// Reasons never to carry it out. Empty in a file: a refused plan is not written.
    pub(crate) refusals: Vec<Refusal>,
    /// Statements that the login had no right to run.
    pub(crate) lacking: Vec<Lacking>,
    /// The model. Empty in what `--format json` prints, which cannot be applied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) sources: Vec<Source>,
}

/// Which target, told apart from its copies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Target {
    pub(crate) engine: String,
    pub(crate) version: String,
    pub(crate) system: String,
    pub(crate) timeline: u32,
    pub(crate) databases: BTreeMap<String, u32>,
    pub(crate) looked_at: String,
    pub(crate) login: String,
    pub(crate) acts_as: String,
}

/// Steps that run on one connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Phase {
    pub(crate) what: String,
    /// `None` for the whole cluster.
    pub(crate) database: Option<String>,
    pub(crate) all_or_nothing: bool,
    pub(crate) steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) statements: Vec<String>,
    pub(crate) because: Reason,
    pub(crate) risk: String,
    pub(crate) reverse: Vec<String>,
}

/// Why a step is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Reason {
    /// A line of the model.
    Model { file: String, line: u32, text: String },
    /// A fact of the target.
    Observed(String),
}

/// Something to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    pub(crate) about: String,
    pub(crate) what: String,
}

/// A retired role that the target does not let go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Quarantined {
    pub(crate) role: String,
    pub(crate) kept_by: Vec<Tie>,
}

/// Something that keeps a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tie {
    pub(crate) database: String,
    /// In words: "owns …", "has …".
    pub(crate) what: String,
}

/// How much of the target the model does not claim.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeftAlone {
    /// Not looked at.
    pub(crate) databases: Vec<String>,
    /// Roles that are not the model's, how many of them can log in, their memberships, how many of those are in a role
    /// of the model, their entries on objects and in default privileges.
    pub(crate) roles: usize,
    pub(crate) logins: usize,
    pub(crate) memberships: usize,
    pub(crate) memberships_in_roles_of_the_model: usize,
    pub(crate) entries: usize,
    pub(crate) default_privileges: usize,
    /// Objects of the model's roles.
    pub(crate) owned: usize,
    /// Entries of PUBLIC.
    pub(crate) public: usize,
    /// Each of these, if it was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) listing: Vec<String>,
}

/// A reason never to carry a plan out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusal {
    /// With a manual page.
    pub(crate) code: String,
    pub(crate) what: String,
    pub(crate) help: String,
}

/// A statement that the login has no right to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lacking {
    pub(crate) statement: String,
    pub(crate) right: String,
    pub(crate) help: String,
}

/// One file of the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl PlanFile {
    /// The plan as a document, with what stands in its way and the model it was made from.
    pub(crate) fn of(
        planned: &Planned,
        environment: Option<&str>,
        rotate: &[String],
        sources: Vec<Source>,
    ) -> Self {
        let plan = &planned.plan;
        let mut summary = BTreeMap::new();
        for (_, step) in plan.steps() {
            *summary.entry(step.risk.to_string()).or_default() += 1;
        }
        let note = |note: &model::Note| Note { about: note.about.clone(), what: note.what.clone() };
        Self {
            version: VERSION,
            target: Target::of(plan),
            environment: environment.map(str::to_owned),
            rotate: rotate.to_vec(),
            fingerprint: plan.fingerprint.clone(),
            summary,
            phases: plan.phases.iter().map(Phase::of).collect(),
            notes: plan.notes.iter().map(note).collect(),
            quarantined: plan.quarantined.iter().map(Quarantined::of).collect(),
            left_alone: LeftAlone::of(&plan.left),
            refusals: planned.refusals.iter().map(Refusal::of).collect(),
            lacking: planned.lacking.iter().map(Lacking::of).collect(),
            sources,
        }
    }

    /// The same without the model, to be read and not to be applied.
    pub(crate) fn without_sources(self) -> Self {
        Self { sources: Vec::new(), ..self }
    }

    /// The document for programs that read it from the output.
    ///
    /// # Errors
    /// Never in practice: every part is a text or a number.
    pub(crate) fn json(&self) -> Result<String, PlanFileError> {
        let mut text = serde_json::to_string_pretty(self).map_err(PlanFileError::Unwritable)?;
        text.push('\n');
        Ok(text)
    }

    /// Compares with the plan that the file's own sources give against the target as it is now.
    ///
    /// # Errors
    /// The first difference that matters: another target, a target that has changed, other steps.
    pub(crate) fn confirm(&self, again: &PlanFile) -> Result<(), PlanFileError> {
        let (was, is) = (&self.target, &again.target);
        if (&was.engine, &was.system, was.timeline) != (&is.engine, &is.system, is.timeline) {
            return Err(PlanFileError::OtherTarget { was: was.told(), is: is.told() });
        }
        if was.databases != is.databases {
            return Err(PlanFileError::OtherDatabases { was: was.told(), is: is.told() });
        }
        if (&was.login, &was.acts_as) != (&is.login, &is.acts_as) {
            return Err(PlanFileError::OtherExecutor { was: was.login.clone(), is: is.login.clone() });
        }
        if self.fingerprint != again.fingerprint {
            return Err(PlanFileError::Moved);
        }
        match first_difference(&self.phases, &again.phases) {
            Some(step) => Err(PlanFileError::OtherSteps { step }),
            None if self.summary != again.summary => Err(PlanFileError::OtherSteps { step: 0 }),
            None => Ok(()),
        }
    }
}

impl Target {
    pub(crate) fn of(plan: &Plan) -> Self {
        let at = &plan.at;
        Self {
            engine: at.engine.to_owned(),
            version: at.version_text.clone(),
            system: at.system.clone(),
            timeline: at.timeline,
            databases: at.databases.iter().map(|(name, number)| (name.to_string(), *number)).collect(),
            looked_at: at.instant.clone(),
            login: plan.executor.login.to_string(),
            acts_as: plan.executor.acts_as.to_string(),
        }
    }

    fn told(&self) -> String {
        let databases = self.databases.iter().map(|(name, number)| format!("{name} ({number})"));
        let databases = databases.collect::<Vec<_>>().join(", ");
        format!("system {}, timeline {}, {databases}", self.system, self.timeline)
    }
}

impl Quarantined {
    fn of((role, ties): (&model::RoleName, &BTreeSet<model::Tie>)) -> Self {
        Self { role: role.to_string(), kept_by: ties.iter().map(Tie::of).collect() }
    }
}

impl Tie {
    pub(crate) fn of(tie: &model::Tie) -> Self {
        Self { database: tie.database.to_string(), what: tie.what.clone() }
    }
}

impl LeftAlone {
    fn of(left: &Left) -> Self {
        Self {
            databases: left.databases.iter().map(ToString::to_string).collect(),
            roles: left.roles,
            logins: left.logins,
            memberships: left.memberships,
            memberships_in_roles_of_the_model: left.in_model,
            entries: left.entries,
            default_privileges: left.future,
            owned: left.owned,
            public: left.public,
            listing: left.listing.iter().map(|one| one.what.clone()).collect(),
        }
    }
}

impl Refusal {
    fn of(refusal: &model::Refusal) -> Self {
        let (what, help) = (refusal.what.clone(), refusal.help.clone());
        Self { code: refusal.code.to_owned(), what, help }
    }
}

impl Lacking {
    fn of(lacking: &model::Lacking) -> Self {
        let (right, help) = (lacking.right.clone(), lacking.help.clone());
        Self { statement: lacking.statement.clone(), right, help }
    }
}

impl Phase {
    pub(crate) fn of(phase: &model::Phase) -> Self {
        let database = match &phase.place {
            Place::Cluster => None,
            Place::Database(name) => Some(name.to_string()),
        };
        Self {
            what: phase.kind.to_string(),
            database,
            all_or_nothing: phase.atomic,
            steps: phase.steps.iter().map(Step::of).collect(),
        }
    }
}

impl Step {
    fn of(step: &model::Step) -> Self {
        Self {
            statements: step.statements.iter().map(ToString::to_string).collect(),
            because: match &step.cause {
                Cause::Line { file, line, text } => {
                    Reason::Model { file: file.clone(), line: *line, text: text.clone() }
                }
                Cause::Observed(what) => Reason::Observed(what.clone()),
            },
            risk: step.risk.to_string(),
            reverse: step.reverse.clone(),
        }
    }
}

/// The number of the first step, from 1 over all phases, at which two plans part.
fn first_difference(file: &[Phase], again: &[Phase]) -> Option<usize> {
    if file == again {
        return None;
    }
    let flat = |phases: &[Phase]| -> Vec<(String, Option<String>, bool, Step)> {
        let of_phase = |phase: &Phase| {
            let head = (phase.what.clone(), phase.database.clone(), phase.all_or_nothing);
            phase
                .steps
                .iter()
                .map(|s| (head.0.clone(), head.1.clone(), head.2, s.clone()))
                .collect::<Vec<_>>()
        };
        phases.iter().flat_map(of_phase).collect()
    };
    let (file, again) = (flat(file), flat(again));
    let same = file.iter().zip(&again).take_while(|(a, b)| a == b).count();
    Some(same + 1)
}
