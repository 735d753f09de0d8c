//! Entries: what roles hold on objects and columns, and what everybody does.

use crate::cover::exactly;
use crate::roles::Model;
use crate::seen::{Number, Seen};
use crate::unsaid::Unsaid;
use crate::{Under, Wanted, everybody, together};
use manifest::{ObjectsPhrase, Phrase, Privilege, ReachPhrase};
use model::{Acl, DatabaseName, Grantor, Held, Kind, Name, Object, Operation, Pattern, Principal, RoleName};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What one holder has: on objects of a kind by a grantor, in the order of objects.
pub(crate) type OnObjects = BTreeMap<(Under, Kind, Option<RoleName>), Vec<(Number, Held)>>;
/// What one holder has on columns by a grantor: for each table its columns.
pub(crate) type OnColumns = BTreeMap<(Under, Option<RoleName>), BTreeMap<Vec<Name>, Vec<(Name, Held)>>>;

/// What one holder has.
#[derive(Debug, Default)]
pub(crate) struct Holding {
    pub(crate) objects: OnObjects,
    pub(crate) columns: OnColumns,
}

/// Adds the grants of the model's roles. Returns how many entries they stand for, and the phrases for PUBLIC.
pub(crate) fn add(
    seen: &Seen<'_>,
    model: &mut Model,
    unsaid: &mut Unsaid,
    wanted: &Wanted,
) -> (usize, BTreeMap<DatabaseName, Vec<Phrase>>) {
    let mut holdings: BTreeMap<&RoleName, Holding> = BTreeMap::new();
    let mut public = everybody::Public::default();
    let mut entries = 0;
    for (object, acl) in &seen.observed.access.entries {
        let number = seen.number(object);
        let owner = seen.owner(object);
        public.look(seen, object, number, acl, wanted, unsaid);
        for (holder, held) in acl {
            let Principal::Role(role) = &holder.to else { continue };
            if !seen.is_inside(role) {
                continue;
            }
            if owner == Some(role) {
                owners_own(seen, object, role, &holder.by, held, unsaid);
                continue;
            }
            grantor_outside(seen, object, role, &holder.by, unsaid);
            own_option(object, role, &holder.by, held, unsaid);
            entries += 1;
            holdings.entry(role).or_default().take(seen, (object, number), &holder.by, held);
        }
    }
    for (role, holding) in holdings {
        let Some(entry) = model.get_mut(role) else { continue };
        for (under, phrase) in holding.phrases(seen) {
            entry.grants.entry(under).or_default().push(phrase);
        }
    }
    (entries, public.phrases(seen))
}

impl Holding {
    /// Adds an entry.
    pub(crate) fn take(
        &mut self,
        seen: &Seen<'_>,
        (object, number): (&Object, Option<Number>),
        by: &Grantor,
        held: &Held,
    ) {
        let (Some(under), by) = (seen.under(object), seen.grantor(by)) else { return };
        match number {
            Some(number) => {
                let list = self.objects.entry((under, object.kind.clone(), by)).or_default();
                // Several grantors outside the model are one in it.
                match list.last_mut() {
                    Some((last, before)) if *last == number => before.absorb(held),
                    _ => list.push((number, held.clone())),
                }
            }
            None => {
                let Some((column, table)) = object.path.split_last() else { return };
                let columns = self.columns.entry((under, by)).or_default().entry(table.to_vec()).or_default();
                match columns.last_mut() {
                    Some((last, before)) if last == column => before.absorb(held),
                    _ => columns.push((column.clone(), held.clone())),
                }
            }
        }
    }

    /// The phrases, in the order of the engine's words.
    pub(crate) fn phrases(&self, seen: &Seen<'_>) -> Vec<(Under, Phrase)> {
        let mut phrases = Vec::new();
        let order = |kind: &Kind| seen.words().kinds.iter().position(|word| word.kind == *kind);
        let mut objects: Vec<_> = self.objects.iter().collect();
        objects.sort_by_key(|((under, kind, by), _)| (under, by, order(kind)));
        for ((under, _, by), held) in objects {
            let some = together::phrases(seen, held, by.as_ref());
            phrases.extend(some.into_iter().map(|phrase| (under.clone(), phrase)));
        }
        for ((under, by), tables) in &self.columns {
            let some = on_columns(seen, tables, by.as_ref());
            phrases.extend(some.into_iter().map(|phrase| (under.clone(), phrase)));
        }
        phrases
    }
}

