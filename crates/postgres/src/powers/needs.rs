//! What an operation needs: to connect, to use the schema, and the privilege or the ownership itself.
//!
//! The rules are those of the server's `aclchk.c`: `pg_class_aclmask`, `pg_namespace_aclmask` and their kin for
//! privileges, `RemoveObjects` and `RangeVarCallbackForDropRelation` for dropping.

use super::of_database;
use crate::ownership;
use crate::words::{kind, operation as op, variety};
use model::{
    Acl, Basis, DatabaseName, Grantor, Holder, Kind, Need, Needs, Object, Observed, Operation, Permission,
    Place, Principal, RoleName, Source,
};
use std::borrow::Cow;
use std::sync::Arc;

/// What only an owner may do; no privilege.
pub(crate) const DROP: Operation = Operation::known("drop");
/// What only an owner may do; no privilege.
pub(crate) const ALTER: Operation = Operation::known("alter");

/// Objects of the server itself are numbered below this; nobody but a superuser writes to such tables
/// (`IsCatalogRelationOid`).
const FIRST_UNPINNED: u32 = 12_000;

/// What the operation needs in a session in this database.
pub(crate) fn needs(observed: &Observed, database: &DatabaseName, asked: &Permission) -> Needs {
    let seen = Seen { observed, major: observed.at.version / 10_000 };
    let owners_only = [DROP, ALTER].contains(&asked.operation);
    let of = |kind: &Kind| asked.on.kind == *kind;
    let mut session = Vec::new();
    if named_in_schema(&asked.on.kind) && (owners_only || !of(&kind::SEQUENCE)) {
        // A sequence can be used by its number, without its name being looked up.
        session.extend(seen.schema(&asked.on));
    }
    if of(&kind::LARGE_OBJECT) && asked.operation == op::UPDATE && !asked.delegable {
        // Opened for writing it is opened for reading too.
        session.push(seen.privilege(&plain(op::SELECT, asked.on.clone())));
    }
    session.push(if owners_only { seen.ownership(asked) } else { seen.privilege(asked) });
    let is_entry = asked.operation == op::CONNECT && !asked.delegable;
    if is_entry {
        session.clear();
    }
    // What is done to a database is done from inside it.
    let of_one = of(&kind::DATABASE);
    let inside = if of_one { asked.on.clone() } else { Arc::new(of_database(database)) };
    let others = seen.connect_elsewhere(&inside);
    let mut entry = seen.entry(&inside);
    if of_one && asked.operation == DROP {
        // No database can be dropped from inside.
        entry.sources.clone_from(&others);
    }
    let statement = [op::SELECT, op::INSERT, op::UPDATE, op::DELETE, op::EXECUTE].contains(&asked.operation);
    Needs { entry, elsewhere: others, session, together: !statement }
}

fn named_in_schema(of: &Kind) -> bool {
    [kind::TABLE, kind::COLUMN, kind::SEQUENCE, kind::ROUTINE, kind::TYPE].contains(of)
}

/// What was seen, in the version that it was seen on.
struct Seen<'a> {
    observed: &'a Observed,
    major: u32,
}

impl<'a> Seen<'a> {
    /// To begin a session in the database.
    fn entry(&self, database: &Arc<Object>) -> Need {
        let mut sources = self.granted(&op::CONNECT, database, false);
        let handing = self.granted(&op::CONNECT, database, true);
        sources.extend(handing.into_iter().map(|source| Source { basis: Basis::MayHandOn, ..source }));
        sources.extend(self.owner(database, Basis::OwnerMayGrant));
        Need { permission: plain(op::CONNECT, database.clone()), sources, parts: Vec::new() }
    }

    /// Who may begin a session in any other database. Nobody connects to `template0`.
    fn connect_elsewhere(&self, database: &Arc<Object>) -> Vec<Source> {
        // What belongs to the cluster comes first, and is little.
        let owners = self.observed.access.owners.keys();
        let others = owners.take_while(|on| on.place == Place::Cluster).filter(|on| {
            let closed = on.path.first().is_some_and(|name| name.as_str() == "template0");
            on.kind == kind::DATABASE && *on != database && !closed
        });
        others.flat_map(|on| self.granted(&op::CONNECT, on, false)).collect()
    }

