//! PUBLIC: what everybody holds, where that is not what an object was made with.

use crate::Wanted;
use crate::cover::{cover, is_row_type};
use crate::grants::{Holding, of_public};
use crate::seen::{Number, Seen};
use crate::unsaid::Unsaid;
use manifest::{Phrase, ReachPhrase};
use model::{Acl, Grantor, Held, Object};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What differs. A phrase claims all that everybody holds on what it names, on a table's columns too.
#[derive(Debug, Default)]
pub(crate) struct Public {
    claimed: BTreeSet<Arc<Object>>,
    /// Objects on which everybody holds nothing.
    nothing: Vec<(crate::Under, Number)>,
    /// Columns on which everybody holds something, by what they were made with.
    columns: Vec<(Arc<Object>, Acl, bool)>,
    holding: Holding,
}

impl Public {
    pub(crate) fn look(
        &mut self,
        seen: &Seen<'_>,
        object: &Arc<Object>,
        number: Option<Number>,
        acl: &Acl,
        wanted: &Wanted,
        unsaid: &mut Unsaid,
    ) {
        if wanted.public_beside.contains(object) || is_elsewhere(seen, object) {
            return;
        }
        let entries = of_public(acl);
        let Some(number) = number else {
            let as_made = is_as_made(seen, object, &entries);
            if !entries.is_empty() || !as_made {
                self.columns.push((object.clone(), acl.clone(), as_made));
            }
            return;
        };
        if is_as_made(seen, object, &entries) {
            return;
        }
        let follows = seen.object(number).is_some_and(|(_, existing)| existing.follows_table);
        if follows && is_row_type(seen, object) {
            unsaid.note("what everybody holds on row types", object.to_string());
            return;
        }
        self.claimed.insert(object.clone());
        if let (Some(under), true) = (seen.under(object), entries.is_empty()) {
            self.nothing.push((under, number));
        }
        for (by, held) in entries {
            self.holding.take(seen, (object, Some(number)), by, held);
        }
    }

    /// The phrases for each database.
    pub(crate) fn phrases(mut self, seen: &Seen<'_>) -> BTreeMap<crate::Under, Vec<Phrase>> {
        let table = |column: &Object| seen.dialect.owned_with(column);
        // Columns that differ, and all those of tables that are claimed.
        for (column, acl, as_made) in std::mem::take(&mut self.columns) {
            let claimed = table(&column).is_some_and(|table| self.claimed.contains(&table));
            if as_made && !claimed {
                continue;
            }
            for (by, held) in of_public(&acl) {
                self.holding.take(seen, (&column, None), by, held);
            }
        }
        let mut phrases: BTreeMap<crate::Under, Vec<Phrase>> = BTreeMap::new();
        let kind =
            |number: &Number| seen.object(*number).map(|(object, _)| (object.place.clone(), &object.kind));
        let mut nothing: BTreeMap<_, Vec<Number>> = BTreeMap::new();
        for (under, number) in &self.nothing {
            nothing.entry((under, kind(number))).or_default().push(*number);
        }
        for ((under, _), numbers) in nothing {
            let list = phrases.entry(under.clone()).or_default();
            list.extend(cover(seen, &numbers, false).into_iter().map(|objects| Phrase {
                privileges: Vec::new(),
                objects,
                reach: ReachPhrase::Existing,
                delegable: false,
                granted_by: None,
            }));
        }
        for (under, phrase) in self.holding.phrases(seen) {
            phrases.entry(under).or_default().push(phrase);
        }
        phrases
    }
}

/// A database that was not looked at, and the engine's templates, which are made with less than the default.
fn is_elsewhere(seen: &Seen<'_>, object: &Object) -> bool {
    let database = object.path.first().filter(|_| object.kind.as_str() == "database");
    let known = |name: &model::Name| seen.observed.at.databases.contains_key(name.as_str());
    database.is_some_and(|name| !known(name) || is_template(seen, name.as_str()))
}

/// True for the engine's own databases.
pub(crate) fn is_template(seen: &Seen<'_>, database: &str) -> bool {
    let mut objects =
        seen.observed.catalogue.objects.iter().take_while(|(object, _)| object.database().is_none());
    objects.any(|(object, existing)| {
        let named = object.path.first().is_some_and(|name| name.as_str() == database);
        named && existing.system && object.kind.as_str() == "database"
    })
}

fn is_as_made(seen: &Seen<'_>, object: &Arc<Object>, entries: &[(&Grantor, &Held)]) -> bool {
    let as_made = seen.public_as_made(object);
    match entries {
        [] => as_made.is_empty(),
        [(Grantor::Owner, held)] => **held == as_made,
        _ => false,
    }
}
