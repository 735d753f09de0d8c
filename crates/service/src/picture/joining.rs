//! Boxes that become one: which goes into which, and what they are numbered then. The same for roles and for ways.

use std::collections::{BTreeMap, BTreeSet};

/// For each box the one that it goes into: the first of those with the same key where they are enough, else itself.
pub(super) fn joined<K: Ord>(
    keys: impl Iterator<Item = Option<K>>,
    enough: impl Fn(&[usize]) -> bool,
) -> Vec<usize> {
    let (mut groups, mut into) = (BTreeMap::<K, Vec<usize>>::new(), Vec::new());
    for (at, key) in keys.enumerate() {
        into.push(at);
        if let Some(key) = key {
            groups.entry(key).or_default().push(at);
        }
    }
    for group in groups.values().filter(|group| group.len() > 1 && enough(group)) {
        for at in group {
            if let (Some(slot), Some(first)) = (into.get_mut(*at), group.first()) {
                *slot = *first;
            }
        }
    }
    into
}

/// The numbers of the boxes that are left.
pub(super) struct Numbers<'a> {
    into: &'a [usize],
    new: BTreeMap<usize, usize>,
}

impl<'a> Numbers<'a> {
    pub(super) fn of(into: &'a [usize]) -> Self {
        let kept: BTreeSet<usize> = into.iter().copied().collect();
        Self { into, new: kept.into_iter().enumerate().map(|(new, old)| (old, new)).collect() }
    }

    /// How many are left.
    pub(super) fn len(&self) -> usize {
        self.new.len()
    }

    /// The number of what a box has gone into.
    pub(super) fn at(&self, old: usize) -> Option<usize> {
        self.into.get(old).and_then(|first| self.new.get(first)).copied()
    }
}
