#![doc = include_str!("in_quarantine.md")]

use crate::{About, Compared, Facts, Finding, Look, Manual, Mending, Rule, Severity};

/// The rule.
pub(super) struct InQuarantine;

impl Rule for InQuarantine {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("in_quarantine.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Low
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let Some(Compared::Differs { desired, .. }) = look.compared else { return Vec::new() };
        let told = desired.quarantined.iter().map(|(role, ties)| {
            let mut facts = Facts::new();
            ties.iter().for_each(|tie| facts.add("tied", &[&tie.database, &tie.what]));
            Finding {
                rule: self.code(),
                severity: Severity::Low,
                about: About::Role(role.clone()),
                what: "is retired, and the server does not let it go".to_owned(),
                evidence: ties
                    .iter()
                    .map(|tie| format!("{} in database {}", tie.what, tie.database))
                    .collect(),
                facts: facts.digest(),
                mending: Mending::default(),
            }
        });
        told.collect()
    }
}
