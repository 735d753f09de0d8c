//! Running SQL through the system's `psql`.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;
use std::thread;

use crate::SandboxError;
use crate::account::Account;

/// Where a `psql` connects to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Address<'a> {
    pub(crate) socket_folder: &'a Path,
    pub(crate) port: u16,
    pub(crate) user: &'a str,
    pub(crate) database: &'a str,
}

/// What `psql` is to run.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Script<'a> {
    Text(&'a str),
    File(&'a Path),
}

/// Runs the script, each statement in a transaction of its own unless it says otherwise, and stops at the first error.
/// Answers the rows: fields parted by `|`, no header, no newline at the end.
pub(crate) fn run(address: Address<'_>, script: Script<'_>) -> Result<String, SandboxError> {
    let psql = find()?;
    let (file, text) = match script {
        Script::Text(text) => (OsStr::new("-"), text),
        Script::File(path) => (path.as_os_str(), ""),
    };
    let mut command = Account::Ours.command(psql);
    command.env("PGCLIENTENCODING", "UTF8");
    // Scripts name other files relative to themselves or to the caller, so the caller's folder stays.
    if let Ok(folder) = env::current_dir() {
        command.current_dir(folder);
    }
    let mut process = command
        .args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-h"])
        .arg(address.socket_folder)
        .args(["-p", &address.port.to_string(), "-U", address.user, "-d", address.database, "-f"])
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(SandboxError::io("run", psql))?;
    let stdin = process.stdin.take();
    // psql may answer before it has read everything: writing must not wait for our reading.
    let (written, output) = thread::scope(|scope| {
        let writer = scope.spawn(move || stdin.map_or(Ok(()), |mut stdin| stdin.write_all(text.as_bytes())));
        let output = process.wait_with_output();
        (writer.join(), output)
    });
    let output = output.map_err(SandboxError::io("run", psql))?;
    if !output.status.success() {
        return Err(SandboxError::Program {
            program: "psql",
            status: output.status.to_string(),
            output: String::from_utf8_lossy(&output.stderr).into_owned(),
        });
    }
    match written {
        Ok(Err(error)) if error.kind() != ErrorKind::BrokenPipe => {
            Err(SandboxError::io("write to", psql)(error))
        }
        _ => Ok(String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned()),
    }
}

/// The newest `psql` beside a server, because the one in `PATH` may be a wrapper that is slow to start, or that one.
fn find() -> Result<&'static Path, SandboxError> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOUND.get_or_init(search).as_deref().ok_or(SandboxError::NoPsql)
}

fn search() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort();
    let homebrew = ["/opt/homebrew/opt/libpq/bin", "/usr/local/opt/libpq/bin"].map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    versions
        .into_iter()
        .rev()
        .map(|(_, bin)| bin)
        .chain(env::split_paths(&path))
        .chain(homebrew)
        .map(|bin| bin.join("psql"))
        .find(|program| program.is_file())
}
