//! Roles: their attributes, comments and settings.

use super::Work;
use crate::settings;
use crate::words::attribute;
use model::{Attribute, Role, RoleIntent, RoleName, SettingKey, Value, Verifier};
use std::collections::BTreeMap;

pub(super) fn realise(work: &mut Work<'_>) {
    let intent = work.intent;
    let least = least();
    let role = |(name, wanted): (&RoleName, &RoleIntent)| {
        let mut attributes = least.clone();
        for (word, value) in &wanted.attributes {
            attributes.insert(word.clone(), instant(word, value));
        }
        end(&mut attributes, work.observed.access.roles.get(name));
        let role = Role { attributes, comment: wanted.comment.clone(), verifier: Verifier::Unknown };
        (name.clone(), role)
    };
    work.desired.roles = intent.roles.iter().map(role).collect();
    let without_comment = intent.roles.iter().filter(|(_, wanted)| wanted.comment.is_none());
    work.claims.comments_left = without_comment.map(|(name, _)| name.clone()).collect();
    work.claims.roles = intent.roles.keys().chain(intent.absent.keys()).cloned().collect();
    work.claims.leaving = intent.absent.keys().cloned().collect();
    work.claims.beyond.clone_from(&work.observed.beyond);
    for (name, wanted) in &intent.roles {
        for ((database, setting), value) in &wanted.settings {
            let key =
                SettingKey { role: Some(name.clone()), database: database.clone(), name: setting.clone() };
            let key = spelled(work, key);
            let value = settings::stored(key.name.as_str(), value, work.observed.access.settings.get(&key));
            work.desired.settings.insert(key, value);
        }
    }
}

/// The setting under the server's own spelling, where one stands that differs in upper and lower case only.
fn spelled(work: &Work<'_>, key: SettingKey) -> SettingKey {
    let same = |other: &&SettingKey| {
        other.role == key.role
            && other.database == key.database
            && other.name.as_str().eq_ignore_ascii_case(key.name.as_str())
    };
    let standing = &work.observed.access.settings;
    if standing.contains_key(&key) {
        return key;
    }
    standing.keys().find(same).cloned().unwrap_or(key)
}

/// The least that CREATE ROLE makes.
pub(crate) fn least() -> BTreeMap<Attribute, Value> {
    let off = [
        attribute::SUPERUSER,
        attribute::CREATEROLE,
        attribute::CREATEDB,
        attribute::LOGIN,
        attribute::REPLICATION,
        attribute::BYPASSRLS,
    ];
    let mut attributes: BTreeMap<_, _> = off.into_iter().map(|word| (word, Value::Flag(false))).collect();
    attributes.insert(attribute::INHERIT, Value::Flag(true));
    attributes.insert(attribute::CONNECTION_LIMIT, Value::Number(-1));
    attributes.insert(attribute::VALID_UNTIL, Value::Unset);
    attributes
}

/// An end once set can be moved and not taken away: `infinity` means the same.
fn end(attributes: &mut BTreeMap<Attribute, Value>, standing: Option<&Role>) {
    let has_end = standing
        .is_some_and(|role| matches!(role.attributes.get(&attribute::VALID_UNTIL), Some(Value::Text(_))));
    if has_end && attributes.get(&attribute::VALID_UNTIL) == Some(&Value::Unset) {
        attributes.insert(attribute::VALID_UNTIL, Value::Text("infinity".to_owned()));
    }
}

/// The instant in the spelling that a look gives, where the spelling can be known here.
fn instant(word: &Attribute, value: &Value) -> Value {
    match value {
        Value::Text(text) if *word == attribute::VALID_UNTIL => Value::Text(crate::instant::spelled(text)),
        other => other.clone(),
    }
}
