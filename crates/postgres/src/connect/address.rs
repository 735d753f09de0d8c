//! From a URL and the environment to where and how to connect, as libpq users expect.
//!
//! What libpq knows and this does not: `service` files, `hostaddr`, `requirepeer`, `gssencmode`, Kerberos,
//! certificate revocation lists, `channel_binding`, `sslmode=allow`, the key=value form. An unknown parameter is an error,
//! so that nothing that was asked for is silently left out.

use super::passfile;
use engine::EngineError;
use model::Secret;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// How much a connection must be protected (the words of libpq's `sslmode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SslMode {
    /// Never TLS.
    Disable,
    /// TLS where the server offers it, else none; nobody checks who answers.
    Prefer,
    /// Always TLS; who answers is checked only where a root certificate is given.
    Require,
    /// Always TLS, signed by a known authority.
    VerifyCa,
    /// Always TLS, signed by a known authority, for this host.
    VerifyFull,
}

/// A server that may be the one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host {
    /// A name, an address, or (beginning with `/`) the folder of a socket.
    pub(crate) name: String,
    /// Its port.
    pub(crate) port: u16,
}

impl Host {
    /// True if it is a folder with a socket.
    pub(crate) fn is_socket(&self) -> bool {
        self.name.starts_with('/')
    }
}

impl fmt::Display for Host {
    /// As a URL has it: an IPv6 address stands in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.contains(':') && !self.is_socket() {
            true => write!(f, "[{}]:{}", self.name, self.port),
            false => write!(f, "{}:{}", self.name, self.port),
        }
    }
}

/// Where and how to connect. `Debug` shows no password.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub(crate) hosts: Vec<Host>,
    pub(crate) user: String,
    pub(crate) password: Option<Secret>,
    pub(crate) database: String,
    pub(crate) ssl_mode: SslMode,
    pub(crate) ssl_roots: Option<PathBuf>,
    pub(crate) ssl_certificate: Option<PathBuf>,
    pub(crate) ssl_key: Option<PathBuf>,
    pub(crate) application: String,
    pub(crate) options: Option<String>,
    pub(crate) read_write_only: bool,
    pub(crate) timeout: Duration,
    /// Why a password file was passed over, for the message when the login fails.
    pub(crate) hint: String,
}

/// What the environment of the process says, as a value.
pub(crate) struct Surroundings<'a> {
    /// A variable of the environment.
    pub(crate) variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Surroundings<'_> {
    fn get(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    fn in_home(&self, path: &str) -> Option<PathBuf> {
        self.get("HOME").map(|home| PathBuf::from(home).join(path))
    }
}

/// The parts of a URL, decoded, and its parameters in order.
struct Url {
    user: Option<String>,
    password: Option<String>,
    hosts: Vec<(String, Option<u16>)>,
    database: Option<String>,
    parameters: Vec<(String, String)>,
}

impl Url {
    fn parameter(&self, name: &str) -> Option<String> {
        self.parameters.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }
}

/// The parameters that are understood.
const PARAMETERS: [&str; 13] = [
    "application_name",
    "connect_timeout",
    "dbname",
    "host",
    "options",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
    "user",
];

