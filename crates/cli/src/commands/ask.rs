//! What the commands that ask about access share: the model if there is one, the target, the look, and who is meant.

use crate::arguments::AskedArguments;
use crate::commands::plan::given;
use crate::failure::{Failure, Told};
use crate::model_files::{self, Checked, Loaded};
use crate::terminal::Terminal;
use engine::Databases;
use manifest::{Account, Question, Target};
use model::{DatabaseName, Name, RoleName, Secret, Segment};
use service::{AskError, Asking, Climb, State};
use std::collections::BTreeSet;
use std::path::Path;

/// A question with all that is needed to answer it.
pub(super) struct Prepared {
    /// The model and the target that it means.
    pub(super) model: Option<(Loaded, Target)>,
    /// What was seen.
    pub(super) asking: Asking,
    /// Users and service accounts of the model.
    pub(super) accounts: Vec<Account>,
}

/// Somebody asked about: the name as given, and the role that is judged.
pub(super) struct Subject {
    /// As people read it.
    pub(super) name: String,
    /// The role.
    pub(super) role: RoleName,
}

/// Where and what is asked.
#[derive(Clone, Copy)]
pub(super) struct Where<'a> {
    /// What, where it is an operation.
    pub(super) phrase: Option<&'a str>,
    /// The model.
    pub(super) path: Option<&'a Path>,
    /// Its environment.
    pub(super) env: Option<&'a str>,
    /// A URL in place of the model's.
    pub(super) url: Option<&'a str>,
    /// Ways up are looked for, and in which state.
    pub(super) ways: Option<Ways>,
}

/// Where ways up are looked for.
#[derive(Clone, Copy)]
pub(super) struct Ways {
    /// In every database of the cluster, or only where the question is.
    pub(super) everywhere: bool,
    /// In which state.
    pub(super) state: Stands,
}

/// In which state the target is asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// As it is.
    Now,
    /// As the next plan would leave it.
    Planned,
    /// As the model alone makes it, without a look.
    Modelled,
}

impl<'a> Where<'a> {
    fn of(arguments: &'a AskedArguments) -> Self {
        Self {
            phrase: Some(&arguments.phrase),
            path: arguments.path.as_deref(),
            env: arguments.env.as_deref(),
            url: arguments.url.as_deref(),
            ways: None,
        }
    }
}

/// Reads the model, parses the question and looks at the target.
pub(super) async fn prepare(arguments: &AskedArguments, terminal: Terminal) -> Result<Prepared, Failure> {
    prepare_at(Where::of(arguments), terminal).await
}

/// The same, for whatever asks.
pub(super) async fn prepare_at(asked: Where<'_>, terminal: Terminal) -> Result<Prepared, Failure> {
    let mut question = asked.phrase.map(|phrase| parsed(phrase, terminal)).transpose()?;
    let given = given(asked.url, terminal)?;
    let state = asked.ways.map_or(Stands::Now, |ways| ways.state);
    if !Checked::is_there(asked.path)
        && state == Stands::Now
        && let Some(given) = &given
    {
        let named = question.as_ref().and_then(|question| question.database.as_deref());
        let database = named.map(database).transpose()?;
        let asking = look(given.url(), database, None, question.as_ref(), asked.ways, terminal).await?;
        return Ok(Prepared { model: None, asking, accounts: Vec::new() });
    }
    let loaded = Checked::at(asked.path)?.loaded(terminal.err)?;
    let wanted = model_files::Where { environment: asked.env, url: given.as_ref() };
    let targets = match state {
        Stands::Modelled if given.is_none() => loaded.unreached(asked.env, terminal.err)?,
        _ => loaded.targets(&wanted, terminal.err)?,
    };
    let target = meant(targets, question.as_ref())?;
    let database = place(&target, question.as_ref(), given.is_some())?;
    question.iter_mut().for_each(|question| real_databases(question, &target));
    let asking = if state == Stands::Modelled {
        service::imagine_ways(&postgres::PostgresEngine, &target.intent, database, question.as_ref())?
    } else {
        look(&target.url, database, Some(&target), question.as_ref(), asked.ways, terminal).await?
    };
    let accounts = loaded.model.accounts(&target);
    Ok(Prepared { model: Some((loaded, target)), asking, accounts })
}

fn parsed(phrase: &str, terminal: Terminal) -> Result<Question, Failure> {
    manifest::parse_question(phrase, postgres::vocabulary()).map_err(|error| {
        Failure::Told(Box::new(Told {
            what: "the question cannot be read".to_owned(),
            help: format!("rolewright explain {} says more", error.code),
            before: manifest::render_question(phrase, &error, terminal.err.color()),
            ..Told::default()
        }))
    })
}

