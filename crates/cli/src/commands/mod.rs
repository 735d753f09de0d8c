//! The commands, one file each: open what is needed, call the use case, print.

pub(crate) mod audit;
pub(crate) mod completions;
pub(crate) mod explain;
pub(crate) mod man;
