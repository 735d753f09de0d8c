//! Where an offered statement is to be run.

use audit::{Offer, Offered};
use serde_json::{Value, json};
use service::Audited;

/// True if a statement without its database could be run in the wrong one.
fn several_databases(audited: &Audited) -> bool {
    audited.observed.at.databases.len() > 1
}

/// `in database shop:`
fn in_database(statement: &Offered) -> String {
    match &statement.database {
        Some(database) => format!("in database {database}:"),
        None => "in any database:".to_owned(),
    }
}

/// The database of each statement, in order, or the one of all: `shop; any`.
pub(crate) fn databases(offer: &Offer) -> String {
    let name = |one: &Offered| one.database.as_ref().map_or("any".to_owned(), ToString::to_string);
    let mut names: Vec<String> = offer.statements.iter().map(name).collect();
    if names.iter().all(|name| names.first() == Some(name)) {
        names.truncate(1);
    }
    names.join("; ")
}

/// The statements with what is to be said above them: where they are to be run, if that is not the same for all.
pub(crate) fn by_database<'o>(audited: &Audited, offer: &'o Offer) -> Vec<(Option<String>, Vec<&'o str>)> {
    let places = offer.has_places() && several_databases(audited);
    let mut groups: Vec<(Option<String>, Vec<&str>)> = Vec::new();
    for statement in &offer.statements {
        let above = places.then(|| in_database(statement));
        match groups.last_mut() {
            Some((last, texts)) if *last == above => texts.push(&statement.text),
            _ => groups.push((above, vec![&statement.text])),
        }
    }
    groups
}

/// The statements as data, each with its database; none for one that can be run in any.
pub(crate) fn statements(offer: &Offer) -> Vec<Value> {
    let one = |statement: &Offered| json!({ "database": statement.database.as_ref().map(|name| name.as_str()), "sql": statement.text });
    offer.statements.iter().map(one).collect()
}
