//! The policy in `access::rbac`, where a user checks access in a session with all of its roles active.

use crate::policy::{OPERATIONS, Policy};
use access::rbac::{Permission, Rbac, Shape};
use model::{Kind, Name, Object, Operation, Place, RoleName, SessionName, UserName};
use std::sync::Arc;

pub fn user(number: u32) -> UserName {
    UserName::new(format!("user{number}")).expect("a name")
}

pub fn role(number: u32) -> RoleName {
    RoleName::new(format!("role{number}")).expect("a name")
}

pub fn session(number: u32) -> SessionName {
    SessionName::new(format!("session{number}")).expect("a name")
}

fn object(number: u32) -> Arc<Object> {
    let path = vec![Name::new(format!("object{number}")).expect("a name")];
    Arc::new(Object::new(Place::Cluster, Kind::known("table"), path))
}

/// A permission as somebody has just read it: nothing of its names is shared with the state.
pub fn permission(operation: u32, number: u32) -> Permission {
    Permission { operation: Operation::known(OPERATIONS[operation as usize]), object: object(number) }
}

pub fn new(policy: &Policy) -> Rbac {
    let mut rbac = Rbac::new(Shape::General);
    let roles: Vec<RoleName> = (0..policy.size.roles).map(role).collect();
    let users: Vec<UserName> = (0..policy.size.users).map(user).collect();
    let objects: Vec<Arc<Object>> = (0..policy.objects()).map(object).collect();
    for role in &roles {
        rbac.add_role(role).expect("new");
    }
    for user in &users {
        rbac.add_user(user).expect("new");
    }
    for (senior, junior) in &policy.edges {
        rbac.add_inheritance(&roles[*senior as usize], &roles[*junior as usize]).expect("no circle");
    }
    for (user, role) in &policy.assignments {
        rbac.assign_user(&users[*user as usize], &roles[*role as usize]).expect("no constraint");
    }
    for (role, operation, object) in &policy.permissions {
        let operation = Operation::known(OPERATIONS[*operation as usize]);
        let permission = Permission { operation, object: objects[*object as usize].clone() };
        rbac.grant_permission(&permission, &roles[*role as usize]).expect("a role");
    }
    rbac
}

/// A session for each user with everything active that the user is assigned to.
pub fn open_sessions(rbac: &mut Rbac, users: u32) {
    for number in 0..users {
        let roles: Vec<RoleName> = rbac.assigned_roles(&user(number)).expect("a user").into_iter().collect();
        rbac.create_session(&user(number), &session(number), &roles).expect("new");
    }
}
