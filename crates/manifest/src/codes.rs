//! The manual page of every code, written once as Markdown.

macro_rules! pages {
    ($($code:literal),+ $(,)?) => {
        &[$(($code, include_str!(concat!("../codes/", $code, ".md")))),+]
    };
}

/// Every code of this crate with its manual page, in order.
pub const PAGES: &[(&str, &str)] = pages![
    "RW101", "RW102", "RW103", "RW104", "RW105", "RW106", "RW107", "RW108", "RW110", "RW111", "RW112",
    "RW113", "RW114", "RW115", "RW120", "RW121", "RW122", "RW123", "RW124", "RW130", "RW131", "RW132",
    "RW133", "RW134", "RW135", "RW136", "RW137", "RW140", "RW141", "RW142", "RW143", "RW144", "RW145",
    "RW146", "RW147", "RW148", "RW149", "RW150", "RW151", "RW152", "RW153", "RW160", "RW161", "RW162",
    "RW163", "RW164", "RW165", "RW166", "RW170", "RW171", "RW172",
];

/// The manual page of a code: what it means, a model that shows it, how to mend it.
///
/// The page is Markdown: `# CODE Title`, then `## What`, `## Example` and `## Mending`.
#[must_use]
pub fn explain(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)).map(|(_, page)| *page)
}
