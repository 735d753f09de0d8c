//! On which side of the databases memberships change.
//!
//! A privilege reaches a member along a path: memberships, then an entry. A path that mixes what is new with
//! what is going would give somebody what neither the old state nor the new one gives; a path that is gone
//! before its replacement is there would take what both give. Whether either can happen is looked at for
//! each side.

use super::context::Context;
use super::roles;
use model::{Change, MemberPowers, Note, Principal, RoleName};
use std::collections::{BTreeMap, BTreeSet};

/// Where memberships change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemberPlace {
    /// With what widens the cluster.
    Before,
    /// With everything else in one transaction: at most one database changes.
    Together,
    /// With what narrows the cluster.
    After,
    /// What takes before the databases, what gives after them: nobody ever holds too much.
    Around,
}

/// A membership that changes: the member and the role.
type Edge<'a> = (&'a RoleName, &'a RoleName);

/// What each side of the databases could do wrong.
pub(crate) struct Placement<'a> {
    added: Vec<Edge<'a>>,
    removed: Vec<Edge<'a>>,
    gaining: BTreeSet<&'a RoleName>,
    losing: BTreeSet<&'a RoleName>,
    databases: usize,
    taking_first: bool,
}

impl<'a> Placement<'a> {
    pub(super) fn of(cx: &Context<'_>, changes: &'a [Change]) -> Self {
        let mut found = Placement {
            added: Vec::new(),
            removed: Vec::new(),
            gaining: BTreeSet::new(),
            losing: BTreeSet::new(),
            databases: 0,
            taking_first: cx.intent.taking_first,
        };
        let mut databases = BTreeSet::new();
        for change in changes {
            found.mark(change);
            databases.extend(match change {
                Change::Entry { on, .. } | Change::Owner { on, .. } | Change::RowSecurity { on, .. } => {
                    on.database()
                }
                Change::Future { key, .. } => key.scope.database(),
                Change::Policy { key, .. } => key.on.database(),
                Change::Mapping { key, .. } => key.server.database(),
                _ => None,
            });
        }
        found.databases = databases.len();
        // A role that the plan makes has nothing to lose.
        found.losing.retain(|role| cx.observed.access.roles.contains_key(*role));
        found
    }

    fn mark(&mut self, change: &'a Change) {
        let mut both = |role: &'a RoleName, gains: bool, loses: bool| {
            if gains {
                self.gaining.insert(role);
            }
            if loses {
                self.losing.insert(role);
            }
        };
        match change {
            Change::Member { key, from, to } => {
                if to.is_some_and(|to| from.is_none_or(|from| widens(from, to))) {
                    self.added.push((&key.member, &key.role));
                }
                if from.is_some_and(|from| to.is_none_or(|to| widens(to, from))) {
                    self.removed.push((&key.member, &key.role));
                }
            }
            Change::Entry { to: Principal::Role(role), from, into, .. } => {
                both(role, !into.gained_from(from).is_empty(), !into.lost_from(from).is_empty());
            }
            Change::Owner { from, to, .. } => {
                both(to, true, false);
                both(from, false, true);
            }
            Change::Attribute { role, .. } => {
                let narrows = roles::narrows(change);
                both(role, !narrows, narrows);
            }
            _ => {}
        }
    }

    /// Chooses the side. `portions`: the databases' changes do not fit into one transaction each.
    pub(super) fn place(&self, cx: &Context<'_>, portions: bool) -> MemberPlace {
        if self.taking_first {
            let alone = self.databases <= 1 && !portions;
            return if alone { MemberPlace::Together } else { MemberPlace::Around };
        }
        let (too_much_before, too_little_before) = self.before(cx);
        let (too_much_after, too_little_after) = self.after(cx);
        if !too_much_before && !too_little_before {
            MemberPlace::Before
        } else if !too_much_after && !too_little_after {
            MemberPlace::After
        } else if self.databases <= 1 && !portions {
            MemberPlace::Together
        } else if !too_much_before {
            MemberPlace::Before
        } else if !too_much_after {
            MemberPlace::After
        } else {
            MemberPlace::Around
        }
    }

    /// Who may miss something while the plan runs, though both the old state and the new one give it.
    pub(super) fn notes(&self, cx: &Context<'_>, at: MemberPlace) -> Vec<Note> {
        let edges = match at {
            MemberPlace::Before if self.before(cx).1 => self.removed.clone(),
            MemberPlace::After if self.after(cx).1 => self.added.clone(),
            MemberPlace::Around => self.removed.iter().chain(&self.added).copied().collect(),
            _ => Vec::new(),
        };
        let edges: BTreeSet<Edge<'_>> = edges.into_iter().collect();
        let note = |(member, role): Edge<'_>| Note {
            about: member.to_string(),
            what: format!("while the plan runs, it may briefly miss what it holds through {role}"),
        };
        edges
            .into_iter()
            .filter(|(member, _)| cx.observed.access.roles.contains_key(*member))
            .map(note)
            .collect()
    }

    /// Whether somebody would hold too much, and too little, if memberships changed before the databases.
    fn before(&self, cx: &Context<'_>) -> (bool, bool) {
        let added = self.added.iter().map(|(_, role)| *role);
        let removed = self.removed.iter().map(|(member, _)| *member);
        (reach(cx, added, &self.losing), reach(cx, removed, &self.gaining))
    }

    /// The same for after.
    fn after(&self, cx: &Context<'_>) -> (bool, bool) {
        let added = self.added.iter().map(|(member, _)| *member);
        let removed = self.removed.iter().map(|(_, role)| *role);
        (reach(cx, removed, &self.gaining), reach(cx, added, &self.losing))
    }
}

fn widens(from: MemberPowers, to: MemberPowers) -> bool {
    (to.inherit && !from.inherit) || (to.set && !from.set) || (to.admin && !from.admin)
}

/// True if one of the marked roles is among these or held by one of them, before or after.
fn reach<'r>(
    cx: &Context<'_>,
    from: impl Iterator<Item = &'r RoleName>,
    marked: &BTreeSet<&RoleName>,
) -> bool {
    if marked.is_empty() {
        return false;
    }
    let mut held: BTreeMap<&RoleName, Vec<&RoleName>> = BTreeMap::new();
    for key in cx.observed.access.members.keys().chain(cx.desired.access.members.keys()) {
        held.entry(&key.member).or_default().push(&key.role);
    }
    let mut waiting: Vec<&RoleName> = from.collect();
    let mut reached: BTreeSet<&RoleName> = waiting.iter().copied().collect();
    while let Some(next) = waiting.pop() {
        if marked.contains(next) {
            return true;
        }
        let more = held.get(next).into_iter().flatten().copied();
        waiting.extend(more.filter(|role| reached.insert(role)));
    }
    false
}
