//! A phrase as text. What is printed here parses into the same phrase.

use super::{ObjectsPhrase, Phrase, Privilege, ReachPhrase};
use model::{Pattern, RoleName, Segment};
use std::fmt;

/// Words that mean something where a name may stand.
const WORDS: [&str; 10] =
    ["except", "future", "only", "with", "granted", "by", "on", "all", "nothing", "grant"];

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.privileges.is_empty() {
            f.write_str("nothing")?;
        }
        list(f, &self.privileges)?;
        write!(f, " on {}", self.objects)?;
        match &self.reach {
            ReachPhrase::Existing => {}
            ReachPhrase::Both(creators) => write!(f, ", future by {}", roles(creators))?,
            ReachPhrase::Future(creators) => write!(f, ", only future by {}", roles(creators))?,
        }
        if self.delegable {
            f.write_str(" with grant option")?;
        }
        match &self.granted_by {
            Some(grantor) => write!(f, " granted by {}", quoted(grantor.as_str())),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Privilege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.operation)?;
        if self.columns.is_empty() {
            return Ok(());
        }
        let columns: Vec<String> = self.columns.iter().map(|column| quoted(column.as_str())).collect();
        write!(f, " ({})", columns.join(", "))
    }
}

impl fmt::Display for ObjectsPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.word)?;
        names(f, &self.names)?;
        if self.except.is_empty() {
            return Ok(());
        }
        f.write_str(" except ")?;
        names(f, &self.except)
    }
}

/// Names in their order; neighbours that begin alike share their beginning: `sales.{orders, order_lines}`.
fn names(f: &mut fmt::Formatter<'_>, patterns: &[Pattern]) -> fmt::Result {
    let alike = |a: &Pattern, b: &Pattern| a.path.len() > 1 && beginning(a) == beginning(b);
    let written = patterns.chunk_by(alike).map(Together).collect::<Vec<_>>();
    list(f, &written)
}

fn beginning(pattern: &Pattern) -> &[Segment] {
    pattern.path.split_last().map_or(&[], |(_, beginning)| beginning)
}

struct Together<'a>(&'a [Pattern]);

impl fmt::Display for Together<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first) = self.0.first() else { return Ok(()) };
        for part in beginning(first) {
            write!(f, "{}.", segment(part))?;
        }
        let last = |pattern: &Pattern| {
            let name = pattern.path.last().map(segment).unwrap_or_default();
            match &pattern.arguments {
                // A type is kept as the engine prints it, quotes included.
                Some(types) => {
                    let types: Vec<&str> = types.iter().map(model::Name::as_str).collect();
                    format!("{name}({})", types.join(", "))
                }
                None => name,
            }
        };
        let lasts: Vec<String> = self.0.iter().map(last).collect();
        match lasts.as_slice() {
            [only] => f.write_str(only),
            several => write!(f, "{{{}}}", several.join(", ")),
        }
    }
}

fn list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, items: &[T]) -> fmt::Result {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

fn roles(roles: &[RoleName]) -> String {
    roles.iter().map(|role| quoted(role.as_str())).collect::<Vec<_>>().join(", ")
}

fn segment(segment: &Segment) -> String {
    match segment {
        Segment::Exactly(name) => quoted(name.as_str()),
        Segment::Like(texts) => {
            let text =
                |text: &String| if plain(text) || text.is_empty() { text.clone() } else { in_quotes(text) };
            texts.iter().map(text).collect::<Vec<_>>().join("*")
        }
    }
}

/// A name as a phrase writes it: in quotes only where it must be.
pub(crate) fn quoted(name: &str) -> String {
    if plain(name) && !WORDS.contains(&name) { name.to_owned() } else { in_quotes(name) }
}

fn in_quotes(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn plain(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '$');
    !name.is_empty() && name.chars().all(|c| letter(c) || (!c.is_ascii() && c.is_alphanumeric()))
}
