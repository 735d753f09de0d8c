//! A way up as a picture has it: the places that it touches, and the arrows between them.

use access::{Fact, Taken, WayUp};
use model::{Basis, Certainty, Escalation, From, Gain, Need, Object, Permission, Principal, RoleName, Way};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A place that a way touches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spot {
    /// A session is the role.
    Acts(RoleName),
    /// Code runs as the role.
    Runs(RoleName),
    /// The privileges of the role are used.
    Uses(RoleName),
    /// An object by which a step is taken.
    By(Arc<Object>),
    /// Something else that is gained. Never a role.
    Gained(Gain),
}

impl std::convert::From<&Gain> for Spot {
    fn from(gain: &Gain) -> Self {
        match gain {
            Gain::Acts(role) => Spot::Acts(role.clone()),
            Gain::Runs(role) => Spot::Runs(role.clone()),
            other => Spot::Gained(other.clone()),
        }
    }
}

/// An arrow of a way: a step, or one half of it where an object stands between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// Which step of the way it belongs to, counted from 0.
    pub step: usize,
    /// From here.
    pub from: Spot,
    /// To here.
    pub to: Spot,
    /// Why, in a few words.
    pub why: String,
    /// Whether it needs somebody else.
    pub certainty: Certainty,
}

/// The arrows of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Legs {
    /// Where it begins.
    pub begins: Spot,
    /// Where it ends.
    pub ends: Spot,
    /// In the order of its steps.
    pub legs: Vec<Leg>,
}

/// The arrows of a way to a goal; `None` for a way without a beginning.
pub(super) fn legs(goal: &Gain, way: &WayUp<'_>) -> Option<Legs> {
    let Some(Taken::Begins(first)) = way.steps.first() else { return None };
    let begins = Spot::Acts(first.clone());
    let mut drawing = Drawing::beginning(begins.clone());
    for (step, taken) in way.steps.iter().enumerate() {
        drawing.step(step, taken);
    }
    if way.end == Gain::Everything && *goal != Gain::Everything {
        let why = match goal {
            Gain::Acts(_) => "becomes it",
            _ => "does it",
        };
        let from = drawing.last.clone();
        drawing.leg(way.steps.len(), from, Spot::from(goal), why.to_owned(), Certainty::Direct);
    }
    Some(Legs { begins, ends: drawing.last, legs: drawing.legs })
}

struct Drawing {
    /// How each role was come to last.
    at: BTreeMap<RoleName, Spot>,
    /// Roles that were handed out on the way.
    handed: BTreeSet<RoleName>,
    legs: Vec<Leg>,
    last: Spot,
}

impl Drawing {
    const fn beginning(last: Spot) -> Self {
        Self { at: BTreeMap::new(), handed: BTreeSet::new(), legs: Vec::new(), last }
    }

    fn step(&mut self, step: usize, taken: &Taken<'_>) {
        match taken {
            Taken::Begins(role) => {
                let spot = Spot::Acts(role.clone());
                self.at.insert(role.clone(), spot.clone());
                self.last = spot;
            }
            Taken::Member { from, way, to, any } => {
                let (spot, why) = match way {
                    Way::Inherits => (Spot::Uses(to.clone()), "inherits it"),
                    Way::Becomes => (Spot::Acts(to.clone()), "becomes it"),
                    Way::Administers if *any => (Spot::Acts(to.clone()), "may hand out every role"),
                    Way::Administers => (Spot::Acts(to.clone()), "grants it to itself"),
                };
                if *way == Way::Administers {
                    self.handed.insert(to.clone());
                }
                let from = self.spot(from);
                self.leg(step, from, spot, why.to_owned(), Certainty::Direct);
            }
            Taken::Escalates { by, acting, facts, .. } => self.escalates(step, by, acting.as_ref(), facts),
        }
    }

