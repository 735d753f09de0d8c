//! Who comes to what on one target: by membership, step by step, with a victim, perhaps. This is the one place where that is
//! asked, so that a better answer to it is one for every constraint.

use access::duties::Subjects;
use access::{End, Everybody, Graph, Passage, Verdict};
use manifest::{Holder, Question};
use model::{
    Attribute, Basis, DatabaseName, Dialect, Escalation, From as Begins, Gain, GrantIntent, Kind, Name, Need,
    Object, Observed, Operation, Pattern, Permission, Place, Principal, RoleName, Segment, Source, Value,
};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const COLUMN: Kind = Kind::known("column");

/// Some of those who are judged, for each verdict.
pub(crate) type Levels = [Subjects; 5];

/// A target, seen or imagined, and those who act on it.
pub(crate) struct Coming<'t> {
    pub(crate) observed: &'t Observed,
    pub(crate) dialect: &'t dyn Dialect,
    /// Which of the targets that are judged together it is.
    number: usize,
    /// Where a session is for what is in no database.
    home: Option<DatabaseName>,
    /// Those who act as a login, or would if they had one. Accounts that have the same may stand behind one of them.
    logins: Vec<RoleName>,
    behind: Vec<Subjects>,
    /// The roles of the model by their names on the target.
    names: BTreeMap<RoleName, RoleName>,
    above: BTreeSet<RoleName>,
    /// The same with whoever carries plans out.
    base: BTreeSet<RoleName>,
    steps: OnceCell<Steps>,
    everybody: BTreeMap<DatabaseName, Arc<Everybody>>,
    /// By where it ends: thousands of objects have the same owner and the same entries.
    alike: BTreeMap<(DatabaseName, Ends), Levels>,
}

/// The steps to more power that are followed, and traps for those who are above every check, which are not.
struct Steps {
    followed: Vec<Escalation>,
    traps: BTreeSet<Gain>,
}

/// Where somebody has what is asked about: at any of these, each with how sure it is at best; or at all of some others.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Ends {
    everybody: bool,
    any: BTreeMap<End, Verdict>,
    parts: Vec<BTreeSet<End>>,
}

/// Those who come to something.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reached {
    pub(crate) who: Levels,
    /// Whose it is to begin with, and why.
    pub(crate) from: BTreeSet<From>,
    /// Where ways to it end.
    pub(crate) ends: BTreeSet<Arrival>,
}

/// Where ways end: on which target, seen from which database.
pub(crate) type Arrival = (usize, DatabaseName, End);

/// Whose a permission is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct From {
    /// A role of the model, or everybody.
    pub(crate) whose: Option<Holder>,
    /// As it is told: `has insert on`. May be empty.
    pub(crate) why: String,
    /// On what: `table sales.orders`.
    pub(crate) on: String,
}

/// A way of somebody's that is more than memberships.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upward {
    /// The role at which it leaves the memberships.
    pub(crate) whose: RoleName,
    /// That role is an account itself.
    pub(crate) own: bool,
    /// The steps from there, in words.
    pub(crate) steps: Vec<String>,
    /// Every step on any such way, in words.
    pub(crate) between: BTreeSet<String>,
}

impl Reached {
    pub(crate) fn join(&mut self, other: &Self) {
        self.who.iter_mut().zip(&other.who).for_each(|(all, more)| *all |= more);
        self.from.extend(other.from.iter().cloned());
        self.ends.extend(other.ends.iter().cloned());
    }

    /// Those who come to both.
    fn meet(&mut self, other: &Self) {
        self.who.iter_mut().zip(&other.who).for_each(|(all, more)| *all &= more);
        self.from.extend(other.from.iter().cloned());
        self.ends.extend(other.ends.iter().cloned());
    }

    /// Those for whom it is so sure.
    pub(crate) const fn at(&self, sure: Verdict) -> &Subjects {
        let [holds, direct, victim, unknown, perhaps] = &self.who;
        match sure {
            Verdict::Holds => holds,
            Verdict::Direct => direct,
            Verdict::Victim => victim,
            Verdict::Unknown => unknown,
            Verdict::Perhaps => perhaps,
        }
    }

