//! Escalation: everything that somebody can come to, step by step, also by code that runs as others.
//!
//! Memberships are steps ([`Graph`]), and so are the [`Escalation`]s that an engine finds. The walk is a shortest-path search
//! over *nodes*: to be a role, to have code run as it, to use its privileges, and whatever else can be gained. Of two ways the
//! surer one counts, then the shorter one. What needs a victim is only followed where that is asked for.

mod alike;
mod everybody;
mod index;
mod tell;
mod walk;
mod way;

use crate::graph::{Graph, Id};
pub use alike::Alike;
pub use everybody::{End, Everybody, Passage};
use index::Index;
use model::{Certainty, DatabaseName, Escalation, From, Gain, RoleName};
use std::collections::{BTreeMap, BTreeSet};
pub use tell::{Step, Told};
pub use walk::Climbed;
pub use way::{Taken, Used, WayUp};

/// All the ways up of one target, ready to be walked from anywhere.
#[derive(Debug)]
pub struct Escalations<'a> {
    graph: &'a Graph,
    steps: Vec<&'a Escalation>,
    gains: Vec<&'a Gain>,
    numbers: BTreeMap<&'a Gain, usize>,
    index: Index,
    /// Where each step leads.
    leads: Vec<Option<Node>>,
}

/// How sure it is that somebody comes to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// By what they are members of.
    Holds,
    /// Step by step, needing nobody else.
    Direct,
    /// If somebody else walks into it.
    Victim,
    /// Perhaps, needing nobody else: what decides it cannot be seen. That is never "no".
    Unknown,
    /// Perhaps, if somebody else walks into it.
    Perhaps,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Holds, Self::Direct, Self::Victim, Self::Unknown, Self::Perhaps];

    /// True if whoever comes there by steps of the other verdict alone has this one as well.
    #[must_use]
    pub fn includes(self, other: Self) -> bool {
        match self {
            Self::Holds | Self::Direct | Self::Victim | Self::Perhaps => other <= self,
            Self::Unknown => other <= Self::Direct || other == Self::Unknown,
        }
    }

    /// What a step makes of it.
    #[must_use]
    pub const fn of(certainty: &Certainty) -> Self {
        match certainty {
            Certainty::Direct => Self::Direct,
            Certainty::Victim(_) => Self::Victim,
            Certainty::Unknown(_) => Self::Unknown,
        }
    }
}

/// A place on a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Node {
    /// A session begins as the role.
    Begins(Id),
    /// A session is the role.
    Acts(Id),
    /// Code runs as the role.
    Runs(Id),
    /// The role's privileges are used.
    Uses(Id),
    /// The role was handed to who began.
    Handed(Id),
    /// Something else was gained, by its number.
    Gained(usize),
}

impl<'a> Escalations<'a> {
    /// Makes ready. `steps` may be given in several parts, such as the target's own and those that lead to what is asked about.
    #[must_use]
    pub fn of(graph: &'a Graph, steps: impl IntoIterator<Item = &'a Escalation>) -> Self {
        let steps: Vec<&Escalation> = steps.into_iter().collect();
        let (mut gains, mut numbers) = (Vec::new(), BTreeMap::new());
        for step in &steps {
            let begins = match &step.from {
                From::Gained(gain) => Some(gain),
                _ => None,
            };
            for gain in begins.into_iter().chain([&step.gain]) {
                numbers.entry(gain).or_insert_with(|| {
                    gains.push(gain);
                    gains.len() - 1
                });
            }
        }
        let index = Index::of(graph, &steps, &numbers);
        let mut ways = Self { graph, steps, gains, numbers, index, leads: Vec::new() };
        ways.leads = ways.steps.iter().map(|step| ways.end_of(step)).collect();
        ways
    }

    /// Walks from these roles, each of which a session is: the accounts of one person. `enters` names the databases in which
    /// their sessions begin, `with_victims` says whether steps count that need somebody else.
    #[must_use]
    pub fn from(
        &self,
        starts: &[&RoleName],
        enters: &BTreeSet<DatabaseName>,
        with_victims: bool,
    ) -> Climbed<'_> {
        let starts = starts.iter().filter_map(|role| self.graph.id(role)).collect();
        walk::Walk::new(self, enters, with_victims).from(starts)
    }

    /// Where something that can be gained is, as a node. A role is where one *is* the role.
    pub(crate) fn node(&self, gain: &Gain) -> Option<Node> {
        match gain {
            Gain::Acts(role) => self.graph.id(role).map(Node::Acts),
            Gain::Runs(role) => self.graph.id(role).map(Node::Runs),
            other => self.numbers.get(other).copied().map(Node::Gained),
        }
    }

    /// Where a step leads. Who runs code as a role and thereby gets to be one begins a session of its own for that.
    fn end_of(&self, step: &Escalation) -> Option<Node> {
        match (&step.from, &step.gain) {
            (From::Runs(_), Gain::Acts(role)) => self.graph.id(role).map(Node::Begins),
            (_, gain) => self.node(gain),
        }
    }

    /// Where the step of this number leads.
    pub(crate) fn leads_to(&self, number: usize) -> Option<Node> {
        self.leads.get(number).copied().flatten()
    }

    pub(crate) fn graph(&self) -> &'a Graph {
        self.graph
    }

    pub(crate) fn step(&self, number: usize) -> Option<&'a Escalation> {
        self.steps.get(number).copied()
    }

    pub(crate) fn gain(&self, number: usize) -> Option<&'a Gain> {
        self.gains.get(number).copied()
    }

    pub(crate) fn index(&self) -> &Index {
        &self.index
    }
}
