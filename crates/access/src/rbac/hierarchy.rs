//! Who inherits whom: the immediate edges as they were given, and the closure, kept with every change.

use super::knots::knots;
use super::{at, place};
use foldhash::HashMap;
use roaring::RoaringBitmap;
use std::cmp::Reverse;
use std::collections::VecDeque;

/// Edges between the numbers of roles.
#[derive(Debug, Clone, Default)]
pub(super) struct Hierarchy {
    juniors: Vec<RoaringBitmap>,
    seniors: Vec<RoaringBitmap>,
    /// For each role itself and all that it inherits.
    below: Vec<RoaringBitmap>,
    /// For each role itself and all that inherit it.
    above: Vec<RoaringBitmap>,
}

impl Hierarchy {
    /// So many roles with these edges, senior and junior, and each knot of roles that inherit one another, which no hierarchy
    /// has. With a knot the closure is true, and nothing may be changed.
    pub(super) fn of(roles: usize, edges: &[(u32, u32)]) -> (Self, Vec<Vec<u32>>) {
        let none = vec![RoaringBitmap::new(); roles];
        let mut all = Self { juniors: none.clone(), seniors: none.clone(), below: none.clone(), above: none };
        for (senior, junior) in edges {
            all.draw(*senior, *junior);
        }
        let mut knots = knots(&all.juniors);
        for knot in &knots {
            close_knot(&mut all.below, &all.juniors, knot);
        }
        for knot in knots.iter().rev() {
            close_knot(&mut all.above, &all.seniors, knot);
        }
        knots.retain(|knot| knot.iter().any(|role| knot.len() > 1 || all.juniors(*role).contains(*role)));
        (all, knots)
    }

    /// A short way from a role of the knot back to itself.
    pub(super) fn circle(&self, knot: &[u32]) -> Vec<u32> {
        let Some(start) = knot.iter().min() else { return Vec::new() };
        let after: Vec<u32> = self.juniors(*start).iter().collect();
        let back = self.ways(&after, &RoaringBitmap::from([*start]), None);
        [*start].into_iter().chain(back.into_iter().flatten()).collect()
    }

    pub(super) fn add(&mut self, role: u32) {
        for sets in [&mut self.juniors, &mut self.seniors] {
            place(sets, role);
        }
        for sets in [&mut self.below, &mut self.above] {
            if let Some(set) = place(sets, role) {
                set.insert(role);
            }
        }
    }

    /// Takes the role out with its edges. Who inherited something through it does so no longer.
    pub(super) fn remove(&mut self, role: u32) {
        let (seniors, juniors) = (self.seniors(role).clone(), self.juniors(role).clone());
        let (above, below) = (self.above(role).clone(), self.below(role).clone());
        for senior in &seniors {
            cut(&mut self.juniors, senior, role);
        }
        for junior in &juniors {
            cut(&mut self.seniors, junior, role);
        }
        for sets in [&mut self.juniors, &mut self.seniors, &mut self.below, &mut self.above] {
            if let Some(set) = place(sets, role) {
                set.clear();
            }
        }
        self.close_again(&(above - RoaringBitmap::from([role])), &(below - RoaringBitmap::from([role])));
    }

    /// The edge must not close a cycle.
    pub(super) fn link(&mut self, senior: u32, junior: u32) {
        self.draw(senior, junior);
        let (above, below) = (self.above(senior).clone(), self.below(junior).clone());
        // Who has another way already has all of it.
        let (without, new) = (&above - self.above(junior), &below - self.below(senior));
        for one in without {
            if let Some(set) = place(&mut self.below, one) {
                *set |= &below;
            }
        }
        for one in new {
            if let Some(set) = place(&mut self.above, one) {
                *set |= &above;
            }
        }
    }

    fn draw(&mut self, senior: u32, junior: u32) {
        if let (Some(juniors), Some(seniors)) =
            (place(&mut self.juniors, senior), place(&mut self.seniors, junior))
        {
            juniors.insert(junior);
            seniors.insert(senior);
        }
    }

    /// Other ways from one to the other stay.
    pub(super) fn unlink(&mut self, senior: u32, junior: u32) {
        let (above, below) = (self.above(senior).clone(), self.below(junior).clone());
        cut(&mut self.juniors, senior, junior);
        cut(&mut self.seniors, junior, senior);
        self.close_again(&above, &below);
    }

    /// Builds the closure anew, from the edges, for what had a way through something that is gone: who inherits less after who
    /// is inherited by it.
    fn close_again(&mut self, above: &RoaringBitmap, below: &RoaringBitmap) {
        close(&mut self.below, &self.juniors, above);
        close(&mut self.above, &self.seniors, below);
    }

