//! What keeps roles from being dropped: asked only where roles are to go, and then in every database of the cluster,
//! for roles belong to all of them.

use super::rows::{self, take};
use crate::connect::Link;
use engine::{EngineError, Scope};
use model::{DatabaseName, HeldKey, Kind, RoleName, Tie};
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Row;
use tokio_postgres::types::Type;

const PART: &str = "what keeps roles";

/// What keeps them in this database and is no fact of the look: nothing that a plan could change.
pub(super) async fn inside(
    link: &Link,
    scope: &Scope,
    database: &DatabaseName,
) -> Result<Vec<Tie>, EngineError> {
    if scope.leaving.is_empty() {
        return Ok(Vec::new());
    }
    let leaving = names(&scope.leaving);
    let rows = link.rows(PART, include_str!("../../sql/ties.sql"), &[(&leaving, Type::TEXT_ARRAY)]).await?;
    let tie = |row: &Row| {
        let role: RoleName = rows::name(PART, take(PART, row, 0)?)?;
        Ok(Tie { role, database: database.clone(), what: take(PART, row, 1)?, unread: false })
    };
    rows.iter().map(tie).collect()
}

/// What prepared transactions hold in this database.
pub(super) async fn held(
    link: &Link,
    scope: &Scope,
    database: &DatabaseName,
) -> Result<Vec<(HeldKey, String)>, EngineError> {
    if scope.leaving.is_empty() {
        return Ok(Vec::new());
    }
    let part = "prepared transactions";
    let rows = link.rows(part, include_str!("../../sql/held.sql"), &[]).await?;
    let held = |row: &Row| {
        let kind = Kind::learned(take::<&str>(part, row, 0)?);
        Ok(((database.clone(), kind, take(part, row, 1)?), take(part, row, 2)?))
    };
    rows.iter().map(held).collect()
}

/// Where in the cluster roles have something that are to go.
pub(super) struct Places {
    /// What is there, where the database itself does not tell.
    found: Vec<(RoleName, DatabaseName, Option<String>)>,
}

/// Asks the cluster, which knows of all its databases.
pub(super) async fn places(link: &Link, scope: &Scope) -> Result<Places, EngineError> {
    let sql = include_str!("../../sql/ties_elsewhere.sql");
    let rows = link.rows(PART, sql, &[(&names(&scope.leaving), Type::TEXT_ARRAY)]).await?;
    let found = |row: &Row| {
        let (role, database) = (take(PART, row, 0)?, take(PART, row, 1)?);
        Ok((rows::name(PART, role)?, rows::name(PART, database)?, take(PART, row, 2)?))
    };
    Ok(Places { found: rows.iter().map(found).collect::<Result<_, EngineError>>()? })
}

impl Places {
    /// The databases.
    pub(super) fn databases(&self) -> impl Iterator<Item = &DatabaseName> {
        self.found.iter().filter(|(.., what)| what.is_none()).map(|(_, database, _)| database)
    }

    /// What no look into a database tells. One that cannot be read holds the roles all the same.
    pub(super) fn ties(&self, unread: &BTreeMap<DatabaseName, String>) -> Vec<Tie> {
        let tie = |(role, database, what): &(RoleName, DatabaseName, Option<String>)| {
            let (what, unread) = match (what, unread.get(database)) {
                (Some(what), _) => (what.clone(), false),
                (None, Some(reason)) => {
                    (format!("holds or owns something that could not be looked at ({reason})"), true)
                }
                (None, None) => return None,
            };
            Some(Tie { role: role.clone(), database: database.clone(), what, unread })
        };
        self.found.iter().filter_map(tie).collect()
    }
}

/// The roles as a parameter of a query.
pub(super) fn names(roles: &BTreeSet<RoleName>) -> Vec<String> {
    roles.iter().map(|role| role.as_str().to_owned()).collect()
}
