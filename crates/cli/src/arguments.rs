//! The command line: what can be asked for, and in which words.

mod ledger;
mod rbac;

pub(crate) use ledger::{
    Erase, Export, Init as InitLedger, Key, Ledger, LedgerCommand, Prove, Show, Sign, Verify, Witness,
};
pub(crate) use rbac::Rbac;

use crate::exit;
use crate::terminal::Terminal;
use clap::error::ErrorKind;
use clap::{Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use sandbox::Version;
use std::path::PathBuf;

const EXIT_STATUS: &str = "Exit status: 0 nothing to do, 2 changes to make or findings to mend, 3 the answer \
    is no, 1 any error, wrong arguments too.\n\nNO_COLOR, CI=true and a pipe give plain text.";

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
    Import(Import),
    Init(Init),
    Check(Check),
    Plan(Plan),
    Apply(Apply),
    Can(Can),
    WhoCan(WhoCan),
    Why(Why),
    CanAssign(CanAssign),
    Path(PathUp),
    BlastRadius(BlastRadius),
    Rbac(Rbac),
    Graph(Graph),
    Ledger(Ledger),
    ExecutorSql(ExecutorSql),
    Explain(Explain),
    /// Print the JSON Schema of model files, for editors.
    #[command(after_help = "Example:\n  rolewright schema > rolewright.schema.json")]
    Schema,
    Completions(Completions),
    Man(Man),
    Demo(Demo),
}

/// Find what is wrong with the roles of a target, the worst first.
///
/// Needs no model and changes nothing. Each finding has a rule's code, the facts that show it, and the statements that
/// mend it. With a model the target is also held against it: what somebody has too much or lacks, who has left, what is
/// past its end. Findings that the model accepts (`exceptions:`) are shown apart and do not count.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 looked and found nothing, or only what is worth knowing (info), or with --fail-on \
    nothing as bad as that; 2 findings; 1 any error.\n\nExamples:\n  \
    rolewright audit postgres://admin@db.acme.example/shop\n  \
    rolewright audit '${SHOP_PROD_URL}' --all-databases --format json\n  \
    rolewright audit model/ --env prod --fail-on high\n  \
    rolewright audit model/ --env prod --by control --format html > audit.html"
)]
pub(crate) struct Audit {
    /// The target's URL, in which ${NAME} stands for a variable of the environment; or the file or folder of a model,
    /// whose targets are looked at.
    ///
    /// Without it, rolewright.yaml or model/ is taken.
    #[arg(value_name = "URL|PATH")]
    pub(crate) target: Option<String>,
    /// The environment of the model.
    #[arg(long, value_name = "NAME")]
    pub(crate) env: Option<String>,
    /// A URL in place of the model's; ${NAME} in it stands for a variable of the environment.
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// Look at every database of the cluster that takes connections, not only at that of the URL or those of the model.
    #[arg(long)]
    pub(crate) all_databases: bool,
    /// How the report is written.
    #[arg(long, value_enum, default_value_t = AuditFormat::Text)]
    pub(crate) format: AuditFormat,
    /// What the findings of a text or HTML report stand under: their rules, the worst first, or the controls that they
    /// answer to.
    #[arg(long, value_enum, default_value_t = By::Rule)]
    pub(crate) by: By,
    /// The least severity that makes the exit status 2. The report shows every finding all the same.
    ///
    /// Without it, whatever is more than information does.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<FailOn>,
    /// Also tell whether roles, memberships or settings were changed and changed back since the last audit with this
    /// file, and write there what this one saw. The first time there is no such file.
    #[arg(long, value_name = "FILE")]
    pub(crate) since: Option<PathBuf>,
    /// Show every finding, also where one rule has many, and with a model the line that would accept each.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// What the findings of an audit stand under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// The rule that found them.
    Rule,
    /// The control that they answer to; under each one, if there are several.
    Control,
}

/// The least severity of a finding that an audit fails on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Somebody holds everything, or can take it.
    Critical,
    /// And: somebody gets to what was never meant for them.
    High,
    /// And: a wall is missing that would stop the next mistake.
    Medium,
    /// And: untidy.
    Low,
    /// Any finding at all.
    Info,
}

/// How the report of an audit is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuditFormat {
    /// For people.
    Text,
    /// For programs; the format has a version of its own.
    Json,
    /// For viewers of code scanning: SARIF 2.1.0.
    Sarif,
    /// For spreadsheets: one line for each finding.
    Csv,
    /// One page to read, print and hand on, with every finding.
    Html,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people.
    Text,
    /// For programs; the format has a version of its own.
    Json,
}