async fn look(
    url: &Secret,
    database: Option<DatabaseName>,
    target: Option<&Target>,
    question: Option<&Question>,
    ways: Option<Ways>,
    terminal: Terminal,
) -> Result<Asking, Failure> {
    let progress = terminal.progress("looking at the target");
    let engine = &postgres::PostgresEngine;
    let asking = match (ways, question) {
        (None, Some(question)) => service::ask(engine, url, database, question).await,
        (ways, question) => {
            let needed = target.map(|target| target.databases.values().cloned().collect());
            let databases = match (ways.is_some_and(|ways| ways.everywhere), needed) {
                (true, needed) => Databases::Readable(needed.unwrap_or_default()),
                (false, Some(needed)) => Databases::These(needed),
                (false, None) => database
                    .clone()
                    .map_or(Databases::Connected, |one| Databases::These(BTreeSet::from([one]))),
            };
            let planned = ways.is_some_and(|ways| ways.state == Stands::Planned);
            let state = match target.filter(|_| planned) {
                Some(target) => State::Planned(&target.intent),
                None => State::Standing,
            };
            let reviews = target.map_or(&[][..], |target| &target.intent.reviews);
            let how = Climb { databases, state, reviews };
            service::look_for_ways(engine, url, database, how, question).await
        }
    };
    drop(progress);
    Ok(asking?)
}

/// The one target that the question can be about.
fn meant(targets: Vec<Target>, question: Option<&Question>) -> Result<Target, Failure> {
    let count = targets.len();
    let database = question.and_then(|question| question.database.as_deref());
    let named = |target: &Target| database.is_none_or(|name| target.databases.contains_key(name));
    let mut targets = targets.into_iter();
    let first = if count == 1 { targets.next() } else { targets.find(named) };
    match first {
        Some(target) if count == 1 || database.is_some() => Ok(target),
        Some(_) => Err(Failure::new(
            format!("the model means {count} servers here"),
            "say which by the database in front: \"shop: select on …\"",
        )),
        None => Err(no_database(database.unwrap_or_default(), &[])),
    }
}

/// The database that the question is about; none if it is the one that the URL leads to.
fn place(
    target: &Target,
    question: Option<&Question>,
    by_url: bool,
) -> Result<Option<DatabaseName>, Failure> {
    let known: Vec<&str> = target.databases.keys().map(String::as_str).collect();
    if let Some(name) = question.and_then(|question| question.database.as_deref()) {
        let real = target.databases.values().find(|real| real.as_str() == name);
        let found = target.databases.get(name).or(real);
        return found.cloned().map(Some).ok_or_else(|| no_database(name, &known));
    }
    match (target.databases.values().next(), target.databases.len()) {
        (Some(only), 1) => Ok(Some(only.clone())),
        _ if by_url || question.is_none() => Ok(None),
        _ => Err(Failure::new(
            format!("the model has several databases here: {}", known.join(", ")),
            "say which in front: \"shop: select on …\"",
        )),
    }
}

fn no_database(name: &str, known: &[&str]) -> Failure {
    let help = match manifest::nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => "the name in front of the phrase is that of a database of the model".to_owned(),
    };
    Failure::new(format!("the model has no database {name} here"), help)
}

fn database(name: &str) -> Result<DatabaseName, Failure> {
    DatabaseName::new(name).map_err(|error| Failure::new(format!("the database in front: {error}"), ""))
}

/// A phrase may call a database as the model does.
fn real_databases(question: &mut Question, target: &Target) {
    if question.phrase.objects.word != "database" {
        return;
    }
    let segments = question.phrase.objects.names.iter_mut().flat_map(|pattern| &mut pattern.path);
    for segment in segments {
        let Segment::Exactly(name) = segment else { continue };
        if let Some(Ok(real)) = target.databases.get(name.as_str()).map(|real| Name::new(real.as_str())) {
            *name = real;
        }
    }
}

impl Prepared {
    /// Who is meant: an account of the model by its login or its roles, a person by all accounts, or a role.
    pub(super) fn subjects(&mut self, who: &str) -> Result<Vec<Subject>, Failure> {
        let person = self.model.as_ref().and_then(|(loaded, _)| loaded.model.people().get(who)).cloned();
        let names = match person {
            Some(accounts) if !self.accounts.iter().any(|account| account.name == who) => accounts,
            _ => vec![who.to_owned()],
        };
        let mut subjects = Vec::new();
        for name in names {
            subjects.push(self.subject(&name)?);
        }
        Ok(subjects)
    }

    /// A role by its name in the model or on the target.
    pub(super) fn role(&self, name: &str) -> Result<RoleName, Failure> {
        let asked =
            RoleName::new(name).map_err(|error| Failure::new(format!("{name:?} is no name: {error}"), ""))?;
        let here = self.model.as_ref().map(|(loaded, target)| loaded.model.role_on(target, &asked));
        Ok(here.unwrap_or(asked))
    }

    fn subject(&mut self, who: &str) -> Result<Subject, Failure> {
        let named = |text: &str| {
            RoleName::new(text).map_err(|error| Failure::new(format!("{text:?} is no name: {error}"), ""))
        };
        let account = self.accounts.iter().find(|account| account.name == who).cloned();
        let (role, name) = match account {
            Some(Account { login: Some(login), name, .. }) => {
                let told = if name == login.as_str() { name } else { format!("{name} (login {login})") };
                (login, told)
            }
            Some(Account { login: None, name, roles, .. }) => {
                let supposed = named(&name)?;
                self.asking.suppose(&supposed, &roles)?;
                let told = format!("{name}, with a session that has the roles assigned to it,");
                (supposed, told)
            }
            None => {
                let role = self.role(who)?;
                let told = role.to_string();
                (role, told)
            }
        };
        Ok(Subject { name, role })
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Engine(error) => error.into(),
            AskError::Question { code, what, help } => {
                Failure::Told(Box::new(Told { code: Some(code), what, help, ..Told::default() }))
            }
        }
    }
}
