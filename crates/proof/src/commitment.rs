//! Commitments to payloads: an entry says which content it had without having it, so that the content can be erased and every proof still
//! holds. The salt is erased with it: without the salt nobody can try out what the content may have been.

use crate::Hash;
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

/// Stands before what is hashed, so that it is nothing else's hash.
const PREFIX: &[u8] = b"rolewright.dev/commitment@v1\n";

/// 32 random bytes, for one payload of one entry and for no other.
#[derive(Clone, PartialEq, Eq, Zeroize)]
pub struct Salt(pub [u8; 32]);

impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt(…)")
    }
}

/// What an entry says of a payload. The salt has one length, so where the content begins is never in doubt.
#[must_use]
pub fn commitment(salt: &Salt, content: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update(PREFIX).chain_update(salt.0).chain_update(content).finalize().into())
}
