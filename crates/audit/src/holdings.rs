//! What roles hold, gathered in one pass over the target's facts.

use crate::told::{listed, several};
use crate::{Facts, Look};
use model::{Attribute, Held, Holder, MemberKey, MemberPowers, Object, Principal, Role, RoleName, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How memberships of the role begin: no power of its own.
const INHERIT: Attribute = Attribute::known("inherit");

/// An entry of a role on an object.
type Entry<'a> = (&'a Arc<Object>, &'a Holder, &'a Held);

/// What some roles hold.
#[derive(Default)]
pub struct Holdings<'a> {
    on: BTreeMap<&'a RoleName, Vec<Entry<'a>>>,
    owned: BTreeMap<&'a RoleName, Vec<&'a Arc<Object>>>,
    member_of: BTreeMap<&'a RoleName, Vec<(&'a MemberKey, MemberPowers)>>,
}

impl<'a> Holdings<'a> {
    /// Gathers it for these roles.
    #[must_use]
    pub fn of(look: &Look<'a>, roles: &BTreeMap<&'a RoleName, &'a Role>) -> Self {
        let access = &look.observed.access;
        let mut holdings = Self::default();
        for (object, acl) in &access.entries {
            let owner = access.owners.get(object);
            for (holder, held) in acl {
                if let Principal::Role(role) = &holder.to
                    && roles.contains_key(role)
                    && owner != Some(role)
                    && !held.is_empty()
                {
                    holdings.on.entry(role).or_default().push((object, holder, held));
                }
            }
        }
        for (object, owner) in access.owners.iter().filter(|(_, owner)| roles.contains_key(owner)) {
            holdings.owned.entry(owner).or_default().push(object);
        }
        let given = access.members.iter().filter(|(key, _)| !look.came_with_the_role(key));
        for (key, powers) in given.filter(|(key, _)| roles.contains_key(&key.member)) {
            holdings.member_of.entry(&key.member).or_default().push((key, *powers));
        }
        holdings
    }

    /// The roles of which a role is a member.
    pub(crate) fn member_of(&self, name: &RoleName) -> BTreeSet<&'a RoleName> {
        self.member_of.get(name).into_iter().flatten().map(|(key, _)| &key.role).collect()
    }

    /// True if the role holds a privilege or owns something.
    #[must_use]
    pub fn has_objects(&self, name: &RoleName) -> bool {
        self.on.contains_key(name) || self.owned.contains_key(name)
    }

    /// True if the role holds, owns or is a member of something.
    #[must_use]
    pub fn has_anything(&self, name: &RoleName) -> bool {
        self.has_objects(name) || self.member_of.contains_key(name)
    }

    /// True if the role holds, owns or is a member of something, or has an attribute that is power.
    pub(crate) fn is_power(&self, name: &RoleName, look: &Look<'_>, role: &Role) -> bool {
        self.has_anything(name) || !flags(look, role).is_empty()
    }

    /// What one role holds, as evidence; nothing if it holds nothing.
    pub(crate) fn evidence(&self, name: &RoleName, look: &Look<'_>, role: &Role) -> Vec<String> {
        let mut evidence = self.standing(name, look, role);
        if let Some(on) = self.on.get(name) {
            let objects: BTreeSet<_> = on.iter().map(|(object, ..)| object).collect();
            let example =
                objects.first().map(|object| format!(", such as {}", look.named(object))).unwrap_or_default();
            evidence.push(format!("holds privileges on {}{example}", several(objects.len(), "objects")));
        }
        evidence
    }

    /// What one role is, is a member of and owns, as evidence.
    pub(crate) fn standing(&self, name: &RoleName, look: &Look<'_>, role: &Role) -> Vec<String> {
        let flags = flags(look, role);
        let mut evidence = Vec::new();
        if !flags.is_empty() {
            evidence.push(format!("has {}", flags.join(", ")));
        }
        let roles = self.member_of(name);
        if !roles.is_empty() {
            evidence.push(format!("is a member of {}", listed(roles)));
        }
        if let Some(owned) = self.owned.get(name) {
            evidence.push(format!("owns {}", several(owned.len(), "objects")));
        }
        evidence
    }

    /// Everything that one role holds, owns, is a member of and has.
    pub fn tell(&self, name: &RoleName, look: &Look<'_>, role: &Role, facts: &mut Facts) {
        self.tell_what_is_given(name, look, role, facts);
        facts.each("owns", self.owned.get(name).into_iter().flatten());
    }

    /// The same without what it owns.
    pub(crate) fn tell_what_is_given(
        &self,
        name: &RoleName,
        look: &Look<'_>,
        role: &Role,
        facts: &mut Facts,
    ) {
        facts.each("has", flags(look, role));
        for (key, powers) in self.member_of.get(name).into_iter().flatten() {
            facts.member(key, *powers);
        }
        for (object, holder, held) in self.on.get(name).into_iter().flatten() {
            facts.entry(object, holder, held);
        }
    }
}

/// The attributes of the role that are power of its own.
pub(crate) fn flags(look: &Look<'_>, role: &Role) -> Vec<String> {
    let flags = &look.dialect.vocabulary().flags;
    let set = |flag: &&Attribute| **flag != INHERIT && role.attributes.get(flag) == Some(&Value::Flag(true));
    flags.iter().filter(set).map(ToString::to_string).collect()
}

/// The roles that nobody logs in as and that somebody here answers for.
pub(crate) fn groups<'a>(look: &Look<'a>) -> impl Iterator<Item = (&'a RoleName, &'a Role)> {
    answered_for(look, false)
}

/// The logins that somebody here answers for.
pub(crate) fn logins<'a>(look: &Look<'a>) -> impl Iterator<Item = (&'a RoleName, &'a Role)> {
    answered_for(look, true)
}

fn answered_for<'a>(look: &Look<'a>, can_log_in: bool) -> impl Iterator<Item = (&'a RoleName, &'a Role)> {
    let look = *look;
    let login = Attribute::known("login");
    look.observed.access.roles.iter().filter(move |(name, role)| {
        (role.attributes.get(&login) == Some(&Value::Flag(true))) == can_log_in
            && !look.is_engines_own(name)
            && !is_managed(&look, name)
    })
}

/// True for a role that a host or a tool makes for itself: nobody here gives it an end or takes it a privilege.
fn is_managed(look: &Look<'_>, name: &RoleName) -> bool {
    let managed = &look.dialect.vocabulary().managed_roles;
    managed.iter().any(|(known, _)| *known == name.as_str())
}
