//! An exact copy: what one look saw, wanted on another target that has the same objects.

use crate::words::{attribute, kind};
use model::{Access, Claims, Desired, Grantor, Note, Object, Observed, Principal, RoleName, Value, Verifier};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The source's facts as the desired state of the target, and what of them cannot be reproduced there.
///
/// Both looks have to cover the same databases with [`engine::Scope::everything`].
#[must_use]
pub fn copy(source: &Observed, target: &Observed) -> (Desired, Vec<Note>) {
    let mut notes = source.notes.clone();
    let mut access = source.access.clone();
    verifiers(&mut access, &mut notes);
    ends(&mut access, target, &mut notes);
    objects(&mut access, source, target, &mut notes);
    own_options(&mut access, &mut notes);
    before_16(&mut access, source, target, &mut notes);
    notes.sort();
    notes.dedup();
    (Desired { access, claims: Claims::Everything, quarantined: BTreeMap::new() }, notes)
}

fn note(notes: &mut Vec<Note>, about: impl ToString, what: &str) {
    notes.push(Note { about: about.to_string(), what: what.to_owned() });
}

/// What could not be read cannot be wanted.
fn verifiers(access: &mut Access, notes: &mut Vec<Note>) {
    for (name, role) in &access.roles {
        if role.verifier == Verifier::Unknown {
            note(notes, name, "its password cannot be read without superuser, so it is not copied");
        }
    }
    for (key, _) in access.mappings.iter().filter(|(_, options)| options.is_none()) {
        note(
            notes,
            format!("user mapping for {} on {}", key.to, key.server),
            "its options cannot be read, so they are not copied",
        );
    }
    access.mappings.retain(|_, options| options.is_some());
}

/// An end once set can be moved and not taken away: `infinity` is the nearest.
fn ends(access: &mut Access, target: &Observed, notes: &mut Vec<Note>) {
    for (name, role) in &mut access.roles {
        let ends =
            target.access.roles.get(name).and_then(|role| role.attributes.get(&attribute::VALID_UNTIL));
        let has_end = matches!(ends, Some(Value::Text(_)));
        if let Some(end) = role.attributes.get_mut(&attribute::VALID_UNTIL)
            && *end == Value::Unset
            && has_end
        {
            *end = Value::Text("infinity".to_owned());
            note(notes, name, "VALID UNTIL cannot be unset, so it becomes infinity");
        }
    }
}

/// Only what exists on both sides can be equal.
fn objects(access: &mut Access, source: &Observed, target: &Observed, notes: &mut Vec<Note>) {
    let absent = |object: &Arc<Object>| {
        let there = |side: &Observed| {
            side.catalogue.objects.contains_key(object) || side.access.owners.contains_key(object)
        };
        object.kind != kind::COLUMN
            && object.kind != kind::PARAMETER
            && there(source)
            && !there(target)
            && !is_dependent(source, object)
    };
    let missing: BTreeSet<Arc<Object>> =
        access.owners.keys().chain(access.entries.keys()).filter(|object| absent(object)).cloned().collect();
    for object in &missing {
        note(notes, object, "it does not exist on the target");
    }
    access.owners.retain(|object, _| !missing.contains(object));
    access.entries.retain(|object, _| !missing.contains(object));
}

/// A grant option that somebody other than the owner gave to itself, which a role can that inherits from one with
/// the option: it gives nothing, and nobody can be made to give it again.
fn own_options(access: &mut Access, notes: &mut Vec<Note>) {
    for (on, acl) in &mut access.entries {
        for (holder, held) in acl.iter_mut() {
            let (Principal::Role(to), Grantor::Role(by)) = (&holder.to, &holder.by) else { continue };
            if to == by && held.iter().any(|(_, option)| option) {
                *held = held.iter().map(|(operation, _)| (operation.clone(), false)).collect();
                let what = format!("{to} gave itself the grant option, which cannot be given that way again");
                notes.push(Note { about: on.to_string(), what });
            }
        }
    }
}

/// Row types are listed only where something was granted on them: they exist wherever their table does.
fn is_dependent(source: &Observed, object: &Arc<Object>) -> bool {
    object.kind == kind::TYPE
        && source.catalogue.objects.get(object).is_some_and(|existing| existing.follows_table)
}

/// Before 16 a membership's INHERIT is the member's attribute; a copy from there takes it as the target's
/// version wants it. A membership whose grantor is gone is given by the root.
fn before_16(access: &mut Access, source: &Observed, target: &Observed, notes: &mut Vec<Note>) {
    let roles: BTreeMap<RoleName, bool> = access
        .roles
        .iter()
        .map(|(name, role)| {
            (name.clone(), role.attributes.get(&attribute::INHERIT) != Some(&Value::Flag(false)))
        })
        .collect();
    if target.at.version < 160_000 && source.at.version >= 160_000 {
        for (key, powers) in &mut access.members {
            let inherits = roles.get(&key.member).copied().unwrap_or(true);
            if powers.inherit != inherits || !powers.set {
                let about = format!("{} in {}", key.member, key.role);
                note(notes, about, "its INHERIT and SET options do not exist before version 16");
                powers.inherit = inherits;
                powers.set = true;
            }
        }
    }
    let gone: Vec<_> = access
        .members
        .keys()
        .filter(|key| matches!(&key.by, Grantor::Role(grantor) if !roles.contains_key(grantor)))
        .cloned()
        .collect();
    for key in gone {
        note(notes, format!("{} in {}", key.member, key.role), "the role that granted it is gone");
        access.members.remove(&key);
    }
}
