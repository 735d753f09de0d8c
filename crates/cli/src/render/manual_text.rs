//! A manual page for the terminal. Pages are written in a small part of Markdown: headings, paragraphs, lists, tables
//! and fenced code.

use super::wrap::wrapped;
use crate::terminal::Paint;

/// The page as a person reads it.
pub(crate) fn manual_text(page: &str, paint: Paint) -> String {
    let mut text = String::new();
    let mut lines = page.lines().peekable();
    let mut code = false;
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            code = !code;
        } else if code {
            text.push_str(&format!("    {}\n", paint.code(line)).replace("    \n", "\n"));
        } else if let Some(title) = line.strip_prefix("# ").or_else(|| line.strip_prefix("## ")) {
            text.push_str(&format!("{}\n", paint.bold(title)));
        } else if line.starts_with('|') {
            let heads = lines.next_if(|next| next.starts_with("|---")).is_some();
            text.push_str(&if heads { String::new() } else { table_row(line) });
        } else if line.is_empty() {
            text.push('\n');
        } else {
            let mut paragraph = line.to_owned();
            while let Some(next) = lines.next_if(|next| continues(next)) {
                paragraph.push(' ');
                paragraph.push_str(next.trim_start());
            }
            text.push_str(&block(&paragraph));
        }
    }
    text
}

/// True if the line goes on with the paragraph before it.
fn continues(line: &str) -> bool {
    !line.is_empty() && !["#", "|", "```", "- "].iter().any(|begin| line.starts_with(begin))
}

fn block(paragraph: &str) -> String {
    match paragraph.strip_prefix("- ") {
        Some(item) => wrapped("  - ", "    ", item),
        None => wrapped("  ", "  ", paragraph),
    }
}

/// A row as a sentence: its first cell, then the others. The heading of a table is left out: the sentences before it
/// say what it shows.
fn table_row(line: &str) -> String {
    let mut cells = line.trim_matches('|').split('|').map(str::trim);
    let first = cells.next().unwrap_or_default();
    wrapped("  - ", "    ", &format!("{first}: {}", cells.collect::<Vec<_>>().join("; ")))
}
