#![doc = include_str!("unlimited_logins.md")]

use crate::holdings::logins;
use crate::told::{in_lines, several};
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Attribute, RoleName, Value};

const CONNECTION_LIMIT: Attribute = Attribute::known("connection limit");
/// No limit binds one.
const SUPERUSER: Attribute = Attribute::known("superuser");

/// The rule.
pub(super) struct UnlimitedLogins;

impl Rule for UnlimitedLogins {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("unlimited_logins.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Low
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let bound: Vec<_> = logins(look).filter(|(name, _)| !look.has(name, &SUPERUSER)).collect();
        let free = bound
            .iter()
            .filter(|(_, role)| matches!(role.attributes.get(&CONNECTION_LIMIT), Some(Value::Number(limit)) if *limit < 0));
        let free: Vec<&RoleName> = free.map(|(name, _)| *name).collect();
        if free.is_empty() {
            return Vec::new();
        }
        let mut facts = Facts::new();
        facts.each("login", &free);
        vec![Finding {
            rule: self.code(),
            severity: Severity::Low,
            about: About::Target,
            what: format!("has {} without a connection limit", several(free.len(), "logins")),
            evidence: in_lines(&format!("of {}", several(bound.len(), "logins")), free),
            facts: facts.digest(),
            mending: Mending {
                model: Some("connection_limit: 20   # in its entry".to_owned()),
                ..Mending::default()
            },
        }]
    }
}
