#![doc = include_str!("crowded_list.md")]

use audit::told::several;
use audit::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};

/// From here on there is time enough to do something about it.
const MANY: usize = 1_000;
/// From here on there is not.
const NEARLY_FULL: usize = 2_000;
/// Near which the server's row is full, for a table that has nothing else in its row.
const FULL: usize = 2_444;

/// The rule.
pub(super) struct CrowdedList;

impl Rule for CrowdedList {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("crowded_list.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let crowded = look.observed.access.entries.iter().filter(|(_, acl)| acl.len() >= MANY);
        crowded
            .map(|(object, acl)| Finding {
                rule: self.code(),
                severity: if acl.len() >= NEARLY_FULL { Severity::High } else { Severity::Medium },
                about: About::Object(object.clone()),
                what: "its list of privileges fills up".to_owned(),
                evidence: vec![format!(
                    "{} of some {FULL} that there is room for",
                    several(acl.len(), "entries")
                )],
                facts: Facts::new().with("entries", &[&(acl.len() as u64)]).digest(),
                mending: Mending::default(),
            })
            .collect()
    }
}
