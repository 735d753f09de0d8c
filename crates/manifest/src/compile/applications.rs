//! Applications: every function maps to a role, every active role serves a function.

use super::Compiler;
use crate::diagnostic::Diagnostic;
use crate::manifest::{State, Text};
use crate::nearest::did_you_mean;
use ::model::RoleName;
use std::collections::BTreeSet;

impl Compiler<'_> {
    pub(super) fn applications(&mut self) {
        let mut serving: BTreeSet<&str> = BTreeSet::new();
        let mut served: BTreeSet<(&str, &str)> = BTreeSet::new();
        let manifest = self.manifest;
        for role in manifest.roles.values() {
            for function in &role.value.serves {
                if let Some(found) = self.function(function) {
                    served.insert(found);
                    serving.insert(role.name.as_str());
                }
            }
        }
        for application in manifest.applications.values() {
            for function in application.value.functions.values() {
                for role in &function.value.roles {
                    if self.known_role(role.as_str(), role.span).is_some() {
                        self.alive_name(role, function.name.as_str(), State::Active, "needed");
                    }
                    served.insert((application.name.as_str(), function.name.as_str()));
                    serving.insert(role.as_str());
                }
                let key = (application.name.as_str(), function.name.as_str());
                if !served.contains(&key) && !application.value.outside_database {
                    let about = format!("{}/{}", key.0, key.1);
                    let message = format!("no role serves `{about}`");
                    let help =
                        "name its `roles:`, or write `level: application` if its roles live there alone";
                    self.say(
                        Diagnostic::finding("RW160", about, message)
                            .at(function.name.span, "here")
                            .help(help),
                    );
                }
            }
        }
        if !manifest.applications.is_empty() {
            self.idle(&serving);
        }
    }

    fn function<'t>(&mut self, text: &'t Text) -> Option<(&'t str, &'t str)> {
        let found = text.value.split_once('/');
        let known = found.is_some_and(|(application, function)| {
            let application = self.manifest.applications.get(application);
            application.is_some_and(|application| application.value.functions.contains_key(function))
        });
        if known {
            return found;
        }
        let every: Vec<String> = self
            .manifest
            .applications
            .values()
            .flat_map(|application| {
                application
                    .value
                    .functions
                    .keys()
                    .map(|function| format!("{}/{function}", application.name.value))
            })
            .collect();
        let help = did_you_mean(text.as_str(), every.iter().map(String::as_str))
            .unwrap_or_else(|| "write application/function, and define it under `applications:`".to_owned());
        let message = format!("there is no function `{}`", text.value);
        self.say(Diagnostic::error("RW112", message).at(text.span, "not defined").help(help));
        None
    }

    /// Roles in use that serve nothing, neither themselves nor through a senior that does.
    fn idle(&mut self, serving: &BTreeSet<&str>) {
        let manifest = self.manifest;
        let serving =
            serving.iter().filter_map(|role| self.model.roles.get_key_value(*role)).map(|(role, _)| role);
        let useful: BTreeSet<&str> = self.model.reached(serving).into_iter().map(RoleName::as_str).collect();
        let mut said = Vec::new();
        for role in manifest.roles.values() {
            let state = role.value.state.as_ref().map_or(State::Active, |state| state.value);
            if state == State::Active && !useful.contains(role.name.as_str()) {
                let name = role.name.as_str();
                let message = format!("role `{name}` serves no function of any application");
                let help = "name it under a function's `roles:`, or write `serves:`; a role that serves nothing can go";
                said.push(Diagnostic::finding("RW161", name, message).at(role.name.span, "here").help(help));
            }
        }
        self.out.extend(said);
    }
}
