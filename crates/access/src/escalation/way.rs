//! A way up, told step by step.

use super::walk::{By, Reached, is_met};
use super::{Climbed, Node};
use crate::fact::Fact;
use crate::graph::{Graph, Id};
use model::{Certainty, Escalation, From, Gain, Need, Permission, Principal, RoleName, Source, Way};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The rank of what is unknown (see [`Certainty::rank`]).
const UNKNOWN: u8 = 2;

/// One step that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken<'e> {
    /// A session begins as the role.
    Begins(RoleName),
    /// A step from role to role.
    Member {
        /// From here.
        from: RoleName,
        /// How.
        way: Way,
        /// To here.
        to: RoleName,
        /// The role before may hand out every role, and not only this one.
        any: bool,
    },
    /// A step to more power.
    Escalates {
        /// Which.
        by: &'e Escalation,
        /// The role as which it is taken, where it is taken as one.
        acting: Option<RoleName>,
        /// Why that role can take it.
        facts: Vec<Fact>,
        /// What it has to grant itself before.
        grants: Vec<Permission>,
    },
}

/// A way up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayUp<'e> {
    /// The steps from the beginning.
    pub steps: Vec<Taken<'e>>,
    /// Where it ends, which may be above what was asked for.
    pub end: Gain,
}

impl WayUp<'_> {
    /// The worst certainty of its steps: unknown before victims, victims before nobody.
    #[must_use]
    pub fn certainty(&self) -> &Certainty {
        let certainties = self.steps.iter().filter_map(|step| match step {
            Taken::Escalates { by, .. } => Some(&by.certainty),
            _ => None,
        });
        certainties.max_by_key(|certainty| certainty.rank()).unwrap_or(&Certainty::Direct)
    }
}

/// Roles whose privileges somebody uses.
#[derive(Debug)]
pub struct Used<'e> {
    graph: &'e Graph,
    roles: BTreeSet<Id>,
}

impl Used<'_> {
    /// True if the role is one of them.
    #[must_use]
    pub fn has(&self, role: &RoleName) -> bool {
        self.graph.id(role).is_some_and(|id| self.roles.contains(&id))
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &RoleName> {
        self.roles.iter().filter_map(|id| self.graph.name(*id))
    }

    /// True if they meet the need.
    #[must_use]
    pub fn meets(&self, need: &Need) -> bool {
        is_met(self.graph, need, &self.roles)
    }
}

