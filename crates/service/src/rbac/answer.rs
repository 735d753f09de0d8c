//! What a function of the standard answers.

use access::rbac::{Permission, Refusal, Separation, Users};
use model::{Kind, Name, Object, Place};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::Arc;

/// What a call came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It was done.
    Done,
    /// A precondition does not hold: which, with its witness. Nothing was changed.
    Refused(String),
    /// Yes or no.
    Is(bool),
    /// These; maybe none.
    Are(Vec<String>),
    /// So many.
    Number(u32),
}

/// What a function returns.
pub(super) type Outcome = Result<Answer, Refusal>;

pub(super) fn done(done: Result<(), Refusal>) -> Outcome {
    done.map(|()| Answer::Done)
}

pub(super) fn users(users: Result<Users<'_>, Refusal>) -> Outcome {
    let named = |users: Users<'_>| users.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    users.map(|users| Answer::Are(named(users).into_iter().collect()))
}

pub(super) fn names<T: Display>(names: Result<BTreeSet<T>, Refusal>) -> Outcome {
    names.map(|names| Answer::Are(names.iter().map(ToString::to_string).collect()))
}

pub(super) fn set_roles(set: Result<Separation, Refusal>) -> Outcome {
    names(set.map(|set| set.roles))
}

pub(super) fn set_cardinality(set: Result<Separation, Refusal>) -> Outcome {
    set.map(|set| Answer::Number(set.cardinality))
}

/// Each object with all that may be done to it, as it could be asked about.
pub(super) fn permissions(permissions: Result<BTreeSet<Permission>, Refusal>) -> Outcome {
    let permissions = permissions?;
    let mut whole: BTreeMap<&Arc<Object>, Vec<&str>> = BTreeMap::new();
    let mut columns: BTreeMap<(Object, &str), Vec<&Name>> = BTreeMap::new();
    for Permission { operation, object } in &permissions {
        match (object.kind.as_str(), object.path.split_last()) {
            ("column", Some((column, table))) => {
                let table = Object::new(object.place.clone(), Kind::known("table"), table.to_vec());
                columns.entry((table, operation.as_str())).or_default().push(column);
            }
            _ => whole.entry(object).or_default().push(operation.as_str()),
        }
    }
    let whole = whole.into_iter().map(|(object, operations)| told(object, &operations.join(", ")));
    let columns = columns.into_iter().map(|((table, operation), columns)| {
        let columns: Vec<String> = columns.into_iter().map(ToString::to_string).collect();
        told(&table, &format!("{operation} ({})", columns.join(", ")))
    });
    Ok(Answer::Are(whole.chain(columns).collect()))
}

fn told(object: &Object, operations: &str) -> String {
    match &object.place {
        Place::Cluster => format!("{operations} on {object}"),
        Place::Database(name) => format!("{name}: {operations} on {object}"),
    }
}
