//! `rolewright apply`: carry out exactly what was shown.

use super::plan::{compute, given, misfit, remark_findings, servers_of_their_own, wishes};
use crate::arguments::Apply;
use crate::exit::Verdict;
use crate::failure::{Failure, Told};
use crate::model_files::{Checked, Loaded, Where, carried};
use crate::passwords;
use crate::plan_file::PlanFile;
use crate::render;
use crate::terminal::{Terminal, confirmed};
use manifest::Target;
use model::{Rejected, RoleName, Secret};
use service::{Applied, ApplyError, Planned, Wishes};
use std::collections::BTreeMap;
use std::path::Path;

/// Shows the plan of every target that is meant, asks, and carries it out.
pub(crate) async fn run(arguments: Apply, terminal: Terminal) -> Result<Verdict, Failure> {
    let file = match &arguments.model.path {
        Some(path) if PlanFile::is_at(path) => Some(PlanFile::read(path)?),
        _ => None,
    };
    let loaded = loaded(file.as_ref(), arguments.model.path.as_deref(), terminal)?;
    let given = given(arguments.model.url.as_deref(), terminal)?;
    let planned_for = file.as_ref().and_then(|file| file.environment.as_deref());
    let environment = arguments.model.env.as_deref().or(planned_for);
    let targets = loaded.targets(&Where { environment, url: given.as_ref() }, terminal.err)?;
    let rotate = file.as_ref().map_or(&arguments.rotate, |file| &file.rotate);
    let wishes = wishes(rotate)?;
    if targets.len() > 1 {
        // All of them before the first is changed.
        let mut plans = Vec::new();
        for target in &targets {
            plans.push((target, compute(target, &wishes, terminal).await?));
        }
        servers_of_their_own(&plans)?;
    }
    for target in &targets {
        let planned = compute(target, &wishes, terminal).await?;
        if let Some(file) = &file {
            file.confirm(&PlanFile::of(&planned, environment, rotate, Vec::new()))?;
        }
        one(target, &planned, &wishes, &arguments, terminal).await?;
    }
    Ok(Verdict::Clean)
}

/// The model of the plan file, or the one at the path.
fn loaded(file: Option<&PlanFile>, path: Option<&Path>, terminal: Terminal) -> Result<Loaded, Failure> {
    let checked = match file {
        Some(file) => Checked::of(carried(&file.sources)),
        None => Checked::at(path)?,
    };
    let loaded = checked.loaded(terminal.err)?;
    remark_findings(&loaded, terminal);
    Ok(loaded)
}

async fn one(
    target: &Target,
    planned: &Planned,
    wishes: &Wishes,
    arguments: &Apply,
    terminal: Terminal,
) -> Result<(), Failure> {
    let mut text = render::plan_text(&planned.plan, arguments.verbose, terminal.out);
    text.push_str(&render::obstacles_text(planned, terminal.out));
    terminal.print(&text)?;
    if planned.plan.is_empty() {
        return Ok(());
    }
    if !planned.refusals.is_empty() || !planned.lacking.is_empty() {
        return Err(Failure::Shown);
    }
    let verifiers = passwords::verifiers(&postgres::PostgresEngine, &planned.plan, &target.intent)?;
    allowed(target, arguments.yes, terminal)?;
    let applied = carry_out(target, planned, wishes, &verifiers, terminal).await?;
    terminal.print(&done(&applied, terminal))?;
    Ok(())
}

/// A person says yes, or `--yes` did.
fn allowed(target: &Target, yes: bool, terminal: Terminal) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !Terminal::can_ask() {
        return Err(Failure::new(
            "nobody is there to ask, so nothing was changed",
            "read the plan and give --yes, or run this on a terminal",
        ));
    }
    let question = format!("\nCarry this out on {} in {}?", target.cluster, target.environment);
    if confirmed(&terminal.err.bold(&question))? {
        Ok(())
    } else {
        Err(Failure::new("not confirmed, so nothing was changed", ""))
    }
}

async fn carry_out(
    target: &Target,
    planned: &Planned,
    wishes: &Wishes,
    verifiers: &BTreeMap<RoleName, Secret>,
    terminal: Terminal,
) -> Result<Applied, Failure> {
    let progress = terminal.progress("taking the lock");
    let mut show = |at: service::Progress| {
        progress.say(&format!("phase {}: {}, {}", at.phase + 1, at.kind, at.place));
        progress.steps(at.done, at.steps);
    };
    let engine = postgres::PostgresEngine;
    let (url, intent) = (&target.url, &target.intent);
    let outcome = service::apply(&engine, url, intent, wishes, &planned.plan, verifiers, &mut show).await;
    drop(progress);
    outcome.map_err(|error| failure(error, target, terminal))
}

fn done(applied: &Applied, terminal: Terminal) -> String {
    let statements =
        render::counted(applied.outcomes.iter().map(|outcome| outcome.statements).sum(), "statement");
    let phases = render::counted(applied.outcomes.len(), "phase");
    let paint = terminal.out;
    let mut text = format!("\n{} {statements} in {phases}.\n", paint.good("Applied:"));
    for notice in applied.outcomes.iter().flat_map(|outcome| &outcome.notices) {
        text.push_str(&format!("  {} {}\n", paint.dim("the target says:"), paint.plain(notice)));
    }
    text.push_str("A second look finds the target as the model wants it.\n");
    text
}

fn failure(error: ApplyError, target: &Target, terminal: Terminal) -> Failure {
    let again = "plan again and read what is different now";
    match error {
        ApplyError::Engine(error) => error.into(),
        ApplyError::Problems(problems) => misfit(&problems, target, terminal.err),
        ApplyError::Rejected(Rejected::Moved) => {
            Failure::new("the target has changed since the plan was shown, so nothing was changed", again)
        }
        ApplyError::Rejected(rejected) => Failure::new(format!("{rejected}; nothing was changed"), again),
        ApplyError::Phase { phase, of, error, outcomes } => {
            let stand = match outcomes.len() {
                0 => "nothing was changed before it".to_owned(),
                done => format!("the {} before it stand", render::counted(done, "phase")),
            };
            Failure::Told(Box::new(Told {
                code: Some(error.code),
                what: format!("phase {} of {of} failed, {stand}: {}", phase + 1, error.what),
                help: format!("{}; running apply again goes on from here", error.help.trim_end_matches('.')),
                statement: error.statement,
                before: String::new(),
            }))
        }
        ApplyError::NotConverged(applied) => Failure::Told(Box::new(Told {
            what: "everything ran, and the target still is not as the model wants it".to_owned(),
            help: "the plan above is what is left; it names what the target did not take".to_owned(),
            before: render::plan_text(&applied.second.plan, false, terminal.err),
            ..Told::default()
        })),
    }
}
