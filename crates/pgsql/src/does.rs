//! What a text does: the answer of this crate, as plain data.

use std::collections::{BTreeMap, BTreeSet};

/// A relation as a text names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Relation {
    /// The schema, where the text says one. Without it the search path decides.
    pub schema: Option<String>,
    /// The name.
    pub name: String,
}

/// One operation on one relation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Act {
    /// A privilege (`select`, `insert`, `update`, `delete`, `truncate`, `maintain`) or what only an owner may (`drop`,
    /// `alter`), or `lock`, which any of the writing privileges allows.
    pub operation: &'static str,
    /// What it is done to.
    pub on: Relation,
    /// Which columns of it.
    pub columns: Columns,
    /// False where it is read only if it has one of the columns in [`Columns::perhaps`].
    pub certain: bool,
}

/// The columns that an act is about, as far as the grammar alone can tell. [`Act::extent`] asks somebody who knows the columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Columns {
    /// The whole of it.
    pub all: bool,
    /// These. One that the relation does not have is a function of its row: `o.total` is then `total(o)`, which reads the whole.
    pub named: BTreeSet<String>,
    /// These, if the relation has them: each may as well be of another relation, or be a parameter.
    pub perhaps: BTreeSet<String>,
}

/// How much of a relation an act is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent<'a> {
    /// None of it: the names are not its own.
    Nothing,
    /// No column in particular, but the right to one is needed: `count(*)`, `FOR UPDATE`.
    Any,
    /// These columns.
    These(BTreeSet<&'a str>),
    /// All of it.
    Whole,
}

impl Act {
    /// How much of the relation this is about, where somebody knows which columns it `has`.
    pub fn extent(&self, has: impl Fn(&str) -> bool) -> Extent<'_> {
        let Columns { all, named, perhaps } = &self.columns;
        if *all || named.iter().any(|name| !has(name)) {
            return Extent::Whole;
        }
        let these: BTreeSet<&str> =
            named.iter().chain(perhaps.iter().filter(|name| has(name))).map(String::as_str).collect();
        match (these.is_empty(), self.certain) {
            (false, _) => Extent::These(these),
            (true, true) => Extent::Any,
            (true, false) => Extent::Nothing,
        }
    }
}

impl Columns {
    pub(crate) fn whole() -> Self {
        Self { all: true, ..Self::default() }
    }

    pub(crate) fn named(names: impl IntoIterator<Item = String>) -> Self {
        Self { named: names.into_iter().collect(), ..Self::default() }
    }

    pub(crate) fn perhaps(names: impl IntoIterator<Item = String>) -> Self {
        Self { perhaps: names.into_iter().collect(), ..Self::default() }
    }

    /// Both together.
    pub(crate) fn join(&mut self, other: Self) {
        self.all |= other.all;
        self.named.extend(other.named);
        self.perhaps.extend(other.perhaps);
    }

    /// Whether any of it is meant for sure.
    pub(crate) fn is_certain(&self) -> bool {
        self.all || !self.named.is_empty()
    }
}

/// A routine that is called by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Call {
    /// The schema, where the text says one. Without it the search path decides.
    pub schema: Option<String>,
    /// The name.
    pub name: String,
    /// How many arguments it is given: with defaults, fewer than it has.
    pub arguments: usize,
}

/// A statement that is more than operations on relations and calls: `GRANT`, `ALTER ROLE`, `CREATE …`, `COPY … PROGRAM`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Other {
    /// Its first words, in capitals.
    pub kind: &'static str,
    /// Its text.
    pub text: String,
}

/// Whether names occur that the search path gives a meaning. Who chooses the path can choose another one.
///
/// Names in `BEGIN ATOMIC` are bound when the routine is made, so nothing there is loose. Names inside literals are not seen:
/// `nextval('s')`, `to_tsvector('english', …)`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Loose {
    /// A relation without a schema.
    pub relations: bool,
    /// A routine without a schema.
    pub routines: bool,
    /// An operator that is not written as `OPERATOR(schema.+)`; `IN`, `LIKE`, `BETWEEN` and joins by `USING` have one too.
    pub operators: bool,
    /// A type without a schema that is no keyword of the grammar: `text` is loose, `integer` is not. A collation too.
    pub types: bool,
}

/// What a text does, and no more than that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Does {
    /// Operations on relations, each relation and operation once, sorted.
    pub acts: Vec<Act>,
    /// The routines that are called by name, each once, sorted. What operators, casts, triggers and views call is not here.
    pub calls: Vec<Call>,
    /// Every statement that acts and calls do not say all of.
    pub others: Vec<Other>,
    /// What the search path decides.
    pub loose: Loose,
    /// The types among that, by name, sorted. True, if a value is made a value of the type wherever the text is run, and not an
    /// array of it or a column of a table.
    pub types: BTreeMap<String, bool>,
}

/// What has been found so far.
#[derive(Debug, Default)]
pub(crate) struct Found {
    acts: BTreeMap<(&'static str, Relation), (Columns, bool)>,
    calls: BTreeSet<Call>,
    others: BTreeSet<Other>,
    pub(crate) loose: Loose,
    types: BTreeMap<String, bool>,
}

impl Found {
    pub(crate) fn act(&mut self, operation: &'static str, on: &Relation, columns: Columns) {
        self.act_if(operation, on, columns, true);
    }

    pub(crate) fn act_if(&mut self, operation: &'static str, on: &Relation, columns: Columns, certain: bool) {
        let known = self.acts.entry((operation, on.clone())).or_default();
        known.0.join(columns);
        known.1 |= certain;
    }

    pub(crate) fn call(&mut self, call: Call) {
        self.loose.routines |= call.schema.is_none();
        self.calls.insert(call);
    }

    pub(crate) fn other(&mut self, kind: &'static str, text: &str) {
        self.others.insert(Other { kind, text: text.trim().to_owned() });
    }

    /// A type without its schema.
    pub(crate) fn loose_type(&mut self, name: &str, sure: bool) {
        self.loose.types = true;
        *self.types.entry(name.to_owned()).or_default() |= sure;
    }

    /// Adds what another text does.
    pub(crate) fn absorb(&mut self, does: Does) {
        for Act { operation, on, columns, certain } in does.acts {
            self.act_if(operation, &on, columns, certain);
        }
        self.calls.extend(does.calls);
        self.others.extend(does.others);
        does.types.iter().for_each(|(name, sure)| self.loose_type(name, *sure));
        let Loose { relations, routines, operators, types } = does.loose;
        self.loose.relations |= relations;
        self.loose.routines |= routines;
        self.loose.operators |= operators;
        self.loose.types |= types;
    }

    pub(crate) fn finish(self) -> Does {
        let acts = self.acts.into_iter();
        let act = |((operation, on), (columns, certain))| Act { operation, on, columns, certain };
        Does {
            acts: acts.map(act).collect(),
            calls: self.calls.into_iter().collect(),
            others: self.others.into_iter().collect(),
            loose: self.loose,
            types: self.types,
        }
    }
}

/// Something that the caller of a routine gives, and that becomes a part of a text that is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// Which of the parameters that a caller gives something for, from 0.
    pub parameter: usize,
    /// It is all of the text.
    pub whole: bool,
}
