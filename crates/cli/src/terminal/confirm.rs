//! Asking a person.

use std::io::{self, BufRead, Write};

/// Asks on standard error, so that the output stays what it is, and takes only the whole word `yes`.
///
/// # Errors
/// If the terminal cannot be read.
pub(crate) fn confirmed(question: &str) -> io::Result<bool> {
    let mut err = io::stderr().lock();
    write!(err, "{question} Type yes to go on: ")?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}
