//! Who owns what, and what owners lack on what is theirs.

use crate::Under;
use crate::cover::cover;
use crate::roles::Model;
use crate::seen::{Number, Seen};
use crate::together;
use crate::unsaid::Unsaid;
use model::{Existing, Grantor, Held, Holder, Kind, Object, Operation, Principal, RoleName};
use std::collections::BTreeMap;
use std::sync::Arc;

type Owned<'a> = BTreeMap<(&'a RoleName, Under, &'a Kind), Vec<Number>>;
type Withheld<'a> = BTreeMap<(&'a RoleName, Under, &'a Kind), Vec<(Number, Held)>>;

pub(crate) fn add(seen: &Seen<'_>, model: &mut Model, unsaid: &mut Unsaid) {
    let (mut owned, mut withheld) = (Owned::new(), Withheld::new());
    for (object, owner) in &seen.observed.access.owners {
        let missing = missing(seen, object, owner);
        if !seen.is_inside(owner) {
            if !missing.is_empty()
                && !seen.words().reserved_prefixes.iter().any(|p| owner.as_str().starts_with(p))
            {
                unsaid.note(
                    "what owners outside the model lack on their own objects",
                    format!("{owner} on {object}"),
                );
            }
            continue;
        }
        let number = seen.number(object);
        let existing = number.and_then(|number| seen.object(number)).map(|(_, existing)| existing);
        let Some((number, under)) = number.zip(seen.under(object)) else { continue };
        if !missing.is_empty() {
            withheld.entry((owner, under.clone(), &object.kind)).or_default().push((number, missing));
        }
        match unsayable(seen, object, existing) {
            Some(Reason::Follows) => {}
            Some(Reason::Said(why)) => unsaid.note(why, format!("{object} of {owner}")),
            None => owned.entry((owner, under, &object.kind)).or_default().push(number),
        }
    }
    let order = |kind: &Kind| seen.words().kinds.iter().position(|word| word.kind == *kind);
    let mut owned: Vec<_> = owned.into_iter().collect();
    owned.sort_by_key(|((_, _, kind), _)| order(kind));
    for ((owner, under, _), numbers) in owned {
        let Some(entry) = model.get_mut(owner) else { continue };
        entry.owns.entry(under).or_default().extend(cover(seen, &numbers, true));
    }
    for ((owner, under, _), held) in withheld {
        let Some(entry) = model.get_mut(owner) else { continue };
        entry.withhold.entry(under).or_default().extend(together::phrases(seen, &held, None));
    }
}

enum Reason {
    /// It goes with its table.
    Follows,
    Said(String),
}

fn unsayable(seen: &Seen<'_>, object: &Object, existing: Option<&Existing>) -> Option<Reason> {
    let word = seen.widest(&object.kind);
    let Some(word) = word.filter(|word| word.owned) else {
        return Some(Reason::Said(format!(
            "owners of each {}, for which the language has no word",
            object.kind
        )));
    };
    let existing = existing?;
    if existing.follows_table {
        return Some(Reason::Follows);
    }
    if let Some(extension) = &existing.extension {
        return Some(Reason::Said(format!("owners of what the extension {extension} made")));
    }
    let named = object.arguments.is_none() || word.arguments;
    (!named).then(|| Reason::Said("owners of objects whose names take more than a model can say".to_owned()))
}

/// What the owner would hold on its own object and does not.
fn missing(seen: &Seen<'_>, object: &Arc<Object>, owner: &RoleName) -> Held {
    let Some(acl) = seen.observed.access.entries.get(object) else { return Held::none() };
    let own = Holder { to: Principal::Role(owner.clone()), by: Grantor::Owner };
    let has = acl.get(&own);
    let lacks = |operation: &Operation| has.is_none_or(|has| has.get(operation).is_none());
    let all = seen.all(&object.kind);
    all.iter()
        .filter(|(operation, _)| lacks(operation))
        .map(|(operation, _)| (operation.clone(), false))
        .collect()
}
