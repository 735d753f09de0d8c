//! From a URL to connections: to the database that it names, and to others of the same cluster.

mod address;
mod link;
mod passfile;
mod tls;

pub(crate) use link::Link;

use crate::failure;
use crate::quote;
use address::{Address, SslMode, Surroundings};
use engine::EngineError;
use model::{DatabaseName, RoleName, Secret};
use std::time::Duration;
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

/// The oldest and the newest major version that are known in every detail.
const SUPPORTED: std::ops::RangeInclusive<u32> = 14..=18;

/// What every session begins with: names are spelled in full, instants in UTC, and no setting of a role or a database
/// changes what is read, as whom, or ends a session that waits. `transaction_timeout` came with version 17. The queries
/// group catalogues of unknown size, which looks expensive to the planner and is not: compiling them, or calling in
/// parallel workers, would take longer than running them.
const BEGINNING: &str = "SET ROLE NONE; \
     SELECT pg_catalog.set_config('transaction_timeout', '0', false) \
      WHERE pg_catalog.current_setting('server_version_num')::int4 >= 170000; \
     SET search_path = ''; SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; \
     SET quote_all_identifiers = off; SET standard_conforming_strings = on; SET client_min_messages = notice; \
     SET statement_timeout = 0; SET lock_timeout = 0; SET idle_session_timeout = 0; \
     SET idle_in_transaction_session_timeout = 0; SET row_security = on; \
     SET jit = off; SET max_parallel_workers_per_gather = 0; SET work_mem = '64MB'";

/// Makes connections to one cluster. Holds the password; `Debug` does not show it.
#[derive(Debug, Clone)]
pub(crate) struct Connector {
    address: Address,
    tls: Option<Tls>,
    acts_as: Option<RoleName>,
}

#[derive(Clone)]
struct Tls(MakeRustlsConnect);

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}

impl Connector {
    /// Reads the URL and, for what it leaves open, libpq's environment variables.
    ///
    /// # Errors
    /// `RW200` if the URL is broken, `RW201` if a certificate cannot be read.
    pub(crate) fn new(url: &Secret) -> Result<Self, EngineError> {
        let variable = |name: &str| std::env::var(name).ok();
        let address = address::parse(url.expose(), &Surroundings { variable: &variable })?;
        let tls = tls::connector(&address)?.map(Tls);
        Ok(Self { address, tls, acts_as: None })
    }

    /// The same, whose connections become this role first.
    pub(crate) fn acting_as(mut self, role: RoleName) -> Self {
        self.acts_as = Some(role);
        self
    }

    /// Opens a connection, to the URL's database or to another one.
    ///
    /// # Errors
    /// `RW201` if the server does not answer, `RW202` if it refuses, `RW203` or `RW204` if its version is not supported.
    pub(crate) async fn open(&self, database: Option<&DatabaseName>) -> Result<Link, EngineError> {
        let database = database.map_or(self.address.database.as_str(), DatabaseName::as_str);
        let to = self.whereabouts(database);
        let waiting = tokio::time::timeout(self.address.timeout, self.attempt(database, &to));
        match waiting.await {
            Ok(answer) => answer,
            Err(_) => Err(failure::timed_out(&to, self.address.timeout.as_secs())),
        }
    }

    /// `user@host:port/database`, for messages.
    pub(crate) fn whereabouts(&self, database: &str) -> String {
        let hosts: Vec<String> = self.address.hosts.iter().map(ToString::to_string).collect();
        format!("{}@{}/{database}", self.address.user, hosts.join(","))
    }

    async fn attempt(&self, database: &str, to: &str) -> Result<Link, EngineError> {
        let link = match self.start(database, to, true).await {
            // `prefer` falls back to a plain connection also where TLS breaks off, as libpq does.
            Err(Failed::Tls(_)) if self.address.ssl_mode == SslMode::Prefer => {
                self.start(database, to, false).await
            }
            other => other,
        };
        let link = link.map_err(|failed| match failed {
            Failed::Tls(error) | Failed::Otherwise(error) => error,
        })?;
        let become_role = self
            .acts_as
            .as_ref()
            .map_or(String::new(), |role| format!("; SET ROLE {}", quote::identifier(role.as_str())));
        link.batch(&format!("{BEGINNING}{become_role}"))
            .await
            .map_err(|error| failure::connecting(&error, to, &self.address.hint))?;
        link.take_notices();
        Ok(link)
    }

