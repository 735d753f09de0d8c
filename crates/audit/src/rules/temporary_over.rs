#![doc = include_str!("temporary_over.md")]

use crate::{
    About, Facts, Finding, Look, Manual, Meant, Mending, Path, Reach, Remedy, Rule, Severity, Temporary,
};
use model::{Access, Change, MemberKey, RoleName, from_now};

/// The rule.
pub(super) struct TemporaryOver;

impl Rule for TemporaryOver {
    fn manual(&self) -> Manual {
        Manual::new(include_str!("temporary_over.md"))
    }

    fn worst(&self) -> Severity {
        Severity::High
    }

    fn find(&self, look: &Look<'_>) -> Vec<Finding> {
        let Some(meant) = look.meant else { return Vec::new() };
        let over = meant.temporary.iter().filter(|one| one.ended && !is_given(meant, &one.member, &one.role));
        over.filter_map(|over| self.finding(look, meant, over)).collect()
    }
}

impl TemporaryOver {
    fn finding(&self, look: &Look<'_>, meant: &Meant, over: &Temporary) -> Option<Finding> {
        let Temporary { member, role, until, .. } = over;
        let ago = look.today.map(|today| format!(", {}", from_now(*until, today))).unwrap_or_default();
        let last = format!("the last day was {until}");
        let mut changes = taken(look, member, role);
        let mut facts = Facts::new().with("until", &[&until.to_string()]);
        let mut tell = |changes: &[Change]| {
            for change in changes {
                if let Change::Member { key, from: Some(powers), .. } = change {
                    facts.member(key, *powers);
                }
            }
        };
        tell(&changes);
        // By which way it would still be there if this membership were gone.
        let others = look.observed.access.members.iter();
        let others = others.filter(|(key, _)| (&key.member, &key.role) != (member, role));
        let members = others.map(|(key, powers)| (key.clone(), *powers)).collect();
        let access = Access { members, ..Access::default() };
        let reach = Reach::of(&access);
        let ways = reach.privileges(member);
        let way = ways.get(role);
        let unmeant = way.map(|way| unmeant(meant, member, way)).unwrap_or_default();
        let (severity, what, mut evidence) = match (changes.is_empty(), way) {
            (true, None) => return None,
            (false, _) => (Severity::High, "still has", vec![format!("is a member of {role}"), last]),
            (true, Some(_)) if unmeant.is_empty() => {
                (Severity::Low, "still gets, as the model says elsewhere, to", vec![last])
            }
            (true, Some(_)) => (Severity::High, "still gets by another way to", vec![last]),
        };
        evidence.extend(way.map(ToString::to_string));
        for (member, role) in way.map(|way| steps(member, way)).unwrap_or_default() {
            tell(&taken(look, member, role));
        }
        changes.extend(unmeant.iter().flat_map(|(member, role)| taken(look, member, role)));
        let elsewhere = way.filter(|_| unmeant.is_empty());
        let model = elsewhere.map(|_| {
            format!("take the other way out too, or the line with `until: {until}`: nothing ends with it")
        });
        // A plan takes nothing from roles that the model does not make.
        let planned = unmeant.iter().all(|(member, _)| look.is_made_by_model(member));
        let remedy = match (changes.is_empty(), planned) {
            (true, _) => Remedy::Decide,
            (false, true) => Remedy::Plan(changes),
            (false, false) => Remedy::Changes(changes),
        };
        Some(Finding {
            rule: self.code(),
            severity,
            about: About::Role(member.clone()),
            what: format!("{what} {role}, which it was given until {until}{ago}"),
            evidence,
            facts: facts.digest(),
            mending: Mending { remedy, model, before: None },
        })
    }
}

/// True if the model gives this membership.
fn is_given(meant: &Meant, member: &RoleName, role: &RoleName) -> bool {
    meant.intent.members.iter().any(|one| one.member == *member && one.role == *role)
}

/// The memberships of a way, each with who is a member of what.
fn steps<'a>(from: &'a RoleName, way: &Path<'a>) -> Vec<(&'a RoleName, &'a RoleName)> {
    let ends = way.steps().iter().map(|(_, role)| *role);
    std::iter::once(from).chain(ends.clone()).zip(ends).collect()
}

/// Those of them that the model does not give.
fn unmeant<'a>(meant: &Meant, from: &'a RoleName, way: &Path<'a>) -> Vec<(&'a RoleName, &'a RoleName)> {
    steps(from, way).into_iter().filter(|(member, role)| !is_given(meant, member, role)).collect()
}

/// Takes a membership away, whoever gave it.
fn taken(look: &Look<'_>, member: &RoleName, role: &RoleName) -> Vec<Change> {
    let is = |key: &MemberKey| key.role == *role && key.member == *member;
    let rows = look.observed.access.members.iter().filter(|(key, _)| is(key));
    rows.map(|(key, powers)| Change::Member { key: key.clone(), from: Some(*powers), to: None }).collect()
}
