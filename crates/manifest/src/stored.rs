//! What is stored with a role as its comment: its purpose letter for letter, then one line for programs, where there is
//! something to tell them.

use crate::manifest::State;

/// How the line for programs begins; the number is the version of the line.
const TRAILER: &str = "rolewright/1";

/// A role's comment, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredComment {
    /// Why the role exists.
    pub purpose: String,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// The most that it may hold.
    pub boundary: Option<String>,
    /// Where it is in its life.
    pub state: Option<State>,
}

impl StoredComment {
    /// The comment; `None` where the purpose says nothing, because the comment is left alone then.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        if self.purpose.trim().is_empty() {
            return None;
        }
        let state = self.state.map(State::word);
        let told =
            [("owner", self.owner.as_deref()), ("boundary", self.boundary.as_deref()), ("state", state)];
        let told: Vec<String> =
            told.into_iter().filter_map(|(key, value)| Some(format!(" {key}={}", word(value?)))).collect();
        if told.is_empty() {
            return Some(self.purpose.clone());
        }
        Some(format!("{}\n{TRAILER}{}", self.purpose, told.concat()))
    }

    /// Reads a comment. What does not end in a line for programs, or in one that would be written differently, is a
    /// purpose as a whole. `None` if there is nothing in it.
    #[must_use]
    pub fn read(comment: &str) -> Option<Self> {
        let whole = Self { purpose: comment.to_owned(), owner: None, boundary: None, state: None };
        whole.text()?;
        let read = comment.rsplit_once('\n').and_then(|(purpose, line)| {
            let mut read = Self { purpose: purpose.to_owned(), ..whole.clone() };
            read.take(line.strip_prefix(TRAILER)?)?;
            Some(read)
        });
        Some(read.filter(|read| read.text().as_deref() == Some(comment)).unwrap_or(whole))
    }

    fn take(&mut self, line: &str) -> Option<()> {
        let mut left = line.trim_start();
        while !left.is_empty() {
            let (key, rest) = left.split_once('=')?;
            let (value, rest) = value(rest)?;
            match key {
                "owner" => self.owner = Some(value),
                "boundary" => self.boundary = Some(value),
                "state" => {
                    let states = [State::Draft, State::Active, State::Deprecated, State::Retired];
                    self.state = Some(states.into_iter().find(|state| state.word() == value)?);
                }
                _ => return None,
            }
            left = rest.trim_start();
        }
        Some(())
    }
}

/// A value of the line: in quotes where it is more than a word.
fn word(value: &str) -> String {
    let plain = !value.is_empty() && !value.chars().any(|c| c.is_whitespace() || c.is_control() || c == '"');
    if plain { value.to_owned() } else { format!("{value:?}") }
}

/// The value at the beginning, and what follows it. In quotes only a quote and a backslash are taken as escaped: the
/// comment is written anew and compared, so that anything rarer makes the whole a purpose.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        return Some((word.to_owned(), rest));
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, quoted.get(at + 1..)?)),
            '\\' => value.push(letters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_of_ours_is_read_as_it_was_written() {
        let ours = StoredComment {
            purpose: "Reads.\nAnd counts.".into(),
            owner: Some("Commerce \"Team\" \\".into()),
            boundary: Some("reader".into()),
            state: Some(State::Deprecated),
        };
        let text = ours.text().unwrap();
        assert!(text.ends_with("boundary=reader state=deprecated"), "{text}");
        assert_eq!(StoredComment::read(&text), Some(ours));
    }

    #[test]
    fn any_other_comment_is_a_purpose_letter_for_letter() {
        for comment in [
            "Reads.",
            "a\nrolewright/1",
            "a\nrolewright/1 odd=1",
            "a\nrolewright/2 owner=x",
            "a\nrolewright/1  owner=x",
        ] {
            let read = StoredComment::read(comment).unwrap();
            assert_eq!(read.purpose, comment);
            assert_eq!(read.text().as_deref(), Some(comment));
        }
        assert_eq!(StoredComment::read(" \n"), None);
    }
}
