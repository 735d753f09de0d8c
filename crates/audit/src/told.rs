//! Facts as words: counts, lists that end, and the change that takes an operation away.

use crate::Look;
use model::{Change, Grantor, Held, Holder, Kind, Object, Operation, Place, Principal};
use std::fmt::Display;
use std::sync::Arc;

const SCHEMA: Kind = Kind::known("schema");
const USAGE: Operation = Operation::known("usage");

/// How many names a line of evidence lists before it counts the rest.
const LISTED: usize = 12;

/// `1 login`, `3 logins`.
#[must_use]
pub fn several(count: usize, noun: &str) -> String {
    let noun = noun.strip_suffix('s').filter(|_| count == 1 && !noun.ends_with("ss")).unwrap_or(noun);
    format!("{count} {noun}")
}

/// `a, b, c`, or the first dozen `and 288 more`.
#[must_use]
pub fn listed<T: Display>(names: impl IntoIterator<Item = T>) -> String {
    let mut names = names.into_iter();
    let mut text = names.by_ref().take(LISTED).map(|name| name.to_string()).collect::<Vec<_>>().join(", ");
    match names.count() {
        0 => {}
        rest => text.push_str(&format!(" and {rest} more")),
    }
    text
}

/// Every name, a dozen to a line, for lists that are what the reader came for. The first line begins with what they are of.
#[must_use]
pub fn in_lines<T: Display>(of: &str, names: impl IntoIterator<Item = T>) -> Vec<String> {
    let names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    let mut lines: Vec<String> = names.chunks(LISTED).map(|names| names.join(", ")).collect();
    if let Some(first) = lines.first_mut() {
        *first = format!("{of}: {first}");
    }
    lines
}

/// By whom an entry was given.
#[must_use]
pub fn given_by(by: &Grantor) -> String {
    match by {
        Grantor::Role(role) => format!("given by {role}"),
        Grantor::Owner | Grantor::Untracked => "given by the owner".to_owned(),
    }
}

/// The change that takes these operations out of an entry.
#[must_use]
pub fn taken(on: &Arc<Object>, holder: &Holder, held: &Held, gone: impl Fn(&Operation) -> bool) -> Change {
    let left = held.iter().filter(|(operation, _)| !gone(operation));
    Change::Entry {
        on: on.clone(),
        to: holder.to.clone(),
        by: holder.by.clone(),
        from: held.clone(),
        into: left.map(|(operation, delegable)| (operation.clone(), delegable)).collect(),
    }
}

/// What keeps everybody out although the object is open: a schema that not everybody may use.
#[must_use]
pub fn wall(look: &Look<'_>, object: &Object) -> Option<String> {
    let (Place::Database(_), Some(schema), true) =
        (&object.place, object.path.first(), object.path.len() > 1)
    else {
        return None;
    };
    let schema = Arc::new(Object::new(object.place.clone(), SCHEMA, vec![schema.clone()]));
    let entries = look.entries(&schema);
    let open =
        entries.iter().any(|(holder, held)| holder.to == Principal::Public && held.get(&USAGE).is_some());
    (!open).then(|| format!("only who may use {schema} gets there"))
}

#[cfg(test)]
mod tests {
    use super::{in_lines, listed, several};

    #[test]
    fn one_is_one_and_a_long_list_ends() {
        assert_eq!(
            (several(1, "logins"), several(2, "logins")),
            ("1 login".to_owned(), "2 logins".to_owned())
        );
        assert_eq!(listed(["a", "b"]), "a, b");
        assert_eq!(listed(1..=15), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 3 more");
        assert_eq!(in_lines("of 14", 1..=14), ["of 14: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12", "13, 14"]);
        assert_eq!(listed(1..=12), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12");
    }
}
