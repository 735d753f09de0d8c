//! Applying: lock, inspect, compare, run, inspect. Written once, here, for every engine.

use crate::early::EarlyLock;
use crate::plan::{PlanError, Planned, Wishes, compute, copy};
use engine::{Engine, EngineError, Locked, Outcome, Scope};
use model::{
    Approved, Desired, Dialect, Intent, Observed, PhaseKind, Place, Plan, Problem, Rejected, RoleName, Secret,
};
use std::collections::BTreeMap;

/// What was done.
#[derive(Debug)]
pub struct Applied {
    /// What each phase did, in order.
    pub outcomes: Vec<Outcome>,
    /// The plan that a second look gives: empty where everything that the executor can see is as wanted.
    pub second: Planned,
}

/// How far an apply has come, for people who watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Which phase is running, from 0.
    pub phase: usize,
    /// What it is for.
    pub kind: PhaseKind,
    /// Where it runs.
    pub place: Place,
    /// How many of its steps are done: 0 when it begins.
    pub done: usize,
    /// How many it has.
    pub steps: usize,
}

/// Why an apply did not end as it should.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The target could not be reached, read or locked. Nothing was changed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The model does not fit the target any more. Nothing was changed.
    #[error("the model does not fit the target")]
    Problems(Vec<Problem>),
    /// The plan may not be carried out. Nothing was changed.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// A phase failed. Those before it stand; of an atomic phase itself nothing does.
    #[error("phase {} of {of} failed", phase + 1)]
    Phase {
        /// Which, from 0.
        phase: usize,
        /// Of how many.
        of: usize,
        /// What went wrong.
        error: EngineError,
        /// What the phases before it did.
        outcomes: Vec<Outcome>,
    },
    /// Everything ran, and a second look still finds differences.
    #[error("the target did not become what the plan wanted")]
    NotConverged(Box<Applied>),
}

impl From<PlanError> for ApplyError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Engine(error) => ApplyError::Engine(error),
            PlanError::Problems(problems) => ApplyError::Problems(problems),
        }
    }
}

/// What the plan is computed from, under the lock and again afterwards.
enum Source<'a> {
    Model { intent: &'a Intent, wishes: &'a Wishes },
    Copy { desired: &'a Desired },
}

impl Source<'_> {
    fn compute(&self, dialect: &dyn Dialect, observed: Observed) -> Result<Planned, Vec<Problem>> {
        match self {
            Source::Model { intent, wishes } => compute(dialect, intent, observed, wishes),
            Source::Copy { desired } => Ok(copy(dialect, desired, observed)),
        }
    }

    /// The same when it has been carried out: what was wished once is not wished again.
    fn again(&self, dialect: &dyn Dialect, observed: Observed) -> Result<Planned, Vec<Problem>> {
        match self {
            Source::Model { intent, .. } => compute(dialect, intent, observed, &Wishes::default()),
            Source::Copy { .. } => self.compute(dialect, observed),
        }
    }
}

/// A target that is locked, and the plan that was made under the lock: no other apply comes between the two.
/// Dropping it gives the lock back; nothing was changed then.
pub struct Ready<'a> {
    locked: Box<dyn Locked>,
    source: Source<'a>,
    scope: Scope,
    planned: Planned,
}

/// Locks the target and plans for it, for whoever carries the plan out without asking anybody first.
///
/// # Errors
/// As for a plan, and if somebody else holds the lock.
pub async fn ready<'a>(
    engine: &dyn Engine,
    url: &Secret,
    intent: &'a Intent,
    wishes: &'a Wishes,
    early: Option<EarlyLock>,
) -> Result<Ready<'a>, PlanError> {
    let (source, scope) = (Source::Model { intent, wishes }, engine.scope(intent));
    let (mut locked, seen) = match early {
        Some(early) => early.split(engine, intent),
        None => (engine.connect(url).await?.lock().await?, None),
    };
    let observed = match seen {
        Some(observed) => observed,
        None => locked.inspect(&scope).await?,
    };
    Ready::plan(locked, source, scope, observed).map_err(PlanError::Problems)
}

