//! Chains of grants: who may hand on what at which moment. The server's own rules, for one thing that is handed on:
//! one operation on one object, or one role.
//!
//! A link can be given by whoever holds the right to hand on at that moment, and never in a circle; it can be taken
//! while nothing depends on it. So what is to be given is given in rounds, from the owner outwards, and what is to
//! be taken is taken in rounds, from the outside in (`aclupdate`, `check_circularity` and `recursive_revoke` in the
//! server; for memberships `check_role_membership_authorization` and its neighbours).

use model::{Grantor, Principal, RoleName};
use std::collections::{BTreeMap, BTreeSet};

/// One link: from whom to whom.
pub(super) type Link = (Grantor, Principal);

/// The round in which a link is given or taken; `None` if the server would refuse it in any.
pub(super) type Round = Option<usize>;

/// The links of one thing, each with or without the right to hand on.
#[derive(Debug, Clone, Default)]
pub(super) struct Chain {
    links: BTreeMap<Link, bool>,
    /// The owner: it always holds everything.
    owner: Option<RoleName>,
    /// Roles that may hand on by something outside of the chain, as by the table that a column belongs to.
    beside: BTreeSet<RoleName>,
    /// Links that were taken and could not be given back in the same name.
    one_way: BTreeSet<Link>,
}

impl Chain {
    pub(super) fn new(owner: Option<RoleName>, beside: BTreeSet<RoleName>) -> Self {
        Self { owner, beside, ..Self::default() }
    }

    /// Adds a link; the right to hand on, once there, stays.
    pub(super) fn add(&mut self, link: Link, option: bool) {
        *self.links.entry(link).or_default() |= option;
    }

    /// The round in which each link is given. `option`: with the right to hand on.
    pub(super) fn give(&mut self, wanted: &BTreeMap<Link, bool>) -> BTreeMap<Link, Round> {
        let mut rounds = BTreeMap::new();
        for round in 0.. {
            let left = wanted.iter().filter(|(link, _)| !rounds.contains_key(*link));
            let ready: Vec<_> = left.filter(|(link, option)| self.may_give(link, **option)).collect();
            if ready.is_empty() {
                break;
            }
            for (link, option) in ready {
                self.add(link.clone(), *option);
                rounds.insert(link.clone(), Some(round));
            }
        }
        for (link, option) in wanted {
            rounds.entry(link.clone()).or_insert_with(|| {
                self.add(link.clone(), *option);
                None
            });
        }
        rounds
    }

    /// The round in which each link is taken, the owner's after those of all others. `true`: only the right to hand
    /// on is taken.
    pub(super) fn take(&mut self, unwanted: &BTreeMap<Link, bool>) -> BTreeMap<Link, Round> {
        let mut rounds = BTreeMap::new();
        for round in 0.. {
            let begin = self.clone();
            let mut any = false;
            for (link, only) in unwanted.iter().filter(|(link, _)| link.0 != Grantor::Owner) {
                let ready = !rounds.contains_key(link) && begin.holds(&link.0) && self.may_take(&begin, link);
                if ready {
                    let option = self.links.get(link) == Some(&true);
                    self.remove(link, *only);
                    if !self.may_give(link, option) {
                        self.one_way.insert(link.clone());
                    }
                    rounds.insert(link.clone(), Some(round));
                    any = true;
                }
            }
            if !any {
                break;
            }
        }
        let last = rounds.values().flatten().max().map_or(0, |last| last + 1);
        let begin = self.clone();
        for (link, only) in unwanted.iter().filter(|(link, _)| link.0 == Grantor::Owner) {
            let ready = self.may_take(&begin, link);
            self.remove(link, *only);
            rounds.insert(link.clone(), ready.then_some(last));
        }
        for link in unwanted.keys() {
            rounds.entry(link.clone()).or_default();
        }
        rounds
    }

    /// True if the link was taken and its grantor could not give it back: it held the right only from whom it gave to.
    pub(super) fn is_one_way(&self, link: &Link) -> bool {
        self.one_way.contains(link)
    }

    /// True if the grantor may hand on now.
    pub(super) fn holds(&self, grantor: &Grantor) -> bool {
        match grantor {
            Grantor::Role(role) => {
                self.owner.as_ref() == Some(role) || self.beside.contains(role) || self.reached(role)
            }
            Grantor::Owner | Grantor::Untracked => true,
        }
    }

    /// True if others live from what this holder may hand on.
    pub(super) fn leans_on(&self, holder: &Principal) -> bool {
        let Principal::Role(role) = holder else { return false };
        self.owner.as_ref() != Some(role)
            && self.links.keys().any(|(by, _)| matches!(by, Grantor::Role(by) if by == role))
    }

