//! `rolewright plan`: what would be done, and why.

use super::meant::{Meant, Origin};
use crate::arguments::{Plan, PlanFormat};
use crate::exit::{Verdict, leave};
use crate::failure::{Failure, Told};
use crate::model_files;
use crate::plan_file::PlanFile;
use crate::render;
use crate::terminal::{Paint, Terminal};
use crate::url::Target;
use engine::EngineError;
use model::{Problem, RoleName};
use service::{Early, PlanError, Planned, Wishes};
use std::path::Path;

/// Plans for every target that is meant and prints the plans.
pub(crate) async fn run(arguments: Plan, terminal: Terminal) -> Result<Verdict, Failure> {
    let given = given(arguments.model.url.as_deref(), terminal)?;
    let origin = Origin::Path(arguments.model.path.clone());
    let reading = Meant::read(origin, arguments.model.env.clone(), given.clone(), terminal);
    let progress = given.as_ref().map(|_| terminal.progress("looking at the target"));
    let (meant, mut early) = tokio::join!(reading, early(given.as_ref()));
    drop(progress);
    let Meant { loaded, targets } = meant?;
    let environment = arguments.model.env.as_deref();
    let single = arguments.out.is_some() || arguments.format != PlanFormat::Text;
    if single && targets.len() > 1 {
        return Err(Failure::new(
            format!("the model means {} servers here, and this is written for one", targets.len()),
            "give the --url of one of them",
        ));
    }
    let wishes = wishes(&arguments.rotate, arguments.verbose)?;
    let (mut work, mut refused) = (false, false);
    let mut plans = Vec::new();
    for target in &targets {
        let planned = match early.take() {
            Some(early) => planned(compute_early(target, &wishes, early).await, target, terminal)?,
            None => compute(target, &wishes, terminal).await?,
        };
        plans.push((target, planned));
    }
    servers_of_their_own(&plans)?;
    for (_, planned) in plans {
        work |= !planned.plan.is_empty() || !planned.plan.quarantined.is_empty();
        refused |= !planned.refusals.is_empty();
        let file = || PlanFile::of(&planned, environment, &arguments.rotate, loaded.carried());
        if let Some(out) = &arguments.out {
            write(out, &planned, file, terminal)?;
        }
        if arguments.format == PlanFormat::Sql {
            terminal.remark(&render::obstacles_text(&planned, terminal.err));
        }
        terminal.print(&written(&planned, file, &arguments, terminal.out)?)?;
        leave(planned);
    }
    targets.into_iter().for_each(|target| leave(target.intent));
    leave(loaded);
    match (refused, work) {
        (true, _) => Err(Failure::Shown),
        (false, true) => Ok(Verdict::Work),
        (false, false) => Ok(Verdict::Clean),
    }
}

/// Two targets may turn out to be one server under two names; then they would share their roles.
pub(super) fn servers_of_their_own(plans: &[(&manifest::Target, Planned)]) -> Result<(), Failure> {
    for (number, (one, its)) in plans.iter().enumerate() {
        let shares = |(other, theirs): &&(&manifest::Target, Planned)| {
            its.plan.at.is_same_server(&theirs.plan.at) && one.role_names == other.role_names
        };
        let Some((other, _)) = plans.iter().skip(number + 1).find(shares) else { continue };
        let name = |target: &manifest::Target| format!("{}/{}", target.cluster, target.environment);
        let help = if one.environment == other.environment {
            "put their databases into one `clusters:` entry; nothing was changed"
        } else {
            "give one of them `role_names:`, or a server of its own: a role assigned in one would open the other; nothing was changed"
        };
        let what = format!(
            "{} and {} are one server under two names and would share their roles",
            name(one),
            name(other)
        );
        return Err(Failure::Told(Box::new(Told {
            code: Some("RW121"),
            what,
            help: help.to_owned(),
            ..Told::default()
        })));
    }
    Ok(())
}

/// Begins to look at a URL of the command line while the model is read.
async fn early(given: Option<&Target>) -> Option<Result<Early, EngineError>> {
    match given {
        Some(target) => Some(service::look_early(&postgres::PostgresEngine, target.url()).await),
        None => None,
    }
}

async fn compute_early(
    target: &manifest::Target,
    wishes: &Wishes,
    early: Result<Early, EngineError>,
) -> Result<Planned, PlanError> {
    service::plan_early(&postgres::PostgresEngine, &target.url, &target.intent, wishes, early?).await
}

