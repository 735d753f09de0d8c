//! Who stands where: people, their accounts and credentials, groups and roles, and how each comes to the next. Constraints
//! are judged on this, and it needs no target.

use crate::manifest::Text;
use crate::model::{Assigned, Held, InGroup, Model, RoleFacts};
use crate::source::Span;
use crate::url::Server;
use ::model::{CauseId, MemberPowers, RoleName, Vocabulary};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Somebody, or something that power passes through.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A person, with all of their accounts.
    Person(String),
    /// A user.
    User(String),
    /// A service account.
    ServiceAccount(RoleName),
    /// A group.
    Group(String),
    /// A role.
    Role(RoleName),
}

impl Holder {
    /// The name that the model gives it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Holder::Person(name) | Holder::User(name) | Holder::Group(name) => name,
            Holder::ServiceAccount(name) | Holder::Role(name) => name.as_str(),
        }
    }
}

impl fmt::Display for Holder {
    /// As it stands in a way: a role and a user by their names alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Holder::Person(_) => write!(f, "person {}", self.name()),
            Holder::ServiceAccount(_) => write!(f, "service account {}", self.name()),
            Holder::Group(_) => write!(f, "group {}", self.name()),
            Holder::User(_) | Holder::Role(_) => f.write_str(self.name()),
        }
    }
}

/// How one comes to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// The account is the person's.
    Account,
    /// They answer for the credential, so they can come to use it.
    Controls,
    /// They are in the group.
    In,
    /// They are given the role.
    Has(MemberPowers),
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// From here.
    pub from: Holder,
    /// How.
    pub how: How,
    /// To here.
    pub to: Holder,
    /// The line that says so, where one does.
    pub span: Option<Span>,
}

/// Who stands where in some environments.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// Those on whom constraints are judged: people; users, service accounts and roles with a login that are nobody's accounts.
    pub subjects: Vec<Holder>,
    /// The steps.
    pub links: Vec<Link>,
}

impl Model {
    /// The environments in groups that are judged together: those that share a server share what is in it, whatever their
    /// roles are called. A model without environments is judged all the same.
    #[must_use]
    pub fn scopes(&self) -> Vec<BTreeSet<&str>> {
        let mut scopes: Vec<(BTreeSet<Server>, BTreeSet<&str>)> = Vec::new();
        for site in &self.sites {
            let mut servers = BTreeSet::from([Server::of(site.url.as_str())]);
            let mut environments = BTreeSet::from([site.environment.as_str()]);
            let shares = |(its, names): &mut (BTreeSet<Server>, BTreeSet<&str>)| {
                !its.is_disjoint(&servers) || names.contains(site.environment.as_str())
            };
            for (its, names) in scopes.extract_if(.., shares).collect::<Vec<_>>() {
                servers.extend(its);
                environments.extend(names);
            }
            scopes.push((servers, environments));
        }
        let mut scopes: Vec<BTreeSet<&str>> =
            scopes.into_iter().map(|(_, environments)| environments).collect();
        scopes.sort();
        if scopes.is_empty() { vec![BTreeSet::new()] } else { scopes }
    }

    /// Who stands where in these environments together.
    #[must_use]
    pub fn standing(&self, environments: &BTreeSet<&str>) -> Standing {
        let logins = self.logins_of_users();
        let mut gather = Gather { model: self, environments, logins, standing: Standing::default() };
        let owned = gather.people();
        gather.groups();
        gather.users(&owned);
        gather.logins(&owned);
        gather.roles(&owned);
        gather.standing
    }

    /// Who is meant by a name: a person, a user, an account, a service account, a group or a role.
    #[must_use]
    pub fn holder(&self, name: &str) -> Option<Holder> {
        self.named_holder(name, &self.logins_of_users())
    }

    fn named_holder(&self, name: &str, logins: &LoginsOfUsers<'_>) -> Option<Holder> {
        if self.people.contains_key(name) {
            return Some(Holder::Person(name.to_owned()));
        }
        let group = || self.groups.contains_key(name).then(|| Holder::Group(name.to_owned()));
        self.account(name, logins)
            .or_else(group)
            .or_else(|| Some(Holder::Role(self.real(&RoleName::new(name).ok()?)?)))
    }

