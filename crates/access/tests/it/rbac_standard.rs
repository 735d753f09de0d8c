//! Each function of the standard with its precondition and postcondition, and the corners that implementations get wrong.

use crate::rbac_reference::{permission, role, session, set, user};
use access::rbac::{Holder, Kind, Rbac, Refusal, Separation, Shape};
use model::RoleName;

/// Alice and bob, and roles `a` to `f`.
fn start() -> Rbac {
    let mut rbac = Rbac::new(Shape::General);
    for name in ["alice", "bob"] {
        rbac.add_user(&user(name)).unwrap();
    }
    for name in ["a", "b", "c", "d", "e", "f"] {
        rbac.add_role(&role(name)).unwrap();
    }
    rbac
}

fn apart(roles: &[&str], cardinality: u32) -> Separation {
    Separation { roles: roles.iter().map(|name| role(name)).collect(), cardinality }
}

fn assign(rbac: &mut Rbac, who: &str, roles: &[&str]) {
    for name in roles {
        rbac.assign_user(&user(who), &role(name)).unwrap();
    }
}

/// Whom a refusal is about and which ways it shows, `a → b` for each.
fn witness(refused: Result<(), Refusal>) -> (String, Vec<String>) {
    let Err(Refusal::Separation(violation)) = refused else { panic!("{refused:?}") };
    let holder = match &violation.holder {
        Holder::User(name) => name.to_string(),
        Holder::Session(name) => name.to_string(),
    };
    let way = |path: &Vec<RoleName>| path.iter().map(ToString::to_string).collect::<Vec<_>>().join(" → ");
    (holder, violation.roles.iter().map(|one| way(&one.path)).collect())
}

fn ways(holder: &str, ways: &[&str]) -> (String, Vec<String>) {
    (holder.to_owned(), ways.iter().map(ToString::to_string).collect())
}

#[test]
fn users_and_roles_are_added_once_and_take_everything_along_when_they_go() {
    let mut rbac = start();
    assert_eq!(rbac.add_user(&user("alice")), Err(Refusal::UserExists(user("alice"))));
    assert_eq!(rbac.delete_user(&user("eve")), Err(Refusal::NoUser(user("eve"))));
    assert_eq!(rbac.add_role(&role("a")), Err(Refusal::RoleExists(role("a"))));
    assert_eq!(rbac.delete_role(&role("z")), Err(Refusal::NoRole(role("z"))));
    assign(&mut rbac, "alice", &["a", "b"]);
    rbac.grant_permission(&permission("select t"), &role("a")).unwrap();
    rbac.create_session(&user("alice"), &session("s"), &[role("a"), role("b")]).unwrap();
    rbac.delete_role(&role("a")).unwrap();
    assert_eq!(rbac.assigned_roles(&user("alice")).unwrap(), [role("b")].into());
    assert_eq!(rbac.session_roles(&session("s")).unwrap(), [role("b")].into());
    assert_eq!(rbac.check_access(&session("s"), &permission("select t")), Ok(false));
    rbac.delete_user(&user("alice")).unwrap();
    assert_eq!(rbac.session_roles(&session("s")), Err(Refusal::NoSession(session("s"))));
    assert!(rbac.assigned_users(&role("b")).unwrap().is_empty());
    // A name that comes again has nothing of the one that was there.
    rbac.add_user(&user("alice")).unwrap();
    rbac.add_role(&role("a")).unwrap();
    assert!(rbac.assigned_roles(&user("alice")).unwrap().is_empty());
    assert!(rbac.role_permissions(&role("a")).unwrap().is_empty());
}

#[test]
fn a_role_leaves_the_sessions_of_a_user_who_is_not_authorized_for_it_any_longer() {
    let mut rbac = start();
    rbac.add_inheritance(&role("a"), &role("b")).unwrap();
    assign(&mut rbac, "alice", &["a", "b"]);
    rbac.create_session(&user("alice"), &session("s"), &[role("a"), role("b")]).unwrap();
    rbac.deassign_user(&user("alice"), &role("b")).unwrap();
    assert_eq!(rbac.session_roles(&session("s")).unwrap(), [role("a"), role("b")].into(), "by a still");
    rbac.delete_inheritance(&role("a"), &role("b")).unwrap();
    assert_eq!(rbac.session_roles(&session("s")).unwrap(), [role("a")].into());
    let again = rbac.deassign_user(&user("alice"), &role("b"));
    assert_eq!(again, Err(Refusal::NotAssigned { user: user("alice"), role: role("b") }));
}

