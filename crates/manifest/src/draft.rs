//! A model that is still to be written: what an import found, as values. Its text is made here, beside what reads it.

mod flow;
mod writer;

use crate::phrase::{ObjectsPhrase, Phrase};
use crate::stored::StoredComment;
use model::{Attribute, DatabaseName, MemberPowers, Name, RoleName};
use std::collections::BTreeMap;

/// A whole model.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// What is said at the top of the first file, line by line.
    pub about: Vec<String>,
    /// The engine's name.
    pub engine: String,
    /// The name of the one environment.
    pub environment: String,
    /// Its URL as a template: a variable stands for it, or for the secret in it.
    pub url: String,
    /// The cluster's name, where the databases are said to share one.
    pub cluster: Option<String>,
    /// The databases.
    pub databases: Vec<DatabaseName>,
    /// Roles of the target that stay outside, each with the reason.
    pub external: Vec<(RoleName, String)>,
    /// What everybody holds, for each database.
    pub public: BTreeMap<DatabaseName, Vec<Phrase>>,
    /// What is on the target and not in the model, line by line.
    pub unsaid: Vec<String>,
    /// The roles, as they are spread over files.
    pub files: Vec<DraftFile>,
}

/// A file of roles.
#[derive(Debug, Clone, Default)]
pub struct DraftFile {
    /// Its name, with the ending.
    pub name: String,
    /// What is in it.
    pub about: Vec<String>,
    /// Its roles.
    pub roles: Vec<DraftRole>,
    /// Each role is one entry of one line or a few, for models of thousands of roles.
    pub compact: bool,
}

/// In which words a role is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Form {
    /// Under `roles:`.
    #[default]
    Role,
    /// Under `logins:`: nothing else is to be said than what it inherits.
    Login,
    /// Under `service_accounts:`, with the databases that it logs in to.
    ServiceAccount(Vec<DatabaseName>),
}

/// A role, or a login.
#[derive(Debug, Clone)]
pub struct DraftRole {
    /// Its name.
    pub name: RoleName,
    /// In which words it is written.
    pub form: Form,
    /// What is odd about it, line by line.
    pub remarks: Vec<String>,
    /// Its purpose, and who answers for it.
    pub comment: Option<StoredComment>,
    /// One can log in as it.
    pub login: bool,
    /// Flags that differ from the least that a role can be.
    pub attributes: Vec<(Attribute, bool)>,
    /// How many sessions it may have, where that is limited.
    pub connection_limit: Option<i64>,
    /// When its password stops working.
    pub expires: Option<String>,
    /// Settings everywhere.
    pub settings: BTreeMap<Name, String>,
    /// Settings in one database.
    pub settings_in: BTreeMap<DatabaseName, BTreeMap<Name, String>>,
    /// The roles that it is a member of.
    pub inherits: Vec<DraftMembership>,
    /// What it is granted, for each database.
    pub grants: BTreeMap<DatabaseName, Vec<Phrase>>,
    /// What it owns, for each database.
    pub owns: BTreeMap<DatabaseName, Vec<ObjectsPhrase>>,
    /// What it is not to hold on what it owns, for each database.
    pub withhold: BTreeMap<DatabaseName, Vec<Phrase>>,
}

impl DraftRole {
    /// A role of which nothing is known yet.
    #[must_use]
    pub fn new(name: RoleName) -> Self {
        Self {
            name,
            form: Form::default(),
            remarks: Vec::new(),
            comment: None,
            login: false,
            attributes: Vec::new(),
            connection_limit: None,
            expires: None,
            settings: BTreeMap::new(),
            settings_in: BTreeMap::new(),
            inherits: Vec::new(),
            grants: BTreeMap::new(),
            owns: BTreeMap::new(),
            withhold: BTreeMap::new(),
        }
    }

    /// How many phrases say what it holds and owns.
    #[must_use]
    pub fn phrases(&self) -> usize {
        let count =
            |phrases: &BTreeMap<DatabaseName, Vec<Phrase>>| phrases.values().map(Vec::len).sum::<usize>();
        count(&self.grants) + count(&self.withhold) + self.owns.values().map(Vec::len).sum::<usize>()
    }
}

/// A membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftMembership {
    /// The role that is held.
    pub role: RoleName,
    /// What that gives.
    pub powers: MemberPowers,
    /// Who gave it, where that matters.
    pub granted_by: Option<RoleName>,
}

impl Draft {
    /// The files with their names. Read again they are this model.
    #[must_use]
    pub fn files(&self) -> Vec<(String, String)> {
        writer::files(self)
    }
}
