//! The names that a text sees and that are not in the catalogue.

use std::collections::{BTreeMap, BTreeSet};

/// Variables, parameters and tables that only the routine around a text has.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Variables and parameters that are there wherever the text is.
    pub(crate) always: BTreeSet<String>,
    /// The parameters that a caller gives something for, in their order; no name where there is none.
    pub(crate) inputs: Vec<String>,
    /// Which of them `$1`, `$2` and so on are: PL/pgSQL counts those too that only come out.
    pub(crate) numbered: Vec<Option<usize>>,
    /// Variables that are there in some block or loop.
    pub(crate) somewhere: BTreeSet<String>,
    /// What a bare name means that may be a column as well as a variable.
    pub(crate) bare: Bare,
    /// Variables that are always the same text.
    pub(crate) constants: BTreeMap<String, String>,
    /// Tables that are there while a trigger runs.
    pub(crate) transition: BTreeSet<String>,
}

/// What a bare name means that may be a column as well as a variable.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Bare {
    /// The variable; if there is such a column too, the statement fails. PL/pgSQL, unless it is told otherwise.
    Variable,
    /// The column, if there is one. SQL, and PL/pgSQL with `#variable_conflict use_column`.
    #[default]
    Column,
}

static NONE: Names = Names {
    always: BTreeSet::new(),
    inputs: Vec::new(),
    numbered: Vec::new(),
    somewhere: BTreeSet::new(),
    bare: Bare::Column,
    constants: BTreeMap::new(),
    transition: BTreeSet::new(),
};

impl Names {
    /// Whether a variable may have this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.always.contains(name) || self.somewhere.contains(name)
    }

    /// None at all.
    pub(crate) fn none() -> &'static Self {
        &NONE
    }
}
