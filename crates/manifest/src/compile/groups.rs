//! Groups: the roles that come with them, how they differ, and groups in groups.

use super::Compiler;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Entry, GroupEntry, State, Text};
use crate::model::{GroupFacts, InGroup};
use crate::nearest::did_you_mean;
use std::collections::{BTreeMap, BTreeSet};

impl<'a> Compiler<'a> {
    pub(super) fn groups(&mut self) {
        let manifest = self.manifest;
        for group in manifest.groups.values() {
            self.group(group);
        }
        self.circles();
    }

    fn group(&mut self, entry: &'a Entry<GroupEntry>) {
        let group = &entry.value;
        let key = entry.name.as_str();
        let groups = self.in_groups(&group.groups);
        let roles = self.held_simply(&group.roles, key, "has");
        for role in &group.roles {
            self.alive_name(role, key, State::Active, "assigned");
        }
        let mut differs = BTreeMap::new();
        for here in group.environments.values() {
            self.known_environment(&here.name);
            let also = self.held_simply(&here.value.also, key, "also has");
            for role in &here.value.also {
                self.alive_name(role, key, State::Active, "assigned");
            }
            let mut without = BTreeSet::new();
            for name in &here.value.without {
                let Some(role) = self.known_role(name.as_str(), name.span) else { continue };
                if !roles.iter().any(|held| held.role == role) {
                    let message = format!("group `{key}` does not have `{role}` in the first place");
                    self.say(Diagnostic::error("RW144", message).at(name.span, "here").help("leave it out"));
                }
                without.insert(role);
            }
            let changes = !also.is_empty() || !without.is_empty();
            let blank = here.value.why.as_ref().is_none_or(|why| why.value.trim().is_empty());
            if changes && blank {
                let message = format!("group `{key}` differs in {} and does not say why", here.name.value);
                let help = "add `why:`; people expect an environment to be like the others";
                self.say(Diagnostic::finding("RW163", key, message).at(here.name.span, "here").help(help));
            }
            differs.insert(here.name.value.clone(), (also, without));
        }
        self.model.groups.insert(key.to_owned(), GroupFacts { groups, roles, differs });
    }

    pub(super) fn in_groups(&mut self, names: &'a [Text]) -> Vec<InGroup> {
        let known: Vec<&Text> = names.iter().filter(|name| self.known_group(name)).collect();
        known.into_iter().map(|name| InGroup { name: name.value.clone(), span: name.span }).collect()
    }

    fn known_group(&mut self, name: &Text) -> bool {
        if self.manifest.groups.contains_key(name.as_str()) {
            return true;
        }
        let known = self.manifest.groups.keys().map(String::as_str);
        let help =
            did_you_mean(name.as_str(), known).unwrap_or_else(|| "define it under `groups:`".to_owned());
        let message = format!("there is no group `{}`", name.value);
        self.say(Diagnostic::error("RW112", message).at(name.span, "not defined").help(help));
        false
    }

    /// Groups that are in one another. A circle is reported once, and taken apart: whoever walks groups after this comes to an end.
    fn circles(&mut self) {
        let mut done: BTreeSet<&str> = BTreeSet::new();
        let mut found: Vec<Vec<String>> = Vec::new();
        let groups = &self.model.groups;
        for start in groups.keys() {
            // A path of groups, each with the number of the one to look at next: recursion could be deep.
            let mut path: Vec<(&str, usize)> = vec![(start, 0)];
            let mut on_path: BTreeSet<&str> = BTreeSet::from([start.as_str()]);
            while let Some((group, next)) = path.last_mut() {
                let (group, at) = (*group, *next);
                *next += 1;
                let outer = groups.get(group).and_then(|facts| facts.groups.get(at));
                let outer = outer.and_then(|outer| groups.get_key_value(&outer.name)).map(|(name, _)| name);
                match outer {
                    Some(outer) if on_path.contains(outer.as_str()) => {
                        let circle = path.iter().skip_while(|(on, _)| on != outer);
                        found.push(circle.map(|(on, _)| (*on).to_owned()).collect());
                    }
                    Some(outer) if !done.contains(outer.as_str()) => {
                        path.push((outer, 0));
                        on_path.insert(outer);
                    }
                    Some(_) => {}
                    None => {
                        done.insert(group);
                        on_path.remove(group);
                        path.pop();
                    }
                }
            }
        }
        found.iter().for_each(|circle| self.circle(circle));
    }

    fn circle(&mut self, circle: &[String]) {
        let shown: Vec<String> =
            circle.iter().chain(circle.first()).map(|group| format!("`{group}`")).collect();
        let message = format!("groups are in one another in a circle: {}", shown.join(" is in "));
        let mut diagnostic = Diagnostic::error("RW166", message).help("take one of these lines out");
        for (at, group) in circle.iter().enumerate() {
            let outer = circle.get(at + 1).or_else(|| circle.first());
            let mut said = self.model.groups.get(group).into_iter().flat_map(|facts| &facts.groups);
            if let Some(line) = said.find(|line| Some(&line.name) == outer) {
                diagnostic = diagnostic.at(line.span, format!("`{group}` is in it"));
            }
        }
        self.say(diagnostic);
        for group in circle {
            if let Some(facts) = self.model.groups.get_mut(group) {
                facts.groups.retain(|outer| !circle.contains(&outer.name));
            }
        }
    }
}
