//! URLs of targets, as far as the model must understand them: variables, the server, the database's name.

use crate::diagnostic::Diagnostic;
use crate::model::Site;

/// The part of a URL that says which server it is. Users and databases do not matter, nor does the case of the
/// host's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Server(String);

impl Server {
    pub(crate) fn of(url: &str) -> Self {
        let Some((_, rest)) = url.split_once("://") else { return Self(url.to_owned()) };
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let server = authority.rsplit_once('@').map_or(authority, |(_, server)| server);
        if server.is_empty() {
            // A socket or a service file: the whole text says which.
            return Self(url.to_owned());
        }
        let lower =
            |part: &str| if part.contains("${") { part.to_owned() } else { part.to_ascii_lowercase() };
        Self(lower(server))
    }
}

/// The database that a URL names, percent-decoded.
pub(crate) fn database(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let (_, path) = rest.split_once('/')?;
    let name = path.split(['?', '#']).next().filter(|name| !name.is_empty())?;
    let mut bytes = Vec::with_capacity(name.len());
    let mut left = name.bytes();
    while let Some(byte) = left.next() {
        let pair = left.as_slice_of_two();
        match (byte, pair) {
            (b'%', Some(value)) => {
                bytes.push(value);
                left.nth(1);
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

trait HexPair {
    fn as_slice_of_two(&self) -> Option<u8>;
}

impl HexPair for std::str::Bytes<'_> {
    fn as_slice_of_two(&self) -> Option<u8> {
        let mut ahead = self.clone();
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let (high, low) = (digit(ahead.next()?)?, digit(ahead.next()?)?);
        u8::try_from(high * 16 + low).ok()
    }
}

/// The names of the variables in a template.
pub(crate) fn variables(template: &str) -> Result<Vec<&str>, &'static str> {
    let mut names = Vec::new();
    let mut left = template;
    while let Some((_, after)) = left.split_once("${") {
        let (name, rest) = after.split_once('}').ok_or("a `${` is never closed")?;
        let start = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        if !start || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err("a variable's name is not one");
        }
        names.push(name);
        left = rest;
    }
    Ok(names)
}

/// The template with its variables filled in.
///
/// # Errors
/// The name of the first variable that is not set or empty.
pub(crate) fn resolve(template: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut out = String::with_capacity(template.len());
    let mut left = template;
    while let Some((before, after)) = left.split_once("${") {
        out.push_str(before);
        let Some((name, rest)) = after.split_once('}') else { break };
        out.push_str(&lookup(name).filter(|value| !value.is_empty()).ok_or_else(|| name.to_owned())?);
        left = rest;
    }
    out.push_str(left);
    Ok(out)
}

/// Two environments, or two clusters, turn out to be on one server.
pub(crate) fn shared(one: &Site, other: &Site) -> Diagnostic {
    let name = |site: &Site| format!("{}/{}", site.cluster, site.environment);
    let message = format!("{} and {} are on one server and would share their roles", name(one), name(other));
    let help = if one.environment == other.environment {
        "put both databases into one `clusters:` entry"
    } else {
        "give one of them `role_names: \"{role}_NAME\"`, or a server of its own: a role assigned in one would open the other"
    };
    Diagnostic::error("RW121", message)
        .at(other.url.span, "this server")
        .at(one.url.span, "is this one")
        .help(help)
}

impl Site {
    /// How roles are named here.
    pub(crate) fn template(&self) -> &str {
        self.role_names.as_ref().map_or("{role}", |template| template.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_told_apart_by_host_and_port_alone() {
        let same = |a: &str, b: &str| Server::of(a) == Server::of(b);
        assert!(same("postgres://DB:5432/shop", "postgres://admin@db:5432/crm?sslmode=require"));
        assert!(!same("postgres://db:5432/shop", "postgres://db:5433/shop"));
        assert!(same("${A}", "${A}") && !same("${A}", "${B}"));
        assert!(!same("postgres:///shop?host=/a", "postgres:///shop?host=/b"));
    }

    #[test]
    fn a_database_name_is_decoded() {
        assert_eq!(database("postgres://h/a%20b?x"), Some("a b".into()));
        assert_eq!(database("postgres://h/100%"), Some("100%".into()));
        assert_eq!(database("postgres://h/"), None);
        assert_eq!(database("postgres://h"), None);
    }

    #[test]
    fn variables_are_filled_in_or_named() {
        let lookup = |name: &str| (name == "A").then(|| "x".to_owned());
        assert_eq!(resolve("p://${A}/${A}", &lookup), Ok("p://x/x".into()));
        assert_eq!(resolve("p://${B}", &lookup), Err("B".into()));
        assert!(variables("${").is_err() && variables("${a-b}").is_err() && variables("${}").is_err());
    }
}
