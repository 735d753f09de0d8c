//! Where private servers live: one folder per user in memory or under the system's temporary folder.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::SandboxError;
use crate::account::{Account, owner};

/// A Unix socket's whole path has at most 103 bytes on every system that we know; this leaves room for our own names.
const LONGEST_BASE: usize = 60;
/// A folder younger than this may belong to a process that has not locked it yet.
const YOUNG: Duration = Duration::from_secs(120);
/// The file system in memory that Linux has.
const MEMORY: &str = "/dev/shm";
/// Clusters live in memory only if this much is free, in KiB: an empty one takes 28 MiB, a very large one half a GiB.
const PLENTY: u64 = 4 * 1024 * 1024;
/// Locked for as long as the folder's owner lives.
const LOCK: &str = "owner";

/// A cluster's own folder. It is removed with the value.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// A new, empty folder for this account alone.
    pub(crate) fn create(base: &Path, account: Account) -> Result<Folder, SandboxError> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = base.join(format!("c{}-{number}", std::process::id()));
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => {
                    let file = path.join(LOCK);
                    let lock = File::create(&file).map_err(SandboxError::io("create", &file))?;
                    lock.lock().map_err(SandboxError::io("lock", &file))?;
                    account.give(&path)?;
                    return Ok(Folder { path, _lock: lock });
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(SandboxError::io("create", &path)(error)),
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing can be done about a folder that does not go away, and the next start tries again.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Where clusters live: in memory, if there is plenty and nobody set `TMPDIR`; otherwise beside the templates in `base`.
///
/// A cluster is a thousand small files, made and deleted for every test. On ext4 that takes up to a second each, because
/// it searches long for numbers of files that were not deleted just now; in memory it takes a tenth.
pub(crate) fn for_clusters(base: &Path, account: Account) -> Result<PathBuf, SandboxError> {
    if std::env::var_os("TMPDIR").is_some() || !has_plenty() {
        return Ok(base.to_owned());
    }
    let quick = Path::new(MEMORY).join(base.file_name().unwrap_or_default());
    ensure_ours(&quick)?;
    Ok(if account.enters(&quick) { quick } else { base.to_owned() })
}

/// The folder that holds our templates: short enough for a socket, ours, and open to the account.
pub(crate) fn base(account: Account) -> Result<PathBuf, SandboxError> {
    let name = format!("rolewright-sandbox-{}", our_user()?);
    let preferred = std::env::temp_dir().join(&name);
    if preferred.as_os_str().len() <= LONGEST_BASE {
        ensure_ours(&preferred)?;
        if account.enters(&preferred) {
            return Ok(preferred);
        }
    }
    let usual = Path::new("/tmp").join(&name);
    ensure_ours(&usual)?;
    Ok(usual)
}

/// Removes what processes left behind that were killed together with their watch.
pub(crate) fn sweep(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_cluster = entry.file_name().as_encoded_bytes().first() == Some(&b'c');
        let is_old = entry
            .metadata()
            .and_then(|data| data.modified())
            .is_ok_and(|changed| changed.elapsed().is_ok_and(|age| age > YOUNG));
        if is_cluster && is_old && File::open(path.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

/// The user that we run as.
pub(crate) fn our_user() -> Result<u32, SandboxError> {
    static USER: OnceLock<u32> = OnceLock::new();
    if let Some(user) = USER.get() {
        return Ok(*user);
    }
    let output = Command::new("id").arg("-u").output().map_err(SandboxError::io("run", Path::new("id")))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let user = text.trim().parse().map_err(|_| SandboxError::Program {
        program: "id -u",
        status: output.status.to_string(),
        output: text.into_owned(),
    })?;
    Ok(*USER.get_or_init(|| user))
}

/// 128 random bits as hexadecimal digits.
pub(crate) fn random() -> Result<String, SandboxError> {
    let path = Path::new("/dev/urandom");
    let mut bytes = [0_u8; 16];
    File::open(path)
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(SandboxError::io("read", path))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Copies a folder with everything in it and hands every copy to the account.
pub(crate) fn copy(from: &Path, to: &Path, account: Account) -> Result<(), SandboxError> {
    let mode = fs::metadata(from).map_err(SandboxError::io("look at", from))?.permissions();
    DirBuilder::new().mode(0o700).create(to).map_err(SandboxError::io("create", to))?;
    for entry in fs::read_dir(from).map_err(SandboxError::io("list", from))? {
        let entry = entry.map_err(SandboxError::io("list", from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().map_err(SandboxError::io("look at", &source))?;
        if kind.is_dir() {
            copy(&source, &target, account)?;
        } else if kind.is_symlink() {
            let aim = fs::read_link(&source).map_err(SandboxError::io("read", &source))?;
            symlink(aim, &target).map_err(SandboxError::io("create", &target))?;
        } else {
            fs::copy(&source, &target).map_err(SandboxError::io("copy to", &target))?;
            account.give(&target)?;
        }
    }
    fs::set_permissions(to, mode).map_err(SandboxError::io("set the mode of", to))?;
    account.give(to)
}

/// Whether the file system in memory exists and has room, and the machine has the memory behind it.
fn has_plenty() -> bool {
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let available = memory.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let room =
        Command::new("df").args(["-Pk", MEMORY]).output().map(|output| output.stdout).unwrap_or_default();
    let room = String::from_utf8_lossy(&room);
    // The first line is the header; the fourth field of the second is what is free.
    let free = room.lines().nth(1).and_then(|line| line.split_whitespace().nth(3));
    let is_memory =
        room.lines().nth(1).is_some_and(|line| line.starts_with("tmpfs") || line.starts_with("shm"));
    let enough = |number: Option<&str>| {
        number
            .and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok())
            .is_some_and(|kib| kib >= PLENTY)
    };
    is_memory && enough(available) && enough(free)
}

fn ensure_ours(path: &Path) -> Result<(), SandboxError> {
    match DirBuilder::new().mode(0o711).create(path) {
        // The mask of the caller may have taken the bits that let the server's account pass through.
        Ok(()) => fs::set_permissions(path, Permissions::from_mode(0o711))
            .map_err(SandboxError::io("set the mode of", path)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let is_folder = fs::symlink_metadata(path).is_ok_and(|data| data.is_dir());
            if is_folder && owner(path)? == our_user()? {
                Ok(())
            } else {
                Err(SandboxError::ForeignFolder { folder: path.to_owned() })
            }
        }
        Err(error) => Err(SandboxError::io("create", path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::os::unix::fs::MetadataExt;
    use std::time::{Duration, SystemTime};

    use super::{Folder, base, copy, sweep};
    use crate::account::Account;

    #[test]
    fn a_sweep_takes_what_nobody_owns_and_leaves_the_living_and_the_young() {
        let home = std::env::temp_dir().join(format!("sandbox-sweep-{}", std::process::id()));
        fs::create_dir(&home).unwrap();
        let age = |path: &std::path::Path| {
            File::open(path).unwrap().set_modified(SystemTime::now() - Duration::from_secs(3600)).unwrap();
        };
        let living = Folder::create(&home, Account::Ours).unwrap();
        let [dead, young, template] = ["c1-dead", "c2-young", "t1-template"].map(|name| home.join(name));
        for folder in [&dead, &young, &template] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("owner"), "").unwrap();
        }
        for folder in [living.path(), &dead, &template] {
            age(folder);
        }
        sweep(&home);
        assert!(living.path().exists() && young.exists() && template.exists());
        assert!(!dead.exists());
        let path = living.path().to_owned();
        drop(living);
        assert!(!path.exists());
        fs::remove_dir_all(&home).unwrap();
    }

    #[test]
    fn a_copy_has_the_same_files_links_and_modes_and_the_accounts_owner() {
        let account = Account::for_servers().unwrap();
        let home = base(account).unwrap().join(format!("copy-{}", std::process::id()));
        fs::create_dir_all(home.join("from/deep")).unwrap();
        fs::write(home.join("from/deep/file"), "text").unwrap();
        std::os::unix::fs::symlink("deep/file", home.join("from/link")).unwrap();
        copy(&home.join("from"), &home.join("to"), account).unwrap();
        assert_eq!(fs::read_to_string(home.join("to/link")).unwrap(), "text");
        assert!(fs::symlink_metadata(home.join("to/link")).unwrap().is_symlink());
        let (from, to) = (home.join("from/deep/file"), home.join("to/deep/file"));
        let [from, to] = [from, to].map(|path| fs::metadata(path).unwrap());
        assert_eq!(from.mode(), to.mode());
        if let Account::Other { user, group } = account {
            assert_eq!((to.uid(), to.gid()), (user, group));
        }
        fs::remove_dir_all(&home).unwrap();
    }
}
