#![doc = include_str!("direct_grant.md")]

use crate::belongings::Belongings;
use crate::surplus::Surplus;
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Held, Kind, Operation, RoleName};

const DATABASE: Kind = Kind::known("database");
const CONNECT: Operation = Operation::known("connect");

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
        // What the model does not give a person is told with the rest of that, by a rule of its own.
        let told = Surplus::of(look);
        let holdings = Belongings::of(look, |role| meant.people.contains(role));
        let people = meant.people.iter().filter(|role| look.logs_in(role));
        people.filter_map(|person| self.of_person(&holdings, &told, person)).collect()
    }
}

impl DirectGrant {
    fn of_person(&self, holdings: &Belongings<'_>, told: &Surplus<'_>, person: &RoleName) -> Option<Finding> {
        let mut facts = Facts::new();
        let mut evidence = Vec::new();
        for entry in holdings.entries(person) {
            let held = told.rest(entry.on, entry.holder, entry.held);
            let held = beyond_connecting(&entry.on.kind, &held);
            if held.is_empty() {
                continue;
            }
            facts.entry(entry.on, entry.holder, &held);
            let one = |(operation, star): (&Operation, bool)| {
                format!("{operation}{}", if star { " with grant option" } else { "" })
            };
            let operations = held.iter().map(one).collect::<Vec<_>>();
            let on = About::Object(entry.on.clone());
            evidence.push(format!("holds {} on {on}", operations.join(", ")));
        }
        let model = "grant it to a role with a purpose, and let the person have that role".to_owned();
        (!evidence.is_empty()).then(|| Finding {
            rule: self.code(),
            severity: Severity::Medium,
            about: About::Role(person.clone()),
            what: "is a person's login and is granted something directly".to_owned(),
            evidence,
            facts: facts.digest(),
            mending: Mending { model: Some(model), ..Mending::default() },
        })
    }
}

/// What is left of an entry when its holder may connect, which every login needs and the model gives with the login. To
/// hand that on is more than anybody needs.
pub(super) fn beyond_connecting(kind: &Kind, held: &Held) -> Held {
    if *kind != DATABASE {
        return held.clone();
    }
    let more = held.iter().filter(|(operation, star)| **operation != CONNECT || *star);
    more.map(|(operation, star)| (operation.clone(), star)).collect()
}
