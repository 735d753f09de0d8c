//! Operations for which others are asked: nobody outside the trusted base is to carry one out alone, standing, by whatever way.

use super::coming::{Coming, From, Levels, Reached};
use super::meaning::{Meaning, meaning};
use super::reach::Reach;
use super::roles::unknown;
use super::scope::Scope;
use super::told::{self, Broken, Had, each, listed};
use super::verdicts::{Judgement, Told, judgements};
use access::Verdict;
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
pub(super) fn judge(scope: &Scope<'_>, targets: &mut [Reach<'_>], words: &Vocabulary) -> Vec<Diagnostic> {
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
        let mut known = Told::new();
        for judgement in judgements(ALONE, "let nobody have that standing") {
            let all = performed.iter().fold(Subjects::new(), |all, one| all | one.at(judgement.sure));
            let alone = known.of(judgement.sure, all);
            found.extend(each(scope, judgement.code, name, &alone, |number, who| {
                let told = performed.iter().filter_map(|one| one.by(judgement, targets, number));
                let told: Vec<(String, Had)> = told.collect();
                let what = listed(told.iter().map(|(what, _)| what.as_str()));
                let has = told.into_iter().map(|(_, had)| had).collect();
                let (before, can, place) = (judgement.before, judgement.can, scope.place());
                let message = format!(
                    "{before}{who} alone {can} {what}{place}, for which `{}` asks others",
                    name.value
                );
                Broken { code: judgement.code, name, who, has, terms: terms(control), mend: judgement.mend }
                    .diagnostic(scope, &message)
            }));
        }
        found.extend(unknown(scope, UNPROVEN, name, &terms(control), known.breaking()));
    }
    found
}

/// One operation, and who performs it on what.
struct Performed<'a> {
    text: &'a Text,
    on: Vec<(String, Reached)>,
}

impl<'a> Performed<'a> {
    fn of(
        scope: &Scope<'_>,
        targets: &mut [Reach<'_>],
        control: &DualControlEntry,
        text: &'a Text,
        meaning: &Meaning,
    ) -> Self {
        let mut on: Vec<(String, Reached)> = Vec::new();
        for target in targets {
            let places = places(control, target);
            for database in &places {
                for object in target.coming.objects_of(database, meaning.kind()) {
                    on.push((object.to_string(), performing(&mut target.coming, meaning, &object)));
                }
            }
            match meaning {
                _ if places.is_empty() => {}
                Meaning::HandingOn(None) => on.extend(handing_out(scope, target)),
                Meaning::Roles => on.push(("roles".to_owned(), making_roles(scope, target))),
                Meaning::HandingOn(Some(_)) | Meaning::Performing(..) | Meaning::Shape => {}
            }
        }
        on.retain(|(_, reached)| !reached.is_nobodys());
        Self { text, on }
    }

    /// Those who perform it.
    fn at(&self, sure: Verdict) -> Subjects {
        self.on.iter().fold(Subjects::new(), |all, (_, reached)| all | reached.at(sure))
    }

    /// What one of them performs, as it is told and as an exception is bound to it. On which objects that is does not bind: one more
    /// with the same owner is nothing new.
    fn by(&self, judgement: Judgement, targets: &[Reach<'_>], number: u32) -> Option<(String, Had)> {
        let mine = self.on.iter().filter(|(_, reached)| reached.at(judgement.sure).contains(number));
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
        let mut all = Reached::default();
        mine.iter().for_each(|(_, reached)| all.join(reached));
        all.from = all.from.iter().map(general).collect();
        let what = format!("`{}`", self.text.value);
        Some((format!("{what} ({first}{more})"), judgement.had(targets, number, what, &all)))
    }
}

/// Who carries out on an object what an operation means.
pub(super) fn performing(coming: &mut Coming<'_>, meaning: &Meaning, on: &Arc<Object>) -> Reached {
    match meaning {
        Meaning::Performing(operation, _) if coming.allows(operation, on) => coming.doing(operation, on, &[]),
        Meaning::HandingOn(_) => coming.handing_on(on),
        Meaning::Performing(..) | Meaning::Roles | Meaning::Shape => Reached::default(),
    }
}

/// Those who may hand out a role.
fn handing_out(scope: &Scope<'_>, target: &mut Reach<'_>) -> Vec<(String, Reached)> {
    let links = scope.standing.links.iter();
    let links = links.filter(|link| matches!(link.how, How::Has(powers) if powers.admin));
    let mut reached = |link: &Link| {
        let why = format!("may hand out {}", link.to);
        let from = From { whose: Some(link.from.clone()), why, on: String::new() };
        acting(scope, target, from)
    };
    links.map(|link| (format!("role {}", link.to), reached(link))).collect()
}

/// Those who come to a role that may make roles. That is no privilege, and goes with being the role.
fn making_roles(scope: &Scope<'_>, target: &mut Reach<'_>) -> Reached {
    let mut reached = Reached::default();
    let makes =
        |role: &model::Role| role.attributes.get(&Attribute::known("createrole")) == Some(&Value::Flag(true));
    let roles = target.coming.observed.access.roles.iter().filter(|(_, role)| makes(role));
    for (name, _) in roles {
        let whose = Some(Holder::Role(target.coming.model_name(name).clone()));
        let from = From { whose, why: "may make roles".to_owned(), on: String::new() };
        reached.join(&acting(scope, target, from));
    }
    reached
}

/// Those who come to a holder by the model, and where it is a role also step by step.
fn acting(scope: &Scope<'_>, target: &mut Reach<'_>, from: From) -> Reached {
    let Some(holder) = &from.whose else { return Reached::default() };
    let members = scope.web.reaching(holder);
    let mut reached = match holder {
        Holder::Role(role) => target.coming.being(&scope.model.role_on(target.target, role)),
        _ => Reached::default(),
    };
    reached.who = reached.who.map(|who| who | &*members) as Levels;
    reached.from.insert(from);
    reached
}

/// The databases of a target on which the control holds, by their real names.
fn places(control: &DualControlEntry, target: &Reach<'_>) -> BTreeSet<DatabaseName> {
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
