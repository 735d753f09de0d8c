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
    let source = concat!("rolewright ", env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(page).source(source).render(&mut text)?;
    // Exit status and examples are no extra.
    terminal.print(&String::from_utf8_lossy(&text).replace(".SH EXTRA\n", ".SH NOTES\n"))?;
    Ok(Verdict::Clean)
}
