//! Default privileges: grants on objects still to be made, by named creators.

use super::Work;
use crate::words::kind;
use model::{CauseId, FutureKey, FutureScope, GrantIntent, Pattern, Principal, Reach, RoleName, Segment};
use std::sync::Arc;

pub(super) fn realise(work: &mut Work<'_>) {
    let intent = work.intent;
    let mut inside = Vec::new();
    for grant in &intent.grants {
        let (Reach::Future(creators) | Reach::Both(creators)) = &grant.reach else { continue };
        let creators = known(work, creators, grant.cause);
        for pattern in grant.on.names.iter() {
            for scope in scopes(work, grant, pattern) {
                for creator in &creators {
                    let key = FutureKey {
                        creator: creator.clone(),
                        scope: scope.clone(),
                        kind: grant.on.kind.clone(),
                    };
                    if matches!(scope, FutureScope::AddsIn(_)) {
                        inside.push((grant, key.clone()));
                    }
                    add(work, grant, key);
                }
            }
        }
    }
    for (grant, key) in inside {
        unreachable(work, grant, &key);
    }
    leave(work);
}

/// A role does not go while it has default privileges of its own, and they are no use without it: they become the
/// built-in ones, which leaves no row.
fn leave(work: &mut Work<'_>) {
    let keys = work.observed.access.future.keys().filter(|key| work.intent.absent.contains_key(&key.creator));
    let built_in = keys.map(|key| (key.clone(), crate::defaults::future(key, work.version)));
    work.desired.future.extend(built_in);
}

fn add(work: &mut Work<'_>, grant: &GrantIntent, key: FutureKey) {
    if grant.to == Principal::Public {
        claim_public(work, &key);
    }
    let held = work.held(grant, &key.kind);
    // A key with nothing in it still says that PUBLIC is to get nothing, not even the built-in default.
    let slot = work.desired.future.entry(key).or_default();
    if !held.is_empty() {
        slot.entry(grant.to.clone()).or_default().absorb(&held);
    }
}

/// A schema's default privileges only add to those of the whole database (PostgreSQL documentation, ALTER
/// DEFAULT PRIVILEGES), so a schema alone cannot keep from PUBLIC what it gets everywhere.
fn unreachable(work: &mut Work<'_>, grant: &GrantIntent, key: &FutureKey) {
    let (Some(database), Principal::Public) = (key.scope.database(), &grant.to) else { return };
    let everywhere = FutureKey { scope: FutureScope::Replaces(database.clone()), ..key.clone() };
    let standing = work.observed.access.future.get(&everywhere).cloned();
    let future = match work.claims.public_future.contains(&everywhere) {
        true => work.desired.future.get(&everywhere).cloned().unwrap_or_default(),
        false => standing.unwrap_or_else(|| crate::defaults::future(&everywhere, work.version)),
    };
    let Some(anyway) = future.get(&Principal::Public) else { return };
    let wanted = work.desired.future.get(key).and_then(|future| future.get(&Principal::Public));
    if !wanted.is_some_and(|wanted| wanted.contains(anyway)) {
        let what =
            format!("PUBLIC gets {anyway:?} on each new {} of {} in every schema", key.kind, key.creator);
        let help = format!(
            "say it for the whole database: `nothing on {} *.*, future by {}`",
            key.kind, key.creator
        );
        work.problem(grant.cause, "RW312", what, help);
    }
}

/// What the model says of PUBLIC anywhere in a database, it says of each schema there too.
fn claim_public(work: &mut Work<'_>, key: &FutureKey) {
    if let FutureScope::Replaces(database) = &key.scope {
        let inside = work.observed.access.future.keys().filter(|row| {
            row.creator == key.creator && row.kind == key.kind && row.scope.database() == Some(database)
        });
        work.claims.public_future.extend(inside.cloned());
    }
    work.claims.public_future.insert(key.clone());
}

fn known(work: &mut Work<'_>, creators: &[RoleName], cause: CauseId) -> Vec<RoleName> {
    let mut found = Vec::new();
    for creator in creators {
        if work.observed.access.roles.contains_key(creator) || work.intent.roles.contains_key(creator) {
            found.push(creator.clone());
        } else {
            let what = format!("role {creator}, named as a creator of future objects, does not exist");
            work.problem(
                cause,
                "RW302",
                what,
                "name the role that runs the migrations; its members do not count",
            );
        }
    }
    found
}

/// Where the default privileges hold: in the schemas that the pattern names, or in the whole database.
fn scopes(work: &mut Work<'_>, grant: &GrantIntent, pattern: &Pattern) -> Vec<FutureScope> {
    let Some(database) = &grant.on.database else { return Vec::new() };
    if grant.on.kind == kind::LARGE_OBJECT && work.version < 18 {
        let what = format!("PostgreSQL {} has no default privileges for large objects", work.version);
        work.problem(grant.cause, "RW309", what, "they came with version 18");
        return Vec::new();
    }
    let last_is_any = pattern.path.last().is_some_and(Segment::is_any);
    let by_name = !last_is_any || !grant.on.varieties.is_empty() || pattern.arguments.is_some();
    if by_name {
        let what = format!("default privileges cannot be limited to {} {pattern}", grant.on.kind);
        let help = "they hold for every future object of a kind in a schema: write `schema.*`, or put the objects that \
                    differ into a schema of their own";
        work.problem(grant.cause, "RW310", what, help);
        return Vec::new();
    }
    match pattern.path.as_slice() {
        [_] => vec![FutureScope::Replaces(database.clone())],
        [schema, _] if schema.is_any() => vec![FutureScope::Replaces(database.clone())],
        [schema, _] => {
            let on = model::NamedObjects {
                database: grant.on.database.clone(),
                kind: kind::SCHEMA,
                varieties: Vec::new(),
                names: Arc::from([Pattern { path: vec![schema.clone()], arguments: None }]),
                except: Vec::new(),
            };
            work.objects(&on, grant.cause).into_iter().map(FutureScope::AddsIn).collect()
        }
        _ => Vec::new(),
    }
}
