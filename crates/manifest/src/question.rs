//! A question about access: a permission as a person asks for it, in the grant phrase's own words.

use crate::diagnostic::Diagnostic;
use crate::phrase::{Phrase, PhraseError, ReachPhrase, parse_phrase};
use crate::source::{Source, Span};
use model::{DatabaseName, Intent, NamedObjects, Operation, Pattern, Principal, Reach, Vocabulary};
use std::ops::Range;

/// What only an object's owner may do: no privilege, so no model grants it, but people ask for it.
const OWNERS_ONLY: [Operation; 2] = [Operation::known("drop"), Operation::known("alter")];

/// A permission, asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The database as it was named in front of the phrase: `shop: select on …`.
    pub database: Option<String>,
    /// The phrase.
    pub phrase: Phrase,
}

impl Question {
    /// What is asked about, in a database.
    #[must_use]
    pub fn objects(&self, vocabulary: &Vocabulary, database: Option<&DatabaseName>) -> Option<NamedObjects> {
        let kind = vocabulary.kind(self.phrase.objects.word)?;
        Some(NamedObjects {
            database: if kind.cluster_wide { None } else { database.cloned() },
            kind: kind.kind.clone(),
            varieties: kind.varieties.clone(),
            names: self.phrase.objects.names.as_slice().into(),
            except: self.phrase.objects.except.clone(),
        })
    }

    /// True if the operation is one that only an owner may perform.
    #[must_use]
    pub fn is_owners_only(operation: &Operation) -> bool {
        OWNERS_ONLY.contains(operation)
    }

    /// The names that are asked about.
    #[must_use]
    pub fn names(&self) -> &[Pattern] {
        &self.phrase.objects.names
    }

    /// An intent that names the same things, to see as much of a target as the question needs.
    #[must_use]
    pub fn as_intent(&self, vocabulary: &Vocabulary, database: Option<&DatabaseName>) -> Intent {
        let mut intent = Intent { databases: database.into_iter().cloned().collect(), ..Intent::default() };
        let cause = model::CauseId(0);
        if let Some(on) = self.objects(vocabulary, database) {
            let operations = Vec::new();
            let columns = self.phrase.privileges.iter().flat_map(|one| one.columns.iter().cloned()).collect();
            let (delegable, granted_by, reach) = (false, None, Reach::Existing);
            let to = Principal::Public;
            intent.grants.push(model::GrantIntent {
                to,
                operations,
                columns,
                on,
                reach,
                delegable,
                granted_by,
                cause,
            });
        }
        intent
    }
}

/// Parses a question: a grant phrase, which may also ask for `drop` and `alter`, and in front of it perhaps a database.
///
/// # Errors
/// As [`parse_phrase`], and for what makes no question: `future by`, `granted by`, `nothing`.
pub fn parse_question(text: &str, vocabulary: &Vocabulary) -> Result<Question, PhraseError> {
    let (database, rest) = prefix(text);
    let skipped = text.len() - rest.len();
    let (phrase, places) = parse_phrase(rest, &words(vocabulary)).map_err(|error| moved(error, skipped))?;
    let refuse = |at: &Range<usize>, message: &str, help: &str| {
        let error =
            PhraseError { code: "RW134", message: message.to_owned(), at: at.clone(), help: help.to_owned() };
        Err(moved(error, skipped))
    };
    let first = |list: &[Range<usize>]| list.first().cloned().unwrap_or_default();
    if phrase.privileges.is_empty() {
        return refuse(&first(&places.privileges), "nothing is asked for", "name a privilege, or `all`");
    }
    if phrase.reach != ReachPhrase::Existing {
        let help = "leave `future by` out";
        return refuse(&first(&places.creators), "what does not exist yet cannot be asked about", help);
    }
    if phrase.granted_by.is_some() {
        let help = "leave `granted by` out: the answer says who granted";
        return refuse(&places.granted_by, "a question has no grantor", help);
    }
    Ok(Question { database, phrase })
}

/// What is wrong with a question, as people read it, with the place in the text.
#[must_use]
pub fn render_question(text: &str, error: &PhraseError, color: bool) -> String {
    let place = |byte: usize| crate::source::narrow(byte);
    let span = Span { file: 0, start: place(error.at.start), end: place(error.at.end) };
    let diagnostic =
        Diagnostic::error(error.code, error.message.clone()).at(span, "").help(error.help.clone());
    let source = Source { name: "the question".to_owned(), text: text.to_owned() };
    crate::render::render(&[diagnostic], &[source], color)
}

/// The database in front of the phrase, and the phrase.
fn prefix(text: &str) -> (Option<String>, &str) {
    let Some((before, rest)) = text.split_once(':') else { return (None, text) };
    let name = before.trim();
    let is_name = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || "\"(".contains(c));
    if is_name { (Some(name.to_owned()), rest) } else { (None, text) }
}

/// The engine's words, and what only owners may do.
fn words(vocabulary: &Vocabulary) -> Vocabulary {
    let mut words = vocabulary.clone();
    for kind in words.kinds.iter_mut().filter(|kind| kind.owned) {
        kind.operations.extend(OWNERS_ONLY);
    }
    words
}

fn moved(error: PhraseError, by: usize) -> PhraseError {
    PhraseError { at: error.at.start + by..error.at.end + by, ..error }
}

#[cfg(test)]
mod tests {
    use super::prefix;

    #[test]
    fn a_database_may_stand_in_front_and_a_colon_inside_a_name_is_no_database() {
        assert_eq!(prefix("shop: select on table a.b"), (Some("shop".into()), " select on table a.b"));
        assert_eq!(prefix("select on table a.b"), (None, "select on table a.b"));
        assert_eq!(prefix("select on table \"a:b\".c"), (None, "select on table \"a:b\".c"));
    }
}