    fn remove(&mut self, link: &Link, only_option: bool) {
        if !only_option {
            self.links.remove(link);
        } else if let Some(option) = self.links.get_mut(link) {
            *option = false;
        }
    }

    /// True if a link of the chain itself lets the role hand on.
    fn reached(&self, role: &RoleName) -> bool {
        self.links
            .iter()
            .any(|((_, to), option)| *option && matches!(to, Principal::Role(holder) if holder == role))
    }

    fn may_give(&self, (by, to): &Link, option: bool) -> bool {
        if !self.holds(by) {
            return false;
        }
        match (by, to) {
            (Grantor::Role(grantor), Principal::Role(holder))
                if option && self.owner.as_ref() != Some(holder) =>
            {
                self.without(holder).reached(grantor)
            }
            _ => true,
        }
    }

    /// The chain after everything is taken from the role that it may hand on, and from all who live from that.
    fn without(&self, role: &RoleName) -> Chain {
        let mut left = self.clone();
        let mut waiting = vec![role.clone()];
        while let Some(role) = waiting.pop() {
            let is = |to: &Principal| matches!(to, Principal::Role(holder) if *holder == role);
            left.links.retain(|(_, to), option| !(*option && is(to)));
            let by = Grantor::Role(role.clone());
            let lean: Vec<Link> = left.links.keys().filter(|link| link.0 == by).cloned().collect();
            for link in lean {
                let option = left.links.remove(&link);
                if let (Some(true), Principal::Role(next)) = (option, &link.1)
                    && self.owner.as_ref() != Some(next)
                    && !left.reached(next)
                {
                    waiting.push(next.clone());
                }
            }
        }
        left
    }

    /// True if the link can go in a round that began with `begin`, wherever in it.
    fn may_take(&self, begin: &Chain, link: &Link) -> bool {
        let Principal::Role(holder) = &link.1 else { return true };
        if !begin.leans_on(&link.1) || self.links.get(link) == Some(&false) {
            return true;
        }
        let mut after = self.clone();
        after.remove(link, false);
        after.reached(holder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(name: &str) -> RoleName {
        RoleName::new(name).expect("a name")
    }

    /// `a>b*` is a link from a to b with the right to hand on; `>a` one from the owner.
    fn links(text: &str) -> BTreeMap<Link, bool> {
        let one = |word: &str| {
            let (by, to) = word.split_once('>').expect("a link");
            let option = to.ends_with('*');
            let by = if by.is_empty() { Grantor::Owner } else { Grantor::Role(role(by)) };
            ((by, Principal::Role(role(to.trim_end_matches('*')))), option)
        };
        text.split_whitespace().map(one).collect()
    }

    fn chain(text: &str) -> Chain {
        let mut chain = Chain::new(Some(role("owner")), BTreeSet::new());
        links(text).into_iter().for_each(|(link, option)| chain.add(link, option));
        chain
    }

    fn rounds(of: BTreeMap<Link, Round>) -> String {
        let word = |((by, to), round): (Link, Round)| {
            let by = match by {
                Grantor::Role(role) => role.to_string(),
                _ => String::new(),
            };
            format!("{by}>{to}:{}", round.map_or("never".to_owned(), |round| round.to_string()))
        };
        of.into_iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_chain_is_given_from_the_owner_outwards() {
        let given = chain("").give(&links(">a* a>b* b>c c>d"));
        assert_eq!(rounds(given), ">a:0 a>b:1 b>c:2 c>d:never");
        assert_eq!(rounds(chain(">a*").give(&links("a>b"))), "a>b:0");
    }

    #[test]
    fn a_chain_is_taken_from_the_outside_in_and_the_owners_links_last() {
        let taken =
            chain(">a* a>b* b>c").take(&links(">a* a>b* b>c").into_keys().map(|l| (l, false)).collect());
        assert_eq!(rounds(taken), ">a:2 a>b:1 b>c:0");
        let both = chain(">a* >b* a>x* b>x* x>y");
        let taken = both.clone().take(&links("a>x b>x"));
        assert_eq!(rounds(taken), "a>x:0 b>x:never");
        let taken = both.clone().take(&links("a>x b>x x>y"));
        assert_eq!(rounds(taken), "a>x:0 b>x:1 x>y:0");
    }

    #[test]
    fn nobody_hands_on_to_whom_it_has_it_from() {
        assert_eq!(rounds(chain(">a* a>b*").give(&links("b>a*"))), "b>a:never");
        assert_eq!(rounds(chain(">a* a>b*").give(&links("b>a"))), "b>a:0");
        assert_eq!(rounds(chain(">a* a>b*").give(&links("b>a* >b*"))), ">b:0 b>a:1");
        assert_eq!(rounds(chain(">a* a>owner*").give(&links("a>owner*"))), "a>owner:0");
    }
}
