#![doc = include_str!("leaver.md")]

use crate::holdings::Holdings;
use crate::{About, Facts, Finding, Look, Manual, Meant, Mending, Rule, Severity};
use model::{Attribute, Change, Role, RoleName, Value};
use std::collections::BTreeMap;

/// The rule.
pub(super) struct Leaver;

impl Rule for Leaver {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("leaver.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let Some(meant) = look.meant else { return Vec::new() };
        let gone: BTreeMap<&RoleName, &Role> =
            look.logins().filter(|(name, role)| left(look, meant, name, role).is_some()).collect();
        let holdings = Holdings::of(look, &gone);
        let told = gone.into_iter().filter_map(|(name, role)| {
            let why = left(look, meant, name, role)?;
            let mut evidence = vec![why.to_owned()];
            evidence.extend(holdings.evidence(name, look, role));
            let mut facts = Facts::new();
            holdings.tell(name, look, role, &mut facts);
            Some(self.finding(meant, name, evidence, facts.with("should be gone", &[&why])))
        });
        told.collect()
    }
}

impl Leaver {
    fn finding(&self, meant: &Meant, name: &RoleName, evidence: Vec<String>, facts: Facts) -> Finding {
        let change = Change::Attribute {
            role: name.clone(),
            attribute: Attribute::known("login"),
            from: Value::Flag(true),
            to: Value::Flag(false),
        };
        let model = (!meant.knows(name)).then(|| format!("roles: {{ {name}: {{ state: retired }} }}"));
        Finding {
            rule: self.code(),
            severity: Severity::High,
            about: About::Role(name.clone()),
            what: "can still log in, and should be gone".to_owned(),
            evidence,
            facts: facts.digest(),
            mending: Mending {
                model,
                ..Mending::by(vec![change]).but_first(
                    "sessions that are open stay: look in pg_stat_activity, and end them with pg_terminate_backend",
                )
            },
        }
    }
}

/// Why the login should be gone.
fn left(look: &Look<'_>, meant: &Meant, name: &RoleName, role: &Role) -> Option<&'static str> {
    if meant.intent.absent.contains_key(name) {
        return Some("the model has retired it");
    }
    (is_ours(role) && !meant.knows(name) && !look.is_managed(name))
        .then_some("its comment bears the mark of Rolewright, and the model has it no longer")
}

/// True if the role's comment ends in the line for programs that only a plan writes.
pub(super) fn is_ours(role: &Role) -> bool {
    let comment = role.comment.as_deref().unwrap_or_default();
    comment.lines().next_back().is_some_and(|line| line.starts_with("rolewright/1 "))
}
