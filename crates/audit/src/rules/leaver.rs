#![doc = include_str!("leaver.md")]

use crate::held::Holdings;
use crate::{About, Finding, Look, Manual, Meant, Mending, Remedy, Rule, Severity};
use model::{Attribute, Change, Role, RoleName, Value};

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
        let gone: Vec<(&RoleName, &str)> =
            look.logins().filter_map(|(name, role)| Some((name, left(look, meant, name, role)?))).collect();
        let names: Vec<&RoleName> = gone.iter().map(|(name, _)| *name).collect();
        let holdings = Holdings::of(look, |role| names.binary_search(&role).is_ok());
        gone.into_iter().map(|(name, why)| self.finding(look, &holdings, name, why)).collect()
    }
}

impl Leaver {
    fn finding(&self, look: &Look<'_>, holdings: &Holdings<'_>, name: &RoleName, why: &str) -> Finding {
        let mut evidence = vec![why.to_owned()];
        evidence.extend(holdings.facts(name));
        let change = Change::Attribute {
            role: name.clone(),
            attribute: Attribute::known("login"),
            from: Value::Flag(true),
            to: Value::Flag(false),
        };
        let known = look.meant.is_some_and(|meant| meant.knows(name));
        let model = (!known).then(|| format!("roles: {{ {name}: {{ state: retired }} }}"));
        Finding {
            rule: self.code(),
            severity: Severity::High,
            about: About::Role(name.clone()),
            what: "can still log in, and should be gone".to_owned(),
            evidence,
            mending: Mending { remedy: Remedy::Changes(vec![change]), model },
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
