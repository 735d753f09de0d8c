//! The same ways for everybody at once: who comes to what, and how sure that is, without a walk for each.
//!
//! Of a step that needs several things the walk of one person asks whether one role has them all. Here it is enough to come to all
//! of them: what is prepared as one role can be used as another. So nobody is left out, and somebody may be told too many.

use super::Verdict;
use crate::duties::{Subjects, Web};
use crate::graph::{Graph, Id};
use model::{Escalation, From, Gain, Need, Principal, RoleName, Way};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Who comes to what on one target. Those who act are numbered in the order given.
#[derive(Debug)]
pub struct Everybody {
    graph: Graph,
    steps: Vec<Escalation>,
    gains: BTreeMap<Gain, u32>,
    starts: Vec<Place>,
    links: Vec<Link>,
    levels: Vec<Arc<Level>>,
}

/// Where a way may end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// The privileges of the role are used.
    Uses(RoleName),
    /// This is gained.
    Gained(Gain),
}

/// One step on a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage<'e> {
    /// From role to role.
    Member {
        /// From here.
        from: &'e RoleName,
        /// How.
        way: Way,
        /// To here.
        to: &'e RoleName,
    },
    /// To more power.
    Escalates(&'e Escalation),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    /// A session of the login begins.
    Begun(Id),
    /// A login that the target does not have.
    Nobody(u32),
    Acts(Id),
    Runs(Id),
    Uses(Id),
    Handed(Id),
    /// Every role can be handed out.
    AnyRole,
    /// Whoever has a session.
    Anyone,
    Gained(u32),
}

#[derive(Debug)]
struct Link {
    from: Place,
    to: Place,
    sure: Verdict,
    by: By,
}

/// Why one place leads to the next.
#[derive(Debug, Clone, Copy)]
enum By {
    /// It is a part of it.
    Same,
    Member(Way),
    Step(usize),
}

/// What is reached by the steps that one verdict includes.
#[derive(Debug)]
struct Level {
    web: Web<Place>,
    /// For each link of the web its number among all.
    numbers: Vec<usize>,
}

impl Everybody {
    /// Reads the steps. `logins` are the roles as which sessions begin.
    #[must_use]
    pub fn of(graph: Graph, steps: Vec<Escalation>, logins: &[RoleName]) -> Self {
        let mut gains = BTreeMap::new();
        for step in &steps {
            let begins = match &step.from {
                From::Gained(gain) => Some(gain),
                _ => None,
            };
            for gain in begins.into_iter().chain([&step.gain]) {
                let next = u32::try_from(gains.len()).unwrap_or(u32::MAX);
                gains.entry(gain.clone()).or_insert(next);
            }
        }
        let start =
            |(number, login): (u32, &RoleName)| graph.id(login).map_or(Place::Nobody(number), Place::Begun);
        let starts: Vec<Place> = (0..).zip(logins).map(start).collect();
        let mut gather = Gather { graph: &graph, gains: &gains, links: Vec::new() };
        gather.sessions(&starts);
        gather.members();
        steps.iter().enumerate().for_each(|(number, step)| gather.step(number, step));
        let links = gather.links;
        let mut levels: Vec<Arc<Level>> = Vec::new();
        for sure in Verdict::ALL {
            // Most targets have no step of some kinds, and what leads nowhere else is laid out once.
            let alike = Verdict::ALL.into_iter().zip(&levels).find(|(other, _)| {
                links.iter().all(|link| sure.includes(link.sure) == other.includes(link.sure))
            });
            let known = alike.map(|(_, level)| level.clone());
            levels.push(known.unwrap_or_else(|| Arc::new(Level::of(&links, &starts, sure))));
        }
        Self { graph, steps, gains, starts, links, levels }
    }

    /// True if there is such an end, so that anybody could come there.
    #[must_use]
    pub fn knows(&self, end: &End) -> bool {
        self.place(end).is_some()
    }

    /// Those who come there by steps that the verdict includes.
    #[must_use]
    pub fn reaching(&self, end: &End, sure: Verdict) -> Arc<Subjects> {
        let reaching = |place| Some(self.levels.get(sure as usize)?.web.reaching(&place));
        self.place(end).and_then(reaching).unwrap_or_default()
    }

