//! YAML in, a tree with places out. The only module that knows the YAML library: everything above walks
//! [`Node`]s, so that one bad value does not hide the next.

mod plain;
mod words;

use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span, narrow};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::{AliasLimits, DuplicateKeyPolicy, MergeKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Budget, Location, Options, Spanned};
use std::borrow::Cow;
use std::fmt;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

/// The deepest that mappings and lists may nest; the language itself needs eight.
const MAX_DEPTH: usize = 24;
/// The most values in one file: ten models of 100,000 grants.
const MAX_NODES: usize = 4_000_000;
/// The longest file.
const MAX_BYTES: usize = 256 * 1024 * 1024;
/// The most values that aliases may stand for: they are for short lists, not for models.
const MAX_ALIASED: usize = 100_000;

/// More than this, and the files are read on several threads.
const LARGE: usize = 256 * 1024;
/// On how many.
const LANES: usize = 2;

/// A value with its place.
#[derive(Debug, Clone)]
pub(crate) struct Node<'s> {
    pub(crate) span: Span,
    pub(crate) value: Value<'s>,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(crate) enum Value<'s> {
    /// Nothing was written.
    Null,
    /// A text, number, date or truth value, as it was written; what it means depends on where it stands.
    Scalar {
        text: Cow<'s, str>,
        /// The byte where the text starts, if it stands in the file letter for letter.
        verbatim: Option<u32>,
    },
    List(Vec<Node<'s>>),
    Map(Vec<(Node<'s>, Node<'s>)>),
}

impl<'s> Node<'s> {
    /// The text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The value of a key, the first where it is said twice.
    pub(crate) fn get(&self, key: &str) -> Option<&Node<'s>> {
        self.entries().iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    /// The entries of a mapping; none of anything else.
    pub(crate) fn entries(&self) -> &[(Node<'s>, Node<'s>)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list, or the one value that stands for a list of one.
    pub(crate) fn items(&self) -> &[Node<'s>] {
        match &self.value {
            Value::List(items) => items,
            Value::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }
}

/// Reads every file and hands over one after the other, in order. The files of a large model are read on several
/// threads, a few ahead of whoever takes them, so that never all of their trees are there at once.
pub(crate) fn read_all<'s>(sources: &'s [Source], mut take: impl FnMut(Reading<'s>)) {
    let large = sources.iter().map(|source| source.text.len()).sum::<usize>() > LARGE;
    if !large || sources.len() == 1 {
        return (0..).zip(sources).for_each(|(file, source)| take(read(source, file)));
    }
    thread::scope(|scope| {
        let lanes: Vec<Receiver<Reading<'s>>> = (0..LANES)
            .map(|lane| {
                let (send, receive) = sync_channel(1);
                let files = (0..).zip(sources).skip(lane).step_by(LANES);
                scope.spawn(move || {
                    // Whoever takes them takes all of them; if that ended, nothing is left to be done.
                    let _ =
                        files.map(|(file, source)| read(source, file)).try_for_each(|read| send.send(read));
                });
                receive
            })
            .collect();
        // A lane that broke off panicked, and the scope passes that on.
        sources.iter().zip(lanes.iter().cycle()).filter_map(|(_, lane)| lane.recv().ok()).for_each(&mut take);
    });
}

/// What came of one file.
type Reading<'s> = Result<Node<'s>, Box<Diagnostic>>;

/// Reads one file. An empty file is an empty mapping.
pub(crate) fn read(source: &Source, file: u32) -> Result<Node<'_>, Box<Diagnostic>> {
    if source.text.len() > MAX_BYTES {
        let message = format!("{} is longer than {} MiB", source.name, MAX_BYTES / 1024 / 1024);
        return Err(Box::new(Diagnostic::error("RW108", message).help("split the model into several files")));
    }
    match plain::read(&source.text, file) {
        Some(node) => Ok(node),
        None => long_way(source, file),
    }
}

/// Through the library's whole machinery: aliases, tags, limits and errors.
fn long_way(source: &Source, file: u32) -> Result<Node<'_>, Box<Diagnostic>> {
    let empty = Raw { value: RawValue::Map(Vec::new()), place: Location::UNKNOWN };
    let blank = |line: &str| line.trim_start().is_empty() || line.trim_start().starts_with('#');
    let raw = if source.text.lines().all(blank) {
        empty
    } else {
        serde_saphyr::from_str_with_options::<Raw>(&source.text, options())
            .map_err(|error| Box::new(syntax(&error, source, file)))?
    };
    Ok(Reader { text: &source.text, file }.node(raw))
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: Some(limits()),
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::AsOrdinary,
        // What looks like a number beyond all numbers is a text like any other, as it is written.
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        alias_limits: alias_limits(),
        emit_comments: false,
        with_snippet: false,
    }
}