/// Writes the plan file, or says why there is none: a refused plan is nothing to hand on.
fn write(
    out: &Path,
    planned: &Planned,
    file: impl FnOnce() -> PlanFile,
    terminal: Terminal,
) -> Result<(), Failure> {
    if planned.refusals.is_empty() {
        return Ok(file().write(out)?);
    }
    let note = terminal.err.warning("note");
    terminal.remark(&format!("{note}: the plan is refused, so {} was not written\n", out.display()));
    Ok(())
}

fn written(
    planned: &Planned,
    file: impl FnOnce() -> PlanFile,
    arguments: &Plan,
    paint: Paint,
) -> Result<String, Failure> {
    match arguments.format {
        PlanFormat::Text => {
            let mut text = render::plan_text(&planned.plan, arguments.verbose, paint);
            text.push_str(&render::sunsets_text(&planned.deprecated, model_files::day(), paint));
            text.push_str(&render::obstacles_text(planned, paint));
            text.push_str(&next(arguments.out.as_deref(), planned, paint));
            Ok(text)
        }
        PlanFormat::Json => Ok(file().without_sources().json()?),
        PlanFormat::Sql => Ok(render::plan_sql(&planned.plan)),
    }
}

fn next(out: Option<&Path>, planned: &Planned, paint: Paint) -> String {
    match out {
        Some(out) if !planned.plan.is_empty() && planned.refusals.is_empty() => {
            paint.dim(&format!("rolewright apply {} carries out exactly this.\n", out.display()))
        }
        _ => String::new(),
    }
}

/// Looks at a target and computes its plan.
pub(super) async fn compute(
    target: &manifest::Target,
    wishes: &Wishes,
    terminal: Terminal,
) -> Result<Planned, Failure> {
    let progress = terminal.progress(&format!("looking at {} in {}", target.cluster, target.environment));
    let looked = service::plan(&postgres::PostgresEngine, &target.url, &target.intent, wishes).await;
    drop(progress);
    planned(looked, target, terminal)
}

/// The plan, or why there is none.
pub(super) fn planned<T>(
    looked: Result<T, PlanError>,
    target: &manifest::Target,
    terminal: Terminal,
) -> Result<T, Failure> {
    looked.map_err(|error| match error {
        PlanError::Engine(error) => unreached(error, target),
        PlanError::Problems(problems) => misfit(&problems, target, terminal.err),
    })
}

/// The target could not be looked at. A URL that cannot be read names nothing by itself: it is said whose it is.
pub(super) fn unreached(error: EngineError, target: &manifest::Target) -> Failure {
    let what = match error.code {
        "RW200" => format!("{} in {}: {}", target.cluster, target.environment, error.what),
        _ => error.what,
    };
    Failure::from(EngineError { what, ..error })
}

/// The model asks for what this target cannot be.
pub(super) fn misfit(problems: &[Problem], target: &manifest::Target, paint: Paint) -> Failure {
    let mut before = String::new();
    for problem in problems {
        let code = paint.error(&format!("error[{}]", problem.code));
        before.push_str(&format!("{code}: {}\n", paint.plain(&problem.what)));
        if let Some(cause) = problem.cause.and_then(|id| target.intent.cause(id)) {
            before.push_str(&format!("  {} {}\n", paint.dim("because"), paint.plain(&cause.to_string())));
        }
        if !problem.help.is_empty() {
            before.push_str(&format!("  {} {}\n", paint.bold("help:"), paint.plain(&problem.help)));
        }
    }
    Failure::Told(Box::new(Told {
        what: format!("the model does not fit {} in {}", target.cluster, target.environment),
        help: "nothing was changed".to_owned(),
        before,
        ..Told::default()
    }))
}

/// The URL of the command line, with a warning if it shows a password.
pub(super) fn given(url: Option<&str>, terminal: Terminal) -> Result<Option<Target>, Failure> {
    let given = url.map(Target::given).transpose()?;
    if let Some(target) = &given {
        target.warn(terminal);
    }
    Ok(given)
}

/// What is asked for beyond the model.
pub(super) fn wishes(rotate: &[String], listing: bool) -> Result<Wishes, Failure> {
    let name = |name: &String| {
        RoleName::new(name.as_str())
            .map_err(|error| Failure::new(format!("--rotate {name:?}: {error}"), "name a login of the model"))
    };
    Ok(Wishes { rotate: rotate.iter().map(name).collect::<Result<_, _>>()?, listing })
}
