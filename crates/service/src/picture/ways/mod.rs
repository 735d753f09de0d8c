//! A picture of ways up: who begins, the roles and objects on the way, and what is come to. Ways that touch the same places
//! share boxes, and steps that several of them take are told once.

mod fold;

use crate::climb::{Found, Leg, Legs, Part, Radius, Spot, Step, Told};
use model::{Certainty, Gain};
use std::collections::{BTreeMap, BTreeSet};

/// What is drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ways {
    /// The boxes.
    pub places: Vec<Place>,
    /// The arrows between them.
    pub arrows: Vec<Arrow>,
    /// What the numbers of the arrows mean, from 1 on.
    pub steps: Vec<Walked>,
}

/// A box: a place that ways touch, or several that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What it stands for.
    pub spots: Vec<Spot>,
    /// Ways begin here, by these steps.
    pub begins: BTreeSet<usize>,
    /// It is what was asked about, and by which steps it is come to: none where there is no way.
    pub goals: Vec<Vec<usize>>,
}

/// An arrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    /// The box that it leaves.
    pub from: usize,
    /// The box that it leads to.
    pub to: usize,
    /// The numbers of the steps that it is a part of.
    pub steps: BTreeSet<usize>,
    /// Why, in a few words; `None` where many are folded into one.
    pub why: Option<String>,
    /// The surest of them.
    pub certainty: Certainty,
}

/// A step that has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walked {
    /// The step. Its statements are those of the first way that takes it.
    pub step: Step,
    /// Statements of other ways that take it: where a step runs those that follow, they differ.
    pub also: Vec<Vec<String>>,
}

/// What makes two steps one: the same arrows for the same reason.
type Same = (Vec<(Spot, Spot)>, String, Option<model::DatabaseName>);

impl Ways {
    /// The best ways to what was asked about.
    #[must_use]
    pub fn of_paths(found: &[Found]) -> Self {
        let mut drawing = Drawing::default();
        for found in found {
            match (&found.way, &found.drawn) {
                (Some(way), Some(legs)) => {
                    let numbers = drawing.add(way, legs);
                    drawing.goal(&legs.ends, numbers);
                }
                _ => drawing.goal(&Spot::from(&found.to), Vec::new()),
            }
        }
        drawing.ways
    }

    /// Everything that somebody comes to. Whoever gets above every check, and needs nobody for it, gets to all the rest by
    /// that, so that only the way there is drawn.
    #[must_use]
    pub fn of_radius(radius: &Radius) -> Self {
        let above = |part: &&Part| part.gain == Gain::Everything && part.way.certainty == Certainty::Direct;
        let parts: Vec<&Part> = match radius.parts.iter().find(above) {
            Some(part) => vec![part],
            None => radius.parts.iter().collect(),
        };
        let mut drawing = Drawing::default();
        for part in parts {
            let Some(legs) = &part.drawn else { continue };
            drawing.add(&part.way, legs);
        }
        drawing.ways
    }

    /// Adds the boxes of accounts from which no way begins.
    #[must_use]
    pub fn with_starts(mut self, accounts: &[model::RoleName]) -> Self {
        for account in accounts.iter().rev() {
            let spot = Spot::Acts(account.clone());
            if !self.places.iter().any(|place| place.spots.contains(&spot)) {
                let begins = BTreeSet::from([0]);
                self.places.insert(0, Place { spots: vec![spot], begins, goals: Vec::new() });
                for arrow in &mut self.arrows {
                    arrow.from += 1;
                    arrow.to += 1;
                }
            }
        }
        self
    }

    /// How many places there are, folded or not.
    #[must_use]
    pub fn count(&self) -> usize {
        self.places.iter().map(|place| place.spots.len()).sum()
    }
}

#[derive(Default)]
struct Drawing {
    ways: Ways,
    at: BTreeMap<Spot, usize>,
    numbers: BTreeMap<Same, usize>,
    arrows: BTreeMap<(usize, usize, u8, String), usize>,
}

impl Drawing {
    /// Adds a way and says which numbers its steps have.
    fn add(&mut self, way: &Told, legs: &Legs) -> Vec<usize> {
        let begins = self.place(&legs.begins);
        let mut numbers = Vec::new();
        for (at, step) in way.steps.iter().enumerate() {
            let of_step: Vec<&Leg> = legs.legs.iter().filter(|leg| leg.step == at).collect();
            let number = self.number(step, &of_step);
            if of_step.is_empty()
                && let Some(place) = self.ways.places.get_mut(begins)
            {
                place.begins.insert(number);
            }
            of_step.into_iter().for_each(|leg| self.arrow(leg, number));
            numbers.push(number);
        }
        numbers
    }

    fn goal(&mut self, spot: &Spot, by: Vec<usize>) {
        let at = self.place(spot);
        if let Some(place) = self.ways.places.get_mut(at) {
            place.goals.push(by);
        }
    }

    fn place(&mut self, spot: &Spot) -> usize {
        if let Some(at) = self.at.get(spot) {
            return *at;
        }
        let at = self.ways.places.len();
        self.at.insert(spot.clone(), at);
        let (spots, begins, goals) = (vec![spot.clone()], BTreeSet::new(), Vec::new());
        self.ways.places.push(Place { spots, begins, goals });
        at
    }

    /// The number of a step, a new one if no way has taken it yet.
    fn number(&mut self, step: &Step, legs: &[&Leg]) -> usize {
        let ends = legs.iter().map(|leg| (leg.from.clone(), leg.to.clone())).collect();
        let same = (ends, step.what.clone(), step.database.clone());
        if let Some(number) = self.numbers.get(&same) {
            if let Some(walked) = number.checked_sub(1).and_then(|at| self.ways.steps.get_mut(at))
                && !step.statements.is_empty()
                && walked.step.statements != step.statements
                && !walked.also.contains(&step.statements)
            {
                walked.also.push(step.statements.clone());
            }
            return *number;
        }
        self.ways.steps.push(Walked { step: step.clone(), also: Vec::new() });
        let number = self.ways.steps.len();
        self.numbers.insert(same, number);
        number
    }

    fn arrow(&mut self, leg: &Leg, number: usize) {
        let (from, to) = (self.place(&leg.from), self.place(&leg.to));
        let key = (from, to, leg.certainty.rank(), leg.why.clone());
        let known = self.arrows.get(&key).and_then(|at| self.ways.arrows.get_mut(*at));
        if let Some(arrow) = known {
            arrow.steps.insert(number);
            return;
        }
        self.arrows.insert(key, self.ways.arrows.len());
        let (steps, why) = (BTreeSet::from([number]), Some(leg.why.clone()));
        self.ways.arrows.push(Arrow { from, to, steps, why, certainty: leg.certainty.clone() });
    }
}
