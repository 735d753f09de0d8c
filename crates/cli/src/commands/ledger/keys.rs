//! Keys in files.

use crate::arguments::Key;
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::private_file;
use crate::terminal::Terminal;
use ledger::random;
use proof::{Algorithm, KeyError, Signer, SigningKey, VerifierKey};
use std::fs::File;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

pub(super) fn make(arguments: &Key, terminal: Terminal) -> Result<Verdict, Failure> {
    let algorithm = if arguments.witness { Algorithm::Cosignature } else { Algorithm::Ed25519 };
    let key = new(&arguments.name, algorithm, &arguments.out)?;
    terminal.print(&format!("{}\n", key.key()))?;
    Ok(Verdict::Clean)
}

/// Makes a key and writes its secret to a file that is its owner's alone. No key is written over.
pub(super) fn new(name: &str, algorithm: Algorithm, path: &Path) -> Result<SigningKey, Failure> {
    if path.exists() {
        let what = format!("{} is there already, and a key is never written over", path.display());
        return Err(Failure::new(what, "name another file, or move it away"));
    }
    let seed = Zeroizing::new(random()?);
    let key = SigningKey::new(name, algorithm, &seed).map_err(|error| unfit(&error))?;
    let text = Zeroizing::new(format!("{}\n", *key.secret()));
    private_file::write(path, &text).map_err(|error| Failure::file("write", path, &error))?;
    Ok(key)
}

/// Reads a key of this kind.
pub(super) fn read(path: &Path, algorithm: Algorithm) -> Result<SigningKey, Failure> {
    let text = std::fs::read_to_string(path).map(Zeroizing::new);
    let text = text.map_err(|error| Failure::file("read", path, &error))?;
    let key = SigningKey::parse(text.trim_end()).map_err(|error| {
        Failure::new(format!("{} holds no key: {error}", path.display()), "rolewright ledger key makes one")
    })?;
    if key.key().algorithm() == algorithm {
        return Ok(key);
    }
    let (is, needs) = match algorithm {
        Algorithm::Ed25519 => ("that of a witness", "that of a log or of a node"),
        Algorithm::Cosignature => ("not that of a witness", "that of a witness"),
    };
    Err(Failure::new(format!("the key in {} is {is}", path.display()), format!("{needs} is needed")))
}

/// Waits until nobody else signs with this key, and keeps others waiting until it is dropped: what was signed last is read and written
/// as one.
pub(super) fn held(path: &Path) -> Result<File, Failure> {
    let held = File::open(path).and_then(|file| file.lock().map(|()| file));
    held.map_err(|error| Failure::file("lock", path, &error))
}

/// A public key as somebody wrote it.
pub(super) fn public(text: &str) -> Result<VerifierKey, Failure> {
    text.trim().parse().map_err(|error: KeyError| {
        Failure::new(
            format!("{text:?} is no public key: {error}"),
            "rolewright ledger key and init print them",
        )
    })
}

/// A file beside another, with something behind its name.
pub(super) fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(what);
    name.into()
}

fn unfit(error: &KeyError) -> Failure {
    Failure::new(error.to_string(), "a name such as acme.example/ledger does")
}
