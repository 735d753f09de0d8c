#![doc = include_str!("holds_more.md")]

use crate::difference::{Weight, by_holder, leaves};
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Change, RoleName};

/// The rule.
pub(super) struct HoldsMore;

impl Rule for HoldsMore {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("holds_more.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    /// A login that the model takes away has a rule of its own: it is a leaver.
    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let leaves = |about: &About| match about {
            About::Role(role) => leaves(look, role),
            _ => false,
        };
        let differing = by_holder(look).into_iter().filter(|(about, _)| !leaves(about));
        differing
            .filter(|(_, sides)| !sides.more.is_empty())
            .map(|(about, sides)| {
                let limits = sides.more.iter().all(|bit| bit.weight == Weight::Limit);
                let exists = sides.more.iter().any(|bit| bit.weight == Weight::Existence);
                let what = match (exists, limits) {
                    (true, _) => "still exists although the model has retired it",
                    (_, true) => "is under wider limits than the model gives it",
                    (_, false) => "holds more than the model gives it",
                };
                let mut facts = Facts::new();
                sides.more.iter().for_each(|bit| facts.difference(&bit.change));
                let is_a_person =
                    |role: &RoleName| look.meant.is_some_and(|meant| meant.people.contains(role));
                let direct = sides.more.iter().any(|bit| matches!(bit.change, Change::Entry { .. }));
                let model = matches!(&about, About::Role(role) if direct && is_a_person(role)).then(|| {
                    "what is needed: grant it to a role with a purpose, and let the person have that role"
                        .to_owned()
                });
                let changes: Vec<Change> = sides.more.iter().map(|bit| bit.change.clone()).collect();
                Finding {
                    rule: self.code(),
                    severity: if limits { Severity::Medium } else { Severity::High },
                    about,
                    what: what.to_owned(),
                    evidence: sides.more.into_iter().map(|bit| bit.fact).collect(),
                    facts: facts.digest(),
                    mending: Mending { model, ..Mending::by_a_plan(changes) },
                }
            })
            .collect()
    }
}
