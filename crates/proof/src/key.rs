//! Keys of [signed notes](https://c2sp.org/signed-note): who may sign, and whose signature counts.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use base64::prelude::{BASE64_STANDARD, Engine};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

/// How many bytes the secret of an Ed25519 key has.
pub const SEED: usize = 32;

/// A signature's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// Ed25519 over the text of the note.
    Ed25519,
    /// Ed25519 over the text and the time at which a witness saw it
    /// ([tlog-cosignature](https://c2sp.org/tlog-cosignature), `cosignature/v1`).
    Cosignature,
}

impl Algorithm {
    const fn byte(self) -> u8 {
        match self {
            Algorithm::Ed25519 => 0x01,
            Algorithm::Cosignature => 0x04,
        }
    }

    const fn of(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Algorithm::Ed25519),
            0x04 => Some(Algorithm::Cosignature),
            _ => None,
        }
    }
}

/// Why a text is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is not made like one.
    #[error("a key is written `name+id+base64`, with an id of eight hexadecimal digits")]
    Form,
    /// The name could not stand in a note.
    #[error("{0:?} cannot name a key: it is empty, or has a space, a `+` or a control character in it")]
    Name(String),
    /// The id belongs to another key.
    #[error("the id of key {name} is {found:08x}, and by its content it should be {expected:08x}")]
    Id {
        /// The name.
        name: String,
        /// The id that is written.
        found: u32,
        /// What it should be.
        expected: u32,
    },
    /// The kind of signature is not one that is understood.
    #[error("key {name} signs with kind {kind:#04x}, which is not understood here")]
    Algorithm {
        /// The name.
        name: String,
        /// The kind.
        kind: u8,
    },
    /// The key has another length than such a key.
    #[error("key {0} has not the length of an Ed25519 key")]
    Length(String),
}

/// The public half of a key: whose signatures it verifies. Written `name+id+base64`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifierKey {
    name: String,
    id: u32,
    algorithm: Algorithm,
    public: [u8; 32],
}

impl VerifierKey {
    /// The key of somebody with this name.
    ///
    /// # Errors
    /// If a note could not hold the name.
    pub fn new(name: &str, algorithm: Algorithm, public: [u8; 32]) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name(name.to_owned()));
        }
        Ok(Self { name: name.to_owned(), id: id(name, algorithm, &public), algorithm, public })
    }

    /// Whose it is.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What tells it from other keys of the same name.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// The kind of its signatures.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key itself, which may stand behind several names.
    #[must_use]
    pub const fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// Verifies an Ed25519 signature over a message.
    #[must_use]
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public).verify(message, signature).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[self.algorithm.byte()], self.public.as_slice()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, BASE64_STANDARD.encode(bytes))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, found, kind, bytes) = parts(text)?;
        let algorithm =
            Algorithm::of(kind).ok_or_else(|| KeyError::Algorithm { name: name.to_owned(), kind })?;
        let public = bytes.as_slice().try_into().map_err(|_| KeyError::Length(name.to_owned()))?;
        let key = Self::new(name, algorithm, public)?;
        if key.id == found {
            return Ok(key);
        }
        Err(KeyError::Id { name: key.name, found, expected: key.id })
    }
}

/// Whoever can sign: a key that is at hand, or one that is kept elsewhere.
pub trait Signer {
    /// The public half.
    fn key(&self) -> &VerifierKey;

    /// The Ed25519 signature over a message.
    ///
    /// # Errors
    /// If the key cannot be asked, or does not sign this.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError>;
}

/// Why nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} did not sign: {why}")]
pub struct SignError {
    /// The name of the key.
    pub key: String,
    /// What it said.
    pub why: String,
}

/// A key that is at hand. Its secret is wiped from memory with it.
pub struct SigningKey {
    key: VerifierKey,
    seed: Zeroizing<[u8; SEED]>,
    pair: Ed25519KeyPair,
}

impl SigningKey {
    /// The key that a secret of 32 random bytes makes.
    ///
    /// # Errors
    /// If a note could not hold the name.
    pub fn new(name: &str, algorithm: Algorithm, seed: &[u8; SEED]) -> Result<Self, KeyError> {
        use aws_lc_rs::signature::KeyPair;
        let length = || KeyError::Length(name.to_owned());
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| length())?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| length())?;
        Ok(Self { key: VerifierKey::new(name, algorithm, public)?, seed: Zeroizing::new(*seed), pair })
    }

    /// Reads what [`secret`](Self::secret) writes.
    ///
    /// # Errors
    /// If it is no such text.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let rest = text.strip_prefix(PRIVATE).ok_or(KeyError::Form)?;
        let (name, found, kind, bytes) = parts(rest)?;
        let algorithm =
            Algorithm::of(kind).ok_or_else(|| KeyError::Algorithm { name: name.to_owned(), kind })?;
        let seed: Zeroizing<[u8; SEED]> =
            Zeroizing::new(bytes.as_slice().try_into().map_err(|_| KeyError::Length(name.to_owned()))?);
        let key = Self::new(name, algorithm, &seed)?;
        if key.key.id == found {
            return Ok(key);
        }
        Err(KeyError::Id { name: name.to_owned(), found, expected: key.key.id })
    }

    /// The key as a text to be kept safe, as Go's `sumdb/note` writes it.
    #[must_use]
    pub fn secret(&self) -> Zeroizing<String> {
        let VerifierKey { name, id, algorithm, .. } = &self.key;
        let bytes = Zeroizing::new([&[algorithm.byte()], self.seed.as_slice()].concat());
        Zeroizing::new(format!(
            "{PRIVATE}{name}+{id:08x}+{}",
            *Zeroizing::new(BASE64_STANDARD.encode(&*bytes))
        ))
    }
}

const PRIVATE: &str = "PRIVATE+KEY+";

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.key)
    }
}

impl Signer for SigningKey {
    fn key(&self) -> &VerifierKey {
        &self.key
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        let signature = self.pair.sign(message);
        let length =
            || SignError { key: self.key.name.clone(), why: "the signature has a strange length".to_owned() };
        signature.as_ref().try_into().map_err(|_| length())
    }
}

/// The name, the id, the kind of signature, the key.
type Parts<'a> = (&'a str, u32, u8, Zeroizing<Vec<u8>>);

/// `name+id+base64`, taken apart.
fn parts(text: &str) -> Result<Parts<'_>, KeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(bytes)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Form);
    };
    let digits = id.len() == 8 && id.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    let id = u32::from_str_radix(id, 16).ok().filter(|_| digits).ok_or(KeyError::Form)?;
    let bytes = Zeroizing::new(BASE64_STANDARD.decode(bytes).map_err(|_| KeyError::Form)?);
    let (kind, key) = bytes.split_first().ok_or(KeyError::Form)?;
    Ok((name, id, *kind, Zeroizing::new(key.to_vec())))
}

/// The first four bytes of a hash over name, kind and key.
fn id(name: &str, algorithm: Algorithm, public: &[u8; 32]) -> u32 {
    let hash = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', algorithm.byte()])
        .chain_update(public)
        .finalize();
    let [first, second, third, fourth, ..] = <[u8; 32]>::from(hash);
    u32::from_be_bytes([first, second, third, fourth])
}

/// True if a note can hold it as the name of a key.
pub(crate) fn is_name(name: &str) -> bool {
    let fits = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
    !name.is_empty() && name.chars().all(fits)
}
