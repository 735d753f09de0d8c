//! YAML in the style of one line: lists in brackets, mappings in braces, broken after commas where a line ends.

/// A value.
#[derive(Debug, Clone)]
pub(super) enum Flow {
    Text(String),
    List(Vec<Flow>),
    Map(Vec<(String, Flow)>),
}

impl Flow {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Flow::Text(text.into())
    }

    /// The value in one line.
    pub(super) fn line(&self) -> String {
        self.pieces().join(" ")
    }

    /// The value in lines: the first goes on after `start`, the others are indented.
    pub(super) fn lines(&self, start: &str, indent: usize, width: usize) -> Vec<String> {
        fill(start, self.pieces(), indent, width)
    }

    /// What is between two places at which a line may end.
    pub(super) fn pieces(&self) -> Vec<String> {
        match self {
            Flow::Text(text) => vec![in_flow(text)],
            Flow::List(items) => inside("[", items.iter().map(Flow::pieces).collect(), "]"),
            Flow::Map(entries) => {
                let entry = |(key, value): &(String, Flow)| {
                    let mut pieces = value.pieces();
                    if let Some(first) = pieces.first_mut() {
                        first.insert_str(0, &format!("{}: ", in_flow(key)));
                    }
                    pieces
                };
                inside("{ ", entries.iter().map(entry).collect(), " }")
            }
        }
    }
}

fn inside(open: &str, items: Vec<Vec<String>>, close: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let count = items.len();
    for (at, mut item) in items.into_iter().enumerate() {
        if let (Some(last), true) = (item.last_mut(), at + 1 < count) {
            last.push(',');
        }
        pieces.append(&mut item);
    }
    match pieces.first_mut() {
        Some(first) => first.insert_str(0, open),
        None => return vec![format!("{}{}", open.trim_end(), close.trim_start())],
    }
    if let Some(last) = pieces.last_mut() {
        last.push_str(close);
    }
    pieces
}

/// Pieces one after the other, a new line where the next does not fit.
pub(super) fn fill(
    start: &str,
    pieces: impl IntoIterator<Item = String>,
    indent: usize,
    width: usize,
) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = start.to_owned();
    let mut empty = true;
    for piece in pieces {
        if !empty && line.chars().count() + 1 + piece.chars().count() > width {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
        }
        if !line.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
        line.push_str(&piece);
        empty = false;
    }
    lines.push(line);
    lines
}

/// A text inside brackets or braces, or a key.
pub(super) fn in_flow(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '@' | '/' | '$' | '+') || c == '-';
    let first = |c: char| c.is_alphanumeric() || c == '_';
    if text.starts_with(first) && text.chars().all(plain) && !is_null(text) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A text that has the rest of a line for itself.
pub(super) fn in_block(text: &str) -> String {
    let first = |c: char| c.is_alphanumeric() || c == '_';
    let odd = text.chars().any(not_printed)
        || [": ", " #"].iter().any(|odd| text.contains(odd))
        || text.ends_with(|c: char| c == ':' || c.is_whitespace());
    if text.starts_with(first) && !odd && !is_null(text) { text.to_owned() } else { quoted(text) }
}

/// What a comment says, in one line.
pub(super) fn in_comment(text: &str) -> String {
    text.chars().map(|c| if not_printed(c) { ' ' } else { c }).collect()
}

fn is_null(text: &str) -> bool {
    text.is_empty() || text.eq_ignore_ascii_case("null")
}

fn quoted(text: &str) -> String {
    if !text.chars().any(not_printed) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if not_printed(c) => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Letters that YAML, or whoever reads it, does not take as they are.
fn not_printed(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        )
        || matches!(c, '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::yaml;

    /// Whatever the text is, YAML gives it back, wherever it stands.
    #[test]
    fn every_text_is_read_as_it_was_written() {
        let texts = [
            "plain",
            "a b",
            "a: b",
            "a #b",
            "a:",
            "- a",
            "it's",
            "\"q\"",
            "{x}",
            "[x]",
            "null",
            "NULL",
            "~",
            "",
            " a ",
            "<<",
            "=",
            "&a",
            "*a",
            "!a",
            "%a",
            "@a",
            "`a",
            "a\nb",
            "a\tb\u{7f}",
            "ä: ö",
            "12",
            "true",
            "1e3",
            "a,b",
            "?",
            "|",
            ">",
            "\u{feff}x",
            "\u{202e}x",
            "\u{85}",
            "a\\nb",
            "-",
            "--- a",
            "...",
        ];
        for text in texts {
            let flow =
                Flow::Map(vec![(text.to_owned(), Flow::List(vec![Flow::text(text), Flow::text("x")]))]);
            let yaml = if text.is_empty() { "{ a: 1 }".to_owned() } else { flow.line() };
            let whole = format!("k: {yaml}\nb: {}\nc:\n  - {}\n", in_block(text), in_block(text));
            let source = Source { name: "a.yaml".into(), text: whole.clone() };
            let node = yaml::read(&source, 0).unwrap_or_else(|error| panic!("{whole}: {error:?}"));
            assert_eq!(node.get("b").unwrap().text(), Some(text), "{whole}");
            assert_eq!(node.get("c").unwrap().items()[0].text(), Some(text), "{whole}");
            if !text.is_empty() {
                let (key, value) = &node.get("k").unwrap().entries()[0];
                assert_eq!((key.text(), value.items()[0].text()), (Some(text), Some(text)), "{whole}");
            }
        }
    }

    #[test]
    fn lines_end_after_commas() {
        let flow = Flow::Map(vec![
            ("inherits".into(), Flow::List(vec![Flow::text("a"), Flow::text("b")])),
            ("grants".into(), Flow::List(vec![Flow::text("usage on schema a, b"), Flow::text("x")])),
        ]);
        assert_eq!(flow.line(), "{ inherits: [a, b], grants: ['usage on schema a, b', x] }");
        assert_eq!(
            flow.lines("  r: ", 4, 30),
            ["  r: { inherits: [a, b],", "    grants: ['usage on schema a, b',", "    x] }"]
        );
        assert_eq!(Flow::List(vec![]).line(), "[]");
        assert_eq!(Flow::Map(vec![]).line(), "{}");
    }
}
