//! Random operations, one after the other, against the standard written as sets: every answer and every review is the same,
//! and every witness is true.

use crate::rbac_naive::{Act, Naive, kind, separation};
use access::rbac::{Holder, Permission, Rbac, Refusal, Shape};
use model::{ConstraintName, Kind, Object, Operation, Place, RoleName, SessionName, UserName};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(crate) fn user(text: &str) -> UserName {
    UserName::new(text).unwrap()
}

pub(crate) fn role(text: &str) -> RoleName {
    RoleName::new(text).unwrap()
}

pub(crate) fn session(text: &str) -> SessionName {
    SessionName::new(text).unwrap()
}

pub(crate) fn set(text: &str) -> ConstraintName {
    ConstraintName::new(text).unwrap()
}

/// `select orders`: an operation on a table.
pub(crate) fn permission(text: &str) -> Permission {
    let (operation, table) = text.split_once(' ').unwrap();
    let path = vec![model::Name::new(table).unwrap()];
    let object = Arc::new(Object::new(Place::Cluster, Kind::known("table"), path));
    Permission { operation: Operation::learned(operation), object }
}

fn act(rbac: &mut Rbac, act: &Act) -> Result<(), Refusal> {
    match act {
        Act::AddUser(name) => rbac.add_user(&user(name)),
        Act::DeleteUser(name) => rbac.delete_user(&user(name)),
        Act::AddRole(name) => rbac.add_role(&role(name)),
        Act::DeleteRole(name) => rbac.delete_role(&role(name)),
        Act::Assign(who, what) => rbac.assign_user(&user(who), &role(what)),
        Act::Deassign(who, what) => rbac.deassign_user(&user(who), &role(what)),
        Act::Grant(what, to) => rbac.grant_permission(&permission(what), &role(to)),
        Act::Revoke(what, from) => rbac.revoke_permission(&permission(what), &role(from)),
        Act::Inherit(senior, junior) => rbac.add_inheritance(&role(senior), &role(junior)),
        Act::Disinherit(senior, junior) => rbac.delete_inheritance(&role(senior), &role(junior)),
        Act::Ascendant(new, junior) => rbac.add_ascendant(&role(new), &role(junior)),
        Act::Descendant(new, senior) => rbac.add_descendant(&role(new), &role(senior)),
        Act::Create(who, name, roles) => {
            let roles: Vec<RoleName> = roles.iter().map(|name| role(name)).collect();
            rbac.create_session(&user(who), &session(name), &roles)
        }
        Act::End(who, name) => rbac.delete_session(&user(who), &session(name)),
        Act::Activate(who, name, what) => rbac.add_active_role(&user(who), &session(name), &role(what)),
        Act::Drop(who, name, what) => rbac.drop_active_role(&user(who), &session(name), &role(what)),
        Act::MakeSet(dynamic, name, roles, cardinality) => {
            rbac.create_set(kind(*dynamic), &set(name), &separation(roles, *cardinality))
        }
        Act::Include(dynamic, name, what) => rbac.add_set_role(kind(*dynamic), &set(name), &role(what)),
        Act::Exclude(dynamic, name, what) => rbac.delete_set_role(kind(*dynamic), &set(name), &role(what)),
        Act::Cardinality(dynamic, name, cardinality) => {
            rbac.set_cardinality(kind(*dynamic), &set(name), u32::try_from(*cardinality).unwrap())
        }
        Act::DropSet(dynamic, name) => rbac.delete_set(kind(*dynamic), &set(name)),
    }
}

const USERS: [&str; 4] = ["alice", "bob", "carol", "dave"];
const ROLES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const PERMISSIONS: [&str; 3] = ["select orders", "delete orders", "select payments"];
const SESSIONS: [&str; 3] = ["s1", "s2", "s3"];
const SETS: [&str; 2] = ["apart", "alone"];

