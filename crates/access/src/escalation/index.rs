//! Which steps can begin where, so that a walk looks at no others.

use super::Node;
use crate::graph::{Graph, Id};
use model::{Escalation, From, Gain, Need, Principal, Source};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Steps by where they begin.
#[derive(Debug, Default)]
pub(crate) struct Index {
    logs_in: HashMap<Id, Vec<usize>>,
    at: HashMap<Node, Vec<usize>>,
    /// Those that need something a role has, by each role that has a part of it.
    by_holder: HashMap<Id, Vec<usize>>,
    /// Which needs of these each role meets by itself.
    met: HashMap<Id, Vec<Met>>,
    /// Those whose needs everybody meets.
    open: Vec<usize>,
    /// Those by which a session of its own is begun as a role as which code runs.
    begins: HashMap<Id, usize>,
}

/// A need that a role meets by itself, or a part of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Met {
    step: usize,
    need: usize,
    part: Option<usize>,
    /// Something has to be granted first.
    grants_itself: bool,
}

impl Index {
    pub(super) fn of(graph: &Graph, steps: &[&Escalation], numbers: &BTreeMap<&Gain, usize>) -> Self {
        let mut index = Self::default();
        for (number, step) in steps.iter().enumerate() {
            match &step.from {
                From::LogsIn(role) => {
                    graph
                        .id(role)
                        .into_iter()
                        .for_each(|id| index.logs_in.entry(id).or_default().push(number));
                }
                From::Runs(role) if step.gain == Gain::Acts(role.clone()) => {
                    index.begins.extend(graph.id(role).map(|id| (id, number)));
                }
                From::Runs(role) => index.add(graph.id(role).map(Node::Runs), number),
                From::Uses(role) => index.add(graph.id(role).map(Node::Uses), number),
                From::Gained(Gain::Acts(role)) => index.add(graph.id(role).map(Node::Acts), number),
                From::Gained(Gain::Runs(role)) => index.add(graph.id(role).map(Node::Runs), number),
                From::Gained(gain) => index.add(numbers.get(gain).copied().map(Node::Gained), number),
                From::Has(needs) => index.holders(graph, needs, number),
            }
        }
        index
    }

    fn add(&mut self, at: Option<Node>, step: usize) {
        at.into_iter().for_each(|node| self.at.entry(node).or_default().push(step));
    }

    fn holders(&mut self, graph: &Graph, needs: &[Need], step: usize) {
        let mut roles = BTreeSet::new();
        let mut open = true;
        for (number, need) in needs.iter().enumerate() {
            let everybodys = is_everybodys(need);
            open &= everybodys;
            for (part, source) in sources(need) {
                let Some(role) = graph.holder(&source.who) else { continue };
                if !everybodys {
                    roles.insert(role);
                }
                let grants_itself = source.basis.grants_itself();
                let met = Met { step, need: number, part, grants_itself };
                self.met.entry(role).or_default().push(met);
            }
        }
        if open {
            self.open.push(step);
        }
        roles.into_iter().for_each(|role| self.by_holder.entry(role).or_default().push(step));
    }

    /// Steps of a session whose login is the role.
    pub(super) fn logs_in(&self, id: Id) -> &[usize] {
        self.logs_in.get(&id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Steps that begin at the node, whatever else is held.
    pub(super) fn at(&self, node: Node) -> &[usize] {
        self.at.get(&node).map(Vec::as_slice).unwrap_or_default()
    }

    /// Steps of which some need is met by the role.
    pub(super) fn by_holder(&self, id: Id) -> &[usize] {
        self.by_holder.get(&id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The needs that the role meets by itself, always in the same order.
    pub(super) fn met(&self, id: Id) -> &[Met] {
        self.met.get(&id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The step by which a session of its own is begun as a role as which code runs.
    pub(super) fn begins(&self, id: Id) -> Option<usize> {
        self.begins.get(&id).copied()
    }

    /// Steps that everybody can take.
    pub(super) fn open(&self) -> &[usize] {
        &self.open
    }
}

fn is_everybodys(need: &Need) -> bool {
    let everybody = |need: &Need| need.sources.iter().any(|source| source.who == Principal::Public);
    everybody(need) || (!need.parts.is_empty() && need.parts.iter().all(everybody))
}

/// Who meets the need, and who meets which part of it.
fn sources(need: &Need) -> impl Iterator<Item = (Option<usize>, &Source)> {
    let whole = need.sources.iter().map(|source| (None, source));
    let parts = need.parts.iter().enumerate();
    whole.chain(parts.flat_map(|(part, of)| of.sources.iter().map(move |source| (Some(part), source))))
}
