#![doc = include_str!("open_partitions.md")]

use crate::readers::Readers;
use crate::words::variety;
use audit::told::{listed, several};
use audit::{About, Finding, Look, Manual, Mending, Rule, Severity};
use model::{Change, Object, Principal, RowSecurity};
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
        let parts = look.observed.survey.iter().flat_map(|survey| &survey.parts);
        let mut open: BTreeMap<&Arc<Object>, Vec<Open<'_>>> = BTreeMap::new();
        let mut readers = None;
        for (part, above) in parts {
            let readers = readers.get_or_insert_with(|| Readers::of(&look.observed.access));
            let holders: BTreeSet<&Principal> = readers.on(part).map(|(principal, _)| principal).collect();
            if !holders.is_empty() {
                open.entry(above).or_default().push((part, holders));
            }
        }
        open.into_iter().map(|(above, parts)| self.finding(look, above, &parts)).collect()
    }
}

/// A partition, and who was granted something on it.
type Open<'a> = (&'a Arc<Object>, BTreeSet<&'a Principal>);

impl OpenPartitions {
    fn finding(&self, look: &Look<'_>, above: &Arc<Object>, parts: &[Open<'_>]) -> Finding {
        let who: BTreeSet<&&Principal> = parts.iter().flat_map(|(_, holders)| holders).collect();
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
            mending: if changes.is_empty() { Mending::default() } else { Mending::by(changes) },
        }
    }
}
