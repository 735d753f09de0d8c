#![doc = include_str!("unknown_login.md")]

use super::leaver::{Whole, is_stranger};
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Role, RoleName};
use std::collections::BTreeMap;

/// The rule.
pub(super) struct UnknownLogin;

impl Rule for UnknownLogin {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("unknown_login.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let Some(meant) = look.meant else { return Vec::new() };
        let strangers = look.logins().filter(|(name, role)| is_stranger(look, meant, name, role));
        let strangers: BTreeMap<&RoleName, &Role> = strangers.collect();
        let whole = Whole::of(look, &strangers);
        let told = strangers.into_iter().map(|(name, role)| {
            let ours = whole.member_of(name).into_iter();
            let ours = ours.filter(|role| meant.intent.roles.contains_key(*role));
            let ours = ours.map(ToString::to_string).collect::<Vec<_>>();
            let (evidence, mut facts) = whole.tell(look, name, role);
            facts.each("of the model", &ours);
            self.finding(name, &ours, evidence, facts)
        });
        told.collect()
    }
}

impl UnknownLogin {
    fn finding(&self, name: &RoleName, ours: &[String], mut evidence: Vec<String>, facts: Facts) -> Finding {
        let (severity, what) = match (ours.is_empty(), evidence.is_empty()) {
            (false, _) => (Severity::High, "can log in, is unknown to the model, and holds roles of it"),
            (true, false) => (Severity::Medium, "can log in and is unknown to the model"),
            (true, true) => {
                (Severity::Low, "can log in, is unknown to the model, and holds nothing of its own")
            }
        };
        if !ours.is_empty() {
            evidence.push(format!("of these the model's: {}", ours.join(", ")));
        }
        Finding {
            rule: self.code(),
            severity,
            about: About::Role(name.clone()),
            what: what.to_owned(),
            evidence,
            facts: facts.digest(),
            mending: Mending {
                model: Some(format!("external_roles: [{name}]  # if it is managed elsewhere")),
                ..Mending::default()
            },
        }
    }
}
