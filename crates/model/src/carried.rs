//! What stands once changes are carried out, without carrying them out.

use crate::{
    Access, Acl, Change, Changes, Dialect, Grantor, Held, Holder, Object, Observed, Principal, Role, RoleName,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The facts of a target as the changes leave them. What a change does not name stays as it was seen, also what a server changes
/// along with it, such as the owner of a table's own sequence.
#[must_use]
pub fn carried_out(dialect: &dyn Dialect, changes: &Changes, observed: &Observed) -> Access {
    let mut after = After { dialect, observed, access: observed.access.clone() };
    // Owners change first, and the entries of a change are those that stand then.
    after.owners(changes);
    changes.iter().for_each(|change| after.one(change));
    after.access
}

struct After<'a> {
    dialect: &'a dyn Dialect,
    observed: &'a Observed,
    access: Access,
}

impl After<'_> {
    fn owners(&mut self, changes: &Changes) {
        let moved = changes.iter().filter_map(|change| match change {
            Change::Owner { on, from, to } => Some((on.clone(), (from, to))),
            _ => None,
        });
        let moved: BTreeMap<Arc<Object>, (&RoleName, &RoleName)> = moved.collect();
        if moved.is_empty() {
            return;
        }
        for (on, (_, to)) in &moved {
            self.access.owners.insert(on.clone(), (*to).clone());
        }
        for (on, acl) in &mut self.access.entries {
            let with = self.dialect.owned_with(on);
            if let Some((from, to)) = moved.get(with.as_ref().unwrap_or(on)) {
                *acl = self.dialect.after_ownership(acl, from, to);
            }
        }
    }

    fn one(&mut self, change: &Change) {
        let access = &mut self.access;
        match change {
            Change::CreateRole { role, attributes, verifier } => {
                let made = Role { attributes: attributes.clone(), comment: None, verifier: verifier.clone() };
                access.roles.insert(role.clone(), made);
            }
            Change::Attribute { role, attribute, to, .. } => {
                if let Some(role) = access.roles.get_mut(role) {
                    role.attributes.insert(attribute.clone(), to.clone());
                }
            }
            Change::Password { role, to } => {
                if let Some(role) = access.roles.get_mut(role) {
                    role.verifier = to.clone();
                }
            }
            Change::Comment { role, to, .. } => {
                if let Some(role) = access.roles.get_mut(role) {
                    role.comment.clone_from(to);
                }
            }
            Change::Setting { key, to, .. } => put(&mut access.settings, key, to.as_ref()),
            Change::Member { key, to, .. } => put(&mut access.members, key, to.as_ref()),
            Change::Entry { on, to, by, into, .. } => self.entry(on, to, by, into),
            Change::Future { key, to, into, .. } => {
                let unchanged = || self.dialect.default_future(key);
                let future = access.future.entry(key.clone()).or_insert_with(unchanged);
                put(future, to, Some(into).filter(|into| !into.is_empty()));
            }
            Change::RowSecurity { on, to, .. } => put(&mut access.row_security, on, Some(to)),
            Change::Policy { key, to, .. } => put(&mut access.policies, key, to.as_ref()),
            Change::Mapping { key, to, .. } => {
                put(&mut access.mappings, key, to.as_ref().map(|options| Some(options.clone())).as_ref());
            }
            Change::DropRole { role } => {
                access.roles.remove(role);
                access.members.retain(|key, _| key.role != *role && key.member != *role);
                access.settings.retain(|key, _| key.role.as_ref() != Some(role));
            }
            // Thought of as done already, or no fact.
            Change::Owner { .. } | Change::EndSessions { .. } => {}
        }
    }

    fn entry(&mut self, on: &Arc<Object>, to: &Principal, by: &Grantor, into: &Held) {
        let owner = self.access.owners.get(on).cloned();
        let acl = self.access.entries.entry(on.clone()).or_insert_with(|| {
            match (self.observed.catalogue.baselines.get(on), owner) {
                (Some(baseline), _) => baseline.clone(),
                (None, Some(owner)) => self.dialect.default_entries(on, &owner),
                (None, None) => Acl::new(),
            }
        });
        let holder = Holder { to: to.clone(), by: by.clone() };
        put(acl, &holder, Some(into).filter(|into| !into.is_empty()));
    }
}

fn put<K: Ord + Clone, V: Clone>(map: &mut BTreeMap<K, V>, key: &K, value: Option<&V>) {
    match value {
        Some(value) => drop(map.insert(key.clone(), value.clone())),
        None => drop(map.remove(key)),
    }
}
