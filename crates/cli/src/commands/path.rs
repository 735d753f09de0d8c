//! `rolewright path` and `rolewright blast-radius`: ways to more power, and everything that they lead to.

use super::ask::{Prepared, Stands, Ways, Where, prepare_at};
use crate::arguments::{BlastRadius, PathUp, ReportFormat, WayArguments, WhichWays};
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::render;
use crate::terminal::Terminal;
use model::{Certainty, RoleName};
use service::{Found, Goal};
use std::path::Path;

/// What is asked for on the command line, and the model behind it.
pub(super) struct Asked<'a> {
    pub(super) phrase: Option<&'a str>,
    role: Option<&'a str>,
    path: Option<&'a Path>,
}

impl<'a> Asked<'a> {
    fn of(words: &'a [String]) -> Result<Self, Failure> {
        let (phrase, role, rest) = match words {
            [] => (None, None, words),
            [only] if only == "role" => return Err(nameless()),
            [first, rest @ ..] if first == "superuser" => (None, None, rest),
            [first, name, rest @ ..] if first == "role" => (None, Some(name.as_str()), rest),
            [phrase, rest @ ..] => (Some(phrase.as_str()), None, rest),
        };
        match rest {
            [] => Ok(Self { phrase, role, path: None }),
            [path] => Ok(Self { phrase, role, path: Some(Path::new(path)) }),
            _ => Err(Failure::new(
                "too many words behind the goal",
                "put a phrase into quotes: \"delete on table finance.payments\"",
            )),
        }
    }

    /// The same where the goal is one word.
    pub(super) fn in_one(goal: &'a str) -> Result<Self, Failure> {
        let (phrase, role) = match goal.trim() {
            "superuser" => (None, None),
            "role" => return Err(nameless()),
            other => match other.strip_prefix("role ") {
                Some(name) => (None, Some(name.trim())),
                None => (Some(other), None),
            },
        };
        Ok(Self { phrase, role, path: None })
    }

    pub(super) fn goal(&self, prepared: &Prepared) -> Result<Goal, Failure> {
        Ok(match (self.phrase, self.role) {
            (Some(_), _) => Goal::Permissions,
            (None, Some(role)) => Goal::Role(prepared.role(role)?),
            (None, None) => Goal::Superuser,
        })
    }
}

fn nameless() -> Failure {
    Failure::new("`role` says no name", "write `role NAME`, such as `role shop_owner`")
}

/// Answers with the best way.
pub(crate) async fn run(arguments: PathUp, terminal: Terminal) -> Result<Verdict, Failure> {
    let asked = Asked::of(&arguments.goal)?;
    let place = of(asked.phrase, asked.path, &arguments.asked);
    let mut prepared = prepare_at(place, terminal).await?;
    let (name, roles) = who(&mut prepared, &arguments.who)?;
    let goal = asked.goal(&prepared)?;
    let found = prepared.asking.paths(&roles, &goal, arguments.asked.ways.with_victim)?;
    let text = match arguments.asked.format {
        ReportFormat::Text => {
            render::path_text(&name, &found, &prepared.asking, arguments.asked.verbose, terminal.out)
        }
        ReportFormat::Json => json(render::path_json(&name, &roles, &found, &prepared.asking))?,
    };
    terminal.print(&text)?;
    Ok(verdict(&found))
}

/// The worst answer for whoever asks because of it: a way to any of several things is a way.
pub(super) fn verdict(found: &[Found]) -> Verdict {
    let certain = |found: &Found| matches!(found.certainty(), Some(Certainty::Direct | Certainty::Victim(_)));
    match (found.iter().any(certain), found.iter().any(|found| found.certainty().is_some())) {
        (true, _) => Verdict::Clean,
        (false, true) => Verdict::Work,
        (false, false) => Verdict::No,
    }
}

/// Answers with everything.
pub(crate) async fn radius(arguments: BlastRadius, terminal: Terminal) -> Result<Verdict, Failure> {
    let place = of(None, arguments.path.as_deref(), &arguments.asked);
    let mut prepared = prepare_at(place, terminal).await?;
    let (name, roles) = who(&mut prepared, &arguments.who)?;
    let radius = prepared.asking.blast_radius(&roles, arguments.asked.ways.with_victim)?;
    let text = match arguments.asked.format {
        ReportFormat::Text => {
            render::radius_text(&name, &radius, &prepared.asking, arguments.asked.verbose, terminal.out)
        }
        ReportFormat::Json => json(render::radius_json(&name, &roles, &radius, &prepared.asking))?,
    };
    terminal.print(&text)?;
    Ok(Verdict::Clean)
}

fn of<'a>(phrase: Option<&'a str>, path: Option<&'a Path>, arguments: &'a WayArguments) -> Where<'a> {
    let place =
        Where { phrase, path, env: arguments.env.as_deref(), url: arguments.url.as_deref(), ways: None };
    at(place, arguments.ways)
}

/// The same place, where ways up are looked for.
pub(super) fn at(place: Where<'_>, which: WhichWays) -> Where<'_> {
    let state = match (which.planned, which.from_model) {
        (true, _) => Stands::Planned,
        (_, true) => Stands::Modelled,
        _ => Stands::Now,
    };
    Where { ways: Some(Ways { everywhere: which.all_databases, state }), ..place }
}

/// The accounts of whoever is meant, and how people call them.
pub(super) fn who(prepared: &mut Prepared, asked: &str) -> Result<(String, Vec<RoleName>), Failure> {
    let subjects = prepared.subjects(asked)?;
    let name = match subjects.as_slice() {
        [only] => only.name.clone(),
        several => {
            let all = several.iter().map(|subject| subject.name.as_str()).collect::<Vec<_>>().join(", ");
            format!("{asked}, by {all},")
        }
    };
    Ok((name, subjects.into_iter().map(|subject| subject.role).collect()))
}

fn json(text: Result<String, serde_json::Error>) -> Result<String, Failure> {
    text.map_err(|error| Failure::new(format!("the answer cannot be written: {error}"), ""))
}
