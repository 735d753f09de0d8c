//! The entries and the objects that each role has of its own, one by one. Gathered in one pass over what was seen.

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
pub(crate) struct Belongings<'a> {
    entries: BTreeMap<&'a RoleName, Vec<Entry<'a>>>,
    owned: BTreeMap<&'a RoleName, Vec<&'a Arc<Object>>>,
}

impl<'a> Belongings<'a> {
    /// Of those roles that count. An owner's entries on what it owns do not, nor what came with the engine or an extension.
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
        holdings
    }

    pub(crate) fn entries(&self, role: &RoleName) -> &[Entry<'a>] {
        self.entries.get(role).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn owned(&self, role: &RoleName) -> &[&'a Arc<Object>] {
        self.owned.get(role).map(Vec::as_slice).unwrap_or_default()
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
}
