//! Logins that come to the same by the same way, told once for all of them.

use super::Cut;
use super::cut::TRIED;
use crate::{Digest, Facts, Look};
use access::{Alike, Climbed, Fact, Taken, Told, WayUp};
use model::{
    Basis, Certainty, DatabaseName, Escalation, From, Gain, Object, Operation, Permission, Principal,
    RoleName,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const USAGE: Operation = Operation::known("usage");
const TEMPORARY: Operation = Operation::known("temporary");

/// Logins with one way.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    /// Whose privilege the way begins with: a login's own, that of a role that they come to, or everybody's.
    pub(crate) by: Principal,
    /// The logins.
    pub(crate) logins: BTreeSet<RoleName>,
    /// The way, told for one of them.
    pub(crate) told: Told,
    /// What it rests on, in its order.
    pub(crate) links: Vec<Link>,
    /// What of it is no matter of words, but for the logins.
    pub(crate) facts: Facts,
    /// What ends it.
    pub(crate) cut: Cut,
    /// One of each kind of login, with the databases that it enters.
    pub(super) firsts: Vec<(RoleName, BTreeSet<DatabaseName>)>,
    /// Where it leads.
    pub(super) gain: Gain,
}

/// A fact that a way rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Link {
    /// A membership: the member, and the role.
    Member(RoleName, RoleName),
    /// An entry on an object.
    Entry(Entry),
    /// Code that runs as this role.
    Runs(RoleName),
}

/// An entry that a way rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Whose.
    pub(crate) who: Principal,
    /// Where it stands.
    pub(crate) on: Arc<Object>,
    /// What it gives.
    pub(crate) permission: Permission,
    /// It says where one may be, such as the usage of a schema, and not what is done there.
    pub(crate) place: bool,
    /// Why it is had: somebody gave it, or it comes with owning something, or with a role of the engine's.
    pub(crate) basis: Basis,
}

/// Ways as they are gathered.
#[derive(Debug, Default)]
pub(super) struct Sharing(BTreeMap<(Principal, Gain, Digest), Shared>);

impl Sharing {
    /// Adds the best way of these logins, if there is one that no other rule tells.
    pub(super) fn add(&mut self, look: &Look<'_>, class: &Alike<'_>, gain: &Gain, climbed: &Climbed<'_>) {
        let Some(way) = climbed.way(gain).filter(|way| !is_told(way)) else { return };
        let Some(by) = begins_with(&way) else { return };
        let facts = facts(&way);
        let key = (by.clone(), gain.clone(), facts.clone().digest());
        let shared = self.0.entry(key).or_insert_with(|| Shared {
            by,
            logins: BTreeSet::new(),
            told: way.told(look.dialect, None),
            links: links(&way),
            facts,
            cut: Cut::default(),
            firsts: Vec::new(),
            gain: gain.clone(),
        });
        shared.logins.extend(class.roles.iter().map(|role| (*role).clone()));
        let first = class.roles.first().map(|role| ((*role).clone(), class.entered.clone()));
        shared.firsts.extend(first);
    }

    /// All of them, the worst with what ends them.
    pub(super) fn whole(self, cut: impl Fn(&Shared) -> Cut) -> Vec<Shared> {
        let mut all: Vec<Shared> = self.0.into_values().collect();
        all.sort_by_key(|shared| shared.told.certainty.rank());
        all.iter_mut().take(TRIED).for_each(|shared| shared.cut = cut(shared));
        all
    }
}

/// A step that is no membership, with who takes it and why they can.
type Escalating<'w> = (&'w Escalation, &'w Option<RoleName>, &'w [Fact]);

fn escalating<'w>(way: &'w WayUp<'_>) -> impl Iterator<Item = Escalating<'w>> {
    way.steps.iter().filter_map(|step| match step {
        Taken::Escalates { by, acting, facts, .. } => Some((*by, acting, facts.as_slice())),
        _ => None,
    })
}

