//! The command as a person meets it: the real program against real servers.

// The lints know `#[test]` functions only, not what these share.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod access;
mod audit;
mod audit_formats;
mod corners;
mod demo;
mod evidence;
mod executor;
mod folder;
mod govern;
mod govern_prints;
mod graph;
mod graph_ways;
mod import;
mod kept_apart;
mod kept_from;
mod ledger;
mod model;
mod path;
mod path_proved;
mod pipeline;
mod plan;
mod program;
mod quarantine;
mod rbac;
mod reviewed;
mod sample;
mod since;
mod words;
