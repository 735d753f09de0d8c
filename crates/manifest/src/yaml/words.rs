//! What the YAML library says, in words for the person who wrote the file: what is wrong, and what to do.

use super::{MAX_ALIASED, MAX_DEPTH, MAX_NODES};
use crate::diagnostic::Diagnostic;
use crate::redact::Redacted;

/// What the library says, what it means, what to do. The first that fits counts.
const SYNTAX: &[(&str, &str, &str)] = &[
    ("found a tab", "a tab stands where only spaces can", "indent with spaces"),
    ("tabs disallowed", "a tab stands where only spaces can", "indent with spaces"),
    ("unclosed bracket", "this bracket is never closed", "every `{` and every `[` needs its `}` or `]`"),
    ("unclosed quote", "this quote is never closed", "a quote inside of single quotes is written twice"),
    (
        "mapping values are not allowed",
        "a colon stands where none can",
        "put text with a colon into quotes; if this is a key, check how far it and the lines before it are indented",
    ),
    (
        "unknown anchor",
        "no anchor before it has this name",
        "write `&name` where it begins; text that begins with a star needs quotes",
    ),
    ("recursive references", "an alias stands inside of what it names", "take it out"),
];

/// The diagnostic, without its place.
pub(super) fn diagnostic(text: &str) -> Diagnostic {
    let lower = text.to_lowercase();
    let has = |word: &str| lower.contains(word);
    if let Some((what, help)) = bounded(&has) {
        return Diagnostic::error("RW108", format!("the file goes beyond what is read: {what}")).help(help);
    }
    match SYNTAX.iter().find(|(said, ..)| lower.contains(said)) {
        Some((_, what, help)) => Diagnostic::error("RW101", format!("this is not YAML: {what}")).help(*help),
        None => Diagnostic::error("RW101", format!("this is not YAML: {}", first_line(text)))
            .help("text with a colon, a hash or a leading bracket, star or ampersand needs quotes"),
    }
}

fn bounded(has: &dyn Fn(&str) -> bool) -> Option<(String, &'static str)> {
    if !["budget", "limit", "exceed", "depth", "nesting"].into_iter().any(has) {
        return None;
    }
    Some(if has("documents") {
        ("a second document begins".to_owned(), "take `---` out, or make it a file of its own")
    } else if has("alias") || has("replay") || has("anchor") {
        (format!("aliases stand for more than {MAX_ALIASED} values"), "repeat with fewer aliases")
    } else if has("depth") || has("recursion") || has("nesting") {
        (format!("it nests deeper than {MAX_DEPTH}"), "nest less")
    } else {
        (format!("it has more than {MAX_NODES} values"), "split the model into several files")
    })
}

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    // Where it is, the diagnostic shows; what stands there may be a URL.
    let line = line.rsplit_once(" at line ").map_or(line, |(what, _)| what);
    Redacted::of(line).text.chars().take(300).collect()
}