    fn escalates(&mut self, step: usize, by: &Escalation, acting: Option<&RoleName>, facts: &[Fact]) {
        let from = match (&by.from, acting) {
            (From::Gained(gain), _) => Spot::from(gain),
            (From::LogsIn(role) | From::Runs(role) | From::Uses(role), _) => self.spot(role),
            (From::Has(_), Some(role)) => self.spot(role),
            (From::Has(_), None) => self.last.clone(),
        };
        let to = Spot::from(&by.gain);
        let certainty = by.certainty.clone();
        let asked = match &by.from {
            From::Has(needs) => main(needs),
            _ => None,
        };
        let Some(asked) = asked else {
            return self.leg(step, from, to, shortly(by, None), certainty);
        };
        if by.because.is_empty() || matches!(&by.gain, Gain::Does(does) if does.on == asked.on) {
            return self.leg(step, from, to, held(facts, asked, by), certainty);
        }
        let object = Spot::By(asked.on.clone());
        for other in self.handed(facts, acting) {
            self.leg(step, other, object.clone(), "and what it has".to_owned(), Certainty::Direct);
        }
        self.leg(step, from, object.clone(), operations(by, asked), Certainty::Direct);
        self.leg(step, object, to, shortly(by, Some(&asked.on)), certainty);
    }

    /// Where roles are that were handed out before, and whose privileges the step uses beside those of the one who takes it.
    fn handed(&self, facts: &[Fact], acting: Option<&RoleName>) -> Vec<Spot> {
        let others = facts.iter().filter_map(|fact| match fact {
            Fact::Holds { source, .. } => match &source.who {
                Principal::Role(role) if Some(role) != acting => self.handed.get(role),
                _ => None,
            },
            _ => None,
        });
        let roles: BTreeSet<&RoleName> = others.collect();
        roles.into_iter().map(|role| self.spot(role)).collect()
    }

    fn leg(&mut self, step: usize, from: Spot, to: Spot, why: String, certainty: Certainty) {
        if let Spot::Acts(role) | Spot::Runs(role) | Spot::Uses(role) = &to {
            self.at.insert(role.clone(), to.clone());
        }
        self.last = to.clone();
        self.legs.push(Leg { step, from, to, why, certainty });
    }

    fn spot(&self, role: &RoleName) -> Spot {
        self.at.get(role).cloned().unwrap_or_else(|| Spot::Acts(role.clone()))
    }
}

/// What a step is taken by: the first that is more than the way to it.
fn main(needs: &[Need]) -> Option<&Permission> {
    let way = |permission: &&Permission| {
        let (kind, operation) = (permission.on.kind.as_str(), permission.operation.as_str());
        (kind == "schema" && operation == "usage") || (kind == "database" && operation == "connect")
    };
    let mut all = needs.iter().map(|need| &need.permission);
    all.clone().find(|permission| !way(permission)).or_else(|| all.next_back())
}

/// The operations on the object of a step.
fn operations(by: &Escalation, main: &Permission) -> String {
    let From::Has(needs) = &by.from else { return main.operation.to_string() };
    let here = needs.iter().map(|need| &need.permission).filter(|permission| permission.on == main.on);
    let mut all: Vec<&str> = here.map(|permission| permission.operation.as_str()).collect();
    all.dedup();
    all.join(", ")
}

/// Why a step works that begins and ends at one object: by what is held.
fn held(facts: &[Fact], asked: &Permission, by: &Escalation) -> String {
    let of_it = |fact: &&Fact| matches!(fact, Fact::Holds { permission, .. } if permission == asked);
    match facts.iter().rev().find(of_it) {
        Some(Fact::Holds { source, .. }) => match source.basis {
            Basis::Owner | Basis::OwnerMayGrant => format!("owns {}", source.on),
            Basis::MasterKey => format!("{} stands for it", source.who),
            Basis::MayHandOn => "may hand it on".to_owned(),
            Basis::Granted { .. } => operations(by, asked),
        },
        _ => operations(by, asked),
    }
}

/// Why a step works, without what its ends say.
fn shortly(by: &Escalation, object: Option<&Arc<Object>>) -> String {
    let why = by.because.as_str();
    let begins = match (object, &by.from) {
        (Some(object), _) => object.to_string(),
        (None, From::LogsIn(role) | From::Runs(role) | From::Uses(role)) => role.to_string(),
        (None, _) => String::new(),
    };
    let why = why.strip_prefix(&begins).unwrap_or(why);
    let why = match &by.gain {
        Gain::Runs(role) | Gain::Acts(role) => {
            why.strip_prefix(&format!(" runs as {role}, and ")).unwrap_or(why).to_owned()
        }
        Gain::Does(does) => why.replace(&does.on.to_string(), "it"),
        _ => why.to_owned(),
    };
    let short = why.split(": ").next().unwrap_or(&why).trim().trim_end_matches(", and does this");
    if short.is_empty() { by.gain.to_string() } else { short.to_owned() }
}
