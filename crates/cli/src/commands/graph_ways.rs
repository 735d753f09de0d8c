//! `rolewright graph --from`: ways to more power as a picture.

use super::ask::{Prepared, Where, prepare_at};
use super::graph::write;
use super::path::{Asked, at, verdict, who};
use crate::arguments::{Graph, GraphFormat};
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::render::{self, WaysDrawn};
use crate::terminal::Terminal;
use model::Certainty;
use service::{Folding, Found, Radius, Ways};

/// Draws and prints, or writes a file.
pub(crate) async fn run(arguments: Graph, terminal: Terminal) -> Result<Verdict, Failure> {
    let asked = arguments.to.as_deref().map(Asked::in_one).transpose()?;
    let place = Where {
        phrase: asked.as_ref().and_then(|asked| asked.phrase),
        path: arguments.model.path.as_deref(),
        env: arguments.model.env.as_deref(),
        url: arguments.model.url.as_deref(),
        ways: None,
    };
    let mut prepared = prepare_at(at(place, arguments.ways), terminal).await?;
    let (name, roles) = who(&mut prepared, arguments.from.as_deref().unwrap_or_default())?;
    let with_victim = arguments.ways.with_victim;
    let (ways, title, answer, verdict) = match &asked {
        Some(asked) => {
            let goal = asked.goal(&prepared)?;
            let found = prepared.asking.paths(&roles, &goal, with_victim)?;
            let title = format!("Ways to {}", aim(&found, arguments.to.as_deref()));
            (Ways::of_paths(&found), title, told(&found), verdict(&found))
        }
        None => {
            let radius = prepared.asking.blast_radius(&roles, with_victim)?;
            let title = format!("What {} comes to", arguments.from.as_deref().unwrap_or_default());
            (Ways::of_radius(&radius), title, reached(&radius), Verdict::Clean)
        }
    };
    let folding = if arguments.all { Folding::Nothing } else { Folding::Teams };
    let drawn = WaysDrawn {
        ways: ways.with_starts(&roles).folded(folding),
        title,
        told: lines(&name, answer, &prepared, arguments.ways.planned),
        several: prepared.asking.observed.at.databases.len() > 1,
    };
    let text = match arguments.format {
        GraphFormat::Svg => render::ways_svg(&drawn),
        GraphFormat::Dot => render::ways_dot(&drawn),
        GraphFormat::Mermaid => render::ways_mermaid(&drawn),
    };
    write(&arguments, &text, terminal)?;
    Ok(verdict)
}

/// What says which ways count means nothing where none are drawn.
pub(super) fn refused(arguments: &Graph) -> Result<(), Failure> {
    let which = arguments.ways;
    let given = [
        ("--all-databases", which.all_databases),
        ("--planned", which.planned),
        ("--from-model", which.from_model),
        ("--with-victim", which.with_victim),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((option, _)) => Err(Failure::new(
            format!("{option} is about ways to more power, and roles are drawn"),
            "say with --from whose ways are drawn",
        )),
        None => Ok(()),
    }
}

/// What was asked about: where it is one thing by its name on the target.
fn aim(found: &[Found], asked: Option<&str>) -> String {
    match found {
        [only] => render::goal(&only.to),
        _ => asked.unwrap_or_default().to_owned(),
    }
}

/// The answer in a sentence.
fn told(found: &[Found]) -> String {
    let of = |counts: fn(&Certainty) -> bool| {
        found.iter().filter(|found| found.certainty().is_some_and(counts)).count()
    };
    let direct = of(|certainty| matches!(certainty, Certainty::Direct));
    let victim = of(|certainty| matches!(certainty, Certainty::Victim(_)));
    let unknown = of(|certainty| matches!(certainty, Certainty::Unknown(_)));
    let none = found.len() - direct - victim - unknown;
    let parts = [
        (direct, "a way that needs nobody"),
        (victim, "a way, if somebody walks into it"),
        (unknown, "unknown"),
        (none, "no way is known"),
    ];
    let some: Vec<_> = parts.into_iter().filter(|(count, _)| *count > 0).collect();
    let answer = match some.as_slice() {
        [(_, only)] => (*only).to_owned(),
        several => {
            several.iter().map(|(count, told)| format!("{count}: {told}")).collect::<Vec<_>>().join("; ")
        }
    };
    let lured = found.iter().any(|found| found.with_a_victim);
    let more = if lured { "; --with-victim draws one that needs somebody" } else { "" };
    format!("{answer}{more}")
}

fn reached(radius: &Radius) -> String {
    let above = radius.parts.iter().find(|part| part.gain == model::Gain::Everything);
    match above.map(|part| &part.way.certainty) {
        Some(Certainty::Direct) => "everything: superuser".to_owned(),
        Some(Certainty::Victim(_)) => "superuser, if somebody walks into it".to_owned(),
        Some(Certainty::Unknown(_)) => "whether it comes to superuser is unknown".to_owned(),
        None if radius.parts.is_empty() => "nothing beyond what its roles hold".to_owned(),
        None => "not superuser; what its roles hold and own is in blast-radius".to_owned(),
    }
}

/// What stands under the title.
fn lines(name: &str, answer: String, prepared: &Prepared, planned: bool) -> Vec<String> {
    let name = name.trim_end_matches(',');
    let observed = &prepared.asking.observed;
    let by_model = observed.machinery.is_none();
    let place = match (by_model, planned) {
        (true, _) => "by the model alone".to_owned(),
        (_, true) => format!("on {} as the next plan would leave it", render::target(&observed.at)),
        _ => format!("on {}", render::target(&observed.at)),
    };
    let mut lines = vec![format!("{name}, {place}"), answer];
    if by_model {
        lines.push(render::BY_MODEL.to_owned());
    }
    let believed = render::reviewed(&prepared.asking).filter(|(_, review)| review.counts).count();
    if believed > 0 {
        lines.push(format!("by {} of bodies, which path lists", render::counted(believed, "review")));
    }
    lines
}
