//! The words of a phrase.

use super::{LONGEST, PhraseError};
use std::borrow::Cow;
use std::ops::Range;

/// A word of a phrase and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) is: Is<'t>,
    pub(super) at: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Is<'t> {
    /// A name or a word of the language.
    Name(Piece<'t>),
    /// One of `, . ( ) [ ]`.
    Sign(char),
}

/// A part of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece<'t> {
    pub(super) text: PieceText<'t>,
    /// Nothing of it was quoted: it may be a word of the language.
    pub(super) bare: bool,
    /// Folding to lower case changed it.
    pub(super) folded: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PieceText<'t> {
    /// Without wildcards.
    Exact(Cow<'t, str>),
    /// Texts with anything between them.
    Like(Vec<String>),
}

impl Piece<'_> {
    /// The text of a part without wildcards.
    pub(super) fn exact(&self) -> Option<&str> {
        match &self.text {
            PieceText::Exact(text) => Some(text),
            PieceText::Like(_) => None,
        }
    }
}

pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, PhraseError> {
    if text.len() > LONGEST {
        let message = format!("a phrase is at most {} KiB long", LONGEST / 1024);
        return Err(PhraseError { code: "RW108", message, at: 0..0, help: "split it in several".into() });
    }
    let mut lexer = Lexer { text, at: 0 };
    // A word or a sign takes some three bytes: guessed once, the list seldom has to move.
    let mut tokens = Vec::with_capacity(text.len() / 3 + 4);
    while let Some(c) = lexer.peek() {
        let start = lexer.at;
        if c.is_ascii_whitespace() {
            lexer.at += c.len_utf8();
        } else if matches!(c, ',' | '.' | '(' | ')' | '[' | ']' | '{' | '}') {
            lexer.at += c.len_utf8();
            tokens.push(Token { is: Is::Sign(c), at: start..lexer.at });
        } else if c == '"' || in_word(c) {
            let piece = lexer.piece()?;
            tokens.push(Token { is: Is::Name(piece), at: start..lexer.at });
        } else {
            return Err(stray(c, start));
        }
    }
    Ok(tokens)
}

fn stray(c: char, start: usize) -> PhraseError {
    let help = match c {
        ';' => "a phrase is not SQL: one phrase, without a semicolon".to_owned(),
        '\'' => "names are quoted with double quotes".to_owned(),
        _ => format!("a name with {c:?} in it needs double quotes"),
    };
    let message = format!("{c:?} cannot stand here");
    PhraseError { code: "RW130", message, at: start..start + c.len_utf8(), help }
}

fn in_word(c: char) -> bool {
    let odd = || c.is_whitespace() || c.is_control();
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '*') || (!c.is_ascii() && !odd())
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    /// A part of a name: quoted and unquoted texts that touch each other are one part.
    fn piece(&mut self) -> Result<Piece<'t>, PhraseError> {
        let start = self.at;
        if let Some(word) = self.simple_word() {
            self.at += word.len();
            return Ok(Piece { text: PieceText::Exact(Cow::Borrowed(word)), bare: true, folded: false });
        }
        let (mut bare, mut folded) = (true, false);
        let mut before: Vec<String> = Vec::new();
        let mut text = String::new();
        while let Some(c) = self.peek() {
            match c {
                '"' => {
                    bare = false;
                    self.quoted(&mut text)?;
                }
                '*' => {
                    self.at += 1;
                    before.push(std::mem::take(&mut text));
                }
                c if in_word(c) => {
                    self.at += c.len_utf8();
                    folded |= c.is_ascii_uppercase();
                    text.push(c.to_ascii_lowercase());
                }
                _ => break,
            }
        }
        if before.is_empty() && text.is_empty() {
            let message = "a name cannot be empty".to_owned();
            return Err(PhraseError { code: "RW130", message, at: start..self.at, help: String::new() });
        }
        let text = if before.is_empty() {
            PieceText::Exact(Cow::Owned(text))
        } else {
            before.push(text);
            PieceText::Like(before)
        };
        Ok(Piece { text, bare, folded })
    }

    /// A part that means what it says, letter for letter, as nearly all do.
    fn simple_word(&self) -> Option<&'t str> {
        let rest = self.text.get(self.at..)?;
        let simple = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'$');
        let word = rest.get(..rest.bytes().take_while(simple).count())?;
        let after = rest.get(word.len()..)?.chars().next();
        (!word.is_empty() && !after.is_some_and(|c| c == '"' || in_word(c))).then_some(word)
    }

    fn quoted(&mut self, into: &mut String) -> Result<(), PhraseError> {
        let start = self.at;
        self.at += 1;
        while let Some(c) = self.peek() {
            self.at += c.len_utf8();
            match (c, self.peek()) {
                ('"', Some('"')) => {
                    self.at += 1;
                    into.push('"');
                }
                ('"', _) => return Ok(()),
                ('\0', _) => break,
                _ => into.push(c),
            }
        }
        let message = "this quote is never closed".to_owned();
        let help = "a quote inside a quoted name is written twice".to_owned();
        Err(PhraseError { code: "RW130", message, at: start..start + 1, help })
    }
}
