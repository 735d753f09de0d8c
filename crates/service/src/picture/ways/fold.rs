//! Folding: places that ways come to in the same manner become one box, until the picture is small enough.

use super::{Arrow, Place, Ways};
use crate::climb::Spot;
use crate::picture::Folding;
use crate::picture::joining::{Numbers, joined};
use model::Gain;
use std::collections::{BTreeMap, BTreeSet};

/// More boxes than this nobody takes in: arrows have words on them, which memberships have not.
const MOST: usize = 40;

/// How many must be alike to share a box.
const FEWEST: usize = 3;

/// Which places can share a box at all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Acts,
    Runs,
    Uses,
    By(String),
    Does,
    Lures,
    Elsewhere,
}

/// Whether somebody asked about a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    No,
    Yes,
    InVain,
}

/// From which boxes arrows come or to which they lead, and how sure these are.
type Near = BTreeSet<(usize, u8)>;

impl Ways {
    /// The picture with what is alike in one box.
    #[must_use]
    pub fn folded(self, folding: Folding) -> Self {
        if folding == Folding::Nothing || self.places.len() <= MOST / 2 {
            return self;
        }
        let mut ways = self.ends_alike();
        let levels = [Ways::between_alike, Ways::roles_alike, Ways::ends_of_a_sort, Ways::all_of_a_sort];
        for level in levels {
            // What is joined makes others alike.
            while ways.places.len() > MOST {
                let before = ways.places.len();
                ways = level(ways).ends_alike();
                if ways.places.len() == before {
                    break;
                }
            }
        }
        ways
    }

    /// Ends that are come to from the same roles, whatever stands between.
    fn ends_alike(self) -> Self {
        let (ends, above) = (self.ends(), self.above());
        let key = |place: &Place, at: usize| {
            ends.contains(&at).then(|| Some((sort(place)?, above.get(at).cloned()))).flatten()
        };
        self.joined(FEWEST, key)
    }

    /// Objects that lead from the same places to the same places.
    fn between_alike(self) -> Self {
        let (into, out) = (self.around(true), self.around(false));
        let key = |place: &Place, at: usize| {
            let sort = sort(place).filter(|(_, sort)| matches!(sort, Sort::By(_)))?;
            Some((sort, into.get(at).cloned(), out.get(at).cloned()))
        };
        self.joined(2, key)
    }

    /// Roles and objects that are come to from the same places.
    fn roles_alike(self) -> Self {
        let into = self.around(true);
        self.joined(FEWEST, |place: &Place, at: usize| Some((sort(place)?, into.get(at).cloned())))
    }

    /// Ends of one sort, wherever they are come to from.
    fn ends_of_a_sort(self) -> Self {
        let ends = self.ends();
        self.joined(FEWEST, |place: &Place, at: usize| ends.contains(&at).then(|| sort(place)).flatten())
    }

    /// Everything of one sort: the last resort, which always makes the picture small enough.
    fn all_of_a_sort(self) -> Self {
        self.joined(2, |place: &Place, _| {
            Some(match sort(place)? {
                (asked, Sort::By(_)) => (asked, Sort::By(String::new())),
                sort => sort,
            })
        })
    }

    /// The boxes that no arrow leaves.
    fn ends(&self) -> BTreeSet<usize> {
        let left: BTreeSet<usize> = self.arrows.iter().map(|arrow| arrow.from).collect();
        (0..self.places.len()).filter(|at| !left.contains(at)).collect()
    }

    /// The neighbours of each box on one side.
    fn around(&self, before: bool) -> Vec<Near> {
        let mut near = vec![Near::new(); self.places.len()];
        for arrow in &self.arrows {
            let (at, other) = if before { (arrow.to, arrow.from) } else { (arrow.from, arrow.to) };
            if let Some(near) = near.get_mut(at) {
                near.insert((other, arrow.certainty.rank()));
            }
        }
        near
    }