    /// The shortest way by such steps, if there is one.
    #[must_use]
    pub fn way(&self, login: u32, end: &End, sure: Verdict) -> Option<Vec<Passage<'_>>> {
        let level = self.levels.get(sure as usize)?;
        let way = level.web.way(self.start(login)?, &self.place(end)?)?;
        Some(self.told(level, way))
    }

    /// Every step that is on some such way.
    #[must_use]
    pub fn between(&self, login: u32, end: &End, sure: Verdict) -> Vec<Passage<'_>> {
        let between = || {
            let level = self.levels.get(sure as usize)?;
            Some(self.told(level, level.web.between(self.start(login)?, &self.place(end)?)))
        };
        between().unwrap_or_default()
    }

    fn start(&self, login: u32) -> Option<&Place> {
        self.starts.get(usize::try_from(login).ok()?)
    }

    fn place(&self, end: &End) -> Option<Place> {
        match end {
            End::Uses(role) => self.graph.id(role).map(Place::Uses),
            End::Gained(gain) => place(&self.graph, &self.gains, gain),
        }
    }

    fn told(&self, level: &Level, links: Vec<usize>) -> Vec<Passage<'_>> {
        let passage = |number: usize| {
            let link = self.links.get(*level.numbers.get(number)?)?;
            match link.by {
                By::Same => None,
                By::Step(number) => self.steps.get(number).map(Passage::Escalates),
                By::Member(way) => {
                    let name = |place| self.graph.name(role(place)?);
                    Some(Passage::Member { from: name(link.from)?, way, to: name(link.to)? })
                }
            }
        };
        links.into_iter().filter_map(passage).collect()
    }
}

const fn role(place: Place) -> Option<Id> {
    match place {
        Place::Begun(id) | Place::Acts(id) | Place::Runs(id) | Place::Uses(id) | Place::Handed(id) => {
            Some(id)
        }
        Place::Nobody(_) | Place::AnyRole | Place::Anyone | Place::Gained(_) => None,
    }
}

fn place(graph: &Graph, gains: &BTreeMap<Gain, u32>, gain: &Gain) -> Option<Place> {
    match gain {
        Gain::Acts(role) => graph.id(role).map(Place::Acts),
        Gain::Runs(role) => graph.id(role).map(Place::Runs),
        other => gains.get(other).copied().map(Place::Gained),
    }
}

impl Level {
    fn of(links: &[Link], starts: &[Place], sure: Verdict) -> Self {
        let counting = links.iter().enumerate().filter(|(_, link)| sure.includes(link.sure));
        let web = Web::new(starts, counting.clone().map(|(_, link)| (&link.from, &link.to)));
        Self { web, numbers: counting.map(|(number, _)| number).collect() }
    }
}

struct Gather<'a> {
    graph: &'a Graph,
    gains: &'a BTreeMap<Gain, u32>,
    links: Vec<Link>,
}

