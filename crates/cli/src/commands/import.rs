//! `rolewright import`: a model of what stands on a target.

use crate::arguments::Import;
use crate::exit::Verdict;
use crate::failure::{Failure, Told};
use crate::model_files::folder;
use crate::render;
use crate::terminal::{Paint, Terminal};
use crate::url::Target;
use ::manifest::names_password;
use engine::Databases;
use service::{ImportError, Naming};
use std::collections::BTreeSet;

/// Looks, makes the model, writes it where none is.
pub(crate) async fn run(arguments: Import, terminal: Terminal) -> Result<Verdict, Failure> {
    if !Target::is_url(&arguments.url) {
        return Err(Failure::new(
            format!("{} is not a URL", arguments.url),
            "an import reads a target: rolewright import postgres://HOST/DATABASE --out model/",
        ));
    }
    folder::is_free(&arguments.out)?;
    let target = Target::given(&arguments.url)?;
    target.warn(terminal);
    let databases =
        if arguments.all_databases { Databases::Readable(BTreeSet::new()) } else { Databases::Connected };
    let naming = Naming { environment: arguments.env.clone(), url: template(&arguments.url) };
    let progress = terminal.progress("looking at the target");
    let model = service::import(&postgres::PostgresEngine, target.url(), databases, &naming).await;
    drop(progress);
    let model = model.map_err(|error| failed(error, terminal.err))?;
    folder::write(&arguments.out, &model.files)?;
    terminal.print(&render::import_text(&model, &arguments.out, terminal.out))?;
    // Whoever asked for every database has not got what they asked for.
    Ok(if model.observed.unread.is_empty() { Verdict::Clean } else { Verdict::Work })
}

/// The URL as the model is to have it: as it was given, where a variable stands in it and no password.
fn template(given: &str) -> Option<String> {
    (given.contains("${") && !names_password(given)).then(|| given.to_owned())
}

fn failed(error: ImportError, paint: Paint) -> Failure {
    let (before, what) = match error {
        ImportError::Engine(error) => return error.into(),
        ImportError::Rejected(diagnostics, sources) => {
            let shown = ::manifest::render(&diagnostics, &sources, paint.color());
            (shown, "no model was written: what was seen makes a model with errors in it")
        }
        ImportError::Inexact(changes) => {
            let list = changes.iter().map(|change| format!("  - {}\n", paint.plain(change))).collect();
            (list, "no model was written: this could not be said so that a first plan would be empty")
        }
    };
    let help = "this is a mistake of rolewright's: please report it with what stands above".to_owned();
    Failure::Told(Box::new(Told { what: what.to_owned(), help, before, ..Told::default() }))
}

#[cfg(test)]
mod tests {
    use super::template;

    #[test]
    fn a_model_gets_a_url_without_secrets_or_none() {
        assert_eq!(template("${SHOP_URL}").as_deref(), Some("${SHOP_URL}"));
        assert_eq!(
            template("postgres://app:${SECRET}@db/shop").as_deref(),
            Some("postgres://app:${SECRET}@db/shop")
        );
        assert_eq!(template("postgres://app:hunter2@${HOST}/shop"), None);
        assert_eq!(template("postgres://db/shop"), None);
    }
}
