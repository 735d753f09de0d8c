//! Checks a file's tree against the shape of a model, so that what reads it later can take what is there and
//! leave the rest: everything that it cannot take has been reported here.

use crate::diagnostic::Diagnostic;
use crate::nearest::did_you_mean;
use crate::shape::{Key, Object, PASSWORD, Shape};
use crate::source::Span;
use crate::yaml::{Node, Value};
use foldhash::{HashMap, HashMapExt};

/// Reports every place of the tree that is not of the shape.
pub(crate) fn check(node: &Node, object: &'static Object, out: &mut Vec<Diagnostic>) {
    Checker { out, inside: String::new() }.object(node, object);
}

struct Checker<'a> {
    out: &'a mut Vec<Diagnostic>,
    /// The key whose value is looked at, for messages.
    inside: String,
}

impl Checker<'_> {
    fn shape(&mut self, node: &Node, shape: &'static Shape) {
        match (shape, &node.value) {
            (Shape::Object(object), _) => self.object(node, object),
            (Shape::Short(_), Value::Scalar { .. }) => {}
            (Shape::Short(object), _) => self.object(node, object),
            (Shape::List(item) | Shape::OneOrMore(item), Value::List(items)) => {
                items.iter().for_each(|one| self.shape(one, item));
            }
            (Shape::OneOrMore(item), Value::Scalar { .. }) => self.shape(node, item),
            (Shape::Flags, Value::List(items)) => items.iter().for_each(|one| self.shape(one, &Shape::Text)),
            (Shape::Map(item), Value::Map(entries)) => self.map(entries, item),
            (Shape::Flags, Value::Map(entries)) => self.map(entries, &Shape::Flag),
            (Shape::Map(_) | Shape::List(_) | Shape::OneOrMore(_) | Shape::Flags, Value::Null) => {}
            (_, Value::Scalar { text, .. }) => self.scalar(node.span, text, shape),
            (_, _) => self.wrong(node, shape),
        }
    }

    fn object(&mut self, node: &Node, object: &'static Object) {
        let entries = match &node.value {
            Value::Map(entries) => entries.as_slice(),
            Value::Null => &[],
            Value::Scalar { text, .. } if std::ptr::eq(object, &PASSWORD) => return self.literal(node, text),
            _ => return self.wrong_kind(node, object.name, "a mapping"),
        };
        self.duplicates(entries);
        for (key, value) in entries {
            let Some(name) = self.key(key) else { continue };
            match object.keys.iter().find(|known| known.name == name) {
                Some(known) => {
                    let before = std::mem::replace(&mut self.inside, name.to_owned());
                    self.shape(value, &known.shape);
                    self.inside = before;
                }
                None => self.unknown(key.span, name, object),
            }
        }
        let said = |value: &Node, empty: bool| match &value.value {
            Value::List(items) => empty || !items.is_empty(),
            value => !matches!(value, Value::Null),
        };
        let has = |asked: &Key| {
            entries.iter().any(|(key, value)| key.text() == Some(asked.name) && said(value, asked.empty))
        };
        let missing: Vec<String> = object
            .keys
            .iter()
            .filter(|key| key.required && !has(key))
            .map(|key| format!("`{}`", key.name))
            .collect();
        if !missing.is_empty() {
            let message = format!("{} needs {}", object.name, missing.join(" and "));
            self.out.push(Diagnostic::error("RW105", message).at(first_place(node), "here"));
        }
    }

    /// A password where its origin belongs.
    fn literal(&mut self, node: &Node, text: &str) {
        let origin = "write `{ env: NAME }` or `{ file: path }`";
        self.out.push(if text.starts_with("${") {
            Diagnostic::error("RW104", format!("{} takes a mapping", PASSWORD.name))
                .at(node.span, "this is a single value")
                .help(origin)
        } else {
            Diagnostic::error("RW120", "a password stands in the model").at(node.span, "a password").help(format!(
                "{origin} and keep the password out of the model; it is now known to everybody who read this file: change it"
            ))
        });
    }

    fn map(&mut self, entries: &[(Node, Node)], item: &'static Shape) {
        self.duplicates(entries);
        for (key, value) in entries {
            if self.key(key).is_some() {
                self.shape(value, item);
            }
        }
    }

    fn key<'n>(&mut self, key: &'n Node) -> Option<&'n str> {
        let (message, have) = match key.text() {
            Some("") => ("a key must not be empty", "an empty text"),
            Some(text) => return Some(text),
            None => ("a key must be a text", "not a text"),
        };
        self.out.push(Diagnostic::error("RW104", message).at(key.span, have));
        None
    }

    fn duplicates(&mut self, entries: &[(Node, Node)]) {
        let mut seen: HashMap<&str, Span> = HashMap::with_capacity(entries.len());
        for (key, _) in entries {
            let Some(name) = key.text() else { continue };
            match seen.get(name) {
                Some(first) => self.out.push(said_twice(name, key.span, *first)),
                None => {
                    seen.insert(name, key.span);
                }
            }
        }
    }

    fn unknown(&mut self, span: Span, name: &str, object: &Object) {
        let known = object.keys.iter().map(|key| key.name);
        let all = known.clone().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let help = did_you_mean(name, known).unwrap_or_else(|| format!("{} has {all}", object.name));
        let message = format!("{} has no key `{name}`", object.name);
        self.out.push(Diagnostic::error("RW103", message).at(span, "unknown key").help(help));
    }

    fn scalar(&mut self, span: Span, text: &str, shape: &'static Shape) {
        let good = match shape {
            Shape::Text | Shape::Short(_) => !text.contains('\0'),
            Shape::Flag => matches!(text, "true" | "false"),
            Shape::Count => text.parse::<u32>().is_ok(),
            Shape::Limit => text == "-1" || text.parse::<u32>().is_ok_and(|limit| limit <= i32::MAX as u32),
            Shape::Day => is_day(text),
            Shape::Instant => is_instant(text),
            Shape::Days => {
                text.strip_suffix('d').is_some_and(|days| days.parse::<u32>().is_ok_and(|n| n > 0))
            }
            Shape::Word(words) => words.contains(&text),
            _ => {
                let message = format!("`{}` takes {}", self.inside, expected(shape));
                self.out.push(Diagnostic::error("RW104", message).at(span, "this is a single value"));
                return;
            }
        };
        if !good {
            let message = format!("`{}` takes {}", self.inside, expected(shape));
            let help = match shape {
                Shape::Word(words) => did_you_mean(text, words.iter().copied()).unwrap_or_default(),
                Shape::Text | Shape::Short(_) => "take the character NUL out".to_owned(),
                _ => String::new(),
            };
            self.out.push(Diagnostic::error("RW107", message).at(span, "not that").help(help));
        }
    }

    fn wrong(&mut self, node: &Node, shape: &'static Shape) {
        let name = format!("`{}`", self.inside);
        self.wrong_kind(node, &name, &expected(shape));
    }

    fn wrong_kind(&mut self, node: &Node, name: &str, wanted: &str) {
        let have = match &node.value {
            Value::Null => "nothing is written here",
            Value::Scalar { .. } => "this is a single value",
            Value::List(_) => "this is a list",
            Value::Map(_) => "this is a mapping",
        };
        let message = format!("{name} takes {wanted}");
        self.out.push(Diagnostic::error("RW104", message).at(first_place(node), have));
    }
}

