//! `rolewright apply`: carry out exactly what was shown.

use super::meant::{Meant, Origin};
use super::plan::{compute, given, misfit, planned, servers_of_their_own, wishes};
use crate::arguments::Apply;
use crate::evidence::{Evidence, Pending};
use crate::exit::{Verdict, leave};
use crate::failure::{Failure, Told};
use crate::model_files::{self, carried};
use crate::passwords;
use crate::plan_file::PlanFile;
use crate::render;
use crate::terminal::{Terminal, confirmed};
use crate::url;
use engine::EngineError;
use manifest::Target;
use model::{Plan, Rejected};
use service::{Applied, ApplyError, EarlyLock, PlanError, Planned, Wishes};
use std::io;
use std::time::Duration;

/// Shows the plan of every target that is meant, asks, and carries it out.
pub(crate) async fn run(arguments: Apply, terminal: Terminal) -> Result<Verdict, Failure> {
    if let Some(path) = &arguments.model.path {
        crate::url::Target::refuse_as_path(path)?;
    }
    let file = match &arguments.model.path {
        Some(path) if PlanFile::is_at(path) => Some(PlanFile::read(path)?),
        _ => None,
    };
    if file.is_some() && !arguments.rotate.is_empty() {
        return Err(Failure::new(
            "a plan file says itself whose passwords are set anew, so nothing was changed",
            "leave out --rotate, or make the plan with it: rolewright plan --rotate ROLE --out FILE",
        ));
    }
    let origin = match &file {
        Some(file) => Origin::Carried(carried(&file.sources)),
        None => Origin::Path(arguments.model.path.clone()),
    };
    let given = given(arguments.model.url.as_deref(), terminal)?;
    let planned_for = file.as_ref().and_then(|file| file.environment.clone());
    let environment = arguments.model.env.clone().or(planned_for);
    let rotate = file.as_ref().map_or(&arguments.rotate, |file| &file.rotate);
    let wishes = wishes(rotate, arguments.verbose)?;
    let reading = Meant::read(origin, environment.clone(), given.clone(), terminal);
    let (meant, mut early) = tokio::join!(reading, early(given.as_ref().filter(|_| arguments.yes)));
    let Meant { loaded, targets } = meant?;
    let shown = Shown {
        file: file.as_ref(),
        environment: environment.as_deref(),
        rotate,
        verbose: arguments.verbose,
    };
    if targets.len() > 1 {
        // All of them before the first is changed.
        let mut plans = Vec::new();
        for target in &targets {
            plans.push((target, compute(target, &wishes, terminal).await?));
        }
        servers_of_their_own(&plans)?;
        for (_, planned) in &plans {
            if obstructed(planned) {
                shown.show(planned, terminal)?;
            }
        }
    }
    let mut evidence = Evidence::new(arguments.evidence);
    let mut verdict = Verdict::Clean;
    for target in targets {
        let now = if arguments.yes {
            unasked(&target, early.take(), &wishes, shown, &mut evidence, terminal).await?
        } else {
            asked(&target, &wishes, shown, &mut evidence, terminal).await?
        };
        if now == Verdict::Work {
            verdict = now;
        }
        leave(target.intent);
    }
    leave(loaded);
    Ok(verdict)
}

/// What a target ends with that is now as far as it can be: roles in quarantine are left to be done.
fn verdict(plan: &Plan) -> Verdict {
    if plan.quarantined.is_empty() { Verdict::Clean } else { Verdict::Work }
}

/// Begins to look at a URL of the command line, under the lock, while the model is read.
async fn early(given: Option<&url::Target>) -> Option<Result<EarlyLock, EngineError>> {
    match given {
        Some(target) => Some(service::lock_early(&postgres::PostgresEngine, target.url()).await),
        None => None,
    }
}

/// How a plan is shown, and which file it has to be the plan of.
#[derive(Clone, Copy)]
struct Shown<'a> {
    file: Option<&'a PlanFile>,
    environment: Option<&'a str>,
    rotate: &'a [String],
    verbose: bool,
}