    /// To name something in its schema.
    fn schema(&self, object: &Object) -> Option<Need> {
        let on = Arc::new(schema_of(object)?);
        let mut sources = self.granted(&op::USAGE, &on, false);
        sources.extend(["pg_read_all_data", "pg_write_all_data"].iter().filter_map(|key| master(key, &on)));
        sources.extend(self.owner(&on, Basis::OwnerMayGrant));
        if self.is_open_from_birth(&on) {
            let basis = Basis::Granted { by: Grantor::Owner };
            sources.push(Source { who: Principal::Public, basis, on: on.clone() });
        }
        Some(Need { permission: plain(op::USAGE, on), sources, parts: Vec::new() })
    }

    /// A look leaves out the server's own schemas as long as they are as initdb left them: open to everybody.
    fn is_open_from_birth(&self, schema: &Object) -> bool {
        let own = schema
            .path
            .first()
            .is_some_and(|name| ["pg_catalog", "information_schema"].contains(&name.as_str()));
        own && !self.observed.access.owners.contains_key(schema)
    }

    /// To do what only an owner may do. What is in a schema, its owner may drop too.
    fn ownership(&self, asked: &Permission) -> Need {
        let mut sources: Vec<Source> = self.owner(&asked.on, Basis::Owner).into_iter().collect();
        if asked.operation == DROP
            && named_in_schema(&asked.on.kind)
            && let Some(schema) = schema_of(&asked.on)
        {
            sources.extend(self.owner(&Arc::new(schema), Basis::Owner));
        }
        Need { permission: asked.clone(), sources, parts: Vec::new() }
    }

    /// To do what can be granted.
    fn privilege(&self, asked: &Permission) -> Need {
        let Permission { operation, on, delegable } = asked;
        let table = ownership::owned_with(on).map(Arc::new);
        let mut sources = Vec::new();
        for on in [Some(on), table.as_ref()].into_iter().flatten() {
            if !delegable && self.is_guarded(operation, on) {
                continue;
            }
            sources.extend(self.granted(operation, on, *delegable));
            if !delegable {
                sources.extend(self.master_keys(operation, on));
            }
        }
        let owned = table.as_ref().unwrap_or(on);
        if *delegable || !self.is_guarded(operation, owned) {
            // An owner can always hand on, whatever it holds itself.
            let basis = if *delegable { Basis::Owner } else { Basis::OwnerMayGrant };
            sources.extend(self.owner(owned, basis));
        }
        Need { permission: asked.clone(), sources, parts: self.parts(asked) }
    }

    /// What together is as good as the privilege.
    fn parts(&self, asked: &Permission) -> Vec<Need> {
        if asked.on.kind == kind::SEQUENCE && asked.operation == op::USAGE && !asked.delegable {
            // nextval() takes UPDATE as well, and currval() SELECT.
            return [op::UPDATE, op::SELECT]
                .map(|operation| self.privilege(&plain(operation, asked.on.clone())))
                .into();
        }
        self.columns(asked)
    }

    /// A table through all of its columns, where each of them has been granted to somebody.
    fn columns(&self, asked: &Permission) -> Vec<Need> {
        let catalogue = &self.observed.catalogue;
        let Some(columns) = catalogue.columns.get(&asked.on) else { return Vec::new() };
        let mut parts = Vec::with_capacity(columns.len());
        for column in columns {
            let mut path = asked.on.path.clone();
            path.push(column.clone());
            let on = Arc::new(Object::new(asked.on.place.clone(), kind::COLUMN, path));
            let sources = self.granted(&asked.operation, &on, asked.delegable);
            if sources.is_empty() {
                return Vec::new();
            }
            let permission = Permission { on, ..asked.clone() };
            parts.push(Need { permission, sources, parts: Vec::new() });
        }
        parts
    }

