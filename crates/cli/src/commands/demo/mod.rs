//! `rolewright demo`: a tour on a private server, from the audit of a badly grown shop to an account that can no
//! longer drop its tables.
//!
//! Every command of the tour is run as it is printed, by this very program as a process of its own: what the tour shows
//! is what a person gets who types the same.

mod command;
mod excerpt;
mod shop;
mod stage;
mod tour;

use crate::arguments::Demo;
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::terminal::Terminal;
use sandbox::{Installation, SandboxError};
use stage::Stage;
use std::env;
use std::io::{self, IsTerminal};
use std::thread;

/// Walks through the tour. The server and its folder are gone afterwards, also if a step fails or somebody interrupts.
///
/// # Errors
/// If there is no server or no psql, and if a step does not end as the tour says.
pub(crate) fn run(arguments: &Demo, terminal: Terminal) -> Result<Verdict, Failure> {
    let installation = match arguments.postgres {
        Some(version) => Installation::find(version),
        None => Installation::any(),
    }?;
    let progress = terminal.progress("starting a private PostgreSQL");
    let stage = Stage::set(&installation)?;
    drop(progress);
    tour::walk(&stage, terminal)?;
    if arguments.keep {
        keep(&stage, terminal)?;
    }
    Ok(Verdict::Clean)
}

/// Leaves the server running for as long as this process lives, which is what stops it.
fn keep(stage: &Stage, terminal: Terminal) -> Result<(), Failure> {
    let asked = io::stdin().is_terminal();
    let stop = if asked {
        "Press Enter to stop it.".to_owned()
    } else {
        format!("To stop it: kill {}", std::process::id())
    };
    let (folder, exports) = (stage.folder().display(), stage.exports());
    let program = env::current_exe()?;
    terminal.print(&format!(
        "\nThe server keeps running. To look around, in another terminal:\n\n  cd {folder}\n  {exports}\n  \
         alias rolewright='{}'\n  psql -d shop\n\n{stop}\n",
        program.display()
    ))?;
    if asked {
        io::stdin().read_line(&mut String::new())?;
        return Ok(());
    }
    loop {
        thread::park();
    }
}

impl From<SandboxError> for Failure {
    fn from(error: SandboxError) -> Self {
        Failure::new(error.to_string(), "")
    }
}
