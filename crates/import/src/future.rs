//! Default privileges: what roles and everybody get on objects still to be made.

use crate::roles::Model;
use crate::seen::Seen;
use crate::together;
use crate::unsaid::Unsaid;
use crate::{Under, Wanted};
use manifest::{ObjectsPhrase, Phrase, ReachPhrase};
use model::{Future, FutureKey, FutureScope, Held, Kind, Operation, Pattern, Principal, RoleName, Segment};
use std::collections::BTreeMap;

/// Which default privileges are one phrase: what, on which kind, by whom.
type Same<'a> = (Under, &'a Kind, bool, Vec<Operation>, &'a RoleName);

/// The same with the names in place of the creator, for what several creators give.
type SameNames<'a> = (Under, &'a Kind, bool, Vec<Operation>, Vec<Pattern>);

pub(crate) fn add(
    seen: &Seen<'_>,
    model: &mut Model,
    public: &mut BTreeMap<Under, Vec<Phrase>>,
    unsaid: &mut Unsaid,
    wanted: &Wanted,
) {
    let mut by_role: BTreeMap<&RoleName, BTreeMap<Same<'_>, Vec<Pattern>>> = BTreeMap::new();
    let mut by_public: BTreeMap<Same<'_>, Vec<Pattern>> = BTreeMap::new();
    for (key, future) in &seen.observed.access.future {
        let Some(under) = key.scope.database().cloned() else { continue };
        let as_made = seen.dialect.default_future(key);
        creators_own(key, future, &as_made, unsaid);
        let pattern = pattern(seen, key);
        for (to, held) in future {
            let Principal::Role(role) = to else { continue };
            if *role == key.creator || !seen.is_inside(role) {
                continue;
            }
            for same in parts(&under, key, held) {
                by_role.entry(role).or_default().entry(same).or_default().push(pattern.clone());
            }
        }
        let held = |future: &Future| future.get(&Principal::Public).cloned().unwrap_or_default();
        let (has, made) = (held(future), held(&as_made));
        if has == made {
            continue;
        }
        if wanted.no_public_future {
            unsaid.note(
                "what everybody gets on objects still to be made",
                format!("each {} of {}", key.kind, key.creator),
            );
        } else if has.is_empty() {
            let nothing = (under.clone(), &key.kind, false, Vec::new(), &key.creator);
            by_public.entry(nothing).or_default().push(pattern.clone());
        } else {
            for same in parts(&under, key, &has) {
                by_public.entry(same).or_default().push(pattern.clone());
            }
        }
    }
    for (role, parts) in by_role {
        let Some(entry) = model.get_mut(role) else { continue };
        join(seen, parts, &mut entry.grants);
    }
    join(seen, by_public, public);
}

/// What is given with and without the right to hand it on.
fn parts<'a>(under: &Under, key: &'a FutureKey, held: &Held) -> Vec<Same<'a>> {
    let part = |delegable: bool| {
        let some = held.iter().filter(|(_, option)| *option == delegable);
        let operations: Vec<Operation> = some.map(|(operation, _)| operation.clone()).collect();
        (!operations.is_empty()).then(|| (under.clone(), &key.kind, delegable, operations, &key.creator))
    };
    [part(false), part(true)].into_iter().flatten().collect()
}

fn pattern(seen: &Seen<'_>, key: &FutureKey) -> Pattern {
    let parts = seen.widest(&key.kind).map_or(2, |word| *word.parts.end());
    let schema = match &key.scope {
        FutureScope::AddsIn(schema) => schema.path.first().cloned().map(Segment::Exactly),
        FutureScope::Replaces(_) if parts > 1 => Some(Segment::any()),
        FutureScope::Replaces(_) => None,
    };
    Pattern { path: schema.into_iter().chain([Segment::any()]).collect(), arguments: None }
}

/// What new objects of a creator give itself is left alone by every model.
fn creators_own(key: &FutureKey, future: &Future, as_made: &Future, unsaid: &mut Unsaid) {
    let own = Principal::Role(key.creator.clone());
    if future.get(&own) != as_made.get(&own) {
        unsaid.note(
            "what creators give themselves on objects still to be made",
            format!("{} on each {}", key.creator, key.kind),
        );
    }
}

/// Adds the phrases. What is there for existing objects already, under the same names, is said together with it.
fn join(
    seen: &Seen<'_>,
    parts: BTreeMap<Same<'_>, Vec<Pattern>>,
    phrases: &mut BTreeMap<Under, Vec<Phrase>>,
) {
    let mut together: BTreeMap<SameNames<'_>, Vec<RoleName>> = BTreeMap::new();
    for ((under, kind, delegable, operations, creator), names) in parts {
        together.entry((under, kind, delegable, operations, names)).or_default().push(creator.clone());
    }
    for ((under, kind, delegable, operations, names), creators) in together {
        let Some(word) = seen.widest(kind) else { continue };
        let privileges = together::privileges(seen, word, &operations, seen.all(kind).len());
        let phrase = Phrase {
            privileges,
            objects: ObjectsPhrase { word: word.word, names, except: Vec::new() },
            reach: ReachPhrase::Future(creators),
            delegable,
            granted_by: None,
        };
        let list = phrases.entry(under).or_default();
        let covers = |one: &Phrase| {
            one.reach == ReachPhrase::Existing
                && one.privileges == phrase.privileges
                && one.objects.word == phrase.objects.word
                && one.objects.except.is_empty()
                && phrase.objects.names.iter().all(|name| one.objects.names.contains(name))
                && one.delegable == phrase.delegable
                && one.granted_by.is_none()
        };
        let Some(at) = list.iter().position(covers) else {
            list.push(phrase);
            continue;
        };
        let both = ReachPhrase::Both(phrase.reach.creators().to_vec());
        if let Some(one) = list.get_mut(at) {
            one.objects.names.retain(|name| !phrase.objects.names.contains(name));
        }
        list.insert(at + 1, Phrase { reach: both, ..phrase });
        list.retain(|one| !one.objects.names.is_empty());
    }
}
