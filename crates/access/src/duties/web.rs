//! Who comes to what, and by which ways.

use super::circles::parts;
use foldhash::HashMap;
use roaring::RoaringBitmap;
use std::collections::VecDeque;
use std::hash::Hash;
use std::sync::Arc;

/// The other ends of links, each with the link's number.
type Ends = Vec<Vec<(u32, u32)>>;

/// Places, the links between them, and those who are judged. A circle among the links is no trouble: what is in it is reached
/// together.
#[derive(Debug)]
pub struct Web<N> {
    places: HashMap<N, u32>,
    onward: Ends,
    /// For each place the subjects that come to it; places that are alike share one set.
    reached: Vec<Arc<RoaringBitmap>>,
    subjects: Vec<N>,
}

impl<N: Clone + Eq + Hash> Web<N> {
    /// Reads the links. Subjects are numbered in the order given.
    #[must_use]
    pub fn new<'a>(subjects: &[N], links: impl IntoIterator<Item = (&'a N, &'a N)>) -> Self
    where
        N: 'a,
    {
        let mut web = Self {
            places: HashMap::default(),
            onward: Vec::new(),
            reached: Vec::new(),
            subjects: subjects.to_vec(),
        };
        let mut back: Ends = Vec::new();
        for (number, (from, to)) in (0..).zip(links) {
            let (from, to) = (web.place(from), web.place(to));
            web.onward.resize(web.places.len(), Vec::new());
            back.resize(web.places.len(), Vec::new());
            if let (Some(onward), Some(back)) = (web.onward.get_mut(at(from)), back.get_mut(at(to))) {
                onward.push((to, number));
                back.push((from, number));
            }
        }
        for subject in subjects {
            web.place(subject);
        }
        web.onward.resize(web.places.len(), Vec::new());
        back.resize(web.places.len(), Vec::new());
        web.reached = web.gather(&back);
        web
    }

    /// Those who come to a place; those who are it come to it as well.
    #[must_use]
    pub fn reaching(&self, goal: &N) -> Arc<RoaringBitmap> {
        let place = self.places.get(goal).and_then(|place| self.reached.get(at(*place)));
        place.cloned().unwrap_or_default()
    }

    /// The subject with a number.
    #[must_use]
    pub fn subject(&self, number: u32) -> Option<&N> {
        self.subjects.get(at(number))
    }

    /// The shortest way, as the numbers of its links. Empty if one is there already, `None` if there is none.
    #[must_use]
    pub fn way(&self, from: &N, to: &N) -> Option<Vec<usize>> {
        let (from, to) = (*self.places.get(from)?, *self.places.get(to)?);
        let mut came: HashMap<u32, (u32, u32)> = HashMap::default();
        let mut waiting = VecDeque::from([from]);
        while let Some(place) = waiting.pop_front() {
            if place == to {
                break;
            }
            for (next, link) in self.onward.get(at(place)).into_iter().flatten() {
                if *next != from && !came.contains_key(next) {
                    came.insert(*next, (place, *link));
                    waiting.push_back(*next);
                }
            }
        }
        let (mut way, mut place) = (Vec::new(), to);
        while place != from {
            let (before, link) = came.get(&place)?;
            way.push(at(*link));
            place = *before;
        }
        way.reverse();
        Some(way)
    }

    /// Every link that is on some way between the two, in the order of their numbers. A way ends where it arrives: what leads from there
    /// and back is on none.
    #[must_use]
    pub fn between(&self, from: &N, to: &N) -> Vec<usize> {
        let (Some(from), Some(to)) = (self.places.get(from), self.places.get(to)) else { return Vec::new() };
        let mut back: HashMap<u32, Vec<(u32, u32)>> = HashMap::from_iter([(*from, Vec::new())]);
        let mut waiting = vec![*from];
        while let Some(place) = waiting.pop() {
            let onward = self.onward.get(at(place)).filter(|_| place != *to);
            for (next, link) in onward.into_iter().flatten() {
                if !back.contains_key(next) {
                    waiting.push(*next);
                }
                back.entry(*next).or_default().push((place, *link));
            }
        }
        let mut links = Vec::new();
        let mut waiting: Vec<(u32, u32)> = back.remove(to).unwrap_or_default();
        while let Some((place, link)) = waiting.pop() {
            links.push(at(link));
            waiting.extend(back.remove(&place).unwrap_or_default());
        }
        links.sort_unstable();
        links.dedup();
        links
    }

    fn place(&mut self, of: &N) -> u32 {
        let next = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        match self.places.get(of) {
            Some(place) => *place,
            None => *self.places.entry(of.clone()).or_insert(next),
        }
    }

