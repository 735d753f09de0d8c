//! One command of the tour: as a person would type it, and as it is run.

use crate::failure::Failure;
use std::env;
use std::ffi::OsString;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::process::{Command, Stdio};

/// A program of the tour.
#[derive(Debug, Clone, Copy)]
pub(super) enum Program {
    /// This one.
    Rolewright,
    /// PostgreSQL's client.
    Psql,
}

/// What a command wrote, both streams in the order in which it wrote, and how it ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) output: String,
    /// None if a signal ended it.
    pub(super) status: Option<i32>,
}

/// Where the commands run, and the variables that they see beside ours.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    pub(super) folder: &'a Path,
    pub(super) variables: &'a [(&'static str, String)],
}

/// The command as it is typed into a shell.
pub(super) fn typed(program: Program, arguments: &[&str]) -> String {
    let mut line = program.name().to_owned();
    for argument in arguments {
        line.push(' ');
        line.push_str(&quoted(argument));
    }
    line
}

/// Runs the command to its end.
///
/// # Errors
/// If the program cannot be started.
pub(super) fn run(program: Program, arguments: &[&str], at: &Surroundings<'_>) -> Result<Ended, Failure> {
    let (mut output, writer) = io::pipe()?;
    let mut command = Command::new(program.file()?);
    command.args(arguments).current_dir(at.folder).stdin(Stdio::null());
    command.stderr(writer.try_clone()?).stdout(writer);
    // What leads psql to servers of this machine must not lead it away from ours.
    for (name, _) in env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PG")) {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C").envs(at.variables.iter().map(|(name, value)| (name, value)));
    let mut child = command.spawn().map_err(|error| missing(program, &error))?;
    // The command holds our ends of the pipe: while it lives, reading would not end.
    drop(command);
    let mut bytes = Vec::new();
    output.read_to_end(&mut bytes)?;
    let status = child.wait()?.code();
    Ok(Ended { output: String::from_utf8_lossy(&bytes).into_owned(), status })
}

impl Program {
    const fn name(self) -> &'static str {
        match self {
            Program::Rolewright => "rolewright",
            Program::Psql => "psql",
        }
    }

    fn file(self) -> Result<OsString, Failure> {
        match self {
            Program::Rolewright => Ok(env::current_exe()?.into_os_string()),
            Program::Psql => Ok(self.name().into()),
        }
    }
}

fn missing(program: Program, error: &io::Error) -> Failure {
    let help = match (program, error.kind()) {
        (Program::Psql, ErrorKind::NotFound) => {
            "install it: apt-get install postgresql-client, or brew install libpq"
        }
        _ => "",
    };
    Failure::new(format!("cannot run {}: {error}", program.name()), help)
}

/// The argument as a POSIX shell reads it back.
fn quoted(argument: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_./=:,".contains(c);
    if !argument.is_empty() && argument.chars().all(harmless) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_typed() {
        let line = typed(Program::Psql, &["-d", "shop", "-c", "DROP TABLE a", "", "it's"]);
        assert_eq!(line, r"psql -d shop -c 'DROP TABLE a' '' 'it'\''s'");
    }

    #[test]
    fn both_streams_come_in_the_order_of_writing_and_with_the_status() {
        let folder = env::temp_dir();
        let at = Surroundings { folder: &folder, variables: &[("PGPORT", "1".to_owned())] };
        let ended = run(Program::Psql, &["--no-such-option"], &at).unwrap();
        assert_eq!(ended.status, Some(1));
        assert!(ended.output.contains("--no-such-option"), "{ended:?}");
    }
}
