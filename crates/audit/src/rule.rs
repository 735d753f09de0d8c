//! What a rule is.

use crate::{Finding, Look, Manual, Severity};

/// A rule of the audit.
///
/// A rule is a value: an engine that has to ask more of its target than every look brings makes a rule that carries
/// the answer. So all rules, whoever wrote them, are run in the same way.
pub trait Rule: Send + Sync {
    /// The manual page: code, title, what and why, an example, how to mend it, controls.
    fn manual(&self) -> Manual;

    /// The worst that it can find.
    fn worst(&self) -> Severity;

    /// Looks for what is wrong. The order of the findings does not matter: the report sorts them.
    fn find(&self, look: &Look<'_>) -> Vec<Finding>;

    /// Its stable code, such as `RW401`.
    fn code(&self) -> &'static str {
        self.manual().code()
    }

    /// What it finds, as a title.
    fn title(&self) -> &'static str {
        self.manual().title()
    }

    /// The controls that it answers to.
    fn controls(&self) -> Vec<&'static str> {
        self.manual().controls()
    }
}
