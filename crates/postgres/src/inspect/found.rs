//! What the queries found, before it is sorted into the catalogue and the access facts.

use model::{Access, Acl, Catalogue, Existing, Object, RoleName};
use std::sync::Arc;

/// One object with all that was read of it.
#[derive(Debug)]
pub(super) struct Found {
    /// Which.
    pub(super) object: Arc<Object>,
    /// What the catalogue keeps of it; nothing for a column, which is listed with its table.
    pub(super) existing: Option<Existing>,
    /// Its owner, where it has one of its own.
    pub(super) owner: Option<RoleName>,
    /// Its entries, defaults written out; nothing for kinds without an ACL.
    pub(super) entries: Option<Acl>,
    /// The entries that it began with, where these differ from the default.
    pub(super) baseline: Option<Acl>,
}

/// Sorts once and builds the maps from sorted lists, which is much cheaper than inserting one by one.
pub(super) fn sort_into(mut found: Vec<Found>, catalogue: &mut Catalogue, access: &mut Access) {
    found.sort_by(|a, b| a.object.cmp(&b.object));
    let (mut objects, mut baselines) = (Vec::with_capacity(found.len()), Vec::new());
    let (mut owners, mut entries) = (Vec::with_capacity(found.len()), Vec::with_capacity(found.len()));
    for one in found {
        if let Some(existing) = one.existing {
            objects.push((one.object.clone(), existing));
        }
        if let Some(owner) = one.owner {
            owners.push((one.object.clone(), owner));
        }
        if let Some(baseline) = one.baseline {
            baselines.push((one.object.clone(), baseline));
        }
        if let Some(acl) = one.entries {
            entries.push((one.object, acl));
        }
    }
    catalogue.objects = objects.into_iter().collect();
    catalogue.baselines = baselines.into_iter().collect();
    access.owners = owners.into_iter().collect();
    access.entries = entries.into_iter().collect();
}
