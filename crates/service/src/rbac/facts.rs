//! What a model says, in the standard's words: who its users are, which roles they are assigned to, what inherits what.
//!
//! Users are those on whom separations are judged: people, and accounts that are nobody's. They are assigned to what any of their
//! accounts, the groups of these, and the credentials that they answer for, are given. A membership that lets one neither
//! inherit a role nor become it makes nobody authorized.

use super::site::Site;
use crate::duties::cardinality;
use access::rbac::{Facts, Kind, Separation};
use manifest::{DutiesEntry, Holder, How, Link, Model, Standing};
use model::{ConstraintName, RoleName, UserName};
use std::collections::{BTreeMap, BTreeSet};

/// What everybody has is held by a role of this name, which engines keep for that.
const EVERYBODY: &str = "public";

/// Whose an account is.
#[derive(Debug, Default)]
pub(super) struct People(BTreeMap<String, UserName>);

impl People {
    /// The user behind an account, or the user itself.
    pub(super) fn account(&self, name: &UserName) -> UserName {
        self.0.get(name.as_str()).unwrap_or(name).clone()
    }
}

pub(super) fn facts(model: &Model, environment: Option<&str>, sites: &[Site]) -> (Facts, People) {
    let standing = model.standing(&environment.into_iter().collect());
    let mut gather = Gather::of(&standing);
    gather.users(&standing);
    gather.roles(model, &standing);
    gather.held(sites);
    gather.separations(model);
    let Gather { mut facts, roles, people, .. } = gather;
    facts.roles = roles.into_iter().collect();
    (facts, people)
}

struct Gather<'a> {
    from: BTreeMap<&'a Holder, Vec<&'a Link>>,
    facts: Facts,
    roles: BTreeSet<RoleName>,
    people: People,
    /// Who acts as an account, by its name.
    behind: BTreeMap<&'a str, Vec<UserName>>,
}

impl<'a> Gather<'a> {
    fn of(standing: &'a Standing) -> Self {
        let mut from: BTreeMap<&Holder, Vec<&Link>> = BTreeMap::new();
        for link in &standing.links {
            from.entry(&link.from).or_default().push(link);
        }
        let (facts, roles) = (Facts::default(), BTreeSet::new());
        Self { from, facts, roles, people: People::default(), behind: BTreeMap::new() }
    }

    fn users(&mut self, standing: &'a Standing) {
        for subject in &standing.subjects {
            let Ok(user) = UserName::new(subject.name()) else { continue };
            self.assign(&user, subject);
            self.facts.users.push(user);
        }
    }

    /// The user and all that it stands behind: accounts, groups, credentials. The first role on each way is assigned.
    fn assign(&mut self, user: &UserName, subject: &'a Holder) {
        let (mut next, mut seen) = (vec![subject], BTreeSet::from([subject]));
        let mut assigned: BTreeSet<&RoleName> = BTreeSet::new();
        while let Some(holder) = next.pop() {
            match holder {
                Holder::Role(role) => {
                    // A role with a login is its own account.
                    assigned.insert(role);
                    continue;
                }
                Holder::User(name) => self.behind.entry(name).or_default().push(user.clone()),
                Holder::ServiceAccount(name) => {
                    self.behind.entry(name.as_str()).or_default().push(user.clone())
                }
                Holder::Person(_) | Holder::Group(_) => {}
            }
            for link in self.from.get(holder).into_iter().flatten() {
                let counts = match link.how {
                    How::Account | How::Controls | How::In => true,
                    How::Has(powers) => powers.inherit || powers.set,
                };
                if link.how == How::Account {
                    self.people.0.insert(link.to.name().to_owned(), user.clone());
                }
                if counts && seen.insert(&link.to) {
                    next.push(&link.to);
                }
            }
        }
        self.facts.assignments.extend(assigned.into_iter().map(|role| (user.clone(), role.clone())));
    }

    fn roles(&mut self, model: &Model, standing: &Standing) {
        let own =
            model.role_names().filter(|role| matches!(model.holder(role.as_str()), Some(Holder::Role(_))));
        self.roles.extend(own.chain(model.external_roles()).cloned());
        for link in &standing.links {
            let Holder::Role(junior) = &link.to else { continue };
            self.roles.insert(junior.clone());
            if let (Holder::Role(senior), How::Has(powers)) = (&link.from, link.how)
                && (powers.inherit || powers.set)
            {
                self.roles.insert(senior.clone());
                self.facts.inheritances.push((senior.clone(), junior.clone()));
            }
        }
    }

    /// What roles hold, what logins hold themselves, and what everybody does.
    fn held(&mut self, sites: &[Site]) {
        let Ok(everybody) = RoleName::new(EVERYBODY) else { return };
        for site in sites {
            let accounts: BTreeMap<&RoleName, &str> = site
                .accounts
                .iter()
                .filter_map(|account| Some((site.named(account.login.as_ref()?), account.name.as_str())))
                .collect();
            for (login, account) in &accounts {
                if let Some(user) = self.behind.get(account).and_then(|users| users.first()) {
                    self.people.0.entry(login.as_str().to_owned()).or_insert_with(|| user.clone());
                }
            }
            for (role, permission) in site.held() {
                let role = role.unwrap_or_else(|| everybody.clone());
                if self.roles.insert(role.clone())
                    && let Some(account) = accounts.get(&role)
                {
                    let users = self.behind.get(account).into_iter().flatten();
                    self.facts.assignments.extend(users.map(|user| (user.clone(), role.clone())));
                }
                self.facts.grants.push((role, permission));
            }
        }
        if self.roles.contains(&everybody) {
            self.everybody(&everybody);
        }
    }

    /// Everybody has it, and every session: what inherits nothing else inherits it.
    fn everybody(&mut self, everybody: &RoleName) {
        let seniors: BTreeSet<&RoleName> = self.facts.inheritances.iter().map(|(senior, _)| senior).collect();
        let lowest = self.roles.iter().filter(|role| *role != everybody && !seniors.contains(role));
        let lowest: Vec<(RoleName, RoleName)> =
            lowest.map(|role| (role.clone(), everybody.clone())).collect();
        self.facts.inheritances.extend(lowest);
        self.facts.assignments.extend(self.facts.users.iter().map(|user| (user.clone(), everybody.clone())));
    }

    fn separations(&mut self, model: &Model) {
        for separation in model.separation_of_duties() {
            let Ok(name) = ConstraintName::new(separation.name.as_str()) else { continue };
            let sets = [(Kind::Static, &separation.on_assignment), (Kind::Dynamic, &separation.on_session)];
            for (kind, duties) in sets.iter().filter_map(|(kind, duties)| Some((*kind, duties.as_ref()?))) {
                if let Some(set) = self.separation(duties) {
                    self.facts.separations.push((kind, name.clone(), set));
                }
            }
        }
    }

    /// A set of roles. One that is a draft has no users, and is a role all the same.
    fn separation(&mut self, duties: &DutiesEntry) -> Option<Separation> {
        let roles: BTreeSet<RoleName> =
            duties.roles.iter().filter_map(|role| RoleName::new(role.as_str()).ok()).collect();
        self.roles.extend(roles.iter().cloned());
        let cardinality = u32::try_from(cardinality(duties)).unwrap_or(u32::MAX);
        (!roles.is_empty()).then_some(Separation { roles, cardinality })
    }
}
