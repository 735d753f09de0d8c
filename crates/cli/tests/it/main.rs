//! The command as a person meets it: the real program against real servers.

mod audit;
mod folder;
mod model;
mod plan;
mod program;
mod words;
