//! Sources and places in them.

/// One file of the model as the caller read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file as the user knows it; diagnostics say it.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// A stretch of one source, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Which of the sources, from 0.
    pub file: u32,
    /// Its first byte.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
}

impl Span {
    /// A part of this stretch, given in bytes from its start; never beyond its end.
    #[must_use]
    pub fn part(self, start: usize, end: usize) -> Self {
        let at = |offset: usize| self.start.saturating_add(narrow(offset)).min(self.end);
        Self { file: self.file, start: at(start), end: at(end).max(at(start)) }
    }
}

/// A value and the place where the model says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Said<T> {
    /// Puts a value and its place together.
    #[must_use]
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// Bytes as spans count them: a source is never longer than 4 GiB.
#[must_use]
pub(crate) fn narrow(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// Where each line of each source starts, to tell lines from bytes without the text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines {
    files: Vec<(String, Vec<u32>)>,
}

impl Lines {
    pub(crate) fn of(sources: &[Source]) -> Self {
        let starts = |text: &str| {
            let after = text.match_indices('\n').map(|(at, _)| narrow(at + 1));
            std::iter::once(0).chain(after).collect()
        };
        Self { files: sources.iter().map(|source| (source.name.clone(), starts(&source.text))).collect() }
    }

    /// The file's name and the line, from 1.
    pub(crate) fn locate(&self, span: Span) -> (&str, u32) {
        match usize::try_from(span.file).ok().and_then(|file| self.files.get(file)) {
            Some((name, starts)) => (name, narrow(starts.partition_point(|start| *start <= span.start))),
            None => ("", 0),
        }
    }
}
