//! What the queries found, before it is sorted into the catalogue and the access facts.

use model::{Access, Acl, Catalogue, DatabaseName, Existing, Name, Object, RoleName};
use std::cmp::Ordering;
use std::sync::Arc;

/// One object with all that was read of it.
#[derive(Debug)]
pub(super) struct Found {
    /// Which.
    pub(super) object: Arc<Object>,
    /// What the catalogue keeps of it; nothing for a column, which is listed with its table.
    pub(super) existing: Option<Existing>,
    /// Its owner, where it has one of its own.
    pub(super) owner: Option<RoleName>,
    /// Its entries, defaults written out; nothing for kinds without an ACL.
    pub(super) entries: Option<Acl>,
    /// The entries that it began with, where these differ from the default.
    pub(super) baseline: Option<Acl>,
}

/// Sorts once and builds the maps from sorted lists, which is much cheaper than inserting one by one.
pub(super) fn sort_into(found: Vec<Found>, catalogue: &mut Catalogue, access: &mut Access) {
    let (mut objects, mut baselines) = (Vec::with_capacity(found.len()), Vec::new());
    let (mut owners, mut entries) = (Vec::with_capacity(found.len()), Vec::with_capacity(found.len()));
    for one in sorted(found) {
        if let Some(existing) = one.existing {
            objects.push((one.object.clone(), existing));
        }
        if let Some(owner) = one.owner {
            owners.push((one.object.clone(), owner));
        }
        if let Some(baseline) = one.baseline {
            baselines.push((one.object.clone(), baseline));
        }
        if let Some(acl) = one.entries {
            entries.push((one.object, acl));
        }
    }
    catalogue.objects = objects.into_iter().collect();
    catalogue.baselines = baselines.into_iter().collect();
    access.owners = owners.into_iter().collect();
    access.entries = entries.into_iter().collect();
}

/// What decides most comparisons of two objects, side by side: an object's own parts lie four pointers away, and following
/// them a million times is most of the time that a large look takes.
struct Key<'a> {
    place: &'a str,
    kind: &'a str,
    first: &'a str,
    second: &'a str,
    object: &'a Object,
}

impl<'a> Key<'a> {
    fn of(object: &'a Object) -> Self {
        let part = |at: usize| object.path.get(at).map_or("", Name::as_str);
        Self {
            place: object.database().map_or("", DatabaseName::as_str),
            kind: object.kind.as_str(),
            first: part(0),
            second: part(1),
            object,
        }
    }

    /// The order of [`Object`]. Names read once are shared, so that most that are equal are the same text.
    fn order(&self, other: &Self) -> Ordering {
        let text = |a: &str, b: &str| if std::ptr::eq(a, b) { Ordering::Equal } else { a.cmp(b) };
        text(self.place, other.place)
            .then_with(|| text(self.kind, other.kind))
            .then_with(|| text(self.first, other.first))
            .then_with(|| text(self.second, other.second))
            .then_with(|| self.object.cmp(other.object))
    }
}

/// In the order of objects. What is partly in order already, because parts of it were sorted before, takes little time.
pub(super) fn sorted(found: Vec<Found>) -> impl Iterator<Item = Found> {
    let mut keys: Vec<(Key<'_>, usize)> =
        found.iter().enumerate().map(|(at, one)| (Key::of(&one.object), at)).collect();
    keys.sort_by(|(a, _), (b, _)| a.order(b));
    let order: Vec<usize> = keys.into_iter().map(|(_, at)| at).collect();
    let mut found: Vec<Option<Found>> = found.into_iter().map(Some).collect();
    order.into_iter().filter_map(move |at| found.get_mut(at).and_then(Option::take))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Kind, Place};

    #[test]
    fn the_quick_order_is_the_order_of_objects() {
        let places = [Place::Cluster, Place::Database(DatabaseName::new("a").unwrap())];
        let paths: [&[&str]; 5] = [&["a"], &["a", "a"], &["a", "b"], &["a", "b", "c"], &["b"]];
        let mut objects = Vec::new();
        for (place, path) in places.iter().flat_map(|place| paths.map(|path| (place, path))) {
            for kind in [Kind::known("column"), Kind::learned("table")] {
                let path: Vec<Name> = path.iter().map(|part| Name::new(*part).unwrap()).collect();
                let object = Object::new(place.clone(), kind, path.clone());
                objects.push(Object { arguments: Some(path), ..object.clone() });
                objects.push(object);
            }
        }
        for (a, b) in objects.iter().flat_map(|a| objects.iter().map(move |b| (a, b))) {
            assert_eq!(Key::of(a).order(&Key::of(b)), a.cmp(b), "{a:?} {b:?}");
        }
    }
}
