//! As whom a statement is run.

use crate::power::Power;
use crate::quote::identifier;
use model::{Observed, RoleName, Statement};

/// Knows how to become another role for a few statements, and how to come back.
pub(super) struct Acting {
    back: String,
}

impl Acting {
    pub(super) fn new(observed: &Observed) -> Self {
        let executor = &observed.executor;
        let back = if executor.acts_as == executor.login {
            "SET LOCAL ROLE NONE".to_owned()
        } else {
            format!("SET LOCAL ROLE {}", identifier(executor.acts_as.as_str()))
        };
        Self { back }
    }

    /// The statements, run as the role.
    pub(super) fn as_role(&self, role: &RoleName, statements: Vec<Statement>) -> Vec<Statement> {
        let become_it = Statement::new(format!("SET LOCAL ROLE {}", identifier(role.as_str())));
        let back = Statement::new(self.back.clone());
        std::iter::once(become_it).chain(statements).chain([back]).collect()
    }

    /// The way back, as the same role: another one's word would be about other entries, or about none.
    pub(super) fn back_as_role(&self, role: Option<&RoleName>, texts: Vec<String>) -> Vec<String> {
        let Some(role) = role.filter(|_| !texts.is_empty()) else { return texts };
        let statements = texts.into_iter().map(Statement::new).collect();
        self.as_role(role, statements).iter().map(ToString::to_string).collect()
    }
}

/// The role that the executor has to become to grant for the owner. Inheriting from it is not always enough: a grant
/// option of the executor's own would make it, and not the owner, the grantor.
pub(super) fn needs_to_become(power: &Power, owner: &RoleName) -> Option<RoleName> {
    let enough = power.superuser || power.acts_as == *owner || !power.becomes.contains(owner);
    (!enough).then(|| owner.clone())
}

/// The role that the executor has to become to hand an object over: none, if it inherits from its owner.
pub(super) fn needs_to_become_to_alter(power: &Power, owner: &RoleName) -> Option<RoleName> {
    needs_to_become(power, owner).filter(|owner| !power.inherits.contains(owner))
}
