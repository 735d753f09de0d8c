//! What is told once: of two findings with the same facts, the one that says less yields.

use crate::difference::{is_ours, leaves};
use crate::{Compared, Look};
use model::{Change, Grantor, Held, Holder, Object, Operation, Principal};
use std::collections::BTreeMap;
use std::sync::Arc;

type Key<'a> = (&'a Arc<Object>, &'a Principal, &'a Grantor);

/// What roles hold beyond the model, entry by entry, as the rule about that tells it (RW441).
#[derive(Debug, Default)]
pub(crate) struct Surplus<'a>(BTreeMap<Key<'a>, Vec<(Operation, bool)>>);

impl<'a> Surplus<'a> {
    /// Nothing where there is no model, or where it does not fit.
    pub(crate) fn of(look: &Look<'a>) -> Self {
        let (Some(meant), Some(Compared::Differs { changes, .. })) = (look.meant, look.compared) else {
            return Self::default();
        };
        let is_leaver = |who: &Principal| matches!(who, Principal::Role(role) if leaves(look, role));
        let told = changes.iter().filter(|change| is_ours(meant, change)).filter_map(|change| match change {
            Change::Entry { on, to, by, from, into } if !is_leaver(to) => {
                let lost = into.lost_from(from);
                (!lost.is_empty()).then_some(((on, to, by), lost))
            }
            _ => None,
        });
        Self(told.collect())
    }

    /// What of an entry is not told.
    pub(crate) fn rest(&self, on: &Arc<Object>, holder: &Holder, held: &Held) -> Held {
        let Some(lost) = self.0.get(&(on, &holder.to, &holder.by)) else { return held.clone() };
        let left = held.iter().filter_map(|(operation, star)| {
            match lost.iter().find(|(gone, _)| gone == operation) {
                None => Some((operation.clone(), star)),
                Some((_, only_the_option)) => only_the_option.then(|| (operation.clone(), false)),
            }
        });
        left.collect()
    }
}