impl Gather<'_> {
    fn same(&mut self, from: Place, to: Place) {
        self.links.push(Link { from, to, sure: Verdict::Holds, by: By::Same });
    }

    fn member(&mut self, from: Place, way: Way, to: Place) {
        self.links.push(Link { from, to, sure: Verdict::Holds, by: By::Member(way) });
    }

    fn sessions(&mut self, starts: &[Place]) {
        for start in starts {
            if let Place::Begun(id) = start {
                self.same(*start, Place::Acts(*id));
                self.same(*start, Place::Anyone);
            }
        }
    }

    fn members(&mut self) {
        let graph = self.graph;
        for id in graph.ids() {
            self.same(Place::Acts(id), Place::Runs(id));
            self.same(Place::Runs(id), Place::Uses(id));
            self.same(Place::Handed(id), Place::Acts(id));
            for next in graph.onward(Way::Becomes, id) {
                self.member(Place::Acts(id), Way::Becomes, Place::Acts(*next));
            }
            for next in graph.onward(Way::Inherits, id) {
                self.member(Place::Uses(id), Way::Inherits, Place::Uses(*next));
            }
            for next in graph.onward(Way::Administers, id) {
                self.member(Place::Uses(id), Way::Administers, Place::Handed(*next));
            }
            if graph.gives_any(id) {
                self.same(Place::Runs(id), Place::AnyRole);
            }
            if !graph.givers_of(id).is_empty() {
                self.same(Place::AnyRole, Place::Handed(id));
            }
        }
    }

    fn step(&mut self, number: usize, step: &Escalation) {
        let (graph, gains) = (self.graph, self.gains);
        let Some(to) = self.end_of(step) else { return };
        let sure = Verdict::of(&step.certainty);
        let from: Vec<Place> = match &step.from {
            From::LogsIn(role) => graph.id(role).map(Place::Begun).into_iter().collect(),
            From::Runs(role) => graph.id(role).map(Place::Runs).into_iter().collect(),
            From::Uses(role) => graph.id(role).map(Place::Uses).into_iter().collect(),
            From::Gained(gain) => place(graph, gains, gain).into_iter().collect(),
            From::Has(needs) => self.having(needs),
        };
        let link = |from| Link { from, to, sure, by: By::Step(number) };
        self.links.extend(from.into_iter().map(link));
    }

    /// Where a step leads. Who runs code as a role and thereby gets to be one begins a session of its own for that.
    fn end_of(&mut self, step: &Escalation) -> Option<Place> {
        let to = place(self.graph, self.gains, &step.gain)?;
        match (&step.from, to) {
            (From::Runs(_), Place::Acts(id)) => {
                self.same(Place::Begun(id), to);
                Some(Place::Begun(id))
            }
            _ => Some(to),
        }
    }

    /// From where all of it is had.
    fn having(&self, needs: &[Need]) -> Vec<Place> {
        let asked: Vec<&Need> = needs.iter().filter(|need| !is_everybodys(need)).collect();
        match asked.as_slice() {
            [] => vec![Place::Anyone],
            [one] if one.parts.is_empty() => self.sources(one).into_iter().map(Place::Uses).collect(),
            several => {
                let code = self.meeting(several, &|to| self.using(to));
                let session = self.meeting(several, &|to| self.coming(to));
                // Whoever comes to a role that has it all takes the step from there.
                let alone = self.coming(code.clone());
                let session =
                    session.into_iter().filter(|id| !alone.contains(id)).map(Place::Acts).collect::<Vec<_>>();
                self.lowest(&code).into_iter().map(Place::Uses).chain(session).collect()
            }
        }
    }

    /// Those from which the others inherit.
    fn lowest(&self, all: &BTreeSet<Id>) -> BTreeSet<Id> {
        let next = |id: Id| self.graph.onward(Way::Inherits, id).iter();
        let mut lowest: BTreeSet<Id> =
            all.iter().copied().filter(|id| !next(*id).any(|next| all.contains(next))).collect();
        // In a circle each inherits from another.
        let reached = self.using(lowest.clone());
        lowest.extend(all.difference(&reached));
        lowest
    }

    fn sources(&self, need: &Need) -> BTreeSet<Id> {
        need.sources.iter().filter_map(|source| self.graph.holder(&source.who)).collect()
    }

    /// The roles that come to all of it, as `leading` says who comes to any of some.
    fn meeting(&self, needs: &[&Need], leading: &dyn Fn(BTreeSet<Id>) -> BTreeSet<Id>) -> BTreeSet<Id> {
        let mut all: Option<BTreeSet<Id>> = None;
        for need in needs {
            let mut met = leading(self.sources(need));
            let parts: Vec<&Need> = need.parts.iter().filter(|part| !is_everybodys(part)).collect();
            if !parts.is_empty() {
                met.extend(self.meeting(&parts, leading));
            }
            all = Some(match all {
                Some(all) => all.intersection(&met).copied().collect(),
                None => met,
            });
        }
        all.unwrap_or_default()
    }

    /// Code that runs as which role uses one of these.
    fn using(&self, mut to: BTreeSet<Id>) -> BTreeSet<Id> {
        let mut waiting: Vec<Id> = to.iter().copied().collect();
        while let Some(id) = waiting.pop() {
            let before = self.graph.back(Way::Inherits, id).iter();
            waiting.extend(before.filter(|before| to.insert(**before)));
        }
        to
    }

    /// A session as which role comes to use one of these, whatever it becomes or hands out.
    fn coming(&self, to: BTreeSet<Id>) -> BTreeSet<Id> {
        let graph = self.graph;
        let mut acting = self.using(to);
        let mut waiting: Vec<Id> = acting.iter().copied().collect();
        while let Some(id) = waiting.pop() {
            let becomes = graph.back(Way::Becomes, id).iter().copied();
            // Whoever uses one that may hand it out becomes it.
            let handing: BTreeSet<Id> = graph.back(Way::Administers, id).iter().copied().collect();
            let before = becomes.chain(self.using(handing)).chain(graph.givers_of(id).iter().copied());
            waiting.extend(before.filter(|before| acting.insert(*before)));
        }
        acting
    }
}

fn is_everybodys(need: &Need) -> bool {
    let everybody = |need: &Need| need.sources.iter().any(|source| source.who == Principal::Public);
    everybody(need) || (!need.parts.is_empty() && need.parts.iter().all(everybody))
}
