//! `rolewright schema`: the shape of model files, for editors.

use crate::exit::Verdict;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Prints the JSON Schema.
pub(crate) fn run(terminal: Terminal) -> Result<Verdict, Failure> {
    terminal.print(&manifest::schema())?;
    Ok(Verdict::Clean)
}
