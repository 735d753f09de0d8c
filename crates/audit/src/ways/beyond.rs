//! What logins come to that neither their memberships and privileges give them nor the model says.

use super::Link;
use super::gathering::{begins_with, facts, links};
use crate::{Compared, Digest, Look};
use access::{Alike, Climbed, Reach, Told, Used, WayUp};
use model::{Certainty, Dialect, Gain, Need, Object, Observed, Permission, Principal, RoleName};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What is come to by whose privilege, in which way: what is done as somebody else apart from what is done by a fixed statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Manner {
    /// A role is acted as, or code of one's own choosing runs as it, and that needs nobody.
    AsAnother,
    /// The same, with a victim.
    WithAVictim,
    /// The same, and whether it works is unknown.
    Perhaps,
    /// Something is done that another one may do, and no more.
    Passed,
}

/// Everything of one manner by one principal's privileges.
#[derive(Debug, Clone)]
pub(crate) struct Beyond {
    /// Whose privilege the ways begin with.
    pub(crate) by: Principal,
    /// In which way.
    pub(crate) manner: Manner,
    /// The logins that come to any of it.
    pub(crate) logins: BTreeSet<RoleName>,
    /// What is come to.
    pub(crate) gains: BTreeMap<Gain, Gained>,
}

/// One thing that is come to.
#[derive(Debug, Clone)]
pub(crate) struct Gained {
    /// The way of one of the logins.
    pub(crate) told: Told,
    /// What it rests on.
    pub(crate) links: Vec<Link>,
    /// The way as facts.
    pub(crate) facts: Digest,
}

/// What is gathered, and what is asked again and again.
pub(super) struct Gathering<'a> {
    look: &'a Look<'a>,
    /// What each permission needs.
    needs: HashMap<Permission, Vec<Need>>,
    wanted: Wanted<'a>,
    /// Logins of which nothing differs, on the target or in the model.
    sets: Vec<BTreeSet<RoleName>>,
    all: BTreeMap<(Manner, Principal), Gathered>,
}

/// What is gathered of one manner by one principal's privileges.
#[derive(Default)]
struct Gathered {
    /// Sets of which every login comes to it.
    whole: BTreeSet<usize>,
    /// Others that do.
    some: BTreeSet<RoleName>,
    gains: BTreeMap<Gain, Gained>,
}

impl<'a> Gathering<'a> {
    pub(super) fn of(look: &'a Look<'a>) -> Self {
        let wanted = Wanted::of(look);
        Self { look, needs: HashMap::new(), wanted, sets: Vec::new(), all: BTreeMap::new() }
    }

    /// Adds what these logins come to, and answers with all of it, each with how sure it is. `plain` is where memberships alone lead them.
    pub(super) fn add(
        &mut self,
        class: &Alike<'_>,
        climbed: &Climbed<'_>,
        plain: &Climbed<'_>,
    ) -> Vec<(Gain, u8)> {
        let above = climbed.way(&Gain::Everything).map(|way| way.certainty().rank());
        let (held, used) = (plain.uses_directly(), climbed.uses_directly());
        let (first, mut all) = (self.sets.len(), Vec::new());
        for gain in climbed.everything() {
            if !self.is_beyond(&gain, &held, &used) {
                continue;
            }
            let Some(way) = climbed.way(&gain).filter(|way| way.end == gain) else { continue };
            let rank = way.certainty().rank();
            if above.is_some_and(|above| above <= rank) {
                continue;
            }
            all.push((gain.clone(), rank));
            if self.sets.len() == first {
                self.sets.extend(self.wanted.split(class));
            }
            for set in first..self.sets.len() {
                self.put(&gain, &way, set);
            }
        }
        all
    }

    /// True for what memberships and privileges do not give. What is done anyway by whom one comes to be is no more than that.
    fn is_beyond(&mut self, gain: &Gain, held: &Used<'_>, used: &Used<'_>) -> bool {
        match gain {
            Gain::Acts(role) | Gain::Runs(role) => !held.has(role),
            Gain::Does(permission) => {
                is_of_somebody(self.look, &permission.on) && {
                    let needs = needs(&mut self.needs, self.look.dialect, self.look.observed, permission);
                    let all = |of: &Used<'_>| needs.iter().all(|need| of.meets(need));
                    !all(held) && !all(used)
                }
            }
            _ => false,
        }
    }

