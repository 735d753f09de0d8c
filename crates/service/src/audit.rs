//! Audit: connect, look, run the rules. Nothing is changed.

use audit::{Finding, Look, Report, Rule};
use engine::{Databases, Engine, EngineError, Scope};
use model::{Dialect, Observed, Secret};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What an audit saw and found.
pub struct Audited {
    /// What was seen, and as whom.
    pub observed: Observed,
    /// What the rules found.
    pub report: Report,
    dialect: Arc<dyn Dialect>,
}

impl Audited {
    /// The statements that mend a finding; none where people have to decide first.
    #[must_use]
    pub fn sql(&self, finding: &Finding) -> Vec<String> {
        Look { observed: &self.observed, dialect: &*self.dialect }.sql(&finding.mending.remedy)
    }
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
    let scope = Scope {
        databases,
        system_objects: false,
        columns_of: BTreeSet::new(),
        leaving: BTreeSet::new(),
        bequeathing: BTreeSet::new(),
        everything: false,
    };
    let observed = session.inspect(&scope).await?;
    let dialect = session.dialect();
    let report = Report::of(&Look { observed: &observed, dialect: &*dialect }, rules);
    Ok(Audited { observed, report, dialect })
}
