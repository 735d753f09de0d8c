//! Quoting for SQL text and for URLs, each in one place.

/// The name as an SQL identifier, always in double quotes: `a"b` becomes `"a""b"`.
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The text as an SQL string literal that means the same whatever `standard_conforming_strings` says.
pub fn literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if doubled.contains('\\') {
        format!(" E'{}'", doubled.replace('\\', "\\\\"))
    } else {
        format!("'{doubled}'")
    }
}

/// The text as one component of a URL: everything but unreserved characters (RFC 3986, section 2.3) is escaped.
pub(crate) fn url_component(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
        escaped
    })
}

/// The value as `postgresql.conf` reads it: in single quotes, with quotes and backslashes doubled.
pub(crate) fn setting(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::{identifier, literal, setting, url_component};

    #[test]
    fn nothing_escapes_from_its_quotes() {
        assert_eq!(identifier(r#"a"; DROP TABLE x; --"#), r#""a""; DROP TABLE x; --""#);
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal(r"\'"), r" E'\\'''");
        assert_eq!(setting(r"C:\it's"), r"'C:\\it''s'");
    }

    #[test]
    fn a_url_component_survives_every_byte() {
        assert_eq!(url_component("a/b@c:d ü"), "a%2Fb%40c%3Ad%20%C3%BC");
        assert_eq!(url_component("plain-1._~"), "plain-1._~");
    }
}
