//! Beginning a session: which roles log in, and which others are got to from there.

use crate::fact::Fact;
use crate::graph::{Each, Graph, Id};
use crate::held::{Held, as_it_stands};
use crate::routes::Routes;
use model::{Needs, RoleName, Way};
use std::collections::VecDeque;

/// How a role is first acted as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// A session is the role. Otherwise only its privileges are used, by who inherits them.
    pub being: bool,
    /// The way.
    pub facts: Vec<Fact>,
}

/// Where a role was got to from.
#[derive(Debug, Clone, Copy)]
enum From {
    Login,
    /// The same role, which the session is.
    Being,
    Step(Way, Place),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Being(Id),
    Using(Id),
}

/// Which sessions begin, and whom they get to.
#[derive(Debug)]
pub struct Doors<'g> {
    graph: &'g Graph,
    entry: Held<'g>,
    elsewhere: Option<Elsewhere<'g>>,
    being: Each<Option<From>>,
    using: Each<Option<From>>,
}

/// Ways to grant the entry from another database.
#[derive(Debug)]
struct Elsewhere<'g> {
    begin: Held<'g>,
    granting: Held<'g>,
    to_granting: Routes,
    to_handing_out: Routes,
}

impl Graph {
    /// Looks at all doors. `giving` counts what somebody would have to grant itself first.
    #[must_use]
    pub fn doors<'g>(&'g self, needs: &'g Needs, giving: bool) -> Doors<'g> {
        let entry = Held::of(self, &needs.entry, as_it_stands);
        let elsewhere = giving.then(|| Elsewhere::of(self, needs, &entry));
        let mut doors = Doors { graph: self, entry, elsewhere, being: self.each(), using: self.each() };
        doors.walk(giving);
        doors
    }
}

impl<'g> Elsewhere<'g> {
    fn of(graph: &'g Graph, needs: &'g Needs, entry: &Held<'g>) -> Self {
        let granting = Held::of(graph, &needs.entry, |source| source.basis.grants_itself());
        let begin = Held::sources(graph, &needs.entry.permission, &needs.elsewhere);
        let to_granting = Routes::to(graph, |id| granting.has(id), true);
        let to_handing_out = Routes::to_handing_out(graph, |id| entry.has(id));
        Self { begin, granting, to_granting, to_handing_out }
    }

    fn opens(&self, id: Id) -> bool {
        self.begin.has(id) && (self.to_granting.has(id) || self.to_handing_out.has(id))
    }
}

impl Doors<'_> {
    /// Forwards from every login that enters. One above every check gets to everybody, which says nothing about them.
    fn walk(&mut self, giving: bool) {
        let graph = self.graph;
        let mut queue = VecDeque::new();
        for id in graph.ids() {
            if !self.opens_to(id) {
                continue;
            }
            self.being.set(id, Some(From::Login));
            if !graph.is_above(id) {
                queue.push_back(Place::Being(id));
            }
        }
        while let Some(place) = queue.pop_front() {
            let (Place::Being(id) | Place::Using(id)) = place;
            let step = |way| From::Step(way, place);
            if let Place::Being(_) = place {
                self.arrive(Place::Using(id), From::Being, &mut queue);
                for next in graph.onward(Way::Becomes, id) {
                    self.arrive(Place::Being(*next), step(Way::Becomes), &mut queue);
                }
                if giving && graph.gives_any(id) {
                    for next in graph.ids().filter(|next| !graph.givers_of(*next).is_empty()) {
                        self.arrive(Place::Being(next), step(Way::Administers), &mut queue);
                    }
                }
                continue;
            }
            for next in graph.onward(Way::Inherits, id) {
                self.arrive(Place::Using(*next), step(Way::Inherits), &mut queue);
            }
            for next in graph.onward(Way::Administers, id).iter().filter(|_| giving) {
                self.arrive(Place::Being(*next), step(Way::Administers), &mut queue);
            }
        }
    }

    fn arrive(&mut self, place: Place, from: From, queue: &mut VecDeque<Place>) {
        let (each, id) = match place {
            Place::Being(id) => (&mut self.being, id),
            Place::Using(id) => (&mut self.using, id),
        };
        if each.get(id).is_none() {
            each.set(id, Some(from));
            if !(matches!(place, Place::Being(_)) && self.graph.is_above(id)) {
                queue.push_back(place);
            }
        }
    }

    /// True if the role can begin a session itself.
    fn opens_to(&self, id: Id) -> bool {
        self.graph.is_login(id)
            && (self.entry.has(id) || self.elsewhere.as_ref().is_some_and(|elsewhere| elsewhere.opens(id)))
    }

    /// How the role is first acted as: by logging in, or by a login that gets to it.
    #[must_use]
    pub fn enter(&self, role: &RoleName) -> Option<Entered> {
        self.enter_at(self.graph.id(role)?)
    }

    /// `None` if nobody enters; else whether a session is the role.
    pub(crate) fn is_entered(&self, id: Id) -> Option<bool> {
        if self.being.get(id).is_some() {
            return Some(true);
        }
        self.using.get(id).map(|_| false)
    }

    pub(crate) fn grants_itself(&self, id: Id) -> bool {
        self.enter_at(id).is_some_and(|entered| entered.facts.iter().any(Fact::grants_itself))
    }

    fn enter_at(&self, id: Id) -> Option<Entered> {
        let being = self.is_entered(id)?;
        let mut place = if being { Place::Being(id) } else { Place::Using(id) };
        let mut steps = Vec::new();
        let login = loop {
            let (from, here) = match place {
                Place::Being(id) => (self.being.get(id)?, id),
                Place::Using(id) => (self.using.get(id)?, id),
            };
            match from {
                From::Login => break here,
                From::Being => place = Place::Being(here),
                From::Step(way, before) => {
                    let (Place::Being(from) | Place::Using(from)) = before;
                    steps.push((from, way, here));
                    place = before;
                }
            }
        };
        let mut facts = self.login(login);
        for (from, way, to) in steps.into_iter().rev() {
            Fact::add(Fact::step(self.graph, from, way, to), &mut facts);
        }
        Some(Entered { being, facts })
    }

    fn login(&self, id: Id) -> Vec<Fact> {
        let graph = self.graph;
        let mut facts = Vec::new();
        let here = self.entry.has(id);
        let role = graph.name(id).cloned();
        Fact::add(role.map(|role| Fact::LogsIn { role, elsewhere: !here }), &mut facts);
        match &self.elsewhere {
            Some(elsewhere) if !here => {
                if let Some(end) = elsewhere.to_granting.tell(graph, id, &mut facts) {
                    elsewhere.granting.tell(graph, end, &mut facts);
                } else if let Some(end) = elsewhere.to_handing_out.tell(graph, id, &mut facts) {
                    self.entry.tell(graph, end, &mut facts);
                }
            }
            _ => self.entry.tell(graph, id, &mut facts),
        }
        facts
    }
}