#[test]
fn permissions_are_held_by_who_was_granted_them_and_by_who_inherits_these() {
    let mut rbac = start();
    let read = permission("select t");
    rbac.add_inheritance(&role("a"), &role("b")).unwrap();
    rbac.grant_permission(&read, &role("b")).unwrap();
    rbac.grant_permission(&read, &role("b")).unwrap();
    assert_eq!(rbac.grant_permission(&read, &role("z")), Err(Refusal::NoRole(role("z"))));
    assert_eq!(rbac.role_permissions(&role("a")).unwrap(), [read.clone()].into());
    assert_eq!(
        rbac.role_operations_on_object(&role("a"), &read.object).unwrap(),
        [read.operation.clone()].into()
    );
    assign(&mut rbac, "alice", &["a"]);
    rbac.create_session(&user("alice"), &session("s"), &[role("a")]).unwrap();
    assert_eq!(rbac.check_access(&session("s"), &read), Ok(true));
    assert_eq!(rbac.check_access(&session("s"), &permission("delete t")), Ok(false));
    assert_eq!(rbac.check_access(&session("none"), &read), Err(Refusal::NoSession(session("none"))));
    let not_its_own = Refusal::NotGranted { role: role("a"), permission: read.clone() };
    assert_eq!(rbac.revoke_permission(&read, &role("a")), Err(not_its_own));
    rbac.revoke_permission(&read, &role("b")).unwrap();
    assert_eq!(rbac.check_access(&session("s"), &read), Ok(false));
}

#[test]
fn a_session_is_its_owners_and_has_what_the_owner_is_authorized_for() {
    let mut rbac = start();
    rbac.add_inheritance(&role("a"), &role("b")).unwrap();
    assign(&mut rbac, "alice", &["a"]);
    let (alice, bob, s) = (user("alice"), user("bob"), session("s"));
    let not = Refusal::NotAuthorized { user: alice.clone(), role: role("c") };
    assert_eq!(rbac.create_session(&alice, &s, &[role("b"), role("c")]), Err(not.clone()));
    rbac.create_session(&alice, &s, &[role("b")]).unwrap();
    assert_eq!(rbac.create_session(&alice, &s, &[]), Err(Refusal::SessionExists(s.clone())));
    assert_eq!(rbac.add_active_role(&alice, &s, &role("c")), Err(not));
    let foreign = Refusal::NotOwner { session: s.clone(), owner: alice.clone(), user: bob.clone() };
    assert_eq!(rbac.add_active_role(&bob, &s, &role("a")), Err(foreign.clone()));
    assert_eq!(rbac.drop_active_role(&bob, &s, &role("b")), Err(foreign.clone()));
    assert_eq!(rbac.delete_session(&bob, &s), Err(foreign));
    let missing = Refusal::NotActive { session: s.clone(), role: role("a") };
    assert_eq!(rbac.drop_active_role(&alice, &s, &role("a")), Err(missing));
    rbac.drop_active_role(&alice, &s, &role("b")).unwrap();
    rbac.delete_session(&alice, &s).unwrap();
    assert_eq!(rbac.delete_session(&alice, &s), Err(Refusal::NoSession(s)));
}

