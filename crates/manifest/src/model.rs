//! The compiled model: everything resolved that can be without a target, and from it the targets.

use crate::manifest::{DualControlEntry, ExceptionEntry, SeparationEntry, State, Text};
use crate::source::Span;
use ::model::{
    Boundary, Cause, CauseId, GrantIntent, HeirIntent, MemberIntent, MemberPowers, OwnerIntent, Review,
    RoleIntent, RoleName, WithholdIntent,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A model without errors.
#[derive(Debug, Clone)]
pub struct Model {
    pub(crate) databases: Vec<Database>,
    pub(crate) sites: Vec<Site>,
    pub(crate) roles: BTreeMap<RoleName, RoleFacts>,
    pub(crate) external: BTreeSet<RoleName>,
    pub(crate) logins: BTreeMap<RoleName, LoginFacts>,
    pub(crate) grants: Vec<In<GrantIntent>>,
    pub(crate) owns: Vec<In<OwnerIntent>>,
    pub(crate) withhold: Vec<In<WithholdIntent>>,
    /// Shared with the intents that are made of it.
    pub(crate) causes: Arc<Vec<Cause>>,
    pub(crate) groups: BTreeMap<String, GroupFacts>,
    pub(crate) users: BTreeMap<String, Assigned>,
    /// The accounts of each person.
    pub(crate) people: BTreeMap<String, Vec<String>>,
    pub(crate) tests: Vec<TestFacts>,
    /// For each engine its boundaries, the organisation's own included.
    pub(crate) boundaries: BTreeMap<(String, String), Boundary>,
    pub(crate) separation_of_duties: Vec<SeparationEntry>,
    /// The permissions that separations name, by where they stand.
    pub(crate) permissions: BTreeMap<Span, Claim>,
    pub(crate) dual_control: Vec<DualControlEntry>,
    pub(crate) exceptions: Vec<ExceptionEntry>,
    pub(crate) reviews: Vec<In<Review>>,
    pub(crate) policy: BTreeMap<String, u32>,
    /// Memberships with an end, those that are over too.
    pub(crate) temporary: Vec<TemporaryFacts>,
    /// What somebody answers for: the code, `constraint/who` and the environment.
    pub(crate) answered: BTreeSet<(&'static str, String, String)>,
    /// Who may be given a deprecated role, because somebody accepts the finding about it.
    pub(crate) tolerated: BTreeSet<String>,
}

/// A membership with an end.
#[derive(Debug, Clone)]
pub(crate) struct TemporaryFacts {
    /// Who has it: a role, a user or a service account.
    pub(crate) holder: String,
    pub(crate) role: RoleName,
    pub(crate) until: String,
    pub(crate) ended: bool,
    /// How many days ago the last day was, if it was.
    pub(crate) days_ago: Option<u32>,
    pub(crate) cause: CauseId,
}

/// A database as the model calls it.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pub(crate) key: String,
    pub(crate) engine: String,
}

/// Something that belongs to one of the model's databases, by its number.
#[derive(Debug, Clone)]
pub(crate) struct In<T> {
    pub(crate) database: usize,
    pub(crate) what: T,
}

/// One server in one environment.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) cluster: String,
    pub(crate) environment: String,
    pub(crate) engine: String,
    pub(crate) url: Text,
    pub(crate) role_names: Option<Text>,
    pub(crate) databases: Vec<SiteDatabase>,
}

/// A database on a server.
#[derive(Debug, Clone)]
pub(crate) struct SiteDatabase {
    pub(crate) database: usize,
    /// Its real name, where the model says it.
    pub(crate) name: Option<String>,
    /// The URL of its own that may say its name.
    pub(crate) url: Option<Text>,
}

/// A role, names not yet as a target has them.
#[derive(Debug, Clone)]
pub(crate) struct RoleFacts {
    pub(crate) state: State,
    /// Settings in one database are in `settings_in`.
    pub(crate) intent: RoleIntent,
    pub(crate) settings_in: Vec<In<(::model::Name, String)>>,
    pub(crate) login: bool,
    pub(crate) superuser: bool,
    pub(crate) juniors: Vec<Held>,
    /// Databases in which it has something of its own.
    pub(crate) touches: BTreeSet<usize>,
    pub(crate) creates_as: BTreeMap<usize, (RoleName, Span)>,
    /// Who gets what it owns when it goes.
    pub(crate) heir: Option<HeirIntent>,
    pub(crate) cause: CauseId,
    /// Who answers for it.
    pub(crate) owner: Option<Text>,
    /// The name of its boundary.
    pub(crate) boundary: Option<String>,
    /// The day on which a deprecated role is to go.
    pub(crate) sunset: Option<String>,
    pub(crate) replaced_by: Option<RoleName>,
}

