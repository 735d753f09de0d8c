//! The model language: text to a manifest with spans, diagnostics, and the compiled intent.

mod check;
mod checked;
mod codes;
mod compile;
mod diagnostic;
mod draft;
mod governed;
mod guarded;
mod manifest;
mod model;
mod nearest;
mod parse;
mod phrase;
mod prove;
mod question;
mod redact;
mod render;
mod schema;
mod shape;
mod source;
mod standing;
mod starter;
mod stored;
mod target;
mod url;
mod yaml;

pub use crate::model::Model;
pub use checked::{Checked, check};
pub use codes::{PAGES, explain};
pub use compile::compile;
pub use diagnostic::{Bound, Diagnostic, Label, Severity};
pub use draft::{Draft, DraftFile, DraftMembership, DraftRole, Form};
pub use governed::{Temporary, place};
pub use manifest::*;
pub use nearest::nearest;
pub use parse::parse;
pub use phrase::{
    ObjectsPhrase, Phrase, PhraseError, Places, Privilege, ReachPhrase, parse_objects, parse_phrase,
};
pub use prove::TestOutcome;
pub use question::{Question, parse_question, render_question};
pub use redact::names_password;
pub use render::render;
pub use schema::schema;
pub use source::{Said, Source, Span};
pub use standing::{Holder, How, Link, Standing};
pub use starter::starter;
pub use stored::StoredComment;
pub use target::{Account, Target};
