//! Access control lists as the server prints them: `{reader=r/owner,=U/owner,"\"odd, name\"=a*/owner"}`.
//!
//! Parsed here instead of on the server because one text repeats on thousands of objects. The text is data from
//! a server: any text ends in a value or an error, in time linear to its length.

use crate::words::operation;
use foldhash::HashMap;
use model::{Held, Operation};
use std::borrow::Cow;

/// One item of a list: who holds what, and who gave it. The names stand in the text that was parsed, except where quotes
/// had to be taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<'t> {
    /// The role's name, or `None` for PUBLIC. A role that no longer exists is shown by its OID.
    pub grantee: Option<Cow<'t, str>>,
    /// The operations and whether each may be handed on.
    pub held: Held,
    /// The role that gave them.
    pub grantor: Cow<'t, str>,
}

impl Item<'_> {
    /// The same without the text.
    fn into_owned(self) -> Item<'static> {
        let Self { grantee, held, grantor } = self;
        let own = |name: Cow<'_, str>| Cow::Owned(name.into_owned());
        Item { grantee: grantee.map(own), held, grantor: own(grantor) }
    }
}

/// Why a text is not an access control list. Positions are in bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AclError {
    /// The text is not `{…}` with elements separated by commas.
    #[error("not an array of access control items at byte {0}")]
    Array(usize),
    /// A quoted part does not end.
    #[error("a quote opened at byte {0} is not closed")]
    Quote(usize),
    /// An item is not `grantee=letters/grantor`.
    #[error("not an access control item: {0:?}")]
    Item(String),
    /// A privilege letter that no supported version has.
    #[error("unknown privilege letter {0:?}")]
    Letter(char),
}

/// The letters in the order in which the server prints them.
const LETTERS: [(char, Operation); 15] = [
    ('a', operation::INSERT),
    ('r', operation::SELECT),
    ('w', operation::UPDATE),
    ('d', operation::DELETE),
    ('D', operation::TRUNCATE),
    ('x', operation::REFERENCES),
    ('t', operation::TRIGGER),
    ('X', operation::EXECUTE),
    ('U', operation::USAGE),
    ('C', operation::CREATE),
    ('T', operation::TEMPORARY),
    ('c', operation::CONNECT),
    ('s', operation::SET),
    ('A', operation::ALTER_SYSTEM),
    ('m', operation::MAINTAIN),
];

/// Parses the text of an `aclitem[]`.
///
/// # Errors
/// If the text is none.
pub fn parse(text: &str) -> Result<Vec<Item<'_>>, AclError> {
    Parser::default().parse(text)
}

/// Parses one text after another, and what is held alike once.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    known: HashMap<String, Held>,
}

impl Parser {
    /// Parses the text of an `aclitem[]`.
    pub(crate) fn parse<'t>(&mut self, text: &'t str) -> Result<Vec<Item<'t>>, AclError> {
        let item = |element| match element {
            Cow::Borrowed(text) => self.item(text),
            Cow::Owned(text) => self.item(&text).map(Item::into_owned),
        };
        elements(text)?.into_iter().map(item).collect()
    }

    fn item<'t>(&mut self, text: &'t str) -> Result<Item<'t>, AclError> {
        let broken = || AclError::Item(text.chars().take(200).collect());
        let (grantee, rest) = name(text).ok_or_else(broken)?;
        let (letters, rest) = rest.strip_prefix('=').and_then(|rest| cut(rest, b'/')).ok_or_else(broken)?;
        let (grantor, rest) = name(rest).ok_or_else(broken)?;
        if !rest.is_empty() || grantor.is_empty() {
            return Err(broken());
        }
        let grantee = Some(grantee).filter(|name| !name.is_empty());
        let held = match self.known.get(letters) {
            Some(held) => held.clone(),
            None => {
                let held = held(letters, broken)?;
                self.known.insert(letters.to_owned(), held.clone());
                held
            }
        };
        Ok(Item { grantee, held, grantor })
    }
}

/// Prints items as the server would, except for the quoting of names beyond ASCII, in which versions differ.
#[must_use]
pub fn print(items: &[Item<'_>]) -> String {
    let elements: Vec<String> = items.iter().map(|item| element(&print_item(item))).collect();
    format!("{{{}}}", elements.join(","))
}

/// The elements of a one-dimensional array in its text form, unescaped.
fn elements(text: &str) -> Result<Vec<Cow<'_, str>>, AclError> {
    let inner = text.strip_prefix('{').ok_or(AclError::Array(0))?;
    let inner = inner.strip_suffix('}').ok_or(AclError::Array(text.len()))?;
    // The brace is a byte too.
    let at = |rest: &str| text.len() - 1 - rest.len();
    let mut found = Vec::new();
    let mut rest = inner;
    while !(rest.is_empty() && found.is_empty()) {
        let (element, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let (element, after) = quoted_element(quoted).ok_or(AclError::Quote(at(rest)))?;
                (Cow::Owned(element), after)
            }
            None => bare_element(rest).ok_or(AclError::Array(at(rest)))?,
        };
        found.push(element);
        if after.is_empty() {
            break;
        }
        rest = after.strip_prefix(',').ok_or(AclError::Array(at(after)))?;
    }
    Ok(found)
}

/// The element behind its opening quote, and what follows the closing one.
fn quoted_element(text: &str) -> Option<(String, &str)> {
    let mut element = String::new();
    let mut letters = text.chars();
    loop {
        match letters.next()? {
            '"' => return Some((element, letters.as_str())),
            '\\' => element.push(letters.next()?),
            other => element.push(other),
        }
    }
}

