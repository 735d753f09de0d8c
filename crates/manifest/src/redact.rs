//! Passwords that stand in URLs, or where a password's origin belongs, found so that they are never shown.

/// A text without its passwords, and how its bytes moved.
pub(crate) struct Redacted {
    pub(crate) text: String,
    /// Ranges of the original that were replaced.
    hidden: Vec<(usize, usize)>,
}

const MASK: &str = "****";

impl Redacted {
    pub(crate) fn of(text: &str) -> Self {
        let mut hidden = passwords(text);
        under_keys(text, &mut hidden);
        let hidden = merged(hidden);
        let mut shown = String::with_capacity(text.len());
        let mut from = 0;
        for (start, end) in &hidden {
            shown.push_str(text.get(from..*start).unwrap_or_default());
            shown.push_str(MASK);
            from = *end;
        }
        shown.push_str(text.get(from..).unwrap_or_default());
        Self { text: shown, hidden }
    }

    /// Where a byte of the original stands in the redacted text.
    pub(crate) fn place(&self, byte: usize) -> usize {
        let mut moved = byte;
        for (start, end) in &self.hidden {
            if byte >= *end {
                moved = moved + MASK.len() + start - end;
            } else if byte > *start {
                return moved - (byte - start);
            }
        }
        moved.min(self.text.len())
    }
}

/// True if a password that is not a variable stands in a URL in the text, such as a file of a model.
#[must_use]
pub fn names_password(text: &str) -> bool {
    !passwords(text).is_empty()
}

