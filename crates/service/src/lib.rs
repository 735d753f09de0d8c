//! The use cases: audit, import, plan, apply, ask. The one place that locks, inspects, compares and runs.

mod apply;
mod ask;
mod audit;
mod breaches;
mod climb;
mod codes;
mod deprecated;
mod duties;
mod early;
mod fingerprint;
mod imagined;
mod import;
mod kept_apart;
mod kept_from;
mod meant;
mod origin;
mod picture;
mod plan;
pub mod rbac;

pub use apply::{Applied, ApplyError, Progress, Ready, apply, apply_copy, ready};
pub use ask::{Answers, AskError, Asking, Climb, Judged, State, ask};
pub use audit::{Audited, Subject, audit};
pub use climb::{Found, Goal, Leg, Legs, Part, Radius, Spot, Step, Told, imagine_ways, look_for_ways};
pub use codes::{PAGES, explain};
pub use duties::{AssignError, Duties, can_assign, check, judged};
pub use early::{Early, EarlyLock, lock_early, look_early};
pub use imagined::{ImagineError, imagined};
pub use import::{ImportError, ImportedModel, Naming, exact, import};
pub use meant::Stated;
pub use origin::{Answerable, Origin, Origins};
pub use picture::{Arrow, Band, Edge, Folding, Node, Picture, Place, Team, Walked, Ways, What};
pub use plan::{PlanError, Planned, Wishes, compute, copy, plan, plan_early};
