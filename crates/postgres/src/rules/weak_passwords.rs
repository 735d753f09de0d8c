#![doc = include_str!("weak_passwords.md")]

use super::PROVIDERS;
use audit::told::{in_lines, several};
use audit::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{RoleName, Stored};

/// The rule.
pub(super) struct WeakPasswords;

impl Rule for WeakPasswords {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("weak_passwords.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Medium
    }

    /// The role that the cluster was born with counts: its verifier is worth the most.
    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let Some(survey) = &look.observed.survey else { return Vec::new() };
        let Some(passwords) = &survey.passwords else { return Vec::new() };
        let weak = passwords.iter().filter(|(_, stored)| **stored == Stored::Weak).map(|(name, _)| name);
        let weak: Vec<&RoleName> = weak.filter(|name| !PROVIDERS.contains(&name.as_str())).collect();
        if weak.is_empty() {
            return Vec::new();
        }
        let mut facts = Facts::new();
        facts.each("weak", &weak);
        let mut evidence = in_lines(&format!("of {}", several(passwords.len(), "roles")), &weak);
        let encryption = survey.settings.iter().find(|(name, _)| name.as_str() == "password_encryption");
        if let Some((_, value)) = encryption.filter(|(_, value)| value.as_str() != "scram-sha-256") {
            facts.add("password_encryption", &[value]);
            evidence.insert(0, format!("password_encryption is {value}, so new ones are weak too"));
        }
        vec![Finding {
            rule: self.code(),
            severity: Severity::Medium,
            about: About::Target,
            what: format!("keeps the passwords of {} as MD5", several(weak.len(), "roles")),
            evidence,
            facts: facts.digest(),
            mending: Mending::default(),
        }]
    }
}
