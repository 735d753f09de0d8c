//! The blast radius: everything that somebody comes to.

use super::legs::{Legs, legs};
use super::tell::told;
use crate::ask::Asking;
use access::{Climbed, Told};
use model::{Certainty, Gain, Object, Operation, Permission, Principal, RoleName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What somebody comes to.
#[derive(Debug)]
pub struct Radius {
    /// Everything that is gained on the way, the surest and nearest first, each with the best way to it: roles, code that runs
    /// as others, the server itself.
    pub parts: Vec<Part>,
    /// What can be done to which objects for sure, by all of it together.
    pub holds: BTreeMap<Operation, BTreeSet<Arc<Object>>>,
    /// Objects whose owner somebody comes to for sure.
    pub owns: BTreeSet<Arc<Object>>,
    /// Nothing is checked any more: the lists say nothing beyond that. Not where that is unknown.
    pub everything: bool,
}

/// One thing that is gained.
#[derive(Debug)]
pub struct Part {
    /// What.
    pub gain: Gain,
    /// The way to it.
    pub way: Told,
    /// The same as a picture has it.
    pub drawn: Option<Legs>,
}

pub(super) fn radius(asking: &Asking, climbed: &Climbed<'_>) -> Radius {
    let parts = climbed.everything().filter_map(|gain| {
        let way = climbed.way(&gain)?;
        let told = told(asking, &gain, &way);
        let drawn = legs(&gain, &way);
        (!matches!(gain, Gain::Lures(_))).then_some(Part { gain, way: told, drawn })
    });
    let parts: Vec<Part> = parts.collect();
    let used: BTreeSet<&RoleName> = climbed.used().collect();
    let above = parts.iter().find(|part| part.gain == Gain::Everything);
    let everything = above.is_some_and(|part| !matches!(part.way.certainty, Certainty::Unknown(_)));
    let (mut holds, mut owns) = (BTreeMap::<Operation, BTreeSet<Arc<Object>>>::new(), BTreeSet::new());
    let access = &asking.observed.access;
    for (object, owner) in access.owners.iter().filter(|(object, _)| is_own(asking, object)) {
        if used.contains(owner) {
            owns.insert(object.clone());
        }
    }
    for (object, acl) in access.entries.iter().filter(|(object, _)| is_own(asking, object)) {
        for (holder, held) in acl {
            let held_by = match &holder.to {
                Principal::Public => false,
                Principal::Role(role) => used.contains(role),
            };
            if held_by {
                for (operation, _) in held.iter() {
                    holds.entry(operation.clone()).or_default().insert(object.clone());
                }
            }
        }
    }
    for part in parts.iter().filter(|part| !matches!(part.way.certainty, Certainty::Unknown(_))) {
        if let Gain::Does(Permission { operation, on, .. }) = &part.gain {
            holds.entry(operation.clone()).or_default().insert(on.clone());
        }
    }
    Radius { parts, holds, owns, everything }
}

/// True for what is not the engine's own.
fn is_own(asking: &Asking, object: &Arc<Object>) -> bool {
    asking.observed.catalogue.objects.get(object).is_none_or(|existing| !existing.system)
}
