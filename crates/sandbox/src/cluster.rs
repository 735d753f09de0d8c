//! A private server with its folder, as tests see it.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::account::Account;
use crate::client::{self, Address, Script};
use crate::folder::{self, Folder};
use crate::quote::{identifier, url_component};
use crate::server::{Launch, Server};
use crate::{Installation, SandboxError, Version, template};

/// The superuser of every private server.
const SUPERUSER: &str = "postgres";

/// A running private PostgreSQL server. It is stopped and its folder removed when the value is dropped.
///
/// The superuser is `postgres`. On the Unix socket every user name is believed (the folder is closed to others); on TCP,
/// which listens on 127.0.0.1 only, everybody proves a password.
#[derive(Debug)]
pub struct Cluster {
    // The server must end before its folder goes: fields are dropped in this order.
    server: Server,
    launch: Launch,
    password: String,
    folder: Folder,
}

/// Chooses how a [`Cluster`] is made.
#[derive(Debug, Clone, Default)]
#[must_use = "nothing starts before `start`"]
pub struct Builder {
    settings: Vec<(String, String)>,
    own_identity: bool,
}

impl Builder {
    /// Sets a parameter of the server (one of `postgresql.conf`). The last value for a name wins.
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Builder {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Gives the cluster a system identifier of its own. It then takes a second longer to start, because it is not a
    /// copy of the template; copies share one identifier, as restored backups do.
    pub fn own_identity(mut self) -> Builder {
        self.own_identity = true;
        self
    }

    /// Starts the server and waits until it takes connections.
    ///
    /// # Errors
    /// As [`Cluster::start`]; a setting that the server refuses is [`SandboxError::Program`] with its log.
    pub fn start(self, installation: &Installation) -> Result<Cluster, SandboxError> {
        let account = Account::for_servers()?;
        let base = folder::base(account)?;
        let home = folder::for_clusters(&base, account)?;
        folder::sweep(&home);
        let installation = installation.reachable(account, &base)?;
        let folder = Folder::create(&home, account)?;
        let launch = Launch { installation, account, folder: folder.path().to_owned() };
        let password =
            template::fill(&launch.data(), &launch.installation, account, &base, self.own_identity)?;
        let settings = self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        template::configure(&launch.data(), settings)?;
        let server = launch.start()?;
        Ok(Cluster { server, launch, password, folder })
    }
}

impl Cluster {
    /// Starts a private server of this installation with the usual settings: small, quick, `max_connections` 50,
    /// `max_prepared_transactions` 10, `wal_level` replica, encoding UTF-8, locale C.
    ///
    /// Run as root, the server runs as `postgres`, or as `nobody` where that account does not exist.
    ///
    /// # Errors
    /// [`SandboxError::Program`] with the server's log if it does not start, [`SandboxError::NotReady`] if it takes
    /// longer than a minute, and the errors of the file system.
    pub fn start(installation: &Installation) -> Result<Cluster, SandboxError> {
        Cluster::builder().start(installation)
    }

    /// A cluster with settings of its own.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The server's major version.
    pub fn version(&self) -> Version {
        self.launch.installation.version()
    }

    /// The TCP port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// The superuser's password, needed on TCP.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The server's data folder.
    pub fn data_dir(&self) -> PathBuf {
        self.launch.data()
    }

    /// The folder with the Unix socket, to be given as the host.
    pub fn socket_dir(&self) -> &Path {
        self.folder.path()
    }

    /// Where the superuser reaches this database over TCP, password included.
    pub fn url(&self, database: &str) -> String {
        self.url_as(SUPERUSER, &self.password, database)
    }

    /// Where this user reaches this database over TCP with this password.
    pub fn url_as(&self, user: &str, password: &str, database: &str) -> String {
        let [user, password, database] = [user, password, database].map(url_component);
        format!("postgres://{user}:{password}@127.0.0.1:{}/{database}", self.port())
    }

    /// Where the superuser reaches this database over the Unix socket; no password is needed.
    pub fn socket_url(&self, database: &str) -> String {
        self.socket_url_as(SUPERUSER, database)
    }

    /// Where this user reaches this database over the Unix socket; no password is needed.
    pub fn socket_url_as(&self, user: &str, database: &str) -> String {
        let [user, database] = [user, database].map(url_component);
        let host = url_component(&self.socket_dir().to_string_lossy());
        format!("postgres://{user}@{host}:{}/{database}", self.port())
    }

    /// Runs SQL in this database as the superuser and answers the rows: one per line, fields parted by `|`, NULL as
    /// nothing. Statements run one by one, each in its own transaction unless the text opens one; psql's backslash
    /// commands work too.
    ///
    /// # Errors
    /// [`SandboxError::Program`] with psql's message at the first statement that fails; [`SandboxError::NoPsql`].
    pub fn psql(&self, database: &str, sql: &str) -> Result<String, SandboxError> {
        self.psql_as(SUPERUSER, database, sql)
    }

    /// Like [`Cluster::psql`], logged in as this user.
    ///
    /// # Errors
    /// As [`Cluster::psql`].
    pub fn psql_as(&self, user: &str, database: &str, sql: &str) -> Result<String, SandboxError> {
        client::run(self.address(user, database), Script::Text(sql))
    }

    /// Like [`Cluster::psql`], with the SQL in a file.
    ///
    /// # Errors
    /// As [`Cluster::psql`].
    pub fn psql_file(&self, database: &str, file: &Path) -> Result<String, SandboxError> {
        client::run(self.address(SUPERUSER, database), Script::File(file))
    }

    /// Creates an empty database, owned by the superuser.
    ///
    /// # Errors
    /// As [`Cluster::psql`]; so if the name is taken.
    pub fn create_database(&self, name: &str) -> Result<(), SandboxError> {
        self.psql("postgres", &format!("CREATE DATABASE {}", identifier(name))).map(drop)
    }

    /// Everything the server has logged since it was started.
    ///
    /// # Errors
    /// [`SandboxError::Io`] if the log cannot be read.
    pub fn log(&self) -> Result<String, SandboxError> {
        let path = self.launch.log();
        let bytes = fs::read(&path).map_err(SandboxError::io("read", &path))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Ends the server as a crash would, cutting every connection, and starts it again on the same port.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn restart(&mut self) -> Result<(), SandboxError> {
        let port = self.port();
        self.server.stop()?;
        self.server = self.launch.start_on(port)?;
        Ok(())
    }

    /// Stops the server and removes its folder, as dropping does, but says so if the server does not stop.
    ///
    /// # Errors
    /// [`SandboxError::Io`] if the server cannot be stopped.
    pub fn stop(mut self) -> Result<(), SandboxError> {
        self.server.stop()
    }

    fn address<'a>(&'a self, user: &'a str, database: &'a str) -> Address<'a> {
        Address { socket_folder: self.socket_dir(), port: self.port(), user, database }
    }
}

impl fmt::Display for Cluster {
    /// What it is and where, without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "PostgreSQL {} on 127.0.0.1:{}, socket in {}",
            self.version(),
            self.port(),
            self.socket_dir().display()
        )
    }
}
