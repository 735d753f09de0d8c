//! What is wrong with a model, and where.

use crate::source::Span;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A finding: the model works, somebody should look.
    Warning,
    /// The model cannot be used.
    Error,
}

/// A place that belongs to a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there; may be empty.
    pub text: String,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable code with a manual page: see [`crate::explain`].
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it; may be empty.
    pub help: String,
    /// The places: the first is where it is wrong, the others are why. Empty where no place can be named.
    pub labels: Vec<Label>,
    /// What a finding is about, as an exception names it: a role, a login, a group, a function.
    pub about: Option<Box<str>>,
    /// What an exception to it is bound to, where lines of the model alone do not show what is accepted.
    pub bound: Option<Box<Bound>>,
}

/// What an exception is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// Where it is so.
    pub environment: String,
    /// The print of what was seen.
    pub saw: String,
}

impl Diagnostic {
    /// An error.
    #[must_use]
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            help: String::new(),
            labels: Vec::new(),
            about: None,
            bound: None,
        }
    }

    /// A finding about something that an exception can name.
    #[must_use]
    pub fn finding(code: &'static str, about: impl Into<Box<str>>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, about: Some(about.into()), ..Self::error(code, message) }
    }

    /// A warning that no exception can accept, because it mends itself by writing better.
    #[must_use]
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// An error or a finding that is accepted for what was seen, and for nothing else.
    #[must_use]
    pub fn bound(self, about: impl Into<Box<str>>, bound: Bound) -> Self {
        Self { about: Some(about.into()), bound: Some(Box::new(bound)), ..self }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Says something more that can be done.
    #[must_use]
    pub fn also(mut self, help: &str) -> Self {
        if !self.help.is_empty() {
            self.help.push_str("; ");
        }
        self.help.push_str(help);
        self
    }

    /// True for what keeps the model from being used.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Sorts diagnostics by place, errors and warnings together, so that a person can read down a file.
pub(crate) fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_key(|diagnostic| {
        let span = diagnostic.labels.first().map(|label| label.span);
        (span.is_none(), span.unwrap_or_default(), diagnostic.code)
    });
}
