//! One call: a function's name and what it is given, as one line.

use super::answer::{Answer, Outcome};
use super::functions::FUNCTIONS;
use super::reading::Reading;
use super::world::{Asked, World};
use manifest::Question;
use model::Vocabulary;

/// Why a call cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct CallError {
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub help: String,
}

impl CallError {
    pub(super) fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into() }
    }

    /// The same about a call.
    fn about(self, call: &str) -> Self {
        Self { what: format!("{call}: {}", self.what), ..self }
    }
}

/// A function with all that it is given. What a phrase in it means is told when it is called: that depends on the model.
pub(super) type Bound = Box<dyn Fn(&mut World, &[Asked]) -> Outcome>;

/// A call that has been read.
pub(super) struct Call {
    pub(super) text: String,
    /// What it asks about.
    pub(super) question: Option<Question>,
    bound: Bound,
}

impl Call {
    pub(super) fn parse(text: &str, words: &Vocabulary) -> Result<Self, CallError> {
        let text = text.trim();
        let mut reading = Reading::of(text, words);
        let name = reading.word().map_err(|error| error.about(text))?.unwrap_or_default();
        let function =
            FUNCTIONS.iter().find(|function| function.name == name).ok_or_else(|| unknown(&name))?;
        let bound = (function.bind)(&mut reading).and_then(|bound| reading.ends().map(|()| bound));
        let bound = bound.map_err(|error| match error.help.as_str() {
            "" => CallError::new(error.what, format!("it takes: {} {}", function.name, function.takes)),
            _ => error,
        });
        let bound = bound.map_err(|error| error.about(text))?;
        Ok(Self { text: text.to_owned(), question: reading.question, bound })
    }

    /// Makes the call.
    pub(super) fn perform(&self, world: &mut World) -> Result<Answer, CallError> {
        let asked = self.question.as_ref().map(|question| world.meant(question)).transpose();
        let asked = asked.map_err(|error| error.about(&self.text))?.unwrap_or_default();
        let outcome = (self.bound)(world, &asked);
        Ok(outcome.unwrap_or_else(|refusal| Answer::Refused(refusal.to_string())))
    }
}

fn unknown(name: &str) -> CallError {
    let known = FUNCTIONS.iter().map(|function| function.name);
    let help = match manifest::nearest(name, known) {
        Some(near) => format!("did you mean {near}?"),
        None => "rolewright rbac --help lists all of them".to_owned(),
    };
    CallError::new(format!("the standard has no function {name:?}"), help)
}
