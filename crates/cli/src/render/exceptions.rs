//! Exceptions in the report of an audit: what has been accepted, what no longer is, and the line that would accept.

use audit::{Exception, Found, Standing};
use model::Cause;
use service::Audited;

/// What is to be said of the exception for a finding that is reported all the same.
pub(crate) fn remark(found: &Found) -> Option<String> {
    let (exception, standing) = found.exception.as_ref()?;
    let Exception { owner, until, .. } = exception;
    let line = place(&exception.line);
    Some(match standing {
        Standing::Accepted => return None,
        Standing::Over => format!("{owner} accepted this until {until}, which is over ({line})"),
        Standing::Otherwise => format!(
            "{owner} accepted something else: the facts are not those that were seen then, {} ({line})",
            exception.saw.as_deref().unwrap_or_default()
        ),
        Standing::Unbound => {
            format!("the exception of {owner} does not say what was seen, and accepts nothing ({line})")
        }
    })
}

/// The line of the model that would accept the finding, where there is a model and something to accept.
pub(crate) fn accept_line(audited: &Audited, found: &Found) -> Option<String> {
    let meant = audited.meant.as_ref().filter(|_| found.acceptable)?;
    // What the model says can be broken on the target: that is about both, and was seen there.
    let of_target = !found.rule.starts_with("RW1");
    let bound = if of_target {
        format!(" saw: {}, environment: {},", scalar(&found.saw), scalar(&meant.environment))
    } else {
        String::new()
    };
    Some(format!(
        "- {{ rule: {}, about: {},{bound} owner: TEAM, reason: WHY, until: YYYY-MM-DD }}",
        found.rule,
        scalar(&found.about.name())
    ))
}

/// `file:line`.
pub(crate) fn place(cause: &Cause) -> String {
    match cause {
        Cause::Line { file, line, .. } => format!("{file}:{line}"),
        Cause::Observed(what) => what.clone(),
    }
}

/// A text as YAML takes it within braces: in quotes where it is more than letters, or could be read as a number.
fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '@' | '/' | '-');
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    if begins && text.chars().all(plain) && !word.contains(&text.to_ascii_lowercase().as_str()) {
        return text.to_owned();
    }
    // What JSON takes for a text, YAML does.
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::scalar;

    #[test]
    fn a_text_is_quoted_where_yaml_would_take_it_for_something_else() {
        let cases = [
            ("orders_reader", "orders_reader"),
            ("no", "\"no\""),
            ("4be1e0d3a2f7c9158a07d35ec1f4b296", "\"4be1e0d3a2f7c9158a07d35ec1f4b296\""),
            ("12345678901234567890123456789012", "\"12345678901234567890123456789012\""),
            ("a: b", "\"a: b\""),
            ("say \"a\", {b}", "\"say \\\"a\\\", {b}\""),
            ("schema sales in database shop", "\"schema sales in database shop\""),
        ];
        for (text, expected) in cases {
            assert_eq!(scalar(text), expected);
        }
    }
}