/// Write a model of what stands on a target, as a person would write it.
///
/// Changes nothing on the target. What it says is exactly what stands there, so that the first plan is empty; what a
/// model cannot say is listed. Nothing that exists is overwritten.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  rolewright import '${SHOP_PROD_URL}' --out model/\n  \
    rolewright import postgres://admin@db.acme.example/shop --all-databases --env staging")]
pub(crate) struct Import {
    /// The target's URL, in which ${NAME} stands for a variable of the environment. No password of it is written.
    pub(crate) url: String,
    /// The folder to write the model into.
    #[arg(long, value_name = "FOLDER", default_value = "model")]
    pub(crate) out: PathBuf,
    /// Import every database of the cluster that takes connections, not only that of the URL.
    #[arg(long)]
    pub(crate) all_databases: bool,
    /// What the model calls the environment that this target is.
    #[arg(long, value_name = "NAME", default_value = "prod")]
    pub(crate) env: String,
}

/// Write a first model: the boundaries as tables of operations, a role, a test.
///
/// Nothing that exists is overwritten.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The folder to write it into.
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
}

/// Check a model without any server: every error with its line, what should be looked at, and the model's tests.
#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 sound, 2 findings, 1 any error, a test that fails too.")]
pub(crate) struct Check {
    /// The file or folder of the model. Without it, rolewright.yaml or model/ is taken.
    pub(crate) path: Option<PathBuf>,
}

/// Which model, and for where.
#[derive(Debug, Args)]
pub(crate) struct ModelArguments {
    /// The file or folder of the model; apply takes a plan file as well. Without it, rolewright.yaml or model/ is
    /// taken.
    pub(crate) path: Option<PathBuf>,
    /// The environment of the model. Needed where it has several.
    #[arg(long, value_name = "NAME")]
    pub(crate) env: Option<String>,
    /// A URL in place of the model's; ${NAME} in it stands for a variable of the environment.
    #[arg(long)]
    pub(crate) url: Option<String>,
}

/// Show what would be done to make the targets what the model says, and why.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 converged, 2 changes or retired roles in quarantine, 1 any error, a plan that is refused too.\n\nExamples:\n  \
    rolewright plan --env staging\n  rolewright plan --env prod --out plan.json"
)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) model: ModelArguments,
    /// How the plan is written to the output.
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub(crate) format: PlanFormat,
    /// Also write the plan to a file that apply takes. It holds the model and no secret.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Set the password of this login anew; can be given several times.
    #[arg(long, value_name = "ROLE")]
    pub(crate) rotate: Vec<String>,
    /// Show also what would undo each step, and each thing that is left alone.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// How a plan is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// For people.
    Text,
    /// For programs; the format has a version of its own.
    Json,
    /// For psql.
    Sql,
}

/// Carry out exactly the plan that is shown, or nothing.
///
/// The target is locked and looked at again first; if it has changed, nothing is done. Afterwards it is looked at once
/// more: what did not become as the model says is an error.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 the targets are as the model says, 2 so they are but for retired roles in quarantine, \
    1 any error.\n\nExamples:\n  \
    rolewright apply --env staging\n  rolewright apply plan.json --yes"
)]
pub(crate) struct Apply {
    #[command(flatten)]
    pub(crate) model: ModelArguments,
    /// Do not ask. Needed where nobody is there to ask.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Set the password of this login anew; can be given several times. A plan file says so itself.
    #[arg(long, value_name = "ROLE")]
    pub(crate) rotate: Vec<String>,
    /// Write what stood before, what was done and what stands after into a file (JSON), also where the apply fails.
    #[arg(long, value_name = "FILE")]
    pub(crate) evidence: Option<PathBuf>,
    /// Show also what would undo each step, and each thing that is left alone.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// Say whether a role or user can do something, and by which way.
///
/// Looks at the target. Every way counts that needs nobody else: logging in, inheriting, becoming another role, owning,
/// what everybody has, and what the role may grant itself.
#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 yes, 3 no, 1 any error.\n\nExamples:\n  \
    rolewright can reporting \"select on table sales.*\" --url '${SHOP_PROD_URL}'\n  \
    rolewright can alice@acme.example \"shop: drop on table sales.orders\" --env prod")]
pub(crate) struct Can {
    /// A role of the target; or a user, a person or a service account of the model.
    #[arg(value_name = "ROLE|USER")]
    pub(crate) who: String,
    #[command(flatten)]
    pub(crate) asked: AskedArguments,
    /// Judge only what the role holds, as the server's own privilege functions do: no login, no other role, no schema.
    #[arg(long, conflicts_with = "as_it_stands")]
    pub(crate) privilege: bool,
}

