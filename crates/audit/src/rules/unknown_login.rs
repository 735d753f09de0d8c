#![doc = include_str!("unknown_login.md")]

use super::leaver::is_ours;
use crate::held::Holdings;
use crate::{About, Finding, Look, Manual, Meant, Mending, Rule, Severity};
use model::RoleName;

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
        let strangers = look
            .logins()
            .filter(|(name, role)| !meant.knows(name) && !look.is_managed(name) && !is_ours(role));
        let strangers: Vec<&RoleName> = strangers.map(|(name, _)| name).collect();
        let holdings = Holdings::of(look, |role| strangers.binary_search(&role).is_ok());
        strangers.into_iter().map(|name| self.finding(meant, &holdings, name)).collect()
    }
}

impl UnknownLogin {
    fn finding(&self, meant: &Meant, holdings: &Holdings<'_>, name: &RoleName) -> Finding {
        let ours = holdings.roles(name).iter().filter(|role| meant.intent.roles.contains_key(**role));
        let ours = ours.map(ToString::to_string).collect::<Vec<_>>();
        let mut evidence = holdings.facts(name);
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
            mending: Mending {
                model: Some(format!("external_roles: [{name}]  # if it is managed elsewhere")),
                ..Mending::default()
            },
        }
    }
}
