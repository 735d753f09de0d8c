//! The policy in Cedar: a policy for each permission of a role, roles and users as entities in one another.

use crate::policy::{OPERATIONS, Policy};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
};
use std::collections::{HashMap, HashSet};
use std::str::FromStr;

pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
}

fn uid(kind: &str, number: impl ToString) -> EntityUid {
    let kind = EntityTypeName::from_str(kind).expect("a type");
    EntityUid::from_type_name_and_id(kind, EntityId::new(number.to_string()))
}

impl Cedar {
    pub fn new(policy: &Policy) -> Self {
        let mut text = String::new();
        let mut policies = PolicySet::new();
        for (at, (role, operation, object)) in policy.permissions.iter().enumerate() {
            text.clear();
            text.push_str(&format!(
                "permit(principal in Role::\"{role}\", action == Action::\"{}\", resource == Object::\"{object}\");",
                OPERATIONS[*operation as usize]
            ));
            let id = cedar_policy::PolicyId::new(format!("p{at}"));
            let one = cedar_policy::Policy::parse(Some(id), &text).expect("a policy");
            policies.add(one).expect("a new policy");
        }
        let mut parents: HashMap<u32, HashSet<EntityUid>> = HashMap::new();
        for (senior, junior) in &policy.edges {
            parents.entry(*senior).or_default().insert(uid("Role", junior));
        }
        let roles = (0..policy.size.roles).map(|role| {
            Entity::new_no_attrs(uid("Role", role), parents.get(&role).cloned().unwrap_or_default())
        });
        let mut held: HashMap<u32, HashSet<EntityUid>> = HashMap::new();
        for (user, role) in &policy.assignments {
            held.entry(*user).or_default().insert(uid("Role", role));
        }
        let users = (0..policy.size.users).map(|user| {
            Entity::new_no_attrs(uid("User", user), held.get(&user).cloned().unwrap_or_default())
        });
        let entities = Entities::from_entities(roles.chain(users), None).expect("no circle");
        Self { authorizer: Authorizer::new(), policies, entities }
    }

    pub fn check(&self, user: u32, operation: u32, object: u32) -> bool {
        let action = uid("Action", OPERATIONS[operation as usize]);
        let request = Request::new(uid("User", user), action, uid("Object", object), Context::empty(), None)
            .expect("a request");
        self.authorizer.is_authorized(&request, &self.policies, &self.entities).decision() == Decision::Allow
    }
}
