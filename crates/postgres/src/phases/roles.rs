//! Roles: made, changed, described, set up.

use super::context::Context;
use crate::quote::{identifier, literal};
use crate::realise::least;
use crate::settings;
use crate::words::attribute;
use model::{Attribute, Change, Part, Risk, RoleName, SettingKey, Statement, Step, Value, Verifier};
use std::collections::BTreeMap;

/// What gives more or the same, and what gives less: one step for each role and direction.
pub(super) fn render(cx: &Context<'_>, changes: &[Change]) -> (Vec<Step>, Vec<Step>) {
    let mut wider: BTreeMap<Option<&RoleName>, Vec<&Change>> = BTreeMap::new();
    let mut narrower: BTreeMap<Option<&RoleName>, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        let Some(role) = subject(change) else { continue };
        let side = if narrows(change) { &mut narrower } else { &mut wider };
        side.entry(role).or_default().push(change);
    }
    let steps = |side: BTreeMap<Option<&RoleName>, Vec<&Change>>| -> Vec<Step> {
        side.into_values().map(|changes| step(cx, &changes)).collect()
    };
    (steps(wider), steps(narrower))
}

/// Before 16 a role's INHERIT says whether all its memberships pass privileges on, so it changes where memberships
/// change: those steps, what gives and what takes, and all other changes.
pub(super) fn inheritance(cx: &Context<'_>, changes: &[Change]) -> ((Vec<Step>, Vec<Step>), Vec<Change>) {
    let (inheritance, others): (Vec<Change>, Vec<Change>) = changes.iter().cloned().partition(|change| {
        let inherit =
            matches!(change, Change::Attribute { attribute, .. } if *attribute == attribute::INHERIT);
        inherit && cx.version < 16
    });
    (render(cx, &inheritance), others)
}

/// The role that a change of this file's kind is about; `Some(None)` for everybody.
fn subject(change: &Change) -> Option<Option<&RoleName>> {
    match change {
        Change::CreateRole { role, .. }
        | Change::Attribute { role, .. }
        | Change::Password { role, .. }
        | Change::Comment { role, .. } => Some(Some(role)),
        Change::Setting { key, .. } => Some(key.role.as_ref()),
        _ => None,
    }
}

/// True if the role can do less afterwards.
pub(super) fn narrows(change: &Change) -> bool {
    match change {
        Change::Attribute { to: Value::Flag(on), .. } => !on,
        Change::Attribute { from, to: Value::Number(to), .. } => match from {
            Value::Number(from) => *to >= 0 && (*from < 0 || to < from),
            _ => *to >= 0,
        },
        Change::Attribute { from, to: Value::Text(to), .. } => match from {
            Value::Text(from) if from == "infinity" => true,
            Value::Text(from) => to != "infinity" && to < from,
            _ => to != "infinity",
        },
        Change::Password { to, .. } => *to == Verifier::None,
        Change::Setting { to, .. } => to.is_none(),
        _ => false,
    }
}

/// All changes of one role as one step.
pub(super) fn step(cx: &Context<'_>, changes: &[&Change]) -> Step {
    let mut statements = Vec::new();
    let mut reverse = Vec::new();
    let mut risk = Risk::Routine;
    let mut clauses: Vec<(&RoleName, String, String)> = Vec::new();
    for change in changes {
        risk = risk.max(danger(change));
        match change {
            Change::CreateRole { role, attributes, verifier } => {
                statements.push(create(cx, role, attributes, verifier));
                reverse.push(format!("DROP ROLE {}", identifier(role.as_str())));
            }
            Change::Attribute { role, attribute, from, to } => {
                clauses.push((role, clause(attribute, to), clause(attribute, from)));
            }
            Change::Password { role, to } => statements.push(password(role, to)),
            Change::Comment { role, from, to } => {
                statements.push(Statement::new(comment(role, to.as_deref())));
                reverse.push(comment(role, from.as_deref()));
            }
            Change::Setting { key, from, to } => {
                statements.push(Statement::new(setting(key, to.as_deref())));
                reverse.push(setting(key, from.as_deref()));
            }
            _ => {}
        }
    }
    if let Some((role, ..)) = clauses.first() {
        let role = identifier(role.as_str());
        let forth = clauses.iter().map(|(_, to, _)| to.as_str()).collect::<Vec<_>>().join(" ");
        let back = clauses.iter().map(|(_, _, from)| from.as_str()).collect::<Vec<_>>().join(" ");
        statements.insert(0, Statement::new(format!("ALTER ROLE {role} {forth}")));
        reverse.insert(0, format!("ALTER ROLE {role} {back}"));
    }
    // With the role goes what was said about it.
    if let Some(drop) = reverse.iter().find(|back| back.starts_with("DROP ROLE ")).cloned() {
        reverse = vec![drop];
    }
    let changes: Vec<Change> = changes.iter().map(|change| (*change).clone()).collect();
    Step { cause: cx.cause(&changes), changes, statements, risk, reverse }
}

