//! Planning: connect, look, compute. Computing is pure: the same model and the same look give the same plan.

use crate::deprecated::given_anew;
use crate::early::Early;
use crate::fingerprint::fingerprint;
use crate::kept_apart::{EXPOSED, meanwhile, would_break};
use crate::kept_from;
use engine::{Engine, EngineError, Session};
use model::{
    Change, Changes, Deprecated, Desired, Dialect, Intent, Lacking, Left, Note, Observed, Phase, Plan,
    Problem, Refusal, RoleName, Secret, Verifier, diff,
};
use std::collections::{BTreeMap, BTreeSet};
use std::thread;

/// A plan with what stands in its way, and what it was made from.
#[derive(Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// Reasons never to carry it out.
    pub refusals: Vec<Refusal>,
    /// Statements that this executor has no right to run.
    pub lacking: Vec<Lacking>,
    /// Roles that are to be replaced.
    pub deprecated: BTreeMap<RoleName, Deprecated>,
    /// What was seen of the target.
    pub observed: Observed,
    /// What the model makes of it.
    pub desired: Desired,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The target could not be reached or read.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The model asks for what this target cannot be.
    #[error("the model does not fit the target")]
    Problems(Vec<Problem>),
}

/// What a plan is asked to do beyond the model.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// Roles whose passwords are set anew.
    pub rotate: BTreeSet<RoleName>,
    /// List what is left alone one by one, and do not only count it.
    pub listing: bool,
}

/// Connects, looks, and computes the plan. Nothing is changed.
///
/// # Errors
/// If the target cannot be reached or read, or cannot be made what the model says.
pub async fn plan(
    engine: &dyn Engine,
    url: &Secret,
    intent: &Intent,
    wishes: &Wishes,
) -> Result<Planned, PlanError> {
    let mut session = engine.connect(url).await?;
    plan_in(engine, session.as_mut(), intent, wishes).await
}

/// The same with a look that began before the model was read. If it does not cover what the model needs, the
/// target is looked at again.
///
/// # Errors
/// As [`plan`].
pub async fn plan_early(
    engine: &dyn Engine,
    url: &Secret,
    intent: &Intent,
    wishes: &Wishes,
    early: Early,
) -> Result<Planned, PlanError> {
    match early.serves(engine, intent) {
        Some((observed, dialect)) => {
            compute(dialect.as_ref(), intent, observed, wishes).map_err(PlanError::Problems)
        }
        None => plan(engine, url, intent, wishes).await,
    }
}

/// The same in a session that is open already.
pub(crate) async fn plan_in(
    engine: &dyn Engine,
    session: &mut dyn Session,
    intent: &Intent,
    wishes: &Wishes,
) -> Result<Planned, PlanError> {
    let observed = session.inspect(&engine.scope(intent)).await?;
    let dialect = session.dialect();
    compute(dialect.as_ref(), intent, observed, wishes).map_err(PlanError::Problems)
}

/// Computes the plan that makes the observed target what the model says.
///
/// # Errors
/// Every part of the model that this target cannot be made to be.
pub fn compute(
    dialect: &dyn Dialect,
    intent: &Intent,
    observed: Observed,
    wishes: &Wishes,
) -> Result<Planned, Vec<Problem>> {
    let desired = dialect.realise(intent, &observed)?;
    let (mut changes, left) = thread::scope(|scope| {
        let left = scope.spawn(|| Left::of(dialect, &desired, &observed, wishes.listing));
        let changes = diff(dialect, &desired, &observed);
        (changes, left.join().unwrap_or_else(|broken| std::panic::resume_unwind(broken)))
    });
    changes.extend(rotate(intent, &desired, &observed, wishes)?);
    Ok(arrange(dialect, intent, desired, observed, changes, left))
}

/// Computes the plan that makes the observed target an exact copy of what is desired.
#[must_use]
pub fn copy(dialect: &dyn Dialect, desired: &Desired, observed: Observed) -> Planned {
    let changes = diff(dialect, desired, &observed);
    arrange(dialect, &Intent::default(), desired.clone(), observed, changes, Left::default())
}

