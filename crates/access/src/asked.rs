//! One operation, asked about every role at once.

use crate::doors::{Doors, Entered};
use crate::fact::Fact;
use crate::giving::Giving;
use crate::graph::{Graph, Id};
use crate::held::{Held, Via, as_it_stands};
use crate::routes::Routes;
use model::{Needs, Permission, RoleName};

/// Whether a role can, and by which way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It can.
    Yes {
        /// The way, step by step.
        facts: Vec<Fact>,
        /// Something on the way has to be granted first, which the role may do itself.
        grants_itself: bool,
    },
    /// It cannot.
    No(Vec<Lacking>),
}

/// What is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lacking {
    /// The role can log in, and is not let into the database.
    Entry,
    /// The role cannot log in, and nobody gets to it who could.
    Login,
    /// Nothing gives it this.
    Need(Permission),
    /// It gets to everything that is needed, but never to all of it as one role.
    OneRole(Vec<Permission>),
}

/// How everything needed comes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Manner {
    /// As one role.
    Together,
    /// One statement, prepared as one role and carried out as another.
    Split,
    /// Something is granted first.
    Giving,
}

/// One operation, asked about every role of a graph.
#[derive(Debug)]
pub struct Asked<'g> {
    graph: &'g Graph,
    needs: &'g Needs,
    met: Vec<Held<'g>>,
    together: Routes,
    split: Vec<Routes>,
    giving: Option<Giving<'g>>,
}

impl Graph {
    /// Asks. `giving` counts what somebody would have to grant itself first.
    #[must_use]
    pub fn ask<'g>(&'g self, needs: &'g Needs, giving: bool) -> Asked<'g> {
        let met: Vec<Held<'_>> =
            needs.session.iter().map(|need| Held::of(self, need, as_it_stands)).collect();
        let together = Routes::to(self, |id| met.iter().all(|held| held.has(id)), false);
        let split = if needs.together || met.len() < 2 {
            Vec::new()
        } else {
            met.iter().map(|held| Routes::to(self, |id| held.has(id), false)).collect()
        };
        let giving = giving.then(|| Giving::of(self, needs, &met));
        Asked { graph: self, needs, met, together, split, giving }
    }
}

impl Asked<'_> {
    /// Whether the role can, entered as it was found at the doors.
    #[must_use]
    pub fn answer(&self, role: &RoleName, entered: Option<&Entered>) -> Answer {
        let id = self.graph.id(role);
        let (Some(id), Some(entered)) = (id, entered) else {
            let logs_in = id.is_some_and(|id| self.graph.is_login(id));
            return Answer::No(vec![if logs_in { Lacking::Entry } else { Lacking::Login }]);
        };
        let Some(manner) = self.manner(id, entered.being) else {
            return Answer::No(self.lacking(id, entered));
        };
        let mut facts = entered.facts.clone();
        self.tell(id, entered.being, manner, &mut facts);
        let grants_itself = facts.iter().any(Fact::grants_itself);
        Answer::Yes { facts, grants_itself }
    }

    /// `being` says whether a session is the role, or whether its privileges are only used by who inherits them.
    pub(crate) fn manner(&self, id: Id, being: bool) -> Option<Manner> {
        if !being {
            let all = |met: &[Held<'_>]| !self.graph.is_above(id) && met.iter().all(|held| held.has(id));
            if all(&self.met) {
                return Some(Manner::Together);
            }
            return self.giving.as_ref().filter(|giving| all(giving.met())).map(|_| Manner::Giving);
        }
        let all = |routes: &[Routes]| !routes.is_empty() && routes.iter().all(|routes| routes.has(id));
        if self.together.has(id) {
            Some(Manner::Together)
        } else if all(&self.split) {
            Some(Manner::Split)
        } else {
            self.giving.as_ref().filter(|giving| giving.has(id)).map(|_| Manner::Giving)
        }
    }

    fn tell(&self, id: Id, being: bool, manner: Manner, facts: &mut Vec<Fact>) {
        match (manner, &self.giving) {
            (Manner::Giving, Some(giving)) => giving.tell(self.graph, id, being, facts),
            (Manner::Split, _) => self.tell_split(id, facts),
            _ => {
                let end = if being { self.together.tell(self.graph, id, facts) } else { None };
                self.met.iter().for_each(|held| held.tell(self.graph, end.unwrap_or(id), facts));
            }
        }
    }

    fn tell_split(&self, id: Id, facts: &mut Vec<Fact>) {
        let mut ends = Vec::new();
        for (held, routes) in self.met.iter().zip(&self.split) {
            let end = routes.tell(self.graph, id, facts).unwrap_or(id);
            held.tell(self.graph, end, facts);
            ends.extend(self.graph.name(end).cloned());
        }
        if let (Some(first), Some(then)) = (ends.first().cloned(), ends.pop()) {
            Fact::add(Some(Fact::Prepares { first, then }), facts);
        }
    }

    fn lacking(&self, id: Id, entered: &Entered) -> Vec<Lacking> {
        let reaches = |at: usize, held: &Held<'_>| {
            let given = || self.giving.as_ref().is_some_and(|giving| giving.reaches(at, id));
            let standing = || Routes::to(self.graph, |id| held.has(id), false).has(id);
            held.has(id) || (entered.being && (given() || standing()))
        };
        let needs = self.needs.session.iter().zip(&self.met).enumerate();
        let missing = needs.filter(|(at, (_, held))| !reaches(*at, held));
        let missing: Vec<Lacking> =
            missing.map(|(_, (need, _))| Lacking::Need(need.permission.clone())).collect();
        if missing.is_empty() {
            let all = self.needs.session.iter().map(|need| need.permission.clone());
            return vec![Lacking::OneRole(all.collect())];
        }
        missing
    }

    /// Where the object's own need is met in the end: the role that has it, and why.
    pub(crate) fn end(&self, id: Id, being: bool, manner: Manner) -> Option<(&Held<'_>, Id, Via)> {
        let (held, routes) = match (manner, &self.giving) {
            (Manner::Giving, Some(giving)) => giving.own(id, being)?,
            (Manner::Split, _) => (self.met.last()?, self.split.last()?),
            _ => (self.met.last()?, &self.together),
        };
        let acting = if being { routes.end(id, |_, _, _| {})? } else { id };
        let (end, via) = held.end(acting)?;
        Some((held, end, via))
    }

    pub(crate) const fn graph(&self) -> &Graph {
        self.graph
    }

    /// True if to begin a session is all that is asked about.
    pub(crate) fn only_entry(&self) -> bool {
        self.needs.session.is_empty()
    }

    /// Every role that can, entered as found at the doors.
    pub(crate) fn everyone<'a>(
        &'a self,
        doors: &'a Doors<'_>,
    ) -> impl Iterator<Item = (Id, bool, Manner)> + 'a {
        self.graph.ids().filter_map(|id| {
            let being = doors.is_entered(id)?;
            Some((id, being, self.manner(id, being)?))
        })
    }
}
