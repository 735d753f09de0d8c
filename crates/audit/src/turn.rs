//! The order in which the findings of one rule can be mended: a role is made before others are given it, and who hands on is
//! given the right before, and loses it after.

use crate::{About, Finding, Remedy};
use model::{Change, Grantor, RoleName};
use std::collections::{BTreeMap, BTreeSet};

/// Sorts findings that a plan mends, so that their statements can be run from top to bottom. What does not matter stays in
/// the order in which it comes.
pub(crate) fn in_turn<T>(findings: Vec<T>, of: impl Fn(&T) -> &Finding) -> Vec<T> {
    let before = before(&findings.iter().map(of).collect::<Vec<_>>());
    if before.iter().all(BTreeSet::is_empty) {
        return findings;
    }
    let mut waiting: Vec<usize> = before.iter().map(BTreeSet::len).collect();
    let mut after: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, firsts) in before.iter().enumerate() {
        firsts.iter().for_each(|first| after.entry(*first).or_default().push(at));
    }
    let none = waiting.iter().enumerate().filter(|(_, count)| **count == 0);
    let mut ready: BTreeSet<usize> = none.map(|(at, _)| at).collect();
    let mut order = Vec::with_capacity(findings.len());
    while let Some(at) = ready.pop_first() {
        order.push(at);
        for next in after.get(&at).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(*next) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    ready.insert(*next);
                }
            }
        }
    }
    // Those that wait for each other come last.
    let mut places: BTreeMap<usize, usize> =
        order.into_iter().enumerate().map(|(turn, at)| (at, turn)).collect();
    let mut placed: Vec<(usize, T)> = findings
        .into_iter()
        .enumerate()
        .map(|(at, finding)| (places.remove(&at).unwrap_or(usize::MAX), finding))
        .collect();
    placed.sort_by_key(|(turn, _)| *turn);
    placed.into_iter().map(|(_, finding)| finding).collect()
}

/// For each finding those that have to be mended before it.
fn before(findings: &[&Finding]) -> Vec<BTreeSet<usize>> {
    let of_role: BTreeMap<&RoleName, usize> = findings
        .iter()
        .enumerate()
        .filter_map(|(at, finding)| match &finding.about {
            About::Role(role) => Some((role, at)),
            _ => None,
        })
        .collect();
    let made: BTreeSet<&RoleName> =
        findings.iter().flat_map(|finding| changes(finding)).filter_map(made).collect();
    let mut before: Vec<BTreeSet<usize>> = findings.iter().map(|_| BTreeSet::new()).collect();
    for (at, finding) in findings.iter().enumerate() {
        for need in changes(finding).iter().flat_map(needs) {
            let (role, first) = match need {
                Need::Made(role) if !made.contains(role) => continue,
                Need::Made(role) | Need::Given(role) => (role, true),
                Need::NotYetTaken(role) => (role, false),
            };
            let Some(other) = of_role.get(role).copied().filter(|other| *other != at) else { continue };
            let (first, then) = if first { (other, at) } else { (at, other) };
            if let Some(firsts) = before.get_mut(then) {
                firsts.insert(first);
            }
        }
    }
    before
}

fn changes(finding: &Finding) -> &[Change] {
    match &finding.mending.remedy {
        Remedy::Plan(changes) => changes,
        _ => &[],
    }
}

fn made(change: &Change) -> Option<&RoleName> {
    match change {
        Change::CreateRole { role, .. } => Some(role),
        _ => None,
    }
}

fn grantor(by: &Grantor) -> Option<&RoleName> {
    match by {
        Grantor::Role(role) => Some(role),
        Grantor::Owner | Grantor::Untracked => None,
    }
}

/// What one finding needs of another.
enum Need<'a> {
    /// That the role is made.
    Made(&'a RoleName),
    /// That the grantor has what it gives already.
    Given(&'a RoleName),
    /// That the grantor still has what it gave.
    NotYetTaken(&'a RoleName),
}

fn needs(change: &Change) -> Vec<Need<'_>> {
    let (gives, made, by) = match change {
        Change::Member { key, to, .. } => (to.is_some(), Some(&key.role), grantor(&key.by)),
        Change::Entry { by, from, into, .. } => (!into.gained_from(from).is_empty(), None, grantor(by)),
        Change::Future { key, from, into, .. } => {
            (!into.gained_from(from).is_empty(), Some(&key.creator), None)
        }
        _ => return Vec::new(),
    };
    let by = by.map(if gives { Need::Given } else { Need::NotYetTaken });
    made.filter(|_| gives).map(Need::Made).into_iter().chain(by).collect()
}

#[cfg(test)]
mod tests {
    use super::in_turn;
    use crate::{About, Facts, Finding, Mending, Severity};
    use model::{Change, Grantor, MemberKey, MemberPowers, RoleName, Verifier};
    use std::collections::BTreeMap;

    fn role(name: &str) -> RoleName {
        RoleName::new(name).unwrap()
    }

    /// A finding about a role that is to be made and to be given others, by themselves or by somebody.
    fn finding(name: &str, of: &[&str], by: Option<&str>, gives: bool) -> Finding {
        let powers = Some(MemberPowers { inherit: true, set: true, admin: false });
        let by = by.map_or(Grantor::Owner, |by| Grantor::Role(role(by)));
        let change = |of: &&str| Change::Member {
            key: MemberKey { role: role(of), member: role(name), by: by.clone() },
            from: powers.filter(|_| !gives),
            to: powers.filter(|_| gives),
        };
        let create =
            Change::CreateRole { role: role(name), attributes: BTreeMap::new(), verifier: Verifier::None };
        let changes = of.iter().map(change).chain(gives.then_some(create)).collect();
        Finding {
            rule: "RW442",
            severity: Severity::Medium,
            about: About::Role(role(name)),
            what: String::new(),
            evidence: Vec::new(),
            facts: Facts::new().digest(),
            mending: Mending::by_a_plan(changes),
        }
    }

    fn order(findings: Vec<Finding>) -> Vec<String> {
        in_turn(findings, |finding| finding).into_iter().map(|finding| finding.about.name()).collect()
    }

    #[test]
    fn a_role_is_made_before_it_is_given_to_others() {
        let one = |name, of| finding(name, of, None, true);
        let chain = vec![one("a", &["z", "m"]), one("b", &[]), one("m", &["z"]), one("z", &["elsewhere"])];
        assert_eq!(order(chain), ["b", "z", "m", "a"]);
        assert_eq!(order(vec![one("a", &["b"]), one("b", &["a"]), one("c", &[])]), ["c", "a", "b"]);
    }

    #[test]
    fn a_grantor_is_given_the_right_before_and_loses_it_after() {
        let both = |gives| vec![finding("a", &["x"], Some("b"), gives), finding("b", &["x"], None, gives)];
        assert_eq!(order(both(true)), ["b", "a"]);
        assert_eq!(order(both(false)), ["a", "b"]);
        let other_way = vec![finding("b", &["x"], None, false), finding("c", &["x"], Some("b"), false)];
        assert_eq!(order(other_way), ["c", "b"]);
    }
}
