//! Separation of duties and dual control: their shape. Their engines judge who violates them.

use super::Compiler;
use crate::check::said_twice;
use crate::diagnostic::Diagnostic;
use crate::manifest::{DualControlEntry, DutiesEntry, SeparationEntry, Text};
use crate::nearest::did_you_mean;
use crate::phrase::{Phrase, Places};
use crate::source::Span;
use ::model::Vocabulary;
use std::collections::{BTreeMap, BTreeSet};

impl<'a> Compiler<'a> {
    pub(super) fn duties(&mut self) {
        let manifest = self.manifest;
        let mut names: BTreeMap<&str, Span> = BTreeMap::new();
        let separations = manifest.separation_of_duties.iter().map(|entry| &entry.name);
        for name in separations.chain(manifest.dual_control.iter().map(|entry| &entry.name)) {
            if let Some(first) = names.insert(name.as_str(), name.span) {
                self.say(said_twice(name.as_str(), name.span, first));
            }
        }
        for separation in &manifest.separation_of_duties {
            self.separation(separation);
        }
        for control in &manifest.dual_control {
            self.dual_control(control);
        }
    }

    fn separation(&mut self, entry: &'a SeparationEntry) {
        if entry.on_assignment.is_none() && entry.on_session.is_none() {
            let message = format!("`{}` separates nothing", entry.name.value);
            let help = "write `static: { roles: [a, b], cardinality: 2 }`, or `dynamic:` for sessions";
            self.say(Diagnostic::error("RW162", message).at(entry.name.span, "here").help(help));
        }
        for duties in [&entry.on_assignment, &entry.on_session].into_iter().flatten() {
            self.set(&entry.name, duties);
        }
        let no_memory = [
            entry.on_session.as_ref(),
            entry.on_assignment.as_ref().filter(|duties| !duties.permissions.is_empty()),
        ];
        for within in no_memory.into_iter().flatten().filter_map(|duties| duties.within.as_ref()) {
            let message = format!("`{}` remembers what nobody keeps", entry.name.value);
            let help = "`within` is for roles under `static:`, whose ends the model knows";
            self.say(Diagnostic::error("RW162", message).at(within.span, "here").help(help));
        }
    }

    fn set(&mut self, name: &Text, duties: &'a DutiesEntry) {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for member in duties.roles.iter().chain(&duties.permissions) {
            if let Some(first) = seen.insert(member.as_str(), member.span) {
                let message = format!("`{}` is in the set of `{}` twice", member.value, name.value);
                self.say(Diagnostic::error("RW162", message).at(member.span, "again").at(first, "first"));
            }
        }
        if duties.roles.is_empty() == duties.permissions.is_empty() {
            let message = format!("`{}` takes roles or permissions", name.value);
            let help = "write one of the two; a role counts with all that it is authorised for";
            self.say(Diagnostic::error("RW162", message).at(duties.span, "here").help(help));
        }
        for role in &duties.roles {
            self.known_role(role.as_str(), role.span);
        }
        for permission in &duties.permissions {
            if let Some(claim) = self.claim(true, permission) {
                self.model.permissions.insert(permission.span, claim);
            }
        }
        let (members, Some(cardinality)) = (seen.len(), &duties.cardinality) else { return };
        let size = usize::try_from(cardinality.value).unwrap_or(usize::MAX);
        if size < 2 || size > members {
            let message = format!("the cardinality of `{}` is {size}, its set has {members}", name.value);
            let help = "it says how many are too many for one person: from 2 to all of them";
            self.say(
                Diagnostic::error("RW162", message).at(cardinality.span, "not from 2 to all").help(help),
            );
        }
    }

    /// A permission as `database: phrase`, with its text without the database.
    pub(super) fn permission(
        &mut self,
        text: &Text,
    ) -> Option<(usize, &'a Vocabulary, Text, Phrase, Places)> {
        let Some((database, phrase)) = text.value.split_once(':') else {
            let message = "a permission is `database: phrase`";
            let help = "such as `shop: select on table sales.orders`";
            self.say(Diagnostic::error("RW130", message).at(text.span, "names no database").help(help));
            return None;
        };
        let part = |inner: &str| {
            let start = inner.as_ptr().addr() - text.value.as_ptr().addr();
            let span = text.part(start, start + inner.len());
            Text { value: inner.to_owned(), span, exact: text.exact }
        };
        let (database, phrase) = (part(database.trim()), part(phrase.trim()));
        let (number, words) = self.database(&database)?;
        let (parsed, places) = self.phrase(&phrase, words)?;
        let plain = parsed.reach.creators().is_empty()
            && !parsed.delegable
            && parsed.granted_by.is_none()
            && parsed.objects.except.is_empty()
            && !parsed.privileges.is_empty();
        if !plain {
            let message = "a permission is privileges on objects, and nothing more";
            let help = "such as `shop: update (status) on table sales.orders`";
            self.say(Diagnostic::error("RW134", message).at(phrase.span, "more than that").help(help));
            return None;
        }
        Some((number, words, phrase, parsed, places))
    }

    fn dual_control(&mut self, entry: &'a DualControlEntry) {
        for place in &entry.on {
            let (database, environment) = match place.value.split_once('/') {
                Some((database, environment)) => (database, Some(environment)),
                None => (place.as_str(), None),
            };
            let end = database.len();
            let named = Text { value: database.to_owned(), span: place.part(0, end), exact: place.exact };
            self.database(&named);
            if let Some(environment) = environment {
                let span = place.part(end + 1, place.value.len());
                self.known_environment(&Text { value: environment.to_owned(), span, exact: place.exact });
            }
        }
        let mut groups = 0_usize;
        for approver in &entry.approvers {
            if self.manifest.groups.contains_key(approver.as_str()) {
                groups += 1;
            } else {
                self.known_role(approver.as_str(), approver.span);
            }
        }
        let approvals = entry.approvals.as_ref().map_or(1, |approvals| approvals.value);
        let empty = entry.approvers.is_empty() && groups == 0;
        if approvals == 0 || empty {
            let span = entry.approvals.as_ref().map_or(entry.name.span, |approvals| approvals.span);
            let message = format!("`{}` asks nobody", entry.name.value);
            let help = "name approvers, and ask for one approval or more";
            self.say(Diagnostic::error("RW162", message).at(span, "here").help(help));
        }
        self.controlled(entry);
    }

    /// The operations are statements' words as well as privileges: only slips of privileges are reported.
    fn controlled(&mut self, entry: &'a DualControlEntry) {
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for operation in &entry.operations {
            let lower = operation.value.to_ascii_lowercase();
            let wordy = lower.chars().all(|c| c.is_ascii_lowercase() || c == ' ') && !lower.trim().is_empty();
            if !wordy || !seen.insert(lower.clone()) {
                let message = format!("`{}` is not an operation, or is here twice", operation.value);
                let help =
                    did_you_mean(&lower, ["drop", "truncate", "delete", "update", "alter table", "grant"])
                        .unwrap_or_else(|| "such as `drop`, `truncate` or `alter table`".to_owned());
                self.say(Diagnostic::error("RW162", message).at(operation.span, "here").help(help));
            }
        }
    }
}
