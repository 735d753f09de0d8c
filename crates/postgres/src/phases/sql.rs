//! Facts to SQL text: names of objects, lists of privileges.

use crate::quote::identifier;
use crate::words::{kind, variety};
use model::{Catalogue, Kind, Name, Object, Operation, Principal, Variety};
use std::sync::Arc;

/// Who, as GRANT and REVOKE write it.
pub(crate) fn principal(principal: &Principal) -> String {
    match principal {
        Principal::Public => "PUBLIC".to_owned(),
        Principal::Role(role) => identifier(role.as_str()),
    }
}

/// Several, in order.
pub(crate) fn principals<'a>(all: impl IntoIterator<Item = &'a Principal>) -> String {
    all.into_iter().map(principal).collect::<Vec<_>>().join(", ")
}

/// Operations as GRANT writes them.
pub(crate) fn operations(all: &[Operation]) -> String {
    all.iter().map(|operation| operation.as_str().to_uppercase()).collect::<Vec<_>>().join(", ")
}

/// `SELECT, INSERT`, or of columns `SELECT (id, name), UPDATE (id, name)`.
pub(crate) fn privileges(of: &Kind, all: &[Operation], objects: &[Arc<Object>]) -> String {
    if *of != kind::COLUMN {
        return operations(all);
    }
    let columns = objects.iter().map(|column| self::column(column)).collect::<Vec<_>>().join(", ");
    let each = all.iter().map(|operation| format!("{} ({columns})", operation.as_str().to_uppercase()));
    each.collect::<Vec<_>>().join(", ")
}

/// The word for a kind in `GRANT … ON word`.
pub(crate) fn grant_word(of: &Kind) -> String {
    if *of == kind::COLUMN { "TABLE".to_owned() } else { of.as_str().to_uppercase() }
}

/// An object's name where its kind has been said.
pub(crate) fn name(object: &Object) -> String {
    let path = match object.path.split_last() {
        Some((_, table)) if object.kind == kind::COLUMN => table,
        _ => object.path.as_slice(),
    };
    if object.kind == kind::LARGE_OBJECT {
        return path
            .iter()
            .map(|oid| oid.as_str().chars().filter(char::is_ascii_digit).collect::<String>())
            .collect();
    }
    if object.kind == kind::PARAMETER {
        return path.iter().map(parameter).collect::<Vec<_>>().join(".");
    }
    let dotted = path.iter().map(|part| identifier(part.as_str())).collect::<Vec<_>>().join(".");
    match &object.arguments {
        // The server's own spelling of its types, quoted by it.
        Some(arguments) if object.kind == kind::ROUTINE => {
            format!("{dotted}({})", arguments.iter().map(Name::as_str).collect::<Vec<_>>().join(", "))
        }
        _ => dotted,
    }
}

fn parameter(name: &Name) -> String {
    name.as_str().split('.').map(identifier).collect::<Vec<_>>().join(".")
}

/// The column's name of a column.
pub(crate) fn column(object: &Object) -> String {
    object.path.last().map(|column| identifier(column.as_str())).unwrap_or_default()
}

/// `ALTER …` up to the object's name, as OWNER TO wants it.
pub(crate) fn alter(object: &Object, catalogue: &Catalogue) -> String {
    let existing = catalogue.objects.get(object).map(|existing| &existing.variety);
    let word = alter_word(&object.kind, existing);
    match object.kind.as_str() {
        "operator" => format!("ALTER OPERATOR {}", operator(object)),
        "operator class" | "operator family" => format!("ALTER {word} {}", by_access_method(object)),
        _ => format!("ALTER {word} {}", name(object)),
    }
}

fn alter_word(of: &Kind, existing: Option<&Variety>) -> String {
    let word = match (of.as_str(), existing) {
        ("table", Some(v)) if *v == variety::VIEW => "VIEW",
        ("table", Some(v)) if *v == variety::MATERIALIZED_VIEW => "MATERIALIZED VIEW",
        ("table", Some(v)) if *v == variety::FOREIGN_TABLE => "FOREIGN TABLE",
        ("type", Some(v)) if *v == variety::DOMAIN => "DOMAIN",
        ("foreign server", _) => "SERVER",
        (word, _) => return word.to_uppercase(),
    };
    word.to_owned()
}

/// `schema.+ (integer, integer)`: the operator's own letters are never quoted.
fn operator(object: &Object) -> String {
    let letters = object.path.last().map(Name::as_str).unwrap_or_default();
    let schema = object.path.first().map(|schema| identifier(schema.as_str())).unwrap_or_default();
    let operands = object.arguments.iter().flatten().map(Name::as_str).collect::<Vec<_>>();
    format!("{schema}.{letters} ({})", operands.join(", "))
}

fn by_access_method(object: &Object) -> String {
    let part = |at: usize| object.path.get(at).map(|part| identifier(part.as_str())).unwrap_or_default();
    format!("{}.{} USING {}", part(0), part(1), part(2))
}
