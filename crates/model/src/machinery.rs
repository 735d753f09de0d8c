//! Machinery: what a target does in somebody's name without being told in so many words. Bodies of routines, triggers, views,
//! foreign keys that change other tables. Only an analysis of escalation asks for it.

use crate::{DatabaseName, Name, Object, Operation, Permission, Principal, Reviewed, RoleName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a target does by itself.
#[derive(Debug, Clone, Default)]
pub struct Machinery {
    /// Routines with what their bodies do.
    pub routines: BTreeMap<Arc<Object>, Routine>,
    /// Triggers of tables that are switched on.
    pub triggers: Vec<Trigger>,
    /// Triggers of what happens to objects and sessions that are switched on.
    pub watches: Vec<Watch>,
    /// Views and what they read and write.
    pub views: BTreeMap<Arc<Object>, Window>,
    /// What happens to a table when another one is changed.
    pub cascades: Vec<Cascade>,
    /// What is done besides or instead, when something is written to a table or view, with the rights of its owner.
    pub rules: Vec<Rewrite>,
    /// Columns to which a foreign key of another table can point.
    pub keys: Vec<Key>,
    /// Aggregates, and routines with their owner's rights of which they are made.
    pub aggregates: Vec<(Arc<Object>, Arc<Object>)>,
    /// What calls routines as its owner when it is filled or sorted anew, and which.
    pub maintained: Vec<(Arc<Object>, Arc<Object>)>,
    /// Views that show what is stored of passwords.
    pub show_verifiers: BTreeSet<Arc<Object>>,
    /// Languages that reach what the server's account reaches, and in which nobody is kept from writing.
    pub unconfined: BTreeSet<Arc<Object>>,
    /// Tables that are filled from elsewhere, each with the role as which that is done.
    pub filled: BTreeSet<(Arc<Object>, RoleName)>,
    /// Other servers for which a credential is stored, and whose it is.
    pub mappings: BTreeSet<(Arc<Object>, Principal)>,
}

/// A routine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routine {
    /// It runs with its owner's rights, whoever calls it.
    pub definer: bool,
    /// Whether it is called by a trigger and by nothing else.
    pub fires: Fires,
    /// The language that it is written in.
    pub language: Name,
    /// What its body does.
    pub body: Body,
    /// The digest of the body, by which a review names it: where it is not understood, and all of it is in the database.
    pub digest: Option<String>,
    /// What has come of a review of it.
    pub review: Option<Reviewed>,
    /// The ways in which whoever chooses what names mean can put something else in the place of what it names.
    pub openings: BTreeSet<Opening>,
    /// Routines with their caller's rights that it comes to call. True, if nothing else can be meant, and it is called by its name.
    pub calls: BTreeMap<Arc<Object>, bool>,
    /// What it does to which tables, if only to a part of them or to none of their columns in particular.
    pub touches: BTreeSet<(Operation, Arc<Object>)>,
}

/// By what a routine is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fires {
    /// By its name.
    Named,
    /// By triggers of tables.
    OnTables,
    /// By triggers of what happens to objects and sessions.
    OnEvents,
}

/// What a routine's body does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// What its fixed statements do.
    pub does: BTreeSet<Permission>,
    /// What else it can do.
    pub beyond: Beyond,
}

/// What a body does beyond its fixed statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beyond {
    /// Nothing.
    Nothing,
    /// A statement is made at run time of what the caller gives: whatever the caller wants.
    Anything {
        /// Of what, as the body says it.
        why: String,
        /// Which of its arguments becomes a part of the text as it is given, counted from 0, where that is seen.
        given: Option<usize>,
        /// It is all of the text.
        whole: bool,
    },
    /// Nobody can tell from here.
    Unknown {
        /// Why not.
        why: String,
    },
}

/// How the meaning of a name in a body can be chosen from outside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Opening {
    /// By a temporary table of this name, which comes before all others.
    Temporary(Loose),
    /// By a temporary type of a type's name, which comes before all others.
    TemporaryType {
        /// The name.
        name: Name,
        /// The type that is meant, where it is one of one's own; it is the engine's otherwise.
        meant: Option<Arc<Object>>,
        /// A value is made a value of it each time.
        sure: bool,
    },
    /// By making this schema, which is looked through and is not there.
    Missing(Name, Option<Loose>),
    /// By something made in this schema, which is looked through as well: a table that is found there first. Without one,
    /// something would have to fit better than what is meant.
    Schema(Arc<Object>, Option<Loose>),
    /// By something made in any schema, such as this table: the caller says where names are looked up.
    AnySchema(Option<Loose>),
}

/// A table that a body names without its schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Loose {
    /// The name.
    pub name: Name,
    /// The table that is meant, where that is known.
    pub meant: Option<Arc<Object>>,
    /// It is written to, so that only a table can stand in its place, and no view.
    pub written: bool,
}

/// A trigger of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// Its name.
    pub name: Name,
    /// The table.
    pub on: Arc<Object>,
    /// What sets it off.
    pub by: BTreeSet<Operation>,
    /// What it runs.
    pub runs: Arc<Object>,
}

/// A trigger of what happens to objects and sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Its name.
    pub name: Name,
    /// The database in which it watches.
    pub database: DatabaseName,
    /// What it watches for, as the engine calls it.
    pub event: String,
    /// The commands that set it off; every one if there are none.
    pub commands: Vec<String>,
    /// What it runs.
    pub runs: Arc<Object>,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// What it reads and writes is done with the rights of whoever uses it, and not with its owner's.
    pub as_caller: bool,
    /// It holds rows of its own, from when it was last filled.
    pub stored: bool,
    /// What it reads, tables and views.
    pub reads: BTreeSet<Arc<Object>>,
    /// Operations that it passes on to the table or view behind it, which is one of those that it reads.
    pub passes_on: BTreeSet<Operation>,
}

/// What is done besides or instead, when something is written to a table or view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrite {
    /// Its name.
    pub name: Name,
    /// The table or view.
    pub on: Arc<Object>,
    /// What is written.
    pub by: Operation,
    /// What is done.
    pub does: Body,
}

/// A column to which a foreign key of another table can point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The column.
    pub column: Arc<Object>,
    /// The type as which it is compared, as the engine spells it.
    pub compared_as: String,
}

/// What happens to a table when another is changed, whoever changes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cascade {
    /// The table that is changed.
    pub from: Arc<Object>,
    /// How.
    pub by: Operation,
    /// The table that changes with it.
    pub to: Arc<Object>,
    /// How.
    pub does: Operation,
}
