//! Why a text could not be read.

use thiserror::Error;

/// Why a text could not be read. What cannot be read is unknown: nobody may take it for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unread {
    /// More bytes, or more words, than are read.
    #[error("it is too long to be read: {found} {of}, and {most} are the most")]
    TooLong {
        /// How many it has.
        found: usize,
        /// Of what: bytes or words.
        of: &'static str,
        /// How many are read.
        most: usize,
    },
    /// Expressions or statements inside one another, deeper than is read.
    #[error("it is nested too deep to be read")]
    TooDeep,
    /// Names that may mean so many things that going through them would take too long.
    #[error("its names may mean too many things to be read")]
    TooWide,
    /// A NUL byte, which no text in PostgreSQL has.
    #[error("it has a NUL byte, which no text in PostgreSQL has")]
    Nul,
    /// PostgreSQL's grammar refuses it.
    #[error("PostgreSQL's grammar refuses it: {0}")]
    Grammar(String),
    /// Not one `CREATE FUNCTION`, `CREATE PROCEDURE` or `CREATE RULE`.
    #[error("it is no definition of one routine or rule")]
    NoRoutine,
    /// A language whose bodies are not read.
    #[error("it is written in {0}, which is not read")]
    Language(String),
    /// The parser could not be run.
    #[error("the parser could not be run: {0}")]
    Parser(String),
}
