//! The use cases: audit, plan, apply. The one place that locks, inspects, compares and runs.

mod audit;

pub use audit::{Audited, audit};
