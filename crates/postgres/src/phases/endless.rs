//! Notes on ends of passwords that a plan takes away because the model says none.

use crate::words::attribute;
use model::{Change, Changes, Note, Value};

/// Logins whose passwords end on the target and would no longer. A login that has an end in the server alone, because somebody
/// gave it access for some days, would go on for ever.
pub(super) fn notes(changes: &Changes) -> Vec<Note> {
    let note = |change: &Change| match change {
        Change::Attribute { role, attribute, from: Value::Text(end), to }
            if *attribute == attribute::VALID_UNTIL && end != "infinity" && is_none(to) =>
        {
            Some(Note {
                about: format!("the end of {role}'s password"),
                what: format!(
                    "the server has {end} and the model has no `expires`: this plan takes the end away; to keep it, say `expires: \"{end}\"`"
                ),
            })
        }
        _ => None,
    };
    changes.iter().filter_map(note).collect()
}

fn is_none(end: &Value) -> bool {
    match end {
        Value::Text(end) => end == "infinity",
        other => *other == Value::Unset,
    }
}
