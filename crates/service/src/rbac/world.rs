//! What calls are about: a state of the standard's model, who is meant by an account, and what a phrase means.

use super::Begins;
use super::call::{Call, CallError};
use super::facts::{People, facts};
use super::site::Site;
use access::rbac::{Facts, Permission, Rbac, Shape};
use engine::Engine;
use manifest::{Model, Question};

/// The state and what it was made of.
pub(super) struct World {
    pub(super) state: Rbac,
    pub(super) people: People,
    sites: Vec<Site>,
}

/// One permission that a phrase means.
pub(super) struct Asked {
    /// What is asked about.
    pub(super) exactly: Permission,
    /// What gives it too: what holds for a table holds for each of its columns.
    pub(super) whole: Option<Permission>,
}

impl Asked {
    /// Each permission that gives what is asked about.
    pub(super) fn gives(&self) -> impl Iterator<Item = &Permission> {
        std::iter::once(&self.exactly).chain(&self.whole)
    }
}

impl World {
    /// What the calls begin with, and all that they name.
    pub(super) fn of(
        engine: &dyn Engine,
        begins: Begins<'_>,
        shape: Shape,
        calls: &[Call],
    ) -> Result<Self, Vec<CallError>> {
        let questions: Vec<&Question> = calls.iter().filter_map(|call| call.question.as_ref()).collect();
        let (sites, (facts, people)) = match begins {
            Begins::Empty => {
                let site = Site::empty(engine, &questions).map_err(|error| vec![error])?;
                (vec![site], (Facts::default(), People::default()))
            }
            Begins::Model(model, environment) => {
                let environment = one(model, environment).map_err(|error| vec![error])?;
                let sites = sites(engine, model, environment, &questions).map_err(|error| vec![error])?;
                let facts = facts(model, environment, &sites);
                (sites, facts)
            }
        };
        let state = Rbac::load(&Facts { shape, ..facts }).map_err(|faults| {
            let told = faults.refusals.iter().map(ToString::to_string);
            told.map(|what| CallError::new(what, "the standard has no state like that")).collect::<Vec<_>>()
        })?;
        Ok(Self { state, people, sites })
    }

    /// The permissions that a phrase means.
    pub(super) fn meant(&self, question: &Question) -> Result<Vec<Asked>, CallError> {
        let site = self.site(question)?;
        site.meant(question)
    }

    /// Where a phrase is meant: on the only server, or that of the database in front of it.
    fn site(&self, question: &Question) -> Result<&Site, CallError> {
        let named = question.database.as_deref();
        match (self.sites.as_slice(), named) {
            ([], _) => Err(CallError::new("the model has no database", "")),
            ([only], _) => Ok(only),
            (several, Some(name)) => several
                .iter()
                .find(|site| site.has(name))
                .ok_or_else(|| CallError::new(format!("the model has no database {name} here"), "")),
            (several, None) => Err(CallError::new(
                format!("the model means {} servers here", several.len()),
                "say which by the database in front: \"shop: select on …\"",
            )),
        }
    }
}

/// The environment that is asked about; `None` where the model has none.
fn one<'a>(model: &'a Model, environment: Option<&'a str>) -> Result<Option<&'a str>, CallError> {
    let known = model.environments();
    match (environment, known.as_slice()) {
        (Some(asked), _) if known.contains(&asked) => Ok(Some(asked)),
        (Some(asked), _) => Err(CallError::new(
            format!("there is no environment {asked}"),
            format!("the model has {}", known.join(", ")),
        )),
        (None, []) => Ok(None),
        (None, [only]) => Ok(Some(only)),
        (None, several) => Err(CallError::new(
            format!("the model has several environments: {}", several.join(", ")),
            "name one with --env",
        )),
    }
}

fn sites(
    engine: &dyn Engine,
    model: &Model,
    environment: Option<&str>,
    questions: &[&Question],
) -> Result<Vec<Site>, CallError> {
    let Some(environment) = environment else { return Ok(Vec::new()) };
    let targets = model.unreached_targets(environment);
    let targets = targets.map_err(|error| CallError::new(error.message, error.help))?;
    targets.into_iter().map(|target| Site::of(engine, model, target, questions)).collect()
}