/// Say who can do something: every role, in groups by the way in which it can.
#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 somebody can, 3 nobody can, 1 any error.\n\nExample:\n  \
    rolewright who-can \"delete on table sales.orders\" --url '${SHOP_PROD_URL}'")]
pub(crate) struct WhoCan {
    #[command(flatten)]
    pub(crate) asked: AskedArguments,
}

/// Say what giving somebody a role would break: separations of duties and dual controls of the model.
///
/// Needs no server. Everything that would be broken is said at once, for each environment, with the ways; and what could then not be proven.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 nothing would be broken, 3 something would be, or could not be proven; 1 any error.\n\nExample:\n  \
    rolewright can-assign alice@acme.example refund_approval --env prod"
)]
pub(crate) struct CanAssign {
    /// A person, a user, a service account, a group or a role of the model.
    #[arg(value_name = "WHO")]
    pub(crate) who: String,
    /// The role to be given.
    #[arg(value_name = "ROLE")]
    pub(crate) role: String,
    /// The model: a file or a folder; rolewright.yaml or model/ unless said.
    #[arg(value_name = "PATH")]
    pub(crate) path: Option<PathBuf>,
    /// Only in this environment.
    #[arg(long, value_name = "ENV")]
    pub(crate) env: Option<String>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
}

/// Say why a role or user can do something: for each step the line of the model, its purpose and who answers for it.
///
/// What no line of the model speaks of is said to be unknown: it predates Rolewright.
#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 it can, 3 it cannot, 1 any error.\n\nExample:\n  \
    rolewright why reporting \"drop on table sales.orders\" --env prod")]
pub(crate) struct Why {
    /// A role of the target; or a user, a person or a service account of the model.
    #[arg(value_name = "ROLE|USER")]
    pub(crate) who: String,
    #[command(flatten)]
    pub(crate) asked: AskedArguments,
}

/// A question, and where it is asked.
#[derive(Debug, Args)]
pub(crate) struct AskedArguments {
    /// What: a grant phrase of the model, perhaps with its database in front, such as "shop: update (status) on table
    /// sales.orders". `drop` and `alter` can be asked for too.
    #[arg(value_name = "PHRASE")]
    pub(crate) phrase: String,
    /// The file or folder of the model. Without it, rolewright.yaml or model/ is taken; with --url no model is needed.
    pub(crate) path: Option<PathBuf>,
    /// The environment of the model. Needed where it has several.
    #[arg(long, value_name = "NAME")]
    pub(crate) env: Option<String>,
    /// A URL in place of the model's; ${NAME} in it stands for a variable of the environment.
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// Leave out what somebody would have to grant itself first, by ADMIN on a role or by owning the object.
    #[arg(long)]
    pub(crate) as_it_stands: bool,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
    /// Show everything, also where there is much of one kind.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// Show a way to more power, step by step, each with the statement that takes it.
///
/// Looks at the target. Besides memberships, ownership and what somebody may grant itself, it follows code that runs as
/// others, views and foreign keys that pass on to other tables, the server's files and programs, and copies. A way that needs
/// somebody else to do something is followed with --with-victim. What cannot be told is said to be unknown.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 there is a way, 3 there is none, 2 unknown, 1 any error.\n\nExamples:\n  \
    rolewright path reporting \"delete on table finance.payments\" --url '${SHOP_PROD_URL}'\n  \
    rolewright path alice@acme.example role shop_owner --env prod --with-victim\n  \
    rolewright path backoffice superuser model/ --env prod"
)]
pub(crate) struct PathUp {
    /// A role of the target; or a user, a person or a service account of the model.
    #[arg(value_name = "ROLE|USER")]
    pub(crate) who: String,
    /// Where to: a grant phrase of the model such as "delete on table finance.payments", or `role NAME`, or `superuser`,
    /// which is what is meant without one. Behind it, the file or folder of the model.
    #[arg(value_name = "GOAL")]
    pub(crate) goal: Vec<String>,
    #[command(flatten)]
    pub(crate) asked: WayArguments,
}

/// Show everything that somebody can come to, with the way to each.
///
/// The same ways count as for path.
#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 answered, 1 any error.\n\nExample:\n  \
    rolewright blast-radius backoffice --url '${SHOP_PROD_URL}'")]
