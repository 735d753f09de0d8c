//! Roles that are to go: what they own goes to their heirs, and what they gave to others stays with these, given by
//! somebody who stays. Those that the target does not let go are shut off.

use super::Work;
use super::entries::by_default;
use super::members::join;
use super::roles::least;
use crate::words::{attribute, kind};
use model::{
    Attribute, Grantor, Held, Holder, Intent, MemberKey, Object, Observed, Principal, Role, RoleName, Tie,
    Value, Verifier,
};
use std::collections::{BTreeMap, BTreeSet};

/// Roles that the target does not let go, with what keeps them.
pub(super) fn kept(intent: &Intent, observed: &Observed) -> BTreeMap<RoleName, BTreeSet<Tie>> {
    let mut kept: BTreeMap<RoleName, BTreeSet<Tie>> = BTreeMap::new();
    let ties = observed.ties.iter().cloned().chain(held(intent, observed));
    for tie in ties.filter(|tie| intent.absent.contains_key(&tie.role)) {
        kept.entry(tie.role.clone()).or_default().insert(tie);
    }
    kept
}

/// What of theirs waits until a prepared transaction has ended, whoever prepared it.
fn held(intent: &Intent, observed: &Observed) -> Vec<Tie> {
    let mut ties = Vec::new();
    if observed.held.is_empty() {
        return ties;
    }
    let mut tie = |role: &RoleName, on: &Object, what: String| {
        let Some(database) = on.database().cloned() else { return };
        ties.push(Tie { role: role.clone(), database, what, unread: false });
    };
    for (on, owner) in observed.access.owners.iter().filter(|(_, owner)| intent.absent.contains_key(*owner)) {
        if let Some(by) = observed.held_by(on) {
            tie(owner, on, format!("owns {on}, which prepared transaction {by:?} holds"));
        }
    }
    for (key, policy) in &observed.access.policies {
        let Some(by) = observed.held_by(&key.on) else { continue };
        for to in &policy.roles {
            if let Principal::Role(role) = to {
                let what = format!(
                    "is named by policy {} on {}, which prepared transaction {by:?} holds",
                    key.name, key.on
                );
                tie(role, &key.on, what);
            }
        }
    }
    ties
}

/// True if the owner cannot change before a prepared transaction has ended. An extension changes hands with all that is left.
pub(crate) fn waits(observed: &Observed, on: &Object, owner: &RoleName) -> bool {
    if observed.held.is_empty() {
        return false;
    }
    let with_it = |other: &Object, its: &RoleName| {
        its == owner && other.database() == on.database() && observed.held_by(other).is_some()
    };
    observed.held_by(on).is_some()
        || (on.kind == kind::EXTENSION
            && observed.access.owners.iter().any(|(other, its)| with_it(other, its)))
}

/// They stay, with nothing left that somebody could use them for. Where a database could not be looked at, their members stay as
/// well: a policy there may show these less than they would see without the role.
pub(super) fn quarantine(work: &mut Work<'_>) {
    let observed = work.observed;
    let mut shut = least();
    shut.retain(|word, _| !matches!(word.as_str(), "inherit" | "valid until") && takes(work, word));
    shut.insert(attribute::CONNECTION_LIMIT, Value::Number(0));
    for (name, ties) in &work.quarantined {
        let comment = observed.access.roles.get(name).and_then(|role| role.comment.clone());
        let role = Role { attributes: shut.clone(), comment, verifier: Verifier::Unknown };
        work.desired.roles.insert(name.clone(), role);
        if !ties.iter().any(|tie| tie.unread) {
            work.claims.members_of.insert(name.clone());
        }
    }
}

/// True if the executor may take the attribute from others: from 16 on only what it has itself. That of a superuser is always asked
/// for, and its lack is told.
fn takes(work: &Work<'_>, word: &Attribute) -> bool {
    match word.as_str() {
        "replication" | "bypassrls" => work.power.superuser || (work.version >= 16 && work.power.has(word)),
        "createdb" => work.version < 16 || work.power.has(word),
        _ => true,
    }
}

/// What a role that is to go owns goes to its heir, unless the model's `owns:` gives it to somebody else. What is the
/// engine's own goes back to whom it was at the beginning.
pub(super) fn owners(work: &mut Work<'_>) {
    let (intent, observed) = (work.intent, work.observed);
    if intent.absent.is_empty() {
        return;
    }
    for (on, owner) in &observed.access.owners {
        let Some(absent) = intent.absent.get(owner).filter(|_| on.kind != kind::COLUMN) else { continue };
        let existing = observed.catalogue.objects.get(on);
        if waits(observed, on, owner) {
            work.claims.owned.remove(on);
            work.desired.owners.remove(on);
            continue;
        }
        if existing.is_some_and(|existing| existing.follows_table) || work.claims.owned.contains(on) {
            continue;
        }
        let to = match &absent.heir {
            _ if existing.is_some_and(|existing| existing.system) => &observed.at.root,
            Some(heir) if exists(work, &heir.role) => &heir.role,
            Some(heir) => {
                let what = format!("role {}, which is to own {on}, does not exist in the cluster", heir.role);
                let help = "the model makes a role where it has something to do: give it a grant here, or make it first";
                work.problem(heir.cause, "RW302", what, help);
                return;
            }
            None => continue,
        };
        work.claims.owned.insert(on.clone());
        work.desired.owners.insert(on.clone(), to.clone());
    }
}

fn exists(work: &Work<'_>, role: &RoleName) -> bool {
    work.intent.roles.contains_key(role) || work.observed.access.roles.contains_key(role)
}

/// Policies go on without the roles that are to go. One that names nobody else goes with them, as it does when the server drops
/// what a role owns: it held for nobody else.
pub(super) fn policies(work: &mut Work<'_>) {
    let absent = &work.intent.absent;
    let leaves = |to: &Principal| matches!(to, Principal::Role(role) if absent.contains_key(role));
    for (key, policy) in &work.observed.access.policies {
        if !policy.roles.iter().any(leaves) || work.observed.held_by(&key.on).is_some() {
            continue;
        }
        work.claims.policies.insert(key.clone());
        let mut left = policy.clone();
        left.roles.retain(|to| !leaves(to));
        if !left.roles.is_empty() {
            work.desired.policies.insert(key.clone(), left);
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
