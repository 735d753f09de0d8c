//! The walk: a shortest-path search (Dijkstra), the surest ways first.

use super::{Escalations, Node};
use crate::graph::{Graph, Id};
use model::{Certainty, DatabaseName, Escalation, From, Gain, Need, Principal, Way};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap, HashSet};

/// How good a way is: the worst certainty on it, then its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cost {
    pub(crate) rank: u8,
    pub(crate) length: u32,
}

/// How a node was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum By {
    /// The walk began here.
    Start,
    /// It is a part of the node before: who is a role runs code as it, and uses its privileges.
    Same,
    /// A membership.
    Step(Way),
    /// The role before may hand out every role.
    Any,
    /// An escalation, by its number.
    Escalation(usize),
}

/// A node that was reached.
#[derive(Debug, Clone)]
pub(crate) struct Reached {
    pub(crate) cost: Cost,
    pub(crate) by: By,
    pub(crate) from: Option<Node>,
    /// Roles that were handed out before, and are used here beside those of the node before.
    pub(crate) gathered: Vec<Id>,
}

/// Everything that a walk reached.
#[derive(Debug)]
pub struct Climbed<'e> {
    pub(crate) of: &'e Escalations<'e>,
    pub(crate) reached: HashMap<Node, Reached>,
    /// In the order in which they were settled, the surest and nearest first.
    pub(crate) order: Vec<Node>,
}

pub(super) struct Walk<'e, 'w> {
    of: &'e Escalations<'e>,
    enters: &'w BTreeSet<DatabaseName>,
    with_victims: bool,
    reached: HashMap<Node, Reached>,
    /// The accounts that use the privileges of what they are handed, and what they have been handed so far.
    gathering: Vec<Id>,
    gathered: Vec<Id>,
    settled: HashSet<Node>,
    order: Vec<Node>,
    queue: BinaryHeap<Reverse<(Cost, Node)>>,
    /// What roles inherit that hold nothing of their own which a step needs: after the first of those that inherit the same, the others
    /// take no step that has not been taken.
    tried: HashSet<&'e [Id]>,
}

impl<'e, 'w> Walk<'e, 'w> {
    pub(super) fn new(
        of: &'e Escalations<'e>,
        enters: &'w BTreeSet<DatabaseName>,
        with_victims: bool,
    ) -> Self {
        let (reached, settled) = (HashMap::new(), HashSet::new());
        let (gathering, gathered, order, queue) = (Vec::new(), Vec::new(), Vec::new(), BinaryHeap::new());
        let tried = HashSet::new();
        Self { of, enters, with_victims, reached, gathering, gathered, settled, order, queue, tried }
    }

