//! A look that begins before the model is read. Reading a large model and looking at a large target take
//! about as long, and neither needs the other.

use engine::{Databases, Engine, EngineError, Scope};
use model::{Dialect, Intent, Observed, Secret};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What was seen of the database that a URL names, as far as most models need it.
pub struct Early {
    observed: Observed,
    dialect: Arc<dyn Dialect>,
}

/// Looks at the database that the URL names.
///
/// # Errors
/// If the target cannot be reached or read.
pub async fn look_early(engine: &dyn Engine, url: &Secret) -> Result<Early, EngineError> {
    let mut session = engine.connect(url).await?;
    let scope = Scope {
        databases: Databases::Connected,
        system_objects: false,
        columns_of: BTreeSet::new(),
        leaving: BTreeSet::new(),
        everything: false,
    };
    let observed = session.inspect(&scope).await?;
    Ok(Early { observed, dialect: session.dialect() })
}

impl Early {
    /// What was seen, if it is all that the intent needs: no other database, no columns, no roles
    /// that are to go, nothing of the engine's own.
    pub(crate) fn serves(self, engine: &dyn Engine, intent: &Intent) -> Option<(Observed, Arc<dyn Dialect>)> {
        let scope = engine.scope(intent);
        let same = match &scope.databases {
            Databases::These(wanted) => wanted.iter().eq(self.observed.at.databases.keys()),
            Databases::Connected | Databases::All => false,
        };
        let enough = same
            && !scope.system_objects
            && scope.columns_of.is_empty()
            && scope.leaving.is_empty()
            && !scope.everything;
        enough.then_some((self.observed, self.dialect))
    }
}
