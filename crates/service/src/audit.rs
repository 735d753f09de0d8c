//! Audit: connect, look, hold what was seen against what is meant, run the rules. Nothing is changed.

use crate::breaches::breaches;
use audit::{Breach, Compared, Finding, Kept, Look, Meant, Offer, Report, Rule};
use engine::{Databases, Engine, EngineError, Scope};
use model::{Change, Day, Desired, Dialect, Left, Observed, Problem, Secret, diff};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What an audit saw and found.
pub struct Audited {
    /// What was seen, and as whom.
    pub observed: Observed,
    /// What is meant, where there is a model.
    pub meant: Option<Meant>,
    /// The day on which it was asked.
    pub today: Option<Day>,
    /// What the rules found.
    pub report: Report,
    dialect: Arc<dyn Dialect>,
    comparison: Option<Comparison>,
    breaches: Vec<Breach>,
}

impl Audited {
    /// The statements that mend a finding; none where people have to decide first.
    #[must_use]
    pub fn offer(&self, finding: &Finding) -> Offer {
        let seen = (&self.observed, &*self.dialect);
        let meant = (self.meant.as_ref(), self.comparison.as_ref(), self.breaches.as_slice());
        look(seen, meant, self.today).offer(&finding.mending.remedy)
    }
}

/// What is audited.
pub struct Subject<'a> {
    /// Where it is.
    pub url: &'a Secret,
    /// Which databases are looked at.
    pub databases: Databases,
    /// What is meant there, if anybody says.
    pub meant: Option<Meant>,
    /// The day on which it is asked.
    pub today: Option<Day>,
}

/// Looks at the target behind the URL and runs the rules over what was seen.
///
/// # Errors
/// If the target does not answer, refuses the login, or cannot be read as a whole.
pub async fn audit(
    engine: &dyn Engine,
    subject: Subject<'_>,
    rules: &[Box<dyn Rule>],
) -> Result<Audited, EngineError> {
    let Subject { url, databases, meant, today } = subject;
    let mut session = engine.connect(url).await?;
    let mut scope = match &meant {
        Some(meant) => engine.scope(&meant.intent),
        None => Scope::model(BTreeSet::new()),
    };
    scope.databases = databases;
    scope.survey = true;
    scope.machinery = true;
    let observed = session.inspect(&scope).await?;
    let dialect = session.dialect();
    let comparison = meant.as_ref().map(|meant| Comparison::of(&*dialect, meant, &observed));
    let breaches =
        meant.as_ref().map(|meant| breaches(&*dialect, &meant.intent, &observed)).unwrap_or_default();
    let kept = Kept::new();
    let look = look((&observed, &*dialect), (meant.as_ref(), comparison.as_ref(), &breaches), today);
    let look = Look { kept: Some(&kept), ..look };
    let report = Report::of(&look, rules);
    Ok(Audited { observed, meant, today, report, dialect, comparison, breaches })
}

/// What the model makes of the target.
enum Comparison {
    Differs { desired: Box<Desired>, changes: Vec<Change>, left: Box<Left> },
    Misfits(Vec<Problem>),
}

impl Comparison {
    fn of(dialect: &dyn Dialect, meant: &Meant, observed: &Observed) -> Self {
        match dialect.realise(&meant.intent, observed) {
            Err(problems) => Comparison::Misfits(problems),
            Ok(desired) => Comparison::Differs {
                changes: diff(dialect, &desired, observed),
                left: Box::new(Left::of(dialect, &desired, observed, true)),
                desired: Box::new(desired),
            },
        }
    }
}

fn look<'a>(
    (observed, dialect): (&'a Observed, &'a dyn Dialect),
    (meant, comparison, breaches): (Option<&'a Meant>, Option<&'a Comparison>, &'a [Breach]),
    today: Option<Day>,
) -> Look<'a> {
    let compared = comparison.map(|comparison| match comparison {
        Comparison::Differs { desired, changes, left } => Compared::Differs { desired, changes, left },
        Comparison::Misfits(problems) => Compared::Misfits(problems),
    });
    Look { observed, dialect, meant, compared, breaches, today, kept: None }
}
