//! Dynamic separations: what nobody may use in one session. A database does not keep two roles of one login out of one session, so where
//! people log in themselves nothing enforces it.

use super::permissions::Members;
use super::reach::Reach;
use super::roles::{cardinality, roles};
use super::scope::Scope;
use super::told;
use access::Verdict;
use access::duties::{Subjects, Web, too_many};
use manifest::{Diagnostic, Holder, How, SeparationEntry};
use std::collections::BTreeSet;

/// The separations that nothing enforces on the targets of the scope, each with those who could use too much in one session.
pub(super) fn judge_roles(scope: &Scope<'_>) -> Vec<Diagnostic> {
    let separations = scope.model.separation_of_duties().iter();
    let sets = separations.filter_map(|one| Some((one, one.on_session.as_ref()?)));
    let sets: Vec<_> = sets.filter(|(_, duties)| !duties.roles.is_empty()).collect();
    if sets.is_empty() {
        return Vec::new();
    }
    let logins = logins(scope);
    // What one account has; not what its person has by another one.
    let own = scope.standing.links.iter().filter(|link| matches!(link.how, How::In | How::Has(_)));
    let web = Web::new(&logins, own.map(|link| (&link.from, &link.to)));
    let mut found = Vec::new();
    for (separation, duties) in sets {
        let reaching: Vec<_> = roles(duties).iter().map(|role| web.reaching(role)).collect();
        let could = too_many(reaching.iter().map(AsRef::as_ref), cardinality(duties));
        let could = could.iter().filter_map(|number| web.subject(number)).cloned().collect();
        found.extend(unenforceable(scope, separation, could));
    }
    found
}

/// The same for sets of permissions. Those who come to them by several accounts count as well: a part of these could be one.
pub(super) fn judge_permissions<'a>(
    scope: &Scope<'a>,
    targets: &mut [Reach<'_>],
    members: &mut Members<'a>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for separation in scope.model.separation_of_duties() {
        let duties = separation.on_session.as_ref().filter(|duties| !duties.permissions.is_empty());
        let Some(duties) = duties else { continue };
        let all = members.of(scope, targets, duties);
        let could = too_many(all.iter().map(|(_, reached)| reached.at(Verdict::Direct)), cardinality(duties));
        let log_in =
            logins(scope).iter().fold(Subjects::new(), |all, login| all | &*scope.web.reaching(login));
        let could = (could & log_in).iter().filter_map(|number| scope.web.subject(number)).cloned().collect();
        found.extend(unenforceable(scope, separation, could));
    }
    found
}

fn unenforceable(scope: &Scope<'_>, separation: &SeparationEntry, could: Vec<Holder>) -> Option<Diagnostic> {
    (!could.is_empty()).then(|| told::unenforceable(scope, &separation.name, &could))
}

/// The accounts that begin sessions themselves.
fn logins(scope: &Scope<'_>) -> Vec<Holder> {
    let linked = scope.standing.links.iter().flat_map(|link| [&link.from, &link.to]);
    let all: BTreeSet<&Holder> = scope.standing.subjects.iter().chain(linked).collect();
    all.into_iter().filter(|holder| scope.model.logs_in(holder)).cloned().collect()
}
