//! What nobody can guess.

use crate::StoreError;
use aws_lc_rs::rand;
use proof::Word;

/// 32 random bytes: a salt, the secret of a key.
///
/// # Errors
/// If the operating system gives none.
pub fn random() -> Result<[u8; 32], StoreError> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| StoreError::Database("no random numbers are to be had".to_owned()))?;
    Ok(bytes)
}

/// The id of a command that nobody has given yet.
///
/// # Errors
/// If no random numbers are to be had.
pub fn fresh_command() -> Result<Word, StoreError> {
    let digits: String = random()?.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Ok(Word::new(digits)?)
}
