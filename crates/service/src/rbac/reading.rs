//! The words of a call. A name with a space in it stands in quotes; a phrase is what is left of the line.

use super::call::CallError;
use manifest::{PhraseError, Question, parse_question};
use model::{ConstraintName, NameError, RoleName, SessionName, UserName, Vocabulary};
use std::sync::Arc;

/// A call while it is read.
pub(super) struct Reading<'a> {
    rest: &'a str,
    words: &'a Vocabulary,
    /// What it asks about, once that has been read.
    pub(super) question: Option<Question>,
}

impl<'a> Reading<'a> {
    pub(super) const fn of(text: &'a str, words: &'a Vocabulary) -> Self {
        Self { rest: text, words, question: None }
    }

    /// The next word; `None` at the end.
    pub(super) fn word(&mut self) -> Result<Option<String>, CallError> {
        self.rest = self.rest.trim_start();
        let Some(first) = self.rest.chars().next() else { return Ok(None) };
        if !matches!(first, '"' | '\'') {
            let end = self.rest.find(char::is_whitespace).unwrap_or(self.rest.len());
            let (word, rest) = self.rest.split_at(end);
            self.rest = rest;
            return Ok(Some(word.to_owned()));
        }
        let inside = self.rest.get(first.len_utf8()..).unwrap_or_default();
        let (word, rest) = inside.split_once(first).ok_or_else(|| {
            CallError::new(format!("a {first} is opened and not closed"), format!("close it with {first}"))
        })?;
        if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
            return Err(CallError::new(
                format!("something stands right behind {word:?}"),
                "put a space between words",
            ));
        }
        self.rest = rest;
        Ok(Some(word.to_owned()))
    }

    pub(super) fn user(&mut self) -> Result<UserName, CallError> {
        self.name("user", UserName::new)
    }

    pub(super) fn role(&mut self) -> Result<RoleName, CallError> {
        self.name("role", RoleName::new)
    }

    pub(super) fn session(&mut self) -> Result<SessionName, CallError> {
        self.name("session", SessionName::new)
    }

    pub(super) fn set(&mut self) -> Result<ConstraintName, CallError> {
        self.name("set", ConstraintName::new)
    }

    pub(super) fn cardinality(&mut self) -> Result<u32, CallError> {
        let word = self.word()?.ok_or_else(|| CallError::new("the cardinality is missing", ""))?;
        word.parse().map_err(|_| CallError::new(format!("{word:?} is no number"), ""))
    }

    /// All roles that are left.
    pub(super) fn roles(&mut self) -> Result<Vec<RoleName>, CallError> {
        let mut roles = Vec::new();
        while !self.rest.trim_start().is_empty() {
            roles.push(self.role()?);
        }
        Ok(roles)
    }

    /// The phrase that is left: `select on table sales.orders`.
    pub(super) fn permission(&mut self) -> Result<(), CallError> {
        let text = self.phrase("a permission")?.to_owned();
        let question = parse_question(&text, self.words);
        self.question = Some(question.map_err(|error| unreadable(&text, &error))?);
        Ok(())
    }

    /// The object that is left: `table sales.orders`, perhaps with its database in front.
    pub(super) fn object(&mut self) -> Result<(), CallError> {
        let text = self.phrase("an object")?;
        let (database, object) = match text.split_once(": ") {
            Some((database, object)) => (format!("{database}: "), object),
            None => (String::new(), text),
        };
        let question = parse_question(&format!("{database}all on {object}"), self.words);
        self.question = Some(
            question.map_err(|error| CallError::new(format!("{text:?}: {}", error.message), error.help))?,
        );
        Ok(())
    }

    /// Refuses what is left over.
    pub(super) fn ends(&self) -> Result<(), CallError> {
        match self.rest.trim() {
            "" => Ok(()),
            left => Err(CallError::new(format!("{left:?} is too much"), "")),
        }
    }

    fn phrase(&mut self, what: &str) -> Result<&'a str, CallError> {
        let text = std::mem::take(&mut self.rest).trim();
        if text.is_empty() {
            return Err(CallError::new(format!("{what} is missing"), ""));
        }
        Ok(text)
    }

    fn name<T>(
        &mut self,
        what: &str,
        of: impl FnOnce(Arc<str>) -> Result<T, NameError>,
    ) -> Result<T, CallError> {
        let word = self.word()?.ok_or_else(|| CallError::new(format!("the {what} is missing"), ""))?;
        of(word.as_str().into()).map_err(|error| CallError::new(error.to_string(), ""))
    }
}

fn unreadable(text: &str, error: &PhraseError) -> CallError {
    let at = text.get(error.at.clone()).filter(|at| !at.is_empty()).map(|at| format!(" at {at:?}"));
    CallError::new(format!("{}{}", error.message, at.unwrap_or_default()), error.help.clone())
}
