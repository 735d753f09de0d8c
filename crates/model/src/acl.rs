//! The entries of one object, shared between objects that have the same.

use crate::{Held, Holder};
use std::collections::{BTreeMap, btree_map};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

static NOTHING: BTreeMap<Holder, Held> = BTreeMap::new();

/// The entries of one object, in the order of holders. The owner's own entry is one of them, like PUBLIC's.
///
/// A clone costs a pointer, whatever is in it: thousands of objects have the same entries. Whoever changes one gets
/// entries of its own first.
#[derive(Debug, Clone, Default)]
pub struct Acl(Option<Arc<BTreeMap<Holder, Held>>>);

impl Acl {
    /// No entries.
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }

    /// Where the entries lie in memory: the same for two that share them. What differs may hold the same all the
    /// same. Good for as long as either of them lives.
    #[must_use]
    pub fn place(&self) -> usize {
        self.0.as_ref().map_or(0, |entries| Arc::as_ptr(entries).addr())
    }
}

impl Deref for Acl {
    type Target = BTreeMap<Holder, Held>;

    fn deref(&self) -> &Self::Target {
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

impl DerefMut for Acl {
    fn deref_mut(&mut self) -> &mut Self::Target {
        Arc::make_mut(self.0.get_or_insert_default())
    }
}

impl PartialEq for Acl {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place() || **self == **other
    }
}

impl Eq for Acl {}

impl FromIterator<(Holder, Held)> for Acl {
    fn from_iter<T: IntoIterator<Item = (Holder, Held)>>(entries: T) -> Self {
        let entries: BTreeMap<Holder, Held> = entries.into_iter().collect();
        Self((!entries.is_empty()).then(|| Arc::new(entries)))
    }
}

impl Extend<(Holder, Held)> for Acl {
    fn extend<T: IntoIterator<Item = (Holder, Held)>>(&mut self, entries: T) {
        (**self).extend(entries);
    }
}

impl<'a> IntoIterator for &'a Acl {
    type Item = (&'a Holder, &'a Held);
    type IntoIter = btree_map::Iter<'a, Holder, Held>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Acl {
    type Item = (Holder, Held);
    type IntoIter = btree_map::IntoIter<Holder, Held>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.map(Arc::unwrap_or_clone).unwrap_or_default().into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Grantor, Operation, Principal};

    fn one(operation: &'static str) -> (Holder, Held) {
        let held = [(Operation::known(operation), false)].into_iter().collect();
        (Holder { to: Principal::Public, by: Grantor::Owner }, held)
    }

    #[test]
    fn whoever_changes_shared_entries_changes_only_its_own() {
        let first: Acl = [one("select")].into_iter().collect();
        let mut second = first.clone();
        assert_eq!(first.place(), second.place());
        second.extend([one("insert")]);
        assert_ne!(first.place(), second.place());
        assert_eq!(first, [one("select")].into_iter().collect());
        assert_ne!(first, second);
    }

    #[test]
    fn no_entries_are_no_entries_however_they_came_about() {
        let mut emptied: Acl = [one("select")].into_iter().collect();
        emptied.clear();
        assert_eq!(emptied, Acl::new());
        assert_eq!(Acl::new(), std::iter::empty().collect());
        assert_eq!(emptied.into_iter().count(), 0);
    }
}
