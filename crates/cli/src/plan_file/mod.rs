//! The plan as a file: written by `plan --out`, read by `apply`.
//!
//! The file carries the model's sources, so that `apply` makes the plan again from them and from the target as it is
//! then, and compares. It is that comparison which makes a plan file safe to carry about, not anything the file says of
//! itself. The file holds no URL and no secret.

mod document;
mod error;
mod store;

pub(crate) use document::{Phase, PlanFile, Source, Target, Tie};
pub(crate) use error::PlanFileError;
