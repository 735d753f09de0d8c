//! The grant phrase: one grammar, one parser, one printer. Engines supply the words.
//!
//! ```text
//! phrase     = privileges "on" objects [ "," ] [ future ] [ "with grant option" ] [ "granted by" role ]
//! privileges = "nothing" | "all" [ "privileges" ] [ columns ] | operation [ columns ] { "," operation [ columns ] }
//! columns    = "(" name { "," name } ")"
//! objects    = kind name { "," name } [ "except" name { "," name } ]
//! future     = [ "only" ] "future by" role { "," role }
//! name       = part { "." part } [ types ] | part { "." part } "." "{" part [ types ] { "," part [ types ] } "}"
//! types      = "(" [ type { "," type } ] ")"
//! part       = letters, digits, "_", "$", "*" for anything, or "quoted"
//! ```

mod in_sql;
mod lexer;
mod parser;
mod printer;

use foldhash::HashSet;
use model::{Name, NameError, Operation, Pattern, RoleName, Vocabulary};
use std::ops::Range;

/// The longest phrase, in bytes.
pub(crate) const LONGEST: usize = 256 * 1024;
/// The most names, columns or types in one phrase.
pub(crate) const MOST_NAMES: usize = 10_000;

/// A grant as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// What is granted; empty stands for `nothing`.
    pub privileges: Vec<Privilege>,
    /// On what.
    pub objects: ObjectsPhrase,
    /// Objects that exist, that are still to be made, or both.
    pub reach: ReachPhrase,
    /// The holder may hand it on.
    pub delegable: bool,
    /// Who is to be the grantor.
    pub granted_by: Option<RoleName>,
}

/// One operation, on whole objects or on some of their columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Privilege {
    /// The operation, or `all`.
    pub operation: Operation,
    /// The columns; empty means the whole object.
    pub columns: Vec<Name>,
}

/// Objects of a kind by their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectsPhrase {
    /// The word for the kind, as the vocabulary has it.
    pub word: &'static str,
    /// Any of these.
    pub names: Vec<Pattern>,
    /// But none of these.
    pub except: Vec<Pattern>,
}

/// Which objects in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReachPhrase {
    /// Those that exist.
    Existing,
    /// Those that exist, and those that these roles will make.
    Both(Vec<RoleName>),
    /// Only those that these roles will make.
    Future(Vec<RoleName>),
}

impl ReachPhrase {
    /// The creators of objects still to be made.
    #[must_use]
    pub fn creators(&self) -> &[RoleName] {
        match self {
            ReachPhrase::Existing => &[],
            ReachPhrase::Both(creators) | ReachPhrase::Future(creators) => creators,
        }
    }
}

/// Where the parts of a phrase stand in its text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    /// Each privilege's operation; of `nothing`, that word.
    pub privileges: Vec<Range<usize>>,
    /// The word for the kind.
    pub kind: Range<usize>,
    /// Each name.
    pub names: Vec<Range<usize>>,
    /// Each excepted name.
    pub except: Vec<Range<usize>>,
    /// Each creator.
    pub creators: Vec<Range<usize>>,
    /// `with grant option`.
    pub delegable: Range<usize>,
    /// The grantor.
    pub granted_by: Range<usize>,
    /// Unquoted names that were folded to lower case, and into what.
    pub folded: Vec<(Range<usize>, String)>,
}

/// Why a text is not a phrase.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PhraseError {
    /// A stable code with a manual page.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Where, in bytes of the text.
    pub at: Range<usize>,
    /// What to do; may be empty.
    pub help: String,
}

/// The names met so far. Equal names share their letters, which spares memory and makes them quick to compare.
#[derive(Debug, Default)]
pub(crate) struct KnownNames(HashSet<Name>);

impl KnownNames {
    fn name(&mut self, text: &str) -> Result<Name, NameError> {
        if let Some(known) = self.0.get(text) {
            return Ok(known.clone());
        }
        let name = Name::new(text)?;
        self.0.insert(name.clone());
        Ok(name)
    }
}

/// Parses a grant phrase.
///
/// # Errors
/// The first thing in the text that is not as the grammar and the engine's words want it.
pub fn parse_phrase(text: &str, vocabulary: &Vocabulary) -> Result<(Phrase, Places), PhraseError> {
    parse_phrase_with(text, vocabulary, &mut KnownNames::default())
}

/// [`parse_phrase`] for one phrase of many.
pub(crate) fn parse_phrase_with(
    text: &str,
    vocabulary: &Vocabulary,
    known: &mut KnownNames,
) -> Result<(Phrase, Places), PhraseError> {
    parser::grant(text, vocabulary, known)
}

/// Parses what `owns:` takes: a kind and names.
///
/// # Errors
/// As [`parse_phrase`].
pub fn parse_objects(text: &str, vocabulary: &Vocabulary) -> Result<(ObjectsPhrase, Places), PhraseError> {
    parse_objects_with(text, vocabulary, &mut KnownNames::default())
}

/// [`parse_objects`] for one of many.
pub(crate) fn parse_objects_with(
    text: &str,
    vocabulary: &Vocabulary,
    known: &mut KnownNames,
) -> Result<(ObjectsPhrase, Places), PhraseError> {
    parser::objects(text, vocabulary, known)
}
