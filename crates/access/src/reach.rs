//! Which roles a role can use or become, and by which way: memberships alone, in the way in which their powers allow it.

use model::{Access, MemberPowers, RoleName, Way};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

/// A way from one role to another through memberships. It can have no step at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path<'a> {
    from: &'a RoleName,
    steps: Vec<(Way, &'a RoleName)>,
}

impl<'a> Path<'a> {
    /// The path that stays where it is.
    #[must_use]
    pub const fn here(from: &'a RoleName) -> Self {
        Self { from, steps: Vec::new() }
    }

    /// Where it begins.
    #[must_use]
    pub const fn start(&self) -> &'a RoleName {
        self.from
    }

    /// Its steps in order, each with the role that it leads to.
    #[must_use]
    pub fn steps(&self) -> &[(Way, &'a RoleName)] {
        &self.steps
    }

    /// Where it leads to, or `None` if it stays.
    #[must_use]
    pub fn end(&self) -> Option<&'a RoleName> {
        self.steps.last().map(|(_, role)| *role)
    }

    /// How many steps it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// True if it stays where it is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The last membership of the path: who is a member, and of what.
    #[must_use]
    pub fn last_membership(&self) -> Option<(&'a RoleName, &'a RoleName)> {
        let ((_, role), before) = self.steps.split_last()?;
        Some((before.last().map_or(self.from, |(_, role)| *role), *role))
    }

    fn last_way(&self) -> Option<Way> {
        self.steps.last().map(|(way, _)| *way)
    }

    fn then(&self, way: Way, role: &'a RoleName) -> Self {
        let mut longer = self.clone();
        longer.steps.push((way, role));
        longer
    }
}

impl fmt::Display for Path<'_> {
    /// As a sentence: `deploy inherits ops, which may become dba`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.from)?;
        for (at, (way, role)) in self.steps.iter().enumerate() {
            write!(f, "{} {way} {role}", if at == 0 { "" } else { ", which" })?;
        }
        Ok(())
    }
}

/// The memberships of a target as a graph from member to role.
#[derive(Debug)]
pub struct Reach<'a> {
    roles_of: BTreeMap<&'a RoleName, BTreeMap<&'a RoleName, MemberPowers>>,
}

impl<'a> Reach<'a> {
    /// Reads the memberships. Several between the same two roles, one for each grantor, hold together.
    #[must_use]
    pub fn of(access: &'a Access) -> Self {
        let mut roles_of: BTreeMap<_, BTreeMap<_, MemberPowers>> = BTreeMap::new();
        for (key, powers) in &access.members {
            let united = roles_of.entry(&key.member).or_default().entry(&key.role).or_insert(MemberPowers {
                inherit: false,
                set: false,
                admin: false,
            });
            united.inherit |= powers.inherit;
            united.set |= powers.set;
            united.admin |= powers.admin;
        }
        Self { roles_of }
    }

    /// Every role whose *privileges* the given one can come to use, with the shortest way to it.
    ///
    /// A session may become a role and then inherit from it, but what is only inherited cannot be become: from an
    /// inherited role the way goes on by inheritance or by the right to hand out a role.
    #[must_use]
    pub fn privileges(&self, from: &'a RoleName) -> BTreeMap<&'a RoleName, Path<'a>> {
        self.walk(from, &[Way::Inherits, Way::Becomes, Way::Administers])
    }

    /// Every role that the given one can come to *be*, with the shortest way to it. Attributes are never inherited:
    /// they work only for the role that the session is.
    #[must_use]
    pub fn identities(&self, from: &'a RoleName) -> BTreeMap<&'a RoleName, Path<'a>> {
        let mut all = self.walk(from, &[Way::Becomes, Way::Inherits, Way::Administers]);
        all.retain(|_, path| path.last_way() != Some(Way::Inherits));
        all
    }

    /// Breadth first over (role, is it only inherited). `order` says which of two ways of the same length is told.
    fn walk(&self, from: &'a RoleName, order: &[Way]) -> BTreeMap<&'a RoleName, Path<'a>> {
        let identities_first = order.first() == Some(&Way::Becomes);
        let mut told: BTreeMap<&RoleName, Path<'a>> = BTreeMap::new();
        let mut seen = BTreeSet::from([(from, false)]);
        let mut queue = VecDeque::from([(from, false, Path::here(from))]);
        while let Some((at, inherited, path)) = queue.pop_front() {
            for (role, powers) in self.roles_of.get(at).into_iter().flatten() {
                for step in order {
                    let open = match step {
                        Way::Inherits => powers.inherit,
                        Way::Becomes => powers.set && !inherited,
                        Way::Administers => powers.admin,
                    };
                    let only_inherited = *step == Way::Inherits;
                    if !open || *role == from || !seen.insert((role, only_inherited)) {
                        continue;
                    }
                    let next = path.then(*step, role);
                    let better = identities_first && !only_inherited;
                    let known = told.get(role).and_then(Path::last_way);
                    if known.is_none() || (better && known == Some(Way::Inherits)) {
                        told.insert(role, next.clone());
                    }
                    queue.push_back((role, only_inherited, next));
                }
            }
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Grantor, MemberKey};

    fn role(name: &str) -> RoleName {
        RoleName::new(name).unwrap()
    }

    /// `a -is> b`: member, powers, role.
    fn access(memberships: &str) -> Access {
        let mut access = Access::default();
        for line in memberships.split(',') {
            let words: Vec<&str> = line.split_whitespace().collect();
            let powers = MemberPowers {
                inherit: words[1].contains('i'),
                set: words[1].contains('s'),
                admin: words[1].contains('a'),
            };
            let key = MemberKey { role: role(words[2]), member: role(words[0]), by: Grantor::Owner };
            access.members.insert(key, powers);
        }
        access
    }

    fn told(path: Option<&Path<'_>>) -> String {
        path.map(ToString::to_string).unwrap_or_default()
    }

    #[test]
    fn what_is_only_inherited_cannot_be_become() {
        let access = access("login i team, team s vault, login s desk, desk i files");
        let login = role("login");
        let reach = Reach::of(&access);
        let privileges = reach.privileges(&login);
        assert_eq!(told(privileges.get(&role("team"))), "login inherits team");
        assert_eq!(told(privileges.get(&role("vault"))), "");
        assert_eq!(told(privileges.get(&role("files"))), "login may become desk, which inherits files");
        assert_eq!(reach.identities(&login).keys().map(|r| r.as_str()).collect::<Vec<_>>(), ["desk"]);
    }

    #[test]
    fn the_right_to_hand_out_a_role_leads_to_it() {
        let access = access("login i team, team a vault, vault s root");
        let login = role("login");
        let identities =
            Reach::of(&access).identities(&login).keys().map(|r| r.to_string()).collect::<Vec<_>>();
        assert_eq!(identities, ["root", "vault"]);
    }

    #[test]
    fn an_identity_behind_a_longer_way_is_told_although_it_is_also_inherited() {
        let access = access("login i top, login s mid, mid s top");
        let login = role("login");
        let reach = Reach::of(&access);
        assert_eq!(
            told(reach.identities(&login).get(&role("top"))),
            "login may become mid, which may become top"
        );
        assert_eq!(told(reach.privileges(&login).get(&role("top"))), "login inherits top");
    }

    #[test]
    fn a_circle_ends() {
        let access = access("a is b, b is c, c is a");
        let a = role("a");
        assert_eq!(Reach::of(&access).privileges(&a).len(), 2);
    }
}
