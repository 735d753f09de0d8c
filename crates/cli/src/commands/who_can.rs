//! `rolewright who-can`: everybody who can, in groups by the way in which they can.

use super::ask::{Prepared, prepare};
use crate::arguments::{ReportFormat, WhoCan};
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::render;
use crate::terminal::Terminal;

/// Answers for each permission that the question means.
pub(crate) async fn run(arguments: WhoCan, terminal: Terminal) -> Result<Verdict, Failure> {
    let Prepared { asking, accounts, .. } = prepare(&arguments.asked, terminal).await?;
    let found = asking.who(!arguments.asked.as_it_stands);
    let text = match arguments.asked.format {
        ReportFormat::Text => render::who_text(&found, &accounts, arguments.asked.verbose, terminal.out),
        ReportFormat::Json => render::who_json(&asking, &found, &accounts)
            .map_err(|error| Failure::new(format!("the answer cannot be written: {error}"), ""))?,
    };
    terminal.print(&text)?;
    let somebody = found.iter().any(|(_, groups)| !groups.is_empty());
    Ok(if somebody { Verdict::Clean } else { Verdict::No })
}