    async fn start(&self, database: &str, to: &str, may_use_tls: bool) -> Result<Link, Failed> {
        let config = self.config(database, may_use_tls);
        let failed = |error: tokio_postgres::Error| {
            let explained = failure::connecting(&error, to, &self.address.hint);
            // After pg_hba.conf has refused the encrypted connection it may still admit the plain one.
            let by_hba =
                error.code() == Some(&tokio_postgres::error::SqlState::INVALID_AUTHORIZATION_SPECIFICATION);
            let by_tls = error.as_db_error().is_none() && explained.what.contains("TLS");
            if by_hba || by_tls { Failed::Tls(explained) } else { Failed::Otherwise(explained) }
        };
        match (&self.tls, may_use_tls) {
            (Some(Tls(tls)), true) => {
                let (client, connection) = config.connect(tls.clone()).await.map_err(failed)?;
                supported(connection.parameter("server_version"), to).map_err(Failed::Otherwise)?;
                Ok(Link::start(client, connection))
            }
            _ => {
                let (client, connection) = config.connect(NoTls).await.map_err(failed)?;
                supported(connection.parameter("server_version"), to).map_err(Failed::Otherwise)?;
                Ok(Link::start(client, connection))
            }
        }
    }

    fn config(&self, database: &str, may_use_tls: bool) -> Config {
        let address = &self.address;
        let mut config = Config::new();
        for host in &address.hosts {
            config.host(&host.name).port(host.port);
        }
        config.user(&address.user).dbname(database).application_name(&address.application);
        if let Some(password) = &address.password {
            config.password(password.expose());
        }
        if let Some(options) = &address.options {
            config.options(options);
        }
        if address.read_write_only {
            config.target_session_attrs(tokio_postgres::config::TargetSessionAttrs::ReadWrite);
        }
        let sockets_only = address.hosts.iter().all(address::Host::is_socket);
        config.ssl_mode(match address.ssl_mode {
            _ if !may_use_tls || sockets_only => tokio_postgres::config::SslMode::Disable,
            SslMode::Disable => tokio_postgres::config::SslMode::Disable,
            SslMode::Prefer => tokio_postgres::config::SslMode::Prefer,
            _ => tokio_postgres::config::SslMode::Require,
        });
        config.keepalives_idle(Duration::from_secs(30)).keepalives_interval(Duration::from_secs(10));
        config
    }
}

/// Why a connection was not made, and whether one without TLS is worth a try.
enum Failed {
    Tls(EngineError),
    Otherwise(EngineError),
}

fn supported(version: Option<&str>, to: &str) -> Result<(), EngineError> {
    let text = version.unwrap_or("unknown");
    let major = text.split(|c: char| !c.is_ascii_digit()).next().and_then(|major| major.parse::<u32>().ok());
    let Some(major) = major else {
        let help = "Rolewright knows PostgreSQL 14 to 18; check that the URL leads to one";
        return Err(EngineError::new("RW203", format!("{to} names its version as `{text}`"), help));
    };
    if major < *SUPPORTED.start() {
        let help =
            "Rolewright knows PostgreSQL 14 to 18; older ones get no security fixes: upgrade the server";
        return Err(EngineError::new("RW203", format!("{to} is PostgreSQL {text}, which is too old"), help));
    }
    if major > *SUPPORTED.end() {
        let help =
            "a newer version may have privileges that this Rolewright would overlook: use a newer Rolewright";
        return Err(EngineError::new("RW204", format!("{to} is PostgreSQL {text}, which is too new"), help));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::supported;

    #[test]
    fn versions_that_are_not_known_in_every_detail_are_refused() {
        let code = |version| supported(version, "x").map_err(|error| error.code);
        assert_eq!(code(Some("13.23")), Err("RW203"));
        assert_eq!(code(Some("14.0 (Debian 14.0-1)")), Ok(()));
        assert_eq!(code(Some("18.4")), Ok(()));
        assert_eq!(code(Some("19devel")), Err("RW204"));
        assert_eq!(code(Some("banana")), Err("RW203"));
        assert_eq!(code(None), Err("RW203"));
    }
}
