//! URLs of targets, as far as the model must understand them: variables, the server, the database's name.

use crate::diagnostic::Diagnostic;
use crate::model::Site;

/// The part of a URL that says which server it is: hosts and ports. Users and databases do not matter, nor does the case
/// of a host's name, nor how this machine itself is spelled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Server(String);

impl Server {
    pub(crate) fn of(url: &str) -> Self {
        let Some((_, rest)) = url.split_once("://") else { return Self(url.to_owned()) };
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let server = authority.rsplit_once('@').map_or(authority, |(_, server)| server);
        let said = |name: &str| parameter(rest, name).filter(|value| !value.is_empty());
        let port = said("port").unwrap_or_else(|| "5432".to_owned());
        if server.is_empty() && said("service").is_some() {
            // A service file: the whole text says which.
            return Self(url.to_owned());
        }
        let listed = said("host").filter(|_| server.is_empty()).unwrap_or_else(|| server.to_owned());
        let ports: Vec<&str> = port.split(',').collect();
        // An address stands in for a host's name, not for its port.
        let addresses = said("hostaddr").unwrap_or_default();
        let addresses: Vec<&str> = addresses.split(',').filter(|address| !address.is_empty()).collect();
        let one = |(number, host): (usize, &str)| {
            let (host, own) = host_and_port(host);
            let port = own.or_else(|| ports.get(number).or(ports.first()).copied()).unwrap_or("5432");
            format!("{}:{port}", canonical(addresses.get(number).copied().unwrap_or(host)))
        };
        Self(listed.split(',').enumerate().map(one).collect::<Vec<_>>().join(","))
    }
}

/// `host:port`, where an IPv6 address stands in brackets, or alone if it has no port.
fn host_and_port(text: &str) -> (&str, Option<&str>) {
    let outside = text.rfind(']').map_or(0, |end| end + 1);
    let colons = text.get(outside..).unwrap_or_default().matches(':').count();
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if colons == 1 => (host, Some(port).filter(|port| !port.is_empty())),
        _ => (text, None),
    };
    (host.trim_start_matches('[').trim_end_matches(']'), port)
}

/// One spelling for each host, as far as the text tells: this machine has several, its usual sockets among them.
fn canonical(host: &str) -> String {
    let decoded = decode(host);
    let host = decoded.as_deref().unwrap_or(host);
    if host.contains("${") || (host.starts_with('/') && !SOCKETS.contains(&host)) {
        return host.to_owned();
    }
    let lower = host.to_ascii_lowercase();
    let here = ["", "localhost", "localhost.", "localhost.localdomain", "127.0.0.1", "::1"];
    if here.contains(&lower.as_str()) || SOCKETS.contains(&host) { "localhost".to_owned() } else { lower }
}

/// Where the server of this machine makes its socket unless it is told otherwise. Another folder, like another address
/// of the loopback, may be another server's.
const SOCKETS: [&str; 2] = ["/var/run/postgresql", "/run/postgresql"];

/// A parameter behind the question mark, percent-decoded.
fn parameter(url: &str, name: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.rfind(|(key, _)| *key == name).and_then(|(_, value)| decode(value))
}

/// The database that a URL names, percent-decoded.
pub(crate) fn database(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let (_, path) = rest.split_once('/')?;
    decode(path.split(['?', '#']).next().filter(|name| !name.is_empty())?)
}

fn decode(name: &str) -> Option<String> {
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
        assert!(
            same("postgres://db/shop", "postgres://db:5432/crm")
                && same("postgres://db/a?port=1", "postgres://db:1/b")
        );
        assert!(
            same("postgres://a:1,b:2/x", "postgres://A:1,B:2/y")
                && !same("postgres://a:1,b:2/x", "postgres://a:1/x")
        );
        assert!(!same("postgres://u@${A}/x", "postgres://u@${B}/x"));
    }

    #[test]
    fn this_machine_has_many_spellings() {
        let spellings = [
            "postgres://localhost/shop",
            "postgres://LOCALHOST:5432/shop",
            "postgres://127.0.0.1/shop",
            "postgres://[::1]/shop",
            "postgres://[::1]:5432/shop",
            "postgres://me:secret@/shop",
            "postgres:///crm?user=me",
            "postgres:///shop?host=/var/run/postgresql",
            "postgres://%2Frun%2Fpostgresql/shop",
            "postgres:///shop?host=%2Frun%2Fpostgresql&port=5432",
            "postgres://db.acme.example/shop?hostaddr=127.0.0.1",
        ];
        for spelling in spellings {
            assert_eq!(Server::of(spelling), Server("localhost:5432".into()), "{spelling}");
        }
        for other in [
            "postgres://localhost:5433/shop",
            "postgres://10.0.0.1/shop",
            "postgres://[::2]/shop",
            "postgres:///x?service=s",
            // A tunnel to somewhere else, and a server with a socket of its own.
            "postgres://127.0.0.2/shop",
            "postgres:///shop?host=/tmp",
            "postgres://db.acme.example:5433/shop?hostaddr=127.0.0.1",
        ] {
            assert_ne!(Server::of(other), Server("localhost:5432".into()), "{other}");
        }
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
