//! The declarations of a body in PL/pgSQL: which variables there are, and where their types stand in the text.

use std::collections::BTreeSet;
use std::ops::Range;

use pg_query::protobuf::Token;

use crate::grammar::{Word, words};
use crate::unread::Unread;

/// Everything that a body declares.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub(super) variables: Vec<Declaration>,
    /// The names that the outermost block declares: they are there in all of the body.
    pub(super) outermost: BTreeSet<String>,
    /// Names that are something else: cursors, aliases.
    others: BTreeSet<String>,
    /// The names of the arguments of cursors, which are there inside these alone.
    inside_cursors: BTreeSet<String>,
    /// The types of the arguments of cursors.
    arguments: Vec<Range<usize>>,
}

/// A variable.
#[derive(Debug)]
pub(super) struct Declaration {
    pub(super) name: String,
    /// Whether its type says that it is a row.
    pub(super) is_row: bool,
    /// What it always is, if it is `CONSTANT` and of a type that takes every text.
    pub(super) constant: Option<String>,
    is_cursor: bool,
    /// Where its type stands.
    of_type: Range<usize>,
    /// Where its collation and `NOT NULL` stand, which the grammar takes for some types only.
    conditions: Range<usize>,
    default: Option<Range<usize>>,
}

/// The declarations in all blocks of a body.
///
/// # Errors
/// A section of declarations that does not look like one.
pub(super) fn find(source: &str) -> Result<Declared, Unread> {
    let words = words(source)?;
    let mut finder = Finder { source, words: &words, declared: Declared::default() };
    // Before the outermost block there is nothing but labels and options.
    let first_begin = finder.first(0, words.len(), &["begin"]);
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        if word.token == Token::Declare && finder.begins_block(at - 1) {
            let outermost = at <= first_begin;
            at = finder.section(at)?;
            if outermost {
                finder.declared.outermost = finder.declared.around().map(str::to_owned).collect();
            }
        }
    }
    Ok(finder.declared)
}

impl Declared {
    /// The names of everything that is declared.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let variables = self.variables.iter().map(|one| one.name.as_str());
        let others = self.others.iter().chain(&self.inside_cursors);
        variables.chain(others.map(String::as_str))
    }

    /// The names that are there in all of the block.
    fn around(&self) -> impl Iterator<Item = &str> {
        let variables = self.variables.iter().map(|one| one.name.as_str());
        variables.chain(self.others.iter().map(String::as_str))
    }

    /// The body with types in place of its own that every server has: `rows` are rows.
    pub(super) fn rewrite(&self, source: &str, rows: &BTreeSet<String>) -> String {
        let mut changes: Vec<(Range<usize>, &str)> = Vec::new();
        for one in &self.variables {
            let of_type = match (one.is_cursor, one.is_row || rows.contains(&one.name)) {
                (true, _) => "pg_catalog.refcursor",
                (false, true) => "record",
                (false, false) => "pg_catalog.text",
            };
            changes.push((one.of_type.clone(), of_type));
            changes.push((one.conditions.clone(), ""));
        }
        changes.extend(self.arguments.iter().map(|argument| (argument.clone(), "pg_catalog.text")));
        changes.sort_by_key(|(place, _)| place.start);
        let mut text = String::with_capacity(source.len());
        let mut from = 0;
        for (place, instead) in changes {
            text.push_str(source.get(from..place.start).unwrap_or_default());
            text.push_str(instead);
            from = place.end;
        }
        text.push_str(source.get(from..).unwrap_or_default());
        text
    }
}

impl Declaration {
    pub(super) fn default_in<'s>(&self, source: &'s str) -> Option<&'s str> {
        self.default.clone().and_then(|place| source.get(place))
    }

    pub(super) fn type_in<'s>(&self, source: &'s str) -> Option<&'s str> {
        source.get(self.of_type.clone())
    }
}

struct Finder<'s> {
    source: &'s str,
    words: &'s [Word],
    declared: Declared,
}

