//! The roles' own facts, and in which words each is written.

use crate::seen::Seen;
use manifest::{DraftRole, Form, Phrase, ReachPhrase, StoredComment};
use model::{Attribute, DatabaseName, Role, RoleName, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The model's roles by their names.
pub(crate) type Model = BTreeMap<RoleName, DraftRole>;

const LOGIN: &str = "login";
const INHERIT: &str = "inherit";
const SUPERUSER: &str = "superuser";

/// Adds what a role is by itself. Comes last: how a role is written depends on all that it has.
pub(crate) fn finish(seen: &Seen<'_>, model: &mut Model) {
    let held: BTreeSet<RoleName> =
        model.values().flat_map(|role| &role.inherits).map(|held| held.role.clone()).collect();
    for (key, value) in &seen.observed.access.settings {
        let Some(role) = key.role.as_ref().and_then(|role| model.get_mut(role)) else { continue };
        match &key.database {
            None => drop(role.settings.insert(key.name.clone(), value.clone())),
            Some(database) => {
                let inside = role.settings_in.entry(database.clone()).or_default();
                inside.insert(key.name.clone(), value.clone());
            }
        }
    }
    for (name, draft) in model {
        let Some(facts) = seen.observed.access.roles.get(name) else { continue };
        own_facts(seen, draft, facts);
        draft.form = form(seen, draft, held.contains(name));
        remarks(draft);
    }
}

fn own_facts(seen: &Seen<'_>, draft: &mut DraftRole, facts: &Role) {
    let value = |word: &str| facts.attributes.get(&Attribute::learned(word));
    draft.login = value(LOGIN) == Some(&Value::Flag(true));
    if let Some(Value::Number(limit)) = value("connection limit") {
        draft.connection_limit = Some(*limit).filter(|limit| *limit >= 0);
    }
    if let Some(Value::Text(end)) = value("valid until") {
        draft.expires = instant(end);
    }
    for flag in &seen.words().flags {
        let on = facts.attributes.get(flag) == Some(&Value::Flag(true));
        if on != (flag.as_str() == INHERIT) {
            draft.attributes.push((flag.clone(), on));
        }
    }
    draft.comment = facts.comment.as_deref().and_then(|comment| read(seen, comment));
}

/// A comment in parts, if the boundary that it tells is one of the engine's: others are in the model that made it.
fn read(seen: &Seen<'_>, comment: &str) -> Option<StoredComment> {
    let whole =
        |text: &str| StoredComment { purpose: text.to_owned(), owner: None, boundary: None, state: None };
    let read = StoredComment::read(comment)?;
    let known = |name: &String| seen.words().boundaries.iter().any(|boundary| boundary.name == *name);
    let fits = !seen.comments_whole && read.boundary.as_ref().is_none_or(known) && read.state.is_none();
    Some(if fits { read } else { whole(comment) })
}

/// `2031-02-03 04:05:06.789+00` as a model writes it. What has no end, or one that no calendar has, is not said.
fn instant(text: &str) -> Option<String> {
    let (day, time) = text.strip_suffix("+00")?.split_once(' ')?;
    Some(if time == "00:00:00" { day.to_owned() } else { format!("{day}T{time}Z") })
}

fn form(seen: &Seen<'_>, role: &DraftRole, is_held: bool) -> Form {
    let plain = role.login
        && role.attributes.is_empty()
        && role.owns.is_empty()
        && role.withhold.is_empty()
        && !is_held
        && role.comment.as_ref().is_none_or(|comment| comment.boundary.is_none() && comment.state.is_none());
    if !plain {
        return Form::Role;
    }
    if role.grants.is_empty() {
        let more = role.comment.is_some()
            || role.connection_limit.is_some()
            || role.expires.is_some()
            || !role.settings.is_empty()
            || !role.settings_in.is_empty();
        return if more { Form::Role } else { Form::Login };
    }
    match connects(role) {
        Some(databases) if databases.iter().all(|name| seen.observed.at.databases.contains_key(name)) => {
            Form::ServiceAccount(databases)
        }
        _ => Form::Role,
    }
}

/// The databases to which the role may connect, if that is all that it was granted.
fn connects(role: &DraftRole) -> Option<Vec<DatabaseName>> {
    let mut databases = Vec::new();
    for (under, phrases) in &role.grants {
        let [only] = phrases.as_slice() else { return None };
        let named = |phrase: &Phrase| {
            let [privilege] = phrase.privileges.as_slice() else { return false };
            let [name] = phrase.objects.names.as_slice() else { return false };
            phrase.objects.word == "database"
                && privilege.operation.as_str() == "connect"
                && phrase.reach == ReachPhrase::Existing
                && !phrase.delegable
                && phrase.granted_by.is_none()
                && name.to_string() == under.as_str()
                && name.is_exact()
        };
        if !named(only) {
            return None;
        }
        databases.push(under.clone());
    }
    Some(databases)
}

fn remarks(role: &mut DraftRole) {
    let has = |word: &str| role.attributes.iter().any(|(name, on)| name.as_str() == word && *on);
    if has(SUPERUSER) {
        let how = if role.login { "can log in and stands" } else { "stands" };
        role.remarks.push(format!("{how} above every check (superuser): it belongs to the trusted base"));
    }
    if let Form::ServiceAccount(_) = &role.form {
        role.grants.clear();
    }
}
