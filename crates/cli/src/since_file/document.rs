//! What stands in the file, version 1. Within a version nothing changes: unknown fields are refused on reading.

use ::audit::{Seen, Trace};
use model::Writes;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version that is written and read.
pub(super) const VERSION: u32 = 1;

/// The file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    version: u32,
    targets: Vec<Target>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    system: String,
    timeline: u32,
    looked_at: String,
    started: String,
    counts_reset: Option<String>,
    lists: BTreeMap<String, List>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    made: u64,
    changed: u64,
    removed: u64,
    /// A print of each row's key, with a print of the row.
    rows: BTreeMap<String, String>,
}

impl Document {
    pub(super) fn of(traces: Vec<Trace>) -> Self {
        Self { version: VERSION, targets: traces.into_iter().map(Target::of).collect() }
    }

    pub(super) fn traces(self) -> Vec<Trace> {
        self.targets.into_iter().map(Target::trace).collect()
    }
}

impl Target {
    fn of(trace: Trace) -> Self {
        let lists = trace.registers.into_iter().map(|(name, seen)| {
            let Writes { made, changed, removed } = seen.writes;
            (name, List { made, changed, removed, rows: seen.rows })
        });
        Self {
            system: trace.system,
            timeline: trace.timeline,
            looked_at: trace.instant,
            started: trace.started,
            counts_reset: trace.reset,
            lists: lists.collect(),
        }
    }

    fn trace(self) -> Trace {
        let registers = self.lists.into_iter().map(|(name, list)| {
            let writes = Writes { made: list.made, changed: list.changed, removed: list.removed };
            (name, Seen { writes, rows: list.rows })
        });
        Trace {
            system: self.system,
            timeline: self.timeline,
            instant: self.looked_at,
            started: self.started,
            reset: self.counts_reset,
            registers: registers.collect(),
        }
    }
}
