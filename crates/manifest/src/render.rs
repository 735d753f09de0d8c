//! Diagnostics as people read them.

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::redact::Redacted;
use crate::source::Source;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::fmt::Write as _;
use std::ops::Range;

/// Renders diagnostics with the lines of the sources that they point to. Passwords in URLs are masked.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &[Source], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let redacted: Vec<Redacted> = sources.iter().map(|source| Redacted::of(&source.text)).collect();
    let starts: Vec<Vec<usize>> = redacted.iter().map(|shown| line_starts(&shown.text)).collect();
    let pages = Pages { sources, redacted: &redacted, starts: &starts };
    let mut out = String::new();
    for diagnostic in diagnostics {
        let group = pages.group(diagnostic);
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}\n", renderer.render(&[group]));
    }
    out
}

struct Pages<'a> {
    sources: &'a [Source],
    redacted: &'a [Redacted],
    starts: &'a [Vec<usize>],
}

impl<'a> Pages<'a> {
    fn group(&self, diagnostic: &'a Diagnostic) -> Group<'a> {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = Group::with_title(
            level.primary_title(Redacted::of(&diagnostic.message).text).id(diagnostic.code),
        );
        let mut left: Vec<(usize, &Label)> = diagnostic.labels.iter().enumerate().collect();
        while let Some((_, first)) = left.first() {
            let file = first.span.file;
            let (here, elsewhere) = left.into_iter().partition(|(_, label)| label.span.file == file);
            left = elsewhere;
            group = self.snippets(group, file, here);
        }
        if diagnostic.help.is_empty() {
            group
        } else {
            group.element(Level::HELP.message(Redacted::of(&diagnostic.help).text))
        }
    }

    /// Only the lines that matter are handed to the renderer: it would walk the whole file for each snippet.
    fn snippets(&self, group: Group<'a>, file: u32, labels: Vec<(usize, &'a Label)>) -> Group<'a> {
        let file = usize::try_from(file).unwrap_or(usize::MAX);
        let (Some(source), Some(shown), Some(starts)) =
            (self.sources.get(file), self.redacted.get(file), self.starts.get(file))
        else {
            return group;
        };
        let ranges: Vec<Range<usize>> = labels.iter().map(|(_, label)| range(shown, label)).collect();
        let near = |a: usize, b: usize| a.abs_diff(b) <= 20;
        let line = |range: &Range<usize>| starts.partition_point(|start| *start <= range.start).max(1);
        let first = ranges.first().map_or(1, line);
        if !ranges.iter().all(|range| near(line(range), first)) {
            return labels
                .into_iter()
                .fold(group, |group, label| self.snippets(group, label.1.span.file, vec![label]));
        }
        let top = ranges.iter().map(line).min().unwrap_or(1);
        let bottom = ranges.iter().map(|range| starts.partition_point(|start| *start < range.end)).max();
        let from = starts.get(top - 1).copied().unwrap_or(0);
        let to = bottom.and_then(|bottom| starts.get(bottom.max(top))).copied().unwrap_or(shown.text.len());
        let text = shown.text.get(from..to).unwrap_or_default();
        let annotations = labels.iter().zip(&ranges).map(|((at, label), range)| {
            let kind = if *at == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let end = range.end.min(to) - from;
            kind.span((range.start - from).min(end)..end).label(&*label.text)
        });
        group.element(Snippet::source(text).line_start(top).path(&*source.name).annotations(annotations))
    }
}

fn range(shown: &Redacted, label: &Label) -> Range<usize> {
    let byte = |at: u32| shown.place(usize::try_from(at).unwrap_or(usize::MAX)).min(shown.text.len());
    let (mut start, mut end) = (byte(label.span.start), byte(label.span.end));
    while start > 0 && !shown.text.is_char_boundary(start) {
        start -= 1;
    }
    while end < shown.text.len() && !shown.text.is_char_boundary(end) {
        end += 1;
    }
    start..end.max(start)
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}
