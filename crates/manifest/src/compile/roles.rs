//! Roles: their own facts, their life, and what they are granted.

use super::Compiler;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Entry, LoginTerms, RoleEntry, State, Text};
use crate::model::{In, RoleFacts};
use crate::nearest::{did_you_mean, there_are};
use crate::stored::StoredComment;
use ::model::{Attribute, CauseId, Name, PasswordSource, RoleIntent, RoleName, Value};
use std::collections::{BTreeMap, BTreeSet};

const LOGIN: Attribute = Attribute::known("login");
const CONNECTION_LIMIT: Attribute = Attribute::known("connection limit");
const VALID_UNTIL: Attribute = Attribute::known("valid until");

impl<'a> Compiler<'a> {
    pub(super) fn roles(&mut self) {
        let manifest = self.manifest;
        let mut all = Vec::with_capacity(manifest.roles.len());
        all.extend(manifest.roles.values().filter_map(|role| self.role(role)));
        self.model.roles = all.into_iter().collect();
    }

    fn role(&mut self, entry: &'a Entry<RoleEntry>) -> Option<(RoleName, RoleFacts)> {
        let role = &entry.value;
        let key = &entry.name;
        let name = RoleName::new(key.as_str()).ok()?;
        let state = role.state.as_ref().map_or(State::Active, |state| state.value);
        let cause = self.cause(key.span, format!("role {}", key.value));
        self.life(entry, state);
        if state != State::Retired {
            self.answers(key, role.purpose.as_ref(), role.owner.as_ref(), "role");
        }
        let mut intent = self.login_terms(key, &role.terms, role.login, cause);
        intent.comment = comment(role);
        intent.members_exclusive = role.members_exclusive;
        let superuser = self.attributes(role, &mut intent);
        let settings_in = self.settings_in(&role.terms);
        let juniors = self.held(&role.inherits, key.as_str(), "inherits");
        let creates_as = self.creates_as(entry);
        let heir = self.heir(entry, state);
        let mut facts = RoleFacts {
            state,
            intent,
            settings_in,
            login: role.login,
            superuser,
            juniors,
            touches: BTreeSet::new(),
            creates_as,
            heir,
            cause,
            owner: role.owner.clone(),
            boundary: role.boundary.as_ref().map(|boundary| boundary.value.clone()),
            sunset: role.sunset.as_ref().map(|day| day.value.clone()),
            replaced_by: role.replaced_by.as_ref().and_then(|role| RoleName::new(role.as_str()).ok()),
        };
        facts.touches.extend(facts.settings_in.iter().map(|setting| setting.database));
        facts.touches.extend(facts.creates_as.keys());
        self.grants(&name, entry, &mut facts);
        self.owns(&name, entry, &mut facts);
        self.withheld(&name, entry, &mut facts);
        Some((name, facts))
    }

    fn life(&mut self, entry: &'a Entry<RoleEntry>, state: State) {
        let role = &entry.value;
        let name = entry.name.as_str();
        let ends = matches!(state, State::Deprecated | State::Retired);
        for (key, text) in [("replaced_by", &role.replaced_by), ("sunset", &role.sunset)] {
            if let (Some(text), false) = (text, ends) {
                let message = format!("role `{name}` has `{key}` and is {}", state.word());
                let help = "write `state: deprecated`, or leave it out";
                self.say(Diagnostic::error("RW144", message).at(text.span, "here").help(help));
            }
        }
        if let Some(successor) = &role.replaced_by
            && self.known_role(successor.as_str(), successor.span).is_some()
        {
            let there = self.manifest.roles.get(successor.as_str());
            let gone = there
                .and_then(|role| role.value.state.as_ref())
                .is_some_and(|state| state.value == State::Retired);
            if gone || successor.as_str() == name {
                let message = format!("role `{name}` cannot be replaced by `{}`", successor.value);
                let label = if gone { "this one is retired" } else { "this is the role itself" };
                self.say(Diagnostic::error("RW144", message).at(successor.span, label));
            }
        }
        if let (State::Deprecated, Some(day), Some(today)) = (state, &role.sunset, self.today)
            && day.as_str() < today
        {
            let message = format!("role `{name}` was to go on {}", day.value);
            let help = "write `state: retired`, or a later day";
            self.say(Diagnostic::finding("RW145", name, message).at(day.span, "in the past").help(help));
        }
    }

    /// Purpose and owner: what a finding is about when they are missing.
    pub(super) fn answers(&mut self, name: &Text, purpose: Option<&Text>, owner: Option<&Text>, what: &str) {
        let blank = |text: Option<&Text>| text.is_none_or(|text| text.value.trim().is_empty());
        if blank(purpose) {
            let message = format!("{what} `{}` has no purpose", name.value);
            let help =
                "say in a sentence why it exists: `purpose: Support staff look up a customer's orders.`";
            self.say(Diagnostic::finding("RW146", name.as_str(), message).at(name.span, "here").help(help));
        }
        if blank(owner) {
            let message = format!("{what} `{}` has no owner", name.value);
            let help = "name the team that answers for it: `owner: commerce@acme.example`";
            self.say(Diagnostic::finding("RW147", name.as_str(), message).at(name.span, "here").help(help));
        }
    }

