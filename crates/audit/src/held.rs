//! What each role has of its own: entries, objects, memberships. Gathered in one pass over what was seen.

use crate::Look;
use model::{Acl, Held, Holder, Kind, Object, Operation, Principal, RoleName};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// One entry of a role on an object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) on: &'a Arc<Object>,
    pub(crate) holder: &'a Holder,
    pub(crate) held: &'a Held,
}

/// What roles have of their own.
#[derive(Debug, Default)]
pub(crate) struct Holdings<'a> {
    entries: BTreeMap<&'a RoleName, Vec<Entry<'a>>>,
    owned: BTreeMap<&'a RoleName, Vec<&'a Arc<Object>>>,
    roles: BTreeMap<&'a RoleName, Vec<&'a RoleName>>,
}

impl<'a> Holdings<'a> {
    /// Of those roles that count. An owner's entries on what it owns do not, nor what came with the engine, an extension or
    /// the making of a role.
    pub(crate) fn of(look: &Look<'a>, counts: impl Fn(&RoleName) -> bool) -> Self {
        let access = &look.observed.access;
        let mut holdings = Self::default();
        // Thousands of objects share their entries: those in which nobody counts are passed over.
        let mut silent: HashMap<usize, bool> = HashMap::new();
        for (on, acl) in &access.entries {
            let speaks = *silent.entry(acl.place()).or_insert_with(|| {
                acl.keys().any(|holder| matches!(&holder.to, Principal::Role(role) if counts(role)))
            });
            if !speaks {
                continue;
            }
            let with = look.dialect.owned_with(on).map(Arc::new);
            let owner = access.owners.get(with.as_ref().unwrap_or(on));
            let began: Option<&Acl> = look.observed.catalogue.baselines.get(on);
            for (holder, held) in acl {
                if let Principal::Role(role) = &holder.to
                    && counts(role)
                    && owner != Some(role)
                    && began.and_then(|acl| acl.get(holder)) != Some(held)
                {
                    holdings.entries.entry(role).or_default().push(Entry { on, holder, held });
                }
            }
        }
        for (on, owner) in access.owners.iter().filter(|(_, owner)| counts(owner)) {
            holdings.owned.entry(owner).or_default().push(on);
        }
        let given = access.members.keys().filter(|key| !look.came_with_the_role(key));
        for key in given.filter(|key| counts(&key.member)) {
            let roles = holdings.roles.entry(&key.member).or_default();
            if !roles.contains(&&key.role) {
                roles.push(&key.role);
            }
        }
        holdings
    }

    pub(crate) fn entries(&self, role: &RoleName) -> &[Entry<'a>] {
        self.entries.get(role).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn owned(&self, role: &RoleName) -> &[&'a Arc<Object>] {
        self.owned.get(role).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn roles(&self, role: &RoleName) -> &[&'a RoleName] {
        self.roles.get(role).map(Vec::as_slice).unwrap_or_default()
    }

    /// What each role holds on which kind of object.
    pub(crate) fn kinds(&self) -> BTreeMap<&'a RoleName, BTreeSet<(&'a Kind, &'a Operation)>> {
        let mut kinds: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (role, entries) in &self.entries {
            for &Entry { on, held, .. } in entries {
                let held = held.iter().map(|(operation, _)| (&on.kind, operation));
                kinds.entry(*role).or_default().extend(held);
            }
        }
        kinds
    }

    /// What a role has, as facts for people; none if it has nothing.
    pub(crate) fn facts(&self, role: &RoleName) -> Vec<String> {
        let mut facts = Vec::new();
        let roles = self.roles(role).iter().map(ToString::to_string).collect::<Vec<_>>();
        if !roles.is_empty() {
            facts.push(format!("is a member of {}", roles.join(", ")));
        }
        facts.extend(counted("owns", self.owned(role).iter().copied()));
        facts.extend(counted("holds privileges on", self.entries(role).iter().map(|entry| entry.on)));
        facts
    }
}

/// `owns 3 objects, such as table sales.orders`; nothing of nothing.
fn counted<'a>(what: &str, objects: impl Iterator<Item = &'a Arc<Object>>) -> Option<String> {
    let mut all: Vec<&Arc<Object>> = objects.collect();
    all.dedup();
    let first = all.first()?;
    let plural = if all.len() == 1 { "" } else { "s" };
    Some(format!("{what} {} object{plural}, such as {first}", all.len()))
}
