//! Patterns to objects: what a phrase of the model means on this target.

use super::Work;
use crate::quote::{KEYWORDS, identifier};
use crate::words::kind;
use foldhash::HashMap;
use model::{Acl, CauseId, Existing, Kind, Name, NamedObjects, Object, Observed, Pattern, Place, Segment};
use std::ops::Range;
use std::sync::Arc;

/// An object of the catalogue with its number in the catalogue's order.
type Listed<'a> = (u32, &'a Arc<Object>, &'a Existing);

/// The objects of one kind in one place, in the order of paths.
#[derive(Default)]
struct List<'a> {
    listed: Vec<Listed<'a>>,
    /// Where the objects are whose path begins with this name.
    begins: HashMap<&'a Name, Range<usize>>,
    /// Where those are whose path begins with these two.
    named: HashMap<(&'a Name, &'a Name), Range<usize>>,
}

impl<'a> List<'a> {
    fn push(&mut self, number: u32, object: &'a Arc<Object>, existing: &'a Existing) {
        let at = self.listed.len();
        if let Some(first) = object.path.first() {
            self.begins.entry(first).or_insert(at..at).end = at + 1;
            if let Some(second) = object.path.get(1) {
                self.named.entry((first, second)).or_insert(at..at).end = at + 1;
            }
        }
        self.listed.push((number, object, existing));
    }

    /// The part of the list in which everything lies that the pattern stands for.
    fn part(&self, pattern: &Pattern) -> &[Listed<'a>] {
        let range = match pattern.path.as_slice() {
            [Segment::Exactly(first), Segment::Exactly(second), ..] => self.named.get(&(first, second)),
            [Segment::Exactly(first), ..] => self.begins.get(first),
            _ => return &self.listed,
        };
        let Some(range) = range.cloned() else { return &[] };
        self.listed.get(range).unwrap_or_default()
    }
}

/// The catalogue by place and kind.
#[derive(Default)]
pub(super) struct Index<'a> {
    lists: HashMap<&'a Place, HashMap<&'a Kind, List<'a>>>,
    objects: Vec<(&'a Arc<Object>, Option<&'a Acl>)>,
}

impl<'a> Index<'a> {
    pub(super) fn new(observed: &'a Observed) -> Self {
        let mut lists: HashMap<_, HashMap<_, List<'a>>> = HashMap::default();
        let mut objects = Vec::with_capacity(observed.catalogue.objects.len());
        // Both are in the order of objects, so each is walked once.
        let mut entries = observed.access.entries.iter().peekable();
        for (number, (object, existing)) in (0..).zip(&observed.catalogue.objects) {
            let list = lists.entry(&object.place).or_default().entry(&object.kind).or_default();
            list.push(number, object, existing);
            while entries.next_if(|(on, _)| *on < object).is_some() {}
            objects.push((object, entries.next_if(|(on, _)| *on == object).map(|(_, acl)| acl)));
        }
        Self { lists, objects }
    }

    /// How many objects it has.
    pub(super) fn len(&self) -> usize {
        self.objects.len()
    }

    /// The object with this number, and its entries if it has been listed with them.
    pub(super) fn object(&self, number: u32) -> Option<(&'a Arc<Object>, Option<&'a Acl>)> {
        self.objects.get(usize::try_from(number).ok()?).copied()
    }

    fn list(&self, place: &Place, of: &Kind) -> Option<&List<'a>> {
        self.lists.get(place)?.get(of)
    }
}

/// How many at the beginning are true, looking first at the near ones: what is looked for mostly is.
pub(super) fn gallop<T>(list: &[T], holds: impl Fn(&T) -> bool) -> usize {
    let mut bound = 1;
    while list.get(bound).is_some_and(&holds) {
        bound *= 2;
    }
    list.get(..list.len().min(bound + 1)).unwrap_or_default().partition_point(holds)
}

impl<'a> Work<'a> {
    /// The numbers of the objects that the names stand for, without those excepted. A name without a
    /// wildcard that stands for nothing is a problem; a wildcard may stand for nothing. What an extension made
    /// is reached by its name only: it brought its own privileges, and some of it is guarded on purpose.
    pub(super) fn listed(&mut self, on: &NamedObjects, cause: CauseId) -> Vec<u32> {
        let respelled = respelled(on);
        let on = respelled.as_ref().unwrap_or(on);
        let place = place(on);
        let list = self.index.list(&place, &on.kind);
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for pattern in on.names.iter() {
            let before = found.len();
            let by_schema = matches!(pattern.path.first(), Some(Segment::Exactly(_)));
            let exact = pattern.is_exact();
            let part = list.map_or(&[][..], |list| list.part(pattern));
            for (number, object, existing) in part {
                let meant = pattern.matches(object)
                    && (on.varieties.is_empty() || on.varieties.contains(&existing.variety))
                    && (by_schema || !existing.system)
                    && (exact || existing.extension.is_none())
                    && !on.except.iter().any(|except| except.matches(object));
                if meant {
                    found.push(*number);
                }
            }
            if found.len() == before && pattern.is_exact() && !excepted(on, pattern) {
                missing.push(pattern);
            }
        }
        for pattern in missing {
            self.missing(&place, on, pattern, cause);
        }
        if on.names.len() > 1 {
            found.sort_unstable();
            found.dedup();
        }
        found
    }