    /// The places before each box that are no objects.
    fn above(&self) -> Vec<Near> {
        let into = self.around(true);
        let object = |at: usize| {
            let spots = self.places.get(at).map(|place| place.spots.as_slice());
            matches!(spots, Some([Spot::By(_), ..]))
        };
        let of = |near: &Near| {
            let mut above = Near::new();
            for (other, rank) in near {
                let before = into.get(*other).filter(|_| object(*other));
                match before {
                    Some(before) => above.extend(before.iter().map(|(before, _)| (*before, *rank))),
                    None => above.extend([(*other, *rank)]),
                }
            }
            above
        };
        into.iter().map(of).collect()
    }

    /// Makes one box of those with the same key, where there are enough of them.
    fn joined<K: Ord>(self, fewest: usize, key: impl Fn(&Place, usize) -> Option<K>) -> Self {
        let spots = |at: &usize| self.places.get(*at).map_or(0, |place| place.spots.len());
        let keys = self.places.iter().enumerate().map(|(at, place)| key(place, at));
        let into = joined(keys, |group| group.iter().map(spots).sum::<usize>() >= fewest);
        self.moved(&into)
    }

    fn moved(self, into: &[usize]) -> Self {
        let numbers = Numbers::of(into);
        let number = |at: usize| numbers.at(at);
        let mut places: Vec<Option<Place>> = vec![None; numbers.len()];
        for (at, place) in self.places.into_iter().enumerate() {
            let Some(slot) = number(at).and_then(|number| places.get_mut(number)) else { continue };
            *slot = Some(match slot.take() {
                None => place,
                Some(mut first) => {
                    first.spots.extend(place.spots);
                    first.goals.extend(place.goals);
                    first
                }
            });
        }
        let mut arrows: BTreeMap<(usize, usize, u8), Arrow> = BTreeMap::new();
        for arrow in self.arrows {
            let (Some(from), Some(to)) = (number(arrow.from), number(arrow.to)) else { continue };
            if from == to {
                continue;
            }
            let slot = arrows.entry((from, to, arrow.certainty.rank()));
            let joined = slot.or_insert_with(|| Arrow { from, to, steps: BTreeSet::new(), ..arrow.clone() });
            joined.steps.extend(arrow.steps);
            if joined.why != arrow.why {
                joined.why = None;
            }
        }
        Self {
            places: places.into_iter().flatten().collect(),
            arrows: arrows.into_values().collect(),
            steps: self.steps,
        }
    }
}

