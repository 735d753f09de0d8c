//! `rolewright audit`: what is wrong here, worst first.

use crate::arguments::{Audit, ReportFormat};
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::model_files::{Checked, Where};
use crate::render;
use crate::terminal::Terminal;
use crate::url::Target;
use ::audit::Rule;
use engine::Databases;
use model::Secret;
use std::path::Path;

/// Looks at the targets and reports. Findings that are more than information are work.
pub(crate) async fn run(arguments: Audit, terminal: Terminal) -> Result<Verdict, Failure> {
    let targets = targets(&arguments, terminal)?;
    if arguments.format == ReportFormat::Json && targets.len() > 1 {
        return Err(Failure::new(
            format!("the model means {} servers here, and a JSON report is of one", targets.len()),
            "give the URL of one of them",
        ));
    }
    let rules = rules();
    let mut work = false;
    for (at, (url, databases)) in targets.into_iter().enumerate() {
        let databases = if arguments.all_databases { Databases::All } else { databases };
        let progress = terminal.progress("looking at the target");
        let audited = service::audit(&postgres::PostgresEngine, &url, databases, &rules).await?;
        drop(progress);
        let text = match arguments.format {
            ReportFormat::Text => render::audit_text(&audited, arguments.verbose, terminal.out),
            ReportFormat::Json => render::audit_json(&audited)
                .map_err(|error| Failure::new(format!("the report cannot be written: {error}"), ""))?,
        };
        terminal.print(if at > 0 { "\n" } else { "" })?;
        terminal.print(&text)?;
        work |= audited.report.needs_action();
    }
    Ok(if work { Verdict::Work } else { Verdict::Clean })
}

/// The URL, or what the model means, each with the databases that are looked at.
fn targets(arguments: &Audit, terminal: Terminal) -> Result<Vec<(Secret, Databases)>, Failure> {
    if let Some(url) = arguments.target.as_deref().filter(|target| Target::is_url(target)) {
        if arguments.env.is_some() {
            return Err(Failure::new("a URL has no environments", "leave out --env, or name a model"));
        }
        let target = Target::given(url)?;
        target.warn(terminal);
        return Ok(vec![(target.url().clone(), Databases::Connected)]);
    }
    let loaded = Checked::at(arguments.target.as_deref().map(Path::new))?.loaded(terminal.err)?;
    let wanted = Where { environment: arguments.env.as_deref(), url: None };
    let targets = loaded.targets(&wanted, terminal.err)?.into_iter();
    Ok(targets.map(|target| (target.url, Databases::These(target.intent.databases))).collect())
}

/// Every rule there is.
pub(super) fn rules() -> Vec<Box<dyn Rule>> {
    let mut rules = ::audit::neutral();
    rules.extend(postgres::rules());
    rules
}