    /// True for a role that the model names and leaves to others, so that nobody here knows what it has. What comes with an
    /// engine is known.
    #[must_use]
    pub fn is_external(&self, role: &RoleName) -> bool {
        self.external.contains(role)
    }

    /// The model as it would be if a role were given to somebody: to a person through the first of their accounts. `None` if there is
    /// nothing that it could be given to.
    #[must_use]
    pub fn assigning(&self, who: &Holder, role: &RoleName) -> Option<Self> {
        let powers = MemberPowers { inherit: true, set: true, admin: false };
        let (cause, span) = (CauseId(0), Span::default());
        let held = Held { role: role.clone(), powers, granted_by: None, cause, span };
        let mut model = self.clone();
        match who {
            Holder::Person(name) => {
                let logins = self.logins_of_users();
                let account =
                    self.people.get(name)?.iter().find_map(|account| self.account(account, &logins))?;
                return self.assigning(&account, role);
            }
            Holder::User(name) => {
                let user = model.users.get_mut(name)?;
                user.roles.push(held.clone());
                if let Some(login) = user.login.as_ref().and_then(|login| model.logins.get_mut(login)) {
                    login.assigned.roles.push(held);
                }
            }
            Holder::ServiceAccount(name) => model.logins.get_mut(name)?.assigned.roles.push(held),
            Holder::Group(name) => model.groups.get_mut(name)?.roles.push(held),
            Holder::Role(name) => model.roles.get_mut(name)?.juniors.push(held),
        }
        Some(model)
    }

    /// True for a role that can be given: the model's own unless it is a draft or to be gone, one that it names and leaves to
    /// others, or one that comes with the engine.
    #[must_use]
    pub fn can_be_given(&self, role: &RoleName, words: &Vocabulary) -> bool {
        let own = self.roles.get(role).is_some_and(RoleFacts::is_real);
        let engines = words.reserved_prefixes.iter().any(|prefix| role.as_str().starts_with(prefix));
        own || engines || self.external.contains(role)
    }

    /// The memberships that ended no more than so many days ago: who had which role, and the last day.
    #[must_use]
    pub fn ended_within(&self, days: u32) -> Vec<(Holder, RoleName, &str)> {
        let logins = self.logins_of_users();
        let ended = self
            .temporary
            .iter()
            .filter(|facts| facts.ended && facts.days_ago.is_some_and(|ago| ago <= days));
        ended
            .filter_map(|facts| {
                Some((
                    self.named_holder(&facts.holder, &logins)?,
                    self.real(&facts.role)?,
                    facts.until.as_str(),
                ))
            })
            .collect()
    }

    /// True for an account that begins sessions on a target itself.
    #[must_use]
    pub fn logs_in(&self, account: &Holder) -> bool {
        match account {
            Holder::User(name) => self.users.get(name).is_some_and(|user| user.login.is_some()),
            Holder::ServiceAccount(name) => self.logins.contains_key(name),
            Holder::Role(name) => self.roles.get(name).is_some_and(|role| role.login && role.is_real()),
            Holder::Person(_) | Holder::Group(_) => false,
        }
    }

    /// The roles of the model that stand above every check.
    pub fn superusers(&self) -> impl Iterator<Item = &RoleName> {
        self.roles.iter().filter(|(_, facts)| facts.superuser && facts.is_real()).map(|(name, _)| name)
    }

    /// What an account's name stands for: a user, the login of one, a service account, or a role with a login.
    fn account(&self, name: &str, logins: &LoginsOfUsers<'_>) -> Option<Holder> {
        if self.users.contains_key(name) {
            return Some(Holder::User(name.to_owned()));
        }
        let login = RoleName::new(name).ok()?;
        if self.logins.contains_key(&login) {
            let of_user = logins.get(&login).map(|user| Holder::User((*user).to_owned()));
            return Some(of_user.unwrap_or(Holder::ServiceAccount(login)));
        }
        self.roles.get(&login).filter(|facts| facts.login && facts.is_real()).map(|_| Holder::Role(login))
    }

    fn logins_of_users(&self) -> LoginsOfUsers<'_> {
        self.users
            .iter()
            .filter_map(|(user, assigned)| Some((assigned.login.as_ref()?, user.as_str())))
            .collect()
    }

    fn real(&self, role: &RoleName) -> Option<RoleName> {
        self.roles.get(role).is_none_or(RoleFacts::is_real).then(|| role.clone())
    }
}

