//! What is kept from people on a target as it was seen, or as a plan would leave it: with memberships and grants that the model does not
//! make, owners, views, routines, triggers. People are judged, and logins of which the model knows nobody.

use super::coming::{Coming, From, Reached};
use super::controls::performing;
use super::meaning::{Meaning, meaning};
use super::told::listed;
use access::Verdict;
use access::duties::{Subjects, too_many};
use manifest::Holder;
use model::{
    Access, Attribute, DatabaseName, Dialect, Guarded, Guarding, Intent, Object, Observed, RoleName, Value,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Those who are judged, by their numbers: the people of the model, and logins that are nobody's.
pub(crate) struct People {
    names: Vec<String>,
    acting: BTreeMap<RoleName, Subjects>,
}

impl People {
    /// Everybody who acts on the target in any of these states.
    pub(crate) fn of(intent: &Intent, states: &[&Access]) -> Self {
        let mut people = Self { names: Vec::new(), acting: BTreeMap::new() };
        for (name, logins) in &intent.people {
            people.add(name.clone(), logins.iter());
        }
        let logs_in =
            |role: &model::Role| role.attributes.get(&Attribute::known("login")) == Some(&Value::Flag(true));
        let roles = states.iter().flat_map(|access| &access.roles).filter(|(_, role)| logs_in(role));
        let others: BTreeSet<&RoleName> =
            roles.map(|(name, _)| name).filter(|name| !people.acting.contains_key(*name)).collect();
        for login in others {
            people.add(format!("login {login}"), std::iter::once(login));
        }
        people
    }

    fn add<'a>(&mut self, name: String, logins: impl Iterator<Item = &'a RoleName>) {
        let Ok(number) = u32::try_from(self.names.len()) else { return };
        self.names.push(name);
        for login in logins {
            self.acting.entry(login.clone()).or_default().insert(number);
        }
    }

    pub(crate) fn name(&self, number: u32) -> Option<&str> {
        usize::try_from(number).ok().and_then(|number| self.names.get(number)).map(String::as_str)
    }
}

/// What is kept from whom in one state.
pub(crate) struct Seen<'t> {
    coming: Coming<'t>,
    trusted: Subjects,
    kept: Vec<Kept>,
}

/// One constraint: its members with those who come to them, and how many are too many.
struct Kept {
    members: Vec<Member>,
    cardinality: usize,
}

struct Member {
    text: String,
    reached: Reached,
    /// What an operation means, where it is one, and on what.
    on: Option<(Meaning, Vec<Arc<Object>>)>,
}

impl<'t> Seen<'t> {
    /// Judges everything that the intent keeps from people.
    pub(crate) fn of(
        (observed, dialect): (&'t Observed, &'t dyn Dialect),
        intent: &Intent,
        people: &People,
    ) -> Self {
        let coming = Coming::of((observed, dialect), 0, people.acting.clone(), BTreeMap::new());
        let mut seen = Self { coming, trusted: Subjects::new(), kept: Vec::new() };
        for database in observed.at.databases.keys() {
            seen.trusted |= seen.coming.trusted_base(database);
        }
        for guarded in &intent.guarded {
            let kept = seen.kept(guarded);
            seen.kept.push(kept);
        }
        seen
    }

    fn kept(&mut self, guarded: &Guarded) -> Kept {
        match &guarded.guarding {
            Guarding::Apart { permissions, cardinality } => {
                let member = |(text, meant): &(String, Vec<model::GrantIntent>)| {
                    let mut reached = Reached::default();
                    meant.iter().for_each(|grant| reached.join(&self.coming.reaching(grant)));
                    Member { text: format!("`{text}`"), reached, on: None }
                };
                Kept { members: permissions.iter().map(member).collect(), cardinality: *cardinality }
            }
            Guarding::Alone { operations, databases } => {
                let member = |text: &String| self.operation(text, databases);
                Kept { members: operations.iter().map(member).collect(), cardinality: 1 }
            }
        }
    }

