//! The roles of a target and the steps between them, as numbers.

use model::{Edge, Powers, Principal, RoleName, Way};
use std::collections::{BTreeSet, HashMap};

/// A role inside one graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id(u32);

impl Id {
    fn at(self) -> usize {
        self.0 as usize
    }
}

/// Something for each role of a graph.
#[derive(Debug, Clone)]
pub(crate) struct Each<T>(Vec<T>);

impl<T: Copy + Default> Each<T> {
    pub(crate) fn get(&self, id: Id) -> T {
        self.0.get(id.at()).copied().unwrap_or_default()
    }

    pub(crate) fn set(&mut self, id: Id, value: T) {
        if let Some(slot) = self.0.get_mut(id.at()) {
            *slot = value;
        }
    }
}

/// For each role the roles at the other end of one kind of step.
#[derive(Debug)]
struct Lists {
    starts: Vec<usize>,
    ends: Vec<Id>,
}

impl Lists {
    fn new(roles: usize, pairs: &[(Id, Id)]) -> Self {
        let mut starts = vec![0; roles + 1];
        for (from, _) in pairs {
            if let Some(slot) = starts.get_mut(from.at() + 1) {
                *slot += 1;
            }
        }
        let mut sum = 0;
        for slot in &mut starts {
            sum += *slot;
            *slot = sum;
        }
        let mut sorted = pairs.to_vec();
        sorted.sort_unstable();
        Self { starts, ends: sorted.into_iter().map(|(_, to)| to).collect() }
    }

    fn of(&self, id: Id) -> &[Id] {
        let bounds = self.starts.get(id.at()).zip(self.starts.get(id.at() + 1));
        bounds.and_then(|(start, end)| self.ends.get(*start..*end)).unwrap_or_default()
    }
}

/// The steps of one kind, in both directions.
#[derive(Debug)]
struct Steps {
    onward: Lists,
    back: Lists,
}

/// The roles of a target and how they get to one another.
#[derive(Debug)]
pub struct Graph {
    names: Vec<RoleName>,
    numbers: HashMap<RoleName, Id>,
    inherits: Steps,
    becomes: Steps,
    administers: Steps,
    above: Each<bool>,
    logins: Each<bool>,
    never_given: Each<bool>,
    gathers: Each<bool>,
    give_any: Vec<Id>,
}

impl Graph {
    /// Reads the steps. A step from or to a role that is not listed is left out.
    #[must_use]
    pub fn of(powers: &Powers) -> Self {
        let mut names = powers.roles.clone();
        names.sort_unstable();
        names.dedup();
        let numbers: HashMap<RoleName, Id> = names.iter().cloned().zip((0..).map(Id)).collect();
        let steps = |way: Way| {
            let edges = powers.edges.iter().filter(|edge| edge.way == way);
            let pairs = edges.filter_map(|edge| Some((*numbers.get(&edge.from)?, *numbers.get(&edge.to)?)));
            let mut pairs: Vec<(Id, Id)> = pairs.filter(|(from, to)| from != to).collect();
            pairs.sort_unstable();
            pairs.dedup();
            let turned: Vec<(Id, Id)> = pairs.iter().map(|(from, to)| (*to, *from)).collect();
            Steps { onward: Lists::new(names.len(), &pairs), back: Lists::new(names.len(), &turned) }
        };
        let marked = |marked: &[RoleName]| {
            let mut each = Each(vec![false; names.len()]);
            marked.iter().filter_map(|name| numbers.get(name)).for_each(|id| each.set(*id, true));
            each
        };
        Self {
            inherits: steps(Way::Inherits),
            becomes: steps(Way::Becomes),
            administers: steps(Way::Administers),
            above: marked(&powers.above),
            logins: marked(&powers.logins),
            never_given: marked(&powers.never_given),
            gathers: marked(&powers.gathers),
            give_any: powers.give_any.iter().filter_map(|name| numbers.get(name).copied()).collect(),
            numbers,
            names,
        }
    }