    /// Part by part, so that what leads to a part is known before it.
    fn gather(&self, back: &Ends) -> Vec<Arc<RoaringBitmap>> {
        let next = |place: usize, edge: usize| back.get(place)?.get(edge).map(|(from, _)| at(*from));
        let (part_of, parts) = parts(back.len(), next);
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); parts];
        for (place, part) in part_of.iter().enumerate() {
            if let Some(members) = members.get_mut(*part) {
                members.push(place);
            }
        }
        let mut own: HashMap<usize, RoaringBitmap> = HashMap::default();
        for (number, subject) in (0..).zip(&self.subjects) {
            if let Some(part) = self.places.get(subject).and_then(|place| part_of.get(at(*place))) {
                own.entry(*part).or_default().insert(number);
            }
        }
        let mut reached: Vec<Arc<RoaringBitmap>> = Vec::with_capacity(parts);
        for (part, members) in members.iter().enumerate() {
            let mut before: Vec<usize> = Vec::new();
            for place in members {
                let from = back.get(*place).into_iter().flatten();
                before.extend(
                    from.filter_map(|(from, _)| part_of.get(at(*from))).filter(|from| **from != part),
                );
            }
            before.sort_unstable();
            before.dedup();
            let sets = before.iter().filter_map(|part| reached.get(*part)).filter(|set| !set.is_empty());
            reached.push(united(own.remove(&part), sets.collect()));
        }
        part_of.iter().map(|part| reached.get(*part).cloned().unwrap_or_default()).collect()
    }
}

/// All of them together. One alone is shared and not copied.
fn united(own: Option<RoaringBitmap>, sets: Vec<&Arc<RoaringBitmap>>) -> Arc<RoaringBitmap> {
    match (own, sets.as_slice()) {
        (None, []) => Arc::default(),
        (None, [one]) => Arc::clone(one),
        (own, sets) => {
            let mut all = own.unwrap_or_default();
            sets.iter().for_each(|set| all |= &***set);
            Arc::new(all)
        }
    }
}

fn at(number: u32) -> usize {
    number as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn web(subjects: &[u8], links: &[(u8, u8)]) -> Web<u8> {
        Web::new(subjects, links.iter().map(|(from, to)| (from, to)))
    }

    #[test]
    fn a_way_is_the_shortest_and_what_is_between_is_all() {
        let links = [(1, 2), (2, 3), (1, 4), (4, 5), (5, 3), (3, 9), (6, 3)];
        let web = web(&[1, 6], &links);
        assert_eq!(web.way(&1, &3), Some(vec![0, 1]));
        assert_eq!(web.between(&1, &3), [0, 1, 2, 3, 4]);
        assert_eq!(web.way(&6, &2), None);
        assert_eq!(web.way(&1, &1), Some(vec![]));
        assert_eq!(web.reaching(&9).iter().collect::<Vec<_>>(), [0, 1]);
        assert!(web.reaching(&77).is_empty());
    }

    #[test]
    fn a_circle_is_reached_together_and_ends() {
        let web = web(&[1], &[(1, 2), (2, 3), (3, 4), (4, 2), (4, 5)]);
        for place in [2, 3, 4, 5] {
            assert_eq!(web.reaching(&place).iter().collect::<Vec<_>>(), [0], "{place}");
        }
        assert_eq!(web.between(&1, &5), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_ends() {
        let links: Vec<(u32, u32)> = (0..100_000).map(|n| (n, n + 1)).collect();
        let web = Web::new(&[0_u32], links.iter().map(|(from, to)| (from, to)));
        assert_eq!(web.reaching(&100_000).len(), 1);
        assert_eq!(web.way(&0, &100_000).map(|way| way.len()), Some(100_000));
    }

    /// By following every link until nothing is new.
    fn naive(from: u8, links: &[(u8, u8)]) -> BTreeSet<u8> {
        let mut reached = BTreeSet::from([from]);
        loop {
            let next: Vec<u8> = links
                .iter()
                .filter(|(a, b)| reached.contains(a) && !reached.contains(b))
                .map(|(_, b)| *b)
                .collect();
            if next.is_empty() {
                return reached;
            }
            reached.extend(next);
        }
    }

    proptest! {
        #[test]
        fn who_comes_to_a_place_is_who_a_naive_walk_finds(
            links in prop::collection::vec((0u8..14, 0u8..14), 0..40),
            subjects in prop::collection::btree_set(0u8..14, 1..6),
        ) {
            let subjects: Vec<u8> = subjects.into_iter().collect();
            let web = web(&subjects, &links);
            for place in 0..14 {
                let expected: Vec<u32> =
                    (0..).zip(&subjects).filter(|(_, from)| naive(**from, &links).contains(&place)).map(|(n, _)| n).collect();
                let reaching: Vec<u32> = web.reaching(&place).iter().collect();
                prop_assert_eq!(&reaching, &expected);
                for from in &subjects {
                    let between: Vec<usize> = web.between(from, &place);
                    // A way ends where it arrives.
                    let until: Vec<(u8, u8)> = links.iter().copied().filter(|(a, _)| *a != place).collect();
                    let on_a_way = |(a, b): &(u8, u8)| *a != place && naive(*from, &until).contains(a) && naive(*b, &links).contains(&place);
                    let all: Vec<usize> =
                        links.iter().enumerate().filter(|(_, link)| on_a_way(link)).map(|(n, _)| n).collect();
                    prop_assert_eq!(between, all);
                    let way = web.way(from, &place);
                    prop_assert_eq!(way.is_some(), naive(*from, &links).contains(&place));
                }
            }
        }
    }
}
