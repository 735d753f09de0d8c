//! The URL of a target as a person gives it. It may hold a password, so it is a secret from the first moment.

use crate::failure::Failure;
use crate::terminal::Terminal;
use ::manifest::names_password;
use model::Secret;
use std::env;
use std::path::Path;

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

    /// Refuses what stands where a path belongs and is how a server is named. It is not shown: it may hold a password.
    ///
    /// # Errors
    /// If nothing is at the path and it reads like a URL, a part of one, or the words of a connection.
    pub(crate) fn refuse_as_path(path: &Path) -> Result<(), Failure> {
        let text = path.to_string_lossy();
        let words = text.split_whitespace().any(|word| {
            ["host=", "user=", "dbname=", "password="].iter().any(|known| word.starts_with(known))
        });
        let with_user = text.split_once('@').is_some_and(|(user, _)| user.contains(':'));
        if path.exists() || !(Self::is_url(&text) || words || with_user) {
            return Ok(());
        }
        Err(Failure::new(
            "a file or folder belongs here, and what stands here names a server",
            "audit and import take postgres://USER@HOST/DATABASE; can, who-can, why and graph take it as --url, with a model or without, \
             and plan, apply and executor-sql as --url beside a model",
        ))
    }

    /// Takes a URL from the command line. `${NAME}` stands for a variable of the environment, as it does in a model.
    ///
    /// # Errors
    /// If a variable is not set.
    pub(crate) fn given(text: &str) -> Result<Self, Failure> {
        let url = expanded(text, |name| env::var(name).ok())?;
        Ok(Self { url: Secret::new(url), exposed: names_password(text) })
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
                match text.strip_prefix("${").and_then(|text| text.strip_suffix('}')) == Some(name) {
                    true => format!("set it: export {name}=postgres://…"),
                    false => format!("set it: export {name}=…"),
                },
            ));
        };
        url.push_str(&value);
        rest = left;
    }
    url.push_str(rest);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_on_the_command_line_is_noticed_and_a_variable_is_not_one() {
        assert!(names_password("postgres://app:hunter2@db/shop"));
        assert!(names_password("postgres://app:p@ss@db/shop"));
        assert!(names_password("postgres://db/shop?sslmode=require&password=hunter2"));
        assert!(!names_password("postgres://app@db:5432/shop"));
        assert!(!names_password("postgres://app:${PASSWORD}@db/shop"));
        assert!(!names_password("${SHOP_URL}"));
        assert!(names_password("postgres://${USER}:hunter2@db/shop"));
        assert!(names_password("  url: \"postgres://app:hunter2@db/shop\"\n"));
        assert!(!names_password("# see https://acme.example: alice@acme.example\n"));
        assert!(!names_password("postgres://db:5432/shop"));
        assert!(names_password("postgres://app:${PART}secret@db/shop"));
    }

    #[test]
    fn variables_are_filled_in_once() {
        let value = |name: &str| (name == "A").then(|| "x${A}".to_owned());
        assert_eq!(expanded("p://${A}/${A}", value).unwrap(), "p://x${A}/x${A}");
        assert!(expanded("${B}", value).is_err());
        assert!(expanded("${A", value).is_err());
    }

    #[test]
    fn what_names_a_server_is_no_path_and_is_not_shown() {
        for text in [
            "postgres://app:hunter2@db/shop",
            "app:hunter2@db/shop",
            "host=db user=app password=hunter2",
            "${SHOP_URL}",
        ] {
            let refused = Target::refuse_as_path(Path::new(text)).unwrap_err();
            assert!(!format!("{refused:?}").contains("hunter2"), "{text}");
        }
        for text in ["model", "roles/prod.yaml", "alice@acme.yaml", "C:/model"] {
            assert!(Target::refuse_as_path(Path::new(text)).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_url_never_shows_its_password() {
        let target = Target::given("postgres://app:hunter2@db/shop").unwrap();
        assert!(!format!("{target:?}").contains("hunter2"));
        assert!(target.exposed);
    }
}
