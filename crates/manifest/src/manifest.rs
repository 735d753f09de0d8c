//! The manifest: a model as it is written, every value with its place.

use crate::source::{Lines, Said, Span};
use std::collections::BTreeMap;

/// A text and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text, unquoted.
    pub value: String,
    /// Where it stands.
    pub span: Span,
    /// True if it stands there letter for letter, so that a part of it can be pointed to.
    pub exact: bool,
}

impl Text {
    /// The place of a part, in bytes of the text; the whole where a part cannot be pointed to.
    #[must_use]
    pub fn part(&self, start: usize, end: usize) -> Span {
        if self.exact { self.span.part(start, end) } else { self.span }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.value
    }
}

/// Entries that the user names. The key is repeated in each entry with its place.
pub type Named<T> = BTreeMap<String, Entry<T>>;

/// What a name stands for.
#[derive(Debug, Clone)]
pub struct Entry<T> {
    /// The name, and where it is defined.
    pub name: Text,
    /// What it stands for.
    pub value: T,
}

/// A model as it is written.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    pub(crate) lines: Lines,
    /// Servers with their environments.
    pub clusters: Named<ClusterEntry>,
    /// Databases.
    pub databases: Named<DatabaseEntry>,
    /// The organisation's own boundaries.
    pub boundaries: Named<BoundaryEntry>,
    /// Roles.
    pub roles: Named<RoleEntry>,
    /// Roles that are managed elsewhere.
    pub external_roles: Vec<Text>,
    /// PUBLIC's phrases for each database.
    pub public: Named<Vec<Text>>,
    /// Applications.
    pub applications: Named<ApplicationEntry>,
    /// Separations of duties.
    pub separation_of_duties: Vec<SeparationEntry>,
    /// Dual controls.
    pub dual_control: Vec<DualControlEntry>,
    /// People with their accounts.
    pub people: Named<Vec<Text>>,
    /// Groups.
    pub groups: Named<GroupEntry>,
    /// Users.
    pub users: Named<UserEntry>,
    /// Service accounts.
    pub service_accounts: Named<AccountEntry>,
    /// Terms in days, by name.
    pub policy: BTreeMap<String, u32>,
    /// Accepted findings.
    pub exceptions: Vec<ExceptionEntry>,
    /// Reviews of routines.
    pub reviewed_routines: Vec<ReviewEntry>,
    /// Tests.
    pub tests: Vec<TestEntry>,
}

/// An environment of a cluster.
#[derive(Debug, Clone)]
pub struct EnvironmentEntry {
    /// The URL's template.
    pub url: Text,
    /// How roles are named here.
    pub role_names: Option<Text>,
    /// The database's real name here.
    pub database: Option<Text>,
}

/// A cluster.
#[derive(Debug, Clone)]
pub struct ClusterEntry {
    /// The engine's name.
    pub engine: Text,
    /// Where it runs.
    pub environments: Named<EnvironmentEntry>,
}

/// A database.
#[derive(Debug, Clone)]
pub struct DatabaseEntry {
    /// The engine's name, where the database has environments of its own.
    pub engine: Option<Text>,
    /// The cluster it is in.
    pub cluster: Option<Text>,
    /// Its real name.
    pub name: Option<Text>,
    /// Environments of its own.
    pub environments: Named<EnvironmentEntry>,
}

/// A boundary of the organisation's own.
#[derive(Debug, Clone)]
pub struct BoundaryEntry {
    /// What for.
    pub about: Option<Text>,
    /// What it starts from.
    pub like: Option<Text>,
    /// Operations for each kind.
    pub operations: Named<Vec<Text>>,
    /// Whether its roles may own.
    pub may_own: Option<bool>,
    /// Attributes that its roles may have.
    pub attributes: Vec<Text>,
}

/// Where a role is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Being designed: not realised.
    Draft,
    /// In use.
    Active,
    /// In use, and to be replaced.
    Deprecated,
    /// To be gone.
    Retired,
}

impl State {
    /// The word that the model uses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Active => "active",
            State::Deprecated => "deprecated",
            State::Retired => "retired",
        }
    }
}

/// Where a password comes from.
#[derive(Debug, Clone)]
pub struct PasswordEntry {
    /// An environment variable.
    pub env: Option<Text>,
    /// A file.
    pub file: Option<Text>,
    /// Where the entry stands.
    pub span: Span,
}

/// What every login and role may have.
#[derive(Debug, Clone, Default)]
pub struct LoginTerms {
    /// How many sessions; -1 for no limit.
    pub connection_limit: Option<Said<i64>>,
    /// When its password stops working.
    pub expires: Option<Text>,
    /// Where its password comes from.
    pub password: Option<PasswordEntry>,
    /// Settings everywhere.
    pub settings: Named<Text>,
    /// Settings in one database.
    pub settings_in: Named<Named<Text>>,
}

/// A role.
#[derive(Debug, Clone, Default)]
pub struct RoleEntry {
    /// Why it exists.
    pub purpose: Option<Text>,
    /// Who answers for it.
    pub owner: Option<Text>,
    /// The most it may hold.
    pub boundary: Option<Text>,
    /// Where it is in its life.
    pub state: Option<Said<State>>,
    /// The role to use instead.
    pub replaced_by: Option<Text>,
    /// The day it goes.
    pub sunset: Option<Text>,
    /// Who gets what it owns when it goes.
    pub reassign_to: Option<Text>,
    /// Its juniors.
    pub inherits: Vec<MembershipEntry>,
    /// Members that the model does not name are removed.
    pub members_exclusive: bool,
    /// Application functions that it serves.
    pub serves: Vec<Text>,
    /// Grant phrases for each database.
    pub grants: Named<Vec<Text>>,
    /// Ownership phrases for each database.
    pub owns: Named<Vec<Text>>,
    /// Withheld privileges for each database.
    pub withhold: Named<Vec<Text>>,
    /// One can log in as it.
    pub login: bool,
    /// Limits, password and settings.
    pub terms: LoginTerms,
    /// Attributes, on or off.
    pub attributes: Vec<(Text, bool)>,
    /// For each database the role that owns what its logins make.
    pub creates_as: Named<Text>,
}

