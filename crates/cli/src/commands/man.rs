//! `rolewright man`: manual pages made of the command line itself.

use crate::arguments::{self, Man};
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Prints the page.
pub(crate) fn run(arguments: &Man, terminal: Terminal) -> Result<Verdict, Failure> {
    let mut all = arguments::command();
    all.build();
    let page = match &arguments.command {
        None => all,
        Some(name) => match all.find_subcommand(name) {
            Some(found) => found.clone(),
            None => {
                return Err(Failure::new(
                    format!("there is no command {name}"),
                    "rolewright --help lists them",
                ));
            }
        },
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    terminal.print(&String::from_utf8_lossy(&text))?;
    Ok(Verdict::Clean)
}
