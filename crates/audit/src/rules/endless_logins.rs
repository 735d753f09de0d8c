#![doc = include_str!("endless_logins.md")]

use crate::holdings::logins;
use crate::told::{in_lines, several};
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Attribute, RoleName, Value};

const VALID_UNTIL: Attribute = Attribute::known("valid until");

/// The rule.
pub(super) struct EndlessLogins;

impl Rule for EndlessLogins {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("endless_logins.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Low
    }

    /// One finding for all of them: services have no end for good reasons, and three hundred lines would hide what matters.
    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let total = logins(look).count();
        let endless: Vec<&RoleName> = logins(look)
            .filter(|(_, role)| match role.attributes.get(&VALID_UNTIL) {
                None | Some(Value::Unset) => true,
                Some(Value::Text(text)) => text == "infinity",
                Some(_) => false,
            })
            .map(|(name, _)| name)
            .collect();
        if endless.is_empty() {
            return Vec::new();
        }
        let mut facts = Facts::new();
        facts.each("login", &endless);
        vec![Finding {
            rule: self.code(),
            severity: Severity::Low,
            about: About::Target,
            what: format!("has {} without an end", several(endless.len(), "logins")),
            evidence: in_lines(&format!("of {}", several(total, "logins")), endless),
            facts: facts.digest(),
            mending: Mending {
                model: Some("expires: YYYY-MM-DD   # in its entry".to_owned()),
                ..Mending::default()
            },
        }]
    }
}
