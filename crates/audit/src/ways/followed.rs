//! Which steps an audit follows: all that the engine knows, but for traps that every owner can set and those of a schema that is
//! open to everybody, which another rule tells.

use crate::Look;
use model::{
    Basis, Certainty, DatabaseName, Escalation, From, Gain, Kind, Need, Operation, Powers, Principal,
    RoleName, Source,
};
use std::collections::{BTreeMap, BTreeSet};

const SCHEMA: Kind = Kind::known("schema");
const CREATE: Operation = Operation::known("create");
/// What is needed to be in the place where a trap is set, and is no reason for it.
const PLACE: [Operation; 2] = [Operation::known("usage"), Operation::known("temporary")];

/// What is walked.
pub(super) struct Followed {
    /// How roles get to one another, in whichever database.
    pub(super) powers: Powers,
    /// The steps.
    pub(super) steps: Vec<Escalation>,
}

impl Followed {
    pub(super) fn of(look: &Look<'_>) -> Self {
        let (powers, stands_for) = united(look);
        let above: BTreeSet<&RoleName> = powers.above.iter().collect();
        let somebody = powers.logins.iter().any(|login| above.contains(login));
        let steps = look.dialect.escalations(look.observed).into_iter().filter_map(|step| {
            // Whoever stands above every check walks into every trap, so nobody else has to.
            let walks_in = match (&step.from, &step.gain) {
                (From::Gained(Gain::Lures(_)), Gain::Runs(role)) => !somebody || above.contains(role),
                _ => true,
            };
            walks_in.then(|| by_owners(step, &stands_for)).and_then(without_owners_traps)
        });
        let steps = steps.collect();
        Self { powers, steps }
    }

    pub(super) fn is_above(&self, role: &RoleName) -> bool {
        self.powers.above.contains(role)
    }
}

/// For each database and each role that stands for somebody in it: for whom.
type StandsFor = BTreeMap<(Option<DatabaseName>, RoleName), BTreeSet<RoleName>>;

/// How roles get to one another in all databases. Roles that nobody can be given stand for somebody else in each: who meets a
/// need by one of them is named in the need itself.
fn united(look: &Look<'_>) -> (Powers, StandsFor) {
    let (mut powers, mut stands_for) = (Powers::default(), StandsFor::new());
    for database in look.observed.at.databases.keys() {
        let here = look.dialect.powers(look.observed, database);
        let never: BTreeSet<&RoleName> = here.never_given.iter().collect();
        for edge in here.edges.iter().filter(|edge| never.contains(&edge.to)) {
            let of = (Some(database.clone()), edge.to.clone());
            stands_for.entry(of).or_default().insert(edge.from.clone());
        }
        if powers.roles.is_empty() {
            let edges = here.edges.iter().filter(|edge| !never.contains(&edge.to)).cloned().collect();
            powers = Powers { edges, ..here };
        }
    }
    (powers, stands_for)
}

/// A step with those for whom the roles in its needs stand.
fn by_owners(mut step: Escalation, stands_for: &StandsFor) -> Escalation {
    let database = step.database.clone();
    let stand = |source: &Source| {
        let Principal::Role(role) = &source.who else { return Vec::new() };
        let roles = stands_for.get(&(database.clone(), role.clone())).into_iter().flatten();
        roles.map(|role| Source { who: Principal::Role(role.clone()), ..source.clone() }).collect()
    };
    if let From::Has(needs) = &mut step.from {
        for need in needs {
            let more: Vec<Source> = need.sources.iter().flat_map(stand).collect();
            need.sources.extend(more);
        }
    }
    step
}

/// A trap without those who can set it because they own what it is set on: of them there would be no end, and whoever uses
/// what others own trusts them.
fn without_owners_traps(mut step: Escalation) -> Option<Escalation> {
    if let (From::Has(needs), Certainty::Victim(_)) = (&mut step.from, &step.certainty) {
        for need in needs.iter_mut().filter(|need| !PLACE.contains(&need.permission.operation)) {
            let is_schema = need.permission.on.kind == SCHEMA && need.permission.operation == CREATE;
            need.sources.retain(|source| {
                let owns = matches!(source.basis, Basis::Owner | Basis::OwnerMayGrant);
                // Told by the rule about schemas in which everybody creates.
                let told = is_schema && source.who == Principal::Public;
                !owns && !told
            });
        }
        let met = |need: &Need| !need.sources.is_empty() || !need.parts.is_empty();
        if !needs.iter().all(met) {
            return None;
        }
    }
    Some(step)
}
