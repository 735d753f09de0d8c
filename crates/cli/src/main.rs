//! The rolewright command.
//!
//! Reads the arguments, runs one command, and turns its verdict into an exit status: 0 for nothing to do, 2 for
//! changes or findings, 3 for the answer no, 1 for every error. Decisions are taken elsewhere: a command opens files and connections,
//! calls a use case of `service`, and prints what came out.

mod arguments;
mod commands;
mod evidence;
mod exit;
mod failure;
mod model_files;
mod passwords;
mod plan_file;
mod private_file;
mod render;
mod since_file;
mod terminal;
mod url;

use arguments::{Arguments, Command};
use exit::Verdict;
use failure::Failure;
use std::process::ExitCode;
use terminal::Terminal;

/// A plan makes a million small values and lets them go: the system's allocator takes half as long again for the whole.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let terminal = Terminal::look();
    let arguments = match arguments::read(terminal) {
        Ok(arguments) => arguments,
        Err(answered) => return ExitCode::from(answered),
    };
    match dispatch(arguments, terminal) {
        Ok(verdict) => verdict.into(),
        Err(failure) => end(&failure, terminal),
    }
}

fn dispatch(arguments: Arguments, terminal: Terminal) -> Result<Verdict, Failure> {
    match arguments.command {
        Command::Audit(audit) => waiting(commands::audit::run(audit, terminal)),
        Command::Import(import) => waiting(commands::import::run(import, terminal)),
        Command::Init(init) => commands::init::run(&init, terminal),
        Command::Check(check) => commands::check::run(&check, terminal),
        Command::Plan(plan) => waiting(commands::plan::run(plan, terminal)),
        Command::Apply(apply) => waiting(commands::apply::run(apply, terminal)),
        Command::Can(can) => waiting(commands::can::can(can, terminal)),
        Command::WhoCan(who) => waiting(commands::who_can::run(who, terminal)),
        Command::Why(why) => waiting(commands::can::why(why, terminal)),
        Command::Path(path) => waiting(commands::path::run(path, terminal)),
        Command::BlastRadius(asked) => waiting(commands::path::radius(asked, terminal)),
        Command::CanAssign(asked) => commands::can_assign::run(&asked, terminal),
        Command::Rbac(calls) => commands::rbac::run(&calls, terminal),
        Command::Graph(graph) => waiting(commands::graph::run(graph, terminal)),
        Command::Ledger(ledger) => waiting(commands::ledger::run(ledger, terminal)),
        Command::ExecutorSql(wanted) => waiting(commands::executor_sql::run(wanted, terminal)),
        Command::Schema => commands::schema::run(terminal),
        Command::Explain(explain) => commands::explain::run(&explain, terminal),
        Command::Completions(completions) => commands::completions::run(&completions, terminal),
        Command::Man(man) => commands::man::run(&man, terminal),
        Command::Demo(demo) => commands::demo::run(&demo, terminal),
    }
}

/// Runs what waits for a target. One thread is enough: there is one connection to wait for.
fn waiting(work: impl Future<Output = Result<Verdict, Failure>>) -> Result<Verdict, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(work)
}

fn end(failure: &Failure, terminal: Terminal) -> ExitCode {
    if let Some(text) = failure.text(terminal.err) {
        terminal.remark(&text);
    }
    ExitCode::from(failure.status())
}
