//! The privileges that an object has while nobody has granted or revoked anything on it: its ACL is NULL then
//! (PostgreSQL, `acldefault`; section 5.8, table 5.2).

use crate::words::{kind, operation};
use model::{
    Acl, Future, FutureKey, FutureScope, Grantor, Held, Holder, Kind, Operation, Principal, RoleName,
};

/// The built-in entries of an object of this kind. `major` is the server's major version. Columns and kinds
/// without an ACL have none.
#[must_use]
pub fn entries(kind: &Kind, owner: &RoleName, major: u32) -> Acl {
    let (to_owner, to_public) = operations(kind, major);
    let mut acl = Acl::new();
    let mut add = |to: Principal, operations: Vec<Operation>| {
        if !operations.is_empty() {
            let held: Held = operations.into_iter().map(|operation| (operation, false)).collect();
            acl.insert(Holder { to, by: Grantor::Owner }, held);
        }
    };
    add(Principal::Role(owner.clone()), to_owner);
    add(Principal::Public, to_public);
    acl
}

/// What new objects start with while nobody has altered the default privileges: the built-in entries database-wide, and
/// nothing in addition inside a schema.
#[must_use]
pub fn future(key: &FutureKey, major: u32) -> Future {
    match key.scope {
        FutureScope::Replaces(_) => entries(&key.kind, &key.creator, major)
            .into_iter()
            .map(|(holder, held)| (holder.to, held))
            .collect(),
        FutureScope::AddsIn(_) => Future::new(),
    }
}

/// What the owner and what PUBLIC hold by default.
fn operations(of: &Kind, major: u32) -> (Vec<Operation>, Vec<Operation>) {
    use operation::{
        ALTER_SYSTEM, CONNECT, CREATE, DELETE, EXECUTE, INSERT, MAINTAIN, REFERENCES, SELECT, SET, TEMPORARY,
        TRIGGER, TRUNCATE, UPDATE, USAGE,
    };
    if *of == kind::TABLE {
        let mut all = vec![SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER];
        if major >= 17 {
            all.push(MAINTAIN);
        }
        return (all, Vec::new());
    }
    let known = [
        (kind::SEQUENCE, vec![SELECT, UPDATE, USAGE], vec![]),
        (kind::DATABASE, vec![CREATE, TEMPORARY, CONNECT], vec![TEMPORARY, CONNECT]),
        (kind::SCHEMA, vec![USAGE, CREATE], vec![]),
        (kind::ROUTINE, vec![EXECUTE], vec![EXECUTE]),
        (kind::TYPE, vec![USAGE], vec![USAGE]),
        (kind::LANGUAGE, vec![USAGE], vec![USAGE]),
        (kind::LARGE_OBJECT, vec![SELECT, UPDATE], vec![]),
        (kind::TABLESPACE, vec![CREATE], vec![]),
        (kind::FOREIGN_DATA_WRAPPER, vec![USAGE], vec![]),
        (kind::FOREIGN_SERVER, vec![USAGE], vec![]),
        (kind::PARAMETER, vec![SET, ALTER_SYSTEM], vec![]),
    ];
    known
        .into_iter()
        .find(|(kind, ..)| kind == of)
        .map_or((Vec::new(), Vec::new()), |(_, owner, public)| (owner, public))
}
