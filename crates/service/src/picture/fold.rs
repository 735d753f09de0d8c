//! Folding: boxes that say the same become one, until the picture is small enough.

use super::joining::{Numbers, joined};
use super::{Band, Edge, Node, Picture, Team, What};
use std::collections::{BTreeMap, BTreeSet};

/// What may be folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folding {
    /// Nothing: each role has a box of its own.
    Nothing,
    /// What is alike; and if there is still more than a person can take in, each team's roles within a boundary.
    Teams,
}

/// More boxes than this nobody takes in.
const MOST: usize = 70;

/// How many roles must be alike to share a box: a pair is read as quickly as one box for both.
const FEWEST_ROLES: usize = 3;

/// By which a role is seen to be like another.
type Likeness = (Option<Team>, bool, bool, bool, BTreeSet<(bool, usize, bool, bool)>);

impl Picture {
    /// The picture with what is alike in one box.
    #[must_use]
    pub fn folded(self, folding: Folding) -> Self {
        if folding == Folding::Nothing || self.nodes.len() <= MOST / 3 {
            return self;
        }
        let mut picture = self.alike();
        if picture.nodes.len() > MOST {
            let by_team = |node: &Node, _: usize| match (&node.band, &node.team) {
                (Band::Accounts | Band::Engine, _) | (_, None) => None,
                (band, team) => Some((band.clone(), team.clone(), node.above)),
            };
            picture = picture.joined(2, by_team).alike();
        }
        if picture.nodes.len() > MOST {
            let by_band = |node: &Node, _: usize| match (&node.band, &node.team) {
                (Band::Accounts | Band::Engine, _) | (_, Some(Team::Owner(_))) => None,
                (band, _) => Some((band.clone(), node.above)),
            };
            picture = picture.joined(2, by_band).alike();
        }
        if picture.nodes.len() > MOST {
            picture = picture.accounts_by_team().alike();
        }
        picture
    }

    /// Accounts that hold roles of the same teams, whichever roles these are.
    fn accounts_by_team(self) -> Self {
        let mut teams: Vec<BTreeSet<Option<Team>>> = vec![BTreeSet::new(); self.nodes.len()];
        for edge in &self.edges {
            if let (Some(held), Some(role)) = (teams.get_mut(edge.member), self.nodes.get(edge.role)) {
                held.insert(role.team.clone());
            }
        }
        let key = |node: &Node, at: usize| {
            (node.band == Band::Accounts).then(|| (node.above, node.known, teams.get(at).cloned()))
        };
        self.joined(2, key)
    }

    /// Joins what has the same neighbours, until nothing more does.
    fn alike(self) -> Self {
        let mut picture = self;
        loop {
            let before = picture.nodes.len();
            picture = picture.accounts_alike().roles_alike();
            if picture.nodes.len() == before {
                return picture;
            }
        }
    }

    fn accounts_alike(self) -> Self {
        let around = self.around_each();
        let key = |node: &Node, at: usize| {
            (node.band == Band::Accounts)
                .then(|| (node.what, node.above, node.known, around.get(at).cloned()))
        };
        self.joined(2, key)
    }

    fn roles_alike(self) -> Self {
        let around = self.around_each();
        let key = |node: &Node, at: usize| {
            let plain = node.what == What::Role && !matches!(node.band, Band::Accounts | Band::Engine);
            let likeness: Likeness = (
                node.team.clone(),
                node.above,
                node.deprecated,
                node.known,
                around.get(at).cloned().unwrap_or_default(),
            );
            plain.then(|| (node.band.clone(), likeness))
        };
        self.joined(FEWEST_ROLES, key)
    }

    /// The neighbours of each box, each with the direction and what the membership gives.
    fn around_each(&self) -> Vec<BTreeSet<(bool, usize, bool, bool)>> {
        let mut around = vec![BTreeSet::new(); self.nodes.len()];
        for edge in &self.edges {
            if let Some(at) = around.get_mut(edge.member) {
                at.insert((true, edge.role, edge.inherits, edge.admin));
            }
            if let Some(at) = around.get_mut(edge.role) {
                at.insert((false, edge.member, edge.inherits, edge.admin));
            }
        }
        around
    }

    /// Makes one box of those with the same key, where there are enough of them.
    fn joined<K: Ord>(self, fewest: usize, key: impl Fn(&Node, usize) -> Option<K>) -> Self {
        let keys = self.nodes.iter().enumerate().map(|(at, node)| key(node, at));
        let into = joined(keys, |group| names(&self.nodes, group) >= fewest);
        self.moved(&into)
    }

