//! What is proved, held against brute force and against an implementation of others.

// The lints know `#[test]` functions only, not what these share.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod entry;
mod foreign;
mod log;
mod note;
mod policy;
mod tree;
mod witness;
