//! Importing: connect, look, make a model of what was seen, and show that it says exactly that. Nothing is changed.

use ::import::{Imported, Wanted, import as derive};
use engine::{Databases, Engine, EngineError, Scope};
use manifest::{Diagnostic, Source};
use model::{Change, Changes, Dialect, Intent, Observed, Principal, Problem, RoleName, Secret, diff};
use std::collections::BTreeSet;

/// How often a model is made anew without the roles of which something could not be said.
const ROUNDS: usize = 8;

/// A model of a target, with the look that it was made from.
#[derive(Debug)]
pub struct ImportedModel {
    /// The model and what is odd about it.
    pub imported: Imported,
    /// Its files: names and texts.
    pub files: Vec<(String, String)>,
    /// What was seen.
    pub observed: Observed,
}

/// Why there is no model.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The target could not be reached or read.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// What was written is no model.
    #[error("what was seen makes a model with errors in it")]
    Rejected(Vec<Diagnostic>, Vec<Source>),
    /// The model would change something.
    #[error("the model does not say exactly what was seen")]
    Inexact(Vec<String>),
}

/// How the model is to be called and where it is for.
#[derive(Debug, Clone, Default)]
pub struct Naming {
    /// The name of the environment.
    pub environment: String,
    /// The template of the URL; nothing for a variable that is named after the database.
    pub url: Option<String>,
}

/// Looks at the target behind the URL and makes a model of it whose first plan is empty.
///
/// # Errors
/// If the target cannot be read as a whole, or if no model says exactly what stands there.
pub async fn import(
    engine: &dyn Engine,
    url: &Secret,
    databases: Databases,
    naming: &Naming,
) -> Result<ImportedModel, ImportError> {
    let mut session = engine.connect(url).await?;
    let several = matches!(databases, Databases::All | Databases::Readable(_));
    let scope = Scope {
        databases,
        system_objects: false,
        columns_of: BTreeSet::new(),
        leaving: BTreeSet::new(),
        again: BTreeSet::new(),
        everything: true,
        survey: false,
        machinery: false,
        reviews: Vec::new(),
    };
    let observed = session.inspect(&scope).await?;
    let dialect = session.dialect();
    let (imported, files) = exact(dialect.as_ref(), &observed, &wanted(&observed, several, naming))?;
    Ok(ImportedModel { imported, files, observed })
}

fn wanted(observed: &Observed, several: bool, naming: &Naming) -> Wanted {
    let first = observed.at.databases.keys().next();
    let name = if several { "main" } else { first.map_or("database", model::DatabaseName::as_str) };
    let variable: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    let variable =
        if variable.starts_with(|c: char| c.is_ascii_digit()) { format!("DB_{variable}") } else { variable };
    Wanted {
        environment: naming.environment.clone(),
        url: naming.url.clone().unwrap_or_else(|| format!("${{{variable}_URL}}")),
        cluster: several.then(|| name.to_owned()),
        ..Wanted::default()
    }
}

/// The model of a look that says exactly what was seen, as far as it says something: it is read back and compared with
/// the look, and what could not be said so is left out of the next one, with the roles concerned.
///
/// # Errors
/// If what is left would still change something.
pub fn exact(
    dialect: &dyn Dialect,
    observed: &Observed,
    wanted: &Wanted,
) -> Result<(Imported, Vec<(String, String)>), ImportError> {
    let mut wanted = wanted.clone();
    for _ in 0..ROUNDS {
        let imported = derive(observed, dialect, &wanted);
        let files = imported.draft.files();
        let before = wanted.clone();
        match changes(dialect, observed, &files) {
            Ok((_, changes)) if changes.is_empty() => return Ok((imported, files)),
            Ok((_, changes)) => {
                changes.iter().for_each(|change| beside_change(change, observed, &mut wanted))
            }
            Err(Unfit::Problems(intent, problems)) => {
                problems.iter().for_each(|problem| beside_problem(problem, &intent, observed, &mut wanted));
            }
            // What a comment tells programs may be wrong by now: a boundary that the role has left, for one.
            Err(Unfit::Rejected(..)) if !wanted.comments_whole => wanted.comments_whole = true,
            Err(Unfit::Rejected(diagnostics, sources)) => {
                return Err(ImportError::Rejected(diagnostics, sources));
            }
        }
        if same(&before, &wanted) {
            break;
        }
    }
    let files = derive(observed, dialect, &wanted).draft.files();
    let left = match changes(dialect, observed, &files) {
        Ok((_, changes)) => changes.iter().map(|change| format!("{change:?}")).collect(),
        Err(Unfit::Problems(_, problems)) => problems.into_iter().map(|problem| problem.what).collect(),
        Err(Unfit::Rejected(diagnostics, sources)) => {
            return Err(ImportError::Rejected(diagnostics, sources));
        }
    };
    Err(ImportError::Inexact(left))
}

