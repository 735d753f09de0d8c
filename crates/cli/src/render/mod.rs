//! What people and programs read: one file for each text. Everything here is pure.

mod access_json;
mod answer_text;
mod audit_csv;
mod audit_html;
mod audit_json;
mod audit_sarif;
mod audit_text;
mod by_control;
mod duties_text;
mod exceptions;
mod graph;
mod html;
mod import_text;
mod left_text;
mod manual_text;
mod obstacles_text;
mod offer;
mod path_json;
mod path_text;
mod plan_sql;
mod plan_text;
mod quarantine_text;
mod sunsets_text;
mod who_text;
mod wrap;

pub(crate) use access_json::{answer_json, who_json};
pub(crate) use answer_text::{Answered, answer_text};
pub(crate) use audit_csv::audit_csv;
pub(crate) use audit_html::audit_html;
pub(crate) use audit_json::audit_json;
pub(crate) use audit_sarif::audit_sarif;
pub(crate) use audit_text::audit_text;
pub(crate) use duties_text::duties_text;
pub(crate) use graph::{WaysDrawn, graph_dot, graph_mermaid, graph_svg, ways_dot, ways_mermaid, ways_svg};
pub(crate) use import_text::import_text;
pub(crate) use left_text::left_text;
pub(crate) use manual_text::manual_text;
pub(crate) use obstacles_text::obstacles_text;
pub(crate) use path_json::{path_json, radius_json};
pub(crate) use path_text::{BY_MODEL, goal, path_text, radius_text, reviewed};
pub(crate) use plan_sql::plan_sql;
pub(crate) use plan_text::plan_text;
pub(crate) use quarantine_text::{quarantine_text, reasons};
pub(crate) use sunsets_text::sunsets_text;
pub(crate) use who_text::who_text;

use model::At;

/// The target as a heading names it: never by its URL.
pub(crate) fn target(at: &At) -> String {
    let names = at.databases.keys().map(ToString::to_string).collect::<Vec<_>>();
    format!("{} on {} {}", names.join(", "), at.engine, at.version_text)
}

/// `1 finding`, `2 findings`.
pub(crate) fn counted(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}