    /// Nobody but a superuser writes to the server's own tables, whatever their entries say. What these say can be handed
    /// on all the same.
    fn is_guarded(&self, operation: &Operation, on: &Arc<Object>) -> bool {
        let writes = [op::INSERT, op::UPDATE, op::DELETE, op::TRUNCATE].contains(operation);
        let own = self.observed.catalogue.objects.get(on);
        writes
            && on.kind == kind::TABLE
            && own.is_some_and(|own| (1..FIRST_UNPINNED).contains(&own.id) && own.variety != variety::VIEW)
    }

    /// Roles that stand for the operation on every such object.
    fn master_keys(&self, operation: &Operation, on: &Arc<Object>) -> Vec<Source> {
        let relation = on.kind == kind::TABLE || on.kind == kind::SEQUENCE;
        let schema = on.kind == kind::SCHEMA && *operation == op::USAGE;
        let reads = (relation && *operation == op::SELECT) || schema;
        let writes = (relation && [op::INSERT, op::UPDATE, op::DELETE].contains(operation)) || schema;
        let maintains = on.kind == kind::TABLE && *operation == op::MAINTAIN && self.major >= 17;
        let keys = [(reads, "pg_read_all_data"), (writes, "pg_write_all_data"), (maintains, "pg_maintain")];
        keys.iter().filter(|(fits, _)| *fits).filter_map(|(_, key)| master(key, on)).collect()
    }

    /// Whom the object's entries give the operation, or the right to hand it on.
    fn granted(&self, operation: &Operation, on: &Arc<Object>, delegable: bool) -> Vec<Source> {
        let entries = self.entries(on);
        let holds = entries
            .iter()
            .filter(|(_, held)| held.get(operation).is_some_and(|may_hand_on| may_hand_on || !delegable));
        let owner = ownership::owner(&self.observed.access, on);
        let source = |Holder { to, by }: &Holder| {
            // An owner's own entry is there because it is the owner.
            let own =
                *by == Grantor::Owner && owner.is_some_and(|owner| *to == Principal::Role(owner.clone()));
            let basis = if own { Basis::Owner } else { Basis::Granted { by: by.clone() } };
            Source { who: to.clone(), basis, on: on.clone() }
        };
        let mut sources: Vec<Source> = holds.map(|(holder, _)| source(holder)).collect();
        // Everybody last: who has an entry of its own is told by that.
        sources.sort_by_key(|source| source.who == Principal::Public);
        sources
    }

    fn owner(&self, on: &Arc<Object>, basis: Basis) -> Option<Source> {
        let owner = ownership::owner(&self.observed.access, on)?;
        Some(Source { who: Principal::Role(owner.clone()), basis, on: on.clone() })
    }

    /// An object's entries, whether or not somebody ever granted on it.
    fn entries(&self, on: &Arc<Object>) -> Cow<'a, Acl> {
        let observed = self.observed;
        let known = observed.access.entries.get(on).or_else(|| observed.catalogue.baselines.get(on));
        match (known, observed.access.owners.get(on)) {
            (Some(acl), _) => Cow::Borrowed(acl),
            (None, Some(owner)) => Cow::Owned(crate::defaults::entries(&on.kind, owner, self.major)),
            (None, None) => Cow::Owned(Acl::new()),
        }
    }
}

fn plain(operation: Operation, on: Arc<Object>) -> Permission {
    Permission { operation, on, delegable: false }
}

fn master(key: &str, on: &Arc<Object>) -> Option<Source> {
    let who = Principal::Role(RoleName::new(key).ok()?);
    Some(Source { who, basis: Basis::MasterKey, on: on.clone() })
}

fn schema_of(object: &Object) -> Option<Object> {
    let name = object.path.first()?.clone();
    let in_database = matches!(object.place, Place::Database(_));
    in_database.then(|| Object::new(object.place.clone(), kind::SCHEMA, vec![name]))
}
