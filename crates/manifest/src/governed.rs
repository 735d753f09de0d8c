//! What the model says of a target beside what is to be there: boundaries, ends, whose logins they are.

use crate::manifest::State;
use crate::model::Model;
use crate::source::{Source, Span};
use crate::target::Target;
use ::model::{Boundary, Cause, RoleName};
use std::collections::BTreeSet;

/// What the model says of a role beside what it is to be and to hold.
#[derive(Debug, Clone)]
pub struct Governed {
    /// The role, as it is named on the target.
    pub role: RoleName,
    /// The most that it may ever hold.
    pub boundary: Option<Boundary>,
    /// Where it is in its life.
    pub state: State,
    /// The day on which a deprecated role is to go.
    pub sunset: Option<String>,
    /// The role to use in its place, as it is named on the target.
    pub replaced_by: Option<RoleName>,
}

impl Model {
    /// The roles that are to exist on the target, with what the model says of each beside that.
    #[must_use]
    pub fn governed(&self, target: &Target) -> Vec<Governed> {
        let real = self.roles.iter().filter(|(_, facts)| facts.is_real());
        let governed = real.map(|(name, facts)| {
            let boundary = facts.boundary.as_ref();
            let boundary = boundary.and_then(|of| self.boundaries.get(&(target.engine.clone(), of.clone())));
            Governed {
                role: self.role_on(target, name),
                boundary: boundary.cloned(),
                state: facts.state,
                sunset: facts.sunset.clone(),
                replaced_by: facts.replaced_by.as_ref().map(|role| self.role_on(target, role)),
            }
        });
        governed.collect()
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
