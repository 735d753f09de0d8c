//! The commands, one file each: open what is needed, call the use case, print.

pub(crate) mod apply;
mod ask;
pub(crate) mod audit;
pub(crate) mod can;
pub(crate) mod can_assign;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod executor_sql;
pub(crate) mod explain;
pub(crate) mod graph;
mod graph_ways;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod ledger;
pub(crate) mod man;
mod meant;
pub(crate) mod path;
pub(crate) mod plan;
pub(crate) mod rbac;
pub(crate) mod schema;
pub(crate) mod who_can;
