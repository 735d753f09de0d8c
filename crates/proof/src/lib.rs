//! What an append-only log proves, to whoever has nothing but the keys that they trust: the Merkle tree of RFC 6962, heads that are
//! signed and witnessed, the log as files, and one entry's proof. The formats are those of C2SP, so that others verify it with
//! tools of their own.
//!
//! Nothing here reads a file, asks a clock or makes a random number.

mod checkpoint;
mod commitment;
mod entry;
pub mod files;
mod hash;
mod key;
mod log;
mod note;
mod policy;
pub mod tile;
mod tlog_proof;
mod tree;
mod verify;
mod witness;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use commitment::{Salt, commitment};
pub use entry::{Entry, EntryError, Payload, Word};
pub use hash::Hash;
pub use key::{Algorithm, KeyError, SEED, SignError, Signer, SigningKey, VerifierKey};
pub use log::{Verified, Wrong, verify};
pub use note::{Note, NoteError, Signature, Signed};
pub use policy::{Believed, Distrust, Policy, PolicyError};
pub use tlog_proof::{TlogProof, TlogProofError};
pub use tree::{Frontier, Node, Nodes, consistency, inclusion, root};
pub use verify::{ProofError, verify_consistency, verify_inclusion};
pub use witness::{WitnessError, witness};
