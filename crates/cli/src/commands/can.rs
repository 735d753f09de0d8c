//! `rolewright can` and `rolewright why`: whether somebody can, by which way, and where that way comes from.

use super::ask::{Prepared, prepare};
use crate::arguments::{AskedArguments, Can, ReportFormat, Why};
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::render::{self, Answered};
use crate::terminal::Terminal;
use service::{Judged, Origins};

/// Answers yes or no with the way.
pub(crate) async fn can(arguments: Can, terminal: Terminal) -> Result<Verdict, Failure> {
    let judged = match (arguments.privilege, arguments.asked.as_it_stands) {
        (true, _) => Judged::Privilege,
        (false, true) => Judged::AsItStands,
        (false, false) => Judged::Reachable,
    };
    answer(&arguments.who, &arguments.asked, judged, false, terminal).await
}

/// Answers with the way and, for each step of it, where it comes from.
pub(crate) async fn why(arguments: Why, terminal: Terminal) -> Result<Verdict, Failure> {
    let judged = if arguments.asked.as_it_stands { Judged::AsItStands } else { Judged::Reachable };
    answer(&arguments.who, &arguments.asked, judged, true, terminal).await
}

async fn answer(
    who: &str,
    arguments: &AskedArguments,
    judged: Judged,
    with_origins: bool,
    terminal: Terminal,
) -> Result<Verdict, Failure> {
    let mut prepared = prepare(arguments, terminal).await?;
    let subjects = prepared.subjects(who)?;
    let mut answered = Vec::new();
    for subject in subjects {
        let answers = prepared.asking.can(&subject.role, judged)?;
        answered.push(Answered { who: subject.name, role: subject.role, answers });
    }
    let yes = answered.iter().any(Answered::is_yes);
    let Prepared { model, asking, .. } = &prepared;
    let intent = model.as_ref().map(|(_, target)| &target.intent);
    let origins = Origins { intent, observed: &asking.observed, dialect: &*asking.dialect };
    let origins = with_origins.then_some(origins);
    let text = match arguments.format {
        ReportFormat::Text => {
            render::answer_text(asking, &answered, judged, origins, arguments.verbose, terminal.out)
        }
        ReportFormat::Json => render::answer_json(asking, &answered, judged, origins)
            .map_err(|error| Failure::new(format!("the answer cannot be written: {error}"), ""))?,
    };
    terminal.print(&text)?;
    Ok(if yes { Verdict::Clean } else { Verdict::No })
}
