//! What the model's language has no words for, gathered so that nothing is lost without a word.

use crate::seen::Seen;
use std::collections::BTreeMap;

/// How many things of one sort are named; of more, how many there are.
const NAMED: usize = 12;

/// Things of a sort: what is said of them, and which they are.
#[derive(Debug, Default)]
pub(crate) struct Unsaid(BTreeMap<String, Vec<String>>);

impl Unsaid {
    /// Notes one thing. Those of which the same is said stand in one line.
    pub(crate) fn note(&mut self, what: impl Into<String>, which: impl Into<String>) {
        self.0.entry(what.into()).or_default().push(which.into());
    }

    /// A line for each sort.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |(what, which): (&String, &Vec<String>)| {
            let named = which.iter().filter(|one| !one.is_empty()).take(NAMED).cloned().collect::<Vec<_>>();
            let more = match which.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            if named.is_empty() { what.clone() } else { format!("{what}: {}{more}", named.join("; ")) }
        };
        self.0.iter().map(line).collect()
    }
}

/// Facts that no role of a model holds, and what the look itself could not see.
pub(crate) fn beside_roles(seen: &Seen<'_>) -> Unsaid {
    let mut unsaid = Unsaid::default();
    let (access, observed) = (&seen.observed.access, seen.observed);
    for (key, value) in access.settings.iter().filter(|(key, _)| key.role.is_none()) {
        let place = key.database.as_ref().map_or_else(String::new, |name| format!(" in database {name}"));
        unsaid.note("settings for everybody", format!("{} = {value}{place}", key.name));
    }
    for (on, security) in &access.row_security {
        let forced = if security.forced { " (forced)" } else { "" };
        unsaid.note("row security", format!("{on}{forced}"));
    }
    for key in access.policies.keys() {
        unsaid.note("row-security policies", format!("{} on {}", key.name, key.on));
    }
    for key in access.mappings.keys() {
        unsaid.note("user mappings, which hold credentials", format!("of {} on {}", key.to, key.server));
    }
    for note in observed.notes.iter().filter(|note| note.about != "password verifiers") {
        unsaid.note(note.what.clone(), note.about.clone());
    }
    for database in observed.not_looked_at.iter().filter(|name| !observed.unread.contains_key(*name)) {
        unsaid.note("databases that were not looked at", database.as_str());
    }
    if access.roles.iter().any(|(role, facts)| {
        let login = facts.attributes.get(&model::Attribute::known("login"));
        seen.is_inside(role) && login == Some(&model::Value::Flag(true))
    }) {
        unsaid.note("passwords: they stay as they are, and a role made anew has none", "");
    }
    unsaid
}
