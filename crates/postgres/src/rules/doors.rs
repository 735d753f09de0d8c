#![doc = include_str!("doors.md")]

use audit::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Door, Proof, Whence};

/// The rule.
pub(super) struct Doors;

impl Rule for Doors {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("doors.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Critical
    }

    /// One finding for each kind of open door, whatever the number of lines: they are all in one file.
    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let doors =
            look.observed.survey.as_ref().and_then(|survey| survey.doors.as_deref()).unwrap_or_default();
        WRONG.iter().filter_map(|wrong| self.finding(wrong, doors)).collect()
    }
}

/// A kind of door that should not be open.
struct Wrong {
    severity: Severity,
    what: &'static str,
    is: fn(&Door) -> bool,
}

const WRONG: [Wrong; 4] = [
    Wrong {
        severity: Severity::Critical,
        what: "over the network, whoever comes is believed to be who they say",
        is: |door| door.proof == Proof::None && door.from != Whence::Here,
    },
    Wrong {
        severity: Severity::High,
        what: "passwords are taken in clear over connections that need not be encrypted",
        is: |door| door.proof == Proof::Password && door.plain && door.from != Whence::Here,
    },
    Wrong {
        severity: Severity::Medium,
        what: "on the server's own machine, whoever comes is believed to be who they say",
        is: |door| door.proof == Proof::None && door.from == Whence::Here,
    },
    Wrong {
        severity: Severity::Medium,
        what: "every role may try to log in from every address",
        is: |door| {
            door.everybody
                && door.from == Whence::Anywhere
                && !matches!(door.proof, Proof::None | Proof::Refused)
        },
    },
];

impl Doors {
    fn finding(&self, wrong: &Wrong, doors: &[Door]) -> Option<Finding> {
        let mut facts = Facts::new();
        // Where a line stands changes with every line above it.
        let open =
            doors.iter().filter(|door| (wrong.is)(door)).inspect(|door| facts.add("door", &[&door.text]));
        let evidence: Vec<String> = open.map(|door| format!("{}: {}", door.place, door.text)).collect();
        (!evidence.is_empty()).then(|| Finding {
            rule: self.code(),
            severity: wrong.severity,
            about: About::Target,
            what: wrong.what.to_owned(),
            evidence,
            facts: facts.digest(),
            mending: Mending::default(),
        })
    }
}
