//! From what the model wants to ground facts of this target: wildcards expanded, versions minded, grantors
//! chosen.

mod entries;
mod future;
mod members;
mod objects;
mod operations;
mod owners;
mod retired;
mod roles;

pub(crate) use entries::columns_with_entries;
pub(crate) use objects::{place, respelled};
pub(crate) use retired::waits;
pub(crate) use roles::least;

use crate::power::Power;
use model::{Access, CauseId, Claims, Desired, Intent, NamedClaims, Observed, Problem, RoleName, Tie};
use objects::Index;
use std::collections::{BTreeMap, BTreeSet};
use std::thread;

/// What every part of the work needs, and where it puts what it finds.
struct Work<'a> {
    intent: &'a Intent,
    observed: &'a Observed,
    version: u32,
    power: Power,
    index: Index<'a>,
    desired: Access,
    claims: NamedClaims,
    /// Roles that the target does not let go.
    quarantined: BTreeMap<RoleName, BTreeSet<Tie>>,
    problems: Vec<Problem>,
}

/// Turns the intent into the desired state of the observed target.
pub(crate) fn realise(intent: &Intent, observed: &Observed) -> Result<Desired, Vec<Problem>> {
    // Who there is, and who holds what: neither needs the other, and each is half of the work.
    let (who, what) = thread::scope(|scope| {
        let who = scope.spawn(|| who(intent, observed));
        let what = what(intent, observed);
        (who.join().unwrap_or_else(|broken| std::panic::resume_unwind(broken)), what)
    });
    joined(who, what)
}

/// The roles and their memberships.
fn who<'a>(intent: &'a Intent, observed: &'a Observed) -> Work<'a> {
    let mut work = Work::new(intent, observed, Index::default());
    roles::realise(&mut work);
    retired::quarantine(&mut work);
    members::realise(&mut work);
    retired::members(&mut work);
    work
}

/// The objects, those still to be made included: owners and entries.
fn what<'a>(intent: &'a Intent, observed: &'a Observed) -> Work<'a> {
    let mut work = Work::new(intent, observed, Index::new(observed));
    owners::realise(&mut work);
    retired::owners(&mut work);
    entries::realise(&mut work);
    retired::entries(&mut work);
    retired::policies(&mut work);
    owners::withhold(&mut work);
    future::realise(&mut work);
    work
}

fn joined(who: Work<'_>, what: Work<'_>) -> Result<Desired, Vec<Problem>> {
    let mut problems = who.problems;
    problems.extend(what.problems);
    if !problems.is_empty() {
        // In the order of the model's lines; what a line says of existing and of future objects, once.
        problems.sort();
        problems.dedup();
        return Err(problems);
    }
    let Access { owners, entries, future, policies, .. } = what.desired;
    let NamedClaims { public, public_future, owned, withheld, kept_entries, policies: named, .. } =
        what.claims;
    Ok(Desired {
        access: Access { owners, entries, future, policies, ..who.desired },
        quarantined: who.quarantined,
        claims: Claims::Named(Box::new(NamedClaims {
            public,
            public_future,
            owned,
            withheld,
            kept_entries,
            policies: named,
            ..who.claims
        })),
    })
}

impl<'a> Work<'a> {
    fn new(intent: &'a Intent, observed: &'a Observed, index: Index<'a>) -> Self {
        Self {
            intent,
            observed,
            version: observed.at.version / 10_000,
            power: Power::of(observed),
            index,
            desired: Access::default(),
            claims: NamedClaims::default(),
            quarantined: retired::kept(intent, observed),
            problems: Vec::new(),
        }
    }

    /// True if what this role holds is the model's to say.
    fn speaks_for(&self, role: &RoleName) -> bool {
        self.intent.roles.contains_key(role) || self.intent.absent.contains_key(role)
    }

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
