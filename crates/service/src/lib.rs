//! The use cases: audit, plan, apply. The one place that locks, inspects, compares and runs.

mod apply;
mod audit;
mod fingerprint;
mod plan;

pub use apply::{Applied, ApplyError, Progress, apply, apply_copy};
pub use audit::{Audited, audit};
pub use plan::{PlanError, Planned, Wishes, compute, copy, plan};
