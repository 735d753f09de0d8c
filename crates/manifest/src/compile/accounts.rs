//! Accounts: people, users, and the logins of users and programs.

use super::Compiler;
use crate::diagnostic::Diagnostic;
use crate::manifest::{AccountEntry, Entry, State, Text, UserEntry};
use crate::model::{Assigned, In, LoginFacts};
use crate::nearest::{did_you_mean, there_are};
use crate::source::Span;
use crate::stored::StoredComment;
use ::model::{GrantIntent, Name, NamedObjects, Operation, Pattern, Principal, Reach, RoleName, Segment};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl<'a> Compiler<'a> {
    pub(super) fn accounts(&mut self) {
        let manifest = self.manifest;
        self.people();
        self.groups();
        for user in manifest.users.values() {
            self.user(user);
        }
        for account in manifest.service_accounts.values() {
            self.service_account(account);
        }
        self.direct_grants();
        self.made_as();
    }

    fn people(&mut self) {
        let mut owner: BTreeMap<&str, (&str, Span)> = BTreeMap::new();
        for person in self.manifest.people.values() {
            let accounts = person.value.iter().map(|account| account.value.clone()).collect();
            self.model.people.insert(person.name.value.clone(), accounts);
            for account in &person.value {
                let before = owner.insert(account.as_str(), (person.name.as_str(), account.span));
                if let Some((other, span)) = before {
                    let message = format!("account `{}` belongs to two people", account.value);
                    let help = "an account is one person's: constraints are judged on people";
                    let diagnostic = Diagnostic::error("RW164", message)
                        .at(account.span, format!("here to {}", person.name.value))
                        .at(span, format!("here to {other}"))
                        .help(help);
                    self.out.push(diagnostic);
                }
            }
        }
    }

    pub(super) fn known_environment(&mut self, name: &Text) -> bool {
        let known: BTreeSet<&str> = self.model.sites.iter().map(|site| site.environment.as_str()).collect();
        if known.contains(name.as_str()) || !self.broken_databases.is_empty() {
            return true;
        }
        let help = did_you_mean(name.as_str(), known.iter().copied()).unwrap_or_else(|| {
            if known.is_empty() {
                "no database has an environment".to_owned()
            } else {
                there_are(known.iter().copied())
            }
        });
        let message = format!("there is no environment `{}`", name.value);
        self.out.push(Diagnostic::error("RW124", message).at(name.span, "not defined").help(help));
        false
    }

    fn user(&mut self, entry: &'a Entry<UserEntry>) {
        let user = &entry.value;
        let key = &entry.name;
        let roles = self.held(&user.roles, key.as_str(), "has");
        for role in &user.roles {
            self.alive(role, key.as_str(), State::Active, "assigned");
        }
        let groups = self.in_groups(&user.groups);
        let mut assigned = Assigned { roles, groups, login: None };
        let name = user.login_name.as_ref().unwrap_or(key);
        if user.login.is_empty() {
            let lost = [
                user.login_name.as_ref().map(|text| text.span),
                user.terms.password.as_ref().map(|password| password.span),
                user.terms.expires.as_ref().map(|text| text.span),
                user.terms.connection_limit.as_ref().map(|limit| limit.span),
            ];
            if let Some(span) = lost.into_iter().flatten().next() {
                let message = format!("user `{}` has no login for this to hold for", key.value);
                let help = "name the databases under `login:`, or leave it out";
                self.say(Diagnostic::error("RW144", message).at(span, "here").help(help));
            }
        } else if let Ok(role) = RoleName::new(name.as_str()) {
            assigned.login = Some(role.clone());
            let cause = self.cause(key.span, format!("user {}", key.value));
            let intent = self.login_terms(key, &user.terms, true, cause);
            let databases = self.connects(&role, &user.login);
            let login = LoginFacts {
                intent,
                settings_in: Vec::new(),
                databases,
                assigned: assigned.clone(),
                owner: None,
                span: key.span,
            };
            self.model.logins.insert(role, login);
        }
        self.model.users.insert(key.value.clone(), assigned);
    }

    fn service_account(&mut self, entry: &'a Entry<AccountEntry>) {
        let account = &entry.value;
        let key = &entry.name;
        let Ok(name) = RoleName::new(key.as_str()) else { return };
        self.answers(
            key,
            account.purpose.as_ref().or(account.owner.as_ref()),
            account.owner.as_ref(),
            "service account",
        );
        let cause = self.cause(key.span, format!("service account {}", key.value));
        let mut intent = self.login_terms(key, &account.terms, true, cause);
        let text = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
        intent.comment = text(&account.purpose).and_then(|purpose| {
            StoredComment { purpose, owner: text(&account.owner), boundary: None, state: None }.text()
        });
        let settings_in = self.settings_in(&account.terms);
        let roles = self.held(&account.roles, key.as_str(), "has");
        for role in &account.roles {
            self.alive(role, key.as_str(), State::Active, "assigned");
        }
        let databases = self.connects(&name, &account.login);
        let assigned = Assigned { roles, groups: Vec::new(), login: Some(name.clone()) };
        let owner = account.owner.clone();
        let login = LoginFacts { intent, settings_in, databases, assigned, owner, span: key.span };
        self.model.logins.insert(name, login);
    }

    /// The databases that a login connects to, each with the grant that lets it.
    fn connects(&mut self, login: &RoleName, names: &'a [Text]) -> BTreeSet<usize> {
        let mut databases = BTreeSet::new();
        for name in names {
            let Some((database, words)) = self.database(name) else { continue };
            if !databases.insert(database) {
                continue;
            }
            let connect = Operation::known("connect");
            let Some(kind) = words.kind("database").filter(|kind| kind.operations.contains(&connect)) else {
                continue;
            };
            let Ok(key) = Name::new(name.as_str()) else { continue };
            let cause = self.cause(name.span, format!("{login} logs in to {}", name.value));
            let on = NamedObjects {
                database: None,
                kind: kind.kind.clone(),
                varieties: Vec::new(),
                names: Arc::from([Pattern { path: vec![Segment::Exactly(key)], arguments: None }]),
                except: Vec::new(),
            };
            let what = GrantIntent {
                to: Principal::Role(login.clone()),
                operations: vec![connect],
                columns: Vec::new(),
                on,
                reach: Reach::Existing,
                delegable: false,
                granted_by: None,
                cause,
            };
            self.model.grants.push(In { database, what });
            self.grant_places.push(super::phrases::GrantPlace { span: name.span, word: kind.word });
        }
        databases
    }

    /// A role that is a person's own login should hold roles, not grants.
    fn direct_grants(&mut self) {
        let manifest = self.manifest;
        let accounts: BTreeSet<&str> =
            manifest.people.values().flat_map(|person| &person.value).map(Text::as_str).collect();
        for role in manifest.roles.values().filter(|role| role.value.login) {
            let person =
                accounts.contains(role.name.as_str()) || manifest.users.contains_key(role.name.as_str());
            if let (true, Some(first)) = (person, role.value.grants.values().next()) {
                let message =
                    format!("`{}` is a person's login and is granted something directly", role.name.value);
                let help = "grant it to a role with a purpose, and let the person have that role";
                let finding = Diagnostic::finding("RW150", role.name.as_str(), message);
                self.say(finding.at(first.name.span, "here").at(role.name.span, "this login").help(help));
            }
        }
    }

    /// Each login makes objects of a database as one role at most.
    fn made_as(&mut self) {
        if !self.model.says_owners() {
            return;
        }
        let mut said = Vec::new();
        for (login, facts) in &self.model.logins {
            let reached = self.model.reached(facts.assigned.roles.iter().map(|held| &held.role));
            let mut owners: BTreeMap<usize, (RoleName, Span)> = BTreeMap::new();
            for role in reached {
                for (database, (owner, span)) in
                    self.model.roles.get(role).into_iter().flat_map(|role| &role.creates_as)
                {
                    let before = owners.insert(*database, (owner.clone(), *span));
                    if let Some((other, first)) = before.filter(|(other, _)| other != owner) {
                        let message = format!("`{login}` would make objects as `{other}` and as `{owner}`");
                        let diagnostic = Diagnostic::error("RW152", message)
                            .at(facts.span, "this login")
                            .at(*span, "here")
                            .at(first, "and here")
                            .help("let it have only one of these roles");
                        said.push(diagnostic);
                    }
                }
            }
        }
        self.out.extend(said);
    }
}
