//! [Signed notes](https://c2sp.org/signed-note): a text, and under it who signed it.

use crate::key::{Algorithm, SignError, Signer, VerifierKey, is_name};
use base64::prelude::{BASE64_STANDARD, Engine};
use std::fmt;

/// As long as a note may be, in bytes.
const LONGEST: usize = 1 << 20;
/// As many signatures as it may have.
const MOST: usize = 100;

const DASH: &str = "— ";

/// Why bytes are no note, or one that nobody has to believe.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is longer than a note may be.
    #[error("the note is longer than {LONGEST} bytes")]
    Long,
    /// It is not made like one.
    #[error("the note is malformed: {0}")]
    Form(&'static str),
    /// A key that is known has not made the signature that bears its name.
    #[error("the signature of {0} is not by its key")]
    Forged(String),
    /// No key that is known signed it.
    #[error("nobody signed the note whose key is known: it bears {0}")]
    Unknown(String),
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The name of the key.
    pub name: String,
    /// Its id.
    pub id: u32,
    /// What it made of the text.
    pub bytes: Vec<u8>,
}

/// A text and its signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// A signature that has been verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed<'k> {
    /// By whom.
    pub by: &'k VerifierKey,
    /// When, if it says so: in seconds since 1970.
    pub at: Option<u64>,
}

impl Note {
    /// A text that nobody has signed yet. It ends with a line break.
    ///
    /// # Errors
    /// If a note cannot hold it.
    pub fn new(text: impl Into<String>) -> Result<Self, NoteError> {
        let text = text.into();
        if text.len() > LONGEST {
            return Err(NoteError::Long);
        }
        if text.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Form("it has a control character in it"));
        }
        if !text.ends_with('\n') {
            return Err(NoteError::Form("its text does not end with a line break"));
        }
        Ok(Self { text, signatures: Vec::new() })
    }

    /// Reads a note that somebody signed.
    ///
    /// # Errors
    /// If the bytes are none.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > LONGEST {
            return Err(NoteError::Long);
        }
        let all = std::str::from_utf8(bytes).map_err(|_| NoteError::Form("it is not UTF-8"))?;
        let (text, signatures) =
            all.rsplit_once("\n\n").ok_or(NoteError::Form("no empty line stands before signatures"))?;
        let mut note = Self::new(format!("{text}\n"))?;
        let lines = signatures.strip_suffix('\n').ok_or(NoteError::Form("its last line is not ended"))?;
        for line in lines.split('\n') {
            if note.signatures.len() == MOST {
                return Err(NoteError::Form("it has too many signatures"));
            }
            note.signatures.push(signature(line).ok_or(NoteError::Form("a line under it is no signature"))?);
        }
        Ok(note)
    }

    /// What is signed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All signatures, of whatever worth.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Signs the text. `now` is in seconds since 1970, for signatures that say when they were made. A signature that the key has made before is
    /// replaced.
    ///
    /// # Errors
    /// If the signer does not sign.
    pub fn sign(&mut self, signer: &dyn Signer, now: u64) -> Result<(), SignError> {
        let key = signer.key();
        let bytes = match key.algorithm() {
            Algorithm::Ed25519 => signer.sign(self.text.as_bytes())?.to_vec(),
            Algorithm::Cosignature => {
                let signature = signer.sign(cosigned(&self.text, now).as_bytes())?;
                [now.to_be_bytes().as_slice(), &signature].concat()
            }
        };
        self.signatures.retain(|signature| !is_of(signature, key));
        self.signatures.push(Signature { name: key.name().to_owned(), id: key.id(), bytes });
        Ok(())
    }

    /// Adds the signatures of the same text by others.
    pub fn join(&mut self, other: &Self) {
        if self.text == other.text {
            let new = other.signatures.iter().filter(|signature| !self.signatures.contains(signature));
            let new: Vec<Signature> = new.cloned().collect();
            self.signatures.extend(new);
        }
    }

    /// Who signed it, of those whose keys are known. Signatures of others say nothing.
    ///
    /// # Errors
    /// If a known key did not make the signature that bears its name, or if no known key signed.
    pub fn signed_by<'k>(
        &self,
        known: impl IntoIterator<Item = &'k VerifierKey>,
    ) -> Result<Vec<Signed<'k>>, NoteError> {
        let mut signed: Vec<Signed<'k>> = Vec::new();
        for key in known {
            for signature in self.signatures.iter().filter(|signature| is_of(signature, key)) {
                let at =
                    self.verified(key, signature).ok_or_else(|| NoteError::Forged(key.name().to_owned()))?;
                if signed.iter().all(|signed| signed.by != key) {
                    signed.push(Signed { by: key, at });
                }
            }
        }
        if signed.is_empty() {
            let names: Vec<&str> = self.signatures.iter().map(|signature| signature.name.as_str()).collect();
            return Err(NoteError::Unknown(names.join(", ")));
        }
        Ok(signed)
    }

    /// When it was signed, if it says so; `None` if it was not by this key.
    fn verified(&self, key: &VerifierKey, signature: &Signature) -> Option<Option<u64>> {
        match key.algorithm() {
            Algorithm::Ed25519 => key.verifies(self.text.as_bytes(), &signature.bytes).then_some(None),
            Algorithm::Cosignature => {
                let (time, signature) = signature.bytes.split_first_chunk::<8>()?;
                let time = u64::from_be_bytes(*time);
                let fits = i64::try_from(time).is_ok();
                (fits && key.verifies(cosigned(&self.text, time).as_bytes(), signature)).then_some(Some(time))
            }
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for Signature { name, id, bytes } in &self.signatures {
            let bytes = [id.to_be_bytes().as_slice(), bytes].concat();
            writeln!(f, "{DASH}{name} {}", BASE64_STANDARD.encode(bytes))?;
        }
        Ok(())
    }
}

/// What a witness signs: when it saw which text.
fn cosigned(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

fn is_of(signature: &Signature, key: &VerifierKey) -> bool {
    signature.id == key.id() && signature.name == key.name()
}

fn signature(line: &str) -> Option<Signature> {
    let (name, bytes) = line.strip_prefix(DASH)?.split_once(' ')?;
    let bytes = BASE64_STANDARD.decode(bytes).ok()?;
    let (id, bytes) = bytes.split_first_chunk::<4>()?;
    let fits = is_name(name) && !bytes.is_empty();
    fits.then(|| Signature { name: name.to_owned(), id: u32::from_be_bytes(*id), bytes: bytes.to_vec() })
}