impl Climbed<'_> {
    /// The best way to what is asked for, if there is one.
    #[must_use]
    pub fn way(&self, gain: &Gain) -> Option<WayUp<'_>> {
        let end = self.end(gain)?;
        Some(WayUp { steps: self.steps_to(end)?, end: self.gained(end)? })
    }

    /// The steps to a node; where roles are used that were handed out before, also those by which they were.
    fn steps_to(&self, end: Node) -> Option<Vec<Taken<'_>>> {
        let mut steps: VecDeque<Taken<'_>> = VecDeque::new();
        let mut gathered = Vec::new();
        let mut node = end;
        loop {
            let reached = self.reached.get(&node)?;
            if let Some(step) = self.taken(reached, node) {
                steps.push_front(step);
            }
            // Ways to what was handed out begin like this one, and come before it.
            gathered.extend(reached.gathered.iter().rev());
            match reached.from {
                Some(before) => node = before,
                None => break,
            }
        }
        for role in gathered {
            for step in self.steps_to(Node::Handed(role))?.into_iter().rev() {
                steps.push_front(step);
            }
        }
        // What is handed out once is there; a session becomes the same role as often as it has to.
        let again =
            |step: &Taken<'_>| matches!(step, Taken::Member { way: Way::Becomes | Way::Inherits, .. });
        let mut told: Vec<Taken<'_>> = Vec::new();
        for step in steps {
            if again(&step) || !told.contains(&step) {
                told.push(step);
            }
        }
        Some(told)
    }

    /// Everything that was reached, the surest and nearest first, but for roles of which only the privileges are used.
    pub fn everything(&self) -> impl Iterator<Item = Gain> {
        let told = |node: &Node| match node {
            Node::Uses(_) | Node::Handed(_) | Node::Begins(_) => false,
            // Who is a role runs code as it anyway.
            Node::Runs(_) => self.reached.get(node).is_some_and(|reached| reached.by != By::Same),
            Node::Acts(id) => {
                let rank = |node| self.reached.get(&node).map(|reached| reached.cost.rank);
                let begins = self.reached.get(&Node::Begins(*id));
                // What is used for sure is told by that, and what only may be a session besides by no more.
                let more = rank(Node::Uses(*id)) >= rank(*node);
                more && begins.is_none_or(|begins| begins.by != By::Start)
            }
            Node::Gained(_) => true,
        };
        self.order.iter().filter(move |node| told(node)).filter_map(|node| self.gained(*node))
    }

    /// The roles whose privileges are used without anybody's help, to be asked about.
    #[must_use]
    pub fn uses_directly(&self) -> Used<'_> {
        let direct = |node: &&Node| self.reached.get(node).is_some_and(|reached| reached.cost.rank == 0);
        let ids = self.order.iter().filter(direct).filter_map(|node| match node {
            Node::Uses(id) => Some(*id),
            _ => None,
        });
        Used { graph: self.of.graph(), roles: ids.collect() }
    }

    /// The roles whose privileges are used, but for those of which that is unknown.
    pub fn used(&self) -> impl Iterator<Item = &RoleName> {
        let known = |node: &Node| self.reached.get(node).is_some_and(|reached| reached.cost.rank < UNKNOWN);
        self.order.iter().filter(move |node| known(node)).filter_map(|node| match node {
            Node::Uses(id) => self.of.graph().name(*id),
            _ => None,
        })
    }

    /// A node as something that is gained.
    fn gained(&self, node: Node) -> Option<Gain> {
        let graph = self.of.graph();
        Some(match node {
            Node::Begins(id) | Node::Acts(id) | Node::Handed(id) => Gain::Acts(graph.name(id)?.clone()),
            Node::Runs(id) | Node::Uses(id) => Gain::Runs(graph.name(id)?.clone()),
            Node::Gained(number) => self.of.gain(number)?.clone(),
        })
    }

    fn taken(&self, reached: &Reached, to: Node) -> Option<Taken<'_>> {
        let Reached { by, from, gathered, .. } = reached;
        let (by, from) = (*by, *from);
        let graph = self.of.graph();
        let role = |node: Node| match node {
            Node::Begins(id) | Node::Acts(id) | Node::Runs(id) | Node::Uses(id) | Node::Handed(id) => {
                graph.name(id).cloned()
            }
            Node::Gained(_) => None,
        };
        match by {
            By::Start => role(to).map(Taken::Begins),
            By::Same => None,
            By::Step(way) => Some(Taken::Member { from: role(from?)?, way, to: role(to)?, any: false }),
            By::Any => {
                Some(Taken::Member { from: role(from?)?, way: Way::Administers, to: role(to)?, any: true })
            }
            By::Escalation(number) => {
                let by = self.of.step(number)?;
                let acting = from.and_then(role);
                let (mut facts, mut grants) = (Vec::new(), Vec::new());
                if let (From::Has(needs), Some(Node::Runs(id))) = (&by.from, from) {
                    let used = inherited(graph, id, gathered);
                    for need in needs {
                        tell(graph, need, id, &used, &mut facts, &mut grants);
                    }
                }
                Some(Taken::Escalates { by, acting, facts, grants })
            }
        }
    }
}

/// For each role whose privileges are used, the one that inherits from it on the way.
fn inherited(graph: &Graph, from: Id, gathered: &[Id]) -> BTreeMap<Id, Id> {
    let mut before: BTreeMap<Id, Id> = gathered.iter().map(|role| (*role, from)).collect();
    let mut queue: VecDeque<Id> = [from].into_iter().chain(gathered.iter().copied()).collect();
    while let Some(id) = queue.pop_front() {
        for next in graph.onward(Way::Inherits, id) {
            if *next != from && !before.contains_key(next) {
                before.insert(*next, id);
                queue.push_back(*next);
            }
        }
    }
    before
}

/// Adds why the role has what is needed, and what it has to grant itself for that.
fn tell(
    graph: &Graph,
    need: &Need,
    id: Id,
    before: &BTreeMap<Id, Id>,
    facts: &mut Vec<Fact>,
    grants: &mut Vec<Permission>,
) {
    let used: BTreeSet<Id> = before.keys().copied().chain([id]).collect();
    let holds = |source: &&Source| match &source.who {
        Principal::Public => true,
        Principal::Role(_) => graph.holder(&source.who).is_some_and(|id| used.contains(&id)),
    };
    let met = need.sources.iter().filter(holds);
    let Some(source) = met.min_by_key(|source| source.basis.grants_itself()) else {
        let parts = need.parts.iter().filter(|part| is_met(graph, part, &used));
        return parts.for_each(|part| tell(graph, part, id, before, facts, grants));
    };
    let mut steps = Vec::new();
    let mut at = graph.holder(&source.who).filter(|at| *at != id);
    while let Some(to) = at {
        let Some(from) = before.get(&to) else { break };
        steps.push(Fact::step(graph, *from, Way::Inherits, to));
        at = Some(*from).filter(|at| *at != id);
    }
    steps.into_iter().rev().for_each(|step| Fact::add(step, facts));
    let permission = need.permission.clone();
    if source.basis.grants_itself() {
        grants.push(permission.clone());
    }
    Fact::add(Some(Fact::Holds { source: source.clone(), permission }), facts);
}