    /// What roles and logins share: whether they log in, limits, the password's origin, settings.
    pub(super) fn login_terms(
        &mut self,
        name: &Text,
        terms: &'a LoginTerms,
        login: bool,
        cause: CauseId,
    ) -> RoleIntent {
        let mut attributes = BTreeMap::new();
        if login {
            attributes.insert(LOGIN, Value::Flag(true));
        }
        if let Some(limit) = &terms.connection_limit {
            attributes.insert(CONNECTION_LIMIT, Value::Number(limit.value));
        }
        if let Some(end) = &terms.expires {
            attributes.insert(VALID_UNTIL, Value::Text(end.value.clone()));
            let day = end.value.get(..10).unwrap_or_default();
            if self.today.is_some_and(|today| day < today) {
                let message = format!("the password of `{}` has expired", name.value);
                let help = "give it a later end, or retire it";
                self.say(
                    Diagnostic::finding("RW145", name.as_str(), message)
                        .at(end.span, "in the past")
                        .help(help),
                );
            }
        }
        let mut settings = BTreeMap::new();
        for setting in terms.settings.values() {
            if let Some((key, value)) = self.setting(&setting.name, &setting.value) {
                settings.insert((None, key), value);
            }
        }
        RoleIntent {
            attributes,
            comment: None,
            settings,
            password: self.password(name, terms, login),
            members_exclusive: false,
            cause,
        }
    }

    fn setting(&mut self, name: &Text, value: &Text) -> Option<(Name, String)> {
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$') || !c.is_ascii();
        if !name.value.chars().all(good) {
            let message = format!("`{}` is not the name of a setting", name.value);
            self.say(Diagnostic::error("RW107", message).at(name.span, "letters, digits, `_` and `.`"));
            return None;
        }
        Some((Name::new(name.value.to_ascii_lowercase()).ok()?, value.value.clone()))
    }

    pub(super) fn settings_in(&mut self, terms: &'a LoginTerms) -> Vec<In<(Name, String)>> {
        let mut all = Vec::new();
        for entry in terms.settings_in.values() {
            let Some((database, _)) = self.database(&entry.name) else { continue };
            for setting in entry.value.values() {
                if let Some(what) = self.setting(&setting.name, &setting.value) {
                    all.push(In { database, what });
                }
            }
        }
        all
    }

    fn password(&mut self, name: &Text, terms: &LoginTerms, login: bool) -> Option<PasswordSource> {
        let password = terms.password.as_ref()?;
        if !login {
            let message = format!("`{}` has a password and cannot log in", name.value);
            let help = "write `login: true`, or leave the password out";
            self.say(Diagnostic::error("RW144", message).at(password.span, "here").help(help));
        }
        match (&password.env, &password.file) {
            (Some(env), None) => Some(PasswordSource::Environment(env.value.clone())),
            (None, Some(file)) => Some(PasswordSource::File(file.value.clone())),
            _ => {
                let help = "write `{ env: NAME }` or `{ file: path }`";
                let message = "a password comes from one place";
                self.say(Diagnostic::error("RW107", message).at(password.span, "here").help(help));
                None
            }
        }
    }

    /// Takes the attributes over; true if one of them is to be superuser.
    fn attributes(&mut self, role: &'a RoleEntry, intent: &mut RoleIntent) -> bool {
        let mut superuser = false;
        for (name, on) in &role.attributes {
            let word = name.value.to_ascii_lowercase();
            let flags = || self.engines.iter().flat_map(|engine| &engine.flags);
            match flags().find(|flag| flag.as_str() == word) {
                Some(flag) => {
                    superuser |= *on && word == "superuser";
                    intent.attributes.insert(flag.clone(), Value::Flag(*on));
                }
                None => {
                    let help = match word.as_str() {
                        "login" => "write `login: true`".to_owned(),
                        _ => did_you_mean(&word, flags().map(Attribute::as_str))
                            .unwrap_or_else(|| there_are(flags().map(Attribute::as_str))),
                    };
                    let message = format!("there is no attribute `{}`", name.value);
                    self.say(Diagnostic::error("RW115", message).at(name.span, "unknown").help(help));
                }
            }
        }
        superuser
    }

    fn creates_as(&mut self, entry: &'a Entry<RoleEntry>) -> BTreeMap<usize, (RoleName, crate::Span)> {
        let mut all = BTreeMap::new();
        for creates in entry.value.creates_as.values() {
            let Some((database, _)) = self.database(&creates.name) else { continue };
            let owner = &creates.value;
            let Some(role) = self.known_role(owner.as_str(), owner.span) else { continue };
            let reachable =
                entry.value.inherits.iter().any(|junior| junior.role.value == owner.value && junior.set);
            if !reachable && owner.value != entry.name.value {
                let message = format!("logins of `{}` cannot become `{role}`", entry.name.value);
                let help = format!("add `{{ role: {role}, inherit: false }}` to its `inherits`");
                self.say(
                    Diagnostic::error("RW152", message)
                        .at(owner.span, "not a role that it inherits")
                        .help(help),
                );
            }
            all.insert(database, (role, owner.span));
        }
        all
    }
}

/// The comment that is stored with a role.
fn comment(role: &RoleEntry) -> Option<String> {
    let text = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
    let comment = StoredComment {
        purpose: text(&role.purpose)?,
        owner: text(&role.owner),
        boundary: text(&role.boundary),
        state: role.state.as_ref().map(|state| state.value),
    };
    comment.text()
}
