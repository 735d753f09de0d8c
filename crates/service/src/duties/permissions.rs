//! Sets of permissions of which nobody may have so many, by whatever way.

use super::coming::Reached;
use super::reach::Reach;
use super::roles::{BROKEN, TAKE_ONE, UNPROVEN, cardinality, unknown};
use super::scope::Scope;
use super::told::{Broken, Had, each, listed};
use super::verdicts::{Told, judgements};
use access::duties::too_many;
use audit::Facts;
use manifest::{Diagnostic, DutiesEntry, Text};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known of the permissions that separations name: many name the same.
#[derive(Default)]
pub(super) struct Members<'a> {
    known: BTreeMap<&'a str, Arc<Reached>>,
}

impl<'a> Members<'a> {
    /// The members of a set, each with those who come to it.
    pub(super) fn of(
        &mut self,
        scope: &Scope<'a>,
        targets: &mut [Reach<'_>],
        duties: &'a DutiesEntry,
    ) -> Vec<(&'a Text, Arc<Reached>)> {
        let mut member = |text: &'a Text| {
            let reached = || Arc::new(reached(scope, targets, text));
            (text, self.known.entry(text.as_str()).or_insert_with(reached).clone())
        };
        duties.permissions.iter().map(&mut member).collect()
    }
}

/// Whom these separations do not keep apart on the targets of the scope, and of whom nobody can say that they do.
pub(super) fn judge<'a>(
    scope: &Scope<'a>,
    targets: &mut [Reach<'_>],
    known: &mut Members<'a>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for separation in scope.model.separation_of_duties() {
        let duties = separation.on_assignment.as_ref().filter(|duties| !duties.permissions.is_empty());
        let Some(duties) = duties else { continue };
        let members = known.of(scope, targets, duties);
        let (name, mut told) = (&separation.name, Told::new());
        for judgement in judgements(BROKEN, TAKE_ONE) {
            let sets = members.iter().map(|(_, reached)| reached.at(judgement.sure));
            let broken = told.of(judgement.sure, too_many(sets, cardinality(duties)));
            found.extend(each(scope, judgement.code, name, &broken, |number, who| {
                let has = members.iter().filter(|(_, reached)| reached.at(judgement.sure).contains(number));
                let had = |(text, reached): &(&Text, Arc<Reached>)| {
                    judgement.had(targets, number, format!("`{}`", text.value), reached)
                };
                let has: Vec<Had> = has.map(had).collect();
                let what = listed(has.iter().map(|had| had.what.as_str()));
                let (before, can, place) = (judgement.before, judgement.can, scope.place());
                let message =
                    format!("{before}{who} {can} {what}{place}, which `{}` keeps apart", name.value);
                Broken { code: judgement.code, name, who, has, terms: terms(duties), mend: judgement.mend }
                    .diagnostic(scope, &message)
            }));
        }
        found.extend(unknown(scope, UNPROVEN, name, &terms(duties), told.breaking()));
    }
    found
}

/// Who comes to a permission on any of the targets.
fn reached(scope: &Scope<'_>, targets: &mut [Reach<'_>], text: &Text) -> Reached {
    let mut reached = Reached::default();
    for target in targets {
        for grant in scope.model.permission_on(target.target, text) {
            reached.join(&target.coming.reaching(&grant));
        }
    }
    reached
}

fn terms(duties: &DutiesEntry) -> Facts {
    let mut facts = Facts::new().with("cardinality", &[&(cardinality(duties) as u64)]);
    facts.each("permission", duties.permissions.iter().map(Text::as_str));
    facts
}
