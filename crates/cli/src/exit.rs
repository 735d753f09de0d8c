//! What the process ends with.

use std::process::ExitCode;

/// How a command ended that did what it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing is to be done.
    Clean,
    /// There are changes to make, or findings to mend.
    Work,
    /// The answer is no.
    No,
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Clean => ExitCode::SUCCESS,
            Verdict::Work => ExitCode::from(2),
            Verdict::No => ExitCode::from(3),
        }
    }
}

/// Any error, wrong arguments too.
pub(crate) const ERROR: u8 = 1;

/// The reader of the output went away: what a shell reports of a program that ended by SIGPIPE.
pub(crate) const CLOSED_PIPE: u8 = 141;

/// Leaves a large value to the end of the process, which gives all memory back at once: piece by piece it was a seventh of
/// the work of a no-op plan. Not for what holds a secret, which is wiped when it is dropped.
pub(crate) fn leave<T>(value: T) {
    std::mem::forget(value);
}
