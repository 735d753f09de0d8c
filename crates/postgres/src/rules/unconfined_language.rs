#![doc = include_str!("unconfined_language.md")]

use crate::quote::literal;
use crate::words::operation;
use audit::told::listed;
use audit::{About, Facts, Finding, Look, Manual, Mending, Offered, Rule, Severity};
use model::{Object, Principal};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The rule.
pub(super) struct UnconfinedLanguage;

impl Rule for UnconfinedLanguage {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("unconfined_language.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Critical
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let languages = look.observed.survey.iter().flat_map(|survey| &survey.unconfined);
        languages.map(|language| self.finding(look, language)).collect()
    }
}

impl UnconfinedLanguage {
    /// A language that is not in the catalogue stands as it was made, and then everybody has USAGE.
    fn finding(&self, look: &Look<'_>, language: &Arc<Object>) -> Finding {
        let name = language.path.last().map(ToString::to_string).unwrap_or_default();
        let listed_there = look.observed.access.entries.get(language);
        let users: BTreeSet<&Principal> = listed_there
            .into_iter()
            .flatten()
            .filter(|(_, held)| held.get(&operation::USAGE).is_some())
            .map(|(holder, _)| &holder.to)
            .collect();
        let mut facts = Facts::new().with("as it was made", &[&listed_there.is_none()]);
        for (holder, held) in listed_there.into_iter().flatten() {
            facts.entry(language, holder, held);
        }
        let who = if listed_there.is_none() { "PUBLIC".to_owned() } else { listed(users) };
        let mark = format!(
            "UPDATE pg_catalog.pg_language SET lanpltrusted = false WHERE lanname = {}",
            literal(&name)
        );
        Finding {
            rule: self.code(),
            severity: Severity::Critical,
            about: About::Object(language.clone()),
            what: "code in it does what the server's account may, and it is marked as trusted".to_owned(),
            evidence: vec![format!("may be used by {who}")],
            facts: facts.digest(),
            mending: Mending::with(vec![Offered::about(language, mark)]),
        }
    }
}
