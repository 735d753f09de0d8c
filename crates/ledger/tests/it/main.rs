//! A log in a database: what every store has to do, and what each has to survive.

// The lints know `#[test]` functions only, not what these share.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod conformance;
mod faults;
mod proving;
mod sqlite;
mod wanted;
