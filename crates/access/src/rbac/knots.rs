//! Which roles inherit one another, in edges of which nobody has said that they have no circle.

use super::at;
use roaring::RoaringBitmap;

/// The roles in groups, such that each inherits the others of its group: one role alone, where there is no circle. A group comes
/// after all groups that it inherits. Every role and every edge is looked at once (Gabow's algorithm).
pub(super) fn knots(juniors: &[RoaringBitmap]) -> Vec<Vec<u32>> {
    let mut walk = Walk { juniors, met: vec![Met::Not; juniors.len()], ..Walk::default() };
    for role in (0..).take(juniors.len()) {
        if walk.met(role) == Met::Not {
            walk.down_from(role);
        }
    }
    walk.knots
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Met {
    Not,
    /// At this place among those whose group is not known yet.
    Open(usize),
    Settled,
}

#[derive(Default)]
struct Walk<'a> {
    juniors: &'a [RoaringBitmap],
    met: Vec<Met>,
    open: Vec<u32>,
    /// The places in `open` at which a group may begin.
    begins: Vec<usize>,
    knots: Vec<Vec<u32>>,
}

impl<'a> Walk<'a> {
    /// Goes by a list instead of by calls: a chain may be longer than a stack is deep.
    fn down_from(&mut self, start: u32) {
        let mut way = vec![self.enter(start)];
        while let Some((place, next)) = way.last_mut() {
            match next.next().map(|role| (role, self.met(role))) {
                Some((role, Met::Not)) => way.push(self.enter(role)),
                // A circle: what was met since is one group with it.
                Some((_, Met::Open(first))) => while self.begins.pop_if(|begin| *begin > first).is_some() {},
                Some((_, Met::Settled)) => {}
                None => {
                    self.leave(*place);
                    way.pop();
                }
            }
        }
    }

    fn met(&self, role: u32) -> Met {
        self.met.get(role as usize).copied().unwrap_or(Met::Settled)
    }

    fn enter(&mut self, role: u32) -> (usize, roaring::bitmap::Iter<'a>) {
        let place = self.open.len();
        self.meet(role, Met::Open(place));
        self.open.push(role);
        self.begins.push(place);
        (place, at(self.juniors, role).iter())
    }

    fn leave(&mut self, place: usize) {
        if self.begins.pop_if(|begin| *begin == place).is_some() {
            let knot = self.open.split_off(place);
            knot.iter().for_each(|role| self.meet(*role, Met::Settled));
            self.knots.push(knot);
        }
    }

    fn meet(&mut self, role: u32, met: Met) {
        if let Some(slot) = self.met.get_mut(role as usize) {
            *slot = met;
        }
    }
}
