//! `rolewright audit`: what is wrong here, worst first.

use crate::arguments::{Audit, ReportFormat};
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::render;
use crate::terminal::Terminal;
use crate::url::Target;
use ::audit::Rule;
use engine::Databases;

/// Looks at the target and reports. Findings that are more than information are work.
pub(crate) async fn run(arguments: Audit, terminal: Terminal) -> Result<Verdict, Failure> {
    let target = Target::given(&arguments.target)?;
    target.warn(terminal);
    let databases = if arguments.all_databases { Databases::All } else { Databases::Connected };
    let progress = terminal.progress("looking at the target");
    let audited = service::audit(&postgres::PostgresEngine, target.url(), databases, &rules()).await?;
    drop(progress);
    let text = match arguments.format {
        ReportFormat::Text => render::audit_text(&audited, arguments.verbose, terminal.out),
        ReportFormat::Json => render::audit_json(&audited)
            .map_err(|error| Failure::new(format!("the report cannot be written: {error}"), ""))?,
    };
    terminal.print(&text)?;
    Ok(if audited.report.needs_action() { Verdict::Work } else { Verdict::Clean })
}

/// Every rule there is.
pub(super) fn rules() -> Vec<Box<dyn Rule>> {
    let mut rules = ::audit::neutral();
    rules.extend(postgres::rules());
    rules
}
