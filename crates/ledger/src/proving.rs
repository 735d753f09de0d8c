//! What an outsider is given: one entry's proof, or the whole log as files. Both go as far as the last signed head.

use crate::nodes::{Question, prove};
use crate::{Store, StoreError};
use proof::files::{CHECKPOINT, File, Kept, Writing, join_payloads, payloads_path};
use proof::tile::{Bundle, WIDTH};
use proof::{Checkpoint, Note, TlogProof};

/// Why there is nothing to give.
#[derive(Debug, thiserror::Error)]
pub enum ProvingError {
    /// No head has been signed.
    #[error("no head of the log has been signed yet")]
    Unsigned,
    /// The entry is not under the last signed head.
    #[error("entry {index} is not under the last signed head, which has {size} entries")]
    Beyond {
        /// The entry.
        index: u64,
        /// What is signed.
        size: u64,
    },
    /// A file could not be written.
    #[error("{0}")]
    File(String),
    /// The log could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes a file of the log at its path.
type Put<'a> = dyn FnMut(&str, &[u8]) -> Result<(), String> + Send + 'a;

/// The proof that an entry is under the last signed head.
///
/// # Errors
/// If it is not.
pub async fn prove_entry(store: &mut dyn Store, index: u64) -> Result<TlogProof, ProvingError> {
    let (head, checkpoint) = signed(store).await?;
    if index >= head.size {
        return Err(ProvingError::Beyond { index, size: head.size });
    }
    let path = prove(store, head.size, Question::Inclusion(index)).await?;
    Ok(TlogProof { extra: None, index, path, checkpoint })
}

/// Writes all that is under the last signed head as files. Tells how many entries these are.
///
/// # Errors
/// If the log is not what its head says, or a file could not be written.
pub async fn export(store: &mut dyn Store, put: &mut Put<'_>) -> Result<u64, ProvingError> {
    let (head, checkpoint) = signed(store).await?;
    let mut writing = Writing::default();
    for bundle in Bundle::all(head.size) {
        let (from, many) = (bundle.index * WIDTH, u64::from(bundle.width));
        let (mut kept, mut full) = (Vec::<Kept>::new(), Vec::<File>::new());
        let stored = store.read(from, many).await?;
        if stored.len() as u64 != many {
            return Err(StoreError::Damaged(format!(
                "of entries {from} to {} some are missing",
                from + many - 1
            ))
            .into());
        }
        for stored in stored {
            writing.push(stored.bytes, |file| full.push(file));
            kept.extend(stored.kept);
        }
        put_all(full, put)?;
        if !kept.is_empty() {
            let bytes = join_payloads(&kept)
                .ok_or_else(|| ProvingError::File("a content is longer than 4 GiB".to_owned()))?;
            put(&payloads_path(Bundle { width: 256, ..bundle }), &bytes).map_err(ProvingError::File)?;
        }
    }
    put_all(writing.partial().collect(), put)?;
    if writing.head() != (head.size, head.root) {
        return Err(StoreError::Damaged("its entries are not those whose head was signed".to_owned()).into());
    }
    // The head comes last: whoever finds one finds all that is under it.
    put(CHECKPOINT, checkpoint.to_string().as_bytes()).map_err(ProvingError::File)?;
    Ok(head.size)
}

fn put_all(files: Vec<File>, put: &mut Put<'_>) -> Result<(), ProvingError> {
    for file in files {
        let bytes = file
            .bytes()
            .ok_or_else(|| ProvingError::File("an entry is longer than 65,535 bytes".to_owned()))?;
        put(&file.path(), &bytes).map_err(ProvingError::File)?;
    }
    Ok(())
}

/// The last signed head.
async fn signed(store: &mut dyn Store) -> Result<(Checkpoint, Note), ProvingError> {
    let damaged = |why: String| StoreError::Damaged(format!("its signed head: {why}"));
    let text = store.checkpoint().await?.ok_or(ProvingError::Unsigned)?;
    let note = Note::parse(text.as_bytes()).map_err(|error| damaged(error.to_string()))?;
    let head = note.text().parse().map_err(|error| damaged(format!("{error}")))?;
    Ok((head, note))
}
