//! What keeps roles from being dropped: asked only where roles are to go, and then in every database of the cluster,
//! for roles belong to all of them.

use super::cluster::Database;
use super::rows::{self, take};
use crate::connect::{Connector, Link};
use crate::failure;
use engine::{EngineError, Scope};
use model::{DatabaseName, RoleName, Tie, UnderWay};
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Row;
use tokio_postgres::types::Type;

const PART: &str = "what keeps roles";

/// What a look at this database does not tell anyway; with `all`, that as well.
pub(super) async fn inside(
    link: &Link,
    scope: &Scope,
    database: &DatabaseName,
    all: bool,
) -> Result<Vec<Tie>, EngineError> {
    if scope.leaving.is_empty() {
        return Ok(Vec::new());
    }
    let leaving = names(&scope.leaving);
    let rows = link
        .rows(PART, include_str!("../../sql/ties.sql"), &[(&leaving, Type::TEXT_ARRAY), (&all, Type::BOOL)])
        .await?;
    let tie = |row: &Row| {
        let role: RoleName = rows::name(PART, take(PART, row, 0)?)?;
        Ok(Tie { role, database: database.clone(), what: take(PART, row, 1)? })
    };
    rows.iter().map(tie).collect()
}

/// What is under way in the name of roles that are to go.
pub(super) async fn under_way(
    link: &Link,
    scope: &Scope,
) -> Result<BTreeMap<RoleName, UnderWay>, EngineError> {
    if scope.leaving.is_empty() {
        return Ok(BTreeMap::new());
    }
    let (part, sql) = ("sessions", include_str!("../../sql/under_way.sql"));
    let found = link.rows(part, sql, &[(&names(&scope.leaving), Type::TEXT_ARRAY)]).await?;
    let of = |row: &Row| {
        let sessions =
            u64::try_from(take::<i64>(part, row, 1)?).map_err(|error| failure::unreadable(part, error))?;
        let feeds = take::<Option<Vec<String>>>(part, row, 2)?.unwrap_or_default();
        Ok((rows::name(part, take(part, row, 0)?)?, UnderWay { sessions, feeds }))
    };
    found.iter().map(of).collect()
}

/// The databases in which these roles have something.
pub(super) async fn places(
    link: &Link,
    roles: &BTreeSet<RoleName>,
) -> Result<BTreeSet<DatabaseName>, EngineError> {
    if roles.is_empty() {
        return Ok(BTreeSet::new());
    }
    let sql = include_str!("../../sql/ties_elsewhere.sql");
    let found = link.rows(PART, sql, &[(&names(roles), Type::TEXT_ARRAY)]).await?;
    found.iter().map(|row| rows::name(PART, take(PART, row, 1)?)).collect()
}

/// What there is in databases that are not looked at, and what no look into a database tells.
pub(super) async fn elsewhere(
    connector: &Connector,
    link: &Link,
    scope: &Scope,
    looked_at: &BTreeMap<DatabaseName, u32>,
    databases: &BTreeMap<DatabaseName, Database>,
) -> Result<Vec<Tie>, EngineError> {
    if scope.leaving.is_empty() {
        return Ok(Vec::new());
    }
    let sql = include_str!("../../sql/ties_elsewhere.sql");
    let found = link.rows(PART, sql, &[(&names(&scope.leaving), Type::TEXT_ARRAY)]).await?;
    let mut ties = Vec::new();
    let mut to_visit: BTreeMap<DatabaseName, BTreeSet<RoleName>> = BTreeMap::new();
    for row in &found {
        let role: RoleName = rows::name(PART, take(PART, row, 0)?)?;
        let database: DatabaseName = rows::name(PART, take(PART, row, 1)?)?;
        match take::<Option<String>>(PART, row, 2)? {
            Some(what) => ties.push(Tie { role, database, what }),
            None if looked_at.contains_key(&database) => {}
            None => {
                to_visit.entry(database).or_default().insert(role);
            }
        }
    }
    for (database, roles) in to_visit {
        let open = databases.get(&database).is_some_and(|database| database.connectable);
        ties.extend(visit(connector, scope, database, roles, open).await);
    }
    Ok(ties)
}

/// Names what is there. A database that cannot be entered holds the roles all the same.
async fn visit(
    connector: &Connector,
    scope: &Scope,
    database: DatabaseName,
    roles: BTreeSet<RoleName>,
    open: bool,
) -> Vec<Tie> {
    let named = async {
        let link = connector.open(Some(&database)).await?;
        inside(&link, scope, &database, true).await
    };
    let unnamed = if open {
        match named.await {
            Ok(ties) => return ties,
            Err(error) => error.what,
        }
    } else {
        "the database takes no connections".to_owned()
    };
    let what = format!("holds or owns something that could not be looked at ({unnamed})");
    roles.into_iter().map(|role| Tie { role, database: database.clone(), what: what.clone() }).collect()
}

fn names(roles: &BTreeSet<RoleName>) -> Vec<String> {
    roles.iter().map(|role| role.as_str().to_owned()).collect()
}
