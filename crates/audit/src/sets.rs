//! What roles hold as sets of numbers, so that many can be compared. The numbers mean nothing outside.

use crate::Look;
use crate::holdings::{flags, groups};
use crate::told::{listed, several};
use model::{Object, Operation, Principal, RoleName};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// One thing that a role can hold, by its number. Objects with the same access list are one thing: whoever holds
/// something on one of them holds it on all.
enum Fact<'a> {
    /// Something on the objects with this list.
    Held(usize),
    Member(&'a RoleName),
    Attribute(String),
}

/// The objects behind one list.
struct Listed<'a> {
    first: &'a Arc<Object>,
    count: usize,
}

/// The roles that nobody logs in as, each with what it holds.
pub(crate) struct Sets<'a> {
    facts: Vec<Fact<'a>>,
    lists: BTreeMap<usize, Listed<'a>>,
    direct: BTreeMap<&'a RoleName, Vec<u32>>,
    inherits: BTreeMap<&'a RoleName, BTreeSet<&'a RoleName>>,
}

/// A role with the wider ones and what it holds.
pub(crate) type Contained<'s, 'a> = (&'a RoleName, Vec<&'a RoleName>, &'s [u32]);

impl<'a> Sets<'a> {
    /// Reads the facts once.
    pub(crate) fn of(look: &Look<'a>) -> Self {
        let mut sets = Self {
            facts: Vec::new(),
            lists: BTreeMap::new(),
            direct: BTreeMap::new(),
            inherits: BTreeMap::new(),
        };
        let mut held: HashMap<&RoleName, Vec<u32>> =
            groups(look).map(|(name, _)| (name, Vec::new())).collect();
        sets.read_entries(look, &mut held);
        let mut numbers: BTreeMap<&RoleName, u32> = BTreeMap::new();
        for (key, powers) in &look.observed.access.members {
            if powers.inherit {
                sets.inherits.entry(&key.member).or_default().insert(&key.role);
            }
            if let Some(held) = held.get_mut(&key.member) {
                held.push(*numbers.entry(&key.role).or_insert_with(|| sets.number(Fact::Member(&key.role))));
            }
        }
        let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
        for (name, role) in groups(look) {
            for flag in flags(look, role) {
                let number =
                    *numbers.entry(flag.clone()).or_insert_with(|| sets.number(Fact::Attribute(flag)));
                if let Some(held) = held.get_mut(name) {
                    held.push(number);
                }
            }
        }
        for (role, mut facts) in held {
            facts.sort_unstable();
            facts.dedup();
            sets.direct.insert(role, facts);
        }
        sets
    }

    /// What is held on a list has its numbers there, so no table of all is needed.
    fn read_entries(&mut self, look: &Look<'a>, held: &mut HashMap<&'a RoleName, Vec<u32>>) {
        let access = &look.observed.access;
        for (object, acl) in access.entries.iter().filter(|(_, acl)| !acl.is_empty()) {
            let list = acl.place();
            if let Some(known) = self.lists.get_mut(&list) {
                known.count = known.count.saturating_add(1);
                continue;
            }
            self.lists.insert(list, Listed { first: object, count: 1 });
            let owner = access.owners.get(object);
            let mut numbers: BTreeMap<(&Operation, bool), u32> = BTreeMap::new();
            for (holder, operations) in acl {
                let Principal::Role(role) = &holder.to else { continue };
                let Some(held) = held.get_mut(role).filter(|_| owner != Some(role)) else { continue };
                for one in operations.iter() {
                    held.push(*numbers.entry(one).or_insert_with(|| self.number(Fact::Held(list))));
                }
            }
        }
    }

    fn number(&mut self, fact: Fact<'a>) -> u32 {
        self.facts.push(fact);
        u32::try_from(self.facts.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// Each role with what it holds itself, as a sorted set.
    pub(crate) fn direct(&self) -> impl Iterator<Item = (&'a RoleName, &[u32])> {
        self.direct.iter().map(|(role, facts)| (*role, facts.as_slice()))
    }

    /// The roles whose privileges, inherited ones included, are strictly within those of another that does not inherit it,
    /// with these, the nearest first. A role with attributes of its own has more than privileges.
    ///
    /// A wider role holds the rarest thing that the narrower one holds, so only those that do are compared.
    pub(crate) fn contained(&self, fewest: usize) -> Vec<Contained<'_, 'a>> {
        let above: BTreeMap<&RoleName, BTreeSet<&RoleName>> =
            self.direct.keys().map(|role| (*role, self.closure(role))).collect();
        let whole: BTreeMap<&RoleName, Vec<u32>> =
            above.iter().map(|(role, inherited)| (*role, self.whole(role, inherited))).collect();
        let bits: BTreeMap<&RoleName, Bits> =
            whole.iter().map(|(role, facts)| (*role, Bits::of(facts))).collect();
        let mut holders: BTreeMap<u32, Vec<&RoleName>> = BTreeMap::new();
        for (role, facts) in &whole {
            for fact in facts {
                holders.entry(*fact).or_default().push(role);
            }
        }
        let mut contained = Vec::new();
        for (role, facts) in &whole {
            let own = self.direct.get(role).map(Vec::as_slice).unwrap_or_default();
            let holds = own.iter().any(|fact| self.is_held(*fact));
            if self.width(facts) < fewest || !holds || own.iter().any(|fact| self.is_attribute(*fact)) {
                continue;
            }
            let rarest = facts.iter().filter_map(|fact| holders.get(fact)).min_by_key(|roles| roles.len());
            let Some(narrow) = bits.get(role) else { continue };
            let wider = rarest.into_iter().flatten().filter(|other| {
                let inherits = above.get(*other).is_some_and(|above| above.contains(role));
                let more = whole.get(*other).is_some_and(|theirs| theirs.len() > facts.len());
                *other != role
                    && !inherits
                    && more
                    && bits.get(*other).is_some_and(|wide| narrow.is_within(wide))
            });
            let wider: BTreeSet<&RoleName> = wider.copied().collect();
            let inherits_one = |one: &RoleName| {
                above.get(one).is_some_and(|above| above.iter().any(|other| wider.contains(other)))
            };
            let mut wider: Vec<&RoleName> = wider.iter().copied().filter(|one| !inherits_one(one)).collect();
            wider.sort_by_cached_key(|one| (whole.get(one).map_or(0, Vec::len), *one));
            if !wider.is_empty() {
                contained.push((*role, wider, own));
            }
        }
        contained
    }

    /// What a role holds and inherits. Of whom it is a member is how it comes to hold, not what.
    fn whole(&self, role: &RoleName, inherited: &BTreeSet<&RoleName>) -> Vec<u32> {
        let roles = std::iter::once(role).chain(inherited.iter().copied());
        let facts = roles.filter_map(|one| self.direct.get(one)).flatten().copied();
        let mut all: Vec<u32> = facts.filter(|fact| self.is_held(*fact)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// On how many objects the facts hold something, each operation counted.
    fn width(&self, facts: &[u32]) -> usize {
        let lists = facts.iter().filter_map(|fact| match self.fact(*fact) {
            Some(Fact::Held(list)) => self.lists.get(list),
            _ => None,
        });
        lists.map(|of| of.count).sum()
    }

    fn is_held(&self, fact: u32) -> bool {
        matches!(self.fact(fact), Some(Fact::Held(_)))
    }

    fn is_attribute(&self, fact: u32) -> bool {
        matches!(self.fact(fact), Some(Fact::Attribute(_)))
    }

    fn fact(&self, number: u32) -> Option<&Fact<'a>> {
        self.facts.get(usize::try_from(number).ok()?)
    }

    /// Every role that one inherits from.
    fn closure(&self, from: &RoleName) -> BTreeSet<&'a RoleName> {
        let mut all = BTreeSet::new();
        let mut next: Vec<&RoleName> = vec![from];
        while let Some(role) = next.pop() {
            for above in self.inherits.get(role).into_iter().flatten() {
                if all.insert(*above) {
                    next.push(above);
                }
            }
        }
        all
    }

    /// What is in a set, for people.
    pub(crate) fn told(&self, look: &Look<'_>, facts: &[u32]) -> String {
        let (mut objects, mut members, mut attributes) = (BTreeMap::new(), Vec::new(), Vec::new());
        for fact in facts.iter().filter_map(|fact| self.fact(*fact)) {
            match fact {
                Fact::Held(list) => {
                    objects.extend(self.lists.get(list).map(|of| (*list, of)));
                }
                Fact::Member(role) => members.push(*role),
                Fact::Attribute(name) => attributes.push(name),
            }
        }
        let mut parts = Vec::new();
        if let Some(first) = objects.values().map(|of| of.first).min() {
            let count = objects.values().map(|of| of.count).sum();
            let first = look.named(first);
            parts.push(format!("holds privileges on {}, such as {first}", several(count, "objects")));
        }
        if !members.is_empty() {
            parts.push(format!("is a member of {}", listed(members)));
        }
        if !attributes.is_empty() {
            parts.push(format!("has {}", listed(attributes)));
        }
        parts.join(" and ")
    }
}

/// A set of numbers, sixty-four at a time: two that have many in common are compared word by word.
struct Bits(Vec<(u32, u64)>);

impl Bits {
    /// Takes sorted numbers.
    fn of(numbers: &[u32]) -> Self {
        let mut words: Vec<(u32, u64)> = Vec::new();
        for number in numbers {
            let bit = 1 << (number % u64::BITS);
            match words.last_mut() {
                Some((at, word)) if *at == number / u64::BITS => *word |= bit,
                _ => words.push((number / u64::BITS, bit)),
            }
        }
        Self(words)
    }

    fn is_within(&self, other: &Bits) -> bool {
        let mut theirs = other.0.iter();
        self.0.iter().all(|(at, word)| {
            theirs
                .find(|(other, _)| other >= at)
                .is_some_and(|(other, wide)| other == at && word & !wide == 0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;

    #[test]
    fn a_set_is_within_another_if_every_one_of_it_is_there() {
        let within = |few: &[u32], many: &[u32]| Bits::of(few).is_within(&Bits::of(many));
        assert!(within(&[], &[1]) && within(&[1, 3], &[1, 2, 3]) && within(&[2], &[2]));
        assert!(within(&[70, 200], &[1, 70, 130, 200]) && within(&[200], &[1, 70, 200, 900]));
        assert!(!within(&[1], &[]) && !within(&[1, 4], &[1, 2, 3]) && !within(&[0], &[1, 2]));
        assert!(!within(&[1, 70], &[1, 71]) && !within(&[1, 70, 130], &[1, 130]) && !within(&[900], &[1]));
    }
}
