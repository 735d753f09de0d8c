//! The model's own tests: whom they ask about, and what.

use super::Compiler;
use super::phrases::ReadPhrase;
use crate::diagnostic::Diagnostic;
use crate::manifest::{TestEntry, TestSubject, Text};
use crate::model::{Claim, Subject, TestFacts};
use crate::nearest::did_you_mean;
use ::model::{CauseId, Principal, RoleName};

impl<'a> Compiler<'a> {
    pub(super) fn tests(&mut self) {
        let manifest = self.manifest;
        for test in &manifest.tests {
            let before = self.out.iter().filter(|diagnostic| diagnostic.is_error()).count();
            let subject = self.subject(test);
            if let Some(environment) = &test.env {
                self.known_environment(environment);
            }
            if test.can.is_empty() && test.cannot.is_empty() {
                let message = format!("test `{}` claims nothing", test.name.value);
                let help =
                    "write `can:` or `cannot:` with permissions such as `shop: select on table sales.orders`";
                self.say(Diagnostic::error("RW105", message).at(test.name.span, "here").help(help));
            }
            let mut claims = Vec::new();
            for (allowed, texts) in [(true, &test.can), (false, &test.cannot)] {
                claims.extend(texts.iter().filter_map(|text| self.claim(allowed, text)));
            }
            let now = self.out.iter().filter(|diagnostic| diagnostic.is_error()).count();
            if let (Some(subject), true) = (subject, before == now) {
                let environment = test.env.as_ref().map(|env| env.value.clone());
                self.model.tests.push(TestFacts { name: test.name.clone(), subject, environment, claims });
            }
        }
    }

    pub(super) fn claim(&mut self, allowed: bool, text: &'a Text) -> Option<Claim> {
        let (database, words, phrase, parsed, places) = self.permission(text)?;
        let read = ReadPhrase { database, words, text: &phrase, phrase: parsed, places };
        let grants = self.grant_intents(&Principal::Public, read, CauseId(0))?;
        Some(Claim { allowed, database, grants, text: text.clone() })
    }

    fn subject(&mut self, test: &'a TestEntry) -> Option<Subject> {
        let [subject] = test.subjects.as_slice() else {
            let message = format!("test `{}` asks about one user, role or service account", test.name.value);
            let help = "write `user:`, `role:` or `service_account:`, and only one of them";
            self.say(Diagnostic::error("RW105", message).at(test.name.span, "here").help(help));
            return None;
        };
        match subject {
            TestSubject::Role(name) => self.known_role(name.as_str(), name.span).map(Subject::Role),
            TestSubject::User(name) => {
                if self.manifest.users.contains_key(name.as_str()) {
                    return Some(Subject::User(name.value.clone()));
                }
                self.nobody("user", name, self.manifest.users.keys().map(String::as_str));
                None
            }
            TestSubject::ServiceAccount(name) => {
                if self.manifest.service_accounts.contains_key(name.as_str()) {
                    return RoleName::new(name.as_str()).ok().map(Subject::Login);
                }
                self.nobody(
                    "service account",
                    name,
                    self.manifest.service_accounts.keys().map(String::as_str),
                );
                None
            }
        }
    }

    fn nobody(&mut self, what: &str, name: &Text, known: impl Iterator<Item = &'a str>) {
        let help = did_you_mean(name.as_str(), known).unwrap_or_else(|| format!("define the {what} first"));
        let message = format!("there is no {what} `{}`", name.value);
        self.say(Diagnostic::error("RW112", message).at(name.span, "not defined").help(help));
    }
}