fn limits() -> Budget {
    let mut budget = Budget::default();
    budget.max_reader_input_bytes = Some(MAX_BYTES);
    budget.max_events = MAX_NODES * 2;
    budget.max_nodes = MAX_NODES;
    budget.max_total_scalar_bytes = MAX_BYTES;
    budget.max_depth = MAX_DEPTH;
    budget.flow_nesting_limit = MAX_DEPTH;
    budget.max_documents = 1;
    budget
}

fn alias_limits() -> AliasLimits {
    let mut limits = AliasLimits::default();
    limits.max_total_replayed_events = MAX_ALIASED;
    limits
}

fn syntax(error: &serde_saphyr::Error, source: &Source, file: u32) -> Diagnostic {
    let diagnostic = words::diagnostic(&error.without_snippet().to_string());
    let Some(location) = error.location() else { return diagnostic };
    let start = byte_of(&source.text, location.line(), location.column());
    let end = source.text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    diagnostic.at(Span { file, start: narrow(start), end: narrow(start + end) }, "")
}

fn byte_of(text: &str, line: u64, column: u64) -> usize {
    let nth = |number: u64| usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
    let start = match nth(line) {
        0 => 0,
        before => text.match_indices('\n').nth(before - 1).map_or(text.len(), |(at, _)| at + 1),
    };
    let rest = text.get(start..).unwrap_or_default();
    start + rest.char_indices().nth(nth(column)).map_or(rest.len(), |(at, _)| at)
}

/// A value as the library hands it over.
struct Raw {
    value: RawValue,
    place: Location,
}

enum RawValue {
    Null,
    Text(String),
    Typed,
    List(Vec<Raw>),
    Map(Vec<(Raw, Raw)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<RawValue>::deserialize(deserializer)?;
        Ok(Raw { value: spanned.value, place: spanned.defined })
    }
}

impl<'de> Deserialize<'de> for RawValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = RawValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<RawValue, E> {
        Ok(RawValue::Typed)
    }

    fn visit_i64<E>(self, _: i64) -> Result<RawValue, E> {
        Ok(RawValue::Typed)
    }

    fn visit_u64<E>(self, _: u64) -> Result<RawValue, E> {
        Ok(RawValue::Typed)
    }

    fn visit_i128<E>(self, _: i128) -> Result<RawValue, E> {
        Ok(RawValue::Typed)
    }

    fn visit_u128<E>(self, _: u128) -> Result<RawValue, E> {
        Ok(RawValue::Typed)
    }

    fn visit_f64<E>(self, _: f64) -> Result<RawValue, E> {
        Ok(RawValue::Typed)
    }

    fn visit_str<E>(self, text: &str) -> Result<RawValue, E> {
        Ok(RawValue::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<RawValue, E> {
        Ok(RawValue::Text(text))
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<RawValue, E> {
        Ok(RawValue::Text(String::from_utf8_lossy(bytes).into_owned()))
    }

    fn visit_unit<E>(self) -> Result<RawValue, E> {
        Ok(RawValue::Null)
    }

    fn visit_none<E>(self) -> Result<RawValue, E> {
        Ok(RawValue::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<RawValue, D::Error> {
        RawValue::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<RawValue, D::Error> {
        RawValue::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<RawValue, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(RawValue::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<RawValue, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(RawValue::Map(entries))
    }
}

struct Reader<'a> {
    text: &'a str,
    file: u32,
}

impl<'s> Reader<'s> {
    fn node(&self, raw: Raw) -> Node<'s> {
        let span = self.place(&raw.place);
        let written = self.written(span);
        match raw.value {
            RawValue::Null => Node { span, value: Value::Null },
            RawValue::Typed => {
                let text = written.trim_matches(['"', '\'']).into();
                Node { span, value: Value::Scalar { text, verbatim: Some(span.start) } }
            }
            RawValue::Text(text) => {
                let verbatim = written.find(text.as_str()).map(|at| span.start + narrow(at));
                Node { span, value: Value::Scalar { text: text.into(), verbatim } }
            }
            RawValue::List(items) => {
                Node { span, value: Value::List(items.into_iter().map(|item| self.node(item)).collect()) }
            }
            RawValue::Map(entries) => {
                let both = |(key, value)| (self.node(key), self.node(value));
                Node { span, value: Value::Map(entries.into_iter().map(both).collect()) }
            }
        }
    }

    fn place(&self, place: &Location) -> Span {
        let span = place.span();
        // The library counts in u32 or in u64, as its features say.
        let byte =
            |offset: Option<_>| offset.map_or(0, |offset| usize::try_from(offset).unwrap_or(usize::MAX));
        let start = byte(span.byte_offset());
        self.span(start, start.saturating_add(byte(span.byte_len())))
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let (start, end) = (start.min(self.text.len()), end.min(self.text.len()));
        let trimmed = self.text.get(start..end).unwrap_or_default().trim_end().len();
        Span { file: self.file, start: narrow(start), end: narrow(start + trimmed) }
    }

    fn written(&self, span: Span) -> &'s str {
        let at = |byte: u32| usize::try_from(byte).unwrap_or(usize::MAX);
        self.text.get(at(span.start)..at(span.end)).unwrap_or_default()
    }
}
