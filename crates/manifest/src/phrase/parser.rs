//! Words to a phrase. One token of lookahead is enough, except for `future by` after a comma.

mod names;

use super::in_sql;
use super::lexer::{Is, Piece, PieceText, Token, tokens};
use super::{KnownNames, MOST_NAMES, ObjectsPhrase, Phrase, PhraseError, Places, Privilege, ReachPhrase};
use crate::nearest::did_you_mean;
use model::{KindWord, Name, Operation, Pattern, RoleName, Segment, Vocabulary};
use std::borrow::Cow;
use std::ops::Range;

type Parsed<T> = Result<T, PhraseError>;

pub(super) fn grant(text: &str, vocabulary: &Vocabulary, known: &mut KnownNames) -> Parsed<(Phrase, Places)> {
    let tokens = tokens(text)?;
    let mut parser = Parser::new(&tokens, text.len(), vocabulary, known);
    let privileges = parser.privileges()?;
    let kind = parser.kind()?;
    let (names, except) = parser.names(kind)?;
    let reach = parser.reach()?;
    let delegable = parser.delegable()?;
    let granted_by = parser.granted_by()?;
    parser.end(" here; a phrase goes on with `except`, `future by`, `with grant option` or `granted by`")?;
    let objects = ObjectsPhrase { word: kind.word, names, except };
    let phrase = Phrase { privileges, objects, reach, delegable, granted_by };
    fits(&phrase, kind, &parser.places)?;
    Ok((phrase, parser.places))
}

pub(super) fn objects(
    text: &str,
    vocabulary: &Vocabulary,
    known: &mut KnownNames,
) -> Parsed<(ObjectsPhrase, Places)> {
    let tokens = tokens(text)?;
    let mut parser = Parser::new(&tokens, text.len(), vocabulary, known);
    let kind = parser.kind()?;
    let (names, except) = parser.names(kind)?;
    parser.end(" here; only `except` can follow the names")?;
    Ok((ObjectsPhrase { word: kind.word, names, except }, parser.places))
}

struct Parser<'p> {
    tokens: &'p [Token<'p>],
    at: usize,
    end: usize,
    vocabulary: &'p Vocabulary,
    known: &'p mut KnownNames,
    places: Places,
}

