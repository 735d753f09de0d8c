//! In which column each box lies, and what comes after what.

use service::Ways;
use std::collections::BTreeSet;

/// The order of boxes, and of lanes: places where an arrow passes a column, which are numbered after the boxes.
pub(super) struct Order {
    /// The column of each.
    pub(super) columns: Vec<usize>,
    /// After which each comes: it is in one piece with what comes after it.
    pub(super) parents: Vec<Option<usize>>,
    /// In the order in which they are met.
    pub(super) met: Vec<usize>,
    /// The lanes of each arrow.
    pub(super) lanes: Vec<Vec<usize>>,
}

impl Order {
    pub(super) fn of(ways: &Ways) -> Self {
        let boxes = ways.places.len();
        let arrows: Vec<(usize, usize)> = ways.arrows.iter().map(|arrow| (arrow.from, arrow.to)).collect();
        let begins = |at: usize| ways.places.get(at).is_some_and(|place| !place.begins.is_empty());
        let mut columns = columns(boxes, &arrows, begins);
        // What nobody gets to stands at the end.
        let last = columns.iter().copied().max().unwrap_or_default().max(1);
        let touched: BTreeSet<usize> = arrows.iter().flat_map(|(from, to)| [*from, *to]).collect();
        for (at, slot) in columns.iter_mut().enumerate() {
            if !touched.contains(&at) && !begins(at) {
                *slot = last;
            }
        }
        let mut lanes = vec![Vec::new(); arrows.len()];
        let mut hops = Vec::new();
        for ((from, to), lanes) in arrows.iter().zip(&mut lanes) {
            let column = |at: usize| columns.get(at).copied().unwrap_or_default();
            let (mut before, passes) = (*from, column(*from) + 1..column(*to));
            for passed in passes {
                let lane = columns.len();
                columns.push(passed);
                lanes.push(lane);
                hops.push((before, lane));
                before = lane;
            }
            hops.push((before, *to));
        }
        let next = next(columns.len(), &hops);
        let met = walk(columns.len(), &next, begins).met;
        let mut order = Self { parents: vec![None; columns.len()], columns, met, lanes };
        order.find_parents(&next);
        order
    }

    pub(super) fn column(&self, at: usize) -> usize {
        self.columns.get(at).copied().unwrap_or_default()
    }

    /// The first that is met in the column before.
    fn find_parents(&mut self, next: &[Vec<usize>]) {
        for from in &self.met {
            let column = self.columns.get(*from).copied().unwrap_or_default() + 1;
            for to in next.get(*from).into_iter().flatten() {
                if let Some(slot @ None) = self.parents.get_mut(*to)
                    && self.columns.get(*to) == Some(&column)
                {
                    *slot = Some(*from);
                }
            }
        }
    }
}

/// Each box comes after all that lead to it, but for arrows that lead back.
fn columns(count: usize, arrows: &[(usize, usize)], begins: impl Fn(usize) -> bool) -> Vec<usize> {
    let next = next(count, arrows);
    let Met { left, back, .. } = walk(count, &next, begins);
    let mut columns = vec![0; count];
    for at in left.iter().rev() {
        let column = columns.get(*at).copied().unwrap_or_default();
        let onward = next.get(*at).into_iter().flatten().filter(|to| !back.contains(&(*at, **to)));
        for to in onward {
            if let Some(slot) = columns.get_mut(*to) {
                *slot = (*slot).max(column + 1);
            }
        }
    }
    columns
}

fn next(count: usize, arrows: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (from, to) in arrows {
        if let Some(next) = next.get_mut(*from) {
            next.push(*to);
        }
    }
    next
}

/// Boxes in the order in which they are met, and in that in which they are left; and arrows that lead back.
struct Met {
    met: Vec<usize>,
    left: Vec<usize>,
    back: BTreeSet<(usize, usize)>,
}

/// Walks from where ways begin, each as far as it goes.
fn walk(count: usize, next: &[Vec<usize>], begins: impl Fn(usize) -> bool) -> Met {
    let starts = (0..count).filter(|at| begins(*at)).chain((0..count).filter(|at| !begins(*at)));
    let (mut seen, mut open) = (BTreeSet::new(), BTreeSet::new());
    let mut walk = Met { met: Vec::new(), left: Vec::new(), back: BTreeSet::new() };
    for start in starts {
        if seen.contains(&start) {
            continue;
        }
        let mut way = vec![(start, 0)];
        while let Some((at, tried)) = way.last_mut() {
            let at = *at;
            if seen.insert(at) {
                walk.met.push(at);
                open.insert(at);
            }
            let to = next.get(at).and_then(|next| next.get(*tried)).copied();
            *tried += 1;
            match to {
                Some(to) if open.contains(&to) => {
                    walk.back.insert((at, to));
                }
                Some(to) if !seen.contains(&to) => way.push((to, 0)),
                Some(_) => {}
                None => {
                    open.remove(&at);
                    walk.left.push(at);
                    way.pop();
                }
            }
        }
    }
    walk
}
