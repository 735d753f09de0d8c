//! The manifest to a model: names resolved, phrases parsed, everything checked that can be without a target.

mod accounts;
mod applications;
mod boundaries;
mod duties;
mod exceptions;
mod groups;
mod hierarchy;
mod names;
mod owners;
mod phrases;
mod places;
mod retired;
mod reviews;
mod roles;
mod temporary;
mod tests_of_model;

pub(crate) use exceptions::{accept, accept_seen};

use crate::diagnostic::{Diagnostic, sort};
use crate::manifest::{Manifest, Named, Text};
use crate::model::{Database, Model};
use crate::nearest::did_you_mean;
use crate::phrase::KnownNames;
use crate::source::Span;
use ::model::{Boundary, Cause, CauseId, Vocabulary};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Compiles a manifest that was read without errors.
///
/// `vocabularies` are the words of the engines that are known. `today`, as `2027-01-31`, is what expiry and
/// exceptions are judged against; without it nothing has expired. The diagnostics hold every error and every
/// finding, accepted or not; there is a model if there is no error.
#[must_use]
pub fn compile<'a>(
    manifest: &'a Manifest,
    vocabularies: &'a [&'a Vocabulary],
    today: Option<&'a str>,
) -> (Option<Model>, Vec<Diagnostic>) {
    let mut compiler = Compiler::new(manifest, vocabularies, today);
    compiler.places();
    compiler.boundaries();
    compiler.names();
    compiler.roles();
    compiler.public();
    compiler.hierarchy();
    compiler.within_boundaries();
    compiler.accounts();
    compiler.creators();
    compiler.owners();
    compiler.applications();
    compiler.duties();
    compiler.tests();
    compiler.exceptions();
    compiler.reviews();
    compiler.finish()
}

struct Compiler<'a> {
    manifest: &'a Manifest,
    vocabularies: &'a [&'a Vocabulary],
    today: Option<&'a str>,
    out: Vec<Diagnostic>,
    model: Model,
    /// The model's databases by their keys: the number and the engine's words.
    databases: BTreeMap<&'a str, (usize, &'a Vocabulary)>,
    /// Databases that are declared and could not be placed: no second error for naming them.
    broken_databases: BTreeSet<&'a str>,
    engines: Vec<&'a Vocabulary>,
    /// Names of logins: they may create and grant, and are no roles to be held.
    logins: BTreeSet<&'a str>,
    /// Boundaries that are declared and wrong.
    broken_boundaries: BTreeSet<&'a str>,
    /// For each grant of a role, where its privileges stand.
    grant_places: Vec<phrases::GrantPlace>,
    /// For each ownership, where it stands.
    own_places: Vec<Span>,
    known_names: KnownNames,
}

impl<'a> Compiler<'a> {
    fn new(manifest: &'a Manifest, vocabularies: &'a [&'a Vocabulary], today: Option<&'a str>) -> Self {
        let (grants, causes) = sizes(manifest);
        let model = Model {
            databases: Vec::new(),
            sites: Vec::new(),
            roles: BTreeMap::new(),
            external: BTreeSet::new(),
            logins: BTreeMap::new(),
            grants: Vec::with_capacity(grants),
            owns: Vec::new(),
            withhold: Vec::new(),
            causes: Arc::new(Vec::with_capacity(causes)),
            groups: BTreeMap::new(),
            users: BTreeMap::new(),
            people: BTreeMap::new(),
            tests: Vec::new(),
            boundaries: BTreeMap::new(),
            separation_of_duties: manifest.separation_of_duties.clone(),
            permissions: BTreeMap::new(),
            dual_control: manifest.dual_control.clone(),
            exceptions: manifest.exceptions.clone(),
            reviews: Vec::new(),
            policy: manifest.policy.clone(),
            temporary: Vec::new(),
            answered: BTreeSet::new(),
            tolerated: BTreeSet::new(),
        };
        Self {
            manifest,
            vocabularies,
            today,
            out: Vec::new(),
            model,
            databases: BTreeMap::new(),
            broken_databases: BTreeSet::new(),
            engines: Vec::new(),
            logins: BTreeSet::new(),
            broken_boundaries: BTreeSet::new(),
            grant_places: Vec::with_capacity(grants),
            own_places: Vec::new(),
            known_names: KnownNames::default(),
        }
    }

    fn finish(mut self) -> (Option<Model>, Vec<Diagnostic>) {
        sort(&mut self.out);
        self.out.dedup();
        let broken = self.out.iter().any(Diagnostic::is_error);
        ((!broken).then_some(self.model), self.out)
    }

    /// The words of an engine.
    fn words(&self, engine: &str) -> Option<&'a Vocabulary> {
        self.vocabularies.iter().find(|words| words.engine == engine).copied()
    }

    fn say(&mut self, diagnostic: Diagnostic) {
        self.out.push(diagnostic);
    }

    /// Remembers a line as a cause.
    fn cause(&mut self, span: Span, text: impl Into<String>) -> CauseId {
        let id = CauseId(crate::source::narrow(self.model.causes.len()));
        let (file, line) = self.manifest.lines.locate(span);
        let causes = Arc::make_mut(&mut self.model.causes);
        causes.push(Cause::Line { file: file.to_owned(), line, text: text.into() });
        id
    }

    /// The database that a text names, or an error about it.
    fn database(&mut self, name: &Text) -> Option<(usize, &'a Vocabulary)> {
        if let Some(known) = self.databases.get(name.as_str()) {
            return Some(*known);
        }
        if !self.broken_databases.contains(name.as_str()) {
            let known = self.manifest.databases.keys().map(String::as_str);
            let help = did_you_mean(name.as_str(), known)
                .unwrap_or_else(|| format!("define `{}` under `databases:`", name.as_str()));
            let message = format!("there is no database `{}`", name.as_str());
            self.say(Diagnostic::error("RW111", message).at(name.span, "not defined").help(help));
        }
        None
    }

    fn boundary(&self, engine: &str, name: &str) -> Option<&Boundary> {
        self.model.boundaries.get(&(engine.to_owned(), name.to_owned()))
    }

    fn database_at(&self, number: usize) -> Option<&Database> {
        self.model.databases.get(number)
    }
}

/// About how many grants and how many causes a model will have. Lists of that length never have to move: a large
/// one that grows leaves holes as large as itself behind.
fn sizes(manifest: &Manifest) -> (usize, usize) {
    let phrases = |named: &Named<Vec<Text>>| named.values().map(|entry| entry.value.len()).sum::<usize>();
    let (mut grants, mut causes) = (phrases(&manifest.public), 0);
    for role in manifest.roles.values().map(|role| &role.value) {
        grants += phrases(&role.grants);
        causes += 1 + role.inherits.len() + phrases(&role.owns) + phrases(&role.withhold);
    }
    for user in manifest.users.values().map(|user| &user.value) {
        grants += user.login.len();
        causes += 1 + user.roles.len();
    }
    for account in manifest.service_accounts.values().map(|account| &account.value) {
        grants += account.login.len();
        causes += 1 + account.roles.len();
    }
    causes += manifest.groups.values().map(|group| group.value.roles.len()).sum::<usize>();
    (grants, grants + causes)
}
