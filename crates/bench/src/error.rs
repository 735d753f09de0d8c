//! Why a benchmark could not be carried out.

use sandbox::SandboxError;
use std::io;
use std::path::{Path, PathBuf};

/// What stopped the benchmark itself. That rolewright or psql fails at its task is a result, not an error.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    #[error("could not {action} {}: {source}", path.display())]
    File { action: &'static str, path: PathBuf, source: io::Error },
    #[error("could not write the table: {0}")]
    Output(#[from] io::Error),
    #[error("no psql was found beside a server or in PATH; install a PostgreSQL client")]
    NoPsql,
}

impl BenchError {
    /// For `map_err` on what is done to a file.
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}
