#![doc = include_str!("contained_role.md")]

use crate::sets::Sets;
use crate::told::listed;
use crate::{About, Finding, Look, Manual, Mending, Rule, Severity};
use model::RoleName;

/// One privilege alone is in many roles, and says nothing.
const FEWEST: usize = 2;

/// The rule.
pub(super) struct ContainedRole;

impl Rule for ContainedRole {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("contained_role.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Info
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let sets = Sets::of(look);
        let contained = sets.contained(FEWEST).into_iter();
        contained.map(|(role, wider, facts)| self.finding(&sets, role, &wider, facts)).collect()
    }
}

impl ContainedRole {
    fn finding(&self, sets: &Sets<'_>, role: &RoleName, wider: &[&RoleName], facts: &[u32]) -> Finding {
        Finding {
            rule: self.code(),
            severity: Severity::Info,
            about: About::Role(role.clone()),
            what: "all that it holds is held by a wider role as well, which does not inherit it".to_owned(),
            evidence: vec![format!("it {}", sets.told(facts)), format!("wider: {}", listed(wider))],
            mending: Mending {
                model: wider
                    .first()
                    .map(|wider| format!("{wider}: {{ inherits: [{role}] }}   # instead of its own copy")),
                ..Mending::default()
            },
        }
    }
}