    pub(super) fn juniors(&self, role: u32) -> &RoaringBitmap {
        at(&self.juniors, role)
    }

    pub(super) fn seniors(&self, role: u32) -> &RoaringBitmap {
        at(&self.seniors, role)
    }

    pub(super) fn below(&self, role: u32) -> &RoaringBitmap {
        at(&self.below, role)
    }

    pub(super) fn above(&self, role: u32) -> &RoaringBitmap {
        at(&self.above, role)
    }

    /// All of these and what they inherit.
    pub(super) fn all_below(&self, roles: impl IntoIterator<Item = u32>) -> RoaringBitmap {
        let mut all = RoaringBitmap::new();
        for role in roles {
            all |= self.below(role);
        }
        all
    }

    /// A shortest way from a senior down to a junior, both included; `None` if there is none.
    pub(super) fn path(&self, senior: u32, junior: u32) -> Option<Vec<u32>> {
        if !self.below(senior).contains(junior) {
            return None;
        }
        self.ways(&[senior], &RoaringBitmap::from([junior]), None).pop()
    }

    /// For each of these juniors that one of these seniors reaches, in order, a shortest way down to it, with this edge as well.
    pub(super) fn ways(
        &self,
        seniors: &[u32],
        juniors: &RoaringBitmap,
        edge: Option<(u32, u32)>,
    ) -> Vec<Vec<u32>> {
        let mut before: HashMap<u32, u32> = seniors.iter().map(|role| (*role, *role)).collect();
        let mut waiting: VecDeque<u32> = seniors.iter().copied().collect();
        let mut missing = juniors - seniors.iter().copied().collect::<RoaringBitmap>();
        while let Some(role) = waiting.pop_front().filter(|_| !missing.is_empty()) {
            let more = edge.filter(|(senior, _)| *senior == role).map(|(_, junior)| junior);
            for next in self.juniors(role).iter().chain(more) {
                before.entry(next).or_insert_with(|| {
                    waiting.push_back(next);
                    missing.remove(next);
                    role
                });
            }
        }
        juniors.iter().filter_map(|junior| way(&before, junior)).collect()
    }
}

/// The way that was gone, from who has itself before it.
fn way(before: &HashMap<u32, u32>, to: u32) -> Option<Vec<u32>> {
    let (mut way, mut now) = (Vec::new(), to);
    loop {
        way.push(now);
        let last = *before.get(&now)?;
        if last == now {
            way.reverse();
            return Some(way);
        }
        now = last;
    }
}

fn cut(sets: &mut Vec<RoaringBitmap>, of: u32, what: u32) {
    if let Some(set) = place(sets, of) {
        set.remove(what);
    }
}

/// For each of these roles itself and all that its edges lead to. Without circles a role reaches more than any that it reaches, so
/// that by what they reached before the edges come first that others are made of.
fn close(reached: &mut Vec<RoaringBitmap>, edges: &[RoaringBitmap], roles: &RoaringBitmap) {
    let mut order: Vec<u32> = roles.iter().collect();
    order.sort_by_cached_key(|role| at(reached, *role).len());
    for role in order {
        close_knot(reached, edges, &[role]);
    }
}

/// The same for roles that reach one another, all at once, where it is known for the others that their edges lead to.
fn close_knot(reached: &mut Vec<RoaringBitmap>, edges: &[RoaringBitmap], knot: &[u32]) {
    let mut all: RoaringBitmap = knot.iter().copied().collect();
    // What reaches most comes first, so that of many edges few bring anything new.
    let mut order: Vec<u32> = knot.iter().flat_map(|role| at(edges, *role)).collect();
    order.sort_by_cached_key(|role| Reverse(at(reached, *role).len()));
    for next in order {
        if !all.contains(next) {
            all |= at(reached, next);
        }
    }
    for role in knot {
        if let Some(set) = place(reached, *role) {
            set.clone_from(&all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_role_inherits_takes_no_more_than_eight_kib_for_65_536_roles() {
        // A chain through the numbers in an order that is not theirs: fifty million pairs, and no runs.
        let order: Vec<u32> = (0..10_000).map(|number| number * 7_919 % 10_000).collect();
        let edges: Vec<(u32, u32)> = order.windows(2).map(|two| (two[0], two[1])).collect();
        let (hierarchy, knots) = Hierarchy::of(10_000, &edges);
        assert!(knots.is_empty());
        assert_eq!(hierarchy.below(order[0]).len(), 10_000);
        let sets = [&hierarchy.below, &hierarchy.above].into_iter().flatten();
        let largest = sets.map(RoaringBitmap::serialized_size).max().unwrap();
        assert!(largest <= 8_192 + 64, "{largest} bytes");
    }
}