/// Reads a URL such as `postgres://user@host:5432/database?sslmode=verify-full`, and what it leaves open from the
/// environment.
///
/// # Errors
/// `RW200` with what is wrong; never with the text itself, which may hold a password.
pub(crate) fn parse(url: &str, surroundings: &Surroundings<'_>) -> Result<Address, EngineError> {
    let url = split(url)?;
    if let Some((unknown, _)) = url.parameters.iter().find(|(name, _)| !PARAMETERS.contains(&name.as_str())) {
        let help = format!("known are: {}", PARAMETERS.join(", "));
        return Err(EngineError::new(
            "RW200",
            format!("the database URL has an unknown parameter `{unknown}`"),
            help,
        ));
    }
    let pick =
        |parameter: &str, variable: &str| url.parameter(parameter).or_else(|| surroundings.get(variable));
    let hosts = hosts(&url, surroundings)?;
    let user = url.user.clone().or_else(|| pick("user", "PGUSER"));
    let user = user.or_else(|| surroundings.get("USER")).or_else(|| surroundings.get("LOGNAME"));
    let user = user.ok_or_else(|| wrong("names no user", "write postgres://USER@…, or set PGUSER"))?;
    let database =
        url.database.clone().or_else(|| pick("dbname", "PGDATABASE")).unwrap_or_else(|| user.clone());
    let mut hint = String::new();
    let password = url.password.clone().or_else(|| pick("password", "PGPASSWORD")).map(Secret::new);
    let password = password.or_else(|| {
        let file =
            surroundings.get("PGPASSFILE").map(PathBuf::from).or_else(|| surroundings.in_home(".pgpass"))?;
        let key = passfile::Key { hosts: &hosts, database: &database, user: &user };
        passfile::look_up(&file, &key, &mut hint)
    });
    let path = |parameter, variable| pick(parameter, variable).map(PathBuf::from);
    let existing = |name: &str| surroundings.in_home(name).filter(|file| file.is_file());
    Ok(Address {
        ssl_mode: ssl_mode(pick("sslmode", "PGSSLMODE"))?,
        ssl_roots: path("sslrootcert", "PGSSLROOTCERT").or_else(|| existing(".postgresql/root.crt")),
        ssl_certificate: path("sslcert", "PGSSLCERT").or_else(|| existing(".postgresql/postgresql.crt")),
        ssl_key: path("sslkey", "PGSSLKEY").or_else(|| existing(".postgresql/postgresql.key")),
        application: pick("application_name", "PGAPPNAME").unwrap_or_else(|| "rolewright".to_owned()),
        options: pick("options", "PGOPTIONS"),
        read_write_only: read_write_only(pick("target_session_attrs", "PGTARGETSESSIONATTRS"))?,
        timeout: timeout(pick("connect_timeout", "PGCONNECT_TIMEOUT"))?,
        hosts,
        user,
        password,
        database,
        hint,
    })
}

fn wrong(what: &str, help: &str) -> EngineError {
    EngineError::new("RW200", format!("the database URL {what}"), help)
}

fn split(url: &str) -> Result<Url, EngineError> {
    let form = "write postgres://USER@HOST:PORT/DATABASE; characters such as @ : / ? # % in a password are written as %40 and so on";
    let rest = url
        .strip_prefix("postgres://")
        .or_else(|| url.strip_prefix("postgresql://"))
        .ok_or_else(|| wrong("does not begin with postgres://", form))?;
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
    refuse_cut_password(rest, query)?;
    let (authority, database) = rest.split_once('/').map_or((rest, None), |(a, d)| (a, Some(d)));
    let (credentials, places) = authority.rsplit_once('@').map_or((None, authority), |(c, p)| (Some(c), p));
    let (user, password) = match credentials.map(|text| text.split_once(':').ok_or(text)) {
        None => (None, None),
        Some(Ok((user, password))) => (Some(user), Some(password)),
        Some(Err(user)) => (Some(user), None),
    };
    let decoded = |text: Option<&str>| match text {
        Some(text) if !text.is_empty() => {
            decode(text).map(Some).ok_or_else(|| wrong("has a broken % escape", form))
        }
        _ => Ok(None),
    };
    let mut parameters = Vec::new();
    for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or_else(|| wrong("has a parameter without `=`", form))?;
        let broken = || wrong("has a broken % escape", form);
        parameters.push((decode(name).ok_or_else(broken)?, decode(value).ok_or_else(broken)?));
    }
    let hosts = places.split(',').map(place).collect::<Option<Vec<_>>>();
    Ok(Url {
        user: decoded(user)?,
        password: decoded(password)?,
        hosts: hosts.ok_or_else(|| wrong("has a broken host or port", form))?,
        database: decoded(database)?,
        parameters,
    })
}

