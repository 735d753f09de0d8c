//! What can go wrong with a private server.

use std::io;
use std::path::{Path, PathBuf};

use crate::Version;

/// Why a private server could not be found, started, spoken to or stopped.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// No server of this version is installed anywhere we look.
    #[error("PostgreSQL {version} was not found (looked in: {}); run script/setup, or point ROLEWRIGHT_PG_DIR at a folder that has {version}/bin", list(.searched))]
    NotInstalled {
        /// The version that was asked for.
        version: Version,
        /// The folders that were looked into.
        searched: Vec<PathBuf>,
    },
    /// No server of any supported version is installed.
    #[error(
        "no PostgreSQL server from 14 to 18 was found; run script/find-postgres, which installs one, or point ROLEWRIGHT_PG_DIR at a folder that has <major>/bin"
    )]
    NothingInstalled,
    /// The folder does not hold a server that we can use.
    #[error("{} is not a usable PostgreSQL server: {reason}", folder.display())]
    Unusable {
        /// The folder with the programs.
        folder: PathBuf,
        /// What is missing or wrong.
        reason: String,
    },
    /// The text names no supported version.
    #[error("PostgreSQL {found:?} is not supported; use 14, 15, 16, 17 or 18")]
    UnsupportedVersion {
        /// What was given.
        found: String,
    },
    /// No `psql` is installed.
    #[error(
        "psql was not found in PATH or beside a server; install it (Debian: apt-get install postgresql-client)"
    )]
    NoPsql,
    /// Run as root, and there is no account to run the server as.
    #[error(
        "PostgreSQL refuses to run as root, and /etc/passwd has neither `postgres` nor `nobody` to run it as"
    )]
    NoAccount,
    /// The temporary folder belongs to somebody else, so the server's files would not be private.
    #[error("{} belongs to another user or is not a folder; remove it or set TMPDIR", folder.display())]
    ForeignFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// A program of PostgreSQL ended with an error.
    #[error("{program} failed ({status}):\n{output}")]
    Program {
        /// The program's name.
        program: &'static str,
        /// How it ended.
        status: String,
        /// What it wrote to its standard error, or the server's log.
        output: String,
    },
    /// The server did not become ready in time.
    #[error("PostgreSQL {version} was not ready after {seconds} s; its log:\n{log}")]
    NotReady {
        /// The server's version.
        version: Version,
        /// How long we waited, in seconds.
        seconds: u64,
        /// The end of its log.
        log: String,
    },
    /// The operating system refused something.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On which file, folder or program.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl SandboxError {
    /// For `map_err`: says what was tried on which path.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SandboxError {
        let path = path.to_owned();
        move |source| SandboxError::Io { action, path, source }
    }
}

fn list(folders: &[PathBuf]) -> String {
    folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ")
}
