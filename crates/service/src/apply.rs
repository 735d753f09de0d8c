//! Applying: lock, inspect, compare, run, inspect. Written once, here, for every engine.

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
    /// How many of its steps are done.
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
trait Source: Sync {
    fn scope(&self) -> Scope;
    fn compute(&self, dialect: &dyn Dialect, observed: &Observed) -> Result<Planned, Vec<Problem>>;
    fn again(&self, dialect: &dyn Dialect, observed: &Observed) -> Result<Planned, Vec<Problem>>;
}

struct OfModel<'a> {
    scope: Scope,
    intent: &'a Intent,
    wishes: &'a Wishes,
}

impl Source for OfModel<'_> {
    fn scope(&self) -> Scope {
        self.scope.clone()
    }
    fn compute(&self, dialect: &dyn Dialect, observed: &Observed) -> Result<Planned, Vec<Problem>> {
        compute(dialect, self.intent, observed, self.wishes)
    }
    fn again(&self, dialect: &dyn Dialect, observed: &Observed) -> Result<Planned, Vec<Problem>> {
        compute(dialect, self.intent, observed, &Wishes::default())
    }
}

struct OfCopy<'a> {
    scope: Scope,
    desired: &'a Desired,
}

impl Source for OfCopy<'_> {
    fn scope(&self) -> Scope {
        self.scope.clone()
    }
    fn compute(&self, dialect: &dyn Dialect, observed: &Observed) -> Result<Planned, Vec<Problem>> {
        Ok(copy(dialect, self.desired, observed))
    }
    fn again(&self, dialect: &dyn Dialect, observed: &Observed) -> Result<Planned, Vec<Problem>> {
        Ok(copy(dialect, self.desired, observed))
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
    let source = OfModel { scope: engine.scope(intent), intent, wishes };
    carry_out(engine, url, &source, shown, verifiers, progress).await
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
    carry_out(engine, url, &OfCopy { scope, desired }, shown, &BTreeMap::new(), &mut |_| {}).await
}

async fn carry_out(
    engine: &dyn Engine,
    url: &Secret,
    source: &dyn Source,
    shown: &Plan,
    verifiers: &BTreeMap<RoleName, Secret>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Applied, ApplyError> {
    let mut locked = engine.connect(url).await?.lock().await?;
    let dialect = locked.dialect();
    let observed = locked.inspect(&source.scope()).await?;
    let now = source.compute(dialect.as_ref(), &observed).map_err(ApplyError::Problems)?;
    if now.plan.phases != shown.phases {
        return Err(Rejected::Moved.into());
    }
    let fingerprint = now.plan.fingerprint.clone();
    let approved = Approved::check(shown.clone(), &fingerprint, now.refusals, now.lacking)?;
    let outcomes = run(locked.as_mut(), &approved, verifiers, progress).await?;
    let observed = locked.inspect(&source.scope()).await?;
    let second = source.again(dialect.as_ref(), &observed).map_err(ApplyError::Problems)?;
    let applied = Applied { outcomes, second };
    if applied.second.plan.is_empty() {
        Ok(applied)
    } else {
        Err(ApplyError::NotConverged(Box::new(applied)))
    }
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
        match locked.run(approved, number, verifiers, &mut step).await {
            Ok(outcome) => outcomes.push(outcome),
            Err(error) => return Err(ApplyError::Phase { phase: number, of, error, outcomes }),
        }
    }
    Ok(outcomes)
}