/// A membership: a junior, or a role that an account has.
#[derive(Debug, Clone)]
pub struct MembershipEntry {
    /// The role that is held.
    pub role: Text,
    /// Its privileges are used without doing anything.
    pub inherit: bool,
    /// The member may become the role.
    pub set: bool,
    /// The member may make others members.
    pub admin: bool,
    /// The grantor.
    pub granted_by: Option<Text>,
    /// The last day, as `2027-01-31`.
    pub until: Option<Text>,
}

/// An application.
#[derive(Debug, Clone)]
pub struct ApplicationEntry {
    /// Its roles live in the application alone.
    pub outside_database: bool,
    /// Who answers for it.
    pub owner: Option<Text>,
    /// What it does.
    pub functions: Named<FunctionEntry>,
}

/// A function of an application.
#[derive(Debug, Clone)]
pub struct FunctionEntry {
    /// The roles that it needs.
    pub roles: Vec<Text>,
    /// How much harm it can do.
    pub risk: Option<Text>,
}

/// A set of duties.
#[derive(Debug, Clone)]
pub struct DutiesEntry {
    /// Roles.
    pub roles: Vec<Text>,
    /// Permissions.
    pub permissions: Vec<Text>,
    /// How many are too many.
    pub cardinality: Option<Said<u32>>,
    /// For how many days a role that is over still counts.
    pub within: Option<Said<u32>>,
    /// Where the set stands.
    pub span: Span,
}

/// A separation of duties.
#[derive(Debug, Clone)]
pub struct SeparationEntry {
    /// Its name.
    pub name: Text,
    /// What it prevents.
    pub why: Option<Text>,
    /// On assignment.
    pub on_assignment: Option<DutiesEntry>,
    /// On a session.
    pub on_session: Option<DutiesEntry>,
}

/// A dual control.
#[derive(Debug, Clone)]
pub struct DualControlEntry {
    /// Its name.
    pub name: Text,
    /// Where.
    pub on: Vec<Text>,
    /// Which operations.
    pub operations: Vec<Text>,
    /// Who may approve.
    pub approvers: Vec<Text>,
    /// How many must.
    pub approvals: Option<Said<u32>>,
}

/// A group.
#[derive(Debug, Clone)]
pub struct GroupEntry {
    /// Its roles.
    pub roles: Vec<Text>,
    /// Groups that its members are in as well.
    pub groups: Vec<Text>,
    /// Who answers for it.
    pub owner: Option<Text>,
    /// How it differs, for each environment.
    pub environments: Named<GroupHere>,
}

/// How a group differs in one environment.
#[derive(Debug, Clone)]
pub struct GroupHere {
    /// Roles on top.
    pub also: Vec<Text>,
    /// Roles that do not come.
    pub without: Vec<Text>,
    /// Why.
    pub why: Option<Text>,
}

/// A user.
#[derive(Debug, Clone)]
pub struct UserEntry {
    /// The groups.
    pub groups: Vec<Text>,
    /// Roles of its own.
    pub roles: Vec<MembershipEntry>,
    /// The databases it logs in to; none means that it is no login.
    pub login: Vec<Text>,
    /// The login's name.
    pub login_name: Option<Text>,
    /// Limits, password and settings.
    pub terms: LoginTerms,
}

/// A service account.
#[derive(Debug, Clone)]
pub struct AccountEntry {
    /// Why it exists.
    pub purpose: Option<Text>,
    /// Who answers for it.
    pub owner: Option<Text>,
    /// Its roles.
    pub roles: Vec<MembershipEntry>,
    /// The databases it logs in to.
    pub login: Vec<Text>,
    /// Limits, password and settings.
    pub terms: LoginTerms,
}

/// An accepted finding.
#[derive(Debug, Clone)]
pub struct ExceptionEntry {
    /// The finding's code.
    pub rule: Text,
    /// What it is about.
    pub about: Text,
    /// Who accepts it.
    pub owner: Text,
    /// Why.
    pub reason: Text,
    /// The last day, as `2027-01-31`.
    pub until: Text,
    /// The print of what was seen, where the finding is about a target.
    pub saw: Option<Text>,
    /// The environment in which it is accepted, where the finding is about a target; every one unless said.
    pub environment: Option<Text>,
}

/// A review of a routine.
#[derive(Debug, Clone)]
pub struct ReviewEntry {
    /// The database that it is in.
    pub database: Text,
    /// The routine, as a phrase names it.
    pub on: Text,
    /// The digest of what was read.
    pub digest: Text,
    /// All that the body does.
    pub does: Vec<Text>,
    /// Who has read it.
    pub reviewed_by: Text,
    /// The last day, as `2027-01-31`.
    pub until: Option<Text>,
}

/// A test of the model.
#[derive(Debug, Clone)]
pub struct TestEntry {
    /// What it claims.
    pub name: Text,
    /// Who is asked about.
    pub subjects: Vec<TestSubject>,
    /// In which environment; `None` for every one.
    pub env: Option<Text>,
    /// What must be possible.
    pub can: Vec<Text>,
    /// What must not be.
    pub cannot: Vec<Text>,
}

/// Whom a test asks about.
#[derive(Debug, Clone)]
pub enum TestSubject {
    /// A user.
    User(Text),
    /// A role.
    Role(Text),
    /// A service account.
    ServiceAccount(Text),
}
