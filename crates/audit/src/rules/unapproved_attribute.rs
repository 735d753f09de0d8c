#![doc = include_str!("unapproved_attribute.md")]

use crate::{About, Facts, Finding, Look, Manual, Meant, Mending, Rule, Severity};
use model::{Attribute, Change, Role, RoleName, Value};

/// How memberships of the role begin: no power of its own.
const INHERIT: Attribute = Attribute::known("inherit");

/// The rule.
pub(super) struct UnapprovedAttribute;

impl Rule for UnapprovedAttribute {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("unapproved_attribute.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let Some(meant) = look.meant else { return Vec::new() };
        let roles = look.observed.access.roles.iter();
        let judged = roles.filter(|(name, _)| !look.is_engines_own(name) && !look.is_managed(name));
        judged.filter_map(|(name, role)| self.of_role(look, meant, name, role)).collect()
    }
}

impl UnapprovedAttribute {
    fn of_role(&self, look: &Look<'_>, meant: &Meant, name: &RoleName, role: &Role) -> Option<Finding> {
        let wanted = meant.intent.roles.get(name);
        let given = |flag: &Attribute| {
            wanted.is_some_and(|wanted| wanted.attributes.get(flag) == Some(&Value::Flag(true)))
        };
        let flags = look.dialect.vocabulary().flags.iter().filter(|flag| **flag != INHERIT);
        let flags: Vec<&Attribute> = flags
            .filter(|flag| role.attributes.get(flag) == Some(&Value::Flag(true)) && !given(flag))
            .collect();
        if flags.is_empty() || meant.external.contains(name) {
            return None;
        }
        let mut facts = Facts::new().with("known", &[&meant.knows(name)]);
        facts.each("has", &flags);
        let words = flags.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let who =
            if meant.knows(name) { "the model does not give it" } else { "the model does not know the role" };
        let changes = flags.into_iter().map(|flag| Change::Attribute {
            role: name.clone(),
            attribute: flag.clone(),
            from: Value::Flag(true),
            to: Value::Flag(false),
        });
        Some(Finding {
            rule: self.code(),
            severity: Severity::High,
            about: About::Role(name.clone()),
            what: format!("has {words}, which nobody approved"),
            evidence: vec![format!("{name} has {words}"), who.to_owned()],
            facts: facts.digest(),
            mending: Mending {
                model: Some(format!("attributes: [{words}]   # in the entry of its role, if it is meant")),
                ..Mending::by(changes.collect()).but_first(
                    "what it does by right of that stops: look at what its sessions do (RW402 says where)",
                )
            },
        })
    }
}
