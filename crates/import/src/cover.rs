//! Sets of objects as few names: wildcards and exceptions where they say exactly that set.

use crate::seen::{Container, Number, Seen};
use manifest::ObjectsPhrase;
use model::{Existing, Kind, KindWord, Name, Object, Pattern, Segment};
use std::collections::BTreeMap;

/// From so many whole schemas on they are said together, as `*.*`.
const MANY_SCHEMAS: usize = 5;
/// Names that begin alike are said by their beginning from so many on.
const MANY_ALIKE: usize = 4;
/// Objects outside schemas are said as `*` from so many on.
const MANY_OBJECTS: usize = 5;

/// The names that stand for exactly these objects of one kind in one place, one phrase for each word that is needed.
/// `numbers` is in order.
pub(crate) fn cover(seen: &Seen<'_>, numbers: &[Number], for_owner: bool) -> Vec<ObjectsPhrase> {
    let Some((first, _)) = numbers.first().and_then(|number| seen.object(*number)) else { return Vec::new() };
    let Some(widest) = seen.widest(&first.kind) else { return Vec::new() };
    let mut said: BTreeMap<&'static str, ObjectsPhrase> = BTreeMap::new();
    let mut alone = Vec::new();
    let mut whole: Vec<Container<'_>> = Vec::new();
    let mut partly = false;
    let container = |number: &Number| seen.object(*number).map(|(object, _)| Container::of(object));
    for same in numbers.chunk_by(|a, b| container(a) == container(b)) {
        let Some(container) = same.first().and_then(container) else { continue };
        let all = Whole::of(seen, container, for_owner);
        for phrase in all.cover(seen, same, widest) {
            if container.schema.is_some() && phrase.is_whole(widest) {
                whole.push(container);
                partly |= phrase.names.len() != 1 || !phrase.except.is_empty();
            } else {
                partly = true;
            }
            if !phrase.except.is_empty() {
                // With other names beside them, exceptions would be hard to read.
                alone.push(phrase);
                continue;
            }
            let empty = || ObjectsPhrase { word: phrase.word, names: Vec::new(), except: Vec::new() };
            said.entry(phrase.word).or_insert_with(empty).names.extend(phrase.names);
        }
    }
    if !partly && let Some(everywhere) = everywhere(seen, first, widest, &whole, for_owner) {
        return vec![everywhere];
    }
    said.into_values().chain(alone).collect()
}

/// One object by its name, in the word that people use for it.
pub(crate) fn exactly(object: &Object) -> Pattern {
    Pattern {
        path: object.path.iter().cloned().map(Segment::Exactly).collect(),
        arguments: object.arguments.clone(),
    }
}

trait IsWhole {
    fn is_whole(&self, widest: &KindWord) -> bool;
}

impl IsWhole for ObjectsPhrase {
    fn is_whole(&self, widest: &KindWord) -> bool {
        self.word == widest.word
            && self.names.iter().all(|name| name.path.last().is_some_and(Segment::is_any))
    }
}

