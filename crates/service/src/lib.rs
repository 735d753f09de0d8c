//! The use cases: audit, plan, apply. The one place that locks, inspects, compares and runs.

mod apply;
mod audit;
mod early;
mod fingerprint;
mod plan;

pub use apply::{Applied, ApplyError, Progress, Ready, apply, apply_copy, ready};
pub use audit::{Audited, audit};
pub use early::{Early, EarlyLock, lock_early, look_early};
pub use plan::{PlanError, Planned, Wishes, compute, copy, plan, plan_early};
