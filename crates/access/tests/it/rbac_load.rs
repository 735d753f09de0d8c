//! Facts from outside, with whatever is wrong with them, against the same told by sets and brute force.

use crate::rbac_naive::{kind, separation};
use crate::rbac_reference::{permission, role, set, user};
use access::rbac::{Facts, Holder, Kind, Rbac, Refusal, Shape, Violation};
use model::RoleName;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeSet;

type Pair = (String, String);
type Pairs = BTreeSet<Pair>;

/// Facts as texts: edges, assignments, and constraints, which are static where `false`.
#[derive(Debug, Clone)]
struct Said {
    edges: Pairs,
    assigned: Pairs,
    sets: Vec<(bool, BTreeSet<String>, usize)>,
}

const USERS: [&str; 3] = ["alice", "bob", "carol"];
const ROLES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

impl Said {
    fn facts(&self) -> Facts {
        let sets = self.sets.iter().enumerate();
        Facts {
            shape: Shape::General,
            users: USERS.iter().map(|name| user(name)).collect(),
            roles: ROLES.iter().map(|name| role(name)).collect(),
            inheritances: self.edges.iter().map(|(senior, junior)| (role(senior), role(junior))).collect(),
            assignments: self.assigned.iter().map(|(who, what)| (user(who), role(what))).collect(),
            grants: Vec::new(),
            separations: sets
                .map(|(at, (dynamic, roles, n))| {
                    (kind(*dynamic), set(&at.to_string()), separation(roles, *n))
                })
                .collect(),
        }
    }

    /// The roles and all that they inherit, step by step until nothing is new.
    fn below(&self, roles: &BTreeSet<String>) -> BTreeSet<String> {
        let mut all = roles.clone();
        loop {
            let next = self.edges.iter().filter(|(senior, _)| all.contains(senior)).map(|(_, junior)| junior);
            let more: BTreeSet<String> = all.iter().chain(next).cloned().collect();
            if more == all {
                return all;
            }
            all = more;
        }
    }

    /// Each set of roles of which every one gets to every other and to itself by an edge.
    fn knots(&self) -> BTreeSet<BTreeSet<String>> {
        let after = |role: &str| -> BTreeSet<String> {
            let next =
                self.edges.iter().filter(|(senior, _)| senior == role).map(|(_, junior)| junior.clone());
            self.below(&next.collect())
        };
        let knot = |role: &&str| -> BTreeSet<String> {
            ROLES
                .iter()
                .filter(|other| after(role).contains(**other) && after(other).contains(*role))
                .map(ToString::to_string)
                .collect()
        };
        ROLES.iter().map(knot).filter(|knot| !knot.is_empty()).collect()
    }

    fn assigned_to(&self, who: &str) -> BTreeSet<String> {
        self.assigned.iter().filter(|(user, _)| user == who).map(|(_, role)| role.clone()).collect()
    }

    /// What the user, with these roles, has of each static set, where it is too much.
    fn too_much(&self, roles: &BTreeSet<String>) -> BTreeSet<(String, BTreeSet<String>)> {
        let all = self.below(roles);
        let sets = self.sets.iter().enumerate().filter(|(_, (dynamic, apart, n))| {
            !dynamic && (2..=apart.len()).contains(n) && apart.intersection(&all).count() >= *n
        });
        sets.map(|(at, (_, apart, _))| (at.to_string(), apart.intersection(&all).cloned().collect()))
            .collect()
    }
}

fn said() -> impl Strategy<Value = Said> {
    let role = || prop::sample::select(&ROLES[..]).prop_map(str::to_owned);
    let user = prop::sample::select(&USERS[..]).prop_map(str::to_owned);
    let sets = (any::<bool>(), prop::collection::btree_set(role(), 1..5), 1_usize..4);
    let edges = prop::collection::btree_set((role(), role()), 0..9);
    let assigned = prop::collection::btree_set((user, role()), 0..8);
    (edges, assigned, prop::collection::vec(sets, 0..4)).prop_map(|(edges, assigned, sets)| Said {
        edges,
        assigned,
        sets,
    })
}

