//! What passes from one table to another without a privilege there: views with their owner's rights, foreign keys that cascade,
//! triggers that run as somebody else.

use super::{Here, on};
use crate::escalation::perform::performing;
use crate::words::operation;
use model::{Beyond, Certainty, Escalation, From, Gain, Machinery, Object, Permission, Window};
use std::sync::Arc;

/// Everything that passes on.
pub(super) fn passed_on(here: &Here<'_>, all: &mut Vec<Escalation>) {
    let Some(machinery) = &here.observed.machinery else { return };
    for (view, window) in machinery.views.iter().filter(|(view, _)| here.holds(view)) {
        through_view(here, view, window, all);
    }
    for cascade in machinery.cascades.iter().filter(|cascade| here.holds(&cascade.from)) {
        let because = format!("a foreign key of {} follows {}", cascade.to, cascade.from);
        let does = on(cascade.does.clone(), &cascade.to);
        both_ways(here, &on(cascade.by.clone(), &cascade.from), does, &because, &Certainty::Direct, all);
    }
    through_triggers(here, machinery, all);
}

/// A view reads and writes what is behind it with its owner's rights.
fn through_view(here: &Here<'_>, view: &Arc<Object>, window: &Window, all: &mut Vec<Escalation>) {
    let Some(owner) = here.owner(view).filter(|_| !window.as_caller) else { return };
    let reads = window.reads.iter().map(|table| (operation::SELECT, table, Certainty::Direct));
    let certainty = match window.reads.len() {
        1 => Certainty::Direct,
        _ => Certainty::Unknown("it reads several tables, and writes to one of them".to_owned()),
    };
    let writes = window.reads.iter().flat_map(|behind| {
        window
            .passes_on
            .iter()
            .map(|operation| (operation.clone(), behind, certainty.clone()))
            .collect::<Vec<_>>()
    });
    for (operation, behind, certainty) in reads.chain(writes) {
        let does = on(operation.clone(), behind);
        if !here.may(owner, &does) {
            continue;
        }
        let stored = if window.stored { ", as it was when the view was last filled" } else { "" };
        let because = format!("{view} passes {operation} on to {behind} with the rights of {owner}{stored}");
        both_ways(here, &on(operation, view), does, &because, &certainty, all);
    }
}

/// What sets off a trigger whose function runs as its owner does what that function does.
fn through_triggers(here: &Here<'_>, machinery: &Machinery, all: &mut Vec<Escalation>) {
    for trigger in machinery.triggers.iter().filter(|trigger| here.holds(&trigger.on)) {
        let Some(routine) = machinery.routines.get(&trigger.runs).filter(|routine| routine.definer) else {
            continue;
        };
        let Some(owner) = here.owner(&trigger.runs) else { continue };
        let because = format!("trigger {} of {} runs {} as {owner}", trigger.name, trigger.on, trigger.runs);
        for operation in &trigger.by {
            let begins = on(operation.clone(), &trigger.on);
            for does in routine.body.does.iter().filter(|does| here.may(owner, does)) {
                both_ways(here, &begins, does.clone(), &because, &Certainty::Direct, all);
            }
            let (Beyond::Anything { why, .. } | Beyond::Unknown { why }) = &routine.body.beyond else {
                continue;
            };
            let step = here.step(
                here.has(std::slice::from_ref(&begins)),
                Gain::Runs(owner.clone()),
                because.clone(),
                vec![performing(here.observed, &begins)],
            );
            all.push(Escalation { certainty: Certainty::Unknown(why.clone()), ..step });
        }
    }
}

/// Whoever has the operation, and whoever performs it without having it.
fn both_ways(
    here: &Here<'_>,
    begins: &Permission,
    does: Permission,
    because: &str,
    certainty: &Certainty,
    all: &mut Vec<Escalation>,
) {
    if does == *begins {
        return;
    }
    let statement = vec![performing(here.observed, begins)];
    let has = here.step(here.has(std::slice::from_ref(begins)), Gain::Does(does), because, statement);
    let gained = Escalation {
        from: From::Gained(Gain::Does(begins.clone())),
        statements: Vec::new(),
        certainty: certainty.clone(),
        ..has.clone()
    };
    all.extend([Escalation { certainty: certainty.clone(), ..has }, gained]);
}
