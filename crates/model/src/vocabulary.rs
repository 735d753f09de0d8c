//! The words of an engine: its kinds of object, what can be done to each, and its roles' attributes. The
//! model language is the same for every engine; the words come from here.

use crate::{Attribute, Kind, Operation, Variety};
use std::ops::RangeInclusive;

/// The words of one engine, of every version that is supported. A connected target may know fewer.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    /// The engine's name as the model writes it.
    pub engine: &'static str,
    /// The kinds as the model writes them. Several words may stand for one kind, with a variety.
    pub kinds: Vec<KindWord>,
    /// Attributes that are flags and that a role may be given, each of them power beyond privileges.
    pub flags: Vec<Attribute>,
    /// The built-in boundaries.
    pub boundaries: Vec<Boundary>,
    /// The longest name, in bytes.
    pub longest_name: usize,
    /// Words that cannot name a role, in lower case.
    pub reserved_roles: Vec<&'static str>,
    /// Beginnings of role names that belong to the engine.
    pub reserved_prefixes: Vec<&'static str>,
    /// Roles that hosts and tools make for themselves, each with whose it is: no model is to change them.
    pub managed_roles: Vec<(&'static str, &'static str)>,
    /// Roles of the engine's own that are as good as standing above every check.
    pub sovereign_roles: Vec<&'static str>,
    /// Other spellings of types, in lower case, each with the spelling that facts carry.
    pub type_aliases: Vec<(&'static str, &'static str)>,
}

impl Vocabulary {
    /// The kind that a word of the model stands for.
    #[must_use]
    pub fn kind(&self, word: &str) -> Option<&KindWord> {
        self.kinds.iter().find(|kind| kind.word == word)
    }

    /// A type's spelling as facts carry it.
    #[must_use]
    pub fn spell<'a>(&self, written: &'a str) -> &'a str {
        self.type_aliases.iter().find(|(alias, _)| *alias == written).map_or(written, |(_, full)| full)
    }
}

/// A word for a kind of object.
#[derive(Debug, Clone)]
pub struct KindWord {
    /// As the model writes it: `table`, `materialized view`.
    pub word: &'static str,
    /// The kind that facts carry.
    pub kind: Kind,
    /// The varieties of the kind that the word stands for; empty means all.
    pub varieties: Vec<Variety>,
    /// True if such objects belong to the cluster and to no database.
    pub cluster_wide: bool,
    /// How many parts a name has.
    pub parts: RangeInclusive<usize>,
    /// True if a name may be followed by input types.
    pub arguments: bool,
    /// What can be granted on it.
    pub operations: Vec<Operation>,
    /// What can be granted on single columns of it.
    pub column_operations: Vec<Operation>,
    /// True if privileges on objects still to be made can be given.
    pub future: bool,
    /// True if it has an owner that can be changed.
    pub owned: bool,
}

/// The most that a class of role may ever hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boundary {
    /// Its name: `reader`, `writer`, `owner`, `admin`, `auditor`.
    pub name: String,
    /// What the class is for, in one sentence.
    pub about: String,
    /// The operations that may be held on each kind.
    pub operations: Vec<(Kind, Vec<Operation>)>,
    /// True if its roles may own objects.
    pub may_own: bool,
    /// Attributes that its roles may have.
    pub flags: Vec<Attribute>,
}

impl Boundary {
    /// True if the operation on that kind lies inside.
    #[must_use]
    pub fn allows(&self, kind: &Kind, operation: &Operation) -> bool {
        self.operations.iter().any(|(k, operations)| k == kind && operations.contains(operation))
    }
}