    fn moved(self, into: &[usize]) -> Self {
        let numbers = Numbers::of(into);
        let number = |at: usize| numbers.at(at);
        let mut nodes: Vec<Option<Node>> = vec![None; numbers.len()];
        for (at, node) in self.nodes.into_iter().enumerate() {
            let Some(slot) = number(at).and_then(|number| nodes.get_mut(number)) else { continue };
            *slot = Some(match slot.take() {
                None => node,
                Some(first) => one_of(first, node),
            });
        }
        let mut edges: BTreeMap<(usize, usize), Edge> = BTreeMap::new();
        for edge in self.edges {
            let (Some(member), Some(role)) = (number(edge.member), number(edge.role)) else { continue };
            if member == role {
                continue;
            }
            let joined = edges.entry((member, role)).or_insert(Edge { member, role, count: 0, ..edge });
            joined.inherits |= edge.inherits;
            joined.admin |= edge.admin;
            joined.count += edge.count;
        }
        Self {
            nodes: nodes.into_iter().flatten().collect(),
            edges: edges.into_values().collect(),
            boundaries: self.boundaries,
            only_in: self.only_in,
        }
    }
}

/// How many roles or accounts the boxes stand for.
fn names(nodes: &[Node], group: &[usize]) -> usize {
    group.iter().filter_map(|at| nodes.get(*at)).map(|node| node.names.len()).sum()
}

fn one_of(first: Node, other: Node) -> Node {
    let mut names = first.names;
    names.extend(other.names);
    names.sort();
    Node {
        names,
        what: if first.what == other.what { first.what } else { What::Role },
        team: first.team.filter(|team| other.team.as_ref() == Some(team)),
        purpose: None,
        deprecated: first.deprecated && other.deprecated,
        known: first.known && other.known,
        ..first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, band: Band, team: &str) -> Node {
        let what = if band == Band::Accounts { What::Login } else { What::Role };
        Node {
            names: vec![name.to_owned()],
            what,
            band,
            team: Some(Team::Owner(team.to_owned())),
            purpose: None,
            above: false,
            deprecated: false,
            known: true,
        }
    }

    fn edge(member: usize, role: usize) -> Edge {
        Edge { member, role, inherits: true, admin: false, count: 1 }
    }

    /// Thirty teams of ten readers each, a writer over each reader, and two hundred logins.
    fn large() -> Picture {
        let (mut nodes, mut edges) = (Vec::new(), Vec::new());
        for number in 0..300 {
            let team = format!("team{}", number % 30);
            nodes.push(node(&format!("r{number}"), Band::Boundary("reader".into()), &team));
            nodes.push(node(&format!("w{number}"), Band::Boundary("writer".into()), &team));
            edges.push(edge(2 * number + 1, 2 * number));
        }
        for number in 0..200 {
            nodes.push(node(&format!("l{number}"), Band::Accounts, "none"));
            edges.push(edge(600 + number, 2 * (number % 7)));
        }
        Picture { nodes, edges, boundaries: vec!["reader".into(), "writer".into()], ..Picture::default() }
    }

    #[test]
    fn however_large_a_cluster_is_nobody_is_lost_and_a_person_can_take_it_in() {
        let large = large();
        let folded = large.clone().folded(Folding::Teams);
        assert_eq!(folded.counts(), large.counts());
        assert!(folded.nodes.len() <= MOST, "{} boxes", folded.nodes.len());
        let memberships = |picture: &Picture| picture.edges.iter().map(|edge| edge.count).sum::<usize>();
        assert_eq!(memberships(&folded), memberships(&large));
        assert_eq!(large.clone().folded(Folding::Nothing), large);
    }

    #[test]
    fn a_small_picture_is_left_as_it_is() {
        let nodes = (0..9).map(|number| node(&format!("l{number}"), Band::Accounts, "none")).collect();
        let small = Picture { nodes, ..Picture::default() };
        assert_eq!(small.clone().folded(Folding::Teams), small);
    }

    #[test]
    fn around_a_role_are_those_above_and_below_and_nobody_beside() {
        let nodes = ["senior", "middle", "junior", "beside"];
        let nodes = nodes.map(|name| node(name, Band::Nothing, "none")).to_vec();
        let picture =
            Picture { nodes, edges: vec![edge(0, 1), edge(1, 2), edge(3, 2)], ..Picture::default() };
        let around = picture.around("middle").unwrap();
        assert_eq!(
            around.nodes.iter().map(|node| node.names[0].as_str()).collect::<Vec<_>>(),
            ["senior", "middle", "junior"]
        );
        assert_eq!(around.edges, [edge(0, 1), edge(1, 2)]);
        assert_eq!(picture.around("nobody"), None);
    }
}
