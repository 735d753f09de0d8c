#![doc = include_str!("direct_grant.md")]

use crate::belongings::Belongings;
use crate::{About, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Kind, RoleName};

const DATABASE: Kind = Kind::known("database");

/// The rule.
pub(super) struct DirectGrant;

impl Rule for DirectGrant {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("direct_grant.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Medium
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let Some(meant) = look.meant else { return Vec::new() };
        let holdings = Belongings::of(look, |role| meant.people.contains(role));
        let people = meant.people.iter().filter(|role| look.logs_in(role));
        people.filter_map(|person| self.of_person(&holdings, person)).collect()
    }
}

impl DirectGrant {
    /// To connect is not counted: every login needs it, and the model gives it with the login.
    fn of_person(&self, holdings: &Belongings<'_>, person: &RoleName) -> Option<Finding> {
        let direct = holdings.entries(person).iter().filter(|entry| entry.on.kind != DATABASE);
        let evidence: Vec<String> = direct
            .map(|entry| {
                let operations = entry.held.iter().map(|(operation, _)| operation.to_string());
                let on = About::Object(entry.on.clone());
                format!("holds {} on {on}", operations.collect::<Vec<_>>().join(", "))
            })
            .collect();
        let model = "grant it to a role with a purpose, and let the person have that role".to_owned();
        (!evidence.is_empty()).then(|| Finding {
            rule: self.code(),
            severity: Severity::Medium,
            about: About::Role(person.clone()),
            what: "is a person's login and is granted something directly".to_owned(),
            evidence,
            mending: Mending { model: Some(model), ..Mending::default() },
        })
    }
}