    pub(crate) fn is_nobodys(&self) -> bool {
        self.at(Verdict::Perhaps).is_empty()
    }
}

impl<'t> Coming<'t> {
    /// Looks at a target. `names` are the roles of the model by their names there.
    pub(crate) fn of(
        (observed, dialect): (&'t Observed, &'t dyn Dialect),
        number: usize,
        acting: BTreeMap<RoleName, Subjects>,
        names: BTreeMap<RoleName, RoleName>,
    ) -> Self {
        let superuser = |role: &model::Role| {
            role.attributes.get(&Attribute::known("superuser")) == Some(&Value::Flag(true))
        };
        let above = observed.access.roles.iter().filter(|(_, role)| superuser(role));
        let above: BTreeSet<RoleName> = above.map(|(name, _)| name.clone()).collect();
        let executor = [&observed.executor.login, &observed.executor.acts_as].map(RoleName::clone);
        let base = above.iter().cloned().chain(executor).collect();
        let (logins, behind) = acting.into_iter().unzip();
        let (steps, everybody) = (OnceCell::new(), BTreeMap::new());
        let alike = BTreeMap::new();
        let home = observed.at.databases.keys().next().cloned();
        Self { observed, dialect, number, home, logins, behind, names, above, base, steps, everybody, alike }
    }

    /// Who comes to what a grant would give, or to a part of it, or to what does the same.
    pub(crate) fn reaching(&mut self, grant: &GrantIntent) -> Reached {
        let all = grant.operations.iter().any(|operation| operation.as_str() == "all");
        let operations = if all { self.dialect.operations(&grant.on.kind) } else { grant.operations.clone() };
        let mut reached = Reached::default();
        for object in self.meant(&grant.on) {
            for operation in &operations {
                reached.join(&self.doing(operation, &object, &grant.columns));
            }
        }
        reached
    }

    /// Who comes to an operation on an object, a part of it included, or to what does the same.
    pub(crate) fn doing(&mut self, operation: &Operation, on: &Arc<Object>, columns: &[Name]) -> Reached {
        let Some(database) = self.database(on) else { return Reached::default() };
        let database = &database;
        let mut reached = self.any_part(database, operation, on, columns);
        for set in self.dialect.instead_of(operation, &on.kind) {
            let mut all: Option<Reached> = None;
            for other in set {
                // It is the whole object that is deleted from or dropped.
                let one = self.any_part(database, &other, on, &[]);
                match &mut all {
                    Some(all) => all.meet(&one),
                    None => all = Some(one),
                }
            }
            if let Some(all) = all.filter(|all| !all.is_nobodys()) {
                reached.join(&all);
            }
        }
        reached
    }

    /// On the object itself or on any of its columns: the named ones, where some are.
    fn any_part(
        &mut self,
        database: &DatabaseName,
        operation: &Operation,
        on: &Arc<Object>,
        columns: &[Name],
    ) -> Reached {
        let mut parts: Vec<Arc<Object>> = Vec::new();
        if self.dialect.operations(&COLUMN).contains(operation) {
            parts.extend(self.columns(on, columns));
        }
        if columns.is_empty() || parts.is_empty() {
            parts.push(on.clone());
        }
        let mut reached = Reached::default();
        for on in parts {
            let permission = Permission { operation: operation.clone(), on, delegable: false };
            reached.join(&self.who(database, &permission));
        }
        reached
    }

    /// The named columns of an object; where none is named, those that are known and those on which something is granted.
    fn columns(&self, of: &Object, named: &[Name]) -> BTreeSet<Arc<Object>> {
        let column = |name: &Name| {
            let path = of.path.iter().chain([name]).cloned().collect();
            Arc::new(Object::new(of.place.clone(), COLUMN, path))
        };
        if !named.is_empty() {
            return named.iter().map(column).collect();
        }
        let known = self.observed.catalogue.columns.get(of).into_iter().flatten().map(column);
        let first = Object::new(of.place.clone(), COLUMN, of.path.clone());
        let granted = self
            .observed
            .access
            .entries
            .range(Arc::new(first)..)
            .map(|(on, _)| on)
            .take_while(|on| on.kind == COLUMN && on.place == of.place && on.path.starts_with(&of.path));
        known
            .chain(granted.filter(|on| self.dialect.owned_with(on).is_some_and(|with| with == *of)).cloned())
            .collect()
    }