    /// The objects themselves.
    pub(super) fn objects(&mut self, on: &NamedObjects, cause: CauseId) -> Vec<Arc<Object>> {
        if on.kind == kind::PARAMETER {
            if on.names.iter().chain(&on.except).any(|pattern| !pattern.is_exact()) {
                let help =
                    "name each parameter: which ones there are depends on the server and its extensions";
                self.problem(cause, "RW311", "parameters cannot be named by a wildcard", help);
            }
            return on.names.iter().filter(|pattern| pattern.is_exact()).filter_map(parameter).collect();
        }
        let (unlisted, listed) = self.row_types(on);
        let numbers = self.listed(listed.as_ref().unwrap_or(on), cause);
        let object = |number| self.index.object(number).map(|(object, _)| object.clone());
        numbers.into_iter().filter_map(object).chain(unlisted).collect()
    }

    /// The row types that are named. A table's row type has the table's name, and the catalogue lists it only where
    /// something was granted on it. Also the names without these, where there are any.
    fn row_types(&self, on: &NamedObjects) -> (Vec<Arc<Object>>, Option<NamedObjects>) {
        if on.kind != kind::TYPE {
            return (Vec::new(), None);
        }
        let place = place(on);
        let is_listed = |of: &Kind, pattern: &Pattern| {
            let part = self.index.list(&place, of).map_or(&[][..], |list| list.part(pattern));
            part.iter().any(|(_, object, _)| pattern.matches(object))
        };
        let is_row_type = |pattern: &&Pattern| {
            pattern.is_exact() && !is_listed(&kind::TYPE, pattern) && is_listed(&kind::TABLE, pattern)
        };
        let (rows, names): (Vec<_>, Vec<_>) = on.names.iter().partition(is_row_type);
        if rows.is_empty() {
            return (Vec::new(), None);
        }
        let object = |pattern: &Pattern| {
            let exact = |segment: &Segment| match segment {
                Segment::Exactly(name) => Some(name.clone()),
                Segment::Like(_) => None,
            };
            let path = pattern.path.iter().map(exact).collect::<Option<Vec<_>>>()?;
            Some(Arc::new(Object::new(place.clone(), kind::TYPE, path)))
        };
        let names = names.into_iter().cloned().collect();
        (rows.into_iter().filter_map(object).collect(), Some(NamedObjects { names, ..on.clone() }))
    }

    fn missing(&mut self, place: &Place, on: &NamedObjects, pattern: &Pattern, cause: CauseId) {
        let listed = self.index.list(place, &on.kind);
        let other_variety = listed.is_some_and(|list| list.listed.iter().any(|it| pattern.matches(it.1)));
        let near = if other_variety { None } else { self.nearest(place, on, pattern) };
        let help = match near {
            _ if other_variety => {
                format!(
                    "what has this name is another variety: `{} {pattern}` names it whatever it is",
                    on.kind
                )
            }
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
        // A model of another database altogether misses everything: guessing for each would take for ever.
        const GUESSES: usize = 50;
        if self.problems.len() > GUESSES {
            return None;
        }
        let wanted = pattern.to_string();
        let list = self.index.list(place, &on.kind)?;
        list.listed
            .iter()
            .filter(|(_, _, existing)| !existing.system)
            .map(|(_, object, _)| {
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
pub(crate) fn place(on: &NamedObjects) -> Place {
    match &on.database {
        Some(database) => Place::Database(database.clone()),
        None => Place::Cluster,
    }
}

/// Input types as the server prints them: a type of the organisation's own that is called by a word of SQL has quotes there,
/// which a model need not write. The engine's own types are such words themselves, and stand without a schema.
pub(crate) fn respelled(on: &NamedObjects) -> Option<NamedObjects> {
    if on.kind != kind::ROUTINE || on.names.iter().chain(&on.except).all(|name| name.arguments.is_none()) {
        return None;
    }
    let part = |part: &str| {
        let (name, array) = part.strip_suffix("[]").map_or((part, ""), |name| (name, "[]"));
        let word = KEYWORDS.binary_search(&name).is_ok();
        if word { format!("{}{array}", identifier(name)) } else { part.to_owned() }
    };
    let spelled = |written: &Name| {
        let text = written.as_str();
        if !text.contains('.') || text.contains('"') {
            return written.clone();
        }
        let text = text.split('.').map(part).collect::<Vec<_>>().join(".");
        Name::new(text).unwrap_or_else(|_| written.clone())
    };
    let mut respelled = on.clone();
    for pattern in Arc::make_mut(&mut respelled.names).iter_mut().chain(&mut respelled.except) {
        for written in pattern.arguments.iter_mut().flatten() {
            *written = spelled(written);
        }
    }
    (respelled != *on).then_some(respelled)
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
