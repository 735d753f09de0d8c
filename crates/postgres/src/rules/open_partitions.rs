#![doc = include_str!("open_partitions.md")]

use crate::readers::Readers;
use crate::words::variety;
use audit::told::{listed, several};
use audit::{About, Facts, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Change, Object, Operation, Principal, RowSecurity};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The rule.
pub(super) struct OpenPartitions;

impl Rule for OpenPartitions {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("open_partitions.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let Some(survey) = look.observed.survey.as_ref().filter(|survey| !survey.parts.is_empty()) else {
            return Vec::new();
        };
        let readers = Readers::of(&look.observed.access);
        let mut open: BTreeMap<&Arc<Object>, Vec<Open<'_>>> = BTreeMap::new();
        for (part, above) in &survey.parts {
            let holders: BTreeMap<_, _> = readers.on(part).collect();
            if !holders.is_empty() {
                open.entry(above).or_default().push((part, holders));
            }
        }
        open.into_iter().map(|(above, parts)| self.finding(look, above, &parts)).collect()
    }
}

/// A partition, and who was granted what on it.
type Open<'a> = (&'a Arc<Object>, BTreeMap<&'a Principal, &'a BTreeSet<&'a Operation>>);

impl OpenPartitions {
    fn finding(&self, look: &Look<'_>, above: &Arc<Object>, parts: &[Open<'_>]) -> Finding {
        let who: BTreeSet<&&Principal> = parts.iter().flat_map(|(_, holders)| holders.keys()).collect();
        let mut facts = Facts::new();
        for (part, holders) in parts {
            for (principal, operations) in holders {
                facts.add("may use", &[part, principal, &operations.iter().collect::<Vec<_>>()]);
            }
        }
        let close = |(part, _): &Open<'_>| Change::RowSecurity {
            on: (*part).clone(),
            from: RowSecurity::default(),
            to: RowSecurity { enabled: true, forced: false },
        };
        // A foreign table has no policies of its own: there the privileges have to go.
        let objects = &look.observed.catalogue.objects;
        let has_policies =
            |table: &Arc<Object>| objects.get(table).is_some_and(|one| one.variety != variety::FOREIGN_TABLE);
        let changes: Vec<Change> = parts.iter().filter(|(part, _)| has_policies(part)).map(close).collect();
        Finding {
            rule: self.code(),
            severity: Severity::High,
            about: About::Object(above.clone()),
            what: format!("its policies can be gone around through {}", several(parts.len(), "partitions")),
            evidence: vec![
                format!("privileges were granted on {}", listed(parts.iter().map(|(part, _)| part))),
                format!("to {}", listed(who)),
            ],
            facts: facts.digest(),
            mending: if changes.is_empty() {
                Mending::default()
            } else {
                Mending::by(changes).but_first(
                    "whoever reads a partition by its own name sees no row of it then, unless a policy of the partition says so",
                )
            },
        }
    }
}