    /// Who comes to exactly this. Neither the door of the database nor that of the schema is asked about: both may be opened by what
    /// is not in the model.
    pub(crate) fn who(&mut self, database: &DatabaseName, permission: &Permission) -> Reached {
        let needs = self.dialect.needs(self.observed, database, permission);
        let need = needs.own();
        let ends = self.ends(database, need);
        let who = self.among(database, &ends);
        let sources = need.sources.iter().chain(need.parts.iter().flat_map(|part| &part.sources));
        let from = sources.map(|source| self.from(source, permission)).collect();
        let arrival = |end: &End| (self.number, database.clone(), end.clone());
        let arrivals = ends.any.keys().chain(ends.parts.iter().flatten()).map(arrival).collect();
        Reached { who, from, ends: arrivals }
    }

    /// The database that a session would be in.
    fn database(&self, on: &Object) -> Option<DatabaseName> {
        let named = on.path.first().filter(|_| on.kind.as_str() == "database");
        let named = named.and_then(|name| DatabaseName::new(name.as_str()).ok());
        on.database().cloned().or(named).or_else(|| self.home.clone())
    }

    /// True if the operation is one on such an object: a privilege, or what its owner may do.
    pub(crate) fn allows(&self, operation: &Operation, on: &Object) -> bool {
        Question::is_owners_only(operation) || self.dialect.operations(&on.kind).contains(operation)
    }

    /// Who comes to use a role.
    pub(crate) fn using(&mut self, role: &RoleName) -> Reached {
        self.coming(End::Uses(role.clone()))
    }

    /// Who comes to be a role, or to have code run as it.
    pub(crate) fn being(&mut self, role: &RoleName) -> Reached {
        self.coming(End::Gained(Gain::Runs(role.clone())))
    }

    fn coming(&mut self, end: End) -> Reached {
        let Some(database) = self.home.clone() else { return Reached::default() };
        let database = &database;
        let mut any = self.above_all();
        any.insert(end, Verdict::Holds);
        let ends = Ends { any, ..Ends::default() };
        let who = self.among(database, &ends);
        let arrivals = ends.any.into_keys().map(|end| (self.number, database.clone(), end)).collect();
        Reached { who, from: BTreeSet::new(), ends: arrivals }
    }

    /// Where somebody has what is needed.
    fn ends(&mut self, database: &DatabaseName, need: &Need) -> Ends {
        let everybodys = |need: &Need| need.sources.iter().any(|source| source.who == Principal::Public);
        let mut any = self.above_all();
        let uses = |need: &Need| -> BTreeSet<End> {
            let roles = need.sources.iter().filter_map(|source| match &source.who {
                Principal::Public => None,
                Principal::Role(role) => Some(End::Uses(role.clone())),
            });
            roles.collect()
        };
        any.extend(uses(need).into_iter().map(|end| (end, Verdict::Holds)));
        any.insert(End::Gained(Gain::Does(need.permission.clone())), Verdict::Holds);
        for way in self.dialect.reaching(self.observed, database, &need.permission) {
            if let Begins::Gained(gain) = way.from {
                any.entry(End::Gained(gain)).or_insert(Verdict::of(&way.certainty));
            }
        }
        let open = !need.parts.is_empty() && need.parts.iter().all(everybodys);
        let parts = need.parts.iter().filter(|part| !everybodys(part)).map(uses).collect();
        let everybody = self.everybody(database);
        any.retain(|end, _| everybody.knows(end));
        Ends { everybody: everybodys(need) || open, any, parts }
    }

    /// Where everything is had: nothing is checked any more, or code runs as a role of which nothing is checked.
    fn above_all(&self) -> BTreeMap<End, Verdict> {
        let runs = self.above.iter().map(|role| Gain::Runs(role.clone()));
        runs.chain([Gain::Everything]).map(|gain| (End::Gained(gain), Verdict::Direct)).collect()
    }

