//! Boundaries: what each is, and that no role reaches beyond its own, through whatever it inherits.

use super::Compiler;
use crate::diagnostic::Diagnostic;
use crate::manifest::{BoundaryEntry, Entry};
use crate::model::In;
use crate::nearest::{did_you_mean, there_are};
use ::model::{Attribute, Boundary, GrantIntent, Kind, Operation, Principal, RoleName, Vocabulary};
use foldhash::{HashMap, HashMapExt, HashSet};
use std::collections::{BTreeMap, BTreeSet};

/// One power that a role has, and the first thing that gives it: a grant, an ownership, an attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Power {
    Operation { engine: usize, kind: Kind, operation: Operation, columns: bool },
    Owning { engine: usize },
    Flag(Attribute),
}

#[derive(Debug, Clone, Copy)]
enum Origin {
    Grant(usize),
    Owning(usize),
    Flag,
}

type Powers = BTreeMap<Power, (Origin, RoleName)>;

/// Something beyond a boundary in words, what gives it, and whose that is.
type Beyond = (String, Origin, RoleName);

impl<'a> Compiler<'a> {
    /// The boundaries of every engine that the model uses.
    pub(super) fn boundaries(&mut self) {
        let manifest = self.manifest;
        for engine in self.engines.clone() {
            for built_in in &engine.boundaries {
                let key = (engine.engine.to_owned(), built_in.name.clone());
                self.model.boundaries.insert(key, built_in.clone());
            }
        }
        for entry in manifest.boundaries.values() {
            for engine in self.engines.clone() {
                let before = self.out.len();
                let key = (engine.engine.to_owned(), entry.name.value.clone());
                if self.model.boundaries.contains_key(&key) {
                    let message = format!("`{}` is a built-in boundary", entry.name.value);
                    let help = format!("take another name, with `like: {}`", entry.name.value);
                    self.say(Diagnostic::error("RW114", message).at(entry.name.span, "here").help(help));
                    continue;
                }
                let boundary = self.own_boundary(entry, engine);
                if self.out.len() > before {
                    self.broken_boundaries.insert(&entry.name.value);
                }
                self.model.boundaries.insert(key, boundary);
            }
        }
    }

    fn own_boundary(&mut self, entry: &'a Entry<BoundaryEntry>, engine: &'a Vocabulary) -> Boundary {
        let own = &entry.value;
        let base = own.like.as_ref().and_then(|like| {
            let found = engine.boundaries.iter().find(|boundary| boundary.name == like.value);
            if found.is_none() {
                let known = engine.boundaries.iter().map(|boundary| boundary.name.as_str());
                let help =
                    did_you_mean(like.as_str(), known).unwrap_or_else(|| "name a built-in one".to_owned());
                let message = format!("there is no built-in boundary `{}`", like.value);
                self.say(Diagnostic::error("RW114", message).at(like.span, "unknown").help(help));
            }
            found
        });
        let mut boundary = Boundary {
            name: entry.name.value.clone(),
            about: own.about.as_ref().map(|about| about.value.clone()).unwrap_or_default(),
            operations: base.map(|base| base.operations.clone()).unwrap_or_default(),
            may_own: own.may_own.unwrap_or_else(|| base.is_some_and(|base| base.may_own)),
            flags: base.map(|base| base.flags.clone()).unwrap_or_default(),
        };
        for operations in own.operations.values() {
            self.own_operations(operations, engine, &mut boundary);
        }
        for name in &own.attributes {
            match engine.flags.iter().find(|flag| flag.as_str() == name.value) {
                Some(flag) if boundary.flags.contains(flag) => {}
                Some(flag) => boundary.flags.push(flag.clone()),
                None => {
                    let known = engine.flags.iter().map(Attribute::as_str);
                    let help = did_you_mean(name.as_str(), known).unwrap_or_default();
                    let message = format!("there is no attribute `{}`", name.value);
                    self.say(Diagnostic::error("RW115", message).at(name.span, "unknown").help(help));
                }
            }
        }
        boundary
    }

