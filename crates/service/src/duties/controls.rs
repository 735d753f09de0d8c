//! Operations for which others are asked: nobody outside the trusted base is to carry one out alone, standing, by whatever way.

use super::meaning::{Meaning, meaning};
use super::reach::{From, Imagined, Reached};
use super::roles::unknown;
use super::scope::Scope;
use super::told::{self, Broken, Had, each, listed};
use access::duties::Subjects;
use audit::Facts;
use manifest::{Diagnostic, DualControlEntry, Holder, How, Link, Text};
use model::{Attribute, DatabaseName, Object, Value, Vocabulary};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The code of somebody who needs nobody else.
const ALONE: &str = "RW182";

/// The code of a control that nobody can prove.
const UNPROVEN: &str = "RW183";

/// Who carries out alone what these controls name, what nothing on a target enforces, and of whom nobody can say it.
pub(super) fn judge(scope: &Scope<'_>, targets: &mut [Imagined], words: &Vocabulary) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for control in scope.model.dual_control() {
        if targets.iter().all(|target| places(control, target).is_empty()) {
            continue;
        }
        let name = &control.name;
        let mut performed: Vec<Performed<'_>> = Vec::new();
        for text in &control.operations {
            match meaning(words, text.as_str()) {
                Meaning::Shape => found.push(told::no_privilege(scope, name, text)),
                meaning => performed.push(Performed::of(scope, targets, control, text, &meaning)),
            }
        }
        let alone = performed.iter().fold(Subjects::new(), |all, one| all | &one.who);
        found.extend(each(scope, ALONE, name, &alone, |number, who| {
            let told: Vec<(String, Had)> = performed.iter().filter_map(|one| one.by(number)).collect();
            let what = listed(told.iter().map(|(what, _)| what.as_str()));
            let has = told.into_iter().map(|(_, had)| had).collect();
            let place = scope.place();
            let message = format!("{who} alone can {what}{place}, for which `{}` asks others", name.value);
            Broken {
                code: ALONE,
                name,
                who,
                has,
                terms: terms(control),
                mend: "let nobody have that standing",
            }
            .diagnostic(scope, &message)
        }));
        found.extend(unknown(scope, UNPROVEN, name, &terms(control), &alone));
    }
    found
}

/// One operation, and who performs it on what.
struct Performed<'a> {
    text: &'a Text,
    who: Subjects,
    on: Vec<(String, Reached)>,
}

impl<'a> Performed<'a> {
    fn of(
        scope: &Scope<'_>,
        targets: &mut [Imagined],
        control: &DualControlEntry,
        text: &'a Text,
        meaning: &Meaning,
    ) -> Self {
        let mut on: Vec<(String, Reached)> = Vec::new();
        for target in targets {
            for database in places(control, target) {
                for object in target.objects_of(&database, meaning.kind()) {
                    on.push((object.to_string(), performing(target, meaning, &object)));
                }
            }
            match meaning {
                Meaning::HandingOn(None) => on.extend(handing_out(scope)),
                Meaning::Roles => on.push(("roles".to_owned(), making_roles(scope, target))),
                Meaning::HandingOn(Some(_)) | Meaning::Performing(..) | Meaning::Shape => {}
            }
        }
        on.retain(|(_, reached)| !reached.who.is_empty());
        let who = on.iter().fold(Subjects::new(), |all, (_, reached)| all | &reached.who);
        Self { text, who, on }
    }

    /// What one of them performs, as it is told and as an exception is bound to it. On which objects that is does not bind: one more
    /// with the same owner is nothing new.
    fn by(&self, number: u32) -> Option<(String, Had)> {
        let mine = self.on.iter().filter(|(_, reached)| reached.who.contains(number));
        let mine: Vec<&(String, Reached)> = mine.collect();
        let (first, _) = mine.first()?;
        let more = match mine.len() {
            1 => String::new(),
            many => format!(" and {} more", many - 1),
        };
        let general = |from: &From| match from.on.as_str() {
            "" => from.clone(),
            _ => From { on: "it".to_owned(), ..from.clone() },
        };
        let from: BTreeSet<From> =
            mine.iter().flat_map(|(_, reached)| reached.from.iter().map(general)).collect();
        let what = format!("`{}`", self.text.value);
        Some((format!("{what} ({first}{more})"), Had { what, from: from.into_iter().collect() }))
    }
}

fn performing(target: &mut Imagined, meaning: &Meaning, on: &Arc<Object>) -> Reached {
    match meaning {
        Meaning::Performing(operation, _) if target.allows(operation, on) => target.performing(operation, on),
        Meaning::HandingOn(_) => target.handing_on(on),
        Meaning::Performing(..) | Meaning::Roles | Meaning::Shape => Reached::default(),
    }
}

/// Those who may hand out a role.
fn handing_out(scope: &Scope<'_>) -> Vec<(String, Reached)> {
    let links = scope.standing.links.iter();
    let links = links.filter(|link| matches!(link.how, How::Has(powers) if powers.admin));
    let reached = |link: &Link| {
        let why = format!("may hand out {}", link.to);
        let from = From { whose: Some(link.from.clone()), why, on: String::new() };
        Reached { who: scope.web.reaching(&link.from).as_ref().clone(), from: BTreeSet::from([from]) }
    };
    links.map(|link| (format!("role {}", link.to), reached(link))).collect()
}

/// Those who come to a role that may make roles. That is no privilege, and goes with being the role.
fn making_roles(scope: &Scope<'_>, target: &Imagined) -> Reached {
    let mut reached = Reached::default();
    let makes =
        |role: &model::Role| role.attributes.get(&Attribute::known("createrole")) == Some(&Value::Flag(true));
    for (name, _) in target.observed.access.roles.iter().filter(|(_, role)| makes(role)) {
        let whose = Holder::Role(target.model_name(name).clone());
        reached.who |= scope.web.reaching(&whose).as_ref();
        reached.from.insert(From { whose: Some(whose), why: "may make roles".to_owned(), on: String::new() });
    }
    reached
}

/// The databases of a target on which the control holds, by their real names.
fn places(control: &DualControlEntry, target: &Imagined) -> BTreeSet<DatabaseName> {
    let on = |place: &Text| {
        let (database, environment) = match place.value.split_once('/') {
            Some((database, environment)) => (database, Some(environment)),
            None => (place.as_str(), None),
        };
        let here = environment.is_none_or(|environment| environment == target.target.environment);
        target.target.databases.get(database).filter(|_| here).cloned()
    };
    control.on.iter().filter_map(on).collect()
}

fn terms(control: &DualControlEntry) -> Facts {
    let mut facts = Facts::new();
    facts.each("on", control.on.iter().map(Text::as_str));
    facts.each("operation", control.operations.iter().map(Text::as_str));
    facts
}
