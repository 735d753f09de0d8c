//! From what the model wants to ground facts of this target: wildcards expanded, versions minded, grantors
//! chosen.

mod entries;
mod future;
mod members;
mod objects;
mod operations;
mod owners;
mod roles;

pub(crate) use entries::columns_with_entries;
pub(crate) use roles::least;

use crate::power::Power;
use model::{CauseId, Claims, Desired, Intent, NamedClaims, Observed, Problem};
use objects::Index;

/// What every part of the work needs, and where it puts what it finds.
struct Work<'a> {
    intent: &'a Intent,
    observed: &'a Observed,
    version: u32,
    power: Power,
    index: Index<'a>,
    desired: model::Access,
    claims: NamedClaims,
    problems: Vec<Problem>,
}

/// Turns the intent into the desired state of the observed target.
pub(crate) fn realise(intent: &Intent, observed: &Observed) -> Result<Desired, Vec<Problem>> {
    let mut work = Work {
        intent,
        observed,
        version: observed.at.version / 10_000,
        power: Power::of(observed),
        index: Index::new(observed),
        desired: model::Access::default(),
        claims: NamedClaims::default(),
        problems: Vec::new(),
    };
    roles::realise(&mut work);
    members::realise(&mut work);
    owners::realise(&mut work);
    entries::realise(&mut work);
    owners::withhold(&mut work);
    future::realise(&mut work);
    if work.problems.is_empty() {
        Ok(Desired { access: work.desired, claims: Claims::Named(Box::new(work.claims)) })
    } else {
        // In the order of the model's lines; what a line says of existing and of future objects, once.
        work.problems.sort();
        work.problems.dedup();
        Err(work.problems)
    }
}

impl Work<'_> {
    fn problem(
        &mut self,
        cause: CauseId,
        code: &'static str,
        what: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.problems.push(Problem { cause: Some(cause), code, what: what.into(), help: help.into() });
    }
}
