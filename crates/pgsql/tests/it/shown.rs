//! What was read, in a form that is short to write down.

use std::collections::BTreeSet;

use pgsql::{Act, Body, Does, Loose, body, statements};

/// What the only statement of a text does.
pub(crate) fn one(text: &str) -> Does {
    let mut all = statements(text).unwrap_or_else(|why| panic!("{text}: {why}"));
    assert_eq!(all.len(), 1, "{text}");
    all.remove(0)
}

/// The acts of a text, separated by semicolons: `update s.t (a, ?b)`, where `?b` is perhaps a column, `(*)` is all, and a
/// `?` before the operation says that it is not certain.
pub(crate) fn acts(does: &Does) -> String {
    does.acts.iter().map(act).collect::<Vec<_>>().join("; ")
}

pub(crate) fn calls(does: &Does) -> String {
    let name = |call: &pgsql::Call| match &call.schema {
        Some(schema) => format!("{schema}.{}/{}", call.name, call.arguments),
        None => format!("{}/{}", call.name, call.arguments),
    };
    does.calls.iter().map(name).collect::<Vec<_>>().join(" ")
}

pub(crate) fn others(does: &Does) -> Vec<&'static str> {
    does.others.iter().map(|other| other.kind).collect()
}

/// The kinds of names that are loose.
pub(crate) fn loose(does: &Does) -> String {
    let Loose { relations, routines, operators, types } = does.loose;
    let kinds =
        [(relations, "relations"), (routines, "routines"), (operators, "operators"), (types, "types")];
    kinds.iter().filter(|(is, _)| *is).map(|(_, kind)| *kind).collect::<Vec<_>>().join(" ")
}

/// The body of a function in this language without arguments.
pub(crate) fn body_in(language: &str, source: &str) -> Body {
    body(&format!("CREATE FUNCTION s.f() RETURNS void LANGUAGE {language} AS $body${source}$body$"))
}

/// What a body does, which must be fixed.
pub(crate) fn fixed(body: Body) -> Does {
    match body {
        Body::Fixed(does) => does,
        other => panic!("not fixed: {other:?}"),
    }
}

fn act(act: &Act) -> String {
    let on = match &act.on.schema {
        Some(schema) => format!("{schema}.{}", act.on.name),
        None => act.on.name.clone(),
    };
    let unsure = if act.certain { "" } else { "?" };
    let perhaps: BTreeSet<String> = act.columns.perhaps.iter().map(|name| format!("?{name}")).collect();
    let columns: Vec<String> = act.columns.named.iter().cloned().chain(perhaps).collect();
    match (act.columns.all, columns.is_empty()) {
        (true, _) => format!("{unsure}{} {on} (*)", act.operation),
        (false, true) => format!("{unsure}{} {on}", act.operation),
        (false, false) => format!("{unsure}{} {on} ({})", act.operation, columns.join(", ")),
    }
}
