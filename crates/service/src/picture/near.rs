//! What is around one role: whoever gets to it, and whatever it gets to.

use super::Picture;
use std::collections::BTreeSet;

impl Picture {
    /// Only the box of this name, whoever is a member of it through however many roles, and whatever it is a member of;
    /// `None` if nobody has the name.
    #[must_use]
    pub fn around(&self, name: &str) -> Option<Self> {
        let centre = self.nodes.iter().position(|node| node.names.iter().any(|one| one == name))?;
        let mut near = self.reached(centre, |edge| (edge.member, edge.role));
        near.extend(self.reached(centre, |edge| (edge.role, edge.member)));
        Some(self.keep(&near))
    }

    fn reached(&self, start: usize, ends: impl Fn(&super::Edge) -> (usize, usize)) -> BTreeSet<usize> {
        let (mut reached, mut left) = (BTreeSet::new(), vec![start]);
        while let Some(at) = left.pop() {
            if reached.insert(at) {
                let on = self.edges.iter().map(&ends).filter(|(from, _)| *from == at);
                left.extend(on.map(|(_, to)| to));
            }
        }
        reached
    }
}
