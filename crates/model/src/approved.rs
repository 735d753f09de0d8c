//! The right to carry a plan out is a value that only the check can make.

use crate::{Lacking, Phase, Plan, Refusal};

/// A plan that passed every check against the target as it is now. Only [`Approved::check`] makes one.
#[derive(Debug)]
pub struct Approved {
    plan: Plan,
}

/// Why a plan may not be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// What the plan was made from has changed since.
    #[error("the target has changed since the plan was made")]
    Moved,
    /// The plan would do what no plan may do.
    #[error("the plan is refused")]
    Refused(Vec<Refusal>),
    /// The executor has no right to some of the steps.
    #[error("the executor lacks rights that the plan needs")]
    Lacking(Vec<Lacking>),
}

impl Approved {
    /// Checks a plan against the fingerprint of the target as it is now, under the lock.
    ///
    /// # Errors
    /// The first reason not to carry it out.
    pub fn check(
        plan: Plan,
        fingerprint_now: &str,
        refusals: Vec<Refusal>,
        lacking: Vec<Lacking>,
    ) -> Result<Self, Rejected> {
        if plan.fingerprint != fingerprint_now {
            return Err(Rejected::Moved);
        }
        if !refusals.is_empty() {
            return Err(Rejected::Refused(refusals));
        }
        if !lacking.is_empty() {
            return Err(Rejected::Lacking(lacking));
        }
        Ok(Self { plan })
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Its phases, in the order in which they run.
    #[must_use]
    pub fn phases(&self) -> &[Phase] {
        &self.plan.phases
    }
}
