//! Objects whose list of entries comes near the end of what a row can hold.

use model::{Change, Note, Object, Observed};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many entries are worth a word. The server refuses a list ("row is too big") near 2,400 (measured).
const MANY: usize = 1_500;

/// A note for each object that is given so many entries.
pub(super) fn notes(changes: &[Change], observed: &Observed) -> Vec<Note> {
    let mut growing: BTreeMap<&Arc<Object>, (usize, usize)> = BTreeMap::new();
    for change in changes {
        if let Change::Entry { on, from, into, .. } = change {
            let (come, go) = growing.entry(on).or_default();
            *come += usize::from(from.is_empty());
            *go += usize::from(into.is_empty());
        }
    }
    let note = |(on, (come, go)): (&Arc<Object>, (usize, usize))| {
        let stand = observed.access.entries.get(on).map_or(0, |entries| entries.len());
        let most = stand + come;
        (come > go && most > MANY).then(|| Note {
            about: on.to_string(),
            what: format!(
                "its list of entries grows to {most}, and the server refuses one near 2,400: grant to a role and make the \
                 others its members"
            ),
        })
    };
    growing.into_iter().filter_map(note).collect()
}
