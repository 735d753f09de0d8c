//! A look that begins before the model is read. Reading a large model and looking at a large target take
//! about as long, and neither needs the other.

use engine::{Databases, Engine, EngineError, Locked, Scope};
use model::{Dialect, Intent, Observed, Secret};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What was seen of the database that a URL names, as far as most models need it.
pub struct Early {
    observed: Observed,
    dialect: Arc<dyn Dialect>,
}

/// The same under the lock of an apply, which goes on with it.
pub struct EarlyLock {
    locked: Box<dyn Locked>,
    observed: Observed,
}

/// Looks at the database that the URL names.
///
/// # Errors
/// If the target cannot be reached or read.
pub async fn look_early(engine: &dyn Engine, url: &Secret) -> Result<Early, EngineError> {
    let mut session = engine.connect(url).await?;
    let observed = session.inspect(&usual()).await?;
    Ok(Early { observed, dialect: session.dialect() })
}

/// Locks the target, then looks at the database that the URL names.
///
/// # Errors
/// If the target cannot be reached, locked or read.
pub async fn lock_early(engine: &dyn Engine, url: &Secret) -> Result<EarlyLock, EngineError> {
    let mut locked = engine.connect(url).await?.lock().await?;
    let observed = locked.inspect(&usual()).await?;
    Ok(EarlyLock { locked, observed })
}

/// What most models need: one database, whole objects, nothing of the engine's own.
fn usual() -> Scope {
    Scope {
        databases: Databases::Connected,
        system_objects: false,
        columns_of: BTreeSet::new(),
        leaving: BTreeSet::new(),
        again: BTreeSet::new(),
        everything: false,
        survey: false,
        machinery: false,
        reviews: Vec::new(),
    }
}

impl Early {
    /// What was seen, whatever it is for, and what the engine knows.
    #[must_use]
    pub fn seen(self) -> (Observed, Arc<dyn Dialect>) {
        (self.observed, self.dialect)
    }

    /// What was seen, if it is all that the intent needs.
    pub(crate) fn serves(self, engine: &dyn Engine, intent: &Intent) -> Option<(Observed, Arc<dyn Dialect>)> {
        suffices(&self.observed, engine, intent).then_some((self.observed, self.dialect))
    }
}

impl EarlyLock {
    /// The lock, and what was seen if it is all that the intent needs.
    pub(crate) fn split(self, engine: &dyn Engine, intent: &Intent) -> (Box<dyn Locked>, Option<Observed>) {
        let seen = suffices(&self.observed, engine, intent).then_some(self.observed);
        (self.locked, seen)
    }
}

fn suffices(observed: &Observed, engine: &dyn Engine, intent: &Intent) -> bool {
    let scope = engine.scope(intent);
    let same = match &scope.databases {
        Databases::These(wanted) => wanted.iter().eq(observed.at.databases.keys()),
        Databases::Connected | Databases::All | Databases::Readable(_) => false,
    };
    same && !scope.system_objects
        && scope.columns_of.is_empty()
        && scope.leaving.is_empty()
        && !scope.everything
        && !scope.machinery
}
