//! PostgreSQL behind the engine's port.

use crate::connect::{Connector, Link};
use crate::dialect::Postgres;
use crate::inspect::{self, Login};
use crate::lock::Lock;
use crate::run::{self, Running};
use crate::{failure, imagine, quote, scope, vocabulary};
use async_trait::async_trait;
use engine::{Engine, EngineError, Locked, Outcome, Scope, Session};
use model::{
    Approved, DatabaseName, Dialect, Intent, NameError, Observed, Place, RoleName, Secret, Vocabulary,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// PostgreSQL 14 to 18.
#[derive(Debug, Clone, Copy, Default)]
pub struct PostgresEngine;

#[async_trait]
impl Engine for PostgresEngine {
    fn vocabulary(&self) -> &Vocabulary {
        vocabulary::vocabulary()
    }

    fn scope(&self, intent: &Intent) -> Scope {
        scope::scope(intent)
    }

    /// A SCRAM-SHA-256 verifier with a salt of its own (RFC 5803).
    fn verifier(&self, password: &Secret) -> Secret {
        Secret::new(postgres_protocol::password::scram_sha_256(password.expose().as_bytes()))
    }

    fn imagine(&self, named: &Intent) -> Result<(Observed, Arc<dyn Dialect>), NameError> {
        imagine::imagine(named)
    }

    /// Understands `postgres://` and `postgresql://` URLs and libpq's environment variables. If the login is no superuser
    /// and may become a role named `rolewright`, it does.
    async fn connect(&self, url: &Secret) -> Result<Box<dyn Session>, EngineError> {
        Ok(Box::new(PostgresSession::open(url).await?))
    }
}

/// A connection to one cluster that can look.
#[derive(Debug)]
struct PostgresSession {
    connector: Connector,
    link: Link,
    login: Login,
}

impl PostgresSession {
    async fn open(url: &Secret) -> Result<Self, EngineError> {
        let mut connector = Connector::new(url)?;
        let link = connector.open(None).await?;
        let login = Login::read(&link).await?;
        if login.acts_as != login.login {
            connector = connector.acting_as(login.acts_as.clone());
            let become_role = format!("SET ROLE {}", quote::identifier(login.acts_as.as_str()));
            link.batch(&become_role).await.map_err(|error| failure::reading(&error, "the session"))?;
        }
        Ok(Self { connector, link, login })
    }

    fn dialect(&self) -> Arc<dyn Dialect> {
        Arc::new(Postgres::new(self.login.version, self.login.locks))
    }

    async fn inspect(&mut self, scope: &Scope) -> Result<Observed, EngineError> {
        let looked = inspect::inspect(&self.connector, &self.link, &self.login, scope).await;
        if looked.is_err() && self.link.ended().is_none() {
            // A look that broke off must not leave the session inside its transaction.
            let ended = self.link.batch("ROLLBACK").await;
            self.link.take_notices();
            ended.map_err(|error| failure::reading(&error, "the snapshot")).and(looked)
        } else {
            looked
        }
    }
}

#[async_trait]
impl Session for PostgresSession {
    fn dialect(&self) -> Arc<dyn Dialect> {
        self.dialect()
    }

    async fn inspect(&mut self, scope: &Scope) -> Result<Observed, EngineError> {
        self.inspect(scope).await
    }

    async fn lock(self: Box<Self>) -> Result<Box<dyn Locked>, EngineError> {
        if self.login.standby {
            return Err(EngineError::new(
                "RW208",
                format!(
                    "{} is a standby, which takes no changes",
                    self.connector.whereabouts(self.login.database.as_str())
                ),
                "connect to the primary; target_session_attrs=read-write in the URL picks it from several hosts",
            ));
        }
        let lock = Lock::take(&self.connector, &self.link).await?;
        Ok(Box::new(LockedSession { session: *self, lock }))
    }
}

/// A session that holds the cluster's lock. Dropping it frees the lock.
#[derive(Debug)]
struct LockedSession {
    session: PostgresSession,
    lock: Lock,
}

#[async_trait]
impl Session for LockedSession {
    fn dialect(&self) -> Arc<dyn Dialect> {
        self.session.dialect()
    }

    async fn inspect(&mut self, scope: &Scope) -> Result<Observed, EngineError> {
        self.session.inspect(scope).await
    }

    async fn lock(self: Box<Self>) -> Result<Box<dyn Locked>, EngineError> {
        self.lock.check().await?;
        Ok(self)
    }
}

#[async_trait]
impl Locked for LockedSession {
    async fn run(
        &mut self,
        approved: &Approved,
        phase: usize,
        verifiers: &BTreeMap<RoleName, Secret>,
        progress: &mut (dyn FnMut(usize) + Send),
    ) -> Result<Outcome, EngineError> {
        let Some(phase) = approved.phases().get(phase) else { return Ok(Outcome::default()) };
        self.lock.check().await?;
        // A connection of its own for each phase: nothing that an earlier one set can matter.
        let database: Option<&DatabaseName> = match &phase.place {
            Place::Cluster => None,
            Place::Database(name) => Some(name),
        };
        let link = self.session.connector.open(database).await?;
        run::phase(Running { link: &link, lock: &self.lock, verifiers }, phase, progress).await
    }
}
