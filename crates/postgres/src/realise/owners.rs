//! Ownership, and what owners are not to hold on their own objects.

use super::Work;
use crate::words::operation::ALL;
use model::{Grantor, Held, Holder, Object, Principal, RoleName};
use std::sync::Arc;

pub(super) fn realise(work: &mut Work<'_>) {
    let intent = work.intent;
    for owns in &intent.owns {
        for object in work.objects(&owns.on, owns.cause) {
            let follows =
                work.observed.catalogue.objects.get(&object).is_some_and(|existing| existing.follows_table);
            if follows {
                continue;
            }
            if let Some(other) = work.desired.owners.get(&object)
                && *other != owns.owner
            {
                let what = format!("{object} is given to two owners, {other} and {}", owns.owner);
                work.problem(
                    owns.cause,
                    "RW304",
                    what,
                    "an object has one owner: except it from one of the two",
                );
                continue;
            }
            work.claims.owned.insert(object.clone());
            work.desired.owners.insert(object, owns.owner.clone());
        }
    }
}

/// Takes from owners what the model withholds from them.
pub(super) fn withhold(work: &mut Work<'_>) {
    let intent = work.intent;
    for withhold in &intent.withhold {
        for object in work.objects(&withhold.on, withhold.cause) {
            let Some(owner) = work.owner(&object).cloned() else { continue };
            if owner != withhold.owner {
                let what = format!(
                    "{object} belongs to {owner}, so nothing can be withheld on it from {}",
                    withhold.owner
                );
                work.problem(
                    withhold.cause,
                    "RW305",
                    what,
                    "an owner's own rights are withheld under that owner",
                );
                continue;
            }
            let all = withhold.operations.contains(&ALL);
            let own = Holder { to: Principal::Role(owner), by: Grantor::Owner };
            let mut held = work.standing(&object).get(&own).cloned().unwrap_or_default();
            // A grant of the model to the owner gives back what it may have lost, but for what is withheld.
            let acl = work.desired.entries.entry(object.clone()).or_default();
            held.absorb(&acl.remove(&own).unwrap_or_default());
            let left = held.iter().filter(|(operation, _)| !all && !withhold.operations.contains(operation));
            let left: Held = left.map(|(operation, delegable)| (operation.clone(), delegable)).collect();
            // An entry of nothing is no entry.
            if !left.is_empty() {
                acl.insert(own, left);
            }
            work.claims.withheld.insert(object);
        }
    }
}

impl Work<'_> {
    /// Who owns the object once the model's owners have theirs. Of a column, its table's owner; of a
    /// parameter, the root of the cluster.
    pub(super) fn owner(&self, object: &Arc<Object>) -> Option<&RoleName> {
        let owner = |access| crate::ownership::owner(access, object);
        owner(&self.desired).or_else(|| owner(&self.observed.access))
    }
}
