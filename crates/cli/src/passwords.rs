//! Passwords that the model refers to, read when a plan is carried out and turned into verifiers at once.

use crate::failure::Failure;
use engine::Engine;
use model::{Intent, Part, PasswordSource, Plan, RoleName, Secret};
use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::Path;

/// A verifier for each role whose password the plan sets.
///
/// # Errors
/// If the place that the model names for a password has none.
pub(crate) fn verifiers(
    engine: &dyn Engine,
    plan: &Plan,
    intent: &Intent,
) -> Result<BTreeMap<RoleName, Secret>, Failure> {
    let statements = plan.steps().flat_map(|(_, step)| &step.statements);
    let parts = statements.flat_map(|statement| statement.parts());
    let roles: BTreeSet<&RoleName> = parts
        .filter_map(|part| match part {
            Part::VerifierOf(role) => Some(role),
            Part::Text(_) | Part::Secret(_) => None,
        })
        .collect();
    roles.into_iter().map(|role| Ok((role.clone(), verifier(engine, role, intent)?))).collect()
}

fn verifier(engine: &dyn Engine, role: &RoleName, intent: &Intent) -> Result<Secret, Failure> {
    let source = intent.roles.get(role).and_then(|role| role.password.as_ref());
    let Some(source) = source else {
        return Err(Failure::new(
            format!("the plan sets the password of {role}, and the model does not say where it is"),
            "write `password: { env: NAME }` or `password: { file: PATH }` with the login",
        ));
    };
    let password = read(role, source)?;
    if password.expose().is_empty() {
        return Err(Failure::new(format!("the password of {role} is empty"), "nothing was changed"));
    }
    Ok(engine.verifier(&password))
}

fn read(role: &RoleName, source: &PasswordSource) -> Result<Secret, Failure> {
    match source {
        PasswordSource::Environment(name) => env::var(name).map(Secret::new).map_err(|_| {
            Failure::new(
                format!("the password of {role} is to be in {name}, which is not set"),
                format!("set {name}"),
            )
        }),
        PasswordSource::File(path) => {
            let path = Path::new(path);
            let text = fs::read_to_string(path).map(Secret::new);
            let text = text.map_err(|error| Failure::file("read the password in", path, &error))?;
            Ok(Secret::new(text.expose().lines().next().unwrap_or_default()))
        }
    }
}