fn names(roles: &[RoleName]) -> Vec<String> {
    roles.iter().map(ToString::to_string).collect()
}

fn is_way(path: &[String], said: &Said) -> bool {
    path.windows(2).all(|step| said.edges.contains(&(step[0].clone(), step[1].clone())))
}

/// User, constraint and roles of a violation, whose ways are held against what was said.
fn told(violation: &Violation, said: &Said, besides: Option<&str>) -> (String, String, BTreeSet<String>) {
    let Holder::User(who) = &violation.holder else { panic!("{violation}") };
    let mut ends = BTreeSet::new();
    for reached in &violation.roles {
        let path = names(&reached.path);
        assert!(is_way(&path, said), "{violation}");
        let first = path.first().unwrap();
        assert!(besides == Some(first) || said.assigned_to(who.as_str()).contains(first), "{violation}");
        assert!(ends.insert(path.last().unwrap().clone()), "{violation}");
    }
    (who.to_string(), violation.constraint.to_string(), ends)
}

fn all_violations(said: &Said) -> BTreeSet<(String, String, BTreeSet<String>)> {
    let of = |who: &&str| {
        let who = (*who).to_owned();
        said.too_much(&said.assigned_to(&who))
            .into_iter()
            .map(move |(name, roles)| (who.clone(), name, roles))
    };
    USERS.iter().flat_map(of).collect()
}

/// Each assignment that may be asked for is refused for every constraint that it has to do with and that would not hold.
fn every_assignment_is_judged(rbac: &Rbac, said: &Said) -> usize {
    let mut judged = 0;
    for who in USERS {
        for what in ROLES {
            let mut with = said.assigned_to(who);
            let new = with.insert(what.to_owned());
            let given = said.below(&BTreeSet::from([what.to_owned()]));
            let too_much = said.too_much(&with).into_iter().filter(|(name, _)| {
                said.sets[name.parse::<usize>().unwrap()].1.iter().any(|role| given.contains(role))
            });
            let ought: BTreeSet<_> = too_much.map(|(name, roles)| (who.to_owned(), name, roles)).collect();
            let violations = rbac.would_violate(&user(who), &role(what)).unwrap();
            assert!(violations.iter().all(|violation| violation.stands != new));
            let would = violations.iter().map(|violation| told(violation, said, Some(what)));
            assert_eq!(would.collect::<BTreeSet<_>>(), ought, "{who} {what}");
            judged += violations.len();
            if new {
                let first = violations.into_iter().next().map_or(Ok(()), |first| Err(first.into()));
                assert_eq!(rbac.clone().assign_user(&user(who), &role(what)), first);
            }
        }
    }
    judged
}

#[test]
fn whatever_is_wrong_with_facts_is_told_all_at_once() {
    let mut runner = TestRunner::new(Config { cases: 1500, failure_persistence: None, ..Config::default() });
    // Circles, constraints that are none, violations, and assignments that would violate something.
    let met = RefCell::new([0_usize; 4]);
    runner
        .run(&said(), |said| {
            let [mut circles, mut none, mut violated, mut would] = *met.borrow();
            let arity = |(_, roles, n): &(bool, BTreeSet<String>, usize)| (2..=roles.len()).contains(n);
            let (violations, refusals) = match Rbac::load(&said.facts()) {
                Ok(rbac) => {
                    would += every_assignment_is_judged(&rbac, &said);
                    (rbac.violations().collect::<Vec<_>>(), Vec::new())
                }
                Err(faults) => (faults.violations().collect(), faults.refusals),
            };
            assert!(violations.iter().all(|violation| violation.stands));
            let seen: BTreeSet<_> = violations.iter().map(|violation| told(violation, &said, None)).collect();
            assert_eq!(seen.len(), violations.len(), "each once");
            assert_eq!(seen, all_violations(&said));
            let mut knots = BTreeSet::new();
            let mut bad = 0;
            for refusal in &refusals {
                match refusal {
                    Refusal::Circle { circle, among } => {
                        let circle = names(circle);
                        assert!(is_way(&circle, &said) && circle.len() > 1, "{refusal}");
                        assert_eq!(circle.first(), circle.last(), "{refusal}");
                        let among: BTreeSet<String> = among.iter().map(ToString::to_string).collect();
                        assert!(circle.iter().all(|role| among.contains(role)), "{refusal}");
                        knots.insert(among);
                    }
                    Refusal::Cardinality { .. } => bad += 1,
                    _ => panic!("{refusal}"),
                }
            }
            assert_eq!(knots, said.knots());
            assert_eq!(bad, said.sets.iter().filter(|set| !arity(set)).count());
            circles += knots.len();
            none += bad;
            violated += violations.len();
            *met.borrow_mut() = [circles, none, violated, would];
            Ok(())
        })
        .unwrap();
    assert!(met.borrow().iter().all(|times| *times > 100), "{met:?}");
}

