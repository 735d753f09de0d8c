//! Where a way can be cut: which of the facts it rests on has to go, so that it and every other way to the same are gone.

use super::followed::Followed;
use super::gathering::{Entry, Link, Shared, is_told, links};
use crate::told::taken;
use crate::{Compared, Look};
use access::{Escalations, Graph};
use model::{Basis, Certainty, Change, Escalation, From, Need, Object, Operation, Principal, Source};
use std::borrow::Cow;
use std::sync::Arc;

/// How many facts are taken at most until people have to decide: traps of one kind count once.
const MOST: usize = 8;
/// For how many ways a cut is looked for: each takes walks of its own.
pub(super) const TRIED: usize = 20;

/// What ends a way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cut {
    /// These entries go, and nothing is left of it; none where people have to choose.
    pub(crate) changes: Vec<Change>,
    /// Those of these entries that the model gives.
    pub(crate) of_the_model: Vec<Entry>,
}

/// What is taken.
struct Gone {
    /// An entry.
    entry: Entry,
    /// And those like it on every object of the kind: one trap is as good as the next.
    alike: bool,
}

impl Gone {
    fn is(&self, who: &Principal, on: &Object, operation: &Operation) -> bool {
        let Entry { who: theirs, on: entry, permission, .. } = &self.entry;
        let there = if self.alike { entry.kind == on.kind } else { **entry == *on };
        there && theirs == who && permission.operation == *operation
    }
}

/// Looks for it: an entry at a time, as long as it is the only one that the way rests on.
pub(super) fn cut(look: &Look<'_>, followed: &Followed, graph: &Graph, shared: &Shared) -> Cut {
    let mut gone: Vec<Gone> = Vec::new();
    loop {
        let steps: Vec<Cow<'_, Escalation>> =
            followed.steps.iter().map(|step| without(step, &gone)).collect();
        let walks = Escalations::of(graph, steps.iter().map(AsRef::as_ref));
        let left = shared.firsts.iter().find_map(|(first, entered)| {
            let climbed = walks.from(&[first], entered, true);
            let way = climbed.way(&shared.gain).filter(|way| !is_told(way))?;
            let alike = matches!(way.certainty(), Certainty::Victim(_));
            Some(only(&links(&way)).map(|entry| Gone { entry: entry.clone(), alike }))
        });
        match left {
            None => break,
            Some(Some(next)) if gone.len() < MOST && !gone.iter().any(|one| one.entry == next.entry) => {
                gone.push(next);
            }
            Some(_) => return Cut::default(),
        }
    }
    let changes: Vec<Change> = gone.iter().flat_map(|gone| changes(look, gone)).collect();
    let of_the_model: Vec<Entry> =
        gone.into_iter().map(|gone| gone.entry).filter(|entry| is_the_models(look, entry)).collect();
    let changes = if of_the_model.is_empty() { changes } else { Vec::new() };
    Cut { changes, of_the_model }
}

/// The one entry that the way rests on, if there is only one and somebody gave it.
fn only(links: &[Link]) -> Option<&Entry> {
    let mut entries = links.iter().filter_map(|link| match link {
        Link::Entry(entry) if !entry.place => Some(entry),
        _ => None,
    });
    let one = entries.next().filter(|entry| matches!(entry.basis, Basis::Granted { .. }))?;
    entries.next().is_none().then_some(one)
}

/// A step for those who do not have these entries.
fn without<'s>(step: &'s Escalation, gone: &[Gone]) -> Cow<'s, Escalation> {
    let loses = |need: &Need| need.sources.iter().any(|source| is_gone(need, source, gone));
    match &step.from {
        From::Has(needs) if needs.iter().any(|need| loses(need) || need.parts.iter().any(loses)) => {
            let mut needs = needs.clone();
            for need in &mut needs {
                take(need, gone);
                need.parts.iter_mut().for_each(|part| take(part, gone));
            }
            Cow::Owned(Escalation { from: From::Has(needs), ..step.clone() })
        }
        _ => Cow::Borrowed(step),
    }
}

fn is_gone(need: &Need, source: &Source, gone: &[Gone]) -> bool {
    let granted = matches!(source.basis, Basis::Granted { .. });
    granted && gone.iter().any(|gone| gone.is(&source.who, &source.on, &need.permission.operation))
}

fn take(need: &mut Need, gone: &[Gone]) {
    let left = need.sources.iter().filter(|source| !is_gone(need, source, gone)).cloned().collect();
    need.sources = left;
}

/// What takes it away, whoever gave it.
fn changes(look: &Look<'_>, gone: &Gone) -> Vec<Change> {
    let operation = &gone.entry.permission.operation;
    let of = |on: &Arc<Object>| {
        let entries = look.entries(on);
        let theirs = entries
            .iter()
            .filter(|(holder, held)| gone.is(&holder.to, on, operation) && held.get(operation).is_some());
        theirs.map(|(holder, held)| taken(on, holder, held, |taken| taken == operation)).collect::<Vec<_>>()
    };
    if gone.alike {
        look.observed.access.entries.keys().filter(|on| on.kind == gone.entry.on.kind).flat_map(of).collect()
    } else {
        of(&gone.entry.on)
    }
}

/// True if the model gives it: revoked on the target alone, it would come back.
fn is_the_models(look: &Look<'_>, entry: &Entry) -> bool {
    let Some(Compared::Differs { desired, .. }) = look.compared else { return false };
    let wanted = desired.access.entries.get(&entry.on);
    wanted.is_some_and(|acl| {
        acl.iter()
            .any(|(holder, held)| holder.to == entry.who && held.get(&entry.permission.operation).is_some())
    })
}
