//! The use cases: audit, import, plan, apply. The one place that locks, inspects, compares and runs.

mod apply;
mod audit;
mod early;
mod fingerprint;
mod import;
mod plan;

pub use apply::{Applied, ApplyError, Progress, apply, apply_copy};
pub use audit::{Audited, audit};
pub use early::{Early, look_early};
pub use import::{ImportError, ImportedModel, Naming, exact, import};
pub use plan::{PlanError, Planned, Wishes, compute, copy, plan, plan_early};
