//! Entries to be, keys, and a place for files.

use ledger::{Contents, New};
use proof::{Algorithm, SigningKey, Word};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) fn node() -> SigningKey {
    SigningKey::new("node-1", Algorithm::Ed25519, &[9; 32]).unwrap()
}

pub(crate) fn word(text: &str) -> Word {
    Word::new(text).unwrap()
}

/// An entry for a command, which says so and names somebody.
pub(crate) fn new(command: &str) -> New {
    let contents = |class: &str, kind: &str, text: String| Contents {
        class: word(class),
        kind: word(kind),
        bytes: text.into_bytes(),
    };
    New {
        actor: word("person/7"),
        authority: word("policy/3"),
        command: word(command),
        contents: vec![
            contents("event", "said@1", format!("said {command}")),
            contents("person", "name@1", format!("Nobody Special {command}")),
        ],
    }
}

/// A folder that is gone with this.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("rolewright-ledger-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.join("log")
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Runs what a test waits for.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
