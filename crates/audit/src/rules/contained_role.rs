#![doc = include_str!("contained_role.md")]

use crate::holdings::{Holdings, groups};
use crate::sets::Sets;
use crate::told::listed;
use crate::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Role, RoleName};
use std::collections::{BTreeMap, BTreeSet};

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
        let contained = sets.contained(FEWEST);
        let narrow: BTreeSet<&RoleName> = contained.iter().map(|(role, ..)| *role).collect();
        let narrow: BTreeMap<&RoleName, &Role> =
            groups(look).filter(|(name, _)| narrow.contains(name)).collect();
        let holdings = Holdings::of(look, &narrow);
        let told = contained.into_iter().map(|(name, wider, held)| {
            let mut facts = Facts::new();
            facts.each("wider", &wider);
            if let Some(role) = narrow.get(name) {
                holdings.tell_what_is_given(name, look, role, &mut facts);
            }
            self.finding((look, &sets), name, &wider, (held, facts))
        });
        told.collect()
    }
}

impl ContainedRole {
    fn finding(
        &self,
        (look, sets): (&Look<'_>, &Sets<'_>),
        role: &RoleName,
        wider: &[&RoleName],
        (held, facts): (&[u32], Facts),
    ) -> Finding {
        Finding {
            rule: self.code(),
            severity: Severity::Info,
            about: About::Role(role.clone()),
            what: "all that it holds is held by a wider role as well, which does not inherit it".to_owned(),
            evidence: vec![format!("it {}", sets.told(look, held)), format!("wider: {}", listed(wider))],
            facts: facts.digest(),
            mending: Mending {
                model: wider
                    .first()
                    .map(|wider| format!("{wider}: {{ inherits: [{role}] }}   # instead of its own copy")),
                ..Mending::default()
            },
        }
    }
}
