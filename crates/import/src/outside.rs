//! Which roles a model is not to speak of: the trusted base, what belongs to the engine or its host, and names that the
//! language does not take.

use model::{Observed, RoleName, Vocabulary};
use std::collections::BTreeMap;

/// The roles that stay outside, each with the reason.
pub(crate) fn roles(
    observed: &Observed,
    words: &Vocabulary,
    beside: &BTreeMap<RoleName, String>,
) -> BTreeMap<RoleName, String> {
    let settings = settings_elsewhere(observed);
    let why = |role: &RoleName| {
        let executor = &observed.executor;
        if *role == observed.at.root {
            return Some("the cluster was born with it: it belongs to the trusted base".to_owned());
        }
        if *role == executor.login || *role == executor.acts_as {
            return Some(
                "looked at the target for this import, and may be the one that applies plans".to_owned(),
            );
        }
        if let Some((_, whose)) = words.managed_roles.iter().find(|(name, _)| *name == role.as_str()) {
            return Some((*whose).to_owned());
        }
        unnameable(role, words).or_else(|| settings.get(role).cloned()).or_else(|| beside.get(role).cloned())
    };
    let roles = observed.access.roles.keys().filter(|role| !is_the_engines(role, words));
    roles.filter_map(|role| Some((role.clone(), why(role)?))).collect()
}

/// True if the role is the engine's own, by its name.
pub(crate) fn is_the_engines(role: &RoleName, words: &Vocabulary) -> bool {
    words.reserved_prefixes.iter().any(|prefix| role.as_str().starts_with(prefix))
}

fn unnameable(role: &RoleName, words: &Vocabulary) -> Option<String> {
    let name = role.as_str();
    let lower = name.to_ascii_lowercase();
    if words.reserved_roles.contains(&lower.as_str()) {
        return Some(format!("its name reads like the word {lower}, which is no role in a model"));
    }
    if words.reserved_prefixes.iter().any(|prefix| lower.starts_with(prefix)) {
        return Some("its name reads like one of the engine's own".to_owned());
    }
    name.chars().any(char::is_control).then(|| "its name has control characters".to_owned())
}

/// A model claims all settings of its roles, and can say them only for the databases that it has.
fn settings_elsewhere(observed: &Observed) -> BTreeMap<RoleName, String> {
    let elsewhere = observed.access.settings.keys().filter_map(|key| {
        let database = key.database.as_ref().filter(|name| !observed.at.databases.contains_key(*name))?;
        let why = format!("it has settings in database {database}, which was not looked at");
        Some((key.role.clone()?, why))
    });
    elsewhere.collect()
}
