//! Ways for a session to act as one of some roles, found backwards from these.

use crate::fact::Fact;
use crate::graph::{Each, Graph, Id};
use model::Way;
use std::collections::VecDeque;

/// What comes next on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Nothing: this is one of the roles looked for.
    Here,
    /// The role uses its own privileges and those that it inherits.
    Uses,
    /// A step.
    Step(Way, Id),
}

/// For each role the first step of a shortest way to act as one of the roles looked for.
#[derive(Debug)]
pub(crate) struct Routes {
    /// For who is the role.
    being: Each<Option<Next>>,
    /// For who only uses the role's privileges.
    using: Each<Option<Next>>,
    /// Roles at which a way ends when they have been handed out.
    ends: Each<bool>,
}

/// A place on the way: a role that the session is, or one whose privileges it uses.
#[derive(Debug, Clone, Copy)]
enum Place {
    Being(Id),
    Using(Id),
}

impl Routes {
    /// To any of the `good` roles. `giving` lets a session grant itself the roles that it may hand out; such ways are found
    /// only where there is no other.
    pub(crate) fn to(graph: &Graph, good: impl Fn(Id) -> bool, giving: bool) -> Self {
        let mut routes = Self::none(graph);
        let mut queue = VecDeque::new();
        for id in graph.ids().filter(|id| good(*id)) {
            routes.being.set(id, Some(Next::Here));
            queue.push_back(Place::Being(id));
        }
        let mut standing = Vec::new();
        while let Some(place) = queue.pop_front() {
            let Place::Being(id) = place else { continue };
            standing.push(place);
            for member in graph.back(Way::Becomes, id) {
                routes.arrive(Place::Being(*member), Next::Step(Way::Becomes, id), &mut queue);
            }
        }
        if giving {
            routes.walk(graph, standing.into());
        }
        routes
    }

    /// To where a session hands out one of the `good` roles, also to itself.
    pub(crate) fn to_handing_out(graph: &Graph, good: impl Fn(Id) -> bool) -> Self {
        let mut routes = Self::none(graph);
        let mut queue = VecDeque::new();
        for id in graph.ids().filter(|id| good(*id)) {
            routes.ends.set(id, true);
            routes.hand_out(graph, id, &mut queue);
        }
        routes.walk(graph, queue);
        routes
    }

    fn none(graph: &Graph) -> Self {
        Self { being: graph.each(), using: graph.each(), ends: graph.each() }
    }

    fn hand_out(&mut self, graph: &Graph, id: Id, queue: &mut VecDeque<Place>) {
        for admin in graph.back(Way::Administers, id) {
            self.arrive(Place::Using(*admin), Next::Step(Way::Administers, id), queue);
        }
        for giver in graph.givers_of(id) {
            self.arrive(Place::Being(*giver), Next::Step(Way::Administers, id), queue);
        }
    }

    fn walk(&mut self, graph: &Graph, mut queue: VecDeque<Place>) {
        while let Some(place) = queue.pop_front() {
            match place {
                Place::Being(id) => {
                    for member in graph.back(Way::Becomes, id) {
                        self.arrive(Place::Being(*member), Next::Step(Way::Becomes, id), &mut queue);
                    }
                    self.hand_out(graph, id, &mut queue);
                }
                Place::Using(id) => {
                    self.arrive(Place::Being(id), Next::Uses, &mut queue);
                    for senior in graph.back(Way::Inherits, id) {
                        self.arrive(Place::Using(*senior), Next::Step(Way::Inherits, id), &mut queue);
                    }
                }
            }
        }
    }

    fn arrive(&mut self, place: Place, next: Next, queue: &mut VecDeque<Place>) {
        let (each, id) = match place {
            Place::Being(id) => (&mut self.being, id),
            Place::Using(id) => (&mut self.using, id),
        };
        if each.get(id).is_none() {
            each.set(id, Some(next));
            queue.push_back(place);
        }
    }

    /// True if a session of the role gets there.
    pub(crate) fn has(&self, id: Id) -> bool {
        self.being.get(id).is_some()
    }

    /// The role that it acts as in the end; `tell` is called with each step.
    pub(crate) fn end(&self, from: Id, mut tell: impl FnMut(Id, Way, Id)) -> Option<Id> {
        let mut place = Place::Being(from);
        loop {
            let (id, next) = match place {
                Place::Being(id) => (id, self.being.get(id)?),
                Place::Using(id) => (id, self.using.get(id)?),
            };
            place = match next {
                Next::Here => return Some(id),
                Next::Uses => Place::Using(id),
                Next::Step(way, to) => {
                    tell(id, way, to);
                    if way == Way::Administers && self.ends.get(to) {
                        return Some(to);
                    }
                    if way == Way::Inherits { Place::Using(to) } else { Place::Being(to) }
                }
            };
        }
    }

    /// Adds the steps, and says as whom the session acts then.
    pub(crate) fn tell(&self, graph: &Graph, from: Id, facts: &mut Vec<Fact>) -> Option<Id> {
        self.end(from, |from, way, to| Fact::add(Fact::step(graph, from, way, to), facts))
    }
}
