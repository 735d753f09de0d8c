//! What giving somebody a role would break, before anybody gives it.

use super::judge_in;
use engine::Engine;
use manifest::{Diagnostic, Holder, Model};
use model::RoleName;
use std::collections::BTreeSet;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct AssignError {
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub help: String,
}

/// What a role given to somebody would break, or leave unproven, beyond what is so already: in one environment, or in every one.
///
/// # Errors
/// If the model knows neither the one nor the other, or no such environment.
pub fn can_assign(
    engine: &dyn Engine,
    model: &Model,
    who: &str,
    role: &str,
    environment: Option<&str>,
) -> Result<Vec<Diagnostic>, AssignError> {
    let holder = known(model, who)?;
    let given = given(engine, model, role)?;
    if let Some(asked) = environment.filter(|asked| !model.environments().contains(asked)) {
        let known = model.environments().join(", ");
        return Err(AssignError {
            what: format!("there is no environment {asked}"),
            help: format!("the model has {known}"),
        });
    }
    let Some(then) = model.assigning(&holder, &given) else {
        let what = format!("{who} has no account that a role could be given to");
        return Err(AssignError { what, help: "name a user, a group or a service account".to_owned() });
    };
    let here = |scope: &BTreeSet<&str>| environment.is_none_or(|asked| scope.contains(asked));
    let now: BTreeSet<Key> = judge_in(engine, model, &here).iter().map(key).collect();
    let mut caused = judge_in(engine, &then, &here);
    caused.retain(|found| !now.contains(&key(found)));
    Ok(caused)
}

/// What tells one finding from another: its code, and all that it is bound to.
type Key = (&'static str, String);

fn key(found: &Diagnostic) -> Key {
    let bound = found.bound.as_ref().map(|bound| bound.saw.clone());
    (found.code, bound.unwrap_or_else(|| found.message.clone()))
}

fn known(model: &Model, who: &str) -> Result<Holder, AssignError> {
    let holder = model.holder(who);
    let there = |holder: &Holder| match holder {
        Holder::Role(role) => model.role_names().any(|known| known == role),
        _ => true,
    };
    holder.filter(there).ok_or_else(|| {
        let users = model.people().keys().map(String::as_str).chain(model.role_names().map(RoleName::as_str));
        let help = manifest::nearest(who, users).map_or_else(
            || "name a person, an account, a service account, a group or a role of the model".to_owned(),
            |near| format!("did you mean {near}?"),
        );
        AssignError { what: format!("the model does not know {who}"), help }
    })
}

fn given(engine: &dyn Engine, model: &Model, role: &str) -> Result<RoleName, AssignError> {
    let name = RoleName::new(role).ok().filter(|name| model.can_be_given(name, engine.vocabulary()));
    name.ok_or_else(|| {
        let help = manifest::nearest(role, model.role_names().map(RoleName::as_str)).map_or_else(
            || "name a role that is active".to_owned(),
            |near| format!("did you mean {near}? A draft or a retired role is given to nobody"),
        );
        AssignError { what: format!("there is no role {role} to give"), help }
    })
}
