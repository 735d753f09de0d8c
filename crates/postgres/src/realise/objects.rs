//! Patterns to objects: what a phrase of the model means on this target.

use super::Work;
use crate::words::kind;
use model::{CauseId, Existing, Name, NamedObjects, Object, Pattern, Place, Segment};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

impl Work<'_> {
    /// The objects that the names stand for, without those excepted. A name without a wildcard that
    /// stands for nothing is a problem; a wildcard may stand for nothing.
    pub(super) fn objects(&mut self, on: &NamedObjects, cause: CauseId) -> Vec<Arc<Object>> {
        let place = place(on);
        let mut found = Vec::new();
        for pattern in &on.names {
            if on.kind == kind::PARAMETER {
                found.extend(parameter(pattern));
                continue;
            }
            let before = found.len();
            found.extend(self.matching(&place, on, pattern).map(|(object, _)| object.clone()));
            if found.len() == before && pattern.is_exact() && !excepted(on, pattern) {
                self.missing(&place, on, pattern, cause);
            }
        }
        if on.names.len() > 1 {
            found.sort();
            found.dedup();
        }
        found
    }

    fn matching<'s>(
        &'s self,
        place: &Place,
        on: &'s NamedObjects,
        pattern: &'s Pattern,
    ) -> impl Iterator<Item = (&'s Arc<Object>, &'s Existing)> {
        let by_schema = matches!(pattern.path.first(), Some(Segment::Exactly(_)));
        under(&self.observed.catalogue.objects, place, on, pattern).filter(move |(object, existing)| {
            pattern.matches(object)
                && (on.varieties.is_empty() || on.varieties.contains(&existing.variety))
                && (by_schema || !existing.system)
                && !on.except.iter().any(|except| except.matches(object))
        })
    }

    fn missing(&mut self, place: &Place, on: &NamedObjects, pattern: &Pattern, cause: CauseId) {
        let near = self.nearest(place, on, pattern);
        let help = match near {
            Some(near) => format!("did you mean `{near}`? If it is still to be made, make it first"),
            None => "make it first, or take the line out of the model".to_owned(),
        };
        let what = match place {
            Place::Cluster => format!("{} {pattern} does not exist in the cluster", on.kind),
            Place::Database(name) => format!("{} {pattern} does not exist in database {name}", on.kind),
        };
        self.problem(cause, "RW301", what, help);
    }

    fn nearest(&self, place: &Place, on: &NamedObjects, pattern: &Pattern) -> Option<String> {
        let wanted = pattern.to_string();
        let all = self.observed.catalogue.objects.iter();
        all.filter(|(object, existing)| object.place == *place && object.kind == on.kind && !existing.system)
            .map(|(object, _)| {
                let arguments = pattern.arguments.as_ref().and(object.arguments.clone());
                let path = object.path.iter().map(|part| Segment::Exactly(part.clone())).collect();
                Pattern { path, arguments }.to_string()
            })
            .map(|name| (distance(&wanted, &name), name))
            .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
            .min()
            .map(|(_, name)| name)
    }
}

/// Where the named objects live.
pub(super) fn place(on: &NamedObjects) -> Place {
    match &on.database {
        Some(database) => Place::Database(database.clone()),
        None => Place::Cluster,
    }
}

/// The part of the ordered catalogue that a pattern's exact beginning leaves to look through.
fn under<'s>(
    objects: &'s BTreeMap<Arc<Object>, Existing>,
    place: &Place,
    on: &NamedObjects,
    pattern: &Pattern,
) -> impl Iterator<Item = (&'s Arc<Object>, &'s Existing)> {
    let exact = |segment: &Segment| match segment {
        Segment::Exactly(name) => Some(name.clone()),
        Segment::Like(_) => None,
    };
    let prefix: Vec<Name> = pattern.path.iter().map_while(exact).collect();
    let start = Object::new(place.clone(), on.kind.clone(), prefix);
    let range = objects.range::<Object, _>((Bound::Included(&start), Bound::Unbounded));
    let start = start.clone();
    range.take_while(move |(object, _)| {
        object.place == start.place && object.kind == start.kind && object.path.starts_with(&start.path)
    })
}

/// A parameter exists as soon as it is named: the server knows it, or an extension will.
fn parameter(pattern: &Pattern) -> Option<Arc<Object>> {
    let name = Name::new(pattern.to_string().to_lowercase()).ok()?;
    Some(Arc::new(Object::new(Place::Cluster, kind::PARAMETER, vec![name])))
}

fn excepted(on: &NamedObjects, pattern: &Pattern) -> bool {
    on.except.iter().any(|except| {
        let names = pattern.path.iter().map(|segment| match segment {
            Segment::Exactly(name) => Some(name.clone()),
            Segment::Like(_) => None,
        });
        names.collect::<Option<Vec<_>>>().is_some_and(|path| except.matches_path(&path))
    })
}

/// How many letters apart two names are (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (y, above) in b.iter().zip(row.iter_mut().skip(1)) {
            let here = (diagonal + usize::from(x != *y)).min(left + 1).min(*above + 1);
            diagonal = *above;
            *above = here;
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distance_counts_the_letters_that_differ() {
        assert_eq!(distance("orders", "orders"), 0);
        assert_eq!(distance("ordres", "orders"), 2);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