    /// Adds it for the logins of a set that have it neither by a privilege of their own nor by the model's word.
    fn put(&mut self, gain: &Gain, way: &WayUp<'_>, number: usize) {
        let (Some(set), Some(by)) = (self.sets.get(number), begins_with(way)) else { return };
        if set.first().is_none_or(|first| self.wanted.gives(first, gain)) {
            return;
        }
        let own = match gain {
            Gain::Does(permission) => {
                let needs = needs(&mut self.needs, self.look.dialect, self.look.observed, permission);
                let sources =
                    needs.last().into_iter().flat_map(|need| &need.sources).map(|source| &source.who);
                let holders = sources.chain(self.wanted.holders(permission));
                holders.filter_map(|who| set_member(set, who)).collect()
            }
            _ => BTreeSet::new(),
        };
        if own.len() == set.len() {
            return;
        }
        let manner = match (gain, way.certainty()) {
            (Gain::Does(_), _) => Manner::Passed,
            (_, Certainty::Direct) => Manner::AsAnother,
            (_, Certainty::Victim(_)) => Manner::WithAVictim,
            (_, Certainty::Unknown(_)) => Manner::Perhaps,
        };
        let gathered = self.all.entry((manner, by)).or_default();
        if own.is_empty() {
            gathered.whole.insert(number);
        } else {
            gathered.some.extend(set.iter().filter(|login| !own.contains(login)).cloned());
        }
        let dialect = self.look.dialect;
        gathered.gains.entry(gain.clone()).or_insert_with(|| Gained {
            told: way.told(dialect, None),
            links: links(way),
            facts: facts(way).digest(),
        });
    }

    /// All of it.
    pub(super) fn whole(self) -> Vec<Beyond> {
        let sets = self.sets;
        let one = |((manner, by), gathered): ((Manner, Principal), Gathered)| {
            let mut logins = gathered.some;
            logins.extend(gathered.whole.iter().filter_map(|set| sets.get(*set)).flatten().cloned());
            Beyond { by, manner, logins, gains: gathered.gains }
        };
        self.all.into_iter().map(one).collect()
    }
}

/// True for what is not the engine's own; a column is its table's.
pub(super) fn is_of_somebody(look: &Look<'_>, on: &Object) -> bool {
    let with = look.dialect.owned_with(on);
    let known = look.observed.catalogue.objects.get(with.as_ref().unwrap_or(on));
    known.is_some_and(|existing| !existing.system)
}

fn set_member<'s>(set: &'s BTreeSet<RoleName>, who: &Principal) -> Option<&'s RoleName> {
    match who {
        Principal::Role(role) => set.get(role),
        Principal::Public => None,
    }
}

/// What a permission needs, asked once.
fn needs<'n>(
    known: &'n mut HashMap<Permission, Vec<Need>>,
    dialect: &dyn Dialect,
    observed: &Observed,
    permission: &Permission,
) -> &'n [Need] {
    known.entry(permission.clone()).or_insert_with(|| {
        let database = permission.on.database().or_else(|| observed.at.databases.keys().next());
        database.map(|database| dialect.needs(observed, database, permission).session).unwrap_or_default()
    })
}

/// What the model gives, by memberships, entries and ownership.
struct Wanted<'a> {
    access: Option<&'a model::Access>,
    reach: Option<Reach<'a>>,
    member_of: BTreeMap<&'a RoleName, BTreeSet<&'a RoleName>>,
    /// What each login uses by the model's word.
    used: HashMap<&'a RoleName, BTreeSet<&'a RoleName>>,
}

impl<'a> Wanted<'a> {
    fn of(look: &Look<'a>) -> Self {
        let access = match look.compared {
            Some(Compared::Differs { desired, .. }) => Some(&desired.access),
            _ => None,
        };
        let mut member_of: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for key in access.into_iter().flat_map(|access| access.members.keys()) {
            member_of.entry(&key.member).or_default().insert(&key.role);
        }
        Self { access, reach: access.map(Reach::of), member_of, used: HashMap::new() }
    }

    /// The logins of a class, sorted by what the model makes them members of.
    fn split(&self, class: &Alike<'_>) -> Vec<BTreeSet<RoleName>> {
        let mut sets: BTreeMap<Option<&BTreeSet<&RoleName>>, BTreeSet<RoleName>> = BTreeMap::new();
        for login in &class.roles {
            sets.entry(self.member_of.get(login)).or_default().insert((*login).clone());
        }
        sets.into_values().collect()
    }

    /// Whom the model gives the permission by itself.
    fn holders(&self, permission: &Permission) -> impl Iterator<Item = &'a Principal> {
        let Permission { operation, on, .. } = permission;
        let entries = self.access.and_then(|access| access.entries.get(on)).into_iter().flatten();
        entries.filter(|(_, held)| held.get(operation).is_some()).map(|(holder, _)| &holder.to)
    }

    /// True if the model gives it to the login, by what it makes the login a member of.
    fn gives(&mut self, login: &RoleName, gain: &Gain) -> bool {
        let (Some(access), Some(reach)) = (self.access, &self.reach) else { return false };
        let Some((login, _)) = access.roles.get_key_value(login) else { return false };
        let holders: Vec<&Principal> = match gain {
            Gain::Does(permission) => self.holders(permission).collect(),
            _ => Vec::new(),
        };
        let used = self.used.entry(login).or_insert_with(|| reach.privileges(login).into_keys().collect());
        match gain {
            Gain::Acts(role) | Gain::Runs(role) => used.contains(role),
            Gain::Does(permission) => {
                let on = &permission.on;
                let owns = access.owners.get(on).is_some_and(|owner| used.contains(owner));
                owns || holders.into_iter().any(|to| match to {
                    Principal::Public => true,
                    Principal::Role(role) => used.contains(role),
                })
            }
            _ => false,
        }
    }
}
