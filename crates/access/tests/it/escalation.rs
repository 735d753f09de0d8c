//! Ways to more power: what is been, run and used are three things, and size is no matter.

use access::{Climbed, Escalations, Graph, Taken};
use model::{Certainty, Edge, Escalation, From, Gain, Powers, RoleName, Way};
use std::collections::BTreeSet;

fn role(name: &str) -> RoleName {
    RoleName::new(name).unwrap()
}

/// `a -i> b` inherits, `-s>` may become, `-a>` may hand out; `root` is above every check for who runs as it.
fn powers(lines: &str) -> Powers {
    let mut powers = Powers::default();
    let mut roles = BTreeSet::from([role("root")]);
    for line in lines.split(',').map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (from, to) = (role(words[0]), role(words[2]));
        let way = match words[1] {
            "-i>" => Way::Inherits,
            "-s>" => Way::Becomes,
            _ => Way::Administers,
        };
        roles.extend([from.clone(), to.clone()]);
        powers.edges.push(Edge { from, way, to });
    }
    powers.roles = roles.into_iter().collect();
    powers
}

fn step(from: From, gain: Gain, certainty: Certainty) -> Escalation {
    Escalation { from, gain, certainty, database: None, because: String::new(), statements: Vec::new() }
}

fn above() -> Escalation {
    step(From::Runs(role("root")), Gain::Everything, Certainty::Direct)
}

/// The names of the roles on the best way to everything, or nothing.
fn way(powers: &Powers, steps: &[Escalation], victims: bool) -> Option<(Vec<String>, Certainty)> {
    let graph = Graph::of(powers);
    let ways = Escalations::of(&graph, steps);
    let climbed: Climbed<'_> = ways.from(&[&role("eve")], &BTreeSet::new(), victims);
    let way = climbed.way(&Gain::Everything)?;
    let names = way.steps.iter().filter_map(|step| match step {
        Taken::Begins(role) | Taken::Member { to: role, .. } => Some(role.to_string()),
        Taken::Escalates { .. } => None,
    });
    Some((names.collect(), way.certainty().clone()))
}

#[test]
fn attributes_come_by_becoming_and_never_by_inheritance() {
    let found = |lines: &str| way(&powers(lines), &[above()], false).map(|(names, _)| names.join(" "));
    assert_eq!(found("eve -i> root"), None);
    assert_eq!(found("eve -s> root").as_deref(), Some("eve root"));
    assert_eq!(found("eve -i> mid, mid -s> root"), None);
    assert_eq!(found("eve -i> mid, mid -a> root").as_deref(), Some("eve mid root"));
}

#[test]
fn code_that_runs_as_somebody_becomes_nobody_else() {
    let runs = step(From::Uses(role("eve")), Gain::Runs(role("owner")), Certainty::Direct);
    let steps = [above(), runs];
    assert_eq!(way(&powers("owner -s> root, eve -i> all"), &steps, false), None);
    let handed = way(&powers("owner -a> root, eve -i> all"), &steps, false);
    assert_eq!(handed.map(|(names, _)| names.join(" ")).as_deref(), Some("eve root"));
}

#[test]
fn the_surest_way_is_told_and_a_victim_only_where_one_is_asked_for() {
    let unknown = || Certainty::Unknown("who knows".to_owned());
    let victim = || Certainty::Victim("somebody".to_owned());
    let by = |certainty| step(From::Uses(role("eve")), Gain::Runs(role("root")), certainty);
    let powers = powers("eve -i> all");
    let found = |steps: &[Escalation], victims| way(&powers, steps, victims).map(|(_, certainty)| certainty);
    assert_eq!(found(&[above(), by(unknown()), by(victim())], false), Some(unknown()));
    assert_eq!(found(&[above(), by(unknown()), by(victim())], true), Some(victim()));
    assert_eq!(found(&[above(), by(victim())], false), None);
    assert_eq!(
        found(&[above(), by(victim()), by(unknown()), by(Certainty::Direct)], true),
        Some(Certainty::Direct)
    );
}

#[test]
fn a_circle_of_memberships_ends() {
    let found = way(&powers("eve -s> a, a -s> b, b -s> c, c -s> a, c -a> eve, b -s> root"), &[above()], true);
    assert_eq!(found.map(|(names, _)| names.join(" ")).as_deref(), Some("eve a b root"));
}

#[test]
fn a_deep_chain_a_dense_graph_and_a_hundred_thousand_members_are_walked() {
    let name = |number: usize| role(&format!("r{number}"));
    let edge = |from: RoleName, way, to: RoleName| Edge { from, way, to };
    let chain: Vec<Edge> = (0..50_000).map(|at| edge(name(at), Way::Becomes, name(at + 1))).collect();
    let dense = (0..1_000).flat_map(|high| (0..high).map(move |low| (high, low)));
    let dense: Vec<Edge> =
        dense.map(|(high, low)| edge(name(100_000 + high), Way::Inherits, name(100_000 + low))).collect();
    let members: Vec<Edge> =
        (0..100_000).map(|at| edge(name(200_000 + at), Way::Becomes, role("crowd"))).collect();
    let links = [
        edge(role("eve"), Way::Becomes, name(0)),
        edge(name(50_000), Way::Becomes, name(100_999)),
        edge(name(100_000), Way::Administers, role("crowd")),
        edge(role("crowd"), Way::Becomes, role("root")),
    ];
    let edges: Vec<Edge> = chain.into_iter().chain(dense).chain(members).chain(links).collect();
    let roles: BTreeSet<RoleName> =
        edges.iter().flat_map(|edge| [edge.from.clone(), edge.to.clone()]).collect();
    let powers = Powers { roles: roles.into_iter().collect(), edges, ..Powers::default() };
    let (names, certainty) = way(&powers, &[above()], true).unwrap();
    assert_eq!((names.len(), certainty), (50_006, Certainty::Direct));
}

#[test]
fn code_that_runs_as_a_login_begins_a_session_as_it_if_a_step_says_so() {
    let powers = powers("boss -s> root");
    let run = step(From::Runs(role("eve")), Gain::Runs(role("boss")), Certainty::Direct);
    let found = |steps: &[Escalation]| {
        let powers = Powers { roles: [powers.roles.clone(), vec![role("eve")]].concat(), ..powers.clone() };
        way(&powers, steps, false).map(|(names, certainty)| (names.join(" "), certainty.rank()))
    };
    assert_eq!(found(&[run.clone(), above()]), None);
    let unknown = Certainty::Unknown("who it lets in".to_owned());
    let session = step(From::Runs(role("boss")), Gain::Acts(role("boss")), unknown);
    assert_eq!(found(&[run, session, above()]), Some(("eve root".to_owned(), 2)));
}

#[test]
fn what_a_login_alone_can_begin_is_reached_by_logging_in_as_it() {
    let powers = powers("eve -s> copies");
    let graph = Graph::of(&powers);
    let copy = step(From::LogsIn(role("copies")), Gain::Copy, Certainty::Direct);
    let session = step(From::Runs(role("copies")), Gain::Acts(role("copies")), Certainty::Direct);
    let reaches = |steps: &[Escalation]| {
        let ways = Escalations::of(&graph, steps);
        ways.from(&[&role("eve")], &BTreeSet::new(), false).reaches(&Gain::Copy)
    };
    assert!(!reaches(std::slice::from_ref(&copy)), "to become a role is not to log in as it");
    assert!(reaches(&[copy, session]));
}
