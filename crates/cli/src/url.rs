//! The URL of a target as a person gives it. It may hold a password, so it is a secret from the first moment.

use crate::failure::Failure;
use crate::terminal::Terminal;
use model::Secret;
use std::env;

/// A URL with the variables of the environment filled in.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    url: Secret,
    /// The password was written on the command line, where everybody on this machine can read it.
    exposed: bool,
}

impl Target {
    /// True if the text is a URL and not a path.
    pub(crate) fn is_url(text: &str) -> bool {
        text.contains("://") || text.starts_with("${")
    }

    /// Takes a URL from the command line. `${NAME}` stands for a variable of the environment, as it does in a model.
    ///
    /// # Errors
    /// If a variable is not set.
    pub(crate) fn given(text: &str) -> Result<Self, Failure> {
        let url = expanded(text, |name| env::var(name).ok())?;
        Ok(Self { url: Secret::new(url), exposed: holds_password(text) })
    }

    /// The URL itself.
    pub(crate) fn url(&self) -> &Secret {
        &self.url
    }

    /// Tells somebody who wrote a password where others can read it.
    pub(crate) fn warn(&self, terminal: Terminal) {
        if self.exposed {
            terminal.remark(
                "hint: a password on the command line can be read by everybody on this machine;\n      put the URL \
                 into a variable and write '${NAME}'\n",
            );
        }
    }
}

fn expanded(text: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, Failure> {
    let mut url = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        url.push_str(before);
        let Some((name, left)) = after.split_once('}') else {
            return Err(Failure::new("the URL has ${ without a }", "write ${NAME}"));
        };
        let Some(value) = value(name) else {
            return Err(Failure::new(
                format!("the URL names the variable {name}, which is not set"),
                format!("set it: export {name}=postgres://…"),
            ));
        };
        url.push_str(&value);
        rest = left;
    }
    url.push_str(rest);
    Ok(url)
}

/// True if a text, such as a file of the model, holds a URL with a password that is not a variable.
pub(crate) fn names_password(text: &str) -> bool {
    text.match_indices("://").any(|(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        let url = rest
            .split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`'))
            .next()
            .unwrap_or_default();
        holds_password(url)
    })
}

/// True if the URL holds a password that is not a variable.
fn holds_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let literal = |password: &str| !password.is_empty() && !password.starts_with("${");
    let user_part = rest.rsplit_once('@').map(|(user, _)| user);
    let in_user_part = user_part.and_then(password_of).is_some_and(literal);
    let parameters = rest.split(['?', '&']).skip(1);
    let in_query = parameters.filter_map(|parameter| parameter.strip_prefix("password=")).any(literal);
    in_user_part || in_query
}

/// What stands after the first colon that is not inside `${…}`.
fn password_of(user_part: &str) -> Option<&str> {
    let mut inside = false;
    for (at, c) in user_part.char_indices() {
        match c {
            '{' => inside = true,
            '}' => inside = false,
            ':' if !inside => return user_part.get(at + 1..),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_on_the_command_line_is_noticed_and_a_variable_is_not_one() {
        assert!(holds_password("postgres://app:hunter2@db/shop"));
        assert!(holds_password("postgres://app:p@ss@db/shop"));
        assert!(holds_password("postgres://db/shop?sslmode=require&password=hunter2"));
        assert!(!holds_password("postgres://app@db:5432/shop"));
        assert!(!holds_password("postgres://app:${PASSWORD}@db/shop"));
        assert!(!holds_password("${SHOP_URL}"));
        assert!(holds_password("postgres://${USER}:hunter2@db/shop"));
        assert!(names_password("  url: \"postgres://app:hunter2@db/shop\"\n"));
        assert!(!names_password("# see https://acme.example: alice@acme.example\n"));
        assert!(!holds_password("postgres://db:5432/shop"));
    }

    #[test]
    fn variables_are_filled_in_once() {
        let value = |name: &str| (name == "A").then(|| "x${A}".to_owned());
        assert_eq!(expanded("p://${A}/${A}", value).unwrap(), "p://x${A}/x${A}");
        assert!(expanded("${B}", value).is_err());
        assert!(expanded("${A", value).is_err());
    }

    #[test]
    fn a_url_never_shows_its_password() {
        let target = Target::given("postgres://app:hunter2@db/shop").unwrap();
        assert!(!format!("{target:?}").contains("hunter2"));
        assert!(target.exposed);
    }
}
