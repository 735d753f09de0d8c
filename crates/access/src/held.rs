//! Who has what one need asks for, without becoming anybody: by an entry, by inheritance, or by standing above.

use crate::fact::Fact;
use crate::graph::{Each, Graph, Id};
use model::{Need, Permission, Principal, RoleName, Source, Way};
use std::collections::VecDeque;

/// Why a role has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    /// The role stands above every check.
    Above,
    /// The source with this number is the role itself, or everybody.
    Source(usize),
    /// The role has every part.
    Parts,
    /// The role inherits from this one, which has it.
    Junior(Id),
}

/// Who has what a need asks for.
#[derive(Debug, Clone)]
pub(crate) struct Held<'n> {
    permission: &'n Permission,
    sources: &'n [Source],
    via: Each<Option<Via>>,
    parts: Vec<Held<'n>>,
}

/// Counts what stands, and nothing that would have to be granted first.
pub(crate) fn as_it_stands(source: &Source) -> bool {
    !source.basis.grants_itself()
}

impl<'n> Held<'n> {
    /// Through any source and part, or by standing above. `counts` says which sources count.
    pub(crate) fn of(graph: &Graph, need: &'n Need, counts: impl Fn(&Source) -> bool) -> Self {
        let whole = Self::by(graph, &need.permission, &need.sources, &counts);
        let parts = need.parts.iter().map(|part| Self::by(graph, &part.permission, &part.sources, &counts));
        let mut held = Self { parts: parts.collect(), ..whole };
        for id in graph.ids().filter(|id| !graph.is_above(*id)) {
            if held.via.get(id).is_none() && held.has_parts(id) {
                held.via.set(id, Some(Via::Parts));
            }
        }
        held.or_above(graph)
    }

    /// Through these sources, or by standing above.
    pub(crate) fn sources(graph: &Graph, permission: &'n Permission, sources: &'n [Source]) -> Self {
        Self::by(graph, permission, sources, &as_it_stands).or_above(graph)
    }

    fn or_above(mut self, graph: &Graph) -> Self {
        graph.ids().filter(|id| graph.is_above(*id)).for_each(|id| self.via.set(id, Some(Via::Above)));
        self
    }

    /// Only these sources, and nobody for standing above.
    fn by(
        graph: &Graph,
        permission: &'n Permission,
        sources: &'n [Source],
        counts: &impl Fn(&Source) -> bool,
    ) -> Self {
        let mut via: Each<Option<Via>> = graph.each();
        let counted = || sources.iter().enumerate().filter(|(_, source)| counts(source));
        let mut queue = VecDeque::new();
        for (number, source) in counted() {
            if let Some(id) = graph.holder(&source.who)
                && via.get(id).is_none()
            {
                via.set(id, Some(Via::Source(number)));
                queue.push_back(id);
            }
        }
        if let Some((number, _)) = counted().find(|(_, source)| source.who == Principal::Public) {
            for id in graph.ids() {
                via.set(id, via.get(id).or(Some(Via::Source(number))));
            }
        }
        while let Some(id) = queue.pop_front() {
            for senior in graph.back(Way::Inherits, id) {
                if via.get(*senior).is_none() {
                    via.set(*senior, Some(Via::Junior(id)));
                    queue.push_back(*senior);
                }
            }
        }
        Self { permission, sources, via, parts: Vec::new() }
    }

    fn has_parts(&self, id: Id) -> bool {
        !self.parts.is_empty() && self.parts.iter().all(|part| part.has(id))
    }

    pub(crate) fn has(&self, id: Id) -> bool {
        self.via.get(id).is_some()
    }

    /// The role at the end of the inheritance, and why that one has it.
    pub(crate) fn end(&self, mut id: Id) -> Option<(Id, Via)> {
        loop {
            match self.via.get(id)? {
                Via::Junior(junior) => id = junior,
                other => return Some((id, other)),
            }
        }
    }

    pub(crate) fn source(&self, number: usize) -> Option<&'n Source> {
        self.sources.get(number)
    }

    /// Adds why the role has it.
    pub(crate) fn tell(&self, graph: &Graph, mut id: Id, facts: &mut Vec<Fact>) {
        while let Some(Via::Junior(junior)) = self.via.get(id) {
            Fact::add(Fact::step(graph, id, Way::Inherits, junior), facts);
            id = junior;
        }
        match self.via.get(id) {
            Some(Via::Above) => {
                Fact::add(graph.name(id).map(|role| Fact::Above { role: role.clone() }), facts);
            }
            Some(Via::Source(number)) => {
                let permission = self.permission.clone();
                let source = self.source(number).cloned();
                Fact::add(source.map(|source| Fact::Holds { source, permission }), facts);
            }
            Some(Via::Parts) => self.parts.iter().for_each(|part| part.tell(graph, id, facts)),
            Some(Via::Junior(_)) | None => {}
        }
    }
}

/// What every role holds of one need, as it stands: what a privilege function of the engine answers.
#[derive(Debug)]
pub struct Privilege<'n> {
    graph: &'n Graph,
    held: Held<'n>,
}

impl Graph {
    /// Judges one need alone: nothing is become, nothing is granted, nothing else is needed.
    #[must_use]
    pub fn privilege<'n>(&'n self, need: &'n Need) -> Privilege<'n> {
        Privilege { graph: self, held: Held::sources(self, &need.permission, &need.sources) }
    }
}

impl Privilege<'_> {
    /// True if the role holds it.
    #[must_use]
    pub fn holds(&self, role: &RoleName) -> bool {
        self.graph.id(role).is_some_and(|id| self.held.has(id))
    }

    /// Why the role holds it, or nothing.
    #[must_use]
    pub fn of(&self, role: &RoleName) -> Option<Vec<Fact>> {
        let id = self.graph.id(role).filter(|id| self.held.has(*id))?;
        let mut facts = Vec::new();
        self.held.tell(self.graph, id, &mut facts);
        Some(facts)
    }
}
