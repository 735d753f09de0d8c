//! The policy in `access::rbac`, where a user checks access in a session with all of its roles active.

use crate::policy::{OPERATIONS, Policy};
use access::rbac::{Permission, Rbac, Shape};
use model::{Kind, Name, Object, Operation, Place, RoleName, SessionName, UserName};
use std::sync::Arc;

pub struct Ours {
    pub rbac: Rbac,
    objects: Vec<Arc<Object>>,
}

pub fn user(number: u32) -> UserName {
    UserName::new(format!("user{number}")).expect("a name")
}

pub fn role(number: u32) -> RoleName {
    RoleName::new(format!("role{number}")).expect("a name")
}

pub fn session(number: u32) -> SessionName {
    SessionName::new(format!("session{number}")).expect("a name")
}

impl Ours {
    pub fn new(policy: &Policy) -> Self {
        let path = |number: u32| vec![Name::new(format!("object{number}")).expect("a name")];
        let objects: Vec<Arc<Object>> = (0..policy.objects())
            .map(|number| Arc::new(Object::new(Place::Cluster, Kind::known("table"), path(number))))
            .collect();
        let mut rbac = Rbac::new(Shape::General);
        let roles: Vec<RoleName> = (0..policy.size.roles).map(role).collect();
        let users: Vec<UserName> = (0..policy.size.users).map(user).collect();
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
        let mut ours = Self { rbac, objects };
        for (role, operation, object) in &policy.permissions {
            let permission = ours.permission(*operation, *object);
            ours.rbac.grant_permission(&permission, &roles[*role as usize]).expect("a role");
        }
        ours
    }

    pub fn permission(&self, operation: u32, object: u32) -> Permission {
        let operation = Operation::known(OPERATIONS[operation as usize]);
        Permission { operation, object: self.objects[object as usize].clone() }
    }

    /// A session for this user with everything active.
    pub fn open(&mut self, number: u32) {
        let roles: Vec<RoleName> =
            self.rbac.assigned_roles(&user(number)).expect("a user").into_iter().collect();
        self.rbac.create_session(&user(number), &session(number), &roles).expect("new");
    }
}
