//! The policy in casbin: its own model for role-based access control with a hierarchy.

use crate::policy::{OPERATIONS, Policy};
use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};

const MODEL: &str = "
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.obj == p.obj && r.act == p.act && g(r.sub, p.sub)
";

pub struct Casbin {
    enforcer: Enforcer,
}

impl Casbin {
    pub async fn new(policy: &Policy) -> Self {
        let model = DefaultModel::from_str(MODEL).await.expect("a model");
        let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await.expect("an enforcer");
        let lines = policy.permissions.iter().map(|(role, operation, object)| {
            vec![format!("role{role}"), format!("object{object}"), OPERATIONS[*operation as usize].to_owned()]
        });
        enforcer.add_policies(lines.collect()).await.expect("policies");
        let edges = policy
            .edges
            .iter()
            .map(|(senior, junior)| vec![format!("role{senior}"), format!("role{junior}")]);
        let users =
            policy.assignments.iter().map(|(user, role)| vec![format!("user{user}"), format!("role{role}")]);
        enforcer.add_grouping_policies(edges.chain(users).collect()).await.expect("roles");
        Self { enforcer }
    }

    pub fn check(&self, user: u32, operation: u32, object: u32) -> bool {
        let asked = (format!("user{user}"), format!("object{object}"), OPERATIONS[operation as usize]);
        self.enforcer.enforce(asked).expect("an answer")
    }
}