/// The same key in two places.
pub(crate) fn said_twice(name: &str, second: Span, first: Span) -> Diagnostic {
    Diagnostic::error("RW102", format!("`{name}` is defined twice"))
        .at(second, "again here")
        .at(first, "first here")
        .help("keep one of them; two files of a model cannot add to one entry")
}

/// Where to point when a whole mapping is meant: its first key.
fn first_place(node: &Node) -> Span {
    match &node.value {
        Value::Map(entries) => entries.first().map_or(node.span, |(key, _)| key.span),
        Value::List(items) => items.first().map_or(node.span, first_place),
        _ => node.span,
    }
}

fn expected(shape: &Shape) -> String {
    match shape {
        Shape::Text | Shape::Short(_) => "a text".into(),
        Shape::Flag => "`true` or `false`".into(),
        Shape::Count => "a whole number".into(),
        Shape::Limit => "a whole number, or -1 for no limit".into(),
        Shape::Day => "a day such as 2027-01-31".into(),
        Shape::Instant => {
            "a day or an instant with its zone, such as 2027-01-31 or 2027-01-31T18:00:00Z".into()
        }
        Shape::Days => "a number of days such as 90d".into(),
        Shape::Word(words) => match words {
            [only] => format!("`{only}`"),
            _ => format!("one of `{}`", words.join("`, `")),
        },
        Shape::List(_) => "a list".into(),
        Shape::OneOrMore(_) => "one value or a list".into(),
        Shape::Map(_) | Shape::Object(_) => "a mapping".into(),
        Shape::Flags => "a list of names, or a mapping of names to `true` or `false`".into(),
    }
}

/// `2027-01-31`, a day that exists.
pub(crate) fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
        return false;
    }
    let number = |part: &str| part.parse::<u32>().unwrap_or(0);
    let (year, month, day) = (number(year), number(month), number(day));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=longest).contains(&day)
}

/// A day, or a day and a time with a zone: an instant without a zone means something else on every server.
fn is_instant(text: &str) -> bool {
    let Some((day, time)) = text.split_once(['T', ' ']) else { return is_day(text) };
    let clock = match time.strip_suffix('Z') {
        Some(clock) => Some(clock),
        None => time.rfind(['+', '-']).and_then(|at| {
            let zone = time.get(at + 1..)?;
            is_clock(zone, 23).then(|| time.get(..at))?
        }),
    };
    // Seconds may have fractions.
    let clock = clock.map(|clock| match clock.split_once('.') {
        Some((whole, parts)) if is_fraction(whole, parts) => whole,
        _ => clock,
    });
    is_day(day) && clock.is_some_and(|clock| is_clock(clock, 23))
}

fn is_fraction(whole: &str, parts: &str) -> bool {
    whole.matches(':').count() == 2
        && (1..=6).contains(&parts.len())
        && parts.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_clock(text: &str, most_hours: u32) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let two = |part: &&str, most: u32| {
        part.len() == 2
            && part.bytes().all(|b| b.is_ascii_digit())
            && part.parse::<u32>().is_ok_and(|n| n <= most)
    };
    match parts.as_slice() {
        [hour] => two(hour, most_hours),
        [hour, minute] => two(hour, most_hours) && two(minute, 59),
        [hour, minute, second] => two(hour, most_hours) && two(minute, 59) && two(second, 59),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_exists_and_an_instant_has_a_zone() {
        assert!(is_day("2028-02-29") && !is_day("2027-02-29") && !is_day("2027-13-01") && !is_day("27-1-1"));
        assert!(is_instant("2027-01-31") && is_instant("2027-01-31T18:00:00Z"));
        assert!(is_instant("2027-01-31T18:00:00.789Z") && !is_instant("2027-01-31T18:00.5Z"));
        assert!(is_instant("2027-01-31 18:00:00+02") && is_instant("2027-01-31T18:00-05:30"));
        assert!(!is_instant("2027-01-31T18:00:00") && !is_instant("tomorrow") && !is_instant("2027-01-31TZ"));
    }
}