    /// What is written for a kind stands in place of what the boundary started from.
    fn own_operations(
        &mut self,
        entry: &'a Entry<Vec<crate::Text>>,
        engine: &Vocabulary,
        boundary: &mut Boundary,
    ) {
        let Some(kind) = engine.kind(entry.name.as_str()) else {
            let known = engine.kinds.iter().map(|kind| kind.word);
            let help = did_you_mean(entry.name.as_str(), known).unwrap_or_default();
            let message = format!("{} has no kind of object `{}`", engine.engine, entry.name.value);
            self.say(Diagnostic::error("RW131", message).at(entry.name.span, "unknown").help(help));
            return;
        };
        let mut operations = Vec::new();
        for word in &entry.value {
            let lower = word.value.to_ascii_lowercase();
            if lower == "all" {
                operations.extend(kind.operations.iter().cloned());
            } else if let Some(known) = kind.operations.iter().find(|known| known.as_str() == lower) {
                operations.push(known.clone());
            } else {
                let known = kind.operations.iter().map(Operation::as_str).collect::<Vec<_>>();
                let message = format!("`{}` cannot be granted on a {}", word.value, kind.word);
                let help = format!("it has {}, or `all`", known.join(", "));
                self.say(Diagnostic::error("RW132", message).at(word.span, "here").help(help));
            }
        }
        let column = Kind::known("column");
        boundary
            .operations
            .retain(|(of, _)| *of != kind.kind && (*of != column || kind.column_operations.is_empty()));
        if !kind.column_operations.is_empty() {
            let on_columns =
                operations.iter().filter(|one| kind.column_operations.contains(one)).cloned().collect();
            boundary.operations.push((column, on_columns));
        }
        boundary.operations.push((kind.kind.clone(), operations));
    }

    /// Reports every role that reaches beyond its boundary, once for each thing beyond it.
    pub(super) fn within_boundaries(&mut self) {
        let origins = self.origins();
        let juniors = self.model.roles.values().flat_map(|facts| &facts.juniors);
        let juniors: HashSet<RoleName> = juniors.map(|held| held.role.clone()).collect();
        let mut authorised: HashMap<RoleName, Powers> = HashMap::with_capacity(juniors.len());
        for role in self.juniors_first() {
            let own = origins.get(&role).map(Vec::as_slice).unwrap_or_default();
            let mut powers = self.own_powers(&role, own);
            let held = self.model.roles.get(&role).map(|facts| facts.juniors.as_slice()).unwrap_or_default();
            for junior in held {
                for (power, origin) in authorised.get(&junior.role).into_iter().flatten() {
                    powers.entry(power.clone()).or_insert_with(|| origin.clone());
                }
            }
            self.judge(&role, &powers);
            if juniors.contains(&role) {
                authorised.insert(role, powers);
            }
        }
    }

    /// What gives each role something of its own, in the order in which the model says it.
    fn origins(&self) -> HashMap<RoleName, Vec<Origin>> {
        let mut all: HashMap<RoleName, Vec<Origin>> = HashMap::with_capacity(self.model.roles.len());
        for (at, grant) in self.model.grants.iter().enumerate() {
            if let Principal::Role(role) = &grant.what.to {
                all.entry(role.clone()).or_default().push(Origin::Grant(at));
            }
        }
        for (at, owns) in self.model.owns.iter().enumerate() {
            all.entry(owns.what.owner.clone()).or_default().push(Origin::Owning(at));
        }
        all
    }

    fn own_powers(&self, role: &RoleName, origins: &[Origin]) -> Powers {
        let mut powers = Powers::new();
        // Most grants of a role give what another one gives, on other objects.
        let mut seen: Vec<(usize, &In<GrantIntent>)> = Vec::new();
        for origin in origins {
            if let Origin::Grant(at) = origin
                && let Some(grant) = self.model.grants.get(*at)
            {
                if seen
                    .iter()
                    .rev()
                    .take(8)
                    .any(|(other, known)| self.gives_alike((*at, grant), (*other, known)))
                {
                    continue;
                }
                seen.push((*at, grant));
            }
            for power in self.powers_of(*origin) {
                powers.entry(power).or_insert_with(|| (*origin, role.clone()));
            }
        }
        for (attribute, value) in self.model.roles.get(role).into_iter().flat_map(|f| &f.intent.attributes) {
            let flag = self.engines.iter().any(|engine| engine.flags.contains(attribute));
            // To inherit is how a role holds, not what it holds.
            if flag && *value == ::model::Value::Flag(true) && attribute.as_str() != "inherit" {
                powers.insert(Power::Flag(attribute.clone()), (Origin::Flag, role.clone()));
            }
        }
        powers
    }