    pub(super) fn from(mut self, starts: Vec<Id>) -> Climbed<'e> {
        let nothing = Cost { rank: 0, length: 0 };
        self.gathering = starts.iter().copied().filter(|start| self.of.graph().gathers(*start)).collect();
        for start in &starts {
            self.arrive(Node::Begins(*start), nothing, By::Start, None);
        }
        let mut begun = false;
        while let Some(Reverse((cost, node))) = self.queue.pop() {
            if !self.settled.insert(node) {
                continue;
            }
            self.order.push(node);
            match node {
                Node::Begins(id) => self.begins(id, cost),
                Node::Acts(id) => self.acts(id, cost),
                Node::Runs(id) => {
                    self.runs(id, cost);
                    if !begun {
                        begun = true;
                        let open = self.of.index().open();
                        open.iter().for_each(|step| self.take(*step, node, cost));
                    }
                }
                Node::Uses(id) => self.uses(id, cost),
                Node::Handed(id) => {
                    self.arrive(Node::Acts(id), cost, By::Same, Some(node));
                    self.gather(id, cost);
                }
                Node::Gained(_) => {}
            }
            let steps = self.of.index().at(node);
            steps.iter().for_each(|step| self.take(*step, node, cost));
        }
        Climbed { of: self.of, reached: self.reached, order: self.order }
    }

    fn begins(&mut self, id: Id, cost: Cost) {
        let node = Node::Begins(id);
        self.arrive(Node::Acts(id), cost, By::Same, Some(node));
        let steps = self.of.index().logs_in(id);
        steps.iter().for_each(|step| self.take(*step, node, cost));
    }

    fn acts(&mut self, id: Id, cost: Cost) {
        let node = Node::Acts(id);
        self.arrive(Node::Runs(id), cost, By::Same, Some(node));
        for next in self.of.graph().onward(Way::Becomes, id) {
            self.arrive(Node::Acts(*next), cost.longer(), By::Step(Way::Becomes), Some(node));
        }
    }

    /// A role that was handed out is used together with what else the account has.
    fn gather(&mut self, id: Id, cost: Cost) {
        let graph = self.of.graph();
        let new = used_by(graph, id);
        for account in self.gathering.clone() {
            let mut used = used_by(graph, account);
            let mut from: Vec<(Id, BTreeSet<Id>)> = vec![(id, new.clone())];
            from.extend(self.gathered.iter().map(|role| (*role, used_by(graph, *role))));
            from.iter().for_each(|(_, more)| used.extend(more));
            let mut tried = BTreeSet::new();
            new.iter().for_each(|holder| tried.extend(self.of.index().by_holder(*holder)));
            for number in tried.into_iter().filter(|number| self.is_worth(*number, cost)).collect::<Vec<_>>()
            {
                let Some(Escalation { from: From::Has(needs), .. }) = self.of.step(number) else { continue };
                if needs.iter().all(|need| is_met(graph, need, &used)) {
                    let gathered = needed(graph, needs, account, &from);
                    self.take_with(number, Node::Runs(account), cost, gathered);
                }
            }
        }
        self.gathered.push(id);
    }

    fn runs(&mut self, id: Id, cost: Cost) {
        let (node, graph) = (Node::Runs(id), self.of.graph());
        self.arrive(Node::Uses(id), cost, By::Same, Some(node));
        self.of.index().begins(id).into_iter().for_each(|step| self.take(step, node, cost));
        if graph.gives_any(id) {
            for next in graph.ids().filter(|next| !graph.givers_of(*next).is_empty()) {
                self.arrive(Node::Handed(next), cost.longer(), By::Any, Some(node));
            }
        }
        let has_none = self.of.index().by_holder(id).is_empty();
        if has_none && !self.tried.insert(graph.onward(Way::Inherits, id)) {
            return;
        }
        let used = used_by(graph, id);
        let tried = used.iter().flat_map(|holder| self.of.index().by_holder(*holder)).copied();
        let mut tried: Vec<usize> = tried.filter(|number| self.is_worth(*number, cost)).collect();
        tried.sort_unstable();
        tried.dedup();
        for number in tried {
            let step = self.of.step(number);
            if let Some(Escalation { from: From::Has(needs), .. }) = step
                && needs.iter().all(|need| is_met(graph, need, &used))
            {
                self.take(number, node, cost);
            }
        }
    }

    fn uses(&mut self, id: Id, cost: Cost) {
        let node = Node::Uses(id);
        for next in self.of.graph().onward(Way::Inherits, id) {
            self.arrive(Node::Uses(*next), cost.longer(), By::Step(Way::Inherits), Some(node));
        }
        for next in self.of.graph().onward(Way::Administers, id) {
            self.arrive(Node::Handed(*next), cost.longer(), By::Step(Way::Administers), Some(node));
        }
    }

    fn take(&mut self, number: usize, from: Node, cost: Cost) {
        self.take_with(number, from, cost, Vec::new());
    }

    /// False if a step leads to where a way is known that is as good, or where it is not taken at all. Asked before what the step needs
    /// is looked at, because that takes longer.
    fn is_worth(&self, number: usize, cost: Cost) -> bool {
        let Some(step) = self.of.step(number) else { return false };
        let node = self.of.leads_to(number);
        node.is_some_and(|node| {
            let known = self.reached.get(&node);
            !self.settled.contains(&node) && known.is_none_or(|known| cost.after(step) < known.cost)
        })
    }

    fn take_with(&mut self, number: usize, from: Node, cost: Cost, gathered: Vec<Id>) {
        let Some(step) = self.of.step(number) else { return };
        let victim = matches!(step.certainty, Certainty::Victim(_));
        let outside = step.database.as_ref().is_some_and(|database| !self.enters.contains(database));
        if (victim && !self.with_victims) || outside {
            return;
        }
        if let Some(node) = self.of.leads_to(number) {
            let cost = cost.after(step);
            self.arrive_with(node, Reached { cost, by: By::Escalation(number), from: Some(from), gathered });
        }
    }

    fn arrive(&mut self, node: Node, cost: Cost, by: By, from: Option<Node>) {
        self.arrive_with(node, Reached { cost, by, from, gathered: Vec::new() });
    }

    fn arrive_with(&mut self, node: Node, reached: Reached) {
        let cost = reached.cost;
        let better = self.reached.get(&node).is_none_or(|known| cost < known.cost);
        if better && !self.settled.contains(&node) {
            self.reached.insert(node, reached);
            self.queue.push(Reverse((cost, node)));
        }
    }
}