fn one_of(of: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    prop::sample::select(of).prop_map(str::to_owned)
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let (user, role, what) = (one_of(&USERS), one_of(&ROLES), one_of(&PERMISSIONS));
    let (name, apart) = (one_of(&SESSIONS), one_of(&SETS));
    let roles = prop::collection::vec(role.clone(), 0..4);
    let many = prop::collection::btree_set(role.clone(), 1..5);
    let pair = (role.clone(), role.clone());
    let act = prop_oneof![
        1 => user.clone().prop_map(Act::AddUser),
        1 => user.clone().prop_map(Act::DeleteUser),
        1 => role.clone().prop_map(Act::AddRole),
        1 => role.clone().prop_map(Act::DeleteRole),
        14 => (user.clone(), role.clone()).prop_map(|(user, role)| Act::Assign(user, role)),
        2 => (user.clone(), role.clone()).prop_map(|(user, role)| Act::Deassign(user, role)),
        4 => (what.clone(), role.clone()).prop_map(|(what, role)| Act::Grant(what, role)),
        1 => (what, role.clone()).prop_map(|(what, role)| Act::Revoke(what, role)),
        8 => pair.clone().prop_map(|(senior, junior)| Act::Inherit(senior, junior)),
        2 => pair.clone().prop_map(|(senior, junior)| Act::Disinherit(senior, junior)),
        1 => pair.clone().prop_map(|(new, junior)| Act::Ascendant(new, junior)),
        1 => pair.prop_map(|(new, senior)| Act::Descendant(new, senior)),
        5 => (user.clone(), name.clone(), roles).prop_map(|(user, name, roles)| Act::Create(user, name, roles)),
        1 => (user.clone(), name.clone()).prop_map(|(user, name)| Act::End(user, name)),
        12 => (user.clone(), name.clone(), role.clone()).prop_map(|(user, name, role)| Act::Activate(user, name, role)),
        1 => (user, name, role.clone()).prop_map(|(user, name, role)| Act::Drop(user, name, role)),
        8 => (any::<bool>(), apart.clone(), many, prop_oneof![6 => Just(2_usize), 1 => 1_usize..5]).prop_map(|(kind, name, roles, n)| Act::MakeSet(kind, name, roles, n)),
        1 => (any::<bool>(), apart.clone(), role.clone()).prop_map(|(kind, name, role)| Act::Include(kind, name, role)),
        1 => (any::<bool>(), apart.clone(), role).prop_map(|(kind, name, role)| Act::Exclude(kind, name, role)),
        1 => (any::<bool>(), apart.clone(), 1_usize..5).prop_map(|(kind, name, n)| Act::Cardinality(kind, name, n)),
        1 => (any::<bool>(), apart).prop_map(|(kind, name)| Act::DropSet(kind, name)),
    ];
    let there = USERS.iter().map(|name| Act::AddUser((*name).to_owned()));
    let there: Vec<Act> = there.chain(ROLES.iter().map(|name| Act::AddRole((*name).to_owned()))).collect();
    prop::collection::vec(act, 1..120).prop_map(move |then| there.iter().cloned().chain(then).collect())
}

fn texts<T: ToString>(all: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    all.into_iter().map(|one| one.to_string()).collect()
}

fn permission_texts(all: BTreeSet<Permission>) -> BTreeSet<String> {
    all.iter().map(|one| format!("{} {}", one.operation, one.object.path[0])).collect()
}

fn every_review_agrees(rbac: &Rbac, naive: &Naive) {
    assert_eq!(rbac.size(), (naive.users.len(), naive.roles.len()));
    for name in &naive.users {
        let who = user(name);
        assert_eq!(texts(rbac.assigned_roles(&who).unwrap()), naive.assigned_roles(name));
        let authorized = naive.authorized_roles(name);
        assert_eq!(texts(rbac.authorized_roles(&who).unwrap()), authorized);
        let held = naive.permissions(&authorized);
        assert_eq!(permission_texts(rbac.user_permissions(&who).unwrap()), held);
        for what in PERMISSIONS {
            let asked = permission(what);
            assert_eq!(rbac.who_can(&asked).contains(&who), held.contains(what));
            let operations = rbac.user_operations_on_object(&who, &asked.object).unwrap();
            assert_eq!(operations.contains(&asked.operation), held.contains(what));
        }
    }
    for name in &naive.roles {
        let with = |authorized: bool| -> BTreeSet<String> {
            let has = |who: &&String| {
                if authorized { naive.authorized_roles(who) } else { naive.assigned_roles(who) }
                    .contains(name)
            };
            naive.users.iter().filter(has).cloned().collect()
        };
        assert_eq!(texts(rbac.assigned_users(&role(name)).unwrap().iter()), with(false));
        assert_eq!(texts(rbac.authorized_users(&role(name)).unwrap().iter()), with(true));
        let held = naive.permissions(&BTreeSet::from([name.clone()]));
        assert_eq!(permission_texts(rbac.role_permissions(&role(name)).unwrap()), held);
        let juniors = naive.edges.iter().filter(|(above, _)| above == name).map(|(_, below)| below);
        assert_eq!(texts(rbac.juniors(&role(name)).unwrap()), texts(juniors));
    }
    for name in SESSIONS {
        let Some(its) = naive.sessions.get(name) else {
            assert_eq!(rbac.session_roles(&session(name)), Err(Refusal::NoSession(session(name))));
            continue;
        };
        assert_eq!(texts(rbac.session_roles(&session(name)).unwrap()), its.active);
        let held = naive.permissions(&its.active);
        assert_eq!(permission_texts(rbac.session_permissions(&session(name)).unwrap()), held);
        for what in PERMISSIONS {
            assert_eq!(rbac.check_access(&session(name), &permission(what)), Ok(held.contains(what)));
        }
    }
    for dynamic in [false, true] {
        let names = naive.sets.keys().filter(|(of, _)| *of == dynamic).map(|(_, name)| name);
        assert_eq!(texts(rbac.role_sets(kind(dynamic))), texts(names));
    }
    for ((dynamic, name), (roles, cardinality)) in &naive.sets {
        assert_eq!(rbac.role_set(kind(*dynamic), &set(name)), Ok(separation(roles, *cardinality)));
    }
}

