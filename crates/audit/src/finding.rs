//! What a rule found.

use crate::{Digest, Facts, Offered};
use model::{Cause, Change, Object, RoleName};
use std::fmt;
use std::sync::Arc;

/// How bad a finding is, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Somebody holds everything, or can take it without anybody's help.
    Critical,
    /// Somebody can read or change what was never meant for them, or can get there.
    High,
    /// A wall is missing that would stop the next mistake.
    Medium,
    /// Untidy: nobody gains by it today.
    Low,
    /// Worth knowing; nothing is wrong.
    Info,
}

impl Severity {
    /// All of them, the worst first.
    pub const ALL: [Severity; 5] =
        [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

    /// The word for it, in lower case.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
            Severity::Info => "info",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A role.
    Role(RoleName),
    /// An object.
    Object(Arc<Object>),
    /// Every role that there is and will be.
    Everybody,
    /// The target as a whole.
    Target,
    /// Something that the model says.
    Model {
        /// The name that an exception gives it.
        name: String,
        /// Where it stands.
        line: Cause,
    },
}

impl fmt::Display for About {
    /// As a person reads it. The database is named, because one report can cover several.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            About::Role(role) => write!(f, "role {role}"),
            About::Object(object) => match object.database() {
                Some(database) => write!(f, "{object} in database {database}"),
                None => write!(f, "{object}"),
            },
            About::Everybody => f.write_str("PUBLIC"),
            About::Target => f.write_str("target"),
            About::Model { name, .. } => f.write_str(name),
        }
    }
}

/// How to mend it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mending {
    /// What is done to the target.
    pub remedy: Remedy,
    /// What to write into the model, or `None` where the remedy is enough.
    pub model: Option<String>,
    /// What stops working by it, and where to look before, in one sentence without a full stop.
    pub before: Option<String>,
}

impl Mending {
    /// These facts change, and the model needs no other line.
    #[must_use]
    pub const fn by(changes: Vec<Change>) -> Self {
        Self { remedy: Remedy::Changes(changes), model: None, before: None }
    }

    /// These statements of the engine.
    #[must_use]
    pub const fn with(statements: Vec<Offered>) -> Self {
        Self { remedy: Remedy::Statements(statements), model: None, before: None }
    }

    /// The model asks for it already: its next plan changes these facts.
    #[must_use]
    pub const fn by_a_plan(changes: Vec<Change>) -> Self {
        Self { remedy: Remedy::Plan(changes), model: None, before: None }
    }

    /// What stops working by it, and where to look before.
    #[must_use]
    pub fn but_first(self, before: impl Into<String>) -> Self {
        Self { before: Some(before.into()), ..self }
    }

    /// Somebody writes down what the role is for. Words that nobody has changed would silence the finding and say nothing.
    #[must_use]
    pub fn by_a_purpose(name: &RoleName) -> Self {
        Self { remedy: Remedy::Purpose(name.clone()), model: None, before: None }
    }
}

/// What is done to a target to mend a finding. The statements for changes are made when somebody reads them: a report
/// can have thousands of findings of which ten are shown. See [`crate::Look::offer`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Remedy {
    /// People have to decide first.
    #[default]
    Decide,
    /// These facts change, as a plan would change them.
    Changes(Vec<Change>),
    /// The next plan changes these facts: the model has asked for it already.
    Plan(Vec<Change>),
    /// These statements of the engine, for what no change of facts stands for.
    Statements(Vec<Offered>),
    /// The role is given a comment that says what it is for.
    Purpose(RoleName),
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The code of the rule that found it.
    pub rule: &'static str,
    /// How bad this one is. One rule may find better and worse.
    pub severity: Severity,
    /// What it is about.
    pub about: About,
    /// What is wrong, in one sentence without a full stop.
    pub what: String,
    /// The facts that show it, each one that the reader can look up. Of many these may be some.
    pub evidence: Vec<String>,
    /// All facts behind it: whatever makes it worse is another one, and what changes by itself is none.
    pub facts: Digest,
    /// How to mend it.
    pub mending: Mending,
}

impl Finding {
    /// What an exception says it saw: a print of the rule, of what it is about, of how bad it is, and of all its facts. The
    /// words and the mending are not part of it.
    #[must_use]
    pub fn print(&self) -> String {
        let facts = Facts::new();
        let facts = match &self.about {
            About::Role(role) => facts.with("role", &[role]),
            About::Object(object) => facts.with("object", &[object]),
            About::Everybody => facts.with("everybody", &[]),
            About::Target => facts.with("target", &[]),
            About::Model { name, .. } => facts.with("model", &[name]),
        };
        facts.with("finding", &[&self.rule, &self.severity.word(), &self.facts]).digest().print()
    }
}

#[cfg(test)]
mod tests {
    use super::{About, Finding, Mending, Severity};
    use crate::Facts;
    use model::{Cause, RoleName};

    fn finding() -> Finding {
        Finding {
            rule: "RW402",
            severity: Severity::High,
            about: About::Role(RoleName::new("night").unwrap()),
            what: "may do much".to_owned(),
            evidence: vec!["has createrole".to_owned()],
            facts: Facts::new().with("has", &[&"createrole"]).digest(),
            mending: Mending::default(),
        }
    }

    #[test]
    fn another_wording_leaves_the_print_and_nothing_else_does() {
        let print = finding().print();
        assert_eq!(print.len(), 32);
        let reworded = Finding { what: "does a lot".to_owned(), evidence: Vec::new(), ..finding() };
        assert_eq!(reworded.print(), print);
        let named = About::Model { name: "night".to_owned(), line: Cause::Observed(String::new()) };
        for other in [
            Finding { rule: "RW403", ..finding() },
            Finding { severity: Severity::Critical, ..finding() },
            Finding { about: About::Target, ..finding() },
            Finding { about: named, ..finding() },
            Finding { facts: Facts::new().with("has", &[&"createdb"]).digest(), ..finding() },
        ] {
            assert_ne!(other.print(), print, "{other:?}");
        }
    }
}