impl Cost {
    fn after(self, step: &Escalation) -> Self {
        Self { rank: self.rank.max(step.certainty.rank()), ..self.longer() }
    }

    fn longer(self) -> Self {
        Self { length: self.length.saturating_add(1), ..self }
    }
}

/// Which of the roles that were handed out are needed beside what the account has anyway.
fn needed(graph: &Graph, needs: &[Need], account: Id, handed: &[(Id, BTreeSet<Id>)]) -> Vec<Id> {
    let mut used = used_by(graph, account);
    let mut needed = Vec::new();
    for need in needs {
        // One that is met by parts may take several.
        for (role, more) in handed {
            if is_met(graph, need, &used) {
                break;
            }
            let with: BTreeSet<Id> = used.union(more).copied().collect();
            if is_met(graph, need, &with) || !need.parts.is_empty() {
                used = with;
                needed.push(*role);
            }
        }
    }
    needed
}

/// Every role whose privileges code uses that runs as this one.
pub(crate) fn used_by(graph: &Graph, id: Id) -> BTreeSet<Id> {
    let mut used = BTreeSet::from([id]);
    let mut waiting = vec![id];
    while let Some(role) = waiting.pop() {
        waiting.extend(graph.onward(Way::Inherits, role).iter().filter(|next| used.insert(**next)));
    }
    used
}

pub(crate) fn is_met(graph: &Graph, need: &Need, used: &BTreeSet<Id>) -> bool {
    let by = |who: &Principal| match who {
        Principal::Public => true,
        Principal::Role(_) => graph.holder(who).is_some_and(|id| used.contains(&id)),
    };
    let one = |need: &Need| need.sources.iter().any(|source| by(&source.who));
    one(need) || (!need.parts.is_empty() && need.parts.iter().all(one))
}

impl Climbed<'_> {
    /// True if the walk came there; to a role by being it, by code that runs as it, or to all of them by standing above.
    #[must_use]
    pub fn reaches(&self, gain: &Gain) -> bool {
        self.end(gain).is_some()
    }

    /// The best end of a way to it.
    pub(crate) fn end(&self, gain: &Gain) -> Option<Node> {
        let above = self.of.node(&Gain::Everything);
        let itself = match gain {
            // Code that runs as the role is as good as the role for whoever asks who gets to it.
            Gain::Acts(role) => [self.of.node(gain), self.of.node(&Gain::Runs(role.clone()))],
            _ => [self.of.node(gain), None],
        };
        let ends = itself.into_iter().chain([above]).flatten();
        let reached = ends.filter_map(|node| Some((self.reached.get(&node)?.cost, node)));
        // The first of the best: what was asked for, before what stands above it.
        reached.min_by_key(|(cost, _)| *cost).map(|(_, node)| node)
    }
}
