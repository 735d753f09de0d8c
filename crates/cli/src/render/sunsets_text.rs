//! The countdown of deprecated roles, for people.

use super::wrap::wrapped;
use crate::terminal::Paint;
use model::{Day, Deprecated, RoleName, from_now};
use std::collections::BTreeMap;

/// When each deprecated role goes, the next one first. Nothing, if there is none.
pub(crate) fn sunsets_text(
    deprecated: &BTreeMap<RoleName, Deprecated>,
    today: Option<Day>,
    paint: Paint,
) -> String {
    let mut roles: Vec<(&RoleName, &Deprecated)> = deprecated.iter().collect();
    roles.sort_by_key(|(_, deprecated)| (deprecated.sunset.is_none(), deprecated.sunset));
    let lines = roles.into_iter().map(|(role, deprecated)| {
        let line = format!("{role} {}{}", goes(deprecated, today), successor(deprecated));
        paint.plain(&wrapped("  - ", "    ", &line)).into_owned()
    });
    let lines = lines.collect::<String>();
    if lines.is_empty() { lines } else { format!("\n{}\n{lines}", paint.bold("Deprecated roles")) }
}

fn goes(deprecated: &Deprecated, today: Option<Day>) -> String {
    match (deprecated.sunset, today) {
        (None, _) => "has no `sunset`".to_owned(),
        (Some(day), None) => format!("goes on {day}"),
        (Some(day), Some(today)) if day < today => format!("was to go on {day}, {}", from_now(day, today)),
        (Some(day), Some(today)) => format!("goes on {day}, {}", from_now(day, today)),
    }
}

fn successor(deprecated: &Deprecated) -> String {
    deprecated.replaced_by.as_ref().map(|role| format!("; {role} replaces it")).unwrap_or_default()
}
