//! Files that are their owner's alone, written as a whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Writes the text, readable by its owner only. An older file is replaced when the new one is complete.
///
/// # Errors
/// The operating system's.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    let beside = beside(path);
    let beside = Path::new(&beside);
    let written = create(beside)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(beside, path))
        .and_then(|()| keep_name(path));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(beside);
    }
    written
}

/// Makes the file's name last: after a loss of power a folder that was not written out may still name the older file.
fn keep_name(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Makes sure that such a file can be written there, and leaves nothing behind.
///
/// # Errors
/// The operating system's.
pub(crate) fn can_be_written(path: &Path) -> io::Result<()> {
    let beside = beside(path);
    create(Path::new(&beside)).and_then(|_| fs::remove_file(&beside))
}

fn beside(path: &Path) -> OsString {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    beside
}

#[cfg(unix)]
fn create(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}
