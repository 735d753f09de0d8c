//! What nobody should make, and somebody will: each is worked through, or refused in a few words.

use crate::rbac_reference::{permission, role, session, set, user};
use access::rbac::{Facts, Kind, Rbac, Refusal, Separation, Shape};
use model::{RoleName, UserName};

/// A message is for a person to read, however much it is about.
fn is_short(message: &str) {
    assert!(message.len() < 400, "{} letters", message.len());
}

/// So many roles, each with its number as its name.
fn roles(count: usize) -> Vec<RoleName> {
    (0..count).map(|number| role(&number.to_string())).collect()
}

/// The numbers in an order that is not theirs: so that no closure is a run of numbers. The factor divides no count used here.
fn mixed(count: usize) -> Vec<usize> {
    (0..count).map(|number| number * 7_919 % count).collect()
}

/// Each role inherits the next one of a mixed order; the first and the last come with it.
fn chain(length: usize) -> (Facts, RoleName, RoleName) {
    let (roles, order) = (roles(length), mixed(length));
    let inheritances = order.windows(2).map(|two| (roles[two[0]].clone(), roles[two[1]].clone())).collect();
    let (first, last) = (roles[order[0]].clone(), roles[order[length - 1]].clone());
    (Facts { roles, inheritances, ..Facts::default() }, first, last)
}

/// Each role inherits all of a lower number.
fn dense(count: usize) -> Facts {
    let roles = roles(count);
    let below = |senior: usize| (0..senior).map(move |junior| (senior, junior));
    let pairs = (0..count).flat_map(below);
    let inheritances = pairs.map(|(senior, junior)| (roles[senior].clone(), roles[junior].clone())).collect();
    Facts { roles, inheritances, ..Facts::default() }
}

fn apart(roles: &[&RoleName]) -> Separation {
    Separation { roles: roles.iter().map(|role| (*role).clone()).collect(), cardinality: 2 }
}

#[test]
fn a_chain_of_ten_thousand_roles_is_walked_to_its_end_and_told_in_a_few_words() {
    let (facts, first, last) = chain(10_000);
    let mut rbac = Rbac::load(&facts).unwrap();
    let (alice, read) = (user("alice"), permission("select t"));
    rbac.add_user(&alice).unwrap();
    rbac.grant_permission(&read, &last).unwrap();
    rbac.create_set(Kind::Static, &set("apart"), &apart(&[&first, &last])).unwrap();
    let would = rbac.would_violate(&alice, &first).unwrap();
    assert_eq!(would[0].roles.iter().map(|one| one.path.len()).max(), Some(10_000));
    is_short(&would[0].to_string());
    rbac.delete_set(Kind::Static, &set("apart")).unwrap();
    rbac.assign_user(&alice, &first).unwrap();
    rbac.create_session(&alice, &session("s"), std::slice::from_ref(&first)).unwrap();
    assert_eq!(rbac.check_access(&session("s"), &read), Ok(true));
    let circle = rbac.add_inheritance(&last, &first).unwrap_err();
    assert!(matches!(&circle, Refusal::Cycle(path) if path.len() == 10_000));
    is_short(&circle.to_string());
    let (above, below) = &facts.inheritances[5_000];
    rbac.delete_inheritance(above, below).unwrap();
    assert_eq!(rbac.check_access(&session("s"), &read), Ok(false));
    assert_eq!(rbac.authorized_roles(&alice).unwrap().len(), 5_001);
    rbac.add_inheritance(above, below).unwrap();
    assert_eq!(rbac.check_access(&session("s"), &read), Ok(true));
    rbac.delete_role(below).unwrap();
    assert!(rbac.authorized_users(&last).unwrap().is_empty());
}

#[test]
fn a_chain_that_is_closed_to_a_circle_behind_our_back_is_refused_with_a_way_around() {
    let (mut facts, first, last) = chain(10_000);
    facts.inheritances.push((last.clone(), first.clone()));
    facts.users.push(user("alice"));
    facts.assignments.push((user("alice"), roles(10_000)[5_000].clone()));
    facts.separations.push((Kind::Static, set("apart"), apart(&[&first, &last])));
    let faults = Rbac::load(&facts).unwrap_err();
    let [Refusal::Circle { circle, among }] = &faults.refusals[..] else { panic!("{faults}") };
    assert_eq!((circle.len(), among.len()), (10_001, 10_000));
    is_short(&faults.to_string());
    // Whoever is in the circle has all of it.
    assert_eq!(faults.violations().count(), 1);
    is_short(&faults.violations().next().unwrap().to_string());
}

#[test]
fn a_thousand_roles_of_which_each_inherits_all_lower_ones_are_kept_and_changed() {
    let mut rbac = Rbac::load(&dense(1_000)).unwrap();
    let at = |number: usize| role(&number.to_string());
    let alice = user("alice");
    rbac.add_user(&alice).unwrap();
    rbac.assign_user(&alice, &at(999)).unwrap();
    assert_eq!(rbac.authorized_roles(&alice).unwrap().len(), 1_000);
    // There are other ways than any one edge and any one role.
    rbac.delete_inheritance(&at(500), &at(499)).unwrap();
    rbac.delete_role(&at(250)).unwrap();
    assert_eq!(rbac.authorized_roles(&alice).unwrap().len(), 999);
    assert!(!rbac.juniors(&at(500)).unwrap().contains(&at(499)));
    assert_eq!(rbac.add_inheritance(&at(0), &at(999)), Err(Refusal::Cycle(vec![at(999), at(0)])));
    rbac.create_set(Kind::Static, &set("none"), &apart(&[&at(499), &at(500)])).unwrap_err();
}