enum Unfit {
    Rejected(Vec<Diagnostic>, Vec<Source>),
    Problems(Box<Intent>, Vec<Problem>),
}

/// What the files, read as any other model, would change on the target that was seen.
fn changes(
    dialect: &dyn Dialect,
    observed: &Observed,
    files: &[(String, String)],
) -> Result<(Intent, Changes), Unfit> {
    let sources: Vec<Source> =
        files.iter().map(|(name, text)| Source { name: name.clone(), text: text.clone() }).collect();
    let checked = manifest::check(&sources, &[dialect.vocabulary()], None);
    let errors: Vec<Diagnostic> = checked.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
    let Some(model) = checked.model.filter(|_| errors.is_empty()) else {
        return Err(Unfit::Rejected(errors, sources));
    };
    // A URL that names no database: each is called what the model calls it.
    let target = model.target_at("postgres://imported", None);
    let intent = target.map_err(|error| Unfit::Rejected(vec![error], sources))?.intent;
    match dialect.realise(&intent, observed) {
        Ok(desired) => {
            let changes = diff(dialect, &desired, observed);
            Ok((intent, changes))
        }
        Err(problems) => Err(Unfit::Problems(Box::new(intent), problems)),
    }
}

fn same(a: &Wanted, b: &Wanted) -> bool {
    a.beside.len() == b.beside.len()
        && a.public_beside.len() == b.public_beside.len()
        && a.no_public_future == b.no_public_future
        && a.comments_whole == b.comments_whole
}

fn role_beside(role: &RoleName, why: String, wanted: &mut Wanted) {
    wanted.beside.entry(role.clone()).or_insert(why);
}

/// Leaves out whoever a change is about.
fn beside_change(change: &Change, observed: &Observed, wanted: &mut Wanted) {
    let mut beside = |role: &RoleName, what: &str| {
        if observed.access.roles.contains_key(role) {
            role_beside(role, format!("{what} cannot be said exactly in a model"), wanted);
        }
    };
    match change {
        Change::CreateRole { role, .. }
        | Change::DropRole { role }
        | Change::EndSessions { role }
        | Change::Password { role, .. } => {
            beside(role, "its name");
        }
        Change::Attribute { role, attribute, .. } => beside(role, &format!("its {attribute}")),
        Change::Comment { role, .. } => beside(role, "its comment"),
        Change::Setting { key, .. } => {
            if let Some(role) = &key.role {
                beside(role, &format!("its setting {}", key.name));
            }
        }
        Change::Member { key, .. } => beside(&key.member, &format!("its membership in {}", key.role)),
        Change::Owner { on, to, .. } => beside(to, &format!("its ownership of {on}")),
        Change::Entry { on, to: Principal::Role(role), .. } => {
            beside(role, &format!("what it holds on {on}"))
        }
        Change::Entry { on, to: Principal::Public, .. } => drop(wanted.public_beside.insert(on.clone())),
        Change::Future { key, to: Principal::Role(role), .. } => {
            beside(role, &format!("what it gets on each new {} of {}", key.kind, key.creator));
        }
        Change::Future { to: Principal::Public, .. } => wanted.no_public_future = true,
        // Only exact copies change these.
        Change::RowSecurity { .. } | Change::Policy { .. } | Change::Mapping { .. } => {}
    }
}

/// Leaves out whoever the line is about that has the problem.
fn beside_problem(problem: &Problem, intent: &Intent, observed: &Observed, wanted: &mut Wanted) {
    let Some(cause) = problem.cause else { return };
    let why = || problem.what.clone();
    for grant in intent.grants.iter().filter(|grant| grant.cause == cause) {
        match &grant.to {
            Principal::Role(role) => role_beside(role, why(), wanted),
            Principal::Public if grant.reach == model::Reach::Existing => {
                let named = |on: &&std::sync::Arc<model::Object>| {
                    on.kind == grant.on.kind && grant.on.names.iter().any(|name| name.matches(on))
                };
                wanted.public_beside.extend(observed.catalogue.objects.keys().filter(named).cloned());
            }
            Principal::Public => wanted.no_public_future = true,
        }
    }
    let owners = intent.owns.iter().filter(|owns| owns.cause == cause).map(|owns| &owns.owner);
    let withhold = intent.withhold.iter().filter(|one| one.cause == cause).map(|one| &one.owner);
    let members = intent.members.iter().filter(|member| member.cause == cause).map(|member| &member.member);
    let roles = intent.roles.iter().filter(|(_, role)| role.cause == cause).map(|(name, _)| name);
    for role in owners.chain(withhold).chain(members).chain(roles) {
        role_beside(role, why(), wanted);
    }
}
