//! The operating-system account that a server runs as: PostgreSQL refuses to run as root.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::SandboxError;
use crate::folder;

/// Who the server's programs run as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Account {
    /// As we do.
    Ours,
    /// As root we step down to this user and group.
    Other { user: u32, group: u32 },
}

impl Account {
    /// Our own account, or, for root, `postgres` where it exists and `nobody` otherwise.
    pub(crate) fn for_servers() -> Result<Account, SandboxError> {
        if folder::our_user()? != 0 {
            return Ok(Account::Ours);
        }
        let path = Path::new("/etc/passwd");
        let accounts = fs::read_to_string(path).map_err(SandboxError::io("read", path))?;
        ["postgres", "nobody"].iter().find_map(|name| find(&accounts, name)).ok_or(SandboxError::NoAccount)
    }

    /// A command that runs as this account, from the root folder, with messages in English and untouched by the
    /// caller's own `PG…` variables.
    pub(crate) fn command(self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        for (key, _) in std::env::vars_os() {
            if key.as_encoded_bytes().starts_with(b"PG") {
                command.env_remove(key);
            }
        }
        command.env("LC_ALL", "C").current_dir("/").stdin(Stdio::null());
        if let Account::Other { user, group } = self {
            command.uid(user).gid(group);
        }
        command
    }

    /// Hands the file or folder to this account.
    pub(crate) fn give(self, path: &Path) -> Result<(), SandboxError> {
        match self {
            Account::Ours => Ok(()),
            Account::Other { user, group } => {
                chown(path, Some(user), Some(group)).map_err(SandboxError::io("change the owner of", path))
            }
        }
    }

    /// Whether this account may enter the folder.
    pub(crate) fn enters(self, folder: &Path) -> bool {
        self == Account::Ours || self.succeeds(r#"cd -- "$1""#, folder)
    }

    /// Whether this account may run the program.
    pub(crate) fn runs(self, program: &Path) -> bool {
        self == Account::Ours || self.succeeds(r#"test -x "$1""#, program)
    }

    fn succeeds(self, script: &str, path: &Path) -> bool {
        self.command("/bin/sh")
            .args(["-c", script, "sh"])
            .arg(path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }
}

/// The user who owns the path.
pub(crate) fn owner(path: &Path) -> Result<u32, SandboxError> {
    Ok(fs::symlink_metadata(path).map_err(SandboxError::io("look at", path))?.uid())
}

fn find(accounts: &str, name: &str) -> Option<Account> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let found = fields.next()? == name;
        let user = fields.nth(1)?.parse().ok()?;
        let group = fields.next()?.parse().ok()?;
        found.then_some(Account::Other { user, group })
    })
}

#[cfg(test)]
mod tests {
    use super::{Account, find};

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let accounts =
            "root:x:0:0:root:/root:/bin/sh\npostgresql:x:7:8::/:\npostgres:x:101:104:,,,:/var:/bin/bash\n";
        assert_eq!(find(accounts, "postgres"), Some(Account::Other { user: 101, group: 104 }));
        assert_eq!(find(accounts, "nobody"), None);
    }
}