    /// A part of the graph: what one role can get to at all. Questions about the role alone are answered in it.
    #[must_use]
    pub fn around(&self, role: &RoleName) -> Self {
        let mut reached: BTreeSet<Id> = self.numbers.get(role).copied().into_iter().collect();
        let mut waiting: Vec<Id> = reached.iter().copied().collect();
        while let Some(id) = waiting.pop() {
            if self.give_any.contains(&id) {
                reached = self.ids().collect();
                break;
            }
            for way in [Way::Inherits, Way::Becomes, Way::Administers] {
                waiting.extend(self.onward(way, id).iter().filter(|next| reached.insert(**next)));
            }
        }
        let names = |ids: &mut dyn Iterator<Item = Id>| ids.filter_map(|id| self.name(id).cloned()).collect();
        let marked = |each: &Each<bool>| names(&mut reached.iter().copied().filter(|id| each.get(*id)));
        let edges = [Way::Inherits, Way::Becomes, Way::Administers].into_iter().flat_map(|way| {
            let onward = |from: Id| self.onward(way, from).iter().map(move |to| (from, way, *to));
            reached.iter().copied().flat_map(onward).collect::<Vec<_>>()
        });
        let edge = |(from, way, to): (Id, Way, Id)| {
            Some(Edge { from: self.name(from)?.clone(), way, to: self.name(to)?.clone() })
        };
        Self::of(&Powers {
            roles: names(&mut reached.iter().copied()),
            edges: edges.filter_map(edge).collect(),
            above: marked(&self.above),
            logins: marked(&self.logins),
            give_any: names(&mut self.give_any.iter().copied().filter(|id| reached.contains(id))),
            never_given: marked(&self.never_given),
            gathers: marked(&self.gathers),
        })
    }

    /// True if there is such a role.
    #[must_use]
    pub fn knows(&self, role: &RoleName) -> bool {
        self.numbers.contains_key(role)
    }

    /// True if the role can begin a session.
    #[must_use]
    pub fn logs_in(&self, role: &RoleName) -> bool {
        self.id(role).is_some_and(|id| self.is_login(id))
    }

    pub(crate) fn id(&self, role: &RoleName) -> Option<Id> {
        self.numbers.get(role).copied()
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = Id> + use<> {
        (0..u32::try_from(self.names.len()).unwrap_or(u32::MAX)).map(Id)
    }

    /// A role's name; nothing for an id of another graph.
    pub(crate) fn name(&self, id: Id) -> Option<&RoleName> {
        self.names.get(id.at())
    }

    pub(crate) fn each<T: Copy + Default>(&self) -> Each<T> {
        Each(vec![T::default(); self.names.len()])
    }

    pub(crate) fn onward(&self, way: Way, id: Id) -> &[Id] {
        self.steps(way).onward.of(id)
    }

    pub(crate) fn back(&self, way: Way, id: Id) -> &[Id] {
        self.steps(way).back.of(id)
    }

    fn steps(&self, way: Way) -> &Steps {
        match way {
            Way::Inherits => &self.inherits,
            Way::Becomes => &self.becomes,
            Way::Administers => &self.administers,
        }
    }

    pub(crate) fn is_above(&self, id: Id) -> bool {
        self.above.get(id)
    }

    pub(crate) fn is_login(&self, id: Id) -> bool {
        self.logins.get(id)
    }

    /// True if the role uses the privileges of whatever it is handed.
    pub(crate) fn gathers(&self, id: Id) -> bool {
        self.gathers.get(id)
    }

    /// Roles that may hand out this one because they may hand out any.
    pub(crate) fn givers_of(&self, id: Id) -> &[Id] {
        if self.above.get(id) || self.never_given.get(id) { &[] } else { &self.give_any }
    }

    /// Every role that this one may hand out because it may hand out any.
    pub(crate) fn gives_any(&self, id: Id) -> bool {
        self.give_any.contains(&id)
    }

    pub(crate) fn holder(&self, who: &Principal) -> Option<Id> {
        match who {
            Principal::Public => None,
            Principal::Role(role) => self.id(role),
        }
    }
}
