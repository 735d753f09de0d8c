//! Why a command could not do what it was asked for, as the person in front of it reads it.

use crate::exit;
use crate::terminal::Paint;
use engine::EngineError;
use std::io;
use std::path::Path;

/// An error of a command.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The reader of the output went away. Nobody is told: nobody is there.
    ClosedPipe,
    /// What is wrong has been shown already, as the output that was asked for.
    Shown,
    /// Something to tell.
    Told(Box<Told>),
}

/// What happened, to what, and what to do.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// A code with a manual page.
    pub(crate) code: Option<&'static str>,
    /// What happened, to what.
    pub(crate) what: String,
    /// What to do; may be empty.
    pub(crate) help: String,
    /// The statement that failed.
    pub(crate) statement: Option<String>,
    /// Text that is shown as it is before the rest, such as rendered diagnostics.
    pub(crate) before: String,
}

impl Failure {
    /// An error without a page of its own.
    pub(crate) fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Failure::Told(Box::new(Told { what: what.into(), help: help.into(), ..Told::default() }))
    }

    /// The operating system refused something to a file.
    pub(crate) fn file(action: &str, path: &Path, error: &io::Error) -> Self {
        let (why, help) = match error.kind() {
            io::ErrorKind::NotFound => {
                ("there is no such file or folder", "check the name, and where you are")
            }
            io::ErrorKind::PermissionDenied => {
                ("permission denied", "check whose it is and what you may do with it")
            }
            io::ErrorKind::StorageFull => ("no space is left", "make room"),
            _ => {
                return Failure::new(
                    format!("cannot {action} {}: {error}", path.display()),
                    "check what it is",
                );
            }
        };
        Failure::new(format!("cannot {action} {}: {why}", path.display()), help)
    }

    /// The exit status that it ends with.
    pub(crate) fn status(&self) -> u8 {
        match self {
            Failure::ClosedPipe => exit::CLOSED_PIPE,
            Failure::Shown | Failure::Told(_) => exit::ERROR,
        }
    }

    /// The message, if there is something left to say.
    pub(crate) fn text(&self, paint: Paint) -> Option<String> {
        let Failure::Told(told) = self else { return None };
        let code = told.code.map(|code| format!("[{code}]")).unwrap_or_default();
        let mut text = told.before.clone();
        text.push_str(&format!("{}: {}\n", paint.error(&format!("error{code}")), paint.plain(&told.what)));
        if let Some(statement) = &told.statement {
            text.push_str(&format!("  {} {}\n", paint.dim("statement:"), paint.plain(statement)));
        }
        if !told.help.is_empty() {
            text.push_str(&format!("  {} {}\n", paint.bold("help:"), paint.plain(&told.help)));
        }
        Some(text)
    }
}

impl From<io::Error> for Failure {
    /// Writing to the terminal failed.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
            _ => Failure::new(format!("cannot write the output: {error}"), ""),
        }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Failure::Told(Box::new(Told {
            code: Some(error.code),
            what: error.what,
            help: error.help,
            statement: error.statement,
            before: String::new(),
        }))
    }
}
