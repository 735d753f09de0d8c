//! What the model says of a target beside what is to be there: boundaries, ends, whose logins they are.

use crate::manifest::State;
use crate::model::Model;
use crate::source::{Source, Span};
use crate::target::Target;
use ::model::{Boundary, Cause, CauseId, Day, Deprecated, RoleName};
use std::collections::{BTreeMap, BTreeSet};

/// A membership with an end, on a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Temporary {
    /// Who is given it.
    pub member: RoleName,
    /// What is given.
    pub role: RoleName,
    /// The last day, as `2027-01-31`.
    pub until: String,
    /// It is over, and not wanted any more.
    pub ended: bool,
    /// The line.
    pub cause: CauseId,
}

impl Model {
    /// The most that roles of the target may ever hold, where the model says so.
    #[must_use]
    pub fn boundaries_on(&self, target: &Target) -> BTreeMap<RoleName, Boundary> {
        let real = self.roles.iter().filter(|(_, facts)| facts.is_real());
        real.filter_map(|(name, facts)| {
            let boundary = (target.engine.clone(), facts.boundary.clone()?);
            Some((self.role_on(target, name), self.boundaries.get(&boundary)?.clone()))
        })
        .collect()
    }

    /// The memberships with an end, those that are over too. A user without a login has none on a target.
    #[must_use]
    pub fn temporary_on(&self, target: &Target) -> Vec<Temporary> {
        let member = |holder: &str| match self.users.get(holder) {
            Some(user) => user.login.clone(),
            None => RoleName::new(holder).ok(),
        };
        let temporary = self.temporary.iter().filter_map(|facts| {
            Some(Temporary {
                member: self.role_on(target, &member(&facts.holder)?),
                role: self.role_on(target, &facts.role),
                until: facts.until.clone(),
                ended: facts.ended,
                cause: facts.cause,
            })
        });
        temporary.collect()
    }

    /// The deprecated roles that are still to exist, under the names of the model.
    #[must_use]
    pub fn deprecated(&self) -> BTreeMap<RoleName, Deprecated> {
        self.deprecated_as(&|role| role.clone(), BTreeSet::new())
    }

    /// The same as a target has them. `tolerated` may be given them all the same.
    pub(crate) fn deprecated_as(
        &self,
        named: &dyn Fn(&RoleName) -> RoleName,
        tolerated: BTreeSet<RoleName>,
    ) -> BTreeMap<RoleName, Deprecated> {
        let deprecated = self.roles.iter().filter(|(_, facts)| facts.state == State::Deprecated);
        deprecated
            .map(|(name, facts)| {
                let deprecated = Deprecated {
                    sunset: facts.sunset.as_deref().and_then(Day::of),
                    replaced_by: facts.replaced_by.as_ref().map(named),
                    tolerated: tolerated.clone(),
                };
                (named(name), deprecated)
            })
            .collect()
    }

    /// Who may be given a deprecated role: those whose finding somebody accepts, themselves or through a group.
    pub(crate) fn tolerated(&self) -> impl Iterator<Item = &RoleName> {
        let accepts = |name: &str| self.tolerated.contains(name);
        let users = self.users.iter().filter(move |(name, assigned)| {
            accepts(name) || self.groups_of(assigned).iter().any(|(name, _)| accepts(name))
        });
        let others = self.roles.keys().chain(self.logins.keys()).filter(move |name| accepts(name.as_str()));
        users.filter_map(|(_, assigned)| assigned.login.as_ref()).chain(others)
    }

    /// The logins of people on the target: those of users, and those that bear the name of a user or of a person's account.
    #[must_use]
    pub fn logins_of_people(&self, target: &Target) -> BTreeSet<RoleName> {
        let accounts: BTreeSet<&str> = self.people.values().flatten().map(String::as_str).collect();
        let named =
            |role: &RoleName| accounts.contains(role.as_str()) || self.users.contains_key(role.as_str());
        let roles = self.roles.iter().filter(|(name, facts)| facts.is_real() && facts.login && named(name));
        let of_users = self.users.values().filter_map(|assigned| assigned.login.as_ref());
        roles.map(|(name, _)| name).chain(of_users).map(|name| self.role_on(target, name)).collect()
    }

    /// The roles that exist and are managed elsewhere.
    #[must_use]
    pub fn external_roles(&self) -> &BTreeSet<RoleName> {
        &self.external
    }

    /// How many servers the environment has.
    #[must_use]
    pub fn servers_in(&self, environment: &str) -> usize {
        self.sites.iter().filter(|site| site.environment == environment).count()
    }
}

/// The line at which a stretch begins. `text` says what stands there.
#[must_use]
pub fn place(sources: &[Source], span: Span, text: impl Into<String>) -> Cause {
    let source = usize::try_from(span.file).ok().and_then(|file| sources.get(file));
    let start = usize::try_from(span.start).unwrap_or(usize::MAX);
    let before = source.and_then(|source| source.text.get(..start)).unwrap_or_default();
    let line = crate::source::narrow(before.matches('\n').count().saturating_add(1));
    Cause::Line {
        file: source.map(|source| source.name.clone()).unwrap_or_default(),
        line,
        text: text.into(),
    }
}