/// All schemas but a few, each of them whole: `*.*`, with the few as exceptions.
fn everywhere(
    seen: &Seen<'_>,
    like: &Object,
    widest: &KindWord,
    whole: &[Container<'_>],
    for_owner: bool,
) -> Option<ObjectsPhrase> {
    if whole.len() < MANY_SCHEMAS {
        return None;
    }
    let others = seen.containers(like.database(), &like.kind).filter(|one| !whole.contains(one));
    let mut except = Vec::new();
    for other in others {
        let all = Whole::of(seen, other, for_owner);
        if all.reached.is_empty() {
            continue;
        }
        except.push(any_in(other.schema?));
    }
    except.sort();
    (except.len() * 4 <= whole.len()).then(|| ObjectsPhrase {
        word: widest.word,
        names: vec![Pattern { path: vec![Segment::any(), Segment::any()], arguments: None }],
        except,
    })
}

fn any_in(schema: &Name) -> Pattern {
    Pattern { path: vec![Segment::Exactly(schema.clone()), Segment::any()], arguments: None }
}

/// What a wildcard over a container reaches.
struct Whole<'a> {
    container: Container<'a>,
    /// In order; empty where no wildcard may be written.
    reached: Vec<(Number, &'a Existing)>,
}

impl<'a> Whole<'a> {
    fn of(seen: &Seen<'a>, container: Container<'a>, for_owner: bool) -> Self {
        let objects = seen.inside(container).filter_map(|number| Some((number, seen.object(number)?)));
        let mut reached = Vec::new();
        let mut wildcards = container.database.is_some();
        for (number, (object, existing)) in objects {
            if existing.extension.is_some() {
                continue;
            }
            wildcards &= !existing.system;
            let follows = existing.follows_table;
            if follows && for_owner {
                continue;
            }
            // What is listed only where something was granted on it cannot be counted on by a wildcard.
            wildcards &= !(follows && is_row_type(seen, object));
            reached.push((number, existing));
        }
        if !wildcards {
            reached.clear();
        }
        Self { container, reached }
    }

    fn cover(&self, seen: &Seen<'a>, numbers: &[Number], widest: &KindWord) -> Vec<ObjectsPhrase> {
        let reached =
            |number: &Number| self.reached.binary_search_by_key(number, |(number, _)| *number).is_ok();
        let (mine, alone): (Vec<Number>, Vec<Number>) =
            numbers.iter().copied().partition(|number| reached(number));
        let mut phrases = by_name(seen, &alone, widest);
        phrases.extend(self.wildcard(seen, &mine, widest).unwrap_or_else(|| self.named(seen, &mine, widest)));
        phrases
    }

    fn wildcard(&self, seen: &Seen<'a>, mine: &[Number], widest: &KindWord) -> Option<Vec<ObjectsPhrase>> {
        let schema = self.container.schema;
        let least = if schema.is_some() { 2 } else { MANY_OBJECTS };
        if mine.len() < least {
            return None;
        }
        let any = match schema {
            Some(schema) => any_in(schema),
            None => Pattern { path: vec![Segment::any()], arguments: None },
        };
        let phrase = |word: &KindWord, except: Vec<Pattern>| {
            vec![ObjectsPhrase { word: word.word, names: vec![any.clone()], except }]
        };
        if mine.len() == self.reached.len() {
            return Some(phrase(widest, Vec::new()));
        }
        for word in seen.narrower(self.container.kind) {
            let of_word =
                self.reached.iter().filter(|(_, existing)| word.varieties.contains(&existing.variety));
            if of_word.map(|(number, _)| number).eq(mine) {
                return Some(phrase(word, Vec::new()));
            }
        }
        let others = self.reached.len() - mine.len();
        if mine.len() < 4 || others * 3 > mine.len() {
            return None;
        }
        let not_mine = self.reached.iter().filter(|(number, _)| mine.binary_search(number).is_err());
        let except: Vec<Number> = not_mine.map(|(number, _)| *number).collect();
        Some(phrase(
            widest,
            self.named(seen, &except, widest).into_iter().flat_map(|one| one.names).collect(),
        ))
    }

    /// By their names; many that begin alike, where nothing else does, by that beginning: `orders_*`.
    fn named(&self, seen: &Seen<'a>, mine: &[Number], widest: &KindWord) -> Vec<ObjectsPhrase> {
        let Some(schema) = self.container.schema.filter(|_| !widest.arguments && mine.len() >= MANY_ALIKE)
        else {
            return by_name(seen, mine, widest);
        };
        let name =
            |number: Number| seen.object(number).and_then(|(object, _)| object.path.last()).map(Name::as_str);
        let all: Vec<(Number, &str)> =
            self.reached.iter().filter_map(|(number, _)| Some((*number, name(*number)?))).collect();
        let mut names = Vec::new();
        let mut left = mine;
        while let Some((first, rest)) = left.split_first() {
            match name(*first).and_then(|name| alike(name, &all, left)) {
                Some((start, count)) => {
                    let like = Segment::Like(vec![start.to_owned(), String::new()]);
                    names.push(Pattern {
                        path: vec![Segment::Exactly(schema.clone()), like],
                        arguments: None,
                    });
                    left = left.get(count..).unwrap_or_default();
                }
                None => {
                    names.extend(seen.object(*first).map(|(object, _)| exactly(object)));
                    left = rest;
                }
            }
        }
        vec![ObjectsPhrase { word: widest.word, names, except: Vec::new() }]
    }
}

/// The shortest beginning, up to an underscore, that the name shares with many of those that are left and with no other
/// object; and with how many. Both lists are in the order of names.
fn alike<'n>(name: &'n str, all: &[(Number, &str)], left: &[Number]) -> Option<(&'n str, usize)> {
    let ends = name.match_indices('_').map(|(at, _)| at + 1).filter(|end| *end > 1);
    ends.filter_map(|end| name.get(..end)).find_map(|start| {
        let from = all.get(all.partition_point(|(_, name)| *name < start)..)?;
        let alike = from.iter().take_while(|(_, name)| name.starts_with(start));
        let count = alike.clone().count();
        let same = left.get(..count).is_some_and(|first| alike.map(|(number, _)| number).eq(first));
        (count >= MANY_ALIKE && same).then_some((start, count))
    })
}