impl Shown<'_> {
    /// The plan as it is shown.
    ///
    /// # Errors
    /// If it is not the plan of the file.
    fn text(self, planned: &Planned, terminal: Terminal) -> Result<String, Failure> {
        if let Some(file) = self.file {
            file.confirm(&PlanFile::of(planned, self.environment, self.rotate, Vec::new()))?;
        }
        let mut text = render::plan_text(&planned.plan, self.verbose, terminal.out);
        text.push_str(&render::sunsets_text(&planned.deprecated, model_files::day(), terminal.out));
        text.push_str(&render::obstacles_text(planned, terminal.out));
        Ok(text)
    }

    /// Shows the plan; false if nothing is to be done.
    ///
    /// # Errors
    /// If it is not the plan of the file, or must not or cannot be carried out.
    fn show(self, planned: &Planned, terminal: Terminal) -> Result<bool, Failure> {
        terminal.print(&self.text(planned, terminal)?)?;
        to_be_done(planned)
    }
}

/// False if the plan is empty.
///
/// # Errors
/// If it must not or cannot be carried out: that has been shown with it.
fn to_be_done(planned: &Planned) -> Result<bool, Failure> {
    if planned.plan.is_empty() && planned.refusals.is_empty() {
        return Ok(false);
    }
    if obstructed(planned) { Err(Failure::Shown) } else { Ok(true) }
}

fn obstructed(planned: &Planned) -> bool {
    !planned.refusals.is_empty() || !planned.lacking.is_empty()
}

/// How long the lock is held while the plan is written. Whoever reads it through a pipe may take longer.
const WRITING: Duration = Duration::from_secs(2);

/// With `--yes` nobody thinks about the plan: it is made under the lock, shown and carried out. Where the plan is read more
/// slowly than that, the lock is given back, and the plan has to be the same when it is there again.
async fn unasked(
    target: &Target,
    early: Option<Result<EarlyLock, EngineError>>,
    wishes: &Wishes,
    shown: Shown<'_>,
    evidence: &mut Evidence,
    terminal: Terminal,
) -> Result<Verdict, Failure> {
    let engine = postgres::PostgresEngine;
    let progress = terminal.progress(&format!("looking at {} in {}", target.cluster, target.environment));
    let ready = match early.transpose() {
        Ok(early) => service::ready(&engine, &target.url, &target.intent, wishes, early).await,
        Err(error) => Err(PlanError::Engine(error)),
    };
    drop(progress);
    let ready = match ready {
        Err(PlanError::Engine(error)) if error.code == HELD => {
            return idle(target, error, wishes, shown, evidence, terminal).await;
        }
        ready => planned(ready, target, terminal)?,
    };
    let text = shown.text(ready.planned(), terminal)?;
    let mut writing = tokio::task::spawn_blocking(move || terminal.print(&text));
    let verifiers = |planned: &Planned| passwords::verifiers(&engine, &planned.plan, &target.intent);
    let (applied, pending) = if let Ok(written) = tokio::time::timeout(WRITING, &mut writing).await {
        written.map_err(io::Error::other)??;
        if !to_be_done(ready.planned())? {
            evidence.begin(target, ready.planned())?;
            let verdict = verdict(&ready.planned().plan);
            leave(ready.into_planned());
            return Ok(verdict);
        }
        let verifiers = verifiers(ready.planned())?;
        let mut pending = evidence.begin(target, ready.planned())?;
        let work =
            async |show: &mut (dyn FnMut(service::Progress) + Send)| ready.carry_out(&verifiers, show).await;
        (watched(&mut pending, terminal, work).await, pending)
    } else {
        let planned = ready.into_planned();
        writing.await.map_err(io::Error::other)??;
        if !to_be_done(&planned)? {
            return evidence.begin(target, &planned).map(|_| verdict(&planned.plan));
        }
        let verifiers = verifiers(&planned)?;
        let mut pending = evidence.begin(target, &planned)?;
        let (url, intent, plan) = (&target.url, &target.intent, &planned.plan);
        let work = async |show: &mut (dyn FnMut(service::Progress) + Send)| {
            service::apply(&engine, url, intent, wishes, plan, &verifiers, show).await
        };
        (watched(&mut pending, terminal, work).await, pending)
    };
    recorded(evidence, pending, &applied, target, wishes, terminal).await?;
    finished(applied, target, terminal)
}