impl Finder<'_> {
    fn token(&self, at: usize) -> Option<Token> {
        self.words.get(at).map(|word| word.token)
    }

    fn text(&self, at: usize) -> &str {
        self.words.get(at).and_then(|word| self.source.get(word.start..word.end)).unwrap_or_default()
    }

    fn is(&self, at: usize, word: &str) -> bool {
        self.text(at).eq_ignore_ascii_case(word)
    }

    /// Whether a statement begins here: elsewhere, `declare` is a name like any other.
    fn begins_block(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return true };
        // `#variable_conflict use_column` and its kin stand before everything else.
        let after_option = at.checked_sub(3).is_some_and(|at| self.text(at) == "#");
        let words = [";", ">>", "begin", "then", "else", "loop"];
        after_option || words.iter().any(|word| self.is(before, word))
    }

    /// Reads one section, up to its BEGIN, and says where that is.
    fn section(&mut self, mut at: usize) -> Result<usize, Unread> {
        while !self.is(at, "begin") {
            if self.is(at, "declare") {
                at += 1;
                continue;
            }
            let mut end = at;
            while self.token(end).is_some_and(|token| token != Token::Ascii59) {
                end += 1;
            }
            if self.token(end).is_none() {
                return Err(self.strange(at));
            }
            self.item(at, end)?;
            at = end + 1;
        }
        Ok(at)
    }

    /// One declaration: its words, and the semicolon behind them.
    fn item(&mut self, at: usize, end: usize) -> Result<(), Unread> {
        let name = self.name(at)?;
        let mut next = at + 1;
        if self.is(next, "alias") {
            self.declared.others.insert(name);
            return Ok(());
        }
        let scrolls = [self.is(next, "no"), self.is(next, "scroll"), self.is(next + 1, "scroll")];
        let cursor = match scrolls {
            [true, _, true] => next + 2,
            [_, true, _] => next + 1,
            _ => next,
        };
        if self.is(cursor, "cursor") {
            self.declared.others.insert(name);
            return self.cursor_arguments(cursor + 1, end);
        }
        let constant = self.is(next, "constant");
        next += usize::from(constant);
        let ends_type = ["collate", "not", "default", ":=", "="];
        let type_end = self.first(next, end, &ends_type);
        if type_end == next {
            return Err(self.strange(at));
        }
        let begins = self.first(type_end, end, &["default", ":=", "="]);
        let of_type = self.place(next, type_end);
        let written = self.source.get(of_type.clone()).unwrap_or_default().to_ascii_lowercase();
        let is_cursor = written == "refcursor" || written.ends_with(".refcursor");
        let default = (begins < end).then(|| self.place(begins + 1, end));
        let takes_all =
            ["text", "pg_catalog.text", "varchar", "character varying"].contains(&written.as_str());
        let constant = default.clone().filter(|_| constant && takes_all);
        let constant = constant.and_then(|place| self.source.get(place)).map(str::to_owned);
        let is_row = written == "record" || written.ends_with("%rowtype");
        let conditions = self.place(type_end, begins);
        self.declared.variables.push(Declaration {
            name,
            is_row,
            constant,
            is_cursor,
            of_type,
            conditions,
            default,
        });
        Ok(())
    }

    /// `(name type, name type)`, if a cursor has arguments.
    fn cursor_arguments(&mut self, mut at: usize, end: usize) -> Result<(), Unread> {
        if self.text(at) != "(" {
            return Ok(());
        }
        loop {
            let name = self.name(at + 1)?;
            self.declared.inside_cursors.insert(name);
            let mut depth = 0_usize;
            let mut stop = at + 2;
            while stop < end && (depth > 0 || ![",", ")"].contains(&self.text(stop))) {
                match self.text(stop) {
                    "(" => depth += 1,
                    ")" => depth = depth.saturating_sub(1),
                    _ => {}
                }
                stop += 1;
            }
            if stop >= end || stop == at + 2 {
                return Err(self.strange(at));
            }
            self.declared.arguments.push(self.place(at + 2, stop));
            if self.text(stop) == ")" {
                return Ok(());
            }
            at = stop;
        }
    }

    /// The first of these words, or the end.
    fn first(&self, from: usize, end: usize, words: &[&str]) -> usize {
        (from..end).find(|&at| words.iter().any(|word| self.is(at, word))).unwrap_or(end)
    }

    /// From the beginning of one word to the end of the last before another.
    fn place(&self, from: usize, end: usize) -> Range<usize> {
        let start = self.words.get(from).map_or(self.source.len(), |word| word.start);
        let stop = end.checked_sub(1).filter(|last| *last >= from).and_then(|last| self.words.get(last));
        start..stop.map_or(start, |word| word.end)
    }

    fn name(&self, at: usize) -> Result<String, Unread> {
        let text = self.text(at);
        match self.token(at) {
            Some(Token::Ident) => match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
                Some(quoted) => Ok(quoted.replace("\"\"", "\"")),
                None => Ok(text.to_ascii_lowercase()),
            },
            Some(_)
                if text.starts_with(|letter: char| letter.is_ascii_alphabetic()) && !text.contains('"') =>
            {
                Ok(text.to_ascii_lowercase())
            }
            _ => Err(self.strange(at)),
        }
    }

    fn strange(&self, at: usize) -> Unread {
        Unread::Grammar(format!("a declaration is not understood at or near \"{}\"", self.text(at)))
    }
}
