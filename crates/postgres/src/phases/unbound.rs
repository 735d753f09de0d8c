//! Lines whose exceptions do not hold for what they say of future objects.

use model::{Change, GrantIntent, Intent, Note, Reach, RoleName};

/// A note for each line that names exceptions and gives something on objects still to be made: default privileges know
/// no exceptions.
pub(super) fn notes(changes: &[Change], intent: &Intent) -> Vec<Note> {
    let excepting = intent.grants.iter().filter(|grant| !grant.on.except.is_empty());
    excepting.filter_map(|grant| note(grant, changes, intent)).collect()
}

fn note(grant: &GrantIntent, changes: &[Change], intent: &Intent) -> Option<Note> {
    let (Reach::Future(creators) | Reach::Both(creators)) = &grant.reach else { return None };
    if !changes.iter().any(|change| gives(change, grant, creators)) {
        return None;
    }
    let except = grant.on.except.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Some(Note {
        about: intent.cause(grant.cause).map_or_else(|| grant.to.to_string(), ToString::to_string),
        what: format!(
            "`except {except}` cannot hold for what does not exist yet: if one of {} makes a {} so named, {} gets the same on \
             it until the next plan takes it away",
            creators.iter().map(RoleName::as_str).collect::<Vec<_>>().join(", "),
            grant.on.kind,
            grant.to
        ),
    })
}

/// True if the change is a part of what the line says of future objects.
fn gives(change: &Change, grant: &GrantIntent, creators: &[RoleName]) -> bool {
    let Change::Future { key, to, from, into } = change else { return false };
    let ours = *to == grant.to && key.kind == grant.on.kind && creators.contains(&key.creator);
    ours && key.scope.database() == grant.on.database.as_ref() && !from.contains(into)
}