/// The sort of a box that can be joined with others: not where somebody begins, and nothing of which there is only one. What was
/// asked about is joined with the like alone.
fn sort(place: &Place) -> Option<(Asked, Sort)> {
    if !place.begins.is_empty() {
        return None;
    }
    let asked = match place.goals.as_slice() {
        [] => Asked::No,
        goals if goals.iter().all(Vec::is_empty) => Asked::InVain,
        _ => Asked::Yes,
    };
    let sort = match place.spots.first()? {
        Spot::Acts(_) => Sort::Acts,
        Spot::Runs(_) => Sort::Runs,
        Spot::Uses(_) => Sort::Uses,
        Spot::By(object) => Sort::By(object.kind.to_string()),
        Spot::Gained(Gain::Does(_)) => Sort::Does,
        Spot::Gained(Gain::Lures(_)) => Sort::Lures,
        Spot::Gained(Gain::Elsewhere(_)) => Sort::Elsewhere,
        Spot::Gained(_) => return None,
    };
    Some((asked, sort))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Walked;
    use model::{Certainty, Kind, Name, Object, Operation, Permission, Place as In, RoleName};
    use std::sync::Arc;

    fn role(name: &str) -> RoleName {
        RoleName::new(name).unwrap()
    }

    fn table(name: &str) -> Arc<Object> {
        Arc::new(Object::new(In::Cluster, Kind::known("table"), vec![Name::new(name).unwrap()]))
    }

    fn does(name: &str) -> Spot {
        let on = table(name);
        Spot::Gained(Gain::Does(Permission { operation: Operation::known("select"), on, delegable: false }))
    }

    fn place(spot: Spot) -> Place {
        Place { spots: vec![spot], begins: BTreeSet::new(), goals: Vec::new() }
    }

    fn arrow(from: usize, to: usize, certainty: Certainty) -> Arrow {
        Arrow { from, to, steps: BTreeSet::from([to]), why: Some("for a reason".to_owned()), certainty }
    }

    /// One who begins, roles one after the other, and of each many views that read a table each.
    fn large(roles: usize, views: usize) -> Ways {
        let mut ways = Ways { places: vec![place(Spot::Acts(role("begins")))], ..Ways::default() };
        ways.places[0].begins.insert(1);
        let mut last = 0;
        for number in 0..roles {
            let at = ways.places.len();
            ways.places.push(place(Spot::Runs(role(&format!("r{number}")))));
            ways.arrows.push(arrow(last, at, Certainty::Direct));
            last = at;
            for view in 0..views {
                let (by, end) = (ways.places.len(), ways.places.len() + 1);
                ways.places.push(place(Spot::By(table(&format!("v{number}_{view}")))));
                ways.places.push(place(does(&format!("t{number}_{view}"))));
                let certainty = match view % 2 {
                    0 => Certainty::Direct,
                    _ => Certainty::Unknown("who knows".to_owned()),
                };
                ways.arrows.extend([arrow(at, by, Certainty::Direct), arrow(by, end, certainty)]);
            }
        }
        ways
    }

    #[test]
    fn however_much_somebody_comes_to_nothing_is_lost_and_a_person_can_take_it_in() {
        for (roles, views) in [(1, 500), (5, 40), (30, 30), (300, 2)] {
            let large = large(roles, views);
            let folded = large.clone().folded(Folding::Teams);
            assert_eq!(folded.count(), large.count());
            assert!(folded.places.len() <= MOST, "{} boxes", folded.places.len());
            let steps = |ways: &Ways| {
                ways.arrows.iter().flat_map(|arrow| arrow.steps.clone()).collect::<BTreeSet<_>>().len()
            };
            // Roles that lead to one another in one box have no arrow any more.
            assert!(steps(&folded) + roles >= steps(&large));
            assert_eq!(large.clone().folded(Folding::Nothing), large);
        }
    }

    #[test]
    fn what_is_sure_and_what_is_unknown_are_not_one_box_as_long_as_there_is_room() {
        let folded = large(1, 100).folded(Folding::Teams);
        let ends: Vec<usize> = folded.ends().into_iter().map(|at| folded.places[at].spots.len()).collect();
        assert_eq!(ends, [50, 50]);
        assert!(folded.arrows.iter().any(|arrow| matches!(arrow.certainty, Certainty::Unknown(_))));
    }

    #[test]
    fn what_was_asked_about_in_vain_is_not_in_the_box_of_what_there_is_a_way_to() {
        let mut ways = large(1, 30);
        for number in 0..60 {
            let mut asked = place(does(&format!("asked{number}")));
            asked.goals.push(if number % 2 == 0 { Vec::new() } else { vec![1] });
            ways.places.push(asked);
            if number % 2 == 1 {
                ways.arrows.push(arrow(0, ways.places.len() - 1, Certainty::Direct));
            }
        }
        let folded = ways.folded(Folding::Teams);
        let asked: Vec<&Place> = folded.places.iter().filter(|place| !place.goals.is_empty()).collect();
        assert_eq!(asked.len(), 2);
        for place in asked {
            let vain = place.goals.iter().filter(|by| by.is_empty()).count();
            assert!(vain == 0 || vain == place.goals.len(), "{place:?}");
        }
    }

    #[test]
    fn a_small_picture_is_left_as_it_is() {
        let small = large(2, 3);
        assert_eq!(small.clone().folded(Folding::Teams), small);
        assert_eq!(small.steps, Vec::<Walked>::new());
    }
}
