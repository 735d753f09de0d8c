#![doc = include_str!("trigger_owner.md")]

use super::accountable;
use crate::words::{attribute, kind};
use audit::told::{listed, several};
use audit::{About, Facts, Finding, Look, Manual, Mending, Reach, Rule, Severity};
use model::{Change, Fired, Held, Name, Object, Operation, Place, Principal, RoleName, Survey};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The rule.
pub(super) struct TriggerOwner;

impl Rule for TriggerOwner {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("trigger_owner.md"))
    }

    fn worst(&self) -> Severity {
        Severity::Critical
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let Some(survey) = look.observed.survey.as_ref().filter(|survey| !survey.triggers.is_empty()) else {
            return Vec::new();
        };
        let people = People::of(look, survey);
        let of_routine = |(routine, fired): (&Arc<Object>, &BTreeSet<Fired>)| {
            let owner = look.observed.access.owners.get(routine)?;
            self.of_routine(look, &people, (routine, owner), fired)
        };
        survey.triggers.iter().filter_map(of_routine).collect()
    }
}

impl TriggerOwner {
    fn of_routine(
        &self,
        look: &Look<'_>,
        people: &People<'_>,
        (routine, owner): (&Arc<Object>, &RoleName),
        fired: &BTreeSet<Fired>,
    ) -> Option<Finding> {
        if look.is_engines_own(owner) || look.is_managed(owner) || look.has(owner, &attribute::SUPERUSER) {
            return None;
        }
        let (mut evidence, mut tables, mut owners) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        let mut facts = Facts::new().with("owns", &[routine, owner]);
        let (mut everybody, mut severity) = (false, Severity::High);
        for one in fired {
            let Some(table) = &one.on else {
                everybody = true;
                facts.add("runs for all", &[&one.name, &Vec::from_iter(&one.by)]);
                evidence.push(format!("event trigger {} runs it at {}", one.name, listed(&one.by)));
                continue;
            };
            let Some(theirs) = look.observed.access.owners.get(table) else { continue };
            let mut writers = people.writers.on(table, &one.by, [owner, theirs]);
            if !people.to(theirs).is_empty() {
                writers.insert(Principal::Role(theirs.clone()));
            }
            if writers.is_empty() || people.that_gain(owner, theirs).is_empty() {
                continue;
            }
            if writers.iter().any(|writer| people.is_superusers(look, writer)) {
                severity = Severity::Critical;
            }
            let (by, who) = (Vec::from_iter(&one.by), Vec::from_iter(&writers));
            facts.add("runs", &[&one.name, table, &by, &who]);
            let of = look.named(table);
            evidence.push(format!("trigger {} of {of} runs it as {}", one.name, listed(&writers)));
            tables.insert(table);
            owners.insert(theirs);
        }
        if evidence.is_empty() {
            return None;
        }
        let getting_there = people.to(owner);
        facts.each("gets there", getting_there.iter().copied());
        if everybody {
            severity = if getting_there.is_empty() {
                severity_without(&tables, severity)
            } else {
                Severity::Critical
            };
        }
        let there =
            if getting_there.is_empty() { "no login gets there".to_owned() } else { listed(getting_there) };
        evidence.insert(0, format!("its owner is {owner}: {there}"));
        let to = if everybody { Some(&look.observed.at.root) } else { owners.pop_first() };
        Some(Finding {
            rule: self.code(),
            severity,
            about: About::Object(routine.clone()),
            what: if everybody {
                "its owner acts as whoever changes definitions, superusers included".to_owned()
            } else {
                format!("its owner acts as whoever writes to {}", several(tables.len(), "tables"))
            },
            evidence,
            facts: facts.digest(),
            mending: mended(look, routine, owner, to.filter(|_| owners.is_empty() || everybody)),
        })
    }
}

/// How bad an event trigger is while nobody gets to its function's owner.
fn severity_without(tables: &BTreeSet<&Arc<Object>>, of_tables: Severity) -> Severity {
    if tables.is_empty() { Severity::Medium } else { of_tables }
}