/// Attributes that are power beyond privileges are sensitive; a login is a way in.
fn danger(change: &Change) -> Risk {
    let flag = |attribute: &Attribute| match attribute.as_str() {
        "superuser" | "createrole" | "createdb" | "replication" | "bypassrls" => Risk::Sensitive,
        "login" | "inherit" => Risk::Widening,
        _ => Risk::Routine,
    };
    match change {
        Change::CreateRole { attributes, .. } => {
            let on = attributes
                .iter()
                .filter(|(word, value)| **value == Value::Flag(true) && **word != attribute::INHERIT);
            on.map(|(word, _)| flag(word)).max().unwrap_or(Risk::Routine)
        }
        Change::Attribute { attribute, to: Value::Flag(true), .. } => flag(attribute),
        Change::Attribute { .. } if !narrows(change) => Risk::Widening,
        Change::Password { .. } => Risk::Sensitive,
        Change::Setting { key, to: Some(_), .. } if turns_into_power(key.name.as_str()) => Risk::Sensitive,
        _ => Risk::Routine,
    }
}

/// Settings with which a session becomes another role, runs code as it starts, or passes over triggers and
/// row security.
fn turns_into_power(parameter: &str) -> bool {
    let names = [
        "role",
        "session_preload_libraries",
        "local_preload_libraries",
        "session_replication_role",
        "row_security",
    ];
    names.iter().any(|name| name.eq_ignore_ascii_case(parameter))
}

fn create(
    cx: &Context<'_>,
    role: &RoleName,
    attributes: &BTreeMap<Attribute, Value>,
    verifier: &Verifier,
) -> Statement {
    let least = least();
    let mut text = format!("CREATE ROLE {}", identifier(role.as_str()));
    for (word, value) in attributes.iter().filter(|(word, value)| least.get(*word) != Some(*value)) {
        text.push(' ');
        text.push_str(&clause(word, value));
    }
    let from_model = cx.intent.roles.get(role).is_some_and(|role| role.password.is_some());
    let secret = match verifier {
        Verifier::Known(secret) => Part::Secret(secret.clone()),
        Verifier::Unknown if from_model => Part::VerifierOf(role.clone()),
        _ => return Statement::new(text),
    };
    text.push_str(" PASSWORD ");
    Statement::from_parts(vec![Part::Text(text), secret])
}

fn clause(word: &Attribute, value: &Value) -> String {
    let upper = word.as_str().to_uppercase();
    match value {
        Value::Flag(true) => upper,
        Value::Flag(false) => format!("NO{upper}"),
        Value::Number(number) => format!("{upper} {number}"),
        Value::Text(text) => format!("{upper} {}", literal(text)),
        // Once set it can only be set to never: the server has no word for taking it away.
        Value::Unset => format!("{upper} 'infinity'"),
    }
}

fn password(role: &RoleName, to: &Verifier) -> Statement {
    let text = format!("ALTER ROLE {} PASSWORD ", identifier(role.as_str()));
    match to {
        Verifier::Known(secret) => {
            Statement::from_parts(vec![Part::Text(text), Part::Secret(secret.clone())])
        }
        Verifier::Unknown => Statement::from_parts(vec![Part::Text(text), Part::VerifierOf(role.clone())]),
        Verifier::None => Statement::new(format!("{text}NULL")),
    }
}

fn comment(role: &RoleName, to: Option<&str>) -> String {
    let to = to.map_or_else(|| "NULL".to_owned(), literal);
    format!("COMMENT ON ROLE {} IS {to}", identifier(role.as_str()))
}

fn setting(key: &SettingKey, to: Option<&str>) -> String {
    let database = |word: &str| {
        key.database
            .as_ref()
            .map(|name| format!("{word}DATABASE {}", identifier(name.as_str())))
            .unwrap_or_default()
    };
    let whose = match &key.role {
        Some(role) => format!("ROLE {}{}", identifier(role.as_str()), database(" IN ")),
        None if key.database.is_some() => database(""),
        None => "ROLE ALL".to_owned(),
    };
    let name = key.name.as_str().split('.').map(identifier).collect::<Vec<_>>().join(".");
    match to {
        Some(value) => {
            format!("ALTER {whose} SET {name} TO {}", settings::literals(key.name.as_str(), value))
        }
        None => format!("ALTER {whose} RESET {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_earlier_end_narrows_and_a_later_one_widens() {
        let change = |from: Value, to: Value| {
            let role = RoleName::new("r").expect("a name");
            narrows(&Change::Attribute { role, attribute: attribute::VALID_UNTIL, from, to })
        };
        let at = |text: &str| Value::Text(text.into());
        assert!(change(Value::Unset, at("2027-01-01 00:00:00+00")));
        assert!(change(at("infinity"), at("2027-01-01 00:00:00+00")));
        assert!(!change(at("2027-01-01 00:00:00+00"), at("infinity")));
        assert!(!change(at("2026-01-01 00:00:00+00"), at("2027-01-01 00:00:00+00")));
    }
}
