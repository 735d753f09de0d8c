//! Audit: connect, look, run the rules. Nothing is changed.

use audit::{Look, Report, Rule};
use engine::{Databases, Engine, EngineError, Scope};
use model::{At, DatabaseName, Executor, Note, Secret};
use std::collections::BTreeSet;

/// What an audit saw and found.
#[derive(Debug)]
pub struct Audited {
    /// Which target, and when.
    pub at: At,
    /// As whom.
    pub executor: Executor,
    /// Databases of the cluster that were not looked at.
    pub not_looked_at: BTreeSet<DatabaseName>,
    /// What could not be seen.
    pub notes: Vec<Note>,
    /// What the rules found.
    pub report: Report,
}

/// Looks at the target behind the URL and runs the rules over what was seen.
///
/// # Errors
/// If the target does not answer, refuses the login, or cannot be read as a whole.
pub async fn audit(
    engine: &dyn Engine,
    url: &Secret,
    databases: Databases,
    rules: &[Box<dyn Rule>],
) -> Result<Audited, EngineError> {
    let mut session = engine.connect(url).await?;
    let scope = Scope { databases, system_objects: false, columns_of: BTreeSet::new(), everything: false };
    let observed = session.inspect(&scope).await?;
    let dialect = session.dialect();
    let report = Report::of(&Look { observed: &observed, dialect: &*dialect }, rules);
    let model::Observed { at, executor, not_looked_at, notes, .. } = observed;
    Ok(Audited { at, executor, not_looked_at, notes, report })
}
