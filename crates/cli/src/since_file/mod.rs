//! The file in which an audit keeps what it saw, for the next to compare with. It holds prints and counts and no name of a
//! role.

mod document;

use crate::failure::Failure;
use crate::private_file;
use ::audit::Trace;
use document::{Document, VERSION};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// No such file is larger: a hundred thousand roles make some 20 MB.
const LARGEST: u64 = 512 * 1024 * 1024;

/// Reads what earlier audits saw; nothing if there is no file yet.
///
/// # Errors
/// If there is one that cannot be read, or that is something else, or if none can be written there afterwards.
pub(crate) fn read(path: &Path) -> Result<Vec<Trace>, Failure> {
    private_file::can_be_written(path).map_err(|error| Failure::file("write", path, &error))?;
    let mut text = String::new();
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Failure::file("read", path, &error)),
    };
    let read = file.take(LARGEST.saturating_add(1)).read_to_string(&mut text);
    let read = read.map_err(|error| Failure::file("read", path, &error))?;
    if u64::try_from(read).is_ok_and(|read| read > LARGEST) {
        return Err(foreign(path, "it is too large"));
    }
    let Version { version } =
        serde_json::from_str(&text).map_err(|error| foreign(path, &error.to_string()))?;
    if version != VERSION {
        return Err(foreign(path, &format!("its format is version {version}, and {VERSION} is known")));
    }
    let document: Document =
        serde_json::from_str(&text).map_err(|error| foreign(path, &error.to_string()))?;
    Ok(document.traces())
}

/// Writes what was seen now, and keeps what was seen of other targets.
///
/// # Errors
/// If the file cannot be written. The old one stays then.
pub(crate) fn write(path: &Path, before: Vec<Trace>, now: Vec<Trace>) -> Result<(), Failure> {
    let others = before.into_iter().filter(|old| !now.iter().any(|new| new.system == old.system));
    let mut traces: Vec<Trace> = others.collect();
    traces.extend(now);
    traces.sort_by(|a, b| a.system.cmp(&b.system));
    let text = serde_json::to_string(&Document::of(traces))
        .map_err(|error| Failure::new(format!("what the audit saw cannot be written: {error}"), ""))?;
    private_file::write(path, &format!("{text}\n")).map_err(|error| Failure::file("write", path, &error))
}

/// A short text for a long one, another for each: half a SHA-256 is more than enough to tell rows apart.
pub(crate) fn print(text: &str) -> String {
    let digest = Sha256::digest(text);
    digest.iter().take(16).fold(String::with_capacity(32), |mut print, byte| {
        // Writing to a String cannot fail.
        let _ = write!(print, "{byte:02x}");
        print
    })
}

fn foreign(path: &Path, why: &str) -> Failure {
    Failure::new(
        format!("{} is not what an audit of this rolewright kept: {why}", path.display()),
        "name another file, or remove this one to begin anew: nothing is compared then",
    )
}

/// The one field that every version has.
#[derive(Deserialize)]
struct Version {
    version: u32,
}
