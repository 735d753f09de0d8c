//! The file of `apply --evidence`: what stood before, what was done, what stands after. It is written before the first
//! statement, so that a place that cannot be written is known in time, and again when the end is known.

mod document;
mod facts;

use crate::failure::Failure;
use crate::plan_file::{Phase, Target};
use crate::private_file;
use document::{Document, Done, Outcome, Reached, Role, Run, VERSION};
use model::{Change, Observed, Plan};
use service::{Applied, ApplyError, Planned, Progress};
use std::path::PathBuf;

/// The evidence of one apply; of nothing where no file was asked for.
pub(crate) struct Evidence {
    path: Option<PathBuf>,
    document: Document,
}

/// An apply that is under way: how far it has come, and what stood before.
pub(crate) struct Pending {
    environment: String,
    plan: Plan,
    before: Observed,
    begun: bool,
    /// Of the phase that it is at.
    steps_run: usize,
}

impl Pending {
    /// Notes how far the work has come.
    pub(crate) fn reached(&mut self, progress: &Progress) {
        self.begun = true;
        self.steps_run = progress.done;
    }

    /// True if a statement may have run.
    pub(crate) const fn begun(&self) -> bool {
        self.begun
    }
}

impl Evidence {
    pub(crate) fn new(path: Option<PathBuf>) -> Self {
        Self { path, document: Document { version: VERSION, applied: Vec::new() } }
    }

    /// Before the first statement; `None` if no file was asked for, or nothing is to be done.
    ///
    /// # Errors
    /// If the file cannot be written: nothing was changed then.
    pub(crate) fn begin(
        &mut self,
        target: &manifest::Target,
        planned: &Planned,
    ) -> Result<Option<Pending>, Failure> {
        if self.path.is_none() {
            return Ok(None);
        }
        let pending = Pending {
            environment: target.environment.clone(),
            plan: planned.plan.clone(),
            before: planned.observed.clone(),
            begun: false,
            steps_run: 0,
        };
        let result = if planned.plan.is_empty() { Outcome::NothingToDo } else { Outcome::UnderWay };
        let run = run(&pending, result);
        self.document.applied.push(run);
        self.write()?;
        Ok((result == Outcome::UnderWay).then_some(pending))
    }

    /// When the end is known. `after` is the last look, if there was one.
    ///
    /// # Errors
    /// If the file cannot be written. What was done stands.
    pub(crate) fn end(
        &mut self,
        pending: &Pending,
        applied: &Result<Applied, ApplyError>,
        after: Option<&Observed>,
    ) -> Result<(), Failure> {
        let (result, error) = match applied {
            Ok(_) => (Outcome::Applied, None),
            Err(error) if pending.begun() => (Outcome::Failed, Some(told(error))),
            Err(error) => (Outcome::NothingChanged, Some(told(error))),
        };
        let mut run = Run { error, ..run(pending, result) };
        let outcomes = match applied {
            Ok(applied) => applied.outcomes.as_slice(),
            Err(ApplyError::NotConverged(applied)) => applied.outcomes.as_slice(),
            Err(ApplyError::Phase { outcomes, .. }) => outcomes.as_slice(),
            Err(_) => &[],
        };
        let failed = match applied {
            Err(ApplyError::Phase { phase, .. }) => Some(*phase),
            _ => None,
        };
        for (number, phase) in run.phases.iter_mut().enumerate() {
            (phase.reached, phase.steps_run) = match failed {
                _ if !pending.begun() => (Reached::NotBegun, 0),
                Some(failed) if number > failed => (Reached::NotBegun, 0),
                Some(failed) if number == failed => (Reached::Failed, pending.steps_run),
                _ => (Reached::Done, phase.planned.steps.len()),
            };
            phase.notices = outcomes.get(number).map(|outcome| outcome.notices.clone()).unwrap_or_default();
        }
        if let Some(after) = after {
            look_again(&mut run, pending, after);
        }
        self.document.applied.pop();
        self.document.applied.push(run);
        self.write()
    }

    fn write(&self) -> Result<(), Failure> {
        let Some(path) = &self.path else { return Ok(()) };
        let text = serde_json::to_string_pretty(&self.document)
            .map_err(|error| Failure::new(format!("the evidence cannot be written: {error}"), ""))?;
        private_file::write(path, &format!("{text}\n")).map_err(|error| Failure::file("write", path, &error))
    }
}

/// The apply as far as it is known before anything ran.
fn run(pending: &Pending, result: Outcome) -> Run {
    let Pending { plan, before, .. } = pending;
    let phase = |phase: &model::Phase| Done {
        reached: Reached::NotBegun,
        steps_run: 0,
        notices: Vec::new(),
        planned: Phase::of(phase),
    };
    let role = |(name, before)| {
        let drops = |change: &Change| matches!(change, Change::DropRole { role } if *role == name);
        let to_be_dropped = plan.steps().any(|(_, step)| step.changes.iter().any(drops));
        let to_be_quarantined = plan.quarantined.contains_key(&name);
        let role = Role { to_be_dropped, to_be_quarantined, before, after: None, owners_now: Vec::new() };
        (name.to_string(), role)
    };
    Run {
        target: Target::of(plan),
        environment: pending.environment.clone(),
        fingerprint: plan.fingerprint.clone(),
        result,
        error: None,
        phases: plan.phases.iter().map(phase).collect(),
        looked_at_again: None,
        roles: facts::of(&facts::touched(plan), before).into_iter().map(role).collect(),
    }
}

fn look_again(run: &mut Run, pending: &Pending, after: &Observed) {
    run.looked_at_again = Some(after.at.instant.clone());
    let touched = facts::touched(&pending.plan);
    for (name, facts) in facts::of(&touched, after) {
        if let Some(role) = run.roles.get_mut(name.as_str()) {
            role.owners_now = facts::inherited(&name, &pending.before, after);
            role.after = Some(facts);
        }
    }
}

/// The error in one line; the secrets of statements are no part of it.
fn told(error: &ApplyError) -> String {
    match error {
        ApplyError::Phase { error: cause, .. } => format!("{error}: {}", cause.what),
        ApplyError::Engine(error) => error.what.clone(),
        error => error.to_string(),
    }
}
