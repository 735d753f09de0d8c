//! Privileges on objects as few phrases: what is held on the same objects is said together.

use crate::cover::cover;
use crate::seen::{Container, Number, Seen};
use manifest::{ObjectsPhrase, Phrase, Privilege, ReachPhrase};
use model::{Held, KindWord, Operation, RoleName};
use std::collections::BTreeMap;

/// Which objects each set of operations is held on.
type Sets = BTreeMap<Vec<Operation>, Vec<Number>>;

/// The phrases for what one holder has on objects of one kind in one place, given by one grantor. `held` is in the order
/// of the objects.
pub(crate) fn phrases(
    seen: &Seen<'_>,
    held: &[(Number, Held)],
    granted_by: Option<&RoleName>,
) -> Vec<Phrase> {
    let Some((first, _)) = held.first().and_then(|(number, _)| seen.object(*number)) else {
        return Vec::new();
    };
    let Some(word) = seen.widest(&first.kind) else { return Vec::new() };
    let all = seen.all(&first.kind).len();
    let mut phrases = Vec::new();
    for delegable in [false, true] {
        let held: Vec<(Number, Vec<Operation>)> = held
            .iter()
            .map(|(number, held)| (*number, held.iter().filter(|(_, option)| *option == delegable)))
            .map(|(number, held)| (number, held.map(|(operation, _)| operation.clone()).collect::<Vec<_>>()))
            .filter(|(_, operations)| !operations.is_empty())
            .collect();
        for (operations, numbers) in sets(seen, &held, word) {
            let privileges = privileges(seen, word, &operations, all);
            phrases.extend(cover(seen, &numbers, false).into_iter().map(|objects| Phrase {
                privileges: privileges.clone(),
                objects,
                reach: ReachPhrase::Existing,
                delegable,
                granted_by: granted_by.cloned(),
            }));
        }
    }
    phrases
}

/// The operations as a phrase has them: `all` where it is all.
pub(crate) fn privileges(
    seen: &Seen<'_>,
    word: &KindWord,
    operations: &[Operation],
    all: usize,
) -> Vec<Privilege> {
    if operations.len() == all && all > 1 {
        return vec![Privilege { operation: Operation::known("all"), columns: Vec::new() }];
    }
    let in_order = seen.in_order(word, operations).into_iter();
    in_order.map(|operation| Privilege { operation, columns: Vec::new() }).collect()
}

/// For each schema in the shorter of two ways: by what is held on each object, or by the objects of each operation.
fn sets(seen: &Seen<'_>, held: &[(Number, Vec<Operation>)], word: &KindWord) -> Sets {
    let container = |number: Number| seen.object(number).map(|(object, _)| Container::of(object));
    let mut sets = Sets::new();
    for same in held.chunk_by(|(a, _), (b, _)| container(*a) == container(*b)) {
        let by_object = by_object(same);
        let best = if by_object.len() < 2 {
            by_object
        } else {
            let by_operation = by_operation(same);
            let shorter = length(seen, &by_operation, word) < length(seen, &by_object, word);
            if shorter { by_operation } else { by_object }
        };
        for (operations, mut numbers) in best {
            sets.entry(operations).or_default().append(&mut numbers);
        }
    }
    sets
}

fn by_object(held: &[(Number, Vec<Operation>)]) -> Sets {
    let mut sets = Sets::new();
    for (number, operations) in held {
        sets.entry(operations.clone()).or_default().push(*number);
    }
    sets
}

fn by_operation(held: &[(Number, Vec<Operation>)]) -> Sets {
    let mut objects: BTreeMap<&Operation, Vec<Number>> = BTreeMap::new();
    for (number, operations) in held {
        for operation in operations {
            objects.entry(operation).or_default().push(*number);
        }
    }
    let mut sets: BTreeMap<Vec<Number>, Vec<Operation>> = BTreeMap::new();
    for (operation, numbers) in objects {
        sets.entry(numbers).or_default().push(operation.clone());
    }
    sets.into_iter().map(|(numbers, operations)| (operations, numbers)).collect()
}

/// How much there would be to read.
fn length(seen: &Seen<'_>, sets: &Sets, word: &KindWord) -> usize {
    let one = |(operations, numbers): (&Vec<Operation>, &Vec<Number>)| {
        let words: usize = operations.iter().map(|operation| operation.as_str().len() + 2).sum();
        let names: usize =
            cover(seen, numbers, false).iter().map(|phrase: &ObjectsPhrase| phrase.to_string().len()).sum();
        words + names + word.word.len()
    };
    sets.iter().map(one).sum()
}
