//! Roles that are alike come to the same, so that one walk stands for all of them.

use access::{Escalations, Graph};
use model::{
    Basis, Certainty, DatabaseName, Edge, Escalation, From, Gain, Grantor, Kind, Need, Object, Operation,
    Permission, Place, Powers, Principal, RoleName, Source, Way,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

const ROLES: usize = 7;

fn role(number: usize) -> RoleName {
    RoleName::new(format!("r{number}")).unwrap()
}

fn need(who: &BTreeSet<usize>, open: bool) -> Need {
    let on = Arc::new(Object::new(Place::Cluster, Kind::known("thing"), vec![]));
    let everybody = open.then_some(Principal::Public);
    let sources = who.iter().map(|who| Principal::Role(role(*who))).chain(everybody);
    let source = |who| Source { who, basis: Basis::Granted { by: Grantor::Owner }, on: on.clone() };
    let permission = Permission { operation: Operation::known("do"), on: on.clone(), delegable: false };
    Need { permission, sources: sources.map(source).collect(), parts: Vec::new() }
}

fn some_roles() -> impl Strategy<Value = BTreeSet<usize>> {
    prop::collection::btree_set(0..ROLES, 0..3)
}

fn step() -> impl Strategy<Value = Escalation> {
    let from = prop_oneof![
        (some_roles(), some_roles(), any::<bool>())
            .prop_map(|(one, other, open)| From::Has(vec![need(&one, open), need(&other, !open)])),
        (0..ROLES).prop_map(|at| From::Uses(role(at))),
        (0..ROLES).prop_map(|at| From::LogsIn(role(at))),
    ];
    let gain = prop_oneof![(0..ROLES).prop_map(|to| Gain::Runs(role(to))), Just(Gain::Everything)];
    (from, gain, any::<bool>()).prop_map(|(from, gain, there)| Escalation {
        from,
        gain,
        certainty: Certainty::Direct,
        database: there.then(|| DatabaseName::new("there").unwrap()),
        because: String::new(),
        statements: Vec::new(),
    })
}

proptest! {
    #[test]
    fn roles_that_are_alike_come_to_the_same(
        edges in prop::collection::vec((0..ROLES, 0..3_usize, 0..ROLES), 0..8),
        steps in prop::collection::vec(step(), 0..6),
        gathers in some_roles(),
        inside in some_roles(),
    ) {
        let way = |number| [Way::Inherits, Way::Becomes, Way::Administers][number];
        let edge = |(from, number, to): (usize, usize, usize)| Edge { from: role(from), way: way(number), to: role(to) };
        let powers = Powers {
            roles: (0..ROLES).map(role).collect(),
            edges: edges.into_iter().map(edge).collect(),
            gathers: gathers.into_iter().map(role).collect(),
            ..Powers::default()
        };
        let graph = Graph::of(&powers);
        let ways = Escalations::of(&graph, &steps);
        let there = BTreeSet::from([DatabaseName::new("there").unwrap()]);
        let entered = |role: &RoleName| match inside.iter().any(|one| powers.roles[*one] == *role) {
            true => there.clone(),
            false => BTreeSet::new(),
        };
        let classes = ways.alike(&powers.roles, entered);
        prop_assert_eq!(classes.iter().map(|class| class.roles.len()).sum::<usize>(), ROLES);
        for class in &classes {
            let comes_to = |start: &RoleName| {
                let climbed = ways.from(&[start], &class.entered, true);
                let others = |gain: &Gain| match gain {
                    Gain::Acts(role) | Gain::Runs(role) => !class.roles.contains(&role),
                    _ => true,
                };
                climbed.everything().filter(others).collect::<BTreeSet<Gain>>()
            };
            let first = comes_to(class.roles[0]);
            for other in &class.roles {
                prop_assert_eq!(&comes_to(other), &first, "{} {}", class.roles[0], other);
            }
        }
    }
}

#[test]
fn the_members_of_one_group_are_one_and_who_holds_something_is_another() {
    let member = |at| Edge { from: role(at), way: Way::Inherits, to: role(0) };
    let powers = Powers {
        roles: (0..5).map(role).collect(),
        edges: (1..5).map(member).collect(),
        ..Powers::default()
    };
    let step = |from, gain| Escalation {
        from,
        gain,
        certainty: Certainty::Direct,
        database: None,
        because: String::new(),
        statements: Vec::new(),
    };
    // What leads a role to itself tells none from the others.
    let itself = (1..5).map(|at| step(From::Runs(role(at)), Gain::Acts(role(at))));
    let holds = step(From::Has(vec![need(&BTreeSet::from([4]), false)]), Gain::Everything);
    let steps: Vec<Escalation> = itself.chain([holds]).collect();
    let graph = Graph::of(&powers);
    let ways = Escalations::of(&graph, &steps);
    let members: Vec<RoleName> = (1..5).map(role).collect();
    let classes = ways.alike(&members, |_| BTreeSet::new());
    let sizes: Vec<usize> = classes.iter().map(|class| class.roles.len()).collect();
    assert_eq!(sizes, [3, 1]);
}
