//! What a session can after granting something first: to itself, or to the role as which it then acts.

use crate::fact::Fact;
use crate::graph::{Graph, Id};
use crate::held::Held;
use crate::routes::Routes;
use model::{Needs, Source};

/// Ways that begin with a grant.
#[derive(Debug)]
pub(crate) struct Giving<'g> {
    together: bool,
    /// To everything as one role.
    at_once: Routes,
    /// What is met, also by who has to grant it first.
    met: Vec<Held<'g>>,
    /// To each need alone.
    each: Vec<Routes>,
    /// To where each need can be handed to any role.
    handed: Vec<Handed<'g>>,
}

/// Ways to hand on what one need asks for.
#[derive(Debug)]
struct Handed<'g> {
    /// Who may grant it: the owner.
    grantors: Held<'g>,
    to_grantors: Routes,
    /// Who has it, as a role that can be handed out.
    has: Held<'g>,
    to_handing_out: Routes,
}

impl<'g> Giving<'g> {
    pub(crate) fn of(graph: &'g Graph, needs: &'g Needs, standing: &[Held<'g>]) -> Self {
        let met: Vec<Held<'g>> = needs.session.iter().map(|need| Held::of(graph, need, |_| true)).collect();
        let handed = needs.session.iter().zip(standing).map(|(need, held)| {
            let grantors = Held::of(graph, need, |source: &Source| source.basis.grants_itself());
            let to_grantors = Routes::to(graph, |id| grantors.has(id), true);
            let to_handing_out = Routes::to_handing_out(graph, |id| held.has(id) && !graph.is_above(id));
            Handed { grantors, to_grantors, has: held.clone(), to_handing_out }
        });
        Self {
            together: needs.together,
            at_once: Routes::to(graph, |id| met.iter().all(|held| held.has(id)), true),
            each: met.iter().map(|held| Routes::to(graph, |id| held.has(id), true)).collect(),
            handed: handed.collect(),
            met,
        }
    }

    pub(crate) fn met(&self) -> &[Held<'g>] {
        &self.met
    }

    /// True if a session of the role gets to this need, whatever becomes of the others.
    pub(crate) fn reaches(&self, at: usize, id: Id) -> bool {
        self.each.get(at).is_some_and(|routes| routes.has(id))
    }

    /// True if everything comes together. What can be handed on, can be handed to whoever has the rest.
    pub(crate) fn has(&self, id: Id) -> bool {
        self.at_once.has(id) || self.anchor(id).is_some()
    }

    /// The need that is used where it is; the others are handed there. Where a statement can be prepared as one role and
    /// carried out as another, nothing has to be handed on for that.
    fn anchor(&self, id: Id) -> Option<usize> {
        let reached = (0..self.met.len()).all(|at| self.reaches(at, id));
        let others = |anchor: usize| {
            let mut others = self.handed.iter().enumerate().filter(move |(at, _)| *at != anchor);
            others.all(|(_, handed)| handed.can(id))
        };
        // The object's own need last: it is the one that people read first.
        (0..self.met.len()).rev().find(|anchor| reached && (!self.together || others(*anchor)))
    }

    pub(crate) fn tell(&self, graph: &Graph, id: Id, being: bool, facts: &mut Vec<Fact>) {
        if !being || self.at_once.has(id) {
            let end = if being { self.at_once.tell(graph, id, facts) } else { None };
            self.met.iter().for_each(|held| held.tell(graph, end.unwrap_or(id), facts));
            return;
        }
        let anchor = self.anchor(id);
        let used_by = anchor.and_then(|at| self.each.get(at)).and_then(|routes| routes.end(id, |_, _, _| {}));
        for (at, (held, routes)) in self.met.iter().zip(&self.each).enumerate() {
            match self.handed.get(at).filter(|_| self.together && Some(at) != anchor) {
                Some(handed) => handed.tell(graph, id, used_by.unwrap_or(id), facts),
                None => {
                    if let Some(end) = routes.tell(graph, id, facts) {
                        held.tell(graph, end, facts);
                    }
                }
            }
        }
    }

    /// How the object's own need is met.
    pub(crate) fn own(&self, id: Id, being: bool) -> Option<(&Held<'g>, &Routes)> {
        if !being || self.at_once.has(id) {
            return Some((self.met.last()?, &self.at_once));
        }
        let last = self.met.len().checked_sub(1)?;
        if !self.together || self.anchor(id) == Some(last) {
            return Some((self.met.last()?, self.each.last()?));
        }
        let handed = self.handed.last()?;
        if handed.to_grantors.has(id) {
            return Some((&handed.grantors, &handed.to_grantors));
        }
        Some((&handed.has, &handed.to_handing_out))
    }
}

impl Handed<'_> {
    fn can(&self, id: Id) -> bool {
        self.to_grantors.has(id) || self.to_handing_out.has(id)
    }

    fn tell(&self, graph: &Graph, id: Id, to: Id, facts: &mut Vec<Fact>) {
        if let Some(end) = self.to_grantors.tell(graph, id, facts) {
            self.grantors.tell(graph, end, facts);
            return;
        }
        let mut steps = Vec::new();
        let end = self.to_handing_out.end(id, |from, way, to| steps.push((from, way, to)));
        let last = steps.pop();
        for (from, way, to) in steps {
            Fact::add(Fact::step(graph, from, way, to), facts);
        }
        if let (Some(end), Some((from, ..))) = (end, last) {
            let names = graph.name(from).zip(graph.name(end)).zip(graph.name(to));
            let fact = names.map(|((from, role), to)| Fact::HandsOut {
                from: from.clone(),
                role: role.clone(),
                to: to.clone(),
            });
            Fact::add(fact, facts);
            self.has.tell(graph, end, facts);
        }
    }
}
