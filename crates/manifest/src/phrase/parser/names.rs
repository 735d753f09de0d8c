//! Names of objects: paths, braces, input types.

use super::{Parsed, Parser, PhraseError, error};
use crate::phrase::lexer::Is;
use model::{KindWord, Name, Pattern, Segment};
use std::ops::Range;

impl Parser<'_> {
    /// One name, or several that begin alike and end in braces: `sales.{orders, order_lines}`.
    pub(super) fn patterns(&mut self, kind: &KindWord) -> Parsed<Vec<(Pattern, Range<usize>)>> {
        let start = self.here().start;
        let mut path = Vec::with_capacity(*kind.parts.start());
        loop {
            let (piece, at) = self.piece(|| format!("the name of a {}", kind.word))?;
            self.note_folding(piece, &at);
            path.push(self.segment(piece, &at)?);
            if path.len() > 8 || !self.sign('.') {
                break;
            }
            if self.sign('{') {
                return self.in_braces(kind, &path);
            }
        }
        Ok(vec![self.pattern(kind, path, start)?])
    }

    fn in_braces(&mut self, kind: &KindWord, before: &[Segment]) -> Parsed<Vec<(Pattern, Range<usize>)>> {
        let mut patterns = Vec::new();
        loop {
            let start = self.here().start;
            let (piece, at) = self.piece(|| format!("the name of a {}", kind.word))?;
            self.note_folding(piece, &at);
            let last = self.segment(piece, &at)?;
            let path = before.iter().cloned().chain([last]).collect();
            patterns.push(self.pattern(kind, path, start)?);
            self.bounded(patterns.len())?;
            if !self.sign(',') {
                break;
            }
        }
        self.expect_sign('}')?;
        Ok(patterns)
    }

    /// The pattern of a path, with the input types that may follow it.
    fn pattern(
        &mut self,
        kind: &KindWord,
        path: Vec<Segment>,
        start: usize,
    ) -> Parsed<(Pattern, Range<usize>)> {
        let at = start..self.before();
        if !kind.parts.contains(&path.len()) {
            return Err(wrong_parts(kind, path.len(), at));
        }
        let arguments = if self.sign('(') {
            if !kind.arguments {
                let message = format!("the name of a {} takes no input types", kind.word);
                return Err(error(
                    "RW134",
                    &message,
                    start..self.before(),
                    "columns stand after the privilege: `select (id) on table …`",
                ));
            }
            Some(self.types()?)
        } else {
            None
        };
        Ok((Pattern { path, arguments }, start..self.before()))
    }

    fn types(&mut self) -> Parsed<Vec<Name>> {
        let mut types = Vec::new();
        if self.sign(')') {
            return Ok(types);
        }
        loop {
            types.push(self.input_type()?);
            self.bounded(types.len())?;
            if !self.sign(',') {
                break;
            }
        }
        self.expect_sign(')')?;
        Ok(types)
    }

    /// A type may be several words, qualified, and an array; what stands in brackets after it, such as a
    /// length, is no part of a routine's identity.
    fn input_type(&mut self) -> Parsed<Name> {
        let start = self.here().start;
        let mut spelled = String::new();
        let mut arrays = 0_usize;
        loop {
            let glued = spelled.is_empty() || spelled.ends_with('.');
            match self.tokens.get(self.at).map(|token| (&token.is, token.at.clone())) {
                Some((Is::Name(piece), at)) => {
                    let Some(word) = piece.exact() else {
                        return Err(error(
                            "RW130",
                            "types have no wildcards",
                            at,
                            "leave the input types out to mean every overload",
                        ));
                    };
                    if !glued {
                        spelled.push(' ');
                    }
                    spelled.push_str(&quote_if_needed(word, !piece.bare));
                    self.at += 1;
                }
                Some((Is::Sign('.'), _)) if !glued => {
                    spelled.push('.');
                    self.at += 1;
                }
                Some((Is::Sign('('), _)) if !glued => self.modifier()?,
                Some((Is::Sign('['), _)) if !glued => {
                    self.at += 1;
                    if self.word().is_some() {
                        self.at += 1;
                    }
                    self.expect_sign(']')?;
                    arrays += 1;
                }
                _ if glued => return Err(self.expected("a type")),
                _ => break,
            }
        }
        // An engine knows arrays of any depth as one type.
        let mut full = self.vocabulary.spell(&spelled).to_owned();
        if arrays > 0 {
            full.push_str("[]");
        }
        self.name(&full, &(start..self.before()))
    }

    fn modifier(&mut self) -> Parsed<()> {
        self.at += 1;
        while matches!(self.tokens.get(self.at).map(|token| &token.is), Some(Is::Name(_) | Is::Sign(','))) {
            self.at += 1;
        }
        self.expect_sign(')')
    }
}

fn wrong_parts(kind: &KindWord, have: usize, at: Range<usize>) -> PhraseError {
    let (least, most) = (*kind.parts.start(), *kind.parts.end());
    let count = if least == most { least.to_string() } else { format!("{least} to {most}") };
    let plural = if most == 1 { "part" } else { "parts" };
    let message = format!("the name of a {} has {count} {plural}, this has {have}", kind.word);
    let help = match (least, have) {
        (2, 1) => format!("write the schema too: `schema.{}`", kind.word.replace(' ', "_")),
        _ => "a dot that belongs to a name needs double quotes".to_owned(),
    };
    PhraseError { code: "RW133", message, at, help }
}

/// A type's name as engines print it: quoted only where it must be.
fn quote_if_needed(word: &str, was_quoted: bool) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    // `"char"` and `char` are two types: quotes around such a word say which.
    if (was_quoted && word == "char") || !word.chars().all(plain) {
        format!("\"{}\"", word.replace('"', "\"\""))
    } else {
        word.to_owned()
    }
}
