//! What a kind of database implements to be governed: connect, inspect, lock, run. Traits and their plain
//! data, nothing else.

mod error;
mod scope;

pub use error::EngineError;
pub use scope::{Databases, Scope};

use async_trait::async_trait;
use model::{Approved, Dialect, Intent, NameError, Observed, RoleName, Secret, Vocabulary};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A kind of database.
#[async_trait]
pub trait Engine: Send + Sync {
    /// Its words, known without a connection.
    fn vocabulary(&self) -> &Vocabulary;

    /// How much of a target has to be looked at to plan for this intent.
    fn scope(&self, intent: &Intent) -> Scope;

    /// A target of the newest version that does not exist: empty, but for what the intent names, wildcards included, each as
    /// one object under its own spelling. Nobody but the role that it was born with holds anything there.
    ///
    /// # Errors
    /// If the engine has a name of its own that is none.
    fn imagine(&self, named: &Intent) -> Result<(Observed, Arc<dyn Dialect>), NameError>;

    /// What the target stores for a password, made here: the target never sees the password.
    fn verifier(&self, password: &Secret) -> Secret;

    /// Opens a session on the target behind the URL. The URL may hold a password: it is shown to nobody.
    ///
    /// # Errors
    /// If the target does not answer, refuses the login, or is of a version that is not supported.
    async fn connect(&self, url: &Secret) -> Result<Box<dyn Session>, EngineError>;
}

/// A connection to one target. It can look; to change anything it has to be locked.
#[async_trait]
pub trait Session: Send {
    /// The rules of this target's version.
    fn dialect(&self) -> Arc<dyn Dialect>;

    /// Looks. Each database is read in one consistent snapshot.
    ///
    /// # Errors
    /// If a part of what was asked for cannot be read: nothing is silently left out.
    async fn inspect(&mut self, scope: &Scope) -> Result<Observed, EngineError>;

    /// Takes the lock that every applier of this target takes, in one agreed database.
    ///
    /// # Errors
    /// If somebody else holds it; the error says who.
    async fn lock(self: Box<Self>) -> Result<Box<dyn Locked>, EngineError>;
}

/// A session that holds the target's lock: the only thing that can change a target.
#[async_trait]
pub trait Locked: Session {
    /// Carries out one phase of an approved plan, counted from 0. `verifiers` stands in for the
    /// placeholders of statements. `progress` is called after each step with how many are done.
    ///
    /// # Errors
    /// The first statement that failed, or that succeeded with a warning which means that it did nothing.
    /// Of an atomic phase nothing is left then.
    async fn run(
        &mut self,
        approved: &Approved,
        phase: usize,
        verifiers: &BTreeMap<RoleName, Secret>,
        progress: &mut (dyn FnMut(usize) + Send),
    ) -> Result<Outcome, EngineError>;
}

/// What a phase did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many statements were run.
    pub statements: usize,
    /// How often the phase was begun again because another session was in the way.
    pub retries: u32,
    /// What the target said without failing.
    pub notices: Vec<String>,
}
