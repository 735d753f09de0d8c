//! Signing heads, and witnessing them: nobody signs a head that does not extend what they signed before, whatever the log's database says.

use crate::nodes::{Question, prove, root};
use crate::{Store, StoreError};
use proof::{Checkpoint, Hash, Note, NoteError, ProofError, SignError, Signer, verify_consistency};

/// Why no head was signed.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// The log does not extend the head that was signed before.
    #[error("the log is not the one that was signed before: at {size} entries it had the root {root}; {why}")]
    Forked {
        /// How many entries were signed.
        size: u64,
        /// The root that was signed.
        root: Hash,
        /// What does not fit.
        why: ProofError,
    },
    /// The head is of another log.
    #[error("the head is of {found}, and the key signs {expected}")]
    Origin {
        /// Whose it is.
        found: String,
        /// Whose it should be.
        expected: String,
    },
    /// The note is none, or not signed by the log.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The log could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Signs the head of a log with its key, if it extends the head that this signer signed last. `signed` is what the signer remembers by itself, and
/// must remember anew before anybody is told. `now` is in seconds since 1970.
///
/// # Errors
/// [`SigningError::Forked`] if the log is another than the one that was signed.
pub async fn sign(
    store: &mut dyn Store,
    signed: Option<&Checkpoint>,
    key: &(dyn Signer + Sync),
    now: u64,
) -> Result<(Checkpoint, Note), SigningError> {
    let head = store.head().await?;
    if head.origin != key.key().name() {
        return Err(SigningError::Origin { found: head.origin, expected: key.key().name().to_owned() });
    }
    let root = root(store, head.size).await?;
    if let Some(signed) = signed {
        let proof = prove(store, head.size, Question::Consistency(signed.size)).await?;
        let (old, new) = ((signed.size, &signed.root), (head.size, &root));
        verify_consistency(old, new, &proof).map_err(|why| SigningError::Forked {
            size: signed.size,
            root: signed.root,
            why,
        })?;
    }
    let head = Checkpoint { origin: head.origin, size: head.size, root, extensions: Vec::new() };
    let mut note = Note::new(head.to_string())?;
    note.sign(key, now)?;
    Ok((head, note))
}