    /// True if two grants give the same operations on the same kind, whatever the objects are.
    fn gives_alike(&self, (at, a): (usize, &In<GrantIntent>), (other, b): (usize, &In<GrantIntent>)) -> bool {
        let word = |at: usize| self.grant_places.get(at).map(|place| place.word);
        a.database == b.database
            && a.what.on.kind == b.what.on.kind
            && a.what.operations == b.what.operations
            && a.what.columns.is_empty() == b.what.columns.is_empty()
            && word(at) == word(other)
    }

    fn powers_of(&self, origin: Origin) -> Vec<Power> {
        let engine_of = |database: usize| {
            let name = self.database_at(database).map(|database| database.engine.as_str());
            self.engines.iter().position(|engine| Some(engine.engine) == name).unwrap_or(0)
        };
        let at = match origin {
            Origin::Grant(at) => at,
            Origin::Owning(at) => {
                let owns = self.model.owns.get(at);
                return owns
                    .map(|owns| Power::Owning { engine: engine_of(owns.database) })
                    .into_iter()
                    .collect();
            }
            Origin::Flag => return Vec::new(),
        };
        let Some(grant) = self.model.grants.get(at) else { return Vec::new() };
        let engine = engine_of(grant.database);
        let columns = !grant.what.columns.is_empty();
        let word = self.grant_places.get(at).and_then(|place| self.engines.get(engine)?.kind(place.word));
        let every = word.map(|word| if columns { &word.column_operations } else { &word.operations });
        let meant = |operation| match every {
            Some(every) if Operation::as_str(operation) == "all" => every.as_slice(),
            _ => std::slice::from_ref(operation),
        };
        let power = |operation: &Operation| {
            let kind = grant.what.on.kind.clone();
            Power::Operation { engine, kind, operation: operation.clone(), columns }
        };
        grant.what.operations.iter().flat_map(meant).map(power).collect()
    }

    /// The roles in such an order that each comes after its juniors. Cycles were cut before.
    fn juniors_first(&self) -> Vec<RoleName> {
        let mut order = Vec::with_capacity(self.model.roles.len());
        let mut done: BTreeSet<&RoleName> = BTreeSet::new();
        for start in self.model.roles.keys() {
            let mut path: Vec<(&RoleName, usize)> = vec![(start, 0)];
            while let Some((role, next)) = path.last_mut() {
                let (role, at) = (*role, *next);
                *next += 1;
                let junior = self.model.roles.get(role).and_then(|facts| facts.juniors.get(at));
                if done.contains(role) {
                    path.pop();
                } else if let Some(junior) = junior {
                    if let Some((known, _)) = self.model.roles.get_key_value(&junior.role)
                        && !done.contains(known)
                    {
                        path.push((known, 0));
                    }
                } else {
                    done.insert(role);
                    order.push(role.clone());
                    path.pop();
                }
            }
        }
        order
    }

