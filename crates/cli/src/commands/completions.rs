//! `rolewright completions`: a script for the shell.

use crate::arguments::{self, Completions};
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Prints the script.
pub(crate) fn run(arguments: &Completions, terminal: Terminal) -> Result<Verdict, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut arguments::command(), "rolewright", &mut script);
    terminal.print(&String::from_utf8_lossy(&script))?;
    Ok(Verdict::Clean)
}
