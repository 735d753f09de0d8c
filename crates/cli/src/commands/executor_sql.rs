//! `rolewright executor-sql`: what a superuser runs once, so that plans need none.

use super::plan::{given, misfit, unreached};
use crate::arguments::ExecutorSql;
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::model_files::{Checked, Where};
use crate::terminal::Terminal;
use engine::Engine;
use manifest::Target;

/// Looks at each target that is meant and prints the SQL for it.
pub(crate) async fn run(arguments: ExecutorSql, terminal: Terminal) -> Result<Verdict, Failure> {
    let loaded = Checked::at(arguments.model.path.as_deref())?.loaded(terminal.err)?;
    let given = given(arguments.model.url.as_deref(), terminal)?;
    let wanted = Where { environment: arguments.model.env.as_deref(), url: given.as_ref() };
    for target in loaded.targets(&wanted, terminal.err)? {
        terminal.print(&of_target(&target, terminal).await?)?;
    }
    Ok(Verdict::Clean)
}

async fn of_target(target: &Target, terminal: Terminal) -> Result<String, Failure> {
    let progress = terminal.progress(&format!("looking at {} in {}", target.cluster, target.environment));
    let engine = postgres::PostgresEngine;
    let connected = engine.connect(&target.url).await;
    let mut session = connected.map_err(|error| unreached(error, target))?;
    let observed = session.inspect(&engine.scope(&target.intent)).await?;
    drop(progress);
    postgres::executor_sql(&target.intent, &observed)
        .map_err(|problems| misfit(&problems, target, terminal.err))
}
