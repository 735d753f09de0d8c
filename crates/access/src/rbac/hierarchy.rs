//! Who inherits whom: the immediate edges as they were given, and the closure, kept with every change.

use super::{at, place};
use roaring::RoaringBitmap;
use std::collections::{HashMap, VecDeque};

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
        if let (Some(juniors), Some(seniors)) =
            (place(&mut self.juniors, senior), place(&mut self.seniors, junior))
        {
            juniors.insert(junior);
            seniors.insert(senior);
        }
        let (above, below) = (self.above(senior).clone(), self.below(junior).clone());
        for one in &above {
            if let Some(set) = place(&mut self.below, one) {
                *set |= &below;
            }
        }
        for one in &below {
            if let Some(set) = place(&mut self.above, one) {
                *set |= &above;
            }
        }
    }

    /// Other ways from one to the other stay.
    pub(super) fn unlink(&mut self, senior: u32, junior: u32) {
        let (above, below) = (self.above(senior).clone(), self.below(junior).clone());
        cut(&mut self.juniors, senior, junior);
        cut(&mut self.seniors, junior, senior);
        self.close_again(&above, &below);
    }

    /// Builds the closure anew, from the edges, for what had a way through something that is gone.
    fn close_again(&mut self, above: &RoaringBitmap, below: &RoaringBitmap) {
        for role in above {
            let all = reachable(&self.juniors, role);
            if let Some(set) = place(&mut self.below, role) {
                *set = all;
            }
        }
        for role in below {
            let all = reachable(&self.seniors, role);
            if let Some(set) = place(&mut self.above, role) {
                *set = all;
            }
        }
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
    pub(super) fn all_below<'a>(&self, roles: impl IntoIterator<Item = &'a u32>) -> RoaringBitmap {
        let mut all = RoaringBitmap::new();
        for role in roles {
            all |= self.below(*role);
        }
        all
    }

    /// A shortest way from a senior down to a junior, both included; `None` if there is none.
    pub(super) fn path(&self, senior: u32, junior: u32) -> Option<Vec<u32>> {
        let mut from: HashMap<u32, u32> = HashMap::from([(senior, senior)]);
        let mut waiting = VecDeque::from([senior]);
        while let Some(role) = waiting.pop_front() {
            if role == junior {
                let mut path = vec![role];
                let mut now = role;
                while now != senior {
                    now = *from.get(&now)?;
                    path.push(now);
                }
                path.reverse();
                return Some(path);
            }
            for next in self.juniors(role) {
                from.entry(next).or_insert_with(|| {
                    waiting.push_back(next);
                    role
                });
            }
        }
        None
    }
}

fn cut(sets: &mut Vec<RoaringBitmap>, of: u32, what: u32) {
    if let Some(set) = place(sets, of) {
        set.remove(what);
    }
}

fn reachable(edges: &[RoaringBitmap], from: u32) -> RoaringBitmap {
    let mut all = RoaringBitmap::from([from]);
    let mut waiting = vec![from];
    while let Some(role) = waiting.pop() {
        for next in at(edges, role) {
            if all.insert(next) {
                waiting.push(next);
            }
        }
    }
    all
}
