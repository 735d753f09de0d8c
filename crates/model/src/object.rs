//! Objects: what an operation is performed on.

use crate::{DatabaseName, Kind, Name};
use std::cmp::Ordering;
use std::fmt;

/// Where an object lives: in the whole cluster, or in one of its databases.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Shared by every database: roles, databases, tablespaces, parameters.
    Cluster,
    /// Inside this database.
    Database(DatabaseName),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Cluster => f.write_str("cluster"),
            Place::Database(name) => write!(f, "database {name}"),
        }
    }
}

/// One object of a target, by its full name. A column is an object of its own kind.
#[derive(Clone, Eq)]
pub struct Object {
    /// The cluster or the database it lives in.
    pub place: Place,
    /// Its kind, as grants see it.
    pub kind: Kind,
    /// Its name from the outside in: `[schema, table]`, `[schema, table, column]`, `[schema]`.
    pub path: Vec<Name>,
    /// For routines, the input types in the engine's full spelling; `None` for everything else.
    pub arguments: Option<Vec<Name>>,
}

impl Object {
    /// An object without arguments.
    #[must_use]
    pub fn new(place: Place, kind: Kind, path: Vec<Name>) -> Self {
        Self { place, kind, path, arguments: None }
    }

    /// Its database, or `None` for an object of the whole cluster.
    #[must_use]
    pub fn database(&self) -> Option<&DatabaseName> {
        match &self.place {
            Place::Cluster => None,
            Place::Database(name) => Some(name),
        }
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl PartialOrd for Object {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Object {
    /// By place, kind, path, arguments. Facts share their objects, so most comparisons end at once.
    fn cmp(&self, other: &Self) -> Ordering {
        if std::ptr::eq(self, other) {
            return Ordering::Equal;
        }
        self.place
            .cmp(&other.place)
            .then_with(|| self.kind.cmp(&other.kind))
            .then_with(|| self.path.cmp(&other.path))
            .then_with(|| self.arguments.cmp(&other.arguments))
    }
}

impl std::hash::Hash for Object {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (&self.place, &self.kind, &self.path, &self.arguments).hash(state);
    }
}

impl fmt::Display for Object {
    /// Kind and dotted path as a person reads it; unquoted, so never for use as code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.kind)?;
        for (i, part) in self.path.iter().enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            write!(f, "{part}")?;
        }
        if let Some(arguments) = &self.arguments {
            f.write_str("(")?;
            for (i, argument) in arguments.iter().enumerate() {
                if i > 0 {
                    f.write_str(", ")?;
                }
                write!(f, "{argument}")?;
            }
            f.write_str(")")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {self}", self.place)
    }
}
