#![doc = include_str!("copies.md")]

use crate::told::{listed, several};
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::Survey;

/// The rule.
pub(super) struct Copies;

impl Rule for Copies {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("copies.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Info
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let Some(survey) = &look.observed.survey else { return Vec::new() };
        let standby = look.observed.at.standby.then(|| {
            self.finding(
                "is a copy: who is connected to the first server was not seen".to_owned(),
                "it follows another server and takes no changes".to_owned(),
                Facts::new(),
            )
        });
        let followed = (!survey.copies.is_empty()).then(|| self.followed(survey));
        standby.into_iter().chain(followed).collect()
    }
}

impl Copies {
    fn followed(&self, survey: &Survey) -> Finding {
        let names = survey.copies.iter().map(|copy| {
            let name = if copy.name.is_empty() { "a program without a name" } else { &copy.name };
            match &copy.address {
                Some(address) => format!("{name} at {address}"),
                None if survey.addresses_known => name.to_owned(),
                None => {
                    format!("{name} (from where, and whether it is a backup, is not visible to this login)")
                }
            }
        });
        let what =
            format!("who is connected to {} of it was not seen", several(survey.copies.len(), "copies"));
        let what = what.replace("1 copie ", "1 copy ");
        let mut facts = Facts::new();
        for copy in &survey.copies {
            facts.add("copied by", &[&copy.name, &copy.address]);
        }
        self.finding(what, format!("copied by {}", listed(names)), facts)
    }

    fn finding(&self, what: String, fact: String, facts: Facts) -> Finding {
        Finding {
            rule: self.code(),
            severity: Severity::Info,
            about: About::Target,
            what,
            evidence: vec![fact],
            facts: facts.digest(),
            mending: Mending::default(),
        }
    }
}