#[test]
fn facts_that_cannot_be_are_told_with_their_names_and_what_they_violate_besides() {
    let pair = |senior: &str, junior: &str| (role(senior), role(junior));
    let apart = |roles: &[&str], cardinality| {
        separation(&roles.iter().map(ToString::to_string).collect(), cardinality)
    };
    let facts = Facts {
        shape: Shape::Limited,
        users: vec![user("alice"), user("alice")],
        roles: ["a", "b", "c", "d", "e", "f", "g"].map(role).to_vec(),
        inheritances: vec![
            pair("a", "b"),
            pair("b", "a"),
            pair("c", "c"),
            pair("d", "e"),
            pair("e", "d"),
            pair("e", "f"),
            pair("f", "e"),
            pair("a", "z"),
        ],
        assignments: vec![(user("alice"), role("a")), (user("eve"), role("a")), (user("eve"), role("z"))],
        grants: vec![(role("y"), permission("select t"))],
        separations: vec![
            (Kind::Static, set("apart"), apart(&["a", "b"], 2)),
            (Kind::Static, set("apart"), apart(&["b", "c"], 2)),
            (Kind::Dynamic, set("apart"), apart(&["b", "x"], 2)),
        ],
    };
    let faults = Rbac::load(&facts).unwrap_err();
    let told = [
        "there is no user eve",
        "there is no role x",
        "there is no role y",
        "there is no role z",
        "roles inherit one another in a circle: a → b → a",
        "a role inherits itself: c → c",
        "3 roles inherit one another in circles, one of them: d → e → d",
        "e inherits d already, and has no more than one immediate junior in a limited hierarchy",
        "constraint apart exists already",
        "cardinality 2 does not lie between 2 and the number of roles of constraint apart, which is 1",
    ];
    assert_eq!(faults.to_string(), told.join("\n"));
    let violations: Vec<String> = faults.violations().map(|violation| violation.to_string()).collect();
    assert_eq!(
        violations,
        [
            "alice has too many of what constraint apart keeps apart: a, b (by a → b); fewer than 2 are allowed"
        ]
    );
}

#[test]
fn what_was_loaded_is_what_single_operations_make() {
    let facts = Facts {
        roles: ["a", "b", "c"].map(role).to_vec(),
        users: vec![user("alice")],
        inheritances: vec![(role("a"), role("b")), (role("a"), role("b")), (role("b"), role("c"))],
        assignments: vec![(user("alice"), role("a")), (user("alice"), role("a"))],
        grants: vec![(role("c"), permission("select t")), (role("c"), permission("select t"))],
        ..Facts::default()
    };
    let mut rbac = Rbac::load(&facts).unwrap();
    assert!(rbac.who_can(&permission("select t")).contains(&user("alice")));
    rbac.delete_inheritance(&role("b"), &role("c")).unwrap();
    assert!(rbac.who_can(&permission("select t")).is_empty());
    rbac.deassign_user(&user("alice"), &role("a")).unwrap();
    assert!(rbac.authorized_users(&role("b")).unwrap().is_empty());
    rbac.revoke_permission(&permission("select t"), &role("c")).unwrap();
    assert!(rbac.role_permissions(&role("c")).unwrap().is_empty());
}