impl<'p> Parser<'p> {
    fn new(
        tokens: &'p [Token<'p>],
        end: usize,
        vocabulary: &'p Vocabulary,
        known: &'p mut KnownNames,
    ) -> Self {
        Self { tokens, at: 0, end, vocabulary, known, places: Places::default() }
    }

    fn privileges(&mut self) -> Parsed<Vec<Privilege>> {
        if self.word() == Some("nothing") {
            self.places.privileges.push(self.here());
            self.at += 1;
            self.expect_word("on")?;
            return Ok(Vec::new());
        }
        let mut privileges = Vec::new();
        loop {
            let (operation, place) = self.operation()?;
            let columns = if self.sign('(') { self.columns()? } else { Vec::new() };
            privileges.push(Privilege { operation, columns });
            self.places.privileges.push(place);
            self.bounded(privileges.len())?;
            if !self.sign(',') {
                break;
            }
        }
        self.expect_word("on")?;
        Ok(privileges)
    }

    /// An operation may be several words: everything up to `on`, a comma or a bracket.
    fn operation(&mut self) -> Parsed<(Operation, Range<usize>)> {
        let start = self.here().start;
        let mut end = start;
        let mut words: Vec<&str> = Vec::new();
        while let Some(word) = self.word() {
            if word == "on" || words.len() > 4 {
                break;
            }
            words.push(word);
            end = self.here().end;
            self.at += 1;
        }
        if words.is_empty() {
            return Err(self.expected("a privilege such as `select`, or `all`"));
        }
        if words.first() == Some(&"all") && words.last() == Some(&"privileges") {
            words.truncate(1);
        }
        let spelled = joined(&words);
        match self.operation_called(&spelled) {
            Some(operation) => Ok((operation, start..end)),
            None => {
                self.prefix_known(&words)?;
                Err(self.no_operation(&spelled, start..end))
            }
        }
    }

    fn operations(&self) -> impl Iterator<Item = &'p Operation> + use<'p> {
        self.vocabulary.kinds.iter().flat_map(|kind| &kind.operations)
    }

    fn operation_called(&self, word: &str) -> Option<Operation> {
        if word == "all" {
            return Some(Operation::known("all"));
        }
        self.operations().find(|operation| operation.as_str() == word).cloned()
    }

    /// A known privilege followed by something else than `on`: the word after it is the one that is wrong.
    fn prefix_known(&mut self, words: &[&str]) -> Parsed<()> {
        let known =
            |count: &usize| self.operation_called(&joined(words.get(..*count).unwrap_or_default())).is_some();
        let Some(count) = (1..words.len()).rev().find(known) else { return Ok(()) };
        self.at -= words.len() - count;
        Err(self.expected("`on`, a comma or columns in brackets"))
    }

    fn no_operation(&self, word: &str, at: Range<usize>) -> PhraseError {
        let message = format!("{} has no privilege `{word}`", self.vocabulary.engine);
        let help = did_you_mean(word, self.operations().map(Operation::as_str)).unwrap_or_else(|| {
            "a phrase is `privileges on kind name`, as in `select on table sales.orders`".to_owned()
        });
        PhraseError { code: "RW132", message, at, help }
    }

    fn columns(&mut self) -> Parsed<Vec<Name>> {
        let mut columns = Vec::new();
        loop {
            let (piece, at) = self.piece(|| "a column".to_owned())?;
            let Some(column) = piece.exact() else {
                return Err(error("RW134", "columns have no wildcards", at, "name each column"));
            };
            self.note_folding(piece, &at);
            columns.push(self.name(column, &at)?);
            self.bounded(columns.len())?;
            if !self.sign(',') {
                break;
            }
        }
        self.expect_sign(')')?;
        Ok(columns)
    }

    fn kind(&mut self) -> Parsed<&'p KindWord> {
        let vocabulary = self.vocabulary;
        let words: Vec<&str> = (0..4).map_while(|ahead| self.word_ahead(ahead)).collect();
        let mut longest: Option<(usize, &KindWord)> = None;
        let first = words.first().copied().unwrap_or_default();
        for kind in vocabulary.kinds.iter().filter(|kind| kind.word.starts_with(first)) {
            let count = words_begin(&words, kind.word);
            if count > longest.map_or(0, |(longest, _)| longest) {
                longest = Some((count, kind));
            }
        }
        if let Some((count, kind)) = longest {
            let start = self.here().start;
            self.at += count;
            self.places.kind = start..self.before();
            return Ok(kind);
        }
        let Some(first) = words.first() else {
            return Err(self.expected("a kind of object such as `table`"));
        };
        let known = || vocabulary.kinds.iter().map(|kind| kind.word);
        let dotted = self.tokens.get(self.at + 1).is_some_and(|next| matches!(next.is, Is::Sign('.')));
        let two = words.get(..2).map(|two| two.join(" ")).and_then(|two| did_you_mean(&two, known()));
        let help = in_sql::help(vocabulary, &words, dotted)
            .or(two)
            .or_else(|| did_you_mean(first, known()))
            .unwrap_or_else(|| {
                format!("{} has {}", vocabulary.engine, known().collect::<Vec<_>>().join(", "))
            });
        let message = format!("{} has no kind of object `{first}`", vocabulary.engine);
        Err(PhraseError { code: "RW131", message, at: self.here(), help })
    }

    fn names(&mut self, kind: &KindWord) -> Parsed<(Vec<Pattern>, Vec<Pattern>)> {
        let ahead = self.tokens.iter().skip(self.at);
        let most = 1 + ahead.filter(|token| matches!(token.is, Is::Sign(','))).count();
        let mut names = Vec::with_capacity(most);
        self.places.names.reserve(most);
        loop {
            for (pattern, at) in self.patterns(kind)? {
                names.push(pattern);
                self.places.names.push(at);
            }
            self.bounded(names.len())?;
            if !self.comma_before_name() {
                break;
            }
        }
        let mut except = Vec::new();
        if self.eat_word("except") {
            loop {
                for (pattern, at) in self.patterns(kind)? {
                    except.push(pattern);
                    self.places.except.push(at);
                }
                self.bounded(except.len())?;
                if !self.comma_before_name() {
                    break;
                }
            }
        }
        Ok((names, except))
    }

    /// Takes a comma if a name follows it, and not `future by`.
    fn comma_before_name(&mut self) -> bool {
        if !self.sign(',') {
            return false;
        }
        let future =
            |at: usize| self.word_ahead(at) == Some("future") && self.word_ahead(at + 1) == Some("by");
        !(future(0) || (self.word_ahead(0) == Some("only") && future(1)))
    }

    fn reach(&mut self) -> Parsed<ReachPhrase> {
        let only = self.word() == Some("only");
        if only {
            self.at += 1;
        }
        if !self.eat_word("future") {
            return if only { Err(self.expected("`future by`")) } else { Ok(ReachPhrase::Existing) };
        }
        self.expect_word("by")?;
        let mut creators = Vec::new();
        loop {
            let (creator, at) = self.role()?;
            creators.push(creator);
            self.places.creators.push(at);
            self.bounded(creators.len())?;
            if !self.sign(',') {
                break;
            }
        }
        Ok(if only { ReachPhrase::Future(creators) } else { ReachPhrase::Both(creators) })
    }

    fn delegable(&mut self) -> Parsed<bool> {
        let start = self.here().start;
        if !self.eat_word("with") {
            return Ok(false);
        }
        self.expect_word("grant")?;
        self.expect_word("option")?;
        self.places.delegable = start..self.before();
        Ok(true)
    }

    fn granted_by(&mut self) -> Parsed<Option<RoleName>> {
        if !self.eat_word("granted") {
            return Ok(None);
        }
        self.expect_word("by")?;
        let (role, at) = self.role()?;
        self.places.granted_by = at;
        Ok(Some(role))
    }

    fn role(&mut self) -> Parsed<(RoleName, Range<usize>)> {
        let (piece, at) = self.piece(|| "a role".to_owned())?;
        let Some(text) = piece.exact() else {
            return Err(error("RW130", "a role is named without wildcards", at, "name each role"));
        };
        self.note_folding(piece, &at);
        let role =
            RoleName::new(text).map_err(|problem| error("RW130", &problem.to_string(), at.clone(), ""))?;
        Ok((role, at))
    }

    fn piece(&mut self, what: impl Fn() -> String) -> Parsed<(&'p Piece<'p>, Range<usize>)> {
        match self.tokens.get(self.at) {
            Some(Token { is: Is::Name(piece), at }) => {
                self.at += 1;
                Ok((piece, at.clone()))
            }
            _ => Err(self.expected(&what())),
        }
    }

    fn note_folding(&mut self, piece: &Piece<'_>, at: &Range<usize>) {
        if piece.folded {
            let read = match &piece.text {
                PieceText::Exact(text) => text.clone().into_owned(),
                PieceText::Like(texts) => texts.join("*"),
            };
            self.places.folded.push((at.clone(), read));
        }
    }

    fn name(&mut self, text: &str, at: &Range<usize>) -> Parsed<Name> {
        self.known.name(text).map_err(|problem| error("RW130", &problem.to_string(), at.clone(), ""))
    }

    fn segment(&mut self, piece: &Piece<'_>, at: &Range<usize>) -> Parsed<Segment> {
        match &piece.text {
            PieceText::Exact(text) => Ok(Segment::Exactly(self.name(text, at)?)),
            PieceText::Like(texts) => Ok(Segment::Like(texts.clone())),
        }
    }

    fn word(&self) -> Option<&'p str> {
        self.word_ahead(0)
    }

    fn word_ahead(&self, ahead: usize) -> Option<&'p str> {
        match &self.tokens.get(self.at + ahead)?.is {
            Is::Name(piece) if piece.bare => piece.exact(),
            _ => None,
        }
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let there = self.word() == Some(word);
        self.at += usize::from(there);
        there
    }

    fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.eat_word(word) { Ok(()) } else { Err(self.expected(&format!("`{word}`"))) }
    }

    fn sign(&mut self, sign: char) -> bool {
        let there =
            matches!(self.tokens.get(self.at), Some(Token { is: Is::Sign(found), .. }) if *found == sign);
        self.at += usize::from(there);
        there
    }

    fn expect_sign(&mut self, sign: char) -> Parsed<()> {
        if self.sign(sign) { Ok(()) } else { Err(self.expected(&format!("`{sign}`"))) }
    }

    fn here(&self) -> Range<usize> {
        self.tokens.get(self.at).map_or(self.end..self.end, |token| token.at.clone())
    }

    fn before(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.at.end)
    }

    fn expected(&self, what: &str) -> PhraseError {
        let message = if self.at < self.tokens.len() {
            format!("expected {what} here")
        } else {
            format!("the phrase ends where {what} was expected")
        };
        PhraseError { code: "RW130", message, at: self.here(), help: String::new() }
    }

    fn end(&self, tail: &str) -> Parsed<()> {
        if self.at >= self.tokens.len() {
            return Ok(());
        }
        let words = ["except", "future", "only", "with", "granted"];
        let help = self.word().and_then(|word| did_you_mean(word, words)).unwrap_or_default();
        let message = format!("the phrase cannot go on like this{tail}");
        Err(PhraseError { code: "RW130", message, at: self.here(), help })
    }

    fn bounded(&self, count: usize) -> Parsed<()> {
        if count <= MOST_NAMES {
            return Ok(());
        }
        let message = format!("a phrase has at most {MOST_NAMES} names");
        Err(PhraseError {
            code: "RW108",
            message,
            at: self.here(),
            help: "use a wildcard, or split it".into(),
        })
    }
}