/// What a refusal says against the state before: that the roles are the set's, that each way begins with what the holder
/// has or is to have, and that each step is an edge that stands or is to stand.
fn the_witness_is_true(refusal: &Refusal, naive: &Naive, act: &Act) {
    let edge = |above: &str, below: &str| {
        naive.edges.contains(&(above.to_owned(), below.to_owned()))
            || matches!(act, Act::Inherit(senior, junior) if senior == above && junior == below)
            || matches!(act, Act::Ascendant(senior, junior) if senior == above && junior == below)
            || matches!(act, Act::Descendant(junior, senior) if senior == above && junior == below)
    };
    let is_way = |path: &[RoleName]| path.windows(2).all(|step| edge(step[0].as_str(), step[1].as_str()));
    match refusal {
        Refusal::Cycle(path) => assert!(is_way(path), "{refusal}"),
        Refusal::Separation(violation) => {
            assert!(violation.roles.len() >= violation.cardinality as usize, "{refusal}");
            let ends: BTreeSet<&RoleName> =
                violation.roles.iter().filter_map(|one| one.path.last()).collect();
            assert_eq!(ends.len(), violation.roles.len(), "{refusal}");
            for one in &violation.roles {
                assert!(is_way(&one.path), "{refusal}");
                let first = one.path.first().unwrap().to_string();
                let has = match &violation.holder {
                    Holder::User(who) => naive.assigned_roles(who.as_str()).contains(&first),
                    Holder::Session(name) => {
                        naive.sessions.get(name.as_str()).is_some_and(|its| its.active.contains(&first))
                    }
                };
                let asked = match act {
                    Act::Assign(_, role) | Act::Activate(_, _, role) => *role == first,
                    Act::Create(_, _, roles) => roles.contains(&first),
                    _ => false,
                };
                assert!(has || asked, "{refusal}");
            }
        }
        _ => {}
    }
}

#[test]
fn any_sequence_of_operations_gives_what_the_standards_sets_give() {
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let strategy = (any::<bool>(), acts());
    // How often each kind of refusal came: a comparison that never meets one proves nothing.
    let met: RefCell<BTreeMap<&str, usize>> = RefCell::default();
    runner
        .run(&strategy, |(limited, acts)| {
            let shape = if limited { Shape::Limited } else { Shape::General };
            let (mut rbac, mut naive) = (Rbac::new(shape), Naive { limited, ..Naive::default() });
            for one in &acts {
                let before = naive.clone();
                let (did, ought) = (act(&mut rbac, one), naive.act(one));
                assert_eq!(did.is_ok(), ought, "{one:?}: {did:?}");
                if let Err(refusal) = &did {
                    let kind = match refusal {
                        Refusal::Cycle(_) => "cycle",
                        Refusal::Limited { .. } => "limited",
                        Refusal::Separation(violation) => match violation.holder {
                            Holder::User(_) => "static",
                            Holder::Session(_) => "dynamic",
                        },
                        Refusal::TooFew { .. } => "too few",
                        Refusal::NotAuthorized { .. } => "not authorized",
                        _ => "other",
                    };
                    *met.borrow_mut().entry(kind).or_default() += 1;
                    the_witness_is_true(refusal, &before, one);
                }
                every_review_agrees(&rbac, &naive);
            }
            Ok(())
        })
        .unwrap();
    let met = met.into_inner();
    for kind in ["cycle", "limited", "static", "dynamic", "too few", "not authorized"] {
        assert!(met.get(kind).is_some_and(|times| *times > 20), "{kind}: {met:?}");
    }
}