#[test]
fn an_edge_is_new_and_closes_no_circle_and_other_ways_survive_its_end() {
    let mut rbac = start();
    for (above, below) in [("a", "b"), ("b", "c"), ("a", "d"), ("d", "c")] {
        rbac.add_inheritance(&role(above), &role(below)).unwrap();
    }
    let twice = Refusal::Inherits { senior: role("a"), junior: role("b") };
    assert_eq!(rbac.add_inheritance(&role("a"), &role("b")), Err(twice));
    assert_eq!(rbac.add_inheritance(&role("a"), &role("a")), Err(Refusal::Cycle(vec![role("a")])));
    let circle = rbac.add_inheritance(&role("c"), &role("a")).unwrap_err();
    assert_eq!(circle.to_string(), "that would close a circle: a → b → c");
    let distant = Refusal::NotImmediate { senior: role("a"), junior: role("c") };
    assert_eq!(rbac.delete_inheritance(&role("a"), &role("c")), Err(distant));
    // What is inherited already may be given an edge of its own.
    rbac.add_inheritance(&role("a"), &role("c")).unwrap();
    rbac.delete_inheritance(&role("a"), &role("c")).unwrap();
    rbac.delete_inheritance(&role("b"), &role("c")).unwrap();
    assign(&mut rbac, "alice", &["a"]);
    assert!(rbac.authorized_roles(&user("alice")).unwrap().contains(&role("c")), "by d");
    rbac.delete_role(&role("d")).unwrap();
    assert!(!rbac.authorized_roles(&user("alice")).unwrap().contains(&role("c")));
    rbac.add_ascendant(&role("top"), &role("a")).unwrap();
    rbac.add_descendant(&role("bottom"), &role("b")).unwrap();
    assert_eq!(rbac.add_descendant(&role("bottom"), &role("b")), Err(Refusal::RoleExists(role("bottom"))));
    assert_eq!(rbac.add_ascendant(&role("new"), &role("z")), Err(Refusal::NoRole(role("z"))));
    assert!(rbac.juniors(&role("new")).is_err(), "nothing was made");
    let all = rbac.authorized_users(&role("bottom")).unwrap();
    assert!(all.contains(&user("alice")) && all.len() == 1);
}

#[test]
fn in_a_limited_hierarchy_a_role_has_one_immediate_junior() {
    let mut rbac = Rbac::new(Shape::Limited);
    for name in ["a", "b", "c"] {
        rbac.add_role(&role(name)).unwrap();
    }
    rbac.add_inheritance(&role("a"), &role("b")).unwrap();
    let second = Refusal::Limited { senior: role("a"), junior: role("b") };
    assert_eq!(rbac.add_inheritance(&role("a"), &role("c")), Err(second.clone()));
    assert_eq!(rbac.add_descendant(&role("d"), &role("a")), Err(second));
    assert_eq!(rbac.juniors(&role("d")), Err(Refusal::NoRole(role("d"))), "what was made for it is gone");
    rbac.add_inheritance(&role("b"), &role("c")).unwrap();
}

#[test]
fn a_set_has_between_two_and_all_of_its_roles_as_its_cardinality() {
    for kind in [Kind::Static, Kind::Dynamic] {
        let mut rbac = start();
        let name = set("apart");
        for cardinality in [0, 1, 3] {
            let refused = rbac.create_set(kind, &name, &apart(&["a", "b"], cardinality));
            assert_eq!(
                refused,
                Err(Refusal::Cardinality { constraint: name.clone(), cardinality, roles: 2 })
            );
        }
        let strange = rbac.create_set(kind, &name, &apart(&["a", "z"], 2));
        assert_eq!(strange, Err(Refusal::NoRole(role("z"))));
        rbac.create_set(kind, &name, &apart(&["a", "b"], 2)).unwrap();
        let twice = rbac.create_set(kind, &name, &apart(&["c", "d"], 2));
        assert_eq!(twice, Err(Refusal::ConstraintExists(name.clone())));
        let inside = Refusal::InSet { constraint: name.clone(), role: role("a") };
        assert_eq!(rbac.add_set_role(kind, &name, &role("a")), Err(inside));
        let outside = Refusal::NotInSet { constraint: name.clone(), role: role("c") };
        assert_eq!(rbac.delete_set_role(kind, &name, &role("c")), Err(outside));
        let few = Refusal::TooFew { constraint: name.clone(), role: role("b"), cardinality: 2 };
        assert_eq!(rbac.delete_set_role(kind, &name, &role("b")), Err(few.clone()));
        assert_eq!(rbac.delete_role(&role("b")), Err(few));
        rbac.add_set_role(kind, &name, &role("c")).unwrap();
        rbac.set_cardinality(kind, &name, 3).unwrap();
        assert_eq!(rbac.role_set(kind, &name), Ok(apart(&["a", "b", "c"], 3)));
        let too_many = Refusal::Cardinality { constraint: name.clone(), cardinality: 4, roles: 3 };
        assert_eq!(rbac.set_cardinality(kind, &name, 4), Err(too_many));
        rbac.set_cardinality(kind, &name, 2).unwrap();
        rbac.delete_role(&role("c")).unwrap();
        assert_eq!(rbac.role_set(kind, &name), Ok(apart(&["a", "b"], 2)));
        assert_eq!(rbac.role_sets(kind).collect::<Vec<_>>(), [&name]);
        rbac.delete_set(kind, &name).unwrap();
        assert_eq!(rbac.delete_set(kind, &name), Err(Refusal::NoConstraint(name)));
    }
}

