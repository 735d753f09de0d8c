//! Separations of duties on the target itself: who would have too much once a plan is carried out, by memberships that the model does not
//! make as well. What the model alone says of that has been judged before there is a plan.

use crate::deprecated::after;
use access::duties::{Subjects, Web, too_many};
use model::{
    Change, Changes, Intent, MemberKey, MemberPowers, Note, Observed, Phase, Refusal, RoleName, Separation,
    Step,
};
use std::collections::{BTreeMap, BTreeSet};

/// The code of a plan in the middle of which somebody would have what is kept apart.
pub(crate) const EXPOSED: &str = "RW343";

/// Who is a member of what.
type Members = BTreeMap<MemberKey, MemberPowers>;

/// Who is judged, and what leads on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Place<'a> {
    Person(&'a str),
    Role(&'a RoleName),
}

/// The separations that the plan would break. What is broken already and not by this plan is for an audit.
pub(crate) fn would_break(intent: &Intent, changes: &Changes, observed: &Observed) -> Vec<Refusal> {
    if intent.separations.is_empty() || changes.is_empty() {
        return Vec::new();
    }
    let then = after(changes, observed);
    let (now, then) = (web(intent, &observed.access.members), web(intent, &then));
    let refusal = |separation: &Separation| {
        let broken = broken(separation, &then) - broken(separation, &now);
        let who: Vec<(&str, Vec<&RoleName>)> = broken
            .iter()
            .filter_map(|number| then.subject(number))
            .filter_map(|place| match place {
                Place::Person(name) if !separation.tolerated.contains(*name) => {
                    Some((*name, has(separation, &then, place)))
                }
                _ => None,
            })
            .collect();
        told(separation, &who)
    };
    intent.separations.iter().filter_map(refusal).collect()
}

/// Those who change between roles that are kept apart: that they have both at no time, and how that comes, or why the plan is refused.
pub(crate) fn meanwhile(intent: &Intent, phases: &[Phase], standing: &Members) -> (Vec<Refusal>, Vec<Note>) {
    let (mut refusals, mut notes) = (Vec::new(), Vec::new());
    let seen = states(phases, standing);
    let (Some(last), false) = (seen.last(), intent.separations.is_empty()) else { return (refusals, notes) };
    let mut both = standing.clone();
    both.extend(last.iter().map(|(key, powers)| (key.clone(), *powers)));
    let [now, then, both] = [standing, last, &both].map(|members| web(intent, members));
    let between: Vec<Web<Place<'_>>> = seen.iter().map(|members| web(intent, members)).collect();
    for separation in &intent.separations {
        let changing = broken(separation, &both) - broken(separation, &now) - broken(separation, &then);
        let name = |number| match both.subject(number) {
            Some(Place::Person(name)) => Some(*name),
            _ => None,
        };
        let Some(who) = changing.iter().find_map(name) else { continue };
        let others = match changing.len() {
            1 => String::new(),
            many => format!(" and {} more", many - 1),
        };
        let exposed = between.iter().any(|web| !broken(separation, web).is_disjoint(&changing));
        if exposed {
            refusals.push(Refusal {
                code: EXPOSED,
                what: format!("while it is carried out, {who}{others} would have what {} keeps apart, though neither before nor afterwards", separation.name),
                help: "take the old memberships away with a plan of its own, then give the new ones".to_owned(),
            });
            continue;
        }
        let how = if seen.len() == 1 { "both in one transaction" } else { "what they had is taken first" };
        notes.push(Note {
            about: separation.name.clone(),
            what: format!("{who}{others} changes between roles that it keeps apart: {how}"),
        });
    }
    (refusals, notes)
}

/// The memberships that others see while the phases run: after each transaction that changes some.
fn states(phases: &[Phase], members: &Members) -> Vec<Members> {
    let (mut members, mut seen) = (members.clone(), Vec::new());
    let step = |step: &Step, members: &mut Members| {
        let mut changed = false;
        for change in &step.changes {
            let Change::Member { key, to, .. } = change else { continue };
            changed = true;
            match to {
                Some(powers) => drop(members.insert(key.clone(), *powers)),
                None => drop(members.remove(key)),
            }
        }
        changed
    };
    for phase in phases {
        let mut changed = false;
        for one in &phase.steps {
            changed |= step(one, &mut members);
            if changed && !phase.atomic {
                seen.push(members.clone());
                changed = false;
            }
        }
        if changed {
            seen.push(members.clone());
        }
    }
    seen
}

/// Somebody who has too many of the roles of a separation as the target stands.
pub(crate) struct Breaks<'a> {
    pub(crate) separation: &'a Separation,
    pub(crate) who: &'a str,
    /// The roles, each with the shortest way to it.
    pub(crate) has: Vec<(&'a RoleName, String)>,
    /// Every step on any way to them.
    pub(crate) between: BTreeSet<String>,
}

/// Those who break a separation by what stands, whoever made it so.
pub(crate) fn breaking<'a>(intent: &'a Intent, observed: &'a Observed) -> Vec<Breaks<'a>> {
    if intent.separations.is_empty() {
        return Vec::new();
    }
    let (links, web) = (links(intent, &observed.access.members), web(intent, &observed.access.members));
    let told = |numbers: Vec<usize>| -> Vec<String> {
        let link = |number: usize| match links.get(number)? {
            (Place::Person(who), Place::Role(login)) => Some(format!("{who} acts as {login}")),
            (Place::Role(member), Place::Role(role)) => Some(format!("{member} has {role}")),
            (_, Place::Person(_)) => None,
        };
        numbers.into_iter().filter_map(link).collect()
    };
    let mut breaking = Vec::new();
    for separation in &intent.separations {
        for place in broken(separation, &web).iter().filter_map(|number| web.subject(number)) {
            let Place::Person(who) = place else { continue };
            if separation.tolerated.contains(*who) {
                continue;
            }
            let way =
                |role: &'a RoleName| Some((role, told(web.way(place, &Place::Role(role))?).join(", then ")));
            let has: Vec<(&RoleName, String)> = separation.roles.iter().filter_map(way).collect();
            let between = has.iter().flat_map(|(role, _)| told(web.between(place, &Place::Role(role))));
            let between = between.collect();
            breaking.push(Breaks { separation, who, has, between });
        }
    }
    breaking
}

fn web<'a>(intent: &'a Intent, members: &'a Members) -> Web<Place<'a>> {
    let people: Vec<Place<'a>> = intent.people.keys().map(|name| Place::Person(name)).collect();
    let links = links(intent, members);
    Web::new(&people, links.iter().map(|(from, to)| (from, to)))
}

fn links<'a>(intent: &'a Intent, members: &'a Members) -> Vec<(Place<'a>, Place<'a>)> {
    let accounts = intent
        .people
        .iter()
        .flat_map(|(name, logins)| logins.iter().map(move |login| (Place::Person(name), Place::Role(login))));
    let held = members.iter().filter(|(_, powers)| powers.inherit || powers.set || powers.admin);
    let held = held.map(|(key, _)| (Place::Role(&key.member), Place::Role(&key.role)));
    accounts.chain(held).collect()
}