/// Which user a login is.
type LoginsOfUsers<'a> = BTreeMap<&'a RoleName, &'a str>;

struct Gather<'a> {
    model: &'a Model,
    environments: &'a BTreeSet<&'a str>,
    logins: LoginsOfUsers<'a>,
    standing: Standing,
}

impl<'a> Gather<'a> {
    fn link(&mut self, from: &Holder, how: How, to: Holder, span: Option<Span>) {
        self.standing.links.push(Link { from: from.clone(), how, to, span });
    }

    /// The people with their accounts; the accounts that are somebody's.
    fn people(&mut self) -> BTreeSet<Holder> {
        let mut owned = BTreeSet::new();
        for (person, accounts) in &self.model.people {
            let holder = Holder::Person(person.clone());
            for account in accounts {
                let Some(account) = self.model.account(account, &self.logins) else { continue };
                self.link(&holder, How::Account, account.clone(), None);
                owned.insert(account);
            }
            self.standing.subjects.push(holder);
        }
        owned
    }

    fn groups(&mut self) {
        let model = self.model;
        for (name, facts) in &model.groups {
            let holder = Holder::Group(name.clone());
            self.joined(&holder, &facts.groups);
            let mut held: Vec<&Held> = Vec::new();
            for environment in self.environments {
                held.extend(facts.roles(environment));
            }
            if self.environments.is_empty() {
                held.extend(&facts.roles);
            }
            self.held(&holder, held);
        }
    }

    fn users(&mut self, owned: &BTreeSet<Holder>) {
        for (name, assigned) in &self.model.users {
            let holder = Holder::User(name.clone());
            self.assigned(&holder, assigned);
            self.subject(holder, owned);
        }
    }

    fn logins(&mut self, owned: &BTreeSet<Holder>) {
        let model = self.model;
        for (name, login) in &model.logins {
            if self.logins.contains_key(name) {
                continue;
            }
            let holder = Holder::ServiceAccount(name.clone());
            self.assigned(&holder, &login.assigned);
            self.controlled(&holder, login.owner.as_ref());
            self.subject(holder, owned);
        }
    }

    fn roles(&mut self, owned: &BTreeSet<Holder>) {
        for (name, facts) in self.model.roles.iter().filter(|(_, facts)| facts.is_real()) {
            let holder = Holder::Role(name.clone());
            self.held(&holder, facts.juniors.iter().collect());
            if facts.login {
                self.controlled(&holder, facts.owner.as_ref());
                self.subject(holder, owned);
            }
        }
    }

    fn subject(&mut self, holder: Holder, owned: &BTreeSet<Holder>) {
        if !owned.contains(&holder) {
            self.standing.subjects.push(holder);
        }
    }

    fn assigned(&mut self, holder: &Holder, assigned: &'a Assigned) {
        self.joined(holder, &assigned.groups);
        self.held(holder, assigned.roles.iter().collect());
    }

    fn joined(&mut self, holder: &Holder, groups: &[InGroup]) {
        for group in groups {
            self.link(holder, How::In, Holder::Group(group.name.clone()), Some(group.span));
        }
    }

    /// What a role that is to be gone, or is not yet, would give counts for nothing; nor does a membership that gives nothing.
    fn held(&mut self, holder: &Holder, all: Vec<&Held>) {
        let mut seen = BTreeSet::new();
        for held in all {
            let powers = held.powers;
            let gives = powers.inherit || powers.set || powers.admin;
            if let (true, Some(role)) = (gives, self.model.real(&held.role))
                && seen.insert((role.clone(), powers))
            {
                // What is only supposed stands nowhere.
                let span = Some(held.span).filter(|span| *span != Span::default());
                self.link(holder, How::Has(powers), Holder::Role(role), span);
            }
        }
    }

    /// Whoever answers for a credential can come to use it.
    fn controlled(&mut self, credential: &Holder, owner: Option<&Text>) {
        let Some(owner) = owner else { return };
        let role = |holder: &Holder| matches!(holder, Holder::Role(_));
        if let Some(owning) =
            self.model.named_holder(owner.as_str(), &self.logins).filter(|owning| !role(owning))
        {
            self.link(&owning, How::Controls, credential.clone(), Some(owner.span));
        }
    }
}
