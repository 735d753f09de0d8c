//! The model's files: found, read within bounds, compiled.

pub(crate) mod folder;
mod read;

use crate::failure::{Failure, Told};
use crate::plan_file;
use crate::terminal::Paint;
use ::manifest::{Diagnostic, ExceptionEntry, Model, Source, Target};
use model::Day;
use std::collections::BTreeSet;
use std::env;
use std::path::Path;
use std::time::SystemTime;

/// A model without errors.
pub(crate) struct Loaded {
    /// What it was read from.
    pub(crate) sources: Vec<Source>,
    /// The model.
    pub(crate) model: Model,
    /// What somebody should look at.
    pub(crate) findings: Vec<Diagnostic>,
    /// What somebody should look at and somebody accepts.
    pub(crate) accepted: Vec<(Diagnostic, ExceptionEntry)>,
}

/// What was made of the sources, whether or not there is a model in it.
pub(crate) struct Checked {
    /// What was read.
    pub(crate) sources: Vec<Source>,
    /// What came of it.
    pub(crate) outcome: ::manifest::Checked,
}

/// Where a plan is for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Where<'a> {
    /// The environment of the model.
    pub(crate) environment: Option<&'a str>,
    /// A URL in place of the model's.
    pub(crate) url: Option<&'a crate::url::Target>,
}

impl Checked {
    /// True if a model is named, or one is at the usual place.
    pub(crate) fn is_there(path: Option<&Path>) -> bool {
        path.is_some() || read::is_there()
    }

    /// Reads and compiles the model at a path, or at the usual place.
    ///
    /// # Errors
    /// If there is no model, or a file cannot be read. What is wrong in the files is in the diagnostics.
    pub(crate) fn at(path: Option<&Path>) -> Result<Self, Failure> {
        let sources = read::sources(path)?;
        Ok(Self::of(sources))
    }

    /// Compiles and tests sources.
    pub(crate) fn of(sources: Vec<Source>) -> Self {
        let outcome = service::check(&postgres::PostgresEngine, &sources, today().as_deref());
        Self { sources, outcome }
    }

    /// The model, if there is no error in it and its tests hold.
    ///
    /// # Errors
    /// Every error and finding, with the lines that they are about.
    pub(crate) fn loaded(self, paint: Paint) -> Result<Loaded, Failure> {
        let Self { sources, outcome } = self;
        if outcome.is_broken() {
            return Err(rejected(&outcome.diagnostics, &sources, paint));
        }
        match outcome.model {
            Some(model) => {
                Ok(Loaded { sources, model, findings: outcome.diagnostics, accepted: outcome.accepted })
            }
            None => Err(rejected(&outcome.diagnostics, &sources, paint)),
        }
    }
}

impl Loaded {
    /// The targets that are meant: the one at the URL, those of the environment, or those of the only environment.
    ///
    /// # Errors
    /// An unknown environment, a variable that is not set, or a choice that was not made.
    pub(crate) fn targets(&self, wanted: &Where<'_>, paint: Paint) -> Result<Vec<Target>, Failure> {
        let rejected = |diagnostics: Vec<Diagnostic>| {
            let what = "it is not clear which server is meant, so nothing was looked at";
            told(what.to_owned(), &diagnostics, &self.sources, paint)
        };
        if let Some(given) = wanted.url {
            let target = self.model.target_at(given.url().expose(), wanted.environment);
            return target.map(|target| vec![target]).map_err(|diagnostic| rejected(vec![diagnostic]));
        }
        let environment = self.environment(wanted.environment)?;
        self.model.targets(Some(environment), &|name| env::var(name).ok()).map_err(rejected)
    }

    /// The targets of the environment, or of the only one, for whoever reaches none of them.
    ///
    /// # Errors
    /// An unknown environment, or a choice that was not made.
    pub(crate) fn unreached(&self, environment: Option<&str>, paint: Paint) -> Result<Vec<Target>, Failure> {
        let environment = self.environment(environment)?;
        self.model.unreached_targets(environment).map_err(|unknown| {
            told("it is not clear which server is meant".to_owned(), &[unknown], &self.sources, paint)
        })
    }

    /// The environment that is asked for, or the only one.
    fn environment<'a>(&'a self, asked: Option<&'a str>) -> Result<&'a str, Failure> {
        match (asked, self.model.environments().as_slice()) {
            (Some(asked), _) => Ok(asked),
            (None, [only]) => Ok(*only),
            (None, []) => Err(Failure::new(
                "the model names no server",
                "give the database an environment with a url, or give a --url",
            )),
            (None, several) => Err(Failure::new(
                format!("the model has several environments: {}", several.join(", ")),
                "say which with --env, or give a --url",
            )),
        }
    }

    /// The model and what is to be said of it.
    pub(crate) fn stated(&self) -> service::Stated<'_> {
        service::Stated {
            model: &self.model,
            sources: &self.sources,
            findings: &self.findings,
            accepted: &self.accepted,
        }
    }

    /// The sources as a plan file carries them.
    pub(crate) fn carried(&self) -> Vec<plan_file::Source> {
        let carry =
            |source: &Source| plan_file::Source { name: source.name.clone(), text: source.text.clone() };
        self.sources.iter().map(carry).collect()
    }
}

/// Sources out of a plan file.
pub(crate) fn carried(sources: &[plan_file::Source]) -> Vec<Source> {
    sources.iter().map(|source| Source { name: source.name.clone(), text: source.text.clone() }).collect()
}

fn rejected(diagnostics: &[Diagnostic], sources: &[Source], paint: Paint) -> Failure {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    let what = match errors {
        1 => "the model has an error".to_owned(),
        _ => format!("the model has {errors} errors"),
    };
    told(what, diagnostics, sources, paint)
}

fn told(what: String, diagnostics: &[Diagnostic], sources: &[Source], paint: Paint) -> Failure {
    Failure::Told(Box::new(Told {
        what,
        help: explained(diagnostics),
        before: ::manifest::render(diagnostics, sources, paint.color()),
        ..Told::default()
    }))
}

/// Where to read more, as a command that can be run if there is one code.
pub(crate) fn explained(diagnostics: &[Diagnostic]) -> String {
    let codes: BTreeSet<&str> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    match (codes.first(), codes.len()) {
        (Some(code), 1) => format!("rolewright explain {code} says more"),
        _ => "rolewright explain CODE says more about each".to_owned(),
    }
}

/// The day in UTC, as a day of the calendar.
pub(crate) fn day() -> Option<Day> {
    today().as_deref().and_then(Day::of)
}

/// The day in UTC, against which expiry and exceptions are judged.
fn today() -> Option<String> {
    let now = jiff::Timestamp::try_from(SystemTime::now()).ok()?.to_string();
    now.split_once('T').map(|(day, _)| day.to_owned())
}