/// A role that is held.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) role: RoleName,
    pub(crate) powers: MemberPowers,
    pub(crate) granted_by: Option<RoleName>,
    pub(crate) cause: CauseId,
    /// Where the model names it.
    pub(crate) span: Span,
}

impl Held {
    pub(crate) fn by(&self, member: &RoleName) -> MemberIntent {
        MemberIntent {
            role: self.role.clone(),
            member: member.clone(),
            powers: self.powers,
            granted_by: self.granted_by.clone(),
            cause: self.cause,
        }
    }
}

/// What an account was given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Assigned {
    pub(crate) roles: Vec<Held>,
    pub(crate) groups: Vec<InGroup>,
    /// The login that stands for it, if it has one.
    pub(crate) login: Option<RoleName>,
}

/// A group that somebody is in.
#[derive(Debug, Clone)]
pub(crate) struct InGroup {
    pub(crate) name: String,
    /// Where the model says so.
    pub(crate) span: Span,
}

/// A login role of an account.
#[derive(Debug, Clone)]
pub(crate) struct LoginFacts {
    pub(crate) intent: RoleIntent,
    pub(crate) settings_in: Vec<In<(::model::Name, String)>>,
    pub(crate) databases: BTreeSet<usize>,
    pub(crate) assigned: Assigned,
    /// Who answers for it.
    pub(crate) owner: Option<Text>,
    pub(crate) span: Span,
}

/// A group.
#[derive(Debug, Clone)]
pub(crate) struct GroupFacts {
    /// Groups that its members are in as well.
    pub(crate) groups: Vec<InGroup>,
    pub(crate) roles: Vec<Held>,
    pub(crate) differs: BTreeMap<String, (Vec<Held>, BTreeSet<RoleName>)>,
}

impl GroupFacts {
    /// The roles that come with the group in an environment.
    pub(crate) fn roles(&self, environment: &str) -> impl Iterator<Item = &Held> {
        let here = self.differs.get(environment);
        let gone = move |held: &&Held| !here.is_some_and(|(_, without)| without.contains(&held.role));
        let also = here.map(|(also, _)| also.as_slice()).unwrap_or_default();
        self.roles.iter().filter(gone).chain(also)
    }
}

/// Whom a test asks about.
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    User(String),
    Login(RoleName),
    Role(RoleName),
}

/// A test, its phrases parsed.
#[derive(Debug, Clone)]
pub(crate) struct TestFacts {
    pub(crate) name: Text,
    pub(crate) subject: Subject,
    pub(crate) environment: Option<String>,
    pub(crate) claims: Vec<Claim>,
}

/// One permission that must be there, or must not.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) allowed: bool,
    pub(crate) database: usize,
    pub(crate) grants: Vec<GrantIntent>,
    pub(crate) text: Text,
}

impl Model {
    /// The environments, each once, in alphabetical order.
    #[must_use]
    pub fn environments(&self) -> Vec<&str> {
        let all: BTreeSet<&str> = self.sites.iter().map(|site| site.environment.as_str()).collect();
        all.into_iter().collect()
    }

    /// The names of the roles that are realised, logins of accounts included, before any template.
    pub fn role_names(&self) -> impl Iterator<Item = &RoleName> {
        self.roles.iter().filter(|(_, facts)| facts.is_real()).map(|(name, _)| name).chain(self.logins.keys())
    }

    /// The boundaries of an engine by their names, the organisation's own included.
    pub fn boundaries(&self, engine: &str) -> impl Iterator<Item = &Boundary> {
        self.boundaries.iter().filter(move |((of, _), _)| of == engine).map(|(_, boundary)| boundary)
    }

    /// The separations of duties, validated.
    #[must_use]
    pub fn separation_of_duties(&self) -> &[SeparationEntry] {
        &self.separation_of_duties
    }

    /// The dual controls, validated.
    #[must_use]
    pub fn dual_control(&self) -> &[DualControlEntry] {
        &self.dual_control
    }

    /// The accepted findings, whatever their code: those of other tools are theirs to apply.
    #[must_use]
    pub fn exceptions(&self) -> &[ExceptionEntry] {
        &self.exceptions
    }

    /// The terms of the policy in days, by name.
    #[must_use]
    pub fn policy(&self) -> &BTreeMap<String, u32> {
        &self.policy
    }

    /// How many grants, ownerships and withheld privileges the model makes.
    #[must_use]
    pub fn phrases(&self) -> usize {
        self.grants.len() + self.owns.len() + self.withhold.len()
    }
}

impl RoleFacts {
    /// True if the role is to exist.
    pub(crate) fn is_real(&self) -> bool {
        matches!(self.state, State::Active | State::Deprecated)
    }
}
