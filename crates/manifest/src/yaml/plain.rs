//! The short way through a file: a tree straight from the parser's events, for a third of what the long way
//! costs. Files with anchors, aliases or tags, with keys that are no texts, beyond a limit or with an error in
//! them go the long way, which knows what they mean and says what is wrong.

use super::{MAX_BYTES, MAX_DEPTH, MAX_NODES, Node, Reader, Value};
use crate::source::narrow;
use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle, Span as Stretch, StrInput};
use std::borrow::Cow;

/// The tree of a file; `None` if the file has to go the long way.
pub(super) fn read(text: &str, file: u32) -> Option<Node<'_>> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    let parser = Parser::new_from_str_with_options(text, options);
    let mut tree = Tree { parser, reader: Reader { text, file }, nodes: 0, bytes: 0, depth: 0 };
    tree.expect(&Event::StreamStart)?;
    let (Event::DocumentStart(..), _) = tree.next()? else { return None };
    let root = tree.next()?;
    let root = tree.node(root)?;
    tree.expect(&Event::DocumentEnd)?;
    tree.expect(&Event::StreamEnd)?;
    Some(root)
}

struct Tree<'s> {
    parser: Parser<'s, StrInput<'s>>,
    reader: Reader<'s>,
    nodes: usize,
    bytes: usize,
    depth: usize,
}

impl<'s> Tree<'s> {
    fn next(&mut self) -> Option<(Event<'s>, Stretch)> {
        self.parser.next_event()?.ok()
    }

    fn expect(&mut self, event: &Event<'_>) -> Option<()> {
        (self.next()?.0 == *event).then_some(())
    }

    fn node(&mut self, (event, at): (Event<'s>, Stretch)) -> Option<Node<'s>> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return None;
        }
        match event {
            Event::Scalar(text, style, 0, None) => self.scalar(text, style, &at),
            Event::SequenceStart(_, 0, None) => self.inside(&at, Self::list),
            Event::MappingStart(_, 0, None) => self.inside(&at, Self::map),
            _ => None,
        }
    }

    fn scalar(&mut self, text: Cow<'s, str>, style: ScalarStyle, at: &Stretch) -> Option<Node<'s>> {
        self.bytes += text.len();
        if self.bytes > MAX_BYTES {
            return None;
        }
        let span = self.reader.span(at.start.byte_offset()?, at.end.byte_offset()?);
        let plain = style == ScalarStyle::Plain;
        if plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL") {
            return Some(Node { span, value: Value::Null });
        }
        let written = self.reader.written(span);
        let verbatim = if written == text { Some(0) } else { written.find(&*text) };
        let verbatim = verbatim.map(|at| span.start + narrow(at));
        Some(Node { span, value: Value::Scalar { text, verbatim } })
    }

    fn inside(&mut self, at: &Stretch, read: fn(&mut Self) -> Option<Value<'s>>) -> Option<Node<'s>> {
        let span = self.reader.span(at.start.byte_offset()?, at.end.byte_offset()?);
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let value = read(self)?;
        self.depth -= 1;
        Some(Node { span, value })
    }

    fn list(&mut self) -> Option<Value<'s>> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Some(Value::List(items)),
                item => items.push(self.node(item)?),
            }
        }
    }

    fn map(&mut self) -> Option<Value<'s>> {
        let mut entries = Vec::new();
        loop {
            let key = match self.next()? {
                (Event::MappingEnd, _) => return Some(Value::Map(entries)),
                key => self.node(key)?,
            };
            key.text()?;
            let value = self.next()?;
            entries.push((key, self.node(value)?));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Source, long_way};
    use super::*;

    fn both(text: &str) -> (Option<Node<'_>>, Option<String>) {
        let source = Source { name: "rolewright.yaml".into(), text: text.into() };
        let long = long_way(&source, 3).ok().map(|node| format!("{node:?}"));
        (read(text, 3), long)
    }

    #[test]
    fn both_ways_read_the_same_tree() {
        let texts = [
            "a: 1\n",
            "# before\n---\na: [x, 'y z', \"q\\u00e9\\n\", ~, null, NULL, '']\nb:\n  c: {d: e, f: }\n...\n",
            "\u{feff}größe: 'it''s'\nb: >\n  folded\n  text\n\nc: |-\n  as\n  it is\nd: two\n  lines\n",
            "- true\n- 0x1f\n- 1_000\n- .nan\n- -1e999\n- 2027-01-31\n- +.inf\n- 007\n- '7'\n",
            "? a\n: b\n<<: c\n<<: d\n\"k\" : v # after\nempty:\n",
            "%YAML 1.2\n---\n- - - x\n  -\n- {}\n- []\n",
            "a: b\r\nc:\r\n  - d \r\n",
            "just a text",
        ];
        for text in texts {
            let (short, long) = both(text);
            assert_eq!(short.map(|node| format!("{node:?}")), long, "{text}");
        }
    }

    #[test]
    fn what_needs_the_long_way_takes_it() {
        let deep = "[".repeat(MAX_DEPTH + 1) + &"]".repeat(MAX_DEPTH + 1);
        let texts =
            ["a: &x b\n", "a: !!str 1\n", "[a]: b\n", "~: b\n", "a: b\n---\nc: d\n", "a: [b\n", &deep, ""];
        for text in texts {
            assert!(read(text, 0).is_none(), "{text}");
        }
    }
}
