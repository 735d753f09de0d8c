//! The terminal: colour or not, progress or not, and writing so that a closed pipe ends quietly.

mod confirm;
mod paint;
mod progress;

pub(crate) use confirm::confirmed;
pub(crate) use paint::{Paint, printable};
pub(crate) use progress::Progress;

use std::env;
use std::io::{self, IsTerminal, Write};

/// What the two output streams can take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    /// How text for standard output is painted.
    pub(crate) out: Paint,
    /// How text for standard error is painted.
    pub(crate) err: Paint,
    progress: bool,
}

impl Terminal {
    /// Looks at the streams and the environment: `NO_COLOR` (whatever its value, if it is not empty), `CI`,
    /// `TERM=dumb` and a pipe each mean plain text.
    pub(crate) fn look() -> Self {
        let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let off = |name: &str| env::var(name).is_ok_and(|value| matches!(&*value, "false" | "0"));
        let ci = set("CI") && !off("CI");
        let plain = ci || env::var_os("TERM").is_some_and(|term| term == "dumb");
        let color = !plain && !set("NO_COLOR");
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        Self { out: Paint::new(color && out), err: Paint::new(color && err), progress: err && !plain }
    }

    /// Writes text for the reader.
    ///
    /// # Errors
    /// If it cannot be written; a closed pipe is an error of its own kind.
    pub(crate) fn print(self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// Writes a remark beside the output. If that cannot be done there is nowhere left to say so.
    pub(crate) fn remark(self, text: &str) {
        let mut err = io::stderr().lock();
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    }

    /// Shows that something is going on, where somebody looks.
    pub(crate) fn progress(self, what: &str) -> Progress {
        Progress::start(self.progress, what)
    }

    /// True if a person can be asked.
    pub(crate) fn can_ask() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }
}