/// A `/` or `?` that stands unescaped in a password ends the authority, and what is before it would be taken for a
/// host and shown. The `@` that follows tells.
fn refuse_cut_password(rest: &str, query: Option<&str>) -> Result<(), EngineError> {
    let cut = |text: Option<&str>| text.is_some_and(|text| text.contains('@'));
    if cut(rest.split_once('/').map(|(_, path)| path)) || cut(query) {
        return Err(wrong(
            "has an @ behind a / or ?",
            "escape / in the password as %2F and ? as %3F; in a database's name or a parameter write @ as %40",
        ));
    }
    Ok(())
}

/// `host`, `host:port`, `[v6]:port`, or nothing.
fn place(text: &str) -> Option<(String, Option<u16>)> {
    let (name, port) = match text.strip_prefix('[') {
        Some(inner) => inner.split_once(']').map(|(name, rest)| (name, rest.strip_prefix(':')))?,
        None => text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port))),
    };
    let port = match port {
        None | Some("") => None,
        Some(port) => Some(port.parse().ok()?),
    };
    Some((decode(name)?, port))
}

/// Replaces `%41` by `A`; `None` if an escape is broken or the result is no text or holds a NUL.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
        bytes.push(u8::try_from(high * 16 + low).ok().filter(|byte| *byte != 0)?);
    }
    String::from_utf8(bytes).ok()
}

fn hosts(url: &Url, surroundings: &Surroundings<'_>) -> Result<Vec<Host>, EngineError> {
    let port = |text: &str| {
        text.trim()
            .parse::<u16>()
            .map_err(|_| wrong("has a port that is no number", "write a number from 1 to 65535"))
    };
    let ports =
        url.parameter("port").or_else(|| surroundings.get("PGPORT")).unwrap_or_else(|| "5432".to_owned());
    let ports = ports.split(',').map(port).collect::<Result<Vec<_>, _>>()?;
    let default_port = |at: usize| ports.get(at).or(ports.first()).copied().unwrap_or(5432);
    let named = url.hosts.iter().any(|(name, _)| !name.is_empty());
    let listed = |text: String| text.split(',').map(|name| (name.to_owned(), None)).collect::<Vec<_>>();
    let mut places = match url.parameter("host") {
        Some(text) => listed(text),
        None if named => url.hosts.clone(),
        None => surroundings.get("PGHOST").map_or_else(|| url.hosts.clone(), listed),
    };
    // A port in the authority counts also where the host comes from elsewhere: postgres://:5433/x?host=/tmp.
    if let (false, Some((_, port))) = (named, url.hosts.first()) {
        places.iter_mut().for_each(|place| place.1 = place.1.or(*port));
    }
    let local = |port: u16| {
        let folders = ["/var/run/postgresql", "/tmp"];
        let socket = |folder: &&&str| std::path::Path::new(folder).join(format!(".s.PGSQL.{port}")).exists();
        folders.iter().find(socket).map_or("localhost", |folder| *folder).to_owned()
    };
    Ok(places
        .into_iter()
        .enumerate()
        .map(|(at, (name, port))| {
            let port = port.unwrap_or_else(|| default_port(at));
            Host { name: if name.is_empty() { local(port) } else { name }, port }
        })
        .collect())
}

fn ssl_mode(text: Option<String>) -> Result<SslMode, EngineError> {
    match text.as_deref() {
        None | Some("prefer") => Ok(SslMode::Prefer),
        Some("disable") => Ok(SslMode::Disable),
        Some("require") => Ok(SslMode::Require),
        Some("verify-ca") => Ok(SslMode::VerifyCa),
        Some("verify-full") => Ok(SslMode::VerifyFull),
        Some(_) => {
            Err(wrong("has an unknown sslmode", "use disable, prefer, require, verify-ca or verify-full"))
        }
    }
}

fn read_write_only(text: Option<String>) -> Result<bool, EngineError> {
    match text.as_deref() {
        None | Some("any") => Ok(false),
        Some("read-write" | "primary") => Ok(true),
        Some(_) => Err(wrong("has an unknown target_session_attrs", "use any, read-write or primary")),
    }
}

