//! `rolewright graph`: the roles of a model or of a target as a picture.

use super::graph_ways;
use super::plan::given;
use crate::arguments::{Graph, GraphFormat};
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::model_files::{Checked, Loaded, Where};
use crate::render;
use crate::terminal::Terminal;
use manifest::Target;
use service::{Folding, Picture};
use std::fs;

/// Draws and prints, or writes a file.
pub(crate) async fn run(arguments: Graph, terminal: Terminal) -> Result<Verdict, Failure> {
    if arguments.from.is_some() {
        return graph_ways::run(arguments, terminal).await;
    }
    graph_ways::refused(&arguments)?;
    let (picture, title) = drawn(&arguments, terminal).await?;
    let picture = match &arguments.around {
        Some(name) => picture.around(name).ok_or_else(|| nobody(name, &picture))?,
        None => picture,
    };
    let picture = picture.folded(if arguments.all { Folding::Nothing } else { Folding::Teams });
    let text = match arguments.format {
        GraphFormat::Svg => render::graph_svg(&picture, &title),
        GraphFormat::Dot => render::graph_dot(&picture, &title),
        GraphFormat::Mermaid => render::graph_mermaid(&picture, &title),
    };
    write(&arguments, &text, terminal)?;
    Ok(Verdict::Clean)
}

/// Prints a picture, or writes a file.
pub(super) fn write(arguments: &Graph, text: &str, terminal: Terminal) -> Result<(), Failure> {
    match &arguments.out {
        None => Ok(terminal.print(text)?),
        Some(path) => fs::write(path, text).map_err(|error| {
            let help = "give --out a path that can be written";
            Failure::new(format!("{} cannot be written: {error}", path.display()), help)
        }),
    }
}

/// The picture of what is meant, and its title.
async fn drawn(arguments: &Graph, terminal: Terminal) -> Result<(Picture, String), Failure> {
    let url = given(arguments.model.url.as_deref(), terminal)?;
    let path = arguments.model.path.as_deref();
    let model = match &url {
        Some(_) if !Checked::is_there(path) => None,
        _ => Some(Checked::at(path)?.loaded(terminal.err)?),
    };
    let wanted = Where { environment: arguments.model.env.as_deref(), url: url.as_ref() };
    let meant = match &model {
        Some(loaded) => Some((loaded, one(loaded, &wanted, terminal)?)),
        None => None,
    };
    match (&url, meant) {
        (None, Some((loaded, target))) => {
            let accounts = loaded.model.accounts(&target);
            let picture = Picture::of_model(&target.intent, &accounts, postgres::vocabulary());
            let title = format!("Roles that the model wants of {} in {}", target.cluster, target.environment);
            Ok((picture, title))
        }
        (Some(url), meant) => {
            let progress = terminal.progress("looking at the target");
            let looked = service::look_early(&postgres::PostgresEngine, url.url()).await;
            drop(progress);
            let (observed, dialect) = looked?.seen();
            let accounts = meant.as_ref().map(|(loaded, target)| loaded.model.accounts(target));
            let intent = meant.as_ref().map(|(_, target)| &target.intent);
            let picture = Picture::of_target(&observed, &*dialect, intent, &accounts.unwrap_or_default());
            let names = observed.at.databases.keys().map(ToString::to_string).collect::<Vec<_>>();
            let at = &observed.at;
            let title = format!("Roles of {} on {} {}", names.join(", "), at.engine, at.version_text);
            Ok((picture, title))
        }
        (None, None) => Err(Failure::new("nothing says what to draw", "name a model, or give a --url")),
    }
}

/// The one target that is drawn.
fn one(loaded: &Loaded, wanted: &Where<'_>, terminal: Terminal) -> Result<Target, Failure> {
    let mut targets = match wanted.url {
        Some(_) => loaded.targets(wanted, terminal.err)?,
        None => loaded.unreached(wanted.environment, terminal.err)?,
    };
    match (targets.pop(), targets.len()) {
        (Some(only), 0) => Ok(only),
        (_, more) => Err(Failure::new(
            format!("the model means {} servers here, and a picture is of one", more + 1),
            "give the --url of one of them",
        )),
    }
}

fn nobody(name: &str, picture: &Picture) -> Failure {
    let known = picture.nodes.iter().flat_map(|node| &node.names).map(String::as_str);
    let help = match manifest::nearest(name, known) {
        Some(near) => format!("did you mean {near}?"),
        None => "check the name: it is drawn as the server knows it".to_owned(),
    };
    Failure::new(format!("there is no role or account {name} to draw"), help)
}
