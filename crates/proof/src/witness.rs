//! What a witness does: it remembers the last head of a log that it saw, and cosigns a newer one only if that adds to it
//! ([tlog-cosignature](https://c2sp.org/tlog-cosignature)).

use crate::files::{CHECKPOINT, Files};
use crate::tile::{self, Tile};
use crate::tree::{Node, Nodes, consistency, root};
use crate::{
    Checkpoint, Hash, Note, NoteError, ProofError, SignError, Signer, VerifierKey, verify_consistency,
};

/// Why a witness does not cosign.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// A file of the log is missing or cannot be read.
    #[error("{path}: {why}")]
    File {
        /// Which.
        path: String,
        /// Why.
        why: String,
    },
    /// The head is not signed by the log.
    #[error("the log's head: {0}")]
    Note(#[from] NoteError),
    /// The head is none, or of another log.
    #[error("the log's head: {0}")]
    Form(String),
    /// The head does not add to the one that was seen before.
    #[error("the log does not add to the head that was seen before, of {size} entries: {why}")]
    Forked {
        /// How many entries had been seen.
        size: u64,
        /// What does not fit.
        why: ProofError,
    },
    /// The stored hashes are not those of the head.
    #[error("the stored hashes have another root than the head")]
    Root,
    /// The witness's key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// Cosigns the head of the log in these files, if the log signed it and it adds to what was seen before. The witness has to remember the head before
/// it gives the note away. `now` is in seconds since 1970.
///
/// # Errors
/// If it does not cosign.
pub fn witness(
    files: &dyn Files,
    log: &VerifierKey,
    seen: Option<&Checkpoint>,
    witness: &dyn Signer,
    now: u64,
) -> Result<(Checkpoint, Note), WitnessError> {
    let mut note = Note::parse(&read(files, CHECKPOINT)?)?;
    note.signed_by([log])?;
    let head: Checkpoint = note.text().parse().map_err(|error| WitnessError::Form(format!("{error}")))?;
    if head.origin != log.name() {
        return Err(WitnessError::Form(format!(
            "it is of {}, and the key is that of {}",
            head.origin,
            log.name()
        )));
    }
    let stored = Stored { files, size: head.size };
    match seen.filter(|seen| seen.size > 0) {
        Some(seen) => {
            let forked = |why| WitnessError::Forked { size: seen.size, why };
            if seen.size > head.size {
                return Err(forked(ProofError::Shrinks { old: seen.size, new: head.size }));
            }
            let proof = consistency(&stored, seen.size, head.size)?;
            verify_consistency((seen.size, &seen.root), (head.size, &head.root), &proof).map_err(forked)?;
        }
        None if root(&stored, head.size)? != head.root => return Err(WitnessError::Root),
        None => {}
    }
    note.sign(witness, now)?;
    Ok((head, note))
}

/// The nodes of a tree whose tiles are files.
struct Stored<'a> {
    files: &'a dyn Files,
    size: u64,
}

impl Nodes for Stored<'_> {
    type Error = WitnessError;

    fn node(&self, node: Node) -> Result<Hash, WitnessError> {
        let (tile, at) = Tile::of(node, self.size).ok_or(WitnessError::Root)?;
        let path = tile.to_string();
        let bytes = match read(self.files, &path) {
            Ok(bytes) => bytes,
            Err(error) if tile.width == 256 => return Err(error),
            Err(_) => read(self.files, &Tile { width: 256, ..tile }.to_string())?,
        };
        let hashes = tile::hashes(&bytes).and_then(|hashes| hashes.get(at).and_then(tile::above));
        hashes.ok_or(WitnessError::File { path, why: "it has not all its hashes".to_owned() })
    }
}

fn read(files: &dyn Files, path: &str) -> Result<Vec<u8>, WitnessError> {
    let file = |why| WitnessError::File { path: path.to_owned(), why };
    files.read(path).map_err(file)?.ok_or_else(|| file("it is missing".to_owned()))
}
