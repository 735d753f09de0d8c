//! Ways up for everybody at once are those of a walk for each.

use crate::world::{ROLES, need, role, world};
use access::{End, Escalations, Everybody, Graph, Passage, Verdict};
use model::{Basis, Certainty, Edge, Escalation, From, Gain, Grantor, Powers, RoleName, Way};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// What stands above everything is left out: a walk tells it in the place of whatever else was asked about.
const GAINS: [Gain; 4] = [Gain::Host, Gain::Files, Gain::Copy, Gain::Verifiers];

fn gain(number: usize) -> Gain {
    match number % 3 {
        0 => Gain::Acts(role(number / 3 % ROLES)),
        1 => Gain::Runs(role(number / 3 % ROLES)),
        _ => GAINS[number / 3 % GAINS.len()].clone(),
    }
}

fn granted(who: Option<usize>) -> (Option<usize>, Basis) {
    (who, Basis::Granted { by: Grantor::Owner })
}

fn step() -> impl Strategy<Value = Escalation> {
    let who = || prop_oneof![1 => Just(None), 6 => (0..ROLES).prop_map(Some)];
    let needs = proptest::collection::vec(who(), 0..3);
    (0..5_usize, 0..64_usize, 0..64_usize, needs, 0..3_usize).prop_map(|(kind, at, to, who, sure)| {
        let from = match kind {
            0 => From::LogsIn(role(at % ROLES)),
            1 => From::Runs(role(at % ROLES)),
            2 => From::Uses(role(at % ROLES)),
            3 => From::Has(vec![need("select", who.into_iter().map(granted).collect())]),
            _ => From::Gained(gain(at)),
        };
        let certainty = match sure {
            0 => Certainty::Direct,
            1 => Certainty::Victim("somebody".to_owned()),
            _ => Certainty::Unknown("who knows".to_owned()),
        };
        Escalation {
            from,
            gain: gain(to),
            certainty,
            database: None,
            because: format!("{kind} {at} {to}"),
            statements: Vec::new(),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn who_comes_to_something_is_who_a_walk_of_each_finds(world in world(), steps in prop::collection::vec(step(), 0..8)) {
        let logins: Vec<RoleName> = (0..ROLES).map(role).collect();
        let graph = || Graph::of(&world.powers);
        let everybody = Everybody::of(graph(), steps.clone(), &logins);
        let graph = graph();
        let ways = Escalations::of(&graph, &steps);
        for (number, login) in (0..).zip(&logins) {
            let climbed = ways.from(&[login], &BTreeSet::new(), true);
            let unlured = ways.from(&[login], &BTreeSet::new(), false);
            for gain in (0..ROLES).map(|at| Gain::Runs(role(at))).chain(GAINS) {
                let alone = climbed.way(&gain).map(|way| way.certainty().rank());
                let unlured = unlured.way(&gain).map(|way| way.certainty().rank());
                let end = End::Gained(gain.clone());
                let expected = [
                    (Verdict::Direct, alone == Some(0)),
                    (Verdict::Victim, alone.is_some_and(|rank| rank <= 1)),
                    (Verdict::Unknown, unlured.is_some()),
                    (Verdict::Perhaps, alone.is_some()),
                ];
                for (sure, expected) in expected {
                    let found = everybody.reaching(&end, sure).contains(number);
                    prop_assert_eq!(found, expected, "{} {} {:?}", login, gain, sure);
                    prop_assert_eq!(everybody.way(number, &end, sure).is_some(), found);
                }
            }
        }
    }

    #[test]
    fn what_needs_two_things_is_nobodys_who_comes_to_one(world in world(), two in prop::collection::vec(0..ROLES, 2)) {
        let logins: Vec<RoleName> = (0..ROLES).map(role).collect();
        let [first, second] = [two[0], two[1]].map(|who| need("select", vec![granted(Some(who))]));
        let both = Escalation { from: From::Has(vec![first, second]), ..direct(Gain::Host) };
        let everybody = Everybody::of(Graph::of(&world.powers), vec![both.clone()], &logins);
        let graph = Graph::of(&world.powers);
        let steps = [both];
        let ways = Escalations::of(&graph, &steps);
        for (number, login) in (0..).zip(&logins) {
            let comes = |who: usize| everybody.reaching(&End::Uses(role(who)), Verdict::Holds).contains(number);
            let found = everybody.reaching(&End::Gained(Gain::Host), Verdict::Direct).contains(number);
            prop_assert!(!found || (comes(two[0]) && comes(two[1])));
            // Nobody is left out whom a walk finds.
            let climbed = ways.from(&[login], &BTreeSet::new(), true);
            prop_assert!(found || !climbed.reaches(&Gain::Host));
        }
    }
}

fn direct(gain: Gain) -> Escalation {
    let from = From::Gained(gain.clone());
    Escalation {
        from,
        gain,
        certainty: Certainty::Direct,
        database: None,
        because: String::new(),
        statements: Vec::new(),
    }
}

#[test]
fn a_way_is_told_from_the_login_to_its_end_and_a_second_one_is_between_as_well() {
    let edge = |from: usize, way, to: usize| Edge { from: role(from), way, to: role(to) };
    let edges = vec![edge(0, Way::Inherits, 1), edge(0, Way::Becomes, 2)];
    let powers = Powers { roles: (0..ROLES).map(role).collect(), edges, ..Powers::default() };
    let lured = |from: usize, because: &str| Escalation {
        from: From::Uses(role(from)),
        certainty: Certainty::Victim("somebody".to_owned()),
        because: because.to_owned(),
        ..direct(Gain::Runs(role(3)))
    };
    let steps = vec![lured(1, "first"), lured(2, "second")];
    let everybody = Everybody::of(Graph::of(&powers), steps, &[role(0), role(5)]);
    let end = End::Uses(role(3));
    assert_eq!(everybody.way(0, &end, Verdict::Direct), None);
    let because = |passages: Vec<Passage<'_>>| -> Vec<String> {
        let told = passages.into_iter().map(|passage| match passage {
            Passage::Member { from, way, to } => format!("{from} {way} {to}"),
            Passage::Escalates(step) => step.because.clone(),
        });
        told.collect()
    };
    let way = because(everybody.way(0, &end, Verdict::Victim).unwrap());
    assert_eq!(way.len(), 2, "{way:?}");
    let all = because(everybody.between(0, &end, Verdict::Victim));
    assert!(all.contains(&"first".to_owned()) && all.contains(&"second".to_owned()), "{all:?}");
    assert!(
        everybody.way(1, &end, Verdict::Perhaps).is_none()
            && everybody.way(9, &end, Verdict::Perhaps).is_none()
    );
}
