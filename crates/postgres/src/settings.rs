//! Settings whose values are lists of names. The server stores such a list with each name quoted where it must
//! be (`GUC_LIST_QUOTE`), whatever was written, so lists are compared and written name by name.

use crate::quote::{identifier, literal};

/// The parameters of that kind.
const LISTS: [&str; 6] = [
    "search_path",
    "temp_tablespaces",
    "session_preload_libraries",
    "shared_preload_libraries",
    "local_preload_libraries",
    "unix_socket_directories",
];

/// Those among them that hold identifiers: a name without quotes means its lower case.
const IDENTIFIERS: [&str; 2] = ["search_path", "temp_tablespaces"];

fn is_list(parameter: &str) -> bool {
    LISTS.iter().any(|list| list.eq_ignore_ascii_case(parameter))
}

/// The value after `SET parameter TO`.
pub(crate) fn literals(parameter: &str, value: &str) -> String {
    if !is_list(parameter) {
        return literal(value);
    }
    let names = split(value, false);
    if names.is_empty() {
        return "''".to_owned();
    }
    names.iter().map(|name| literal(name)).collect::<Vec<_>>().join(", ")
}

/// A value of the model as the server will store it: as it stands already, if that is the same list.
pub(crate) fn stored(parameter: &str, value: &str, standing: Option<&String>) -> String {
    if !is_list(parameter) {
        return value.to_owned();
    }
    let folds = IDENTIFIERS.iter().any(|list| list.eq_ignore_ascii_case(parameter));
    let names = split(value, folds);
    match standing {
        Some(standing) if split(standing, false) == names => standing.clone(),
        _ if names.is_empty() => "\"\"".to_owned(),
        _ => names.iter().map(|name| identifier(name)).collect::<Vec<_>>().join(", "),
    }
}

/// Splits a list at its commas and takes the quotes off. Names without quotes are folded where asked.
pub(crate) fn split(value: &str, folds: bool) -> Vec<String> {
    let mut names = Vec::new();
    let mut name = String::new();
    let (mut quoted, mut was_quoted) = (false, false);
    let mut letters = value.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, quoted) {
            ('"', true) if letters.peek() == Some(&'"') => {
                letters.next();
                name.push('"');
            }
            ('"', _) => {
                quoted = !quoted;
                was_quoted = true;
            }
            (',', false) => {
                names.push(std::mem::take(&mut name));
                was_quoted = false;
            }
            (space, false) if space.is_whitespace() => {}
            (other, false) if folds => name.extend(other.to_lowercase()),
            (other, _) => name.push(other),
        }
    }
    if !name.is_empty() || was_quoted || !names.is_empty() {
        names.push(name);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_written_name_by_name() {
        assert_eq!(
            literals("search_path", r#""$user", public, "a ""b", """#),
            r#"'$user', 'public', 'a "b', ''"#
        );
        assert_eq!(literals("search_path", ""), "''");
        assert_eq!(literals("search_path", r#""""#), "''");
        assert_eq!(literals("work_mem", "4 MB"), "'4 MB'");
    }

    #[test]
    fn a_list_of_the_model_is_what_the_server_will_store() {
        assert_eq!(stored("search_path", "$user, public", None), r#""$user", public"#);
        assert_eq!(stored("search_path", "App,\"App\"", None), r#"app, "App""#);
        assert_eq!(stored("session_preload_libraries", "/tmp/X", None), r#""/tmp/X""#);
        assert_eq!(stored("search_path", "", None), r#""""#);
        let standing = r#""system_user", app"#.to_owned();
        assert_eq!(stored("search_path", "system_user,app", Some(&standing)), standing);
        assert_eq!(stored("work_mem", "4 MB", None), "4 MB");
    }
}