#[test]
fn corner_1_two_of_three_are_fine_and_the_third_is_refused() {
    let mut rbac = start();
    rbac.create_set(Kind::Static, &set("apart"), &apart(&["a", "b", "c"], 3)).unwrap();
    assign(&mut rbac, "alice", &["a", "b"]);
    let third = rbac.assign_user(&user("alice"), &role("c"));
    assert_eq!(
        third.clone().unwrap_err().to_string(),
        "alice would have too many of what constraint apart keeps apart: a, b, c; fewer than 3 are allowed"
    );
    assert_eq!(witness(third), ways("alice", &["a", "b", "c"]));
    assert_eq!(rbac.assigned_roles(&user("alice")).unwrap().len(), 2, "nothing was changed");
}

#[test]
fn corner_2_a_set_with_a_senior_and_its_junior_makes_the_senior_unassignable() {
    let mut rbac = start();
    rbac.add_inheritance(&role("a"), &role("b")).unwrap();
    rbac.create_set(Kind::Static, &set("apart"), &apart(&["a", "b"], 2)).unwrap();
    assert_eq!(witness(rbac.assign_user(&user("alice"), &role("a"))), ways("alice", &["a", "a → b"]));
    assign(&mut rbac, "alice", &["b"]);
}

#[test]
fn corner_3_a_senior_of_too_many_is_refused_to_who_holds_nothing_else() {
    let mut rbac = start();
    for junior in ["b", "c"] {
        rbac.add_inheritance(&role("a"), &role(junior)).unwrap();
    }
    rbac.create_set(Kind::Static, &set("apart"), &apart(&["b", "c"], 2)).unwrap();
    assert_eq!(witness(rbac.assign_user(&user("alice"), &role("a"))), ways("alice", &["a → b", "a → c"]));
}

#[test]
fn corner_4_an_edge_is_judged_with_all_below_it_for_all_who_are_authorized_above_it() {
    let mut rbac = start();
    rbac.add_inheritance(&role("c"), &role("d")).unwrap();
    rbac.add_inheritance(&role("a"), &role("b")).unwrap();
    rbac.create_set(Kind::Static, &set("apart"), &apart(&["d", "e"], 2)).unwrap();
    assign(&mut rbac, "alice", &["a", "e"]);
    // a ≽ b, and b is to inherit c, which inherits d: alice, who is assigned to a, would have d and e.
    assert_eq!(witness(rbac.add_inheritance(&role("b"), &role("c"))), ways("alice", &["a → b → c → d", "e"]));
    assert!(!rbac.authorized_roles(&user("alice")).unwrap().contains(&role("c")));
}

#[test]
fn corner_5_an_edge_is_legal_while_nobody_has_it_and_the_assignment_fails_later() {
    let mut rbac = start();
    rbac.create_set(Kind::Static, &set("apart"), &apart(&["b", "c"], 2)).unwrap();
    rbac.add_inheritance(&role("a"), &role("b")).unwrap();
    rbac.add_inheritance(&role("a"), &role("c")).unwrap();
    assert_eq!(witness(rbac.assign_user(&user("bob"), &role("a"))), ways("bob", &["a → b", "a → c"]));
}