/// Operations, each with its columns.
type ColumnList = Vec<(Operation, Vec<Name>)>;

/// A phrase for each list of columns, and tables with the same list together.
fn on_columns(
    seen: &Seen<'_>,
    tables: &BTreeMap<Vec<Name>, Vec<(Name, Held)>>,
    granted_by: Option<&RoleName>,
) -> Vec<Phrase> {
    let mut same: BTreeMap<(bool, ColumnList), Vec<Pattern>> = BTreeMap::new();
    let table = seen.words().kinds.iter().find(|word| !word.column_operations.is_empty());
    let Some(word) = table else { return Vec::new() };
    for (path, columns) in tables {
        for delegable in [false, true] {
            let mut by_operation: BTreeMap<&Operation, Vec<Name>> = BTreeMap::new();
            for (column, held) in columns {
                for (operation, _) in held.iter().filter(|(_, option)| *option == delegable) {
                    by_operation.entry(operation).or_default().push(column.clone());
                }
            }
            let in_order = word
                .column_operations
                .iter()
                .filter_map(|operation| Some((operation.clone(), by_operation.get(operation)?.clone())));
            let in_order: Vec<_> = in_order.collect();
            if !in_order.is_empty() {
                let name = Object::new(model::Place::Cluster, word.kind.clone(), path.clone());
                same.entry((delegable, in_order)).or_default().push(exactly(&name));
            }
        }
    }
    let phrase = |((delegable, privileges), names): ((bool, ColumnList), Vec<Pattern>)| Phrase {
        privileges: privileges
            .into_iter()
            .map(|(operation, columns)| Privilege { operation, columns })
            .collect(),
        objects: ObjectsPhrase { word: word.word, names, except: Vec::new() },
        reach: ReachPhrase::Existing,
        delegable,
        granted_by: granted_by.cloned(),
    };
    same.into_iter().map(phrase).collect()
}

/// An owner's own entry is the model's only where something is withheld (see `owners`).
fn owners_own(
    seen: &Seen<'_>,
    object: &Arc<Object>,
    role: &RoleName,
    by: &Grantor,
    held: &Held,
    unsaid: &mut Unsaid,
) {
    let on_column = seen.number(object).is_none();
    if *by != Grantor::Owner {
        unsaid.note("entries of owners that others gave them", format!("{role} on {object}"));
    } else if on_column {
        unsaid.note("entries of owners on columns of their own tables", format!("{role} on {object}"));
    } else if held.iter().any(|(_, option)| option) {
        unsaid.note(
            "grant options that owners gave themselves, which changes nothing: an owner has them anyway",
            format!("{role} on {object}"),
        );
    }
}

fn grantor_outside(
    seen: &Seen<'_>,
    object: &Arc<Object>,
    role: &RoleName,
    by: &Grantor,
    unsaid: &mut Unsaid,
) {
    if let (Grantor::Role(grantor), None) = (by, seen.grantor(by)) {
        unsaid.note(
            "privileges given by a role that stays outside: in the model any grantor will do",
            format!("{role} on {object} by {grantor}"),
        );
    }
}

fn own_option(object: &Arc<Object>, role: &RoleName, by: &Grantor, held: &Held, unsaid: &mut Unsaid) {
    if *by == Grantor::Role(role.clone()) && held.iter().any(|(_, option)| option) {
        unsaid.note(
            "grant options that a role gave itself: said in the model, and not to be made again anywhere else",
            format!("{role} on {object}"),
        );
    }
}

/// Whether an object's entries are everybody's as it was made.
pub(crate) fn of_public(acl: &Acl) -> Vec<(&Grantor, &Held)> {
    let public = acl.iter().filter(|(holder, _)| holder.to == Principal::Public);
    public.map(|(holder, held)| (&holder.by, held)).collect()
}