fn timeout(text: Option<String>) -> Result<Duration, EngineError> {
    let Some(text) = text else { return Ok(Duration::from_secs(10)) };
    match text.trim().parse::<u64>() {
        // As in libpq, 0 means to wait for ever; a day is as good, and ends.
        Ok(0) => Ok(Duration::from_secs(86_400)),
        Ok(seconds) => Ok(Duration::from_secs(seconds.min(86_400))),
        Err(_) => {
            Err(wrong("has a connect_timeout that is no number", "write seconds, such as connect_timeout=10"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str, variables: &[(&str, &str)]) -> Result<Address, EngineError> {
        let find =
            |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        parse(url, &Surroundings { variable: &find })
    }

    fn host(name: &str, port: u16) -> Host {
        Host { name: name.to_owned(), port }
    }

    #[test]
    fn a_full_url_is_read_part_by_part() {
        let address = read("postgresql://ann%40x:p%3aw%2F@db.acme.example:6000/sh%C3%B6p?sslmode=verify-full&connect_timeout=3&application_name=a%20b", &[]).unwrap();
        assert_eq!(address.user, "ann@x");
        assert_eq!(address.password.unwrap().expose(), "p:w/");
        assert_eq!(address.hosts, [host("db.acme.example", 6000)]);
        assert_eq!(address.database, "shöp");
        assert_eq!(address.ssl_mode, SslMode::VerifyFull);
        assert_eq!(address.timeout, Duration::from_secs(3));
        assert_eq!(address.application, "a b");
    }

    #[test]
    fn what_the_url_leaves_open_comes_from_the_environment() {
        let variables = [
            ("PGUSER", "eve"),
            ("PGHOST", "/run/pg"),
            ("PGPORT", "7000"),
            ("PGPASSWORD", "s"),
            ("PGSSLMODE", "require"),
        ];
        let address = read("postgres:///shop", &variables).unwrap();
        assert_eq!((address.user.as_str(), address.database.as_str()), ("eve", "shop"));
        assert_eq!(address.hosts, [host("/run/pg", 7000)]);
        assert_eq!(address.ssl_mode, SslMode::Require);
        assert_eq!(address.password.unwrap().expose(), "s");
    }

    #[test]
    fn sockets_lists_of_hosts_and_ipv6_are_understood() {
        assert_eq!(read("postgres://u@%2Frun%2Fpg:6/x", &[]).unwrap().hosts, [host("/run/pg", 6)]);
        assert_eq!(read("postgres://u@:6/x?host=/tmp", &[]).unwrap().hosts, [host("/tmp", 6)]);
        assert_eq!(
            read("postgres://u@a:1,b,[::1]:3/x", &[]).unwrap().hosts,
            [host("a", 1), host("b", 5432), host("::1", 3)]
        );
        assert_eq!(
            [host("a", 1), host("::1", 3), host("/tmp", 6)].map(|host| host.to_string()),
            ["a:1", "[::1]:3", "/tmp:6"]
        );
    }

    #[test]
    fn no_error_and_no_debug_shows_the_password() {
        for url in [
            "mysql://u:geheim@h/d",
            "postgres://u:geheim@h:no/d",
            "postgres://u:geheim%@h/d",
            "postgres://u:geheim@h/d?x",
            "postgres://u:geheim@h/d?y=geheim",
            "postgres://u:12/geheim@h/d",
            "postgres://u:geheim/12@h/d",
            "postgres://u:p@geheim/12@h/d",
            "postgres://u:12?geheim=x@h/d",
            "postgres://u:12/3?geheim=x@h/d",
        ] {
            let error = read(url, &[]).unwrap_err();
            assert_eq!(error.code, "RW200");
            assert!(!format!("{error:?}").contains("geheim"), "{error:?}");
        }
        let cut = read("postgres://u:12/geheim@h/d", &[]).unwrap_err();
        assert!(cut.help.contains("escape / in the password as %2F"), "{cut:?}");
        assert!(!format!("{:?}", read("postgres://u:geheim@h/d", &[]).unwrap()).contains("geheim"));
    }
}