    fn operation(&mut self, text: &str, databases: &BTreeSet<DatabaseName>) -> Member {
        let meaning = meaning(self.coming.dialect.vocabulary(), text);
        let mut reached = Reached::default();
        let inside = databases.iter().flat_map(|database| self.coming.objects_of(database, meaning.kind()));
        let on: Vec<Arc<Object>> = inside.collect();
        for object in &on {
            reached.join(&performing(&mut self.coming, &meaning, object));
        }
        match &meaning {
            Meaning::HandingOn(None) => self.handing_out(&mut reached),
            Meaning::Roles => self.making_roles(&mut reached),
            Meaning::HandingOn(Some(_)) | Meaning::Performing(..) | Meaning::Shape => {}
        }
        Member { text: format!("`{text}`"), reached, on: Some((meaning, on)) }
    }

    fn handing_out(&mut self, reached: &mut Reached) {
        let members = self.coming.observed.access.members.iter().filter(|(_, powers)| powers.admin);
        let handing: BTreeSet<(&RoleName, &RoleName)> =
            members.map(|(key, _)| (&key.member, &key.role)).collect();
        for (member, role) in handing {
            let from = From {
                whose: Some(Holder::Role(member.clone())),
                why: "may hand out".to_owned(),
                on: role.to_string(),
            };
            reached.join(&self.coming.using(member));
            reached.from.insert(from);
        }
    }

    fn making_roles(&mut self, reached: &mut Reached) {
        let makes = |role: &model::Role| {
            role.attributes.get(&Attribute::known("createrole")) == Some(&Value::Flag(true))
        };
        let roles = self.coming.observed.access.roles.iter().filter(|(_, role)| makes(role));
        for (name, _) in roles {
            reached.join(&self.coming.being(name));
        }
    }

    /// Those who have too much of a constraint, by its place in the intent. The trusted base stands outside.
    pub(crate) fn broken(&self, at: usize, sure: Verdict) -> Subjects {
        let broken = self.kept.get(at).map(|kept| {
            too_many(kept.members.iter().map(|member| member.reached.at(sure)), kept.cardinality)
        });
        broken.unwrap_or_default() - &self.trusted
    }

    /// Those who come to any of what a constraint names.
    pub(crate) fn having(&self, at: usize, sure: Verdict) -> Subjects {
        let members = self.kept.get(at).into_iter().flat_map(|kept| &kept.members);
        members.fold(Subjects::new(), |all, member| all | member.reached.at(sure)) - &self.trusted
    }

    /// Every step on any way of somebody's to what they have of a constraint.
    pub(crate) fn facts(&self, at: usize, who: u32, sure: Verdict) -> BTreeSet<String> {
        let members = self.kept.get(at).into_iter().flat_map(|kept| &kept.members);
        let mut facts = BTreeSet::new();
        for member in members.filter(|member| member.reached.at(sure).contains(who)) {
            facts.insert(format!("has {}", member.text));
            facts.extend(self.coming.between(who, &member.reached, sure));
        }
        facts
    }

    /// What somebody has of a constraint, and how they come to it, in words.
    pub(crate) fn told(&mut self, at: usize, who: u32, sure: Verdict) -> (String, Vec<String>) {
        let Some(kept) = self.kept.get(at) else { return (String::new(), Vec::new()) };
        let (mut what, mut ways) = (Vec::new(), Vec::new());
        for member in kept.members.iter().filter(|member| member.reached.at(sure).contains(who)) {
            let mut reached = member.reached.clone();
            let mut text = member.text.clone();
            if let Some((meaning, on)) = &member.on {
                // One of many objects is enough to tell.
                let first = on.iter().find_map(|object| {
                    let reached = performing(&mut self.coming, meaning, object);
                    reached.at(sure).contains(who).then_some((object, reached))
                });
                if let Some((object, of_it)) = first {
                    text = format!("{text} ({object})");
                    reached = of_it;
                }
            }
            let way = self.coming.way(who, &reached, sure);
            let everybodys = || {
                let from = reached.from.iter().find(|from| from.whose.is_none())?;
                Some(format!("everybody {} {}", from.why, from.on))
            };
            ways.extend(way.or_else(everybodys));
            what.push(text);
        }
        ways.dedup();
        (listed(what.iter().map(String::as_str)), ways)
    }
}