#[test]
fn corner_6_a_role_that_a_set_cannot_do_without_is_not_deleted() {
    for kind in [Kind::Static, Kind::Dynamic] {
        let mut rbac = start();
        rbac.create_set(kind, &set("apart"), &apart(&["a", "b", "c"], 2)).unwrap();
        rbac.delete_role(&role("a")).unwrap();
        let few = Refusal::TooFew { constraint: set("apart"), role: role("b"), cardinality: 2 };
        assert_eq!(rbac.delete_role(&role("b")), Err(few));
    }
}

#[test]
fn corner_7_nothing_is_done_twice_and_no_session_is_touched_by_others() {
    let mut rbac = start();
    assign(&mut rbac, "alice", &["a"]);
    let twice = Refusal::Assigned { user: user("alice"), role: role("a") };
    assert_eq!(rbac.assign_user(&user("alice"), &role("a")), Err(twice));
    rbac.create_session(&user("alice"), &session("s"), &[role("a")]).unwrap();
    let active = Refusal::Active { session: session("s"), role: role("a") };
    assert_eq!(rbac.add_active_role(&user("alice"), &session("s"), &role("a")), Err(active));
    let foreign = Refusal::NotOwner { session: session("s"), owner: user("alice"), user: user("bob") };
    assert_eq!(rbac.add_active_role(&user("bob"), &session("s"), &role("a")), Err(foreign));
}

#[test]
fn corner_8_a_set_that_somebody_violates_already_is_refused_and_names_who() {
    let mut rbac = start();
    rbac.add_inheritance(&role("a"), &role("b")).unwrap();
    assign(&mut rbac, "bob", &["a", "c"]);
    let refused = rbac.create_set(Kind::Static, &set("apart"), &apart(&["b", "c"], 2));
    assert_eq!(witness(refused), ways("bob", &["a → b", "c"]));
    rbac.create_set(Kind::Static, &set("apart"), &apart(&["b", "c", "d"], 3)).unwrap();
    assert_eq!(witness(rbac.set_cardinality(Kind::Static, &set("apart"), 2)), ways("bob", &["a → b", "c"]));
    rbac.create_set(Kind::Static, &set("more"), &apart(&["b", "e"], 2)).unwrap();
    assert_eq!(
        witness(rbac.add_set_role(Kind::Static, &set("more"), &role("a"))),
        ways("bob", &["a", "a → b"])
    );
}

#[test]
fn what_is_active_in_one_session_is_kept_apart_and_assignment_is_not() {
    let mut rbac = start();
    rbac.add_inheritance(&role("a"), &role("b")).unwrap();
    rbac.create_set(Kind::Dynamic, &set("apart"), &apart(&["b", "c"], 2)).unwrap();
    assign(&mut rbac, "alice", &["a", "c"]);
    let (alice, s) = (user("alice"), session("s"));
    let at_once = rbac.create_session(&alice, &s, &[role("a"), role("c")]);
    assert_eq!(witness(at_once), ways("s", &["a → b", "c"]));
    rbac.create_session(&alice, &s, &[role("a")]).unwrap();
    assert_eq!(witness(rbac.add_active_role(&alice, &s, &role("c"))), ways("s", &["a → b", "c"]));
    rbac.create_session(&alice, &session("other"), &[role("c")]).unwrap();
    rbac.drop_active_role(&alice, &s, &role("a")).unwrap();
    rbac.add_active_role(&alice, &s, &role("c")).unwrap();
    // An edge that would put both into a session that is open is refused, and is not once it has ended.
    let edge = rbac.add_inheritance(&role("c"), &role("b"));
    assert!(
        matches!(witness(edge), (session, ways) if ["s", "other"].contains(&session.as_str()) && ways.len() == 2)
    );
    rbac.delete_session(&alice, &s).unwrap();
    rbac.delete_session(&alice, &session("other")).unwrap();
    rbac.add_inheritance(&role("c"), &role("b")).unwrap();
}
