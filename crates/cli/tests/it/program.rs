//! Running the program.

use std::process::{Command, Output, Stdio};

/// What the program did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program with these arguments, in a surrounding where nothing but the arguments decides.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolewright"));
    command.args(arguments).stdin(Stdio::null());
    for name in
        ["NO_COLOR", "CI", "TERM", "PGPASSWORD", "PGPASSFILE", "PGHOST", "PGPORT", "PGUSER", "DATABASE_URL"]
    {
        command.env_remove(name);
    }
    command
}

/// Runs it to its end.
pub(crate) fn rolewright(arguments: &[&str]) -> Ran {
    ran(command(arguments).output().unwrap())
}

pub(crate) fn ran(output: Output) -> Ran {
    Ran {
        status: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
