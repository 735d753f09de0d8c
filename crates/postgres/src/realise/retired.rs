//! Roles that are to go: what they own goes to their heirs, and what they gave to others stays with these, given by
//! somebody who stays.

use super::Work;
use super::entries::by_default;
use super::members::join;
use crate::words::kind;
use model::{Grantor, HeirIntent, Held, Holder, MemberKey, Object, Principal, RoleName};
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

/// Memberships of others that a role gave which is to go, and of which the model does not speak: given again by the grantor
/// of whatever the plan gives. With the role itself its members go.
pub(super) fn members(work: &mut Work<'_>) {
    let absent = &work.intent.absent;
    if absent.is_empty() {
        return;
    }
    let by = work.power.membership_grantor(work.observed);
    let members = &work.observed.access.members;
    let spoken_for = |key: &MemberKey| {
        let claims = &work.claims;
        (claims.roles.contains(&key.member) || claims.members_of.contains(&key.role))
            && !claims.implicit.contains(key)
    };
    let given = |key: &&MemberKey| {
        let by_leaver = matches!(&key.by, Grantor::Role(by) if absent.contains_key(by));
        by_leaver && !absent.contains_key(&key.role) && !absent.contains_key(&key.member) && !spoken_for(key)
    };
    let kept: Vec<&MemberKey> = members.keys().filter(given).collect();
    for key in kept {
        let Some(mut powers) = members.get(key).copied() else { continue };
        let again = MemberKey { by: by.clone(), ..key.clone() };
        for row in [members.get(&again), work.desired.members.get(&again)].into_iter().flatten() {
            powers = join(powers, *row);
        }
        work.claims.kept_members.extend([key.clone(), again.clone()]);
        work.desired.members.insert(again, powers);
    }
}

/// Entries of others that a role gave which is to go, by right of a grant option, and of which the model does not speak:
/// given again by the owner.
pub(super) fn entries(work: &mut Work<'_>) {
    let absent = &work.intent.absent;
    if absent.is_empty() {
        return;
    }
    let leaves = |role: &RoleName| absent.contains_key(role);
    let observed = work.observed;
    let by_leaver = |holder: &Holder| matches!(&holder.by, Grantor::Role(by) if leaves(by));
    let touched = observed.access.entries.iter().filter(|(_, acl)| acl.keys().any(by_leaver));
    for (on, _) in touched {
        // As it will be when owners have changed: what an owner gave is its heir's.
        let standing = work.standing(on);
        let owner = work.owner(on).cloned();
        let beyond = on.database().is_some_and(|database| observed.beyond.contains(database));
        let spoken_for = |to: &Principal| match to {
            Principal::Public => work.claims.public.contains(on),
            Principal::Role(role) => {
                leaves(role)
                    || (owner.as_ref() != Some(role) && !beyond && work.intent.roles.contains_key(role))
            }
        };
        let kept: Vec<(Holder, Held)> = standing
            .iter()
            .filter(|(holder, _)| by_leaver(holder) && !spoken_for(&holder.to))
            .map(|(holder, held)| (holder.clone(), held.clone()))
            .collect();
        for (holder, mut held) in kept {
            let again = Holder { to: holder.to.clone(), by: by_default(work, on, &standing, &held) };
            held.absorb(&standing.get(&again).cloned().unwrap_or_default());
            work.desired
                .entries
                .entry(on.clone())
                .or_default()
                .entry(again.clone())
                .or_default()
                .absorb(&held);
            work.claims.kept_entries.entry(on.clone()).or_default().extend([holder, again]);
        }
    }
}
