#![doc = include_str!("idle_slots.md")]

use crate::quote::literal;
use audit::{About, Facts, Finding, Look, Manual, Mending, Offered, Rule, Severity};
use model::{Bookmark, Retained};

/// Since when a bookmark is unused is known from this version on.
const SINCE: u32 = 170_000;

/// The rule.
pub(super) struct IdleSlots;

impl Rule for IdleSlots {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("idle_slots.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let slots = look.observed.survey.iter().flat_map(|survey| &survey.bookmarks);
        slots.map(|slot| self.finding(look, slot)).collect()
    }
}

impl IdleSlots {
    fn finding(&self, look: &Look<'_>, slot: &Bookmark) -> Finding {
        let (severity, holds) = match slot.retained {
            Retained::Nothing => (Severity::Low, "it holds nothing"),
            Retained::Lost => {
                (Severity::Low, "it has lost its place, holds nothing and cannot be used any more")
            }
            Retained::Some if slot.recent => (Severity::Low, "it holds WAL or old rows"),
            Retained::Some => (Severity::Medium, "it holds WAL or old rows"),
            Retained::Much => (Severity::High, "it holds more WAL than the server would keep by itself"),
        };
        let of =
            slot.database.as_ref().map(|database| format!(" of database {database}")).unwrap_or_default();
        let mut evidence =
            vec![format!("{} replication slot {}{of}", slot.variety, slot.name), holds.to_owned()];
        if slot.unbounded && matches!(slot.retained, Retained::Some | Retained::Much) {
            evidence.push("max_slot_wal_keep_size is -1: nothing bounds what it holds".to_owned());
        }
        evidence.push(match &slot.since {
            Some(since) => format!("unused since {since}"),
            None if look.observed.at.version >= SINCE => "since when it is unused is not known".to_owned(),
            None => "since when it is unused is not known before version 17".to_owned(),
        });
        let drop = format!("SELECT pg_catalog.pg_drop_replication_slot({})", literal(&slot.name));
        Finding {
            rule: self.code(),
            severity,
            about: About::Target,
            what: format!("keeps the replication slot {}, which nobody uses", slot.name),
            evidence,
            facts: Facts::new().with("slot", &[&slot.name, &slot.variety, &slot.database]).digest(),
            mending: Mending::with(vec![Offered::anywhere(drop)]).but_first(
                "who followed by it can then only be copied anew, and this cannot be undone: ask first",
            ),
        }
    }
}
