//! The hierarchy: no cycles, and nothing that is alive stands on what is not.

use super::Compiler;
use crate::diagnostic::Diagnostic;
use crate::manifest::{MembershipEntry, State, Text};
use crate::source::Span;
use ::model::{Principal, Reach, RoleName};
use std::collections::{BTreeMap, BTreeSet};

impl<'a> Compiler<'a> {
    pub(super) fn hierarchy(&mut self) {
        self.cycles();
        let manifest = self.manifest;
        for role in manifest.roles.values() {
            let state = role.value.state.as_ref().map_or(State::Active, |state| state.value);
            if state == State::Retired {
                self.retired_is_empty(&role.name, &role.value);
                continue;
            }
            for junior in &role.value.inherits {
                self.alive(junior, role.name.as_str(), state, "inherited");
            }
        }
    }

    /// May a role be named where it gives something?
    pub(super) fn alive(&mut self, entry: &MembershipEntry, holder: &str, holder_state: State, how: &str) {
        self.alive_name(&entry.role, holder, holder_state, how);
    }

    pub(super) fn alive_name(&mut self, role: &Text, holder: &str, holder_state: State, how: &str) {
        let Some(defined) = self.manifest.roles.get(role.as_str()) else { return };
        let state = defined.value.state.as_ref().map_or(State::Active, |state| state.value);
        let place = defined.value.state.as_ref().map_or(defined.name.span, |state| state.span);
        let successor =
            defined.value.replaced_by.as_ref().map(|successor| format!("use `{}`", successor.value));
        match state {
            State::Retired => {
                let message = format!("role `{}` is retired and still {how}", role.value);
                let help = successor.unwrap_or_else(|| "leave it out".to_owned());
                self.say(
                    Diagnostic::error("RW142", message).at(role.span, "here").at(place, "retired").help(help),
                );
            }
            State::Draft if holder_state != State::Draft => {
                let message = format!("role `{}` is a draft and already {how}", role.value);
                let help = "a draft is not made: let it be active first, or leave it out";
                self.say(
                    Diagnostic::error("RW142", message).at(role.span, "here").at(place, "a draft").help(help),
                );
            }
            State::Deprecated => {
                let message = format!("role `{}` is deprecated and {how} by `{holder}`", role.value);
                let help = successor.unwrap_or_else(|| "say `replaced_by` where it is defined".to_owned());
                let finding = Diagnostic::finding("RW143", holder, message);
                self.say(finding.at(role.span, "here").at(place, "deprecated").help(help));
            }
            State::Draft | State::Active => {}
        }
    }

    fn cycles(&mut self) {
        let mut done: BTreeSet<&RoleName> = BTreeSet::new();
        let mut found: Vec<Vec<RoleName>> = Vec::new();
        for start in self.model.roles.keys() {
            // A path of roles, each with the number of the junior to look at next: recursion could be deep.
            let mut path: Vec<(&RoleName, usize)> = vec![(start, 0)];
            while let Some((role, next)) = path.last_mut() {
                let (role, at) = (*role, *next);
                *next += 1;
                let junior = self.model.roles.get(role).and_then(|facts| facts.juniors.get(at));
                match junior.map(|held| &held.role) {
                    _ if done.contains(role) => {
                        path.pop();
                    }
                    None => {
                        done.insert(role);
                        path.pop();
                    }
                    Some(junior) => match path.iter().position(|(on_path, _)| *on_path == junior) {
                        Some(from) => {
                            found.push(path.iter().skip(from).map(|(role, _)| (*role).clone()).collect())
                        }
                        None => {
                            if let Some((known, _)) = self.model.roles.get_key_value(junior) {
                                path.push((known, 0));
                            }
                        }
                    },
                }
            }
        }
        for cycle in found {
            self.cycle(&cycle);
        }
    }

    fn cycle(&mut self, cycle: &[RoleName]) {
        let shown: Vec<String> = cycle.iter().chain(cycle.first()).map(|role| format!("`{role}`")).collect();
        let message = format!("roles inherit each other in a circle: {}", shown.join(" inherits "));
        let mut diagnostic = Diagnostic::error("RW140", message).help("take one of these lines out");
        for (at, role) in cycle.iter().enumerate() {
            let junior = cycle.get(at + 1).or_else(|| cycle.first());
            let entry = self.manifest.roles.get(role.as_str());
            let line = entry.and_then(|entry| {
                entry
                    .value
                    .inherits
                    .iter()
                    .find(|held| Some(held.role.as_str()) == junior.map(RoleName::as_str))
            });
            if let Some(line) = line {
                diagnostic = diagnostic.at(line.role.span, format!("`{role}` inherits it"));
            }
        }
        self.say(diagnostic);
        // Whatever walks the hierarchy after this must come to an end.
        for role in cycle {
            if let Some(facts) = self.model.roles.get_mut(role) {
                facts.juniors.retain(|held| !cycle.contains(&held.role));
            }
        }
    }

    /// Roles that grants name as creators or grantors must be there.
    pub(super) fn creators(&mut self) {
        let mut gone: BTreeMap<RoleName, Span> = BTreeMap::new();
        for (grant, place) in self.model.grants.iter().zip(&self.grant_places) {
            let creators = match &grant.what.reach {
                Reach::Existing => &[][..],
                Reach::Future(creators) | Reach::Both(creators) => creators.as_slice(),
            };
            let holder = match &grant.what.to {
                Principal::Role(role) => self.model.roles.get(role),
                Principal::Public => None,
            };
            if holder.is_some_and(|facts| !facts.is_real()) {
                continue;
            }
            for role in creators.iter().chain(&grant.what.granted_by) {
                if self.model.roles.get(role).is_some_and(|facts| !facts.is_real()) {
                    gone.entry(role.clone()).or_insert(place.span);
                }
            }
        }
        for (role, span) in gone {
            let message = format!("role `{role}` is named here and is not to exist");
            let help = "a creator or grantor must be active, or be listed under `external_roles:`";
            let place = self.manifest.roles.get(role.as_str()).map(|entry| entry.name.span);
            let diagnostic = Diagnostic::error("RW142", message).at(span, "in this phrase").help(help);
            self.say(match place {
                Some(place) => diagnostic.at(place, "defined as a draft or as retired"),
                None => diagnostic,
            });
        }
    }
}
