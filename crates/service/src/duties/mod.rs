//! Whether the duties that a model separates stay apart, judged on people and without a target.
//!
//! [`scope`] is who comes to what in environments that belong together; [`roles`] judges sets of roles, [`permissions`] sets of
//! permissions, [`sessions`] what is kept apart in one session, and [`controls`] operations for which others are asked. These ask a
//! target that is imagined ([`reach`], with accounts that are alike [`folded`]) who comes to what, and how sure that is ([`coming`]);
//! [`told`] words what is found, with every step of the ways that make it so.

mod assigning;
mod coming;
mod controls;
mod folded;
mod meaning;
mod permissions;
mod reach;
mod roles;
mod scope;
pub(crate) mod seen;
mod sessions;
mod told;
mod trusted;
mod verdicts;

pub use assigning::{AssignError, can_assign};
pub(crate) use roles::cardinality;
pub use trusted::{Judged as Duties, judged};

use crate::imagined::ImagineError;
use engine::Engine;
use manifest::{Checked, Diagnostic, DutiesEntry, Model, Source, Target, Text};
use model::GrantIntent;
use reach::{Imagined, Reach};
use scope::Scope;
use std::collections::BTreeSet;

/// Parses, compiles and tests the sources of one model, and judges the duties that it separates. `today` is as for
/// [`manifest::check`].
#[must_use]
pub fn check(engine: &dyn Engine, sources: &[Source], today: Option<&str>) -> Checked {
    let checked = manifest::check(sources, &[engine.vocabulary()], today);
    let found = checked.model.as_ref().map(|model| judge(engine, model)).unwrap_or_default();
    checked.judged(found, today)
}

/// Everything that stands against the duties of a model, accepted or not.
fn judge(engine: &dyn Engine, model: &Model) -> Vec<Diagnostic> {
    judge_in(engine, model, &|_| true)
}

/// The same where environments that are judged together are wanted.
fn judge_in(engine: &dyn Engine, model: &Model, wanted: &dyn Fn(&BTreeSet<&str>) -> bool) -> Vec<Diagnostic> {
    if model.separation_of_duties().is_empty() && model.dual_control().is_empty() {
        return Vec::new();
    }
    let controls = model.dual_control().iter().map(|control| &control.name);
    let asked: Vec<&Text> = permissions(model).map(|(name, _)| name).chain(controls).collect();
    let mut found = Vec::new();
    for environments in model.scopes().into_iter().filter(|environments| wanted(environments)) {
        let scope = Scope::of(model, &environments);
        found.extend(roles::judge(&scope));
        found.extend(sessions::judge_roles(&scope));
        if asked.is_empty() {
            continue;
        }
        match targets(engine, &scope) {
            Ok(targets) => {
                let mut targets: Vec<Reach<'_>> =
                    targets.iter().enumerate().map(|(number, target)| target.reach(number)).collect();
                let mut members = permissions::Members::default();
                found.extend(permissions::judge(&scope, &mut targets, &mut members));
                found.extend(sessions::judge_permissions(&scope, &mut targets, &mut members));
                found.extend(controls::judge(&scope, &mut targets, engine.vocabulary()));
            }
            Err(error) => found.extend(asked.iter().map(|name| told::unimagined(&scope, name, &error))),
        }
    }
    found
}

/// True if the model says something that is asked of a target.
fn asks_permissions(model: &Model) -> bool {
    !model.dual_control().is_empty() || permissions(model).next().is_some()
}

/// The separations over permissions.
fn permissions(model: &Model) -> impl Iterator<Item = (&Text, &DutiesEntry)> {
    model.separation_of_duties().iter().flat_map(|separation| {
        let sets = [&separation.on_assignment, &separation.on_session].into_iter().flatten();
        sets.filter(|duties| !duties.permissions.is_empty()).map(|duties| (&separation.name, duties))
    })
}

/// The targets of the scope as they would be, with what the separations name.
fn targets(engine: &dyn Engine, scope: &Scope<'_>) -> Result<Vec<Imagined>, ImagineError> {
    let model = scope.model;
    let all = scope.environments.iter().filter_map(|environment| model.unreached_targets(environment).ok());
    let imagine = |target: Target| {
        let named = permissions(model).flat_map(|(_, duties)| &duties.permissions);
        let also: Vec<GrantIntent> = named.flat_map(|text| model.permission_on(&target, text)).collect();
        Imagined::of(engine, scope, target, &also)
    };
    all.flatten().map(imagine).collect()
}