fn arrange(
    dialect: &dyn Dialect,
    intent: &Intent,
    desired: Desired,
    observed: Observed,
    changes: Changes,
    left: Left,
) -> Planned {
    let mut refusals = dialect.refusals(&changes, &desired, &observed);
    refusals.extend(given_anew(intent, &changes, &observed));
    refusals.extend(would_break(intent, &changes, &observed));
    let arranged = Arranged::of(dialect, intent, &desired, &observed, changes);
    refusals.extend(arranged.refusals);
    let (phases, mut notes) = (arranged.phases, observed.notes.clone());
    notes.extend(arranged.notes);
    let lacking = dialect.lacking(&phases, &observed);
    let fingerprint =
        if phases.is_empty() { String::new() } else { fingerprint(dialect, intent, &desired, &observed) };
    let (at, executor) = (observed.at.clone(), observed.executor.clone());
    let quarantined = desired.quarantined.clone();
    let plan = Plan { at, executor, phases, notes, quarantined, left, fingerprint };
    Planned { plan, refusals, lacking, deprecated: intent.deprecated.clone(), observed, desired }
}

/// The phases, and what stands against their order.
struct Arranged {
    phases: Vec<Phase>,
    refusals: Vec<Refusal>,
    notes: Vec<Note>,
}

impl Arranged {
    /// In the usual order, in which nobody misses what they keep. Where that would give somebody for a moment what is kept apart, what they
    /// had is taken first.
    fn of(
        dialect: &dyn Dialect,
        intent: &Intent,
        desired: &Desired,
        observed: &Observed,
        changes: Changes,
    ) -> Self {
        if intent.separations.is_empty() && intent.guarded.is_empty() {
            let notes = dialect.meanwhile(&changes, desired, observed, intent);
            let phases = dialect.phases(changes, desired, observed, intent);
            return Self { phases, refusals: Vec::new(), notes };
        }
        let usual = Self::in_order(dialect, intent, desired, observed, &changes);
        if !usual.refusals.iter().any(|refusal| refusal.code == EXPOSED) {
            return usual;
        }
        let intent = Intent { taking_first: true, ..intent.clone() };
        Self::in_order(dialect, &intent, desired, observed, &changes)
    }

    fn in_order(
        dialect: &dyn Dialect,
        intent: &Intent,
        desired: &Desired,
        observed: &Observed,
        changes: &Changes,
    ) -> Self {
        let mut notes = dialect.meanwhile(changes, desired, observed, intent);
        let phases = dialect.phases(changes.clone(), desired, observed, intent);
        let kept = kept_from::judge(dialect, intent, changes, &phases, observed);
        let (mut refusals, changing) = meanwhile(intent, &phases, &observed.access.members);
        refusals.extend(kept.refusals);
        notes.extend(changing.into_iter().chain(kept.notes));
        Self { phases, refusals, notes }
    }
}

/// The passwords that are set anew. A role that the plan creates gets its password with that.
///
/// A role that is not the model's is an error: whoever asks believes afterwards that a known password is worthless.
fn rotate(
    intent: &Intent,
    desired: &Desired,
    observed: &Observed,
    wishes: &Wishes,
) -> Result<Vec<Change>, Vec<Problem>> {
    let stays = |role: &RoleName| intent.roles.contains_key(role) && desired.access.roles.contains_key(role);
    let unknown: Vec<Problem> = wishes.rotate.iter().filter(|role| !stays(role)).map(no_role).collect();
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let standing = wishes.rotate.iter().filter(|role| observed.access.roles.contains_key(*role));
    Ok(standing.map(|role| Change::Password { role: role.clone(), to: Verifier::Unknown }).collect())
}

fn no_role(role: &RoleName) -> Problem {
    Problem {
        cause: None,
        code: "RW313",
        what: format!("the password of {role} cannot be set anew: the model has no such role on this target"),
        help: "check the name; --rotate takes a role as the server knows it".to_owned(),
    }
}
