//! Data folders: made by `initdb` once for each installation, then copied.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::account::Account;
use crate::quote::setting;
use crate::{Installation, SandboxError, folder};

/// Raise it when [`SETTINGS`], [`ACCESS`] or the options of `initdb` change, so that old templates are not used.
const FORMAT: u32 = 1;

/// Small and quick: nothing here outlives its test, so nothing is written to be safe.
const SETTINGS: [(&str, &str); 14] = [
    ("listen_addresses", "127.0.0.1"),
    ("max_connections", "50"),
    ("shared_buffers", "16MB"),
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("wal_level", "replica"),
    ("min_wal_size", "4MB"),
    ("max_wal_size", "64MB"),
    ("max_prepared_transactions", "10"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("lc_messages", "C"),
    ("logging_collector", "off"),
];

/// Whoever can open the socket (its folder is closed to others) is believed; on TCP everybody proves a password.
const ACCESS: &str = "\
# type  database     user  address       method
local   all          all                 trust
local   replication  all                 trust
host    all          all   127.0.0.1/32  scram-sha-256
host    replication  all   127.0.0.1/32  scram-sha-256
";

/// Fills `data` with a new cluster and answers its superuser's password. The cluster is a copy of the installation's
/// template, so all copies share one system identifier; with `own_identity` it is made from nothing.
pub(crate) fn fill(
    data: &Path,
    installation: &Installation,
    account: Account,
    base: &Path,
    own_identity: bool,
) -> Result<String, SandboxError> {
    if own_identity {
        let parent = data.parent().unwrap_or(base);
        return initialise(data, &parent.join("password"), installation, account);
    }
    let template = template(installation, account, base)?;
    folder::copy(&template.join("data"), data, account)?;
    let password = template.join("password");
    fs::read_to_string(&password).map_err(SandboxError::io("read", &password))
}

/// Adds settings to the cluster's `postgresql.conf`; later ones win.
pub(crate) fn configure<'a>(
    data: &Path,
    settings: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<(), SandboxError> {
    let lines: String =
        settings.into_iter().map(|(name, value)| format!("{name} = {}\n", setting(value))).collect();
    let path = data.join("postgresql.conf");
    OpenOptions::new()
        .append(true)
        .open(&path)
        .and_then(|mut file| file.write_all(lines.as_bytes()))
        .map_err(SandboxError::io("write to", &path))
}

/// The installation's template, made now if there is none yet. Processes that run at the same time wait for the one
/// that makes it.
fn template(installation: &Installation, account: Account, base: &Path) -> Result<PathBuf, SandboxError> {
    let ready = base.join(format!("t{FORMAT}-{}", installation.fingerprint()?));
    if ready.is_dir() {
        return Ok(ready);
    }
    let lock_path = ready.with_extension("lock");
    let lock = File::create(&lock_path).map_err(SandboxError::io("create", &lock_path))?;
    lock.lock().map_err(SandboxError::io("lock", &lock_path))?;
    if !ready.is_dir() {
        let unfinished = ready.with_extension("unfinished");
        let _ = fs::remove_dir_all(&unfinished);
        DirBuilder::new().mode(0o700).create(&unfinished).map_err(SandboxError::io("create", &unfinished))?;
        account.give(&unfinished)?;
        initialise(&unfinished.join("data"), &unfinished.join("password"), installation, account)?;
        fs::rename(&unfinished, &ready).map_err(SandboxError::io("rename", &unfinished))?;
    }
    Ok(ready)
}

fn initialise(
    data: &Path,
    password_file: &Path,
    installation: &Installation,
    account: Account,
) -> Result<String, SandboxError> {
    let password = folder::random()?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(password_file)
        .and_then(|mut file| file.write_all(password.as_bytes()))
        .map_err(SandboxError::io("write", password_file))?;
    account.give(password_file)?;

    let output = account
        .command(installation.program("initdb"))
        .args(["--username=postgres", "--locale=C", "--encoding=UTF8"])
        .args(["--auth=trust", "--no-sync", "--wal-segsize=1"])
        .arg("--pwfile")
        .arg(password_file)
        .arg("--pgdata")
        .arg(data)
        .output()
        .map_err(SandboxError::io("run", &installation.program("initdb")))?;
    if !output.status.success() {
        return Err(SandboxError::Program {
            program: "initdb",
            status: output.status.to_string(),
            output: String::from_utf8_lossy(&output.stderr).into_owned(),
        });
    }
    configure(data, SETTINGS)?;
    let access = data.join("pg_hba.conf");
    fs::write(&access, ACCESS).map_err(SandboxError::io("write", &access))?;
    fs::set_permissions(&access, Permissions::from_mode(0o600))
        .map_err(SandboxError::io("close", &access))?;
    Ok(password)
}
