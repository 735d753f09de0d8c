//! How much logins come to, counted, beside what they hold.

use super::beyond::is_of_somebody;
use super::gathering::is_told;
use crate::Look;
use access::{Alike, Climbed};
use model::{Gain, Object, Operation, Permission, Principal, RoleName};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

const SELECT: Operation = Operation::known("select");
const CHANGES: [Operation; 4] = [
    Operation::known("insert"),
    Operation::known("update"),
    Operation::known("delete"),
    Operation::known("truncate"),
];

/// What some logins come to beyond what they hold.
#[derive(Debug, Clone)]
pub(crate) struct Radius {
    /// The logins that come equally far.
    pub(crate) logins: BTreeSet<RoleName>,
    /// How sure they come to stand above every check, if they do (see [`model::Certainty::rank`]).
    pub(crate) above: Option<u8>,
    /// The roles as which they act, beyond those that memberships lead to, each with how sure that is.
    pub(crate) roles: BTreeMap<RoleName, u8>,
    /// Everything that nothing gives any of them, each with how sure it is.
    pub(crate) gains: BTreeMap<Gain, u8>,
    /// What they hold by memberships and privileges, and what they come to for sure.
    pub(crate) counts: [Counts; 2],
}

/// Objects, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Counts {
    /// Owned.
    pub(crate) owned: usize,
    /// Changed by some operation.
    pub(crate) changed: usize,
    /// Read.
    pub(crate) read: usize,
}

/// A kind of login as it is gathered.
struct Kind {
    radius: Radius,
    held: BTreeSet<RoleName>,
    used: BTreeSet<RoleName>,
}

/// What is gathered, until all of it is counted at once.
#[derive(Default)]
pub(super) struct Gathering(Vec<Kind>);

impl Gathering {
    /// Adds what these logins come to. `beyond` is what nothing gives them; whoever comes to nothing more is none of our business.
    pub(super) fn add(
        &mut self,
        class: &Alike<'_>,
        (climbed, plain): (&Climbed<'_>, &Climbed<'_>),
        beyond: Vec<(Gain, u8)>,
    ) {
        let up = climbed.way(&Gain::Everything);
        let above = up.as_ref().map(|way| way.certainty().rank());
        let told = up.as_ref().is_none_or(is_told);
        // Who is above every check for sure is in the trusted base, if by memberships and privileges alone.
        if told && (beyond.is_empty() || above == Some(0)) {
            return;
        }
        let names = |climbed: &Climbed<'_>| climbed.uses_directly().names().cloned().collect();
        let mut roles: BTreeMap<RoleName, u8> = BTreeMap::new();
        for (gain, rank) in &beyond {
            if let Gain::Acts(role) | Gain::Runs(role) = gain {
                // The surest comes first.
                roles.entry(role.clone()).or_insert(*rank);
            }
        }
        let radius = Radius {
            logins: class.roles.iter().map(|role| (*role).clone()).collect(),
            above,
            roles,
            gains: beyond.into_iter().collect(),
            counts: [Counts::default(); 2],
        };
        self.0.push(Kind { radius, held: names(plain), used: names(climbed) });
    }

    /// Counts, the farthest first.
    pub(super) fn counted(self, look: &Look<'_>) -> Vec<Radius> {
        let relevant: BTreeSet<&RoleName> =
            self.0.iter().flat_map(|kind| kind.used.iter().chain(&kind.held)).collect();
        let relevant: BTreeSet<RoleName> = relevant.into_iter().cloned().collect();
        let logins = self.0.iter().flat_map(|kind| &kind.radius.logins).cloned();
        let belongings = Belongings::of(look, &relevant.into_iter().chain(logins).collect());
        let mut alike: BTreeMap<_, Radius> = BTreeMap::new();
        for radius in self.0.into_iter().flat_map(|kind| kind.split(look, &belongings)) {
            // How they come there may differ.
            let outcome = (radius.above, radius.roles.clone(), radius.counts);
            match alike.get_mut(&outcome) {
                Some(known) => {
                    known.logins.extend(radius.logins);
                    known.gains.extend(radius.gains);
                }
                None => {
                    alike.insert(outcome, radius);
                }
            }
        }
        let mut all: Vec<Radius> = alike.into_values().collect();
        all.sort_by_cached_key(|radius| {
            let [held, all] = radius.counts;
            let more = |of: fn(Counts) -> usize| of(all).saturating_sub(of(held));
            let count =
                more(|counts| counts.owned) + more(|counts| counts.changed) + more(|counts| counts.read);
            (
                radius.above.unwrap_or(u8::MAX),
                std::cmp::Reverse((radius.roles.len(), count)),
                radius.logins.first().cloned(),
            )
        });
        all
    }
}

