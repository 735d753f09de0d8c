//! On which side of the databases memberships change.
//!
//! A privilege reaches a member along a path: memberships, then an entry. A path that mixes what is new with
//! what is going would give somebody what neither the old state nor the new one gives; a path that is gone
//! before its replacement is there would take what both give. Whether either can happen is looked at for
//! each side.

use super::context::Context;
use super::roles;
use model::{Change, Principal, RoleName};
use std::collections::BTreeSet;

/// Where memberships change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemberPlace {
    /// With what widens the cluster.
    Before,
    /// In the transaction of the only database that changes.
    Inside,
    /// With what narrows the cluster.
    After,
}

/// Chooses the side. Where both sides could mix paths, one changed database takes the memberships into its
/// own transaction; with several, nobody gets too much, and somebody may miss something for a moment.
pub(super) fn members(cx: &Context<'_>, changes: &[Change]) -> MemberPlace {
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    let (mut gaining, mut losing) = (BTreeSet::new(), BTreeSet::new());
    let mut databases = BTreeSet::new();
    for change in changes {
        match change {
            Change::Member { key, from, to } => {
                let more = to.is_some_and(|to| from.is_none_or(|from| widens(from, to)));
                let less = from.is_some_and(|from| to.is_none_or(|to| widens(to, from)));
                if more {
                    added.push((&key.member, &key.role));
                }
                if less {
                    removed.push((&key.member, &key.role));
                }
            }
            Change::Entry { on, to, from, into, .. } => {
                databases.extend(on.database());
                if let Principal::Role(role) = to {
                    mark(role, !into.gained_from(from).is_empty(), &mut gaining);
                    mark(role, !into.lost_from(from).is_empty(), &mut losing);
                }
            }
            Change::Owner { on, from, to } => {
                databases.extend(on.database());
                gaining.insert(to);
                losing.insert(from);
            }
            Change::Attribute { role, .. } => {
                mark(role, roles::narrows(change), &mut losing);
                mark(role, !roles::narrows(change), &mut gaining);
            }
            Change::Future { key, .. } => databases.extend(key.scope.database()),
            _ => {}
        }
    }
    // A role that the plan makes has nothing to lose.
    losing.retain(|role: &&RoleName| cx.observed.access.roles.contains_key(*role));
    let juniors = |role: &RoleName| juniors(cx, role);
    let touches = |edges: &[(&RoleName, &RoleName)], of_member: bool, marked: &BTreeSet<&RoleName>| {
        edges.iter().any(|(member, role)| {
            let from = if of_member { member } else { role };
            juniors(from).iter().any(|role| marked.contains(role))
        })
    };
    let too_much_before = touches(&added, false, &losing);
    let too_little_before = touches(&removed, true, &gaining);
    let too_much_after = touches(&removed, false, &gaining);
    let too_little_after = touches(&added, true, &losing);
    match (too_much_before || too_little_before, too_much_after || too_little_after) {
        (false, _) => MemberPlace::Before,
        (true, false) => MemberPlace::After,
        (true, true) if databases.len() == 1 => MemberPlace::Inside,
        (true, true) if !too_much_before => MemberPlace::Before,
        (true, true) => MemberPlace::After,
    }
}

fn widens(from: model::MemberPowers, to: model::MemberPowers) -> bool {
    (to.inherit && !from.inherit) || (to.set && !from.set) || (to.admin && !from.admin)
}

fn mark<'a>(role: &'a RoleName, marked: bool, set: &mut BTreeSet<&'a RoleName>) {
    if marked {
        set.insert(role);
    }
}

/// The role and every role that it holds, before or after.
fn juniors(cx: &Context<'_>, role: &RoleName) -> BTreeSet<RoleName> {
    let mut reached = BTreeSet::from([role.clone()]);
    let mut waiting = vec![role.clone()];
    while let Some(next) = waiting.pop() {
        let both = cx.observed.access.members.keys().chain(cx.desired.access.members.keys());
        for key in both.filter(|key| key.member == next) {
            if reached.insert(key.role.clone()) {
                waiting.push(key.role.clone());
            }
        }
    }
    reached
}