/// Where literal passwords stand in a text: in a URL's user part and in its `password` parameters. A password
/// that is a variable, `${…}`, is not one.
pub(crate) fn passwords(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("://") {
        let start = at + 3;
        let rest = text.get(start..).unwrap_or_default();
        let end =
            rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`')).unwrap_or(rest.len());
        in_user_part(rest.get(..end).unwrap_or_default(), start, &mut found);
    }
    for word in ["password=", "password%3D", "sslpassword="] {
        for (at, _) in text.match_indices(word) {
            let start = at + word.len();
            let rest = text.get(start..).unwrap_or_default();
            let stops = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '&' | ',' | '}' | '#');
            let value = rest.split(stops).next().unwrap_or_default();
            if !value.is_empty() && !rest.starts_with("${") {
                found.push((start, start + value.len()));
            }
        }
    }
    merged(found)
}

/// What stands under a key `password` and is not `{ env: NAME }` or `{ file: path }`. What is not clearly one of these is
/// hidden as a whole, however it is quoted, and line by line: a line that went away would move the numbers of all after it.
fn under_keys(text: &str, found: &mut Vec<(usize, usize)>) {
    const KEY: &str = "password";
    for (at, _) in text.match_indices(KEY) {
        let before = text.get(..at).unwrap_or_default();
        if before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')) {
            continue;
        }
        let line = before.get(before.rfind('\n').map_or(0, |end| end + 1)..).unwrap_or_default();
        let rest = text.get(at + KEY.len()..).unwrap_or_default();
        let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest).trim_start_matches(' ');
        let Some(rest) = rest.strip_prefix(':').filter(|rest| rest.starts_with(char::is_whitespace)) else {
            continue;
        };
        // What follows is the end of the text, so how much is left says where it stands.
        let value = rest.trim_start();
        let braces = |brace: char| line.matches(brace).count();
        let length = if value.starts_with('{') {
            flow_length(value.get(1..).unwrap_or_default(), |c| c == '}') + 2
        } else if braces('{') > braces('}') {
            flow_length(value, |c| matches!(c, ',' | '}'))
        } else {
            let indent = line.trim_end_matches(['"', '\'']).chars().count();
            block_length(rest, indent).saturating_sub(rest.len() - value.len())
        };
        let mut start = text.len() - value.len();
        let value = value.get(..length.min(value.len())).unwrap_or(value).trim_end();
        if is_origin(value) {
            continue;
        }
        for line in value.split_inclusive('\n') {
            let inner = line.trim_start();
            let shown = line.len() - inner.len();
            found.extend(
                (!inner.is_empty()).then_some((start + shown, start + shown + inner.trim_end().len())),
            );
            start += line.len();
        }
    }
}

/// How long a value is inside of braces: up to the first letter that ends it and stands in no quotes.
fn flow_length(value: &str, ends: impl Fn(char) -> bool) -> usize {
    let mut quote = None;
    let mut letters = value.char_indices();
    while let Some((at, letter)) = letters.next() {
        match (quote, letter) {
            (Some('"'), '\\') => {
                letters.next();
            }
            (Some(open), _) if open == letter => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, _) if ends(letter) => return at,
            _ => {}
        }
    }
    value.len()
}

/// How long a value outside of braces is: its line, and the lines after it that stand further in than its key.
fn block_length(rest: &str, indent: usize) -> usize {
    let mut length = 0;
    for (number, line) in rest.split_inclusive('\n').enumerate() {
        // A tab is no indentation in YAML, but may stand where somebody thought so.
        let inner = line.trim_start_matches([' ', '\t']);
        let belongs = number == 0 || inner.trim().is_empty() || line.len() - inner.len() > indent;
        if !belongs {
            break;
        }
        length += line.len();
    }
    length
}

/// True if a value says where a password is to be found, and nothing else; or if there is no value.
fn is_origin(value: &str) -> bool {
    let bare = |line: &str| {
        let line = if line.trim_start().starts_with('#') { "" } else { line };
        line.split(" #").next().unwrap_or_default().trim().to_owned()
    };
    let lines: Vec<String> = value.lines().map(bare).filter(|line| !line.is_empty()).collect();
    let [line] = lines.as_slice() else { return lines.is_empty() };
    let unquoted = line.trim_matches(['"', '\'']);
    let variable = unquoted.strip_prefix("${").and_then(|name| name.strip_suffix('}'));
    let line = line.trim_start_matches('{').trim_end_matches('}').trim();
    let word = |text: &str| !text.contains([',', '{', '}', '"', '\'', ':']);
    match line.split_once(':') {
        _ if line.is_empty() => true,
        Some((key, named)) => {
            matches!(key.trim().trim_matches(['"', '\'']), "env" | "file")
                && word(named.trim().trim_matches(['"', '\'']))
        }
        None => variable.is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')),
    }
}

fn in_user_part(url: &str, start: usize, found: &mut Vec<(usize, usize)>) {
    let Some(user_end) = url.rfind('@') else { return };
    let user_part = url.get(..user_end).unwrap_or_default();
    let Some((user, password)) = split_outside_variables(user_part) else { return };
    let variable = password.starts_with("${") && password.ends_with('}') && !password.contains(":");
    if !password.is_empty() && !variable {
        found.push((start + user.len() + 1, start + user_end));
    }
}

/// Splits at the first colon that is not inside `${…}`.
fn split_outside_variables(text: &str) -> Option<(&str, &str)> {
    let mut inside = false;
    for (at, c) in text.char_indices() {
        match c {
            '$' if text.get(at + 1..).is_some_and(|rest| rest.starts_with('{')) => inside = true,
            '}' => inside = false,
            ':' if !inside => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

fn merged(mut ranges: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    ranges.sort_unstable();
    let mut out: Vec<(usize, usize)> = Vec::new();
    for (start, end) in ranges {
        match out.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => out.push((start, end)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_hidden_wherever_a_url_can_carry_one() {
        let hide = |text: &str| Redacted::of(text).text;
        assert_eq!(hide("url: postgres://app:hunter2@db/shop"), "url: postgres://app:****@db/shop");
        assert_eq!(hide("postgres://a:p@ss/w@db"), "postgres://a:****@db");
        assert_eq!(hide("postgres://db/x?password=hunter2&a=b"), "postgres://db/x?password=****&a=b");
        assert_eq!(hide("postgres://app:${PASS}@db:5432/shop"), "postgres://app:${PASS}@db:5432/shop");
        assert_eq!(hide("postgres://${USER}@db:5432/shop"), "postgres://${USER}@db:5432/shop");
    }

    #[test]
    fn a_password_is_hidden_where_its_origin_belongs() {
        let hide = |text: &str| Redacted::of(text).text;
        assert_eq!(hide("  password: hunter2\n  login: true"), "  password: ****\n  login: true");
        assert_eq!(hide("a: { password: hunter2, login: true }"), "a: { password: ****, login: true }");
        assert_eq!(hide("\"password\": \"hunt,er2\"\n"), "\"password\": ****\n");
        assert_eq!(hide("password: { value: hunter2 }"), "password: ****");
        assert_eq!(hide("password:\r\n  value: hunter2\nx: y"), "password:\r\n  ****\nx: y");
        for secret in [
            r#"password: "hun\"ter2""#,
            "password: 'hun''ter2'",
            "password: |\n  hunter2\n  ter2\n",
            "password: >-\n  hunter2",
            "password:\n  hunter2\n",
            "password: # c\n  # d\n  value: hunter2\n",
            "password: \"hun\n  ter2\"\n",
            r#"password: { vault: "a,hunter2" }"#,
            "a: { password: 'a,hunter2', login: true }",
            "password: ${X}hunter2",
            "password: ${hunter2",
            "password:\n\thunter2\n",
            "password: { env: A, value: hunter2 }",
            "password:\n  env: A\n  value: hunter2\n",
            "- password: |\n    hunter2\n",
        ] {
            assert!(!hide(secret).contains("ter2"), "{secret} is shown as {}", hide(secret));
            assert_eq!(
                hide(secret).lines().count(),
                secret.lines().count(),
                "lines after it keep their numbers"
            );
        }
        for shown in [
            "password: { env: APP_PASSWORD }",
            "password:\n  file: /run/secrets/app\n",
            "password: ${APP_PASSWORD}",
            "select (password) on table a.b",
            "password_encryption: scram-sha-256",
            "password:",
            "password: ",
            "password: {",
        ] {
            assert_eq!(hide(shown), shown);
        }
    }

    #[test]
    fn places_after_a_hidden_password_move_with_the_text() {
        let redacted = Redacted::of("a://u:secret@h x");
        assert_eq!(redacted.text, "a://u:****@h x");
        assert_eq!(redacted.place(0), 0);
        assert_eq!(redacted.place(6), 6);
        assert_eq!(redacted.place(9), 6);
        assert_eq!(redacted.place(12), 10);
        assert_eq!(redacted.place(15), 13);
    }
}
