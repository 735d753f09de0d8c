//! Finding the programs of a PostgreSQL server.

use std::env;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::account::Account;
use crate::{SandboxError, Version, folder};

/// The variable that names a folder with `14/bin`, `15/bin` and so on.
const OVERRIDE: &str = "ROLEWRIGHT_PG_DIR";
/// Folders in which systems keep one server per major version; `{}` stands for the version.
const SYSTEM: [&str; 4] = [
    "/usr/lib/postgresql/{}/bin",
    "/usr/pgsql-{}/bin",
    "/opt/homebrew/opt/postgresql@{}/bin",
    "/usr/local/opt/postgresql@{}/bin",
];

/// The programs of one PostgreSQL server: `postgres` and `initdb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    version: Version,
    bin: PathBuf,
}

impl Installation {
    /// The server of this version. Looks, in this order, into the folder that `ROLEWRIGHT_PG_DIR` names, the project's
    /// own cache (`.cache/postgres`, filled by `script/setup`), the folders of Debian, Red Hat and Homebrew, and `PATH`.
    ///
    /// # Errors
    /// [`SandboxError::NotInstalled`] with the folders that were looked into.
    pub fn find(version: Version) -> Result<Installation, SandboxError> {
        let searched = places(version);
        searched
            .iter()
            .find_map(|bin| Installation::at(bin).ok().filter(|found| found.version == version))
            .ok_or(SandboxError::NotInstalled { version, searched })
    }

    /// The newest supported server that is installed.
    ///
    /// # Errors
    /// [`SandboxError::NothingInstalled`] if there is none.
    pub fn any() -> Result<Installation, SandboxError> {
        Version::ALL
            .into_iter()
            .rev()
            .find_map(|version| Installation::find(version).ok())
            .ok_or(SandboxError::NothingInstalled)
    }

    /// The server whose programs are in this folder.
    ///
    /// # Errors
    /// [`SandboxError::Unusable`] if a program is missing, does not run, or is of a version that is not supported.
    pub fn at(bin: &Path) -> Result<Installation, SandboxError> {
        let unusable = |reason: String| SandboxError::Unusable { folder: bin.to_owned(), reason };
        for program in ["postgres", "initdb"] {
            if !bin.join(program).is_file() {
                return Err(unusable(format!("it has no {program}")));
            }
        }
        let output = Command::new(bin.join("postgres"))
            .arg("--version")
            .output()
            .map_err(|error| unusable(format!("postgres does not run: {error}")))?;
        let banner = String::from_utf8_lossy(&output.stdout);
        let version = Version::from_banner(&banner).ok_or_else(|| {
            let said = format!("{banner}{}", String::from_utf8_lossy(&output.stderr));
            unusable(format!("`postgres --version` says {:?}, which is not 14 to 18", said.trim()))
        })?;
        Ok(Installation { version, bin: bin.to_owned() })
    }

    /// The server's major version.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The folder with the server's programs.
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// One of the server's programs.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }

    /// This installation, or, where the account may not read it (a checkout in root's home), a copy that it may.
    pub(crate) fn reachable(&self, account: Account, base: &Path) -> Result<Installation, SandboxError> {
        if account.runs(&self.program("postgres")) {
            return Ok(self.clone());
        }
        let copy = base.join(format!("i{}", self.fingerprint()?));
        let found = Installation { version: self.version, bin: copy.join("bin") };
        let lock_path = copy.with_extension("lock");
        let lock = File::create(&lock_path).map_err(SandboxError::io("create", &lock_path))?;
        lock.lock().map_err(SandboxError::io("lock", &lock_path))?;
        if !copy.is_dir() {
            let prefix = self.bin.parent().ok_or_else(|| SandboxError::Unusable {
                folder: self.bin.clone(),
                reason: "it has no parent folder".to_owned(),
            })?;
            let unfinished = copy.with_extension("unfinished");
            let _ = fs::remove_dir_all(&unfinished);
            folder::copy(prefix, &unfinished, account)?;
            fs::rename(&unfinished, &copy).map_err(SandboxError::io("rename", &unfinished))?;
        }
        Ok(found)
    }

    /// A short name for exactly these programs: it differs when the server is updated in place.
    pub(crate) fn fingerprint(&self) -> Result<String, SandboxError> {
        let program = self.program("postgres");
        let real = fs::canonicalize(&program).map_err(SandboxError::io("resolve", &program))?;
        let data = fs::metadata(&real).map_err(SandboxError::io("look at", &real))?;
        let changed = data.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let mut hasher = DefaultHasher::new();
        (real, data.len(), changed).hash(&mut hasher);
        Ok(format!("{}-{:016x}", self.version, hasher.finish()))
    }
}

/// The folders that may hold the programs of this version, best first.
fn places(version: Version) -> Vec<PathBuf> {
    let major = version.to_string();
    let mut places = Vec::new();
    if let Some(chosen) = env::var_os(OVERRIDE) {
        places.push(Path::new(&chosen).join(&major).join("bin"));
    }
    places.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.cache/postgres").join(&major).join("bin"));
    places.extend(SYSTEM.iter().map(|pattern| PathBuf::from(pattern.replace("{}", &major))));
    if let Some(path) = env::var_os("PATH") {
        places.extend(env::split_paths(&path).filter(|bin| bin.join("postgres").is_file()));
    }
    places
}