pub(crate) struct BlastRadius {
    /// A role of the target; or a user, a person or a service account of the model.
    #[arg(value_name = "ROLE|USER")]
    pub(crate) who: String,
    /// The file or folder of the model. Without it, rolewright.yaml or model/ is taken; with --url no model is needed.
    pub(crate) path: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) asked: WayArguments,
}

/// Which ways count, and where they are looked for.
#[derive(Debug, Args)]
pub(crate) struct WayArguments {
    /// The environment of the model. Needed where it has several.
    #[arg(long, value_name = "NAME")]
    pub(crate) env: Option<String>,
    /// A URL in place of the model's; ${NAME} in it stands for a variable of the environment.
    #[arg(long)]
    pub(crate) url: Option<String>,
    #[command(flatten)]
    pub(crate) ways: WhichWays,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
    /// Show everything, also where there is much of one kind.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// Which ways count, and in which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub(crate) struct WhichWays {
    /// Look at every database of the cluster that takes connections, not only at that of the URL or those of the model.
    #[arg(long)]
    pub(crate) all_databases: bool,
    /// Judge the target as it would be if the model's next plan were carried out.
    #[arg(long, conflicts_with = "from_model")]
    pub(crate) planned: bool,
    /// Judge the model alone, without a target: what its routines, views and foreign keys do is not known then.
    #[arg(long, conflicts_with = "all_databases")]
    pub(crate) from_model: bool,
    /// Also follow ways that need somebody else: who writes to a table, calls a function, looks a name up.
    #[arg(long)]
    pub(crate) with_victim: bool,
}

/// Draw the roles: who holds whom, by boundary and team; or with --from the ways to more power.
///
/// Draws what a model wants, or with --url what stands on a target; where there is a model as well, roles that it does
/// not have are marked. Of a boundary that nobody has named, the least is taken that admits what the role itself holds.
/// With --from it draws what path and blast-radius tell: the way to a goal, or all that somebody comes to.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 drawn, 1 any error; with --to 0 there is a way, 3 there is none, 2 unknown.\n\nExamples:\n  \
    rolewright graph --out roles.svg\n  \
    rolewright graph --url '${SHOP_PROD_URL}' --around orders_writer > around.svg\n  \
    rolewright graph --env prod --format mermaid\n  \
    rolewright graph --env prod --from reporting --to \"delete on table finance.payments\" > way.svg"
)]
pub(crate) struct Graph {
    #[command(flatten)]
    pub(crate) model: ModelArguments,
    /// How the picture is written.
    #[arg(long, value_enum, default_value_t = GraphFormat::Svg)]
    pub(crate) format: GraphFormat,
    /// Write the picture to a file.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Draw only this role or account, whoever gets to it, and whatever it gets to.
    #[arg(long, value_name = "ROLE")]
    pub(crate) around: Option<String>,
    /// Draw the ways of this role of the target, or user, person or service account of the model, to more power: everything
    /// that it comes to, or the way to --to.
    #[arg(long, value_name = "ROLE|USER", conflicts_with = "around")]
    pub(crate) from: Option<String>,
    /// Draw the best way to this: a grant phrase such as "delete on table finance.payments", or "role NAME", or superuser.
    #[arg(long, value_name = "GOAL", requires = "from")]
    pub(crate) to: Option<String>,
    #[command(flatten, next_help_heading = "Ways (with --from)")]
    pub(crate) ways: WhichWays,
    /// Give each role and account a box of its own, also where many are alike.
    #[arg(long)]
    pub(crate) all: bool,
}

/// How a picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// For browsers and pages; needs nothing else.
    Svg,
    /// For Graphviz.
    Dot,
    /// For pages that draw Mermaid.
    Mermaid,
}

/// Print the SQL that makes the least-privileged executor, to review and to run once as a superuser.
///
/// Also adopts what a superuser granted, so that the executor can change it. Looks at the target and changes nothing.
#[derive(Debug, Args)]
pub(crate) struct ExecutorSql {
    #[command(flatten)]
    pub(crate) model: ModelArguments,
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

/// Walk through all of this on a private server with an example, and leave nothing behind.
///
/// Needs the programs of a PostgreSQL server and psql on this machine; no server that runs is touched.
#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 every step did what the tour says, 1 any error.")]
pub(crate) struct Demo {
    /// The major version of the server, 14 to 18. Without it, the newest that is found.
    #[arg(long, value_name = "MAJOR")]
    pub(crate) postgres: Option<Version>,
    /// Let the server run at the end, and say how to connect to it and how to stop it.
    #[arg(long)]
    pub(crate) keep: bool,
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
