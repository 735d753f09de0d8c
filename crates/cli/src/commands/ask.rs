//! What the commands that ask about access share: the model if there is one, the target, the look, and who is meant.

use crate::arguments::AskedArguments;
use crate::commands::plan::given;
use crate::failure::{Failure, Told};
use crate::model_files::{Checked, Loaded, Where};
use crate::terminal::Terminal;
use manifest::{Account, Question, Target};
use model::{DatabaseName, Name, RoleName, Secret, Segment};
use service::{AskError, Asking};

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

/// Reads the model, parses the question and looks at the target.
pub(super) async fn prepare(arguments: &AskedArguments, terminal: Terminal) -> Result<Prepared, Failure> {
    let words = postgres::vocabulary();
    let mut question = manifest::parse_question(&arguments.phrase, words).map_err(|error| {
        Failure::Told(Box::new(Told {
            what: "the question cannot be read".to_owned(),
            help: format!("rolewright explain {} says more", error.code),
            before: manifest::render_question(&arguments.phrase, &error, terminal.err.color()),
            ..Told::default()
        }))
    })?;
    let given = given(arguments.url.as_deref(), terminal)?;
    let path = arguments.path.as_deref();
    if !Checked::is_there(path)
        && let Some(given) = &given
    {
        let database = question.database.as_deref().map(database).transpose()?;
        let asking = look(given.url(), database, &question, terminal).await?;
        return Ok(Prepared { model: None, asking, accounts: Vec::new() });
    }
    let loaded = Checked::at(path)?.loaded(terminal.err)?;
    let wanted = Where { environment: arguments.env.as_deref(), url: given.as_ref() };
    let target = meant(loaded.targets(&wanted, terminal.err)?, &question)?;
    let database = place(&target, &question, given.is_some())?;
    real_databases(&mut question, &target);
    let asking = look(&target.url, database, &question, terminal).await?;
    let accounts = loaded.model.accounts(&target);
    Ok(Prepared { model: Some((loaded, target)), asking, accounts })
}

async fn look(
    url: &Secret,
    database: Option<DatabaseName>,
    question: &Question,
    terminal: Terminal,
) -> Result<Asking, Failure> {
    let progress = terminal.progress("looking at the target");
    let asking = service::ask(&postgres::PostgresEngine, url, database, question).await;
    drop(progress);
    Ok(asking?)
}

/// The one target that the question can be about.
fn meant(targets: Vec<Target>, question: &Question) -> Result<Target, Failure> {
    let count = targets.len();
    let named =
        |target: &Target| question.database.as_deref().is_none_or(|name| target.databases.contains_key(name));
    let mut targets = targets.into_iter();
    let first = if count == 1 { targets.next() } else { targets.find(named) };
    match first {
        Some(target) if count == 1 || question.database.is_some() => Ok(target),
        Some(_) => Err(Failure::new(
            format!("the model means {count} servers here"),
            "say which by the database in front: \"shop: select on …\"",
        )),
        None => Err(no_database(question.database.as_deref().unwrap_or_default(), &[])),
    }
}

/// The database that the question is about; none if it is the one that the URL leads to.
fn place(target: &Target, question: &Question, by_url: bool) -> Result<Option<DatabaseName>, Failure> {
    let known: Vec<&str> = target.databases.keys().map(String::as_str).collect();
    if let Some(name) = question.database.as_deref() {
        let real = target.databases.values().find(|real| real.as_str() == name);
        let found = target.databases.get(name).or(real);
        return found.cloned().map(Some).ok_or_else(|| no_database(name, &known));
    }
    match (target.databases.values().next(), target.databases.len()) {
        (Some(only), 1) => Ok(Some(only.clone())),
        _ if by_url => Ok(None),
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
                let asked = named(who)?;
                let here = self.model.as_ref().map(|(loaded, target)| loaded.model.role_on(target, &asked));
                let role = here.unwrap_or(asked);
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