fn error(code: &'static str, message: &str, at: Range<usize>, help: &str) -> PhraseError {
    PhraseError { code, message: message.to_owned(), at, help: help.to_owned() }
}

fn joined<'w>(words: &[&'w str]) -> Cow<'w, str> {
    match words {
        [only] => Cow::Borrowed(only),
        several => Cow::Owned(several.join(" ")),
    }
}

/// How many words the text is, if these words begin with it; 0 if they do not.
fn words_begin(words: &[&str], text: &str) -> usize {
    let mut count = 0;
    for word in text.split(' ') {
        if words.get(count) != Some(&word) {
            return 0;
        }
        count += 1;
    }
    count
}

/// What the grammar allows and the kind of object does not.
fn fits(phrase: &Phrase, kind: &KindWord, places: &Places) -> Parsed<()> {
    let place = |list: &[Range<usize>], at: usize| list.get(at).cloned().unwrap_or_default();
    for (at, privilege) in phrase.privileges.iter().enumerate() {
        let on_columns = !privilege.columns.is_empty();
        let known = if on_columns { &kind.column_operations } else { &kind.operations };
        if (privilege.operation.as_str() == "all" && !known.is_empty())
            || known.contains(&privilege.operation)
        {
            continue;
        }
        let words = known.iter().map(Operation::as_str).collect::<Vec<_>>().join(", ");
        let what =
            if on_columns { format!("columns of a {}", kind.word) } else { format!("a {}", kind.word) };
        if known.is_empty() {
            let message = format!("nothing can be granted on {what}");
            let help = if on_columns { "leave the columns out" } else { "it has an owner only: see `owns:`" };
            return Err(error("RW134", &message, place(&places.privileges, at), help));
        }
        let message = format!("`{}` cannot be granted on {what}", privilege.operation);
        let has = if on_columns { "they have" } else { "it has" };
        let help = format!("{has} {words}, or `all`");
        return Err(PhraseError { code: "RW132", message, at: place(&places.privileges, at), help });
    }
    if matches!(phrase.reach, ReachPhrase::Existing) {
        return Ok(());
    }
    let at = places.creators.first().cloned().unwrap_or_default();
    if !kind.future {
        let message = format!("privileges on a {} cannot be given before it exists", kind.word);
        return Err(error("RW134", &message, at, "leave `future by` out, and grant again when it exists"));
    }
    if let Some(which) = phrase.privileges.iter().position(|privilege| !privilege.columns.is_empty()) {
        let place = place(&places.privileges, which);
        return Err(error(
            "RW134",
            "columns of what does not exist yet cannot be granted",
            place,
            "make two phrases of it",
        ));
    }
    let named =
        |pattern: &Pattern| !pattern.path.last().is_some_and(Segment::is_any) || pattern.arguments.is_some();
    if let Some(which) = phrase.objects.names.iter().position(named) {
        let message = "what does not exist yet has no name: only whole containers have a future";
        return Err(error(
            "RW134",
            message,
            place(&places.names, which),
            "end the name in `.*`, or make two phrases of it",
        ));
    }
    Ok(())
}