#[test]
fn a_thousand_roles_that_all_inherit_one_another_are_refused_in_one_line() {
    let mut facts = dense(1_000);
    let back: Vec<_> =
        facts.inheritances.iter().map(|(senior, junior)| (junior.clone(), senior.clone())).collect();
    facts.inheritances.extend(back);
    let faults = Rbac::load(&facts).unwrap_err();
    assert_eq!(faults.to_string(), "1000 roles inherit one another in circles, one of them: 0 → 1 → 0");
}

#[test]
fn a_role_with_a_hundred_thousand_members_is_asked_about_kept_apart_and_taken_away() {
    let users: Vec<UserName> = (0..100_000).map(|number| user(&number.to_string())).collect();
    let (a, b, c) = (role("a"), role("b"), role("c"));
    let facts = Facts {
        assignments: users.iter().map(|user| (user.clone(), a.clone())).collect(),
        roles: vec![a.clone(), b.clone(), c.clone()],
        inheritances: vec![(a.clone(), b.clone())],
        separations: vec![(Kind::Static, set("apart"), apart(&[&a, &b]))],
        users,
        ..Facts::default()
    };
    let mut rbac = Rbac::load(&facts).unwrap();
    assert_eq!(rbac.authorized_users(&b).unwrap().len(), 100_000);
    assert_eq!(rbac.violations().count(), 100_000, "each of them");
    // Who asks for one is not given all.
    assert_eq!(
        rbac.violations().next().unwrap().to_string(),
        "0 has too many of what constraint apart keeps apart: a, b (by a → b); fewer than 2 are allowed"
    );
    let one_more = rbac.create_set(Kind::Static, &set("more"), &apart(&[&a, &b])).unwrap_err();
    is_short(&one_more.to_string());
    rbac.delete_set(Kind::Static, &set("apart")).unwrap();
    rbac.create_set(Kind::Static, &set("later"), &apart(&[&b, &c])).unwrap();
    is_short(&rbac.add_inheritance(&a, &c).unwrap_err().to_string());
    rbac.delete_role(&a).unwrap();
    assert!(rbac.authorized_users(&b).unwrap().is_empty());
}

#[test]
fn ten_thousand_constraints_over_five_thousand_roles_are_kept_and_the_one_that_matters_is_found() {
    let roles = roles(5_000);
    let at = |number: usize| &roles[number % 5_000];
    let mut facts = Facts { roles: roles.clone(), ..Facts::default() };
    for number in 0..10_000 {
        // Each role and the next, and each and the hundredth after it.
        let other = number + if number < 5_000 { 1 } else { 100 };
        let name = set(&format!("c{number}"));
        facts.separations.push((Kind::Static, name.clone(), apart(&[at(number), at(other)])));
        facts.separations.push((Kind::Dynamic, name, apart(&[at(number), at(other)])));
    }
    // Every user has two roles that nothing keeps apart, as many users as roles.
    for number in 0..5_000 {
        let who = user(&number.to_string());
        facts.users.push(who.clone());
        facts.assignments.push((who.clone(), at(number).clone()));
        facts.assignments.push((who, at(number + 50).clone()));
    }
    let mut rbac = Rbac::load(&facts).unwrap();
    assert_eq!(rbac.violations().count(), 0);
    let named = |who: usize, what: usize| -> Vec<String> {
        let would = rbac.would_violate(&user(&who.to_string()), at(what)).unwrap();
        would.iter().map(|violation| violation.constraint.to_string()).collect()
    };
    assert_eq!(named(7, 8), ["c7"]);
    assert_eq!(named(7, 107), ["c5007"]);
    assert_eq!(named(7, 58), ["c57"]);
    assert_eq!(named(7, 1_000), [] as [&str; 0]);
    for number in 0..5_000 {
        rbac.assign_user(&user(&number.to_string()), at(number + 1_000)).unwrap();
    }
    let seven = user("7");
    rbac.create_session(&seven, &session("s"), &[at(7).clone(), at(57).clone()]).unwrap();
    is_short(&rbac.add_inheritance(at(57), at(8)).unwrap_err().to_string());
    rbac.add_inheritance(at(57), at(2_500)).unwrap();
}

#[test]
fn a_constraint_over_five_hundred_roles_is_counted_up_to_all_of_them() {
    let roles = roles(500);
    let (alice, bob) = (user("alice"), user("bob"));
    let all = |who: &UserName, but: usize| -> Vec<(UserName, RoleName)> {
        roles.iter().skip(but).map(|role| (who.clone(), role.clone())).collect()
    };
    let facts = Facts {
        users: vec![alice.clone(), bob.clone()],
        roles: roles.clone(),
        assignments: [all(&alice, 0), all(&bob, 1)].concat(),
        separations: vec![(
            Kind::Static,
            set("all"),
            Separation { roles: roles.iter().cloned().collect(), cardinality: 500 },
        )],
        ..Facts::default()
    };
    let mut rbac = Rbac::load(&facts).unwrap();
    let violations: Vec<_> = rbac.violations().collect();
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].roles.len(), 500);
    is_short(&violations[0].to_string());
    is_short(&rbac.assign_user(&bob, &roles[0]).unwrap_err().to_string());
}

#[test]
fn a_chain_made_edge_by_edge_from_either_end_is_the_one_that_is_loaded() {
    let (facts, first, last) = chain(400);
    for reversed in [false, true] {
        let mut rbac = Rbac::new(Shape::Limited);
        for role in &facts.roles {
            rbac.add_role(role).unwrap();
        }
        let mut edges = facts.inheritances.clone();
        if reversed {
            edges.reverse();
        }
        for (senior, junior) in &edges {
            rbac.add_inheritance(senior, junior).unwrap();
        }
        let circle = rbac.add_inheritance(&last, &first).unwrap_err();
        assert!(matches!(&circle, Refusal::Cycle(path) if path.len() == 400));
    }
}
