//! What an operation of a dual control means: the words of statements, which are not always those of privileges.

use model::{Kind, Operation, Vocabulary};
use std::cmp::Reverse;

/// What only owners may do.
const OWNERS: [Operation; 2] = [Operation::known("drop"), Operation::known("alter")];

/// What makes, changes or takes away roles.
const ROLES: [&str; 6] = ["create role", "alter role", "drop role", "create user", "alter user", "drop user"];

/// What an operation means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// To perform it on objects of a kind, or of every kind that has it.
    Performing(Operation, Option<Kind>),
    /// To give others what one has on objects of a kind; without a kind also a role.
    HandingOn(Option<Kind>),
    /// To make, change and drop roles.
    Roles,
    /// The shape of a statement and no privilege, such as a deletion without a condition: nothing in a database tells it from another.
    Shape,
}

impl Meaning {
    pub(super) const fn kind(&self) -> Option<&Kind> {
        match self {
            Meaning::Performing(_, kind) | Meaning::HandingOn(kind) => kind.as_ref(),
            Meaning::Roles | Meaning::Shape => None,
        }
    }
}

/// Reads `drop`, `alter table`, `grant`, `create role`.
pub(super) fn meaning(words: &Vocabulary, text: &str) -> Meaning {
    let lower = text.to_lowercase();
    let text = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    for verb in ["grant", "revoke"] {
        if let Some(kind) = after(words, &text, verb) {
            return Meaning::HandingOn(kind);
        }
    }
    if ROLES.contains(&text.as_str()) {
        return Meaning::Roles;
    }
    let granted = words.kinds.iter().flat_map(|kind| &kind.operations);
    let mut operations: Vec<Operation> = OWNERS.into_iter().chain(granted.cloned()).collect();
    // `alter system` is not to alter a system.
    operations.sort_by_key(|operation| Reverse(operation.as_str().len()));
    for operation in operations {
        let made = text.strip_prefix("create ").filter(|_| operation.as_str() == "create");
        if made.is_some_and(|kind| words.kind(kind).is_some()) {
            // What is made is made in something, and that is on what it is granted.
            return Meaning::Performing(operation.clone(), None);
        }
        if let Some(kind) = after(words, &text, operation.as_str()) {
            return Meaning::Performing(operation.clone(), kind);
        }
    }
    Meaning::Shape
}

/// The kind behind a verb: `Some(None)` if the verb is all that is said.
fn after(words: &Vocabulary, text: &str, verb: &str) -> Option<Option<Kind>> {
    let rest = text.strip_prefix(verb)?;
    if rest.is_empty() {
        return Some(None);
    }
    let kind = rest.strip_prefix(' ')?;
    let kind = kind.strip_prefix("on ").unwrap_or(kind);
    words.kind(kind).map(|word| Some(word.kind.clone()))
}