impl Kind {
    /// Logins with something of their own are counted each by itself, the others together.
    fn split(self, look: &Look<'_>, belongings: &Belongings<'_>) -> Vec<Radius> {
        let own = |login: &RoleName| belongings.0.contains_key(login);
        let (single, together): (BTreeSet<RoleName>, BTreeSet<RoleName>) =
            self.radius.logins.iter().cloned().partition(own);
        let sets = single.into_iter().map(|login| BTreeSet::from([login])).chain([together]);
        let with = |logins: BTreeSet<RoleName>| {
            // The walk began at one of them, whose own is not the others'.
            let roles = |roles: &BTreeSet<RoleName>| {
                let others = roles.iter().filter(|role| !self.radius.logins.contains(*role));
                others.chain(&logins).cloned().collect::<BTreeSet<RoleName>>()
            };
            let none = BTreeMap::new();
            let counts = [
                belongings.count(look, &roles(&self.held), &none),
                belongings.count(look, &roles(&self.used), &self.radius.gains),
            ];
            Radius { logins: logins.clone(), counts, ..self.radius.clone() }
        };
        sets.filter(|logins| !logins.is_empty()).map(with).collect()
    }
}

/// What roles own, change and read, each object by its number.
struct Belongings<'a>(HashMap<&'a RoleName, [Vec<usize>; 3]>, HashMap<&'a Object, usize>);

impl<'a> Belongings<'a> {
    fn of(look: &Look<'a>, roles: &BTreeSet<RoleName>) -> Self {
        let access = &look.observed.access;
        let mut all: HashMap<&RoleName, [Vec<usize>; 3]> = HashMap::new();
        let mut numbers: HashMap<&Object, usize> = HashMap::new();
        let mut put = |role: &'a RoleName, on: &'a Arc<Object>, which: usize| {
            let next = numbers.len();
            let number = *numbers.entry(on).or_insert(next);
            if let Some(list) = all.entry(role).or_default().get_mut(which) {
                list.push(number);
            }
        };
        for (on, owner) in
            access.owners.iter().filter(|(on, owner)| roles.contains(*owner) && is_of_somebody(look, on))
        {
            put(owner, on, 0);
        }
        for (on, acl) in &access.entries {
            let theirs = acl.iter().filter_map(|(holder, held)| match &holder.to {
                Principal::Role(role) if roles.contains(role) => Some((role, held)),
                _ => None,
            });
            let mut theirs = theirs.peekable();
            if theirs.peek().is_none() || !is_of_somebody(look, on) {
                continue;
            }
            for (role, held) in theirs {
                if CHANGES.iter().any(|operation| held.get(operation).is_some()) {
                    put(role, on, 1);
                }
                if held.get(&SELECT).is_some() {
                    put(role, on, 2);
                }
            }
        }
        Self(all, numbers)
    }

    /// What these roles together have, and what is done besides.
    fn count(&self, look: &Look<'_>, roles: &BTreeSet<RoleName>, gains: &BTreeMap<Gain, u8>) -> Counts {
        let mut sets: [BTreeSet<usize>; 3] = Default::default();
        for lists in roles.iter().filter_map(|role| self.0.get(role)) {
            for (set, list) in sets.iter_mut().zip(lists) {
                set.extend(list);
            }
        }
        let [owned, changed, read] = sets;
        let mut more: BTreeMap<bool, BTreeSet<&Object>> = BTreeMap::new();
        for (gain, _) in gains.iter().filter(|(_, rank)| **rank == 0) {
            if let Gain::Does(Permission { operation, on, .. }) = gain
                && is_of_somebody(look, on)
            {
                let changes = CHANGES.contains(operation);
                let known = self.1.get(&**on).copied();
                let counted = if changes { &changed } else { &read };
                if known.is_none_or(|number| !counted.contains(&number)) && (changes || *operation == SELECT)
                {
                    more.entry(changes).or_default().insert(on);
                }
            }
        }
        let more = |changes: bool| more.get(&changes).map_or(0, BTreeSet::len);
        Counts { owned: owned.len(), changed: changed.len() + more(true), read: read.len() + more(false) }
    }
}
