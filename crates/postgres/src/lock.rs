//! The lock that keeps appliers of one cluster apart.
//!
//! Advisory locks belong to a database, while roles belong to the cluster: two appliers in two databases would both get
//! the same key. So the lock is taken in one agreed database, on a connection of its own: in `postgres` where it
//! exists and takes connections, else in `template1`, else in the oldest that takes connections. Who applies needs
//! CONNECT on it.

use crate::connect::{Connector, Link};
use crate::failure;
use engine::EngineError;
use model::DatabaseName;
use std::time::Duration;
use tokio_postgres::types::Type;

/// The key, the same in every version: "rolewrgt" in ASCII.
const KEY: i64 = 0x726F_6C65_7772_6774;

/// How often the lock is tried for: a session that has just ended lets go of it a moment later.
const ATTEMPTS: u32 = 20;

/// The wait between two attempts.
const PAUSE: Duration = Duration::from_millis(50);

/// The lock, held as long as the value lives and its connection stands.
#[derive(Debug)]
pub(crate) struct Lock {
    link: Link,
    whereabouts: String,
}

impl Lock {
    /// Takes the lock or says who has it. `link` leads to any database of the cluster.
    ///
    /// # Errors
    /// `RW207` if somebody else holds it, and those of connecting.
    pub(crate) async fn take(connector: &Connector, link: &Link) -> Result<Self, EngineError> {
        let part = "the lock";
        let rows = link.rows(part, include_str!("../sql/lock_database.sql"), &[]).await?;
        let row = rows.first().ok_or_else(|| failure::unreadable(part, "no database takes connections"))?;
        let database: &str = row.try_get(0).map_err(|error| failure::unreadable(part, error))?;
        let database = DatabaseName::try_from(database).map_err(|error| failure::unreadable(part, error))?;
        let link = connector.open(Some(&database)).await.map_err(|error| EngineError {
            help: format!(
                "{}; appliers lock each other out in database {database}, so each needs to connect to it",
                error.help
            ),
            ..error
        })?;
        let lock = Self { link, whereabouts: connector.whereabouts(database.as_str()) };
        for _ in 0..ATTEMPTS {
            if lock.attempt("SELECT pg_try_advisory_lock($1)").await? {
                return Ok(lock);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(lock.held().await)
    }

    /// Makes sure that the lock is still held.
    ///
    /// # Errors
    /// `RW206` if its connection is lost, and with it the lock.
    pub(crate) async fn check(&self) -> Result<(), EngineError> {
        let doing = "holding the lock";
        if let Some(why) = self.link.ended() {
            return Err(failure::lost_because(doing, &why));
        }
        // Taking it again from the session that has it always succeeds; from any other it would not.
        if self.attempt("SELECT pg_try_advisory_lock($1) AND pg_advisory_unlock($1)").await? {
            Ok(())
        } else {
            Err(failure::lost_because(doing, "another session has taken it"))
        }
    }

    async fn attempt(&self, sql: &str) -> Result<bool, EngineError> {
        let part = "the lock";
        let rows = self.link.rows(part, sql, &[(&KEY, Type::INT8)]).await?;
        let row = rows.first().ok_or_else(|| failure::unreadable(part, "no row"))?;
        row.try_get(0).map_err(|error| failure::unreadable(part, error))
    }

    /// The error that names the holder, as far as this login may see it.
    async fn held(&self) -> EngineError {
        let help = "wait until it has ended; if it hangs, look at it in pg_stat_activity before ending it";
        let what = |who: String| format!("another applier holds the lock of {}: {who}", self.whereabouts);
        let sql = include_str!("../sql/lock_holder.sql");
        let rows = match self.link.rows("the lock", sql, &[(&KEY, Type::INT8)]).await {
            Ok(rows) => rows,
            Err(error) => return error,
        };
        let Some(row) = rows.first() else {
            return EngineError::new("RW207", what("it has just let go".to_owned()), "try again");
        };
        let mut who = row.try_get::<_, i32>(0).map_or("a session".to_owned(), |pid| format!("process {pid}"));
        for (at, word) in ["role", "application", "from", "since"].iter().enumerate() {
            if let Ok(Some(value)) = row.try_get::<_, Option<&str>>(at + 1)
                && !value.is_empty()
            {
                who.push_str(&format!(", {word} {value}"));
            }
        }
        EngineError::new("RW207", what(who), help)
    }
}
