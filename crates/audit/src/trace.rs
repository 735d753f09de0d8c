//! What one look saw of the lists that roles are kept in, so that the next can tell whether something was changed and
//! changed back in between.

use model::{Observed, Writes};
use std::collections::BTreeMap;

/// What one look saw of a target's lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// Which target.
    pub system: String,
    /// The timeline, which moves when a copy takes over: it has counts of its own.
    pub timeline: u32,
    /// When the look was taken, by the target's clock.
    pub instant: String,
    /// Since when the server ran.
    pub started: String,
    /// When somebody last set the counts to zero.
    pub reset: Option<String>,
    /// The lists by name.
    pub registers: BTreeMap<String, Seen>,
}

/// One list as it was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// How often it was written to.
    pub writes: Writes,
    /// A print of each row's key, with a print of what the row says.
    pub rows: BTreeMap<String, String>,
}

impl Trace {
    /// What this look saw; nothing if it did not ask, and nothing on a copy, whose lists are written by what it follows and
    /// counted there. `print` makes a short text of a long one, another for each.
    #[must_use]
    pub fn of(observed: &Observed, print: &dyn Fn(&str) -> String) -> Option<Self> {
        let survey = observed.survey.as_ref().filter(|_| !observed.at.standby)?;
        let registers = survey.registers.iter().map(|(name, register)| {
            let rows = register.rows.iter().map(|(key, content)| (print(key), print(content))).collect();
            ((*name).to_owned(), Seen { writes: register.writes, rows })
        });
        Some(Self {
            system: observed.at.system.clone(),
            timeline: observed.at.timeline,
            instant: observed.at.instant.clone(),
            started: observed.at.started.clone(),
            reset: survey.counts_reset.clone(),
            registers: registers.collect(),
        })
    }
}

/// What was written to a list between two looks, and what of it the rows explain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Moved {
    /// Rows that were made and are gone again.
    pub(crate) undone: u64,
    /// How often rows were changed.
    pub(crate) changed: u64,
    /// Rows that say something else now.
    pub(crate) differ: u64,
}

impl Seen {
    /// What happened until the later look, or nothing if the counts began anew in between.
    ///
    /// A row that is there and was not was made once; whatever else was made must be gone again, and a count of removals that
    /// the rows do not explain says that it is. An attempt that was rolled back counts as made and not as removed.
    pub(crate) fn until(&self, later: &Seen) -> Option<Moved> {
        let made = later.writes.made.checked_sub(self.writes.made)?;
        let removed = later.writes.removed.checked_sub(self.writes.removed)?;
        let changed = later.writes.changed.checked_sub(self.writes.changed)?;
        let count = |rows: usize| u64::try_from(rows).unwrap_or(u64::MAX);
        let new = count(later.rows.keys().filter(|key| !self.rows.contains_key(*key)).count());
        let gone = count(self.rows.keys().filter(|key| !later.rows.contains_key(*key)).count());
        let differ =
            later.rows.iter().filter(|(key, says)| self.rows.get(*key).is_some_and(|said| said != *says));
        Some(Moved {
            undone: made.saturating_sub(new).min(removed.saturating_sub(gone)),
            changed,
            differ: count(differ.count()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Moved, Seen};
    use model::Writes;

    fn seen(made: u64, changed: u64, removed: u64, rows: &[(&str, &str)]) -> Seen {
        let rows = rows.iter().map(|(key, says)| ((*key).to_owned(), (*says).to_owned())).collect();
        Seen { writes: Writes { made, changed, removed }, rows }
    }

    #[test]
    fn what_the_rows_explain_is_not_undone() {
        let before = seen(10, 5, 2, &[("a", "1"), ("b", "1")]);
        let calm = before.until(&before).unwrap();
        assert_eq!(calm, Moved::default());
        let one_new = seen(11, 5, 2, &[("a", "1"), ("b", "1"), ("c", "1")]);
        assert_eq!(before.until(&one_new).unwrap(), Moved::default());
        let swapped = seen(11, 5, 3, &[("a", "1"), ("c", "1")]);
        assert_eq!(before.until(&swapped).unwrap(), Moved::default());
        let one_differs = seen(10, 6, 2, &[("a", "2"), ("b", "1")]);
        assert_eq!(before.until(&one_differs).unwrap(), Moved { undone: 0, changed: 1, differ: 1 });
    }

    #[test]
    fn what_was_made_and_removed_again_is_counted_beside_what_stayed() {
        let before = seen(10, 5, 2, &[("a", "1")]);
        assert_eq!(before.until(&seen(11, 5, 3, &[("a", "1")])).unwrap().undone, 1);
        let and_one_stayed = seen(13, 5, 4, &[("a", "1"), ("b", "1")]);
        assert_eq!(before.until(&and_one_stayed).unwrap().undone, 2);
        assert_eq!(before.until(&seen(12, 5, 2, &[("a", "1")])).unwrap().undone, 0, "rolled back");
    }

    #[test]
    fn counts_that_go_back_tell_nothing() {
        let before = seen(10, 5, 2, &[]);
        assert_eq!(before.until(&seen(9, 5, 2, &[])), None);
        assert_eq!(before.until(&seen(10, 4, 2, &[])), None);
        assert_eq!(before.until(&seen(10, 5, 1, &[])), None);
    }
}
