//! The command line: what can be asked for, and in which words.

use crate::exit;
use crate::terminal::Terminal;
use clap::error::ErrorKind;
use clap::{Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

const EXIT_STATUS: &str = "Exit status: 0 nothing to do, 2 changes to make or findings to mend, 1 any error, \
    wrong arguments too.\n\nNO_COLOR, CI=true and a pipe give plain text.";

/// Design, prove and enforce the roles of your databases.
#[derive(Debug, Parser)]
#[command(name = "rolewright", version, after_help = EXIT_STATUS, max_term_width = 80)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Audit(Audit),
    Explain(Explain),
    Completions(Completions),
    Man(Man),
}

/// Find what is wrong with the roles of a target, the worst first.
///
/// Needs no model and changes nothing. Each finding has a rule's code, the facts that show it, and the statements that
/// mend it.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 looked and found nothing, or only what is worth knowing (info); 2 findings; 1 any \
    error.\n\nExamples:\n  rolewright audit postgres://admin@db.acme.example/shop\n  \
    rolewright audit '${SHOP_PROD_URL}' --all-databases --format json"
)]
pub(crate) struct Audit {
    /// The target's URL; ${NAME} in it stands for a variable of the environment.
    #[arg(value_name = "URL")]
    pub(crate) target: String,
    /// Look at every database of the cluster that takes connections, not only at the one of the URL.
    #[arg(long)]
    pub(crate) all_databases: bool,
    /// How the report is written.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
    /// Show every finding, also where one rule has many.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people.
    Text,
    /// For programs; the format has a version of its own.
    Json,
}

/// Explain a code: what it means, why it matters, how to mend it.
///
/// Without a code, lists all of them.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A code such as RW401, in upper or lower case.
    pub(crate) code: Option<String>,
}

/// Print a script that completes commands and options in a shell.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  rolewright completions bash > ~/.local/share/bash-completion/completions/rolewright"
)]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// Print a manual page, to be read with man.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  rolewright man plan | man -l -")]
pub(crate) struct Man {
    /// The command; without one, the page of rolewright itself.
    pub(crate) command: Option<String>,
}

/// The whole command, for the texts made of it.
pub(crate) fn command() -> clap::Command {
    Arguments::command()
}

/// Reads the arguments of this process. Help, version and errors are answered here.
///
/// # Errors
/// The exit status, if there is no command to run. A wrong argument is an error like any other: 2 is taken.
pub(crate) fn read(terminal: Terminal) -> Result<Arguments, u8> {
    let color = if terminal.out.color() { ColorChoice::Auto } else { ColorChoice::Never };
    let parsed =
        command().color(color).try_get_matches().and_then(|found| Arguments::from_arg_matches(&found));
    parsed.map_err(|answer| {
        let asked_for = matches!(answer.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
        match (answer.print(), asked_for) {
            (Ok(()), true) => 0,
            (Err(_), true) => exit::CLOSED_PIPE,
            (_, false) => exit::ERROR,
        }
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        super::command().debug_assert();
    }
}