    fn among(&mut self, database: &DatabaseName, ends: &Ends) -> Levels {
        if ends.everybody {
            let all = self.behind.iter().fold(Subjects::new(), |all, who| all | who);
            return [(); 5].map(|()| all.clone());
        }
        let key = (database.clone(), ends.clone());
        if let Some(known) = self.alike.get(&key) {
            return known.clone();
        }
        let everybody = self.everybody(database);
        let trusted = self.behind(&self.trusted(&everybody));
        let mut levels = Levels::default();
        for (sure, level) in Verdict::ALL.into_iter().zip(&mut levels) {
            let reaching = |ends: &mut dyn Iterator<Item = &End>| {
                self.behind(&ends.fold(Subjects::new(), |all, end| all | &*everybody.reaching(end, sure)))
            };
            let of = |held: bool| {
                let counting = ends.any.iter().filter(move |(_, floor)| sure.includes(**floor));
                reaching(
                    &mut counting
                        .filter(|(_, floor)| (**floor == Verdict::Holds) == held)
                        .map(|(end, _)| end),
                )
            };
            let parts = ends.parts.iter().map(|part| reaching(&mut part.iter()));
            let parts = parts.reduce(|all, part| all & part).unwrap_or_default();
            // Whoever is above every check by membership is the trusted base, and is told apart.
            *level = of(true) | (of(false) - &trusted) | parts;
        }
        self.alike.insert(key, levels.clone());
        levels
    }

    /// The logins that come to be above every check, or to carry plans out, by membership alone.
    fn trusted(&self, everybody: &Everybody) -> Subjects {
        let being =
            |role: &RoleName| everybody.reaching(&End::Gained(Gain::Acts(role.clone())), Verdict::Holds);
        self.base.iter().fold(Subjects::new(), |all, role| all | &*being(role))
    }

    /// Those who act as these logins.
    fn behind(&self, logins: &Subjects) -> Subjects {
        let mut all = Subjects::new();
        for number in logins {
            let who = usize::try_from(number).ok().and_then(|number| self.behind.get(number));
            who.into_iter().for_each(|who| all |= who);
        }
        all
    }

    /// Those who are above every check, or carry plans out, by membership.
    pub(crate) fn trusted_base(&mut self, database: &DatabaseName) -> Subjects {
        let everybody = self.everybody(database);
        self.behind(&self.trusted(&everybody))
    }

    /// Those who could set a trap for somebody who is above every check.
    pub(crate) fn trapping(&mut self, database: &DatabaseName) -> Subjects {
        let everybody = self.everybody(database);
        let traps = self.steps().traps.iter().cloned().map(End::Gained);
        let setting =
            traps.fold(Subjects::new(), |all, end| all | &*everybody.reaching(&end, Verdict::Victim));
        self.behind(&(setting - self.trusted(&everybody)))
    }

    fn everybody(&mut self, database: &DatabaseName) -> Arc<Everybody> {
        if let Some(known) = self.everybody.get(database) {
            return known.clone();
        }
        let graph = Graph::of(&self.dialect.powers(self.observed, database));
        let everybody = Arc::new(Everybody::of(graph, self.steps().followed.clone(), &self.logins));
        self.everybody.insert(database.clone(), everybody.clone());
        everybody
    }

    fn steps(&self) -> &Steps {
        self.steps.get_or_init(|| {
            let mut steps = Steps { followed: Vec::new(), traps: BTreeSet::new() };
            for step in self.dialect.escalations(self.observed) {
                let lures = match &step.from {
                    Begins::Gained(gain @ Gain::Lures(_)) => Some(gain),
                    _ => None,
                };
                match (&step.from, &step.gain) {
                    // Told apart as well.
                    (Begins::Runs(role), Gain::Everything) if self.above.contains(role) => {}
                    (_, Gain::Runs(role) | Gain::Acts(role))
                        if lures.is_some() && self.base.contains(role) =>
                    {
                        steps.traps.extend(lures.cloned());
                    }
                    _ => steps.followed.push(behind_doors(step)),
                }
            }
            steps
        })
    }