/// An element without quotes, up to a comma or the end.
fn bare_element(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let ends = |byte: u8| matches!(byte, b',' | b'"' | b'\\' | b'{' | b'}');
    let end = text.bytes().position(ends).unwrap_or(text.len());
    let (element, rest) = text.split_at_checked(end)?;
    let ends = rest.is_empty() || rest.starts_with(',');
    (ends && !element.is_empty()).then_some((Cow::Borrowed(element), rest))
}

/// A name at the start of the text, and what follows: in double quotes, or up to `=` or the end.
fn name(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.bytes().position(|byte| byte == b'=').unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(end)?;
        return Some((Cow::Borrowed(name), rest)).filter(|_| !name.bytes().any(|byte| byte == b'"'));
    };
    let mut name = String::new();
    let mut rest = quoted;
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                rest = more;
            }
            None => return Some((Cow::Owned(name), after)),
        }
    }
}

/// What stands before the first such byte of a short text, and what after it.
fn cut(text: &str, at: u8) -> Option<(&str, &str)> {
    let (before, after) = text.split_at_checked(text.bytes().position(|byte| byte == at)?)?;
    Some((before, after.get(1..)?))
}

fn held(letters: &str, broken: impl Fn() -> AclError) -> Result<Held, AclError> {
    let mut held = Held::none();
    let mut rest = letters.chars().peekable();
    while let Some(letter) = rest.next() {
        if letter == '*' {
            return Err(broken());
        }
        let operation = operation_of(letter).ok_or(AclError::Letter(letter))?;
        held.insert(operation, rest.next_if_eq(&'*').is_some());
    }
    Ok(held)
}

fn operation_of(letter: char) -> Option<Operation> {
    LETTERS.iter().find(|(known, _)| *known == letter).map(|(_, operation)| operation.clone())
}

fn print_item(item: &Item<'_>) -> String {
    let mut letters = String::new();
    for (letter, operation) in &LETTERS {
        if let Some(delegable) = item.held.get(operation) {
            letters.push(*letter);
            if delegable {
                letters.push('*');
            }
        }
    }
    format!(
        "{}={letters}/{}",
        item.grantee.as_deref().map_or(String::new(), print_name),
        print_name(&item.grantor)
    )
}

fn print_name(name: &str) -> String {
    if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        name.to_owned()
    } else {
        crate::quote::identifier(name)
    }
}

fn element(item: &str) -> String {
    let special =
        |c: char| matches!(c, '"' | '\\' | '{' | '}' | ',') || c.is_ascii_whitespace() || c == '\x0b';
    if !item.contains(special) {
        return item.to_owned();
    }
    let mut quoted = String::with_capacity(item.len() + 2);
    quoted.push('"');
    for c in item.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn held(operations: &[(Operation, bool)]) -> Held {
        operations.iter().cloned().collect()
    }

    #[test]
    fn an_empty_list_is_not_a_missing_one() {
        assert_eq!(parse("{}"), Ok(Vec::new()));
        assert_eq!(parse(""), Err(AclError::Array(0)));
    }

    #[test]
    fn names_with_every_special_character_are_read() {
        let items = parse(r#"{=U/owner,"\"a,b{c}\\d\"\"e =/f\"=ar*/\"x y\""}"#).unwrap();
        assert_eq!(
            items[0],
            Item { grantee: None, held: held(&[(operation::USAGE, false)]), grantor: "owner".into() }
        );
        assert_eq!(
            items[1],
            Item {
                grantee: Some(r#"a,b{c}\d"e =/f"#.into()),
                held: held(&[(operation::INSERT, false), (operation::SELECT, true)]),
                grantor: "x y".into()
            }
        );
    }

    #[test]
    fn broken_texts_are_errors() {
        for text in [
            "{",
            "}",
            "{a}",
            "{a=r}",
            "{a=r/}",
            "{,}",
            "{a=r/b,}",
            "{\"a=r/b}",
            "{a=*r/b}",
            "{a=r/b}x",
            "{a=r**/b}",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(parse("{a=q/b}"), Err(AclError::Letter('q')));
    }

    /// Every file of the fuzz target's corpus, in the ordinary test run.
    #[test]
    fn the_fuzz_corpus_neither_panics_nor_changes_in_a_second_round() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/acl");
        let mut seen = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            if let Ok(items) = parse(&String::from_utf8_lossy(&bytes)) {
                assert_eq!(parse(&print(&items)), Ok(items));
            }
            seen += 1;
        }
        assert!(seen > 0);
    }

    fn any_item() -> impl Strategy<Value = Item<'static>> {
        let name = prop_oneof!["[a-z_0-9]{1,8}", "\\PC{1,16}", "[\"\\\\{},= /*]{1,6}"];
        let operations = prop::collection::vec((0..LETTERS.len(), any::<bool>()), 0..8);
        (prop::option::of(name.clone()), operations, name).prop_map(|(grantee, operations, grantor)| Item {
            grantee: grantee.map(Cow::Owned),
            held: operations.into_iter().map(|(at, delegable)| (LETTERS[at].1.clone(), delegable)).collect(),
            grantor: Cow::Owned(grantor),
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(items in prop::collection::vec(any_item(), 0..6)) {
            let text = print(&items);
            prop_assert_eq!(parse(&text), Ok(items));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[{}\"\\\\,=/*a-zA-Z ]{0,64}|\\PC{0,64}") {
            let _ = parse(&text);
        }
    }
}
