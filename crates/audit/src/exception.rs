//! Exceptions: findings that somebody accepts until a day. Each is bound to what its owner saw: the facts of a finding
//! have a print, and an exception for other facts accepts nothing.

use crate::{About, Finding};
use model::{Cause, Day};
use std::fmt::Write as _;

/// A finding that somebody accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The finding's code.
    pub rule: String,
    /// What the finding is about.
    pub about: String,
    /// The print of the facts that were seen. `None` accepts nothing, except about the model itself, whose lines stand
    /// beside it.
    pub saw: Option<String>,
    /// Who accepts it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day.
    pub until: String,
    /// Where the model says so.
    pub line: Cause,
}

/// What becomes of a finding for which there is an exception. Of several, the first of these counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It is accepted.
    Accepted,
    /// It was accepted, and that is over.
    Over,
    /// Something else was accepted: the facts are not those that were seen.
    Otherwise,
    /// The exception does not say what was seen.
    Unbound,
}

impl Exception {
    /// True if the exception is for this rule and for what the finding is about.
    #[must_use]
    pub fn is_for(&self, finding: &Finding) -> bool {
        self.rule == finding.rule && finding.about.is_called(&self.about)
    }

    /// What becomes of a finding that it is for.
    #[must_use]
    pub fn standing(&self, print: &str, today: Option<Day>) -> Standing {
        match &self.saw {
            None => Standing::Unbound,
            Some(saw) if saw != print => Standing::Otherwise,
            Some(_) if self.is_over(today) => Standing::Over,
            Some(_) => Standing::Accepted,
        }
    }

    /// True if its last day is over.
    #[must_use]
    pub fn is_over(&self, today: Option<Day>) -> bool {
        today.zip(Day::of(&self.until)).is_some_and(|(today, until)| until < today)
    }
}

impl About {
    /// True if an exception that says this means it.
    fn is_called(&self, name: &str) -> bool {
        self.name() == name || self.to_string() == name
    }

    /// What an exception calls it, in the shortest way.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            About::Role(role) => role.to_string(),
            other => other.to_string(),
        }
    }
}

impl Finding {
    /// The facts as one text that no other facts have: rule, what it is about, and the evidence. The sentence, the
    /// severity and the mending are not part of it.
    #[must_use]
    pub fn facts(&self) -> String {
        let kind = match &self.about {
            About::Role(_) => "role",
            About::Object(_) => "object",
            About::Everybody => "everybody",
            About::Target => "target",
            About::Model { .. } => "model",
        };
        let about = self.about.to_string();
        let mut text = String::new();
        for part in
            [self.rule, kind, about.as_str()].into_iter().chain(self.evidence.iter().map(String::as_str))
        {
            // The length before each part keeps two parts from reading as one. Writing to a String cannot fail.
            let _ = write!(text, "{}:{part};", part.len());
        }
        text
    }
}