    /// The ways of somebody that are more than memberships to where something is had.
    pub(crate) fn upward(&self, who: u32, arrival: &Arrival, sure: Verdict) -> Option<Upward> {
        let (number, database, end) = arrival;
        let everybody = self.everybody.get(database).filter(|_| *number == self.number)?;
        let reaching = everybody.reaching(end, sure);
        let logins: Vec<u32> = reaching.iter().filter(|login| self.is_behind(*login, who)).collect();
        let mut between = BTreeSet::new();
        let mut best: Option<Vec<Passage<'_>>> = None;
        for login in logins {
            let all = everybody.between(login, end, sure);
            if !all.iter().any(|passage| matches!(passage, Passage::Escalates(_))) {
                continue;
            }
            between.extend(all.iter().map(|passage| bound(*passage)));
            let way = everybody.way(login, end, sure)?;
            if best.as_ref().is_none_or(|best| way.len() < best.len()) {
                best = Some(way);
            }
        }
        let way = best?;
        let members = way.iter().take_while(|passage| matches!(passage, Passage::Member { .. })).count();
        let (to, up) = way.split_at_checked(members)?;
        let own = to.is_empty();
        let whose = match to.last() {
            Some(Passage::Member { to, .. }) => (*to).clone(),
            _ => self.logins.iter().zip(&self.behind).find(|(_, behind)| behind.contains(who))?.0.clone(),
        };
        // What somebody holds anyway needs no step.
        (!up.is_empty() || !between.is_empty()).then(|| Upward {
            whose,
            own,
            steps: up.iter().map(|passage| told(*passage)).collect(),
            between,
        })
    }

    /// Every step on any such way of somebody's, in words.
    pub(crate) fn between(&self, who: u32, reached: &Reached, sure: Verdict) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for (_, database, end) in &reached.ends {
            let Some(everybody) = self.everybody.get(database) else { continue };
            let reaching = everybody.reaching(end, sure);
            for login in reaching.iter().filter(|login| self.is_behind(*login, who)) {
                all.insert(format!("comes to {end:?}"));
                all.extend(everybody.between(login, end, sure).into_iter().map(bound));
            }
        }
        all
    }

    fn is_behind(&self, login: u32, who: u32) -> bool {
        let behind = usize::try_from(login).ok().and_then(|login| self.behind.get(login));
        behind.is_some_and(|behind| behind.contains(who))
    }

    /// The shortest way of somebody's to what they come to, in words, memberships included.
    pub(crate) fn way(&self, who: u32, reached: &Reached, sure: Verdict) -> Option<String> {
        let mut best: Option<(u32, Vec<Passage<'_>>, &End)> = None;
        for (_, database, end) in &reached.ends {
            let Some(everybody) = self.everybody.get(database) else { continue };
            for login in everybody.reaching(end, sure).iter().filter(|login| self.is_behind(*login, who)) {
                let Some(way) = everybody.way(login, end, sure) else { continue };
                if best.as_ref().is_none_or(|(_, best, _)| way.len() < best.len()) {
                    best = Some((login, way, end));
                }
            }
        }
        let (login, way, end) = best?;
        let login = usize::try_from(login).ok().and_then(|login| self.logins.get(login))?;
        let whose = match end {
            End::Uses(role) => Some(Holder::Role(self.model_name(role).clone())),
            End::Gained(_) => None,
        };
        let last = reached.from.iter().find(|from| whose.is_some() && from.whose == whose);
        let last = last
            .zip(whose.as_ref())
            .map(|(from, whose)| format!("{} {} {}", whose.name(), from.why, from.on));
        let steps: Vec<String> = way.into_iter().map(told).chain(last).collect();
        Some(if steps.is_empty() { login.to_string() } else { steps.join(", then ") })
    }

    fn from(&self, source: &Source, permission: &Permission) -> From {
        let operation = &permission.operation;
        let why = match &source.basis {
            Basis::Granted { .. } => format!("has {operation} on"),
            Basis::Owner | Basis::OwnerMayGrant => "owns".to_owned(),
            Basis::MayHandOn => format!("may hand on {operation} on"),
            Basis::MasterKey => format!("stands for {operation} on every"),
        };
        let on = match &source.basis {
            Basis::MasterKey => source.on.kind.to_string(),
            _ => source.on.to_string(),
        };
        let whose = match &source.who {
            Principal::Public => None,
            Principal::Role(role) => Some(Holder::Role(self.model_name(role).clone())),
        };
        From { whose, why, on }
    }

    /// A role's name in the model.
    pub(crate) fn model_name<'a>(&'a self, role: &'a RoleName) -> &'a RoleName {
        self.names.get(role).unwrap_or(role)
    }

    /// The objects of a kind, or of every kind, that a database has, itself included. What is the engine's own is none of them.
    pub(crate) fn objects_of(&self, database: &DatabaseName, of: Option<&Kind>) -> Vec<Arc<Object>> {
        let inside = |object: &Object| match object.database() {
            Some(name) => name == database,
            None => {
                let named = object.path.first().is_some_and(|name| name.as_str() == database.as_str());
                named && object.kind.as_str() == "database"
            }
        };
        let objects = self.observed.catalogue.objects.iter().filter(|(_, existing)| !existing.system);
        let meant = objects.filter(|(object, _)| inside(object) && of.is_none_or(|of| object.kind == *of));
        meant.map(|(object, _)| object.clone()).collect()
    }

    /// Who comes to hand on something of an object.
    pub(crate) fn handing_on(&mut self, on: &Arc<Object>) -> Reached {
        let Some(database) = self.database(on) else { return Reached::default() };
        let database = &database;
        let mut reached = Reached::default();
        for operation in self.dialect.operations(&on.kind) {
            reached.join(&self.who(database, &Permission { operation, on: on.clone(), delegable: true }));
        }
        reached
    }

    /// The objects that a phrase means.
    pub(crate) fn meant(&self, on: &model::NamedObjects) -> Vec<Arc<Object>> {
        let place = on.database.clone().map_or(Place::Cluster, Place::Database);
        let start = Object::new(place.clone(), on.kind.clone(), Vec::new());
        let objects = self.observed.catalogue.objects.range::<Object, _>(&start..);
        let objects = objects.take_while(|(object, _)| object.place == place && object.kind == on.kind);
        let meant = objects.filter(|(object, existing)| {
            let named = |name: &Pattern| {
                let by_schema = matches!(name.path.first(), Some(Segment::Exactly(_)));
                name.matches(object) && (by_schema || !existing.system)
            };
            (on.varieties.is_empty() || on.varieties.contains(&existing.variety))
                && on.names.iter().any(named)
                && !on.except.iter().any(|except| except.matches(object))
        });
        meant.map(|(object, _)| object.clone()).collect()
    }
}

