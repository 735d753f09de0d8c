//! Roles that are to go: what they own goes to their heirs.

use super::Work;
use crate::words::kind;
use model::{HeirIntent, Object, RoleName};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a role that is to go owns goes to its heir, unless the model's `owns:` gives it to somebody else. What is the
/// engine's own is nobody's to have.
pub(super) fn owners(work: &mut Work<'_>) {
    let intent = work.intent;
    let heirs: BTreeMap<&RoleName, &HeirIntent> =
        intent.absent.iter().filter_map(|(role, absent)| Some((role, absent.heir.as_ref()?))).collect();
    if heirs.is_empty() {
        return;
    }
    let observed = work.observed;
    let moves = |on: &Arc<Object>| {
        let existing = observed.catalogue.objects.get(on);
        on.kind != kind::COLUMN && !existing.is_some_and(|existing| existing.follows_table || existing.system)
    };
    let bequeathed = observed.access.owners.iter().filter_map(|(on, owner)| Some((on, *heirs.get(owner)?)));
    for (on, heir) in bequeathed.filter(|(on, _)| moves(on)) {
        if !intent.roles.contains_key(&heir.role) && !observed.access.roles.contains_key(&heir.role) {
            let what = format!("role {}, which is to own {on}, does not exist in the cluster", heir.role);
            let help =
                "the model makes a role where it has something to do: give it a grant here, or make it first";
            work.problem(heir.cause, "RW302", what, help);
            return;
        }
        if !work.claims.owned.contains(on) {
            work.claims.owned.insert(on.clone());
            work.desired.owners.insert(on.clone(), heir.role.clone());
        }
    }
}
