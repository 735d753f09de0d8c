//! What passes from one table to another without a privilege there: views with their owner's rights, foreign keys that cascade.

use super::{Here, on};
use crate::escalation::perform::performing;
use crate::words::operation;
use model::{Beyond, Cascade, Certainty, Escalation, From, Gain, Object, Permission, Rewrite, Window};
use std::sync::Arc;

/// Everything that passes on.
pub(super) fn passed_on(here: &Here<'_>, all: &mut Vec<Escalation>) {
    let Some(machinery) = &here.observed.machinery else { return };
    for (view, window) in machinery.views.iter().filter(|(view, _)| here.holds(view)) {
        through_view(here, view, window, all);
    }
    for rule in machinery.rules.iter().filter(|rule| here.holds(&rule.on)) {
        through_rule(here, rule, all);
    }
    for cascade in machinery.cascades.iter().filter(|cascade| here.holds(&cascade.from)) {
        let because = format!("a foreign key of {} follows {}", cascade.to, cascade.from);
        let does = on(cascade.does.clone(), &cascade.to);
        let begins = on(cascade.by.clone(), &cascade.from);
        both_ways(here, here.has_part(&begins), &begins, does, &because, &Certainty::Direct, all);
        all.extend(trigger_behind(here, cascade, &because));
    }
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
        let begins = on(operation, view);
        if here.has_part(&begins) != here.has(std::slice::from_ref(&begins)) {
            let why = "which of its columns come from there is not followed".to_owned();
            let statements = vec![performing(here.observed, &begins)];
            let step =
                here.step(here.has_part(&begins), Gain::Does(does.clone()), because.clone(), statements);
            all.push(Escalation { certainty: Certainty::Unknown(why), ..step });
        }
        both_ways(here, here.has(std::slice::from_ref(&begins)), &begins, does, &because, &certainty, all);
    }
}

/// A rule does what it does with the rights of the owner of what it is on.
fn through_rule(here: &Here<'_>, rule: &Rewrite, all: &mut Vec<Escalation>) {
    let Some(owner) = here.owner(&rule.on) else { return };
    let begins = on(rule.by.clone(), &rule.on);
    let because = format!("rule {} of {} does this with the rights of {owner}", rule.name, rule.on);
    for does in rule.does.does.iter().filter(|does| here.may(owner, does)) {
        both_ways(here, here.has_part(&begins), &begins, does.clone(), &because, &Certainty::Direct, all);
    }
    let (Beyond::Anything { why, .. } | Beyond::Unknown { why }) = &rule.does.beyond else { return };
    let statements = vec![performing(here.observed, &begins)];
    let step = here.step(here.has_part(&begins), Gain::Runs(owner.clone()), because, statements);
    all.push(Escalation { certainty: Certainty::Unknown(why.clone()), ..step });
}

/// What a foreign key changes is changed by the owner of its table, and so are triggers run.
fn trigger_behind(here: &Here<'_>, cascade: &Cascade, because: &str) -> Option<Escalation> {
    let owner = here.owner(&cascade.to)?;
    let trigger = super::parts::trigger(here, &cascade.does, &cascade.to, false)?;
    let begins = on(cascade.by.clone(), &cascade.from);
    let From::Has(mut needs) = here.has_part(&begins) else { return None };
    needs.extend(trigger.needs);
    let mut statements = trigger.statements;
    statements.push(performing(here.observed, &begins));
    let because = format!("{because} as {owner}, and triggers of it run as {owner} too");
    Some(here.step(From::Has(needs), Gain::Runs(owner.clone()), because, statements))
}

/// Whoever has the operation, and whoever performs it without having it.
fn both_ways(
    here: &Here<'_>,
    from: From,
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
    let has = here.step(from, Gain::Does(does), because, statement);
    let gained = Escalation {
        from: From::Gained(Gain::Does(begins.clone())),
        statements: Vec::new(),
        certainty: certainty.clone(),
        ..has.clone()
    };
    all.extend([Escalation { certainty: certainty.clone(), ..has }, gained]);
}
