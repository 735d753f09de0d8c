//! Who can, in groups by the way in which they can.

use crate::asked::{Asked, Manner};
use crate::doors::Doors;
use crate::graph::Id;
use crate::held::Via;
use model::{Basis, Principal, RoleName};
use std::collections::BTreeMap;

/// Through what a role can. In the order in which people want to read it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Through {
    /// It stands above every check.
    Above,
    /// It owns the object, or what the object is in.
    Owner,
    /// An entry of its own.
    Itself,
    /// Standing for the operation on every object.
    MasterKey,
    /// Every part of the object, one by one.
    Parts,
    /// It logs in, which is all that was asked about.
    Session,
    /// Another role, for the reason given.
    Role(RoleName, Box<Through>),
    /// What everybody has.
    Everybody,
}

/// A role that can.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// Which.
    pub role: RoleName,
    /// It can log in.
    pub login: bool,
}

/// Roles that can in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Something has to be granted first, which they may do themselves.
    pub grants_itself: bool,
    /// How.
    pub through: Through,
    /// They.
    pub members: Vec<Member>,
}

impl Asked<'_> {
    /// Every role that can.
    pub fn roles<'a>(&'a self, doors: &'a Doors<'_>) -> impl Iterator<Item = &'a RoleName> + 'a {
        self.everyone(doors).filter_map(|(id, ..)| self.graph().name(id))
    }

    /// Everybody who can, in groups.
    #[must_use]
    pub fn who(&self, doors: &Doors<'_>) -> Vec<Group> {
        let mut groups: BTreeMap<(bool, Through), Vec<Member>> = BTreeMap::new();
        for (id, being, manner) in self.everyone(doors) {
            let Some(role) = self.graph().name(id) else { continue };
            let grants_itself = manner == Manner::Giving || doors.grants_itself(id);
            let through = self.through(id, being, manner);
            let member = Member { role: role.clone(), login: self.graph().is_login(id) };
            groups.entry((grants_itself, through)).or_default().push(member);
        }
        let group = |((grants_itself, through), members)| Group { grants_itself, through, members };
        groups.into_iter().map(group).collect()
    }

    fn through(&self, id: Id, being: bool, manner: Manner) -> Through {
        if self.only_entry() {
            return if self.graph().is_above(id) { Through::Above } else { Through::Session };
        }
        let Some((held, end, via)) = self.end(id, being, manner) else { return Through::Session };
        let how = match via {
            Via::Above => Through::Above,
            Via::Parts | Via::Junior(_) => Through::Parts,
            Via::Source(number) => match held.source(number) {
                Some(source) if source.who == Principal::Public => return Through::Everybody,
                Some(source) if matches!(source.basis, Basis::Owner | Basis::OwnerMayGrant) => Through::Owner,
                Some(source) if source.basis == Basis::MasterKey => Through::MasterKey,
                _ => Through::Itself,
            },
        };
        match self.graph().name(end) {
            Some(role) if end != id => Through::Role(role.clone(), Box::new(how)),
            _ => how,
        }
    }
}
