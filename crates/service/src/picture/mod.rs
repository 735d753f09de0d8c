//! A picture of roles: who is a member of what, by boundary and team, small enough that a person understands it. What it
//! looks like on a page is none of its business.

mod boundary;
mod draw;
mod fold;
mod joining;
mod near;
mod ways;

pub use fold::Folding;
pub use ways::{Arrow, Place, Walked, Ways};

use std::collections::BTreeSet;

/// What is drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picture {
    /// The boxes.
    pub nodes: Vec<Node>,
    /// The memberships between them, in order.
    pub edges: Vec<Edge>,
    /// The boundaries that may occur, in the order in which they are drawn.
    pub boundaries: Vec<String>,
    /// The databases that were looked at, where there are others that were not: what roles hold there nobody knows.
    pub only_in: Vec<String>,
}

/// A box: a role or account, or several that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Who: one name, or those that were folded into one box.
    pub names: Vec<String>,
    /// What they are.
    pub what: What,
    /// The band in which the box lies.
    pub band: Band,
    /// Who answers for them.
    pub team: Option<Team>,
    /// Why they exist; only of one alone.
    pub purpose: Option<String>,
    /// Superusers: no privilege of theirs is ever checked.
    pub above: bool,
    /// Roles on their way out.
    pub deprecated: bool,
    /// The model has them, or there is no model.
    pub known: bool,
}

/// What a box stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// A role that can log in.
    Login,
    /// An account without a login of its own.
    Account,
    /// A role that is held.
    Role,
}

/// A band of the picture.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Whoever holds roles and is held by nobody.
    Accounts,
    /// Roles of this boundary. Where nobody has said so, it is the least that admits what the role itself holds.
    Boundary(String),
    /// Roles that hold nothing of their own.
    Nothing,
    /// Roles that hold more than any boundary admits.
    Beyond,
    /// Roles that come with the engine.
    Engine,
}

/// Who answers for a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Team {
    /// Its owner.
    Owner(String),
    /// Nobody has said; the role's name begins with this, as the names of others do.
    Prefix(String),
}

/// A membership, or several between the same two boxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// The box of the member, the senior.
    pub member: usize,
    /// The box of the role that it holds, the junior.
    pub role: usize,
    /// The member has the role's privileges without doing anything.
    pub inherits: bool,
    /// The member may hand the role on.
    pub admin: bool,
    /// How many memberships these are.
    pub count: usize,
}

impl Picture {
    /// How many roles and how many logins and accounts there are, folded or not.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let of = |accounts: bool| {
            let nodes = self.nodes.iter().filter(|node| (node.band == Band::Accounts) == accounts);
            nodes.map(|node| node.names.len()).sum()
        };
        (of(false), of(true))
    }

    /// Leaves out what is not there and says how the rest is numbered.
    fn keep(&self, keep: &BTreeSet<usize>) -> Self {
        let number = |old: usize| keep.range(..old).count();
        let nodes = keep.iter().filter_map(|at| self.nodes.get(*at).cloned()).collect();
        let inside = |edge: &&Edge| keep.contains(&edge.member) && keep.contains(&edge.role);
        let edge = |edge: &Edge| Edge { member: number(edge.member), role: number(edge.role), ..*edge };
        let edges = self.edges.iter().filter(inside).map(edge).collect();
        Self { nodes, edges, boundaries: self.boundaries.clone(), only_in: self.only_in.clone() }
    }
}
