//! What roles hold as sets of numbers, so that many can be compared. The numbers mean nothing outside.

use crate::Look;
use crate::holdings::{flags, groups};
use crate::told::{listed, several};
use model::{Object, Operation, Principal, RoleName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One thing that a role can hold. Objects with the same access list are one thing: whoever holds something on one of
/// them holds it on all.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fact<'a> {
    Held { list: usize, operation: &'a Operation, delegable: bool },
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
        let access = &look.observed.access;
        let mut held: BTreeMap<&RoleName, BTreeSet<Fact<'a>>> = groups(look)
            .map(|(name, role)| (name, flags(look, role).into_iter().map(Fact::Attribute).collect()))
            .collect();
        let mut lists: BTreeMap<usize, Listed<'a>> = BTreeMap::new();
        for (object, acl) in access.entries.iter().filter(|(_, acl)| !acl.is_empty()) {
            let list = acl.place();
            match lists.get_mut(&list) {
                Some(known) => known.count = known.count.saturating_add(1),
                None => {
                    lists.insert(list, Listed { first: object, count: 1 });
                    let owner = access.owners.get(object);
                    let roles = acl.iter().filter_map(|(holder, operations)| match &holder.to {
                        Principal::Role(role) if owner != Some(role) => Some((role, operations)),
                        _ => None,
                    });
                    for (role, operations) in roles {
                        let Some(held) = held.get_mut(role) else { continue };
                        held.extend(operations.iter().map(|(operation, delegable)| Fact::Held {
                            list,
                            operation,
                            delegable,
                        }));
                    }
                }
            }
        }
        let mut inherits: BTreeMap<&RoleName, BTreeSet<&RoleName>> = BTreeMap::new();
        for (key, powers) in &access.members {
            if let Some(held) = held.get_mut(&key.member) {
                held.insert(Fact::Member(&key.role));
            }
            if powers.inherit {
                inherits.entry(&key.member).or_default().insert(&key.role);
            }
        }
        Self::numbered(held, lists, inherits)
    }

    fn numbered(
        held: BTreeMap<&'a RoleName, BTreeSet<Fact<'a>>>,
        lists: BTreeMap<usize, Listed<'a>>,
        inherits: BTreeMap<&'a RoleName, BTreeSet<&'a RoleName>>,
    ) -> Self {
        let mut numbers: BTreeMap<Fact<'a>, u32> = BTreeMap::new();
        let mut direct = BTreeMap::new();
        for (role, facts) in held {
            let mut set: Vec<u32> = facts
                .into_iter()
                .map(|fact| {
                    let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                    *numbers.entry(fact).or_insert(next)
                })
                .collect();
            set.sort_unstable();
            direct.insert(role, set);
        }
        let mut facts: Vec<(u32, Fact<'a>)> =
            numbers.into_iter().map(|(fact, number)| (number, fact)).collect();
        facts.sort_unstable_by_key(|(number, _)| *number);
        Self { facts: facts.into_iter().map(|(_, fact)| fact).collect(), lists, direct, inherits }
    }

    /// Each role with what it holds itself, as a sorted set.
    pub(crate) fn direct(&self) -> impl Iterator<Item = (&'a RoleName, &[u32])> {
        self.direct.iter().map(|(role, facts)| (*role, facts.as_slice()))
    }

    /// The roles whose privileges, inherited ones included, are strictly within those of another that does not inherit it,
    /// with the nearest of these. A role with attributes of its own has more than privileges.
    ///
    /// A wider role holds the rarest thing that the narrower one holds, so only those that do are compared.
    pub(crate) fn contained(&self, fewest: usize) -> Vec<Contained<'_, 'a>> {
        let above: BTreeMap<&RoleName, BTreeSet<&RoleName>> =
            self.direct.keys().map(|role| (*role, self.closure(role))).collect();
        let mut whole: BTreeMap<&RoleName, Vec<u32>> = BTreeMap::new();
        for (role, inherited) in &above {
            let sets = std::iter::once(*role)
                .chain(inherited.iter().copied())
                .filter_map(|one| self.direct.get(one));
            // Of whom it is a member is how it comes to hold, not what.
            let mut all: Vec<u32> = sets.flatten().copied().filter(|fact| self.is_held(*fact)).collect();
            all.sort_unstable();
            all.dedup();
            whole.insert(role, all);
        }
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
            let wider = rarest.into_iter().flatten().filter(|other| {
                let inherits = above.get(*other).is_some_and(|above| above.contains(role));
                let theirs = whole.get(*other).map(Vec::as_slice).unwrap_or_default();
                *other != role && !inherits && theirs.len() > facts.len() && is_within(facts, theirs)
            });
            let wider: Vec<&RoleName> = wider.copied().collect();
            let nearest = |one: &&RoleName| {
                above.get(*one).is_none_or(|above| !wider.iter().any(|other| above.contains(other)))
            };
            let wider: Vec<&RoleName> = wider.iter().copied().filter(nearest).collect();
            if !wider.is_empty() {
                contained.push((*role, wider, own));
            }
        }
        contained
    }

    /// On how many objects the facts hold something, each operation counted.
    fn width(&self, facts: &[u32]) -> usize {
        let lists = facts.iter().filter_map(|fact| match self.fact(*fact) {
            Some(Fact::Held { list, .. }) => self.lists.get(list),
            _ => None,
        });
        lists.map(|of| of.count).sum()
    }

    fn is_held(&self, fact: u32) -> bool {
        matches!(self.fact(fact), Some(Fact::Held { .. }))
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
    pub(crate) fn told(&self, facts: &[u32]) -> String {
        let (mut objects, mut members, mut attributes) = (BTreeMap::new(), Vec::new(), Vec::new());
        for fact in facts.iter().filter_map(|fact| self.fact(*fact)) {
            match fact {
                Fact::Held { list, .. } => {
                    objects.extend(self.lists.get(list).map(|of| (*list, of)));
                }
                Fact::Member(role) => members.push(*role),
                Fact::Attribute(name) => attributes.push(name),
            }
        }
        let mut parts = Vec::new();
        if let Some(first) = objects.values().map(|of| of.first).min() {
            let count = objects.values().map(|of| of.count).sum();
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

/// True if each of the sorted `few` is among the sorted `many`.
fn is_within(few: &[u32], many: &[u32]) -> bool {
    let mut many = many.iter();
    few.iter().all(|one| many.any(|other| other == one))
}

#[cfg(test)]
mod tests {
    use super::is_within;

    #[test]
    fn a_set_is_within_another_if_every_one_of_it_is_there() {
        assert!(is_within(&[], &[1]) && is_within(&[1, 3], &[1, 2, 3]) && is_within(&[2], &[2]));
        assert!(!is_within(&[1], &[]) && !is_within(&[1, 4], &[1, 2, 3]) && !is_within(&[0], &[1, 2]));
    }
}