/// The code of a lock that somebody else holds.
const HELD: &str = "RW207";

/// Somebody else holds the lock: no matter, if nothing is to be done.
async fn idle(
    target: &Target,
    held: EngineError,
    wishes: &Wishes,
    shown: Shown<'_>,
    evidence: &mut Evidence,
    terminal: Terminal,
) -> Result<Verdict, Failure> {
    let planned = compute(target, wishes, terminal).await?;
    if planned.plan.is_empty() {
        shown.show(&planned, terminal)?;
        return evidence.begin(target, &planned).map(|_| verdict(&planned.plan));
    }
    Err(held.into())
}

/// A person reads the plan first. It is made again under the lock and has to be the same.
async fn asked(
    target: &Target,
    wishes: &Wishes,
    shown: Shown<'_>,
    evidence: &mut Evidence,
    terminal: Terminal,
) -> Result<Verdict, Failure> {
    let planned = compute(target, wishes, terminal).await?;
    if !shown.show(&planned, terminal)? {
        return evidence.begin(target, &planned).map(|_| verdict(&planned.plan));
    }
    let engine = postgres::PostgresEngine;
    let verifiers = passwords::verifiers(&engine, &planned.plan, &target.intent)?;
    allowed(target, terminal)?;
    let mut pending = evidence.begin(target, &planned)?;
    let (url, intent, plan) = (&target.url, &target.intent, &planned.plan);
    let applied = watched(&mut pending, terminal, async |show| {
        service::apply(&engine, url, intent, wishes, plan, &verifiers, show).await
    })
    .await;
    recorded(evidence, pending, &applied, target, wishes, terminal).await?;
    finished(applied, target, terminal)
}

/// A person says yes.
fn allowed(target: &Target, terminal: Terminal) -> Result<(), Failure> {
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

/// Shows how far the work has come while it goes on.
async fn watched<T>(
    pending: &mut Option<Pending>,
    terminal: Terminal,
    work: impl AsyncFnOnce(&mut (dyn FnMut(service::Progress) + Send)) -> T,
) -> T {
    let progress = terminal.progress("taking the lock");
    let mut show = |at: service::Progress| {
        if let Some(pending) = pending {
            pending.reached(&at);
        }
        progress.say(&format!("phase {}: {}, {}", at.phase + 1, at.kind, at.place));
        progress.steps(at.done, at.steps);
    };
    work(&mut show).await
}

/// Completes the evidence. Where the apply broke off, the target is looked at once more for what stands.
async fn recorded(
    evidence: &mut Evidence,
    pending: Option<Pending>,
    applied: &Result<Applied, ApplyError>,
    target: &Target,
    wishes: &Wishes,
    terminal: Terminal,
) -> Result<(), Failure> {
    let Some(pending) = pending else { return Ok(()) };
    let written = match applied {
        Ok(done) => evidence.end(&pending, applied, Some(&done.second.observed)),
        Err(ApplyError::NotConverged(done)) => evidence.end(&pending, applied, Some(&done.second.observed)),
        Err(_) if pending.begun() => {
            // Whether it can be looked at or not, the reason of the first failure is the one to tell.
            let seen = compute(target, wishes, terminal).await.ok();
            evidence.end(&pending, applied, seen.as_ref().map(|seen| &seen.observed))
        }
        Err(_) => evidence.end(&pending, applied, None),
    };
    // A failed apply is told before a file that could not be written.
    if applied.is_ok() { written } else { Ok(()) }
}

fn finished(
    applied: Result<Applied, ApplyError>,
    target: &Target,
    terminal: Terminal,
) -> Result<Verdict, Failure> {
    let applied = applied.map_err(|error| failure(error, target, terminal))?;
    terminal.print(&done(&applied, terminal))?;
    let verdict = verdict(&applied.second.plan);
    leave(applied.second);
    Ok(verdict)
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
    let quarantined = &applied.second.plan.quarantined;
    let second = match quarantined.len() {
        0 => "A second look finds the target as the model wants it.\n".to_owned(),
        many => format!(
            "A second look finds the target as the model wants it, but for {} in quarantine.\n",
            render::counted(many, "role")
        ),
    };
    text.push_str(&second);
    text.push_str(&render::quarantine_text(quarantined, paint));
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
