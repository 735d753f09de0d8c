//! Passwords to verifiers: the server never sees a password that we set.

use model::Secret;

/// The SCRAM-SHA-256 verifier of a password with a fresh salt (RFC 5803; PostgreSQL documentation, "Password
/// Authentication").
#[must_use]
pub fn verifier(password: &Secret) -> Secret {
    Secret::new(postgres_protocol::password::scram_sha_256(password.expose().as_bytes()))
}