fn broken(separation: &Separation, web: &Web<Place<'_>>) -> Subjects {
    let reaching: Vec<_> = separation.roles.iter().map(|role| web.reaching(&Place::Role(role))).collect();
    too_many(reaching.iter().map(AsRef::as_ref), separation.cardinality)
}

fn has<'a>(separation: &'a Separation, web: &Web<Place<'_>>, who: &Place<'_>) -> Vec<&'a RoleName> {
    separation.roles.iter().filter(|role| web.way(who, &Place::Role(role)).is_some()).collect()
}

fn told(separation: &Separation, who: &[(&str, Vec<&RoleName>)]) -> Option<Refusal> {
    let (name, roles) = who.first()?;
    let roles: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    let more = match who.len() {
        1 => String::new(),
        many => format!(", and {} more would be like that", many - 1),
    };
    Some(Refusal {
        code: "RW342",
        what: format!("{name} would have {}, which {} keeps apart{more}", roles.join(" and "), separation.name),
        help: "memberships that the model does not make lead there too: rolewright why tells them; take one away first, or bring the role between into the model".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Cause, Grantor, PhaseKind, Place as Where, Risk};

    fn role(name: &str) -> RoleName {
        RoleName::new(name).unwrap()
    }

    fn key(member: &str, of: &str) -> MemberKey {
        MemberKey { role: role(of), member: role(member), by: Grantor::Owner }
    }

    const ALL: MemberPowers = MemberPowers { inherit: true, set: true, admin: false };

    /// `+a b` makes `a` a member of `b`, `-a b` takes that away.
    fn phase(kind: PhaseKind, atomic: bool, steps: &[&str]) -> Phase {
        let step = |text: &&str| {
            let (member, of) = text.trim_start_matches(['+', '-']).split_once(' ').unwrap();
            let to = text.starts_with('+').then_some(ALL);
            let from = if to.is_some() { None } else { Some(ALL) };
            Step {
                changes: vec![Change::Member { key: key(member, of), from, to }],
                statements: Vec::new(),
                cause: Cause::Observed(String::new()),
                risk: Risk::Routine,
                reverse: Vec::new(),
            }
        };
        Phase { kind, place: Where::Cluster, atomic, steps: steps.iter().map(step).collect() }
    }

    fn judged(phases: &[Phase]) -> (Vec<Refusal>, Vec<Note>) {
        let separation = Separation {
            name: "apart".to_owned(),
            roles: BTreeSet::from([role("entry"), role("approval")]),
            cardinality: 2,
            tolerated: BTreeSet::new(),
        };
        let intent = Intent {
            separations: vec![separation],
            people: BTreeMap::from([("alice".to_owned(), BTreeSet::from([role("alice")]))]),
            ..Intent::default()
        };
        meanwhile(&intent, phases, &BTreeMap::from([(key("alice", "entry"), ALL)]))
    }

    #[test]
    fn a_change_in_one_transaction_and_one_that_takes_first_are_said_and_any_other_is_refused() {
        use PhaseKind::{Narrow, Widen};
        let (refusals, notes) = judged(&[phase(Widen, true, &["+alice approval", "-alice entry"])]);
        assert!(refusals.is_empty() && notes[0].what.ends_with("both in one transaction"), "{notes:?}");
        let taken_first = [phase(Widen, true, &["-alice entry"]), phase(Narrow, true, &["+alice approval"])];
        let (refusals, notes) = judged(&taken_first);
        assert!(refusals.is_empty() && notes[0].what.ends_with("what they had is taken first"), "{notes:?}");
        let exposed = [phase(Widen, true, &["+alice approval"]), phase(Narrow, true, &["-alice entry"])];
        let (refusals, notes) = judged(&exposed);
        assert!(notes.is_empty() && refusals[0].code == "RW343", "{refusals:?}");
        let one_by_one = [phase(Widen, false, &["+alice approval", "-alice entry"])];
        assert_eq!(judged(&one_by_one).0.len(), 1);
        // Whoever has both afterwards is not exposed by the order: that is for another judgement.
        assert_eq!(judged(&[phase(Widen, true, &["+alice approval"])]), (vec![], vec![]));
    }
}