    fn judge(&mut self, role: &RoleName, powers: &Powers) {
        let manifest = self.manifest;
        let Some(entry) = manifest.roles.get(role.as_str()) else { return };
        let Some(boundary) = &entry.value.boundary else { return };
        let limits: Vec<Option<&Boundary>> =
            self.engines.iter().map(|engine| self.boundary(engine.engine, boundary.as_str())).collect();
        if limits.iter().all(Option::is_none) {
            if !self.broken_boundaries.contains(boundary.as_str()) && !self.engines.is_empty() {
                let names: BTreeSet<&str> =
                    self.model.boundaries.keys().map(|(_, name)| name.as_str()).collect();
                let help = did_you_mean(boundary.as_str(), names.iter().copied())
                    .unwrap_or_else(|| there_are(names.iter().copied()));
                let message = format!("there is no boundary `{}`", boundary.value);
                self.say(Diagnostic::error("RW114", message).at(boundary.span, "not defined").help(help));
            }
            return;
        }
        let mut beyond: BTreeMap<(usize, usize), Vec<Beyond>> = BTreeMap::new();
        for (power, (origin, from)) in powers {
            if let Some(what) = beyond_limits(&limits, power) {
                let key = match origin {
                    Origin::Grant(at) => (0, *at),
                    Origin::Owning(at) => (1, *at),
                    Origin::Flag => (2, 0),
                };
                beyond.entry(key).or_default().push((what, *origin, from.clone()));
            }
        }
        for powers in beyond.into_values() {
            self.overstepped(role, boundary, &powers);
        }
    }

    fn overstepped(&mut self, role: &RoleName, boundary: &crate::Text, powers: &[Beyond]) {
        let what = powers.iter().map(|(what, _, _)| what.as_str()).collect::<Vec<_>>().join(", ");
        let message = format!("role `{role}` oversteps its boundary `{}`: {what}", boundary.value);
        let Some((_, origin, from)) = powers.first() else { return };
        let place = match origin {
            Origin::Grant(at) => self.grant_places.get(*at).map(|place| place.span),
            Origin::Owning(at) => self.own_places.get(*at).copied(),
            Origin::Flag => {
                let entry = self.manifest.roles.get(from.as_str());
                entry.and_then(|entry| entry.value.attributes.first()).map(|(name, _)| name.span)
            }
        };
        let mut diagnostic = Diagnostic::error("RW141", message);
        if from == role {
            if let Some(place) = place {
                diagnostic = diagnostic.at(place, "beyond it");
            }
            diagnostic = diagnostic.at(boundary.span, "the boundary");
        } else {
            if let Some(through) = self.through(role, from) {
                diagnostic = diagnostic.at(through, format!("brings it, from `{from}`"));
            }
            diagnostic = diagnostic.at(boundary.span, "the boundary");
            if let Some(place) = place {
                diagnostic = diagnostic.at(place, "granted here");
            }
        }
        self.say(diagnostic.help("take it away, or give the role a wider boundary"));
    }

    /// The line of a role's `inherits` through which it reaches another one.
    fn through(&self, role: &RoleName, reached: &RoleName) -> Option<crate::Span> {
        let entry = self.manifest.roles.get(role.as_str())?;
        let leads = |junior: &&crate::MembershipEntry| {
            let mut left: Vec<&str> = vec![junior.role.as_str()];
            let mut seen: BTreeSet<&str> = BTreeSet::new();
            while let Some(name) = left.pop() {
                if name == reached.as_str() {
                    return true;
                }
                if let (true, Some(facts)) = (seen.insert(name), self.model.roles.get(name)) {
                    left.extend(facts.juniors.iter().map(|held| held.role.as_str()));
                }
            }
            false
        };
        entry.value.inherits.iter().find(leads).map(|junior| junior.role.span)
    }
}

/// What lies beyond a boundary, given for each engine, in words; `None` if it lies inside.
fn beyond_limits(limits: &[Option<&Boundary>], power: &Power) -> Option<String> {
    let of = |engine: &usize| limits.get(*engine).copied().flatten();
    match power {
        Power::Operation { engine, kind, operation, columns } => {
            let limit = of(engine)?;
            let column = Kind::known("column");
            let allowed = limit.allows(kind, operation) || (*columns && limit.allows(&column, operation));
            (!allowed).then(|| format!("`{operation}` on a {kind}"))
        }
        Power::Owning { engine } => (!of(engine)?.may_own).then(|| "owning objects".to_owned()),
        Power::Flag(flag) => {
            let allowed = limits.iter().flatten().any(|limit| limit.flags.contains(flag));
            (!allowed).then(|| format!("the attribute `{flag}`"))
        }
    }
}
