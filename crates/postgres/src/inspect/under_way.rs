//! What is under way in the name of roles that are to go.

use super::rows::{self, take};
use super::ties::names;
use crate::connect::{Connector, Link};
use crate::failure;
use engine::{EngineError, Scope};
use model::{DatabaseName, Note, RoleName, UnderWay};
use std::collections::BTreeMap;
use tokio_postgres::types::Type;

type Found = BTreeMap<RoleName, UnderWay>;

/// Sessions, what they feed from, jobs; and what of it this server cannot tell.
pub(super) async fn read(
    connector: &Connector,
    link: &Link,
    scope: &Scope,
) -> Result<(Found, Vec<Note>), EngineError> {
    let mut found = sessions(link, scope).await?;
    let mut notes = Vec::new();
    notes.extend(standbys(link).await?);
    notes.extend(jobs(connector, link, scope, &mut found).await?);
    Ok((found, notes))
}

async fn sessions(link: &Link, scope: &Scope) -> Result<Found, EngineError> {
    let part = "sessions";
    let mut found = Found::new();
    let parameters = [(&names(&scope.leaving) as _, Type::TEXT_ARRAY)];
    for row in &link.rows(part, include_str!("../../sql/under_way.sql"), &parameters).await? {
        let slot = found.entry(rows::name(part, take(part, row, 0)?)?).or_default();
        slot.sessions =
            u64::try_from(take::<i64>(part, row, 1)?).map_err(|error| failure::unreadable(part, error))?;
        slot.feeds = take::<Option<Vec<String>>>(part, row, 2)?.unwrap_or_default();
    }
    Ok(found)
}

/// Roles reach standbys by themselves, the end of a session does not.
async fn standbys(link: &Link) -> Result<Option<Note>, EngineError> {
    let part = "standbys";
    let rows = link.rows(part, include_str!("../../sql/standbys.sql"), &[]).await?;
    let row = rows.first().ok_or_else(|| failure::unreadable(part, "no row"))?;
    let what = match take::<i64>(part, row, 0)? {
        0 => return Ok(None),
        1 => "1 server follows this one".to_owned(),
        several => format!("{several} servers follow this one"),
    };
    let what = format!(
        "{what}: sessions there of roles that go are not seen, and last until they end by themselves"
    );
    Ok(Some(Note { about: part.to_owned(), what }))
}

/// Adds the jobs of pg_cron; or says why they are not seen.
async fn jobs(
    connector: &Connector,
    link: &Link,
    scope: &Scope,
    found: &mut Found,
) -> Result<Option<Note>, EngineError> {
    let part = "jobs of pg_cron";
    let rows = link.rows(part, include_str!("../../sql/scheduler.sql"), &[]).await?;
    let database = rows.first().map(|row| take::<Option<&str>>(part, row, 0)).transpose()?.flatten();
    let Some(database) = database else { return Ok(None) };
    let database: DatabaseName = rows::name(part, database)?;
    let unseen = |why: &str| {
        let what = format!(
            "they are kept in database {database} and were not looked at ({why}): look for those of roles that go"
        );
        Some(Note { about: part.to_owned(), what })
    };
    let there = match connector.open(Some(&database)).await {
        Ok(there) => there,
        Err(error) => return Ok(unseen(&error.what)),
    };
    let seen = there.rows(part, include_str!("../../sql/scheduler_seen.sql"), &[]).await?;
    match seen.first().map(|row| take::<bool>(part, row, 0)).transpose()? {
        None => return Ok(None),
        Some(false) => return Ok(unseen("this login sees only its own")),
        Some(true) => {}
    }
    let parameters = [(&names(&scope.leaving) as _, Type::TEXT_ARRAY)];
    for row in &there.rows(part, include_str!("../../sql/jobs.sql"), &parameters).await? {
        found.entry(rows::name(part, take(part, row, 0)?)?).or_default().jobs.push(take(part, row, 1)?);
    }
    Ok(None)
}
