//! How much of a target a look covers.

use model::{DatabaseName, Name, Review, RoleName};
use std::collections::BTreeSet;

/// Which databases of the cluster are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Databases {
    /// The one that the URL names.
    Connected,
    /// Every one that takes connections.
    All,
    /// Every one that takes connections and can be read. Those named here have to be; each of the others that cannot is
    /// left out, and the look says so.
    Readable(BTreeSet<DatabaseName>),
    /// These; one that does not exist is an error.
    These(BTreeSet<DatabaseName>),
}

/// How much of a target a look covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Which databases.
    pub databases: Databases,
    /// Also the engine's own objects that stand at their default. Those that do not are always read.
    pub system_objects: bool,
    /// Tables whose columns are listed in the catalogue, by database and path.
    pub columns_of: BTreeSet<(DatabaseName, Vec<Name>)>,
    /// Roles that are to go: every database in which they have something is looked at, and what keeps them.
    pub leaving: BTreeSet<RoleName>,
    /// Databases that an earlier look found them in, whether or not they still have something there.
    pub again: BTreeSet<DatabaseName>,
    /// Facts that only an exact copy needs: settings for everybody, row-security policies, user mappings,
    /// password verifiers.
    pub everything: bool,
    /// What only an audit asks for: see [`model::Survey`].
    pub survey: bool,
    /// What a target does by itself, for an analysis of escalation: see [`model::Machinery`].
    pub machinery: bool,
    /// What somebody says that routines do, for the same.
    pub reviews: Vec<Review>,
}

impl Scope {
    /// Everything in these databases, the engine's own objects included: what was granted or revoked on one of
    /// them has to be found on a copy too.
    #[must_use]
    pub fn everything(databases: Databases) -> Self {
        Self {
            databases,
            system_objects: true,
            columns_of: BTreeSet::new(),
            leaving: BTreeSet::new(),
            again: BTreeSet::new(),
            everything: true,
            survey: false,
            machinery: false,
            reviews: Vec::new(),
        }
    }

    /// What a model needs of these databases.
    #[must_use]
    pub fn model(databases: BTreeSet<DatabaseName>) -> Self {
        Self {
            databases: Databases::These(databases),
            system_objects: false,
            columns_of: BTreeSet::new(),
            leaving: BTreeSet::new(),
            again: BTreeSet::new(),
            everything: false,
            survey: false,
            machinery: false,
            reviews: Vec::new(),
        }
    }
}
