//! Roles that are to go: the databases beyond the scope in which they have something, what keeps them, what is under way in
//! their name.

use super::cluster::Database;
use super::database::Seen;
use super::{Login, read_one, ties, under_way};
use crate::connect::{Connector, Link};
use engine::{EngineError, Scope};
use model::{DatabaseName, RoleName, UnderWay};
use std::collections::{BTreeMap, BTreeSet};

/// What a look learns of them beside the facts.
#[derive(Debug, Default)]
pub(super) struct Leaving {
    /// Databases that were looked at only for them.
    pub(super) beyond: BTreeSet<DatabaseName>,
    pub(super) under_way: BTreeMap<RoleName, UnderWay>,
}

/// Reads those databases too, and adds them to the chosen ones. What cannot be read keeps the roles.
pub(super) async fn read(
    (connector, link, login): (&Connector, &Link, &Login),
    scope: &Scope,
    chosen: &mut BTreeMap<DatabaseName, u32>,
    databases: &BTreeMap<DatabaseName, Database>,
    others: &mut Seen,
) -> Result<Leaving, EngineError> {
    if scope.leaving.is_empty() {
        return Ok(Leaving::default());
    }
    let places = ties::places(link, scope).await?;
    let (mut beyond, mut unread) = (BTreeSet::new(), BTreeMap::new());
    let again = scope.again.iter().filter(|name| databases.contains_key(*name));
    let all: BTreeSet<&DatabaseName> = places.databases().chain(again).collect();
    for name in all {
        if chosen.contains_key(name) {
            continue;
        }
        let read = match databases.get(name) {
            Some(database) if database.connectable => {
                let read = read_one(connector, login, scope, name.clone()).await;
                match read {
                    // Whoever cannot be reached just now may be the next time: that is no fact about a role.
                    Err(error) if !matches!(error.code, "RW202" | "RW205") => return Err(error),
                    read => read.map(|seen| (seen, database.oid)).map_err(|error| error.what),
                }
            }
            _ => Err("the database takes no connections".to_owned()),
        };
        match read {
            Ok((seen, oid)) => {
                others.absorb(seen);
                chosen.insert(name.clone(), oid);
                beyond.insert(name.clone());
            }
            Err(reason) => {
                unread.insert(name.clone(), reason);
            }
        }
    }
    others.ties.extend(places.ties(&unread));
    let (under_way, notes) = under_way::read(connector, link, scope).await?;
    others.notes.extend(notes);
    Ok(Leaving { beyond, under_way })
}
