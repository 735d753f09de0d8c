//! Owners: where the model knows some of those who answer for things, one that it does not know is gone or misspelt.

use super::Compiler;
use crate::diagnostic::Diagnostic;
use crate::manifest::Text;
use crate::nearest::did_you_mean;
use std::collections::BTreeSet;

impl<'a> Compiler<'a> {
    /// Only a model that itself names owners among its groups, users and people is asked: teams of others live in a
    /// directory that nobody reads here.
    pub(super) fn owners(&mut self) {
        let manifest = self.manifest;
        let accounts = manifest.people.values().flat_map(|person| &person.value).map(Text::as_str);
        let names = manifest.people.keys().chain(manifest.groups.keys()).chain(manifest.users.keys());
        let known: BTreeSet<&str> = names.map(String::as_str).chain(accounts).collect();
        let owned: Vec<(&'a Text, &'a Text)> = self.owned();
        if !owned.iter().any(|(_, owner)| known.contains(owner.as_str())) {
            return;
        }
        for (name, owner) in owned.into_iter().filter(|(_, owner)| !known.contains(owner.as_str())) {
            let message =
                format!("the owner of `{}` is nobody that the model knows: `{}`", name.value, owner.value);
            let help = did_you_mean(owner.as_str(), known.iter().copied())
                .unwrap_or_else(|| "name a group, a user or a person of the model".to_owned());
            let finding = Diagnostic::finding("RW148", name.as_str(), message);
            self.say(finding.at(owner.span, "not among groups, users and people").help(help));
        }
    }

    /// What has an owner, with the owner.
    fn owned(&self) -> Vec<(&'a Text, &'a Text)> {
        let manifest = self.manifest;
        let retired = |role: &crate::RoleEntry| {
            role.state.as_ref().is_some_and(|state| state.value == crate::State::Retired)
        };
        let roles = manifest.roles.values().filter(|entry| !retired(&entry.value));
        let roles = roles.filter_map(|entry| Some((&entry.name, entry.value.owner.as_ref()?)));
        let accounts = manifest.service_accounts.values();
        let accounts = accounts.filter_map(|entry| Some((&entry.name, entry.value.owner.as_ref()?)));
        let reviews = manifest.reviewed_routines.iter().map(|review| (&review.on, &review.reviewed_by));
        let said = |(_, owner): &(&Text, &Text)| !owner.value.trim().is_empty();
        roles.chain(accounts).chain(reviews).filter(said).collect()
    }
}
