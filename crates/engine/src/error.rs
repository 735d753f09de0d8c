//! What can go wrong between us and a target, said so that the reader can mend it. No variant ever holds a
//! password.

/// An error of a target. `code` names a manual page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct EngineError {
    /// A stable code: `RW2…`.
    pub code: &'static str,
    /// What happened, to what.
    pub what: String,
    /// What to do.
    pub help: String,
    /// The statement that failed, where there was one.
    pub statement: Option<String>,
}

impl EngineError {
    /// An error that belongs to no statement.
    #[must_use]
    pub fn new(code: &'static str, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, what: what.into(), help: help.into(), statement: None }
    }

    /// The same, with the statement that failed.
    #[must_use]
    pub fn at(mut self, statement: impl Into<String>) -> Self {
        self.statement = Some(statement.into());
        self
    }
}