/// True for a way by memberships alone to an attribute, a role of the engine's or a privilege that is as good as standing above
/// every check by itself: each of these has a rule of its own.
pub(super) fn is_told(way: &WayUp<'_>) -> bool {
    let of_the_server = |gain: &Gain| {
        matches!(gain, Gain::Everything | Gain::Host | Gain::Files | Gain::Copy | Gain::Verifiers)
    };
    escalating(way).next().is_none_or(|(step, ..)| of_the_server(&step.gain))
}

/// Whose privilege the first step beyond memberships takes: to do something rather than to be where it is done, and a role's rather
/// than everybody's.
pub(super) fn begins_with(way: &WayUp<'_>) -> Option<Principal> {
    let (step, acting, facts) = escalating(way).next()?;
    let entries = facts.iter().filter_map(|fact| entry(step, fact));
    let worth = |entry: &Entry| (!entry.place, entry.who != Principal::Public);
    let best = entries.reduce(|best, next| if worth(&next) > worth(&best) { next } else { best });
    best.map(|entry| entry.who).or_else(|| acting.clone().map(Principal::Role))
}

/// What the way rests on, in its order.
pub(super) fn links(way: &WayUp<'_>) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for step in &way.steps {
        let more: Vec<Link> = match step {
            Taken::Begins(_) => Vec::new(),
            Taken::Member { from, to, .. } => vec![Link::Member(from.clone(), to.clone())],
            Taken::Escalates { by, facts, .. } => {
                let runs = match &by.gain {
                    Gain::Runs(role) => Some(Link::Runs(role.clone())),
                    _ => None,
                };
                facts.iter().filter_map(|fact| link(by, fact)).chain(runs).collect()
            }
        };
        for link in more {
            if !links.contains(&link) {
                links.push(link);
            }
        }
    }
    links
}

fn link(step: &Escalation, fact: &Fact) -> Option<Link> {
    match fact {
        Fact::Step { from, to, .. } => Some(Link::Member(from.clone(), to.clone())),
        fact => entry(step, fact).map(Link::Entry),
    }
}

fn entry(step: &Escalation, fact: &Fact) -> Option<Entry> {
    let Fact::Holds { source, permission } = fact else { return None };
    // What makes a trap can be made elsewhere.
    let trap = matches!(step.certainty, Certainty::Victim(_));
    let place = permission.operation == USAGE || (trap && permission.operation == TEMPORARY);
    let (who, on, basis) = (source.who.clone(), source.on.clone(), source.basis.clone());
    Some(Entry { who, on, permission: permission.clone(), place, basis })
}

/// The way as facts, from the first step beyond memberships on.
pub(super) fn facts(way: &WayUp<'_>) -> Facts {
    let mut facts = Facts::new();
    let prefix = |step: &&Taken<'_>| !matches!(step, Taken::Escalates { .. });
    for step in way.steps.iter().skip_while(prefix) {
        match step {
            Taken::Begins(_) => {}
            Taken::Member { from, way, to, any } => facts.add("goes on", &[from, way, to, any]),
            Taken::Escalates { by, acting, facts: held, grants } => {
                let from: Option<&Gain> = match &by.from {
                    From::Gained(gain) => Some(gain),
                    _ => None,
                };
                let as_whom = acting.as_ref().filter(|_| matches!(by.from, From::Runs(_) | From::Uses(_)));
                let certainty = u64::from(by.certainty.rank());
                facts.add("leads to", &[&from, &as_whom, &by.gain, &by.database, &certainty]);
                // Where one may be adds nothing to what is done there.
                for held in held.iter().filter(|held| entry(by, held).is_none_or(|entry| !entry.place)) {
                    tell(held, &mut facts);
                }
                facts.each("grants itself", grants);
            }
        }
    }
    facts
}

fn tell(held: &Fact, facts: &mut Facts) {
    if let Fact::Holds { source, permission } = held {
        facts.add("by", &[&source.who, &source.on, &source.basis, permission]);
    }
}