/// The same in a session that everybody can begin, with schemas that everybody can use: both may be opened by what is not in the model.
fn behind_doors(step: Escalation) -> Escalation {
    let Begins::Has(mut needs) = step.from else { return step };
    let is_door = |need: &Need| {
        let Permission { operation, on, delegable } = &need.permission;
        let door = [("schema", "usage"), ("database", "connect"), ("database", "temporary")];
        !delegable && door.contains(&(on.kind.as_str(), operation.as_str()))
    };
    needs.retain(|need| !is_door(need));
    Escalation { from: Begins::Has(needs), ..step }
}

/// A step as an exception is bound to it: what it begins from and where it leads, in no words that may be said better.
fn bound(passage: Passage<'_>) -> String {
    let Passage::Escalates(step) = passage else { return told(passage) };
    let from = match &step.from {
        Begins::LogsIn(role) => format!("session of {role}"),
        Begins::Runs(role) => format!("code as {role}"),
        Begins::Uses(role) => format!("privileges of {role}"),
        Begins::Has(needs) => {
            needs.iter().map(|need| need.permission.to_string()).collect::<Vec<_>>().join(" and ")
        }
        Begins::Gained(gain) => gain.to_string(),
    };
    let within = step.database.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{from} in {within}: {} ({})", step.gain, step.certainty.rank())
}

fn told(passage: Passage<'_>) -> String {
    match passage {
        Passage::Member { from, way, to } => format!("{from} {way} {to}"),
        Passage::Escalates(step) => {
            if step.because.is_empty() {
                step.gain.to_string()
            } else {
                step.because.clone()
            }
        }
    }
}
