//! What effective access has to know of PostgreSQL: how roles get to one another, and what an operation needs.

mod instead;
mod needs;

pub(crate) use instead::instead_of;
pub(crate) use needs::{ALTER, DROP, needs};

use crate::words::{attribute, kind};
use model::{
    Attribute, DatabaseName, Edge, MemberKey, MemberPowers, Name, Object, Observed, Place, Powers, Role,
    RoleName, Value, Way,
};

/// The role whose only member is, unsaid, the owner of the database that the session is in.
const DATABASE_OWNER: &str = "pg_database_owner";

/// How roles get to one another in a session in this database.
pub(crate) fn powers(observed: &Observed, database: &DatabaseName) -> Powers {
    let newer = observed.at.version >= 160_000;
    let roles = &observed.access.roles;
    let with = |has: &dyn Fn(&Role) -> bool| -> Vec<RoleName> {
        roles.iter().filter(|(_, role)| has(role)).map(|(name, _)| name.clone()).collect()
    };
    let superuser = |role: &Role| flag(role, &attribute::SUPERUSER);
    let mut edges = Vec::with_capacity(2 * observed.access.members.len() + 2);
    for (key, powers) in &observed.access.members {
        // Who may hand out a superuser is a superuser, and needs it no more.
        let to_superuser = roles.get(&key.role).is_some_and(superuser);
        of_membership(key, *powers, to_superuser, &mut edges);
    }
    if let Some(owner) = observed.access.owners.get(&of_database(database)) {
        // Before 16 a member that does not inherit has no use of this membership either, but may become it.
        let inherits = newer || roles.get(owner).is_some_and(|role| flag(role, &attribute::INHERIT));
        let powers = MemberPowers { inherit: inherits, set: true, admin: false };
        edges.extend(steps(owner, powers, &database_owner()));
    }
    Powers {
        roles: roles.keys().cloned().collect(),
        edges,
        above: with(&superuser),
        logins: with(&|role| flag(role, &attribute::LOGIN) && (superuser(role) || !is_shut(role))),
        // Before 16, CREATEROLE hands out every role but superusers. It is an attribute, so never inherited.
        give_any: if newer { Vec::new() } else { with(&|role| flag(role, &attribute::CREATEROLE)) },
        never_given: database_owner().into_iter().collect(),
        // From 16 on the one who hands a role out says whether it is inherited.
        gathers: with(&|role| newer || flag(role, &attribute::INHERIT)),
    }
}

fn of_membership(key: &MemberKey, powers: MemberPowers, to_superuser: bool, edges: &mut Vec<Edge>) {
    let powers = MemberPowers { admin: powers.admin && !to_superuser, ..powers };
    edges.extend(steps(&key.member, powers, &Some(key.role.clone())));
}

fn steps(from: &RoleName, powers: MemberPowers, to: &Option<RoleName>) -> impl Iterator<Item = Edge> {
    let open =
        [(powers.inherit, Way::Inherits), (powers.set, Way::Becomes), (powers.admin, Way::Administers)];
    let edge = |way| Some(Edge { from: from.clone(), way, to: to.clone()? });
    let found: Vec<Edge> =
        open.into_iter().filter(|(open, _)| *open).filter_map(|(_, way)| edge(way)).collect();
    found.into_iter()
}

fn database_owner() -> Option<RoleName> {
    RoleName::new(DATABASE_OWNER).ok()
}

/// The object that a database is.
fn of_database(database: &DatabaseName) -> Object {
    let path = Name::new(database.as_str()).into_iter().collect();
    Object::new(Place::Cluster, kind::DATABASE, path)
}

fn flag(role: &Role, attribute: &Attribute) -> bool {
    role.attributes.get(attribute) == Some(&Value::Flag(true))
}

/// True if the role's connection limit lets nobody in. Superusers are not bound by it.
fn is_shut(role: &Role) -> bool {
    role.attributes.get(&attribute::CONNECTION_LIMIT) == Some(&Value::Number(0))
}
