//! The command as a person meets it: the real program against real servers.

mod audit;
mod program;
mod words;