/// Another owner, where it is clear which. What an extension made belongs with it.
fn mended(look: &Look<'_>, routine: &Arc<Object>, from: &RoleName, to: Option<&RoleName>) -> Mending {
    let known = look.observed.catalogue.objects.get(routine);
    match to.filter(|_| known.is_some_and(|known| known.extension.is_none())) {
        Some(to) => {
            Mending::by(vec![Change::Owner { on: routine.clone(), from: from.clone(), to: to.clone() }])
                .but_first(format!("{from} can change it no more; and its text stays: read it first"))
        }
        None => Mending::default(),
    }
}

/// A table by its place and path.
type Key<'a> = (&'a Place, &'a [Name]);

/// Who was granted what on the tables with such triggers, or on one of their columns.
struct Writers<'a>(BTreeMap<Key<'a>, Vec<(&'a Principal, &'a Held)>>);

impl<'a> Writers<'a> {
    /// Reads the entries once.
    fn of(look: &Look<'a>, survey: &'a Survey) -> Self {
        let tables = survey.triggers.values().flatten().filter_map(|fired| fired.on.as_ref());
        let mut writers: BTreeMap<Key<'a>, Vec<_>> =
            tables.map(|table| ((&table.place, table.path.as_slice()), Vec::new())).collect();
        for (on, acl) in &look.observed.access.entries {
            let path = match on.path.split_last() {
                Some((_, table)) if on.kind == kind::COLUMN => table,
                Some(_) if on.kind == kind::TABLE => on.path.as_slice(),
                _ => continue,
            };
            if let Some(known) = writers.get_mut(&(&on.place, path)) {
                known.extend(acl.iter().map(|(holder, held)| (&holder.to, held)));
            }
        }
        Self(writers)
    }

    /// Who may do one of these, except these roles.
    fn on(&self, table: &Object, by: &BTreeSet<Operation>, except: [&RoleName; 2]) -> BTreeSet<Principal> {
        let known = self.0.get(&(&table.place, table.path.as_slice())).into_iter().flatten();
        known
            .filter(|(_, held)| by.iter().any(|operation| held.get(operation).is_some()))
            .map(|(to, _)| *to)
            .filter(|to| !except.iter().any(|role| matches!(to, Principal::Role(to) if to == *role)))
            .cloned()
            .collect()
    }
}

/// Who gets to which role, and who writes where.
struct People<'a> {
    /// The logins that use a role's privileges, each with the way in words.
    logins: BTreeMap<&'a RoleName, BTreeMap<&'a RoleName, String>>,
    writers: Writers<'a>,
    /// What superusers use.
    above: BTreeSet<&'a RoleName>,
}

impl<'a> People<'a> {
    fn of(look: &Look<'a>, survey: &'a Survey) -> Self {
        let reach = Reach::of(&look.observed.access);
        let (mut logins, mut above) = (BTreeMap::<_, BTreeMap<_, _>>::new(), BTreeSet::new());
        for login in accountable(look).filter(|login| !look.has(login, &attribute::SUPERUSER)) {
            logins.entry(login).or_default().insert(login, format!("{login} can log in"));
            for (role, path) in reach.privileges(login) {
                logins.entry(role).or_default().insert(login, path.to_string());
            }
        }
        for role in look.observed.access.roles.keys().filter(|role| look.has(role, &attribute::SUPERUSER)) {
            above.insert(role);
            above.extend(reach.privileges(role).into_keys());
        }
        Self { logins, writers: Writers::of(look, survey), above }
    }

    /// The ways of those who get to a role.
    fn to(&self, role: &RoleName) -> Vec<&String> {
        self.logins.get(role).into_iter().flat_map(BTreeMap::values).collect()
    }

    /// Those who get to a function's owner and not to the table's, who can make triggers anyway.
    fn that_gain(&self, owner: &RoleName, table: &RoleName) -> Vec<&'a RoleName> {
        let theirs = self.logins.get(table);
        let there = self.logins.get(owner).into_iter().flat_map(BTreeMap::keys);
        there.copied().filter(|login| !theirs.is_some_and(|theirs| theirs.contains_key(login))).collect()
    }

    fn is_superusers(&self, look: &Look<'_>, writer: &Principal) -> bool {
        match writer {
            Principal::Public => false,
            Principal::Role(role) => self.above.contains(role) || look.has(role, &attribute::SUPERUSER),
        }
    }
}