/// A table's own row type has its table's name.
pub(crate) fn is_row_type(seen: &Seen<'_>, object: &Object) -> bool {
    let same_name = |kind: &Kind| {
        seen.number(&Object { kind: kind.clone(), arguments: None, ..object.clone() }).is_some()
    };
    let kinds = seen.words().kinds.iter().filter(|word| word.kind != object.kind && !word.cluster_wide);
    kinds.map(|word| &word.kind).any(same_name)
}

/// Each by its name. Of kinds whose names need input types, people say the narrower word.
fn by_name(seen: &Seen<'_>, numbers: &[Number], widest: &KindWord) -> Vec<ObjectsPhrase> {
    let mut said: BTreeMap<&'static str, Vec<Pattern>> = BTreeMap::new();
    for (object, existing) in numbers.iter().filter_map(|number| seen.object(*number)) {
        let narrow = seen.narrower(&object.kind).find(|word| word.varieties.contains(&existing.variety));
        let word = if object.arguments.is_some() { narrow.unwrap_or(widest) } else { widest };
        said.entry(word.word).or_default().push(exactly(object));
    }
    said.into_iter().map(|(word, names)| ObjectsPhrase { word, names, except: Vec::new() }).collect()
}

#[cfg(test)]
mod tests {
    use super::alike;

    /// How `left`, of these names, is said.
    fn said<'n>(all: &[&'n str], left: &[&'n str]) -> Option<(&'n str, usize)> {
        let numbered: Vec<(u32, &str)> = (0..).zip(all.iter().copied()).collect();
        let number =
            |name: &&str| numbered.iter().find(|(_, other)| other == name).map(|(number, _)| *number);
        let left_numbers: Vec<u32> = left.iter().filter_map(number).collect();
        alike(left.first()?, &numbered, &left_numbers)
    }

    #[test]
    fn a_beginning_stands_for_names_only_where_no_other_name_has_it() {
        let all = ["log_2025_1", "log_2025_2", "log_2025_3", "log_2025_4", "log_other", "logs"];
        assert_eq!(said(&all, &all[..4]), Some(("log_2025_", 4)));
        assert_eq!(said(&all, &all[..5]), Some(("log_", 5)));
        assert_eq!(said(&all, &all[..3]), None, "the fourth has it too");
        assert_eq!(said(&all, &all[1..4]), None, "so has the first");
        assert_eq!(said(&all, &all[4..]), None, "one is no beginning");
        assert_eq!(said(&["_a", "_b", "_c", "_d"], &["_a", "_b", "_c", "_d"]), None);
    }
}
