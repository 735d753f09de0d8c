//! `rolewright can-assign`: what giving somebody a role would break.

use crate::arguments::{CanAssign, ReportFormat};
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::model_files::{Checked, Loaded};
use crate::render::counted;
use crate::terminal::Terminal;
use ::manifest::{Diagnostic, Model, Source};
use serde_json::json;

/// Answers with everything that would be broken. A model in which something is broken already has an answer all the same.
pub(crate) fn run(arguments: &CanAssign, terminal: Terminal) -> Result<Verdict, Failure> {
    let checked = Checked::at(arguments.path.as_deref())?;
    let (model, sources) = match checked.outcome.model {
        Some(model) => (model, checked.sources),
        None => {
            let Loaded { model, sources, .. } = checked.loaded(terminal.err)?;
            (model, sources)
        }
    };
    let caused = caused(arguments, &model)?;
    let text = match arguments.format {
        ReportFormat::Text => text(arguments, &caused, &sources, terminal),
        ReportFormat::Json => json_text(arguments, &caused)?,
    };
    terminal.print(&text)?;
    Ok(if caused.is_empty() { Verdict::Clean } else { Verdict::No })
}

fn caused(arguments: &CanAssign, model: &Model) -> Result<Vec<Diagnostic>, Failure> {
    let CanAssign { who, role, env, .. } = arguments;
    service::can_assign(&postgres::PostgresEngine, model, who, role, env.as_deref())
        .map_err(|error| Failure::new(error.what, error.help))
}

fn text(arguments: &CanAssign, caused: &[Diagnostic], sources: &[Source], terminal: Terminal) -> String {
    let CanAssign { who, role, .. } = arguments;
    let paint = terminal.out;
    if caused.is_empty() {
        let answer = paint.good("Nothing would be broken");
        return format!("{answer} if {} were given {}.\n", paint.plain(who), paint.plain(role));
    }
    let broken = caused.iter().filter(|found| found.is_error()).count();
    let unproven = caused.len() - broken;
    let counts = match (broken, unproven) {
        (broken, 0) => format!("{} would be there", counted(broken, "violation")),
        (0, unproven) => format!("{} could not be proven", counted(unproven, "constraint")),
        (broken, unproven) => {
            format!(
                "{} would be there, and {} could not be proven",
                counted(broken, "violation"),
                counted(unproven, "constraint")
            )
        }
    };
    format!(
        "{}{} if {} were given {}.\n",
        manifest::render(caused, sources, paint.color()),
        paint.error(&counts),
        paint.plain(who),
        paint.plain(role)
    )
}

fn json_text(arguments: &CanAssign, caused: &[Diagnostic]) -> Result<String, Failure> {
    let one = |found: &Diagnostic| {
        let bound = found.bound.as_ref();
        json!({
            "code": found.code,
            "verdict": if found.is_error() { "direct" } else { "unknown" },
            "about": found.about,
            "environment": bound.map(|bound| &bound.environment),
            "saw": bound.map(|bound| &bound.saw),
            "message": found.message,
            "help": found.help,
        })
    };
    let answer = json!({
        "format": 1,
        "who": arguments.who,
        "role": arguments.role,
        "allowed": caused.is_empty(),
        "causes": caused.iter().map(one).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&answer)
        .map_err(|error| Failure::new(format!("the answer cannot be written: {error}"), ""))?;
    Ok(text + "\n")
}
