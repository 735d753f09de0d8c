//! PostgreSQL's grammar: the only file that calls it.

mod plain;
mod weight;

use std::collections::BTreeSet;
use std::thread;

use pg_query::protobuf;
use pg_query::{DeparseOptions, Error, NodeEnum};
use serde_json::Value;

use crate::unread::Unread;

/// The longest text that is read, in bytes.
pub(crate) const MOST_BYTES: usize = 1 << 20;
/// The most words of a text that are read. A tree takes some kilobytes for each.
pub(crate) const MOST_WORDS: usize = 50_000;
/// The stack on which everything is read, so that the caller's does not matter. The grammar minds how much is left of it.
const STACK: usize = 32 << 20;

/// What a text is to be read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Statements.
    Statements,
    /// What PL/pgSQL says of a text with its own number: a statement, an expression, an assignment.
    Plpgsql(i32),
}

/// One statement: its tree and its text.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) tree: Value,
    pub(crate) text: String,
}

/// A word of a text, and where it stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) token: protobuf::Token,
    /// Whether it can be a name: it is no keyword, or one that is not reserved.
    pub(crate) may_be_name: bool,
}

/// Runs a reader where it has the stack that it needs.
pub(crate) fn with_room<T: Send>(read: impl FnOnce() -> T + Send) -> Result<T, Unread> {
    thread::scope(|scope| {
        let reader = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, read);
        let reader = reader.map_err(|error| Unread::Parser(error.to_string()))?;
        reader.join().map_err(|_| Unread::Parser("it gave up".to_owned()))
    })
}

/// The statements of a text.
pub(crate) fn parse(text: &str, mode: Mode) -> Result<Vec<Statement>, Unread> {
    let weight = weight::weigh(text, &words(text)?);
    if weight > MOST_WORDS {
        return Err(Unread::TooLong { found: weight, of: "words", most: MOST_WORDS });
    }
    let options = match mode {
        Mode::Statements => 0,
        Mode::Plpgsql(number) => number,
    };
    let parsed = pg_query::parse(text, options).map_err(unread)?.protobuf;
    parsed.stmts.into_iter().map(|raw| statement(text, raw)).collect()
}

/// A body in PL/pgSQL as the grammar compiles it: the definition's own parameters, with types that every server has (`rows` are
/// rows), and this source in place of its own.
pub(crate) fn plpgsql(definition: &str, source: &str, rows: &BTreeSet<String>) -> Result<Value, Unread> {
    let mut parsed = pg_query::parse(definition, 0).map_err(unread)?.protobuf;
    let routine = parsed.stmts.first_mut().and_then(|raw| raw.stmt.as_mut()?.node.as_mut());
    let Some(NodeEnum::CreateFunctionStmt(routine)) = routine else { return Err(Unread::NoRoutine) };
    plain::make(routine, source, rows);
    let text = pg_query::deparse(&parsed, DeparseOptions::default()).map_err(unread)?;
    let mut functions = pg_query::parse_plpgsql(&text).map_err(unread)?;
    match functions.as_array_mut().and_then(Vec::pop) {
        Some(function) if function.pointer("/PLpgSQL_function/action").is_some() => Ok(function),
        _ => Err(Unread::NoRoutine),
    }
}

/// The words of a text, without its comments.
pub(crate) fn words(text: &str) -> Result<Vec<Word>, Unread> {
    if text.len() > MOST_BYTES {
        return Err(Unread::TooLong { found: text.len(), of: "bytes", most: MOST_BYTES });
    }
    // `scan_tokens` would do without a copy, but reads from nowhere where a text has no words.
    let tokens = pg_query::scan(text).map_err(unread)?.tokens;
    if tokens.len() > MOST_WORDS {
        return Err(Unread::TooLong { found: tokens.len(), of: "words", most: MOST_WORDS });
    }
    let comment = |token| matches!(token, protobuf::Token::SqlComment | protobuf::Token::CComment);
    let words = tokens.into_iter().filter_map(|found| {
        let token = protobuf::Token::try_from(found.token).unwrap_or(protobuf::Token::Nul);
        let start = usize::try_from(found.start).ok()?;
        let end = usize::try_from(found.end).ok()?;
        let kind =
            protobuf::KeywordKind::try_from(found.keyword_kind).unwrap_or(protobuf::KeywordKind::NoKeyword);
        let may_be_name = match kind {
            protobuf::KeywordKind::ReservedKeyword => false,
            protobuf::KeywordKind::NoKeyword => {
                matches!(token, protobuf::Token::Ident | protobuf::Token::Uident)
            }
            _ => true,
        };
        (!comment(token)).then_some(Word { start, end, token, may_be_name })
    });
    Ok(words.collect())
}

fn statement(text: &str, raw: protobuf::RawStmt) -> Result<Statement, Unread> {
    let start = usize::try_from(raw.stmt_location).unwrap_or_default();
    let length = usize::try_from(raw.stmt_len).unwrap_or_default();
    // The last statement of a text has no length.
    let end = if length == 0 { text.len() } else { start.saturating_add(length) };
    let tree = serde_json::to_value(&raw.stmt).map_err(|error| Unread::Parser(error.to_string()))?;
    Ok(Statement { tree, text: text.get(start..end).unwrap_or(text).to_owned() })
}

fn unread(error: Error) -> Unread {
    match error {
        Error::Conversion(_) => Unread::Nul,
        // What the grammar took, but nobody can carry over: it is as deep as fits only for trees of some kinds.
        Error::Decode(_) => Unread::TooDeep,
        Error::InvalidJson(message) if message.contains("recursion limit") => Unread::TooDeep,
        Error::InvalidJson(message) => Unread::Parser(message),
        Error::Parse(message) | Error::Scan(message) | Error::Split(message) | Error::IsUtility(message) => {
            let deep = ["stack depth limit", "nested too deep", "memory exhausted"];
            if deep.iter().any(|words| message.contains(words)) {
                Unread::TooDeep
            } else {
                Unread::Grammar(message)
            }
        }
        Error::InvalidPointer => Unread::Parser("an invalid pointer".to_owned()),
    }
}
