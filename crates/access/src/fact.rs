//! One fact of a way, as it is told.

use crate::graph::{Graph, Id};
use model::{Basis, Grantor, Permission, Principal, RoleName, Source, Way};
use std::fmt;

/// One fact of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// The role logs in, in the database asked about or in another one.
    LogsIn {
        /// Who.
        role: RoleName,
        /// In another database, to grant from there what the one asked about needs.
        elsewhere: bool,
    },
    /// A step to another role.
    Step {
        /// From here.
        from: RoleName,
        /// How.
        way: Way,
        /// To here.
        to: RoleName,
    },
    /// The role stands above every check.
    Above {
        /// Which.
        role: RoleName,
    },
    /// Somebody has what is needed.
    Holds {
        /// Who, why and by which object.
        source: Source,
        /// What.
        permission: Permission,
    },
    /// A role that may be handed out is handed to another than the session itself.
    HandsOut {
        /// Who may hand it out.
        from: RoleName,
        /// The role.
        role: RoleName,
        /// Who needs it.
        to: RoleName,
    },
    /// The session prepares the statement as one role and carries it out as another.
    Prepares {
        /// Where names are looked up.
        first: RoleName,
        /// Where it is carried out.
        then: RoleName,
    },
}

impl Fact {
    pub(crate) fn step(graph: &Graph, from: Id, way: Way, to: Id) -> Option<Self> {
        Some(Fact::Step { from: graph.name(from)?.clone(), way, to: graph.name(to)?.clone() })
    }

    /// A fact is told once.
    pub(crate) fn add(fact: Option<Self>, facts: &mut Vec<Fact>) {
        if let Some(fact) = fact.filter(|fact| !facts.contains(fact)) {
            facts.push(fact);
        }
    }

    /// True if something has to be granted first.
    #[must_use]
    pub fn grants_itself(&self) -> bool {
        match self {
            Fact::Step { way, .. } => *way == Way::Administers,
            Fact::HandsOut { .. } => true,
            Fact::Holds { source, .. } => source.basis.grants_itself(),
            _ => false,
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::LogsIn { role, elsewhere: false } => write!(f, "{role} logs in"),
            Fact::LogsIn { role, elsewhere: true } => write!(f, "{role} logs in to another database"),
            Fact::Step { from, way, to } => write!(f, "{from} {way} {to}"),
            Fact::Above { role } => write!(f, "{role} is a superuser: nothing is checked"),
            Fact::Holds { source, permission } => holds(f, source, permission),
            Fact::HandsOut { from, role, to } => write!(f, "{from} may grant {role} to {to}"),
            Fact::Prepares { first, then } => {
                write!(f, "the session prepares the statement as {first} and carries it out as {then}")
            }
        }
    }
}

fn holds(f: &mut fmt::Formatter<'_>, source: &Source, permission: &Permission) -> fmt::Result {
    let Source { who, basis, on } = source;
    let operation = &permission.operation;
    match (basis, who) {
        (Basis::Granted { by }, Principal::Public) => {
            write!(f, "everybody (PUBLIC) has {operation} on {on}{}", given(by))
        }
        (Basis::Granted { by }, Principal::Role(_)) => {
            write!(f, "{who} has {operation} on {on}{}", given(by))
        }
        (Basis::Owner, _) => write!(f, "{who} owns {on}"),
        (Basis::OwnerMayGrant, _) => {
            write!(f, "{who} owns {on}, so it may grant {operation}, also to itself")
        }
        (Basis::MayHandOn, _) => write!(f, "{who} may hand on {operation} on {on}"),
        (Basis::MasterKey, _) => write!(f, "{who} stands for {operation} on every {}", on.kind),
    }
}

fn given(by: &Grantor) -> String {
    match by {
        Grantor::Role(role) => format!(", given by {role}"),
        Grantor::Owner | Grantor::Untracked => String::new(),
    }
}