impl<'a> Ready<'a> {
    fn plan(
        locked: Box<dyn Locked>,
        source: Source<'a>,
        scope: Scope,
        observed: Observed,
    ) -> Result<Self, Vec<Problem>> {
        let planned = source.compute(locked.dialect().as_ref(), observed)?;
        Ok(Self { locked, source, scope, planned })
    }

    /// The plan, as it is to be shown.
    #[must_use]
    pub const fn planned(&self) -> &Planned {
        &self.planned
    }

    /// Gives the lock back and keeps the plan.
    #[must_use]
    pub fn into_planned(self) -> Planned {
        self.planned
    }

    /// Runs the plan and looks again.
    ///
    /// # Errors
    /// See [`ApplyError`]; every variant says what stands.
    pub async fn carry_out(
        self,
        verifiers: &BTreeMap<RoleName, Secret>,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Applied, ApplyError> {
        let Self { mut locked, source, scope, planned } = self;
        let Planned { plan, refusals, lacking, observed, .. } = planned;
        // Where a role that is gone had something, nothing tells any more: it is looked at all the same.
        let scope = Scope { again: observed.beyond, ..scope };
        let fingerprint = plan.fingerprint.clone();
        let approved = Approved::check(plan, &fingerprint, refusals, lacking)?;
        let outcomes = run(locked.as_mut(), &approved, verifiers, progress).await?;
        let observed = locked.inspect(&scope).await?;
        let second = source.again(locked.dialect().as_ref(), observed).map_err(ApplyError::Problems)?;
        let applied = Applied { outcomes, second };
        if applied.second.plan.is_empty() {
            Ok(applied)
        } else {
            Err(ApplyError::NotConverged(Box::new(applied)))
        }
    }

    /// The same, if the plan is the one that was shown before the target was locked.
    async fn carry_out_shown(
        self,
        shown: &Plan,
        verifiers: &BTreeMap<RoleName, Secret>,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Applied, ApplyError> {
        if self.planned.plan.phases != shown.phases {
            return Err(Rejected::Moved.into());
        }
        self.carry_out(verifiers, progress).await
    }
}

/// Carries out exactly the plan that was shown, or nothing: under the lock the target is looked at again,
/// and the plan that follows from that look must be the one that was shown.
///
/// # Errors
/// See [`ApplyError`]; every variant says what stands.
pub async fn apply(
    engine: &dyn Engine,
    url: &Secret,
    intent: &Intent,
    wishes: &Wishes,
    shown: &Plan,
    verifiers: &BTreeMap<RoleName, Secret>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Applied, ApplyError> {
    ready(engine, url, intent, wishes, None).await?.carry_out_shown(shown, verifiers, progress).await
}

/// The same for a plan that makes an exact copy.
///
/// # Errors
/// See [`ApplyError`].
pub async fn apply_copy(
    engine: &dyn Engine,
    url: &Secret,
    scope: Scope,
    desired: &Desired,
    shown: &Plan,
) -> Result<Applied, ApplyError> {
    let mut locked = engine.connect(url).await?.lock().await?;
    let observed = locked.inspect(&scope).await?;
    let ready =
        Ready::plan(locked, Source::Copy { desired }, scope, observed).map_err(ApplyError::Problems)?;
    ready.carry_out_shown(shown, &BTreeMap::new(), &mut |_| {}).await
}

async fn run(
    locked: &mut dyn Locked,
    approved: &Approved,
    verifiers: &BTreeMap<RoleName, Secret>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Vec<Outcome>, ApplyError> {
    let mut outcomes = Vec::new();
    let of = approved.phases().len();
    for (number, phase) in approved.phases().iter().enumerate() {
        let mut step = |done: usize| {
            progress(Progress {
                phase: number,
                kind: phase.kind,
                place: phase.place.clone(),
                done,
                steps: phase.steps.len(),
            });
        };
        // Told when the phase before is done for good and nothing of this one is.
        step(0);
        match locked.run(approved, number, verifiers, &mut step).await {
            Ok(outcome) => outcomes.push(outcome),
            Err(error) => return Err(ApplyError::Phase { phase: number, of, error, outcomes }),
        }
    }
    Ok(outcomes)
}
