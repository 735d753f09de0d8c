//! What one look at a target saw.

use crate::{Access, Catalogue, DatabaseName, Kind, Machinery, Object, RoleName, Survey};
use std::collections::{BTreeMap, BTreeSet};

/// Which target this is, told apart from its copies, and when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// The engine's name, for people.
    pub engine: &'static str,
    /// The version as the engine numbers it.
    pub version: u32,
    /// The version as the engine prints it.
    pub version_text: String,
    /// The identifier that the cluster was born with; copies share it.
    pub system: String,
    /// The role that the cluster was born with: it stands at the root of every chain of grants.
    pub root: RoleName,
    /// The timeline, which moves when a copy is promoted.
    pub timeline: u32,
    /// The databases that were looked at and the engine's number for each, which moves when one is
    /// restored under its old name.
    pub databases: BTreeMap<DatabaseName, u32>,
    /// It follows another server and takes no changes.
    pub standby: bool,
    /// The target's clock at the look, as the engine prints it.
    pub instant: String,
    /// Since when the server runs, to the microsecond: a standby and a copy have begun at another moment.
    pub started: String,
}

impl At {
    /// True if both looks went to one running server, under whatever name it was reached.
    #[must_use]
    pub fn is_same_server(&self, other: &Self) -> bool {
        self.engine == other.engine && self.system == other.system && self.started == other.started
    }
}

/// Who looks and later changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executor {
    /// The role that logged in.
    pub login: RoleName,
    /// The role whose power is used: the login itself or one that it may become.
    pub acts_as: RoleName,
    /// It stands above every check.
    pub superuser: bool,
    /// Settings, in lower case, that it may set for the roles that it may change; of no use to who is above every check.
    pub open_settings: BTreeSet<String>,
}

/// Something the look could not see, or saw and cannot reproduce.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// What it concerns.
    pub about: String,
    /// What is missing and why.
    pub what: String,
}

/// Something that keeps a role from being dropped, where the other facts of a look do not say so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tie {
    /// Which role.
    pub role: RoleName,
    /// In which database.
    pub database: DatabaseName,
    /// What the role does there, for people: "owns …", "is named by …".
    pub what: String,
    /// Nobody could look there: what the role has stays unknown.
    pub unread: bool,
}

/// Something that a prepared transaction holds: in which database, of which kind, under which number of the engine's.
pub type HeldKey = (DatabaseName, Kind, u32);

/// What is under way in the name of a role that is to go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnderWay {
    /// How many sessions have logged in as it, whatever role each has become.
    pub sessions: u64,
    /// The engine's stores of changes that these sessions feed from, by name: they fill up when nobody feeds from them.
    pub feeds: Vec<String>,
    /// What a scheduler of the engine starts in its name, each in words.
    pub jobs: Vec<String>,
}

/// One look at a target.
#[derive(Debug, Clone)]
pub struct Observed {
    /// Which target, and when.
    pub at: At,
    /// As whom.
    pub executor: Executor,
    /// What exists.
    pub catalogue: Catalogue,
    /// What gives power.
    pub access: Access,
    /// Databases that the model does not name, looked at for what the roles that are to go have in them.
    pub beyond: BTreeSet<DatabaseName>,
    /// Databases of the cluster that were not looked at.
    pub not_looked_at: BTreeSet<DatabaseName>,
    /// Those of them that were to be looked at and could not be, with the reason.
    pub unread: BTreeMap<DatabaseName, String>,
    /// What keeps the roles that are to go.
    pub ties: Vec<Tie>,
    /// What only an audit asks for; nothing where nobody asked.
    pub survey: Option<Survey>,
    /// What it does by itself, for an analysis of escalation; nothing where nobody asked.
    pub machinery: Option<Machinery>,
    /// What prepared transactions hold, each with the transaction's name, where roles are to go: nobody changes it before these have
    /// ended.
    pub held: BTreeMap<HeldKey, String>,
    /// What is under way in the name of those roles.
    pub under_way: BTreeMap<RoleName, UnderWay>,
    /// What could not be seen or cannot be reproduced.
    pub notes: Vec<Note>,
}

impl Observed {
    /// The prepared transaction that holds the object, if one does.
    #[must_use]
    pub fn held_by(&self, on: &Object) -> Option<&str> {
        if self.held.is_empty() {
            return None;
        }
        let id = self.catalogue.objects.get(on)?.id;
        self.held.get(&(on.database()?.clone(), on.kind.clone(), id)).map(String::as_str)
    }
}
