//! Patterns: how the model names many objects at once.

use crate::{Name, Object};
use std::fmt;

/// One part of a pattern's path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// This name, letter for letter.
    Exactly(Name),
    /// Every name in which the parts occur in order, with anything between them: `order_*` is
    /// `["order_", ""]`, `*` is `["", ""]`.
    Like(Vec<String>),
}

impl Segment {
    /// Every name.
    #[must_use]
    pub fn any() -> Self {
        Segment::Like(vec![String::new(), String::new()])
    }

    /// True if it stands for every name.
    #[must_use]
    pub fn is_any(&self) -> bool {
        matches!(self, Segment::Like(parts) if parts.iter().all(String::is_empty))
    }

    /// True if the name is meant.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        match self {
            Segment::Exactly(exact) => exact.as_str() == name,
            Segment::Like(parts) => like(parts, name),
        }
    }
}

fn like(parts: &[String], name: &str) -> bool {
    let (Some((first, rest)), true) = (parts.split_first(), parts.len() > 1) else {
        return parts.first().is_some_and(|only| only == name);
    };
    let Some(mut left) = name.strip_prefix(first.as_str()) else { return false };
    let Some((last, middle)) = rest.split_last() else { return false };
    for part in middle {
        let Some((_, after)) = left.split_once(part.as_str()) else { return false };
        left = after;
    }
    left.ends_with(last.as_str())
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Segment::Exactly(name) => write!(f, "{name}"),
            Segment::Like(parts) => f.write_str(&parts.join("*")),
        }
    }
}

/// A name with wildcards, and for routines the input types.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern {
    /// The path from the outside in.
    pub path: Vec<Segment>,
    /// The input types of one overload; `None` means every overload.
    pub arguments: Option<Vec<Name>>,
}

impl Pattern {
    /// True if the pattern stands for this one object's path and arguments. The kind is not looked at.
    #[must_use]
    pub fn matches(&self, object: &Object) -> bool {
        self.matches_path(&object.path)
            && match (&self.arguments, &object.arguments) {
                (None, _) => true,
                (Some(wanted), Some(have)) => wanted == have,
                (Some(_), None) => false,
            }
    }

    /// True if the path alone is meant.
    #[must_use]
    pub fn matches_path(&self, path: &[Name]) -> bool {
        self.path.len() == path.len()
            && self.path.iter().zip(path).all(|(segment, name)| segment.matches(name.as_str()))
    }

    /// True if it names exactly one object (of routines: one overload or every overload of one name).
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.path.iter().all(|segment| matches!(segment, Segment::Exactly(_)))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.iter().map(ToString::to_string).collect::<Vec<_>>();
        f.write_str(&path.join("."))?;
        if let Some(arguments) = &self.arguments {
            let list = arguments.iter().map(ToString::to_string).collect::<Vec<_>>();
            write!(f, "({})", list.join(", "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glob(text: &str) -> Segment {
        Segment::Like(text.split('*').map(str::to_owned).collect())
    }

    #[test]
    fn a_star_stands_for_anything_in_between_and_for_nothing() {
        assert!(glob("*").matches("orders") && glob("*").is_any());
        assert!(glob("order_*").matches("order_") && glob("order_*").matches("order_lines"));
        assert!(!glob("order_*").matches("orders"));
        assert!(glob("*_y*_m").matches("sales_y2024_m") && !glob("*_y*_m").matches("sales_y2024"));
        assert!(!glob("ab*ba").matches("aba"));
    }
}
