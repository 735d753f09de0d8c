//! One entry's proof as one file: [tlog-proof](https://c2sp.org/tlog-proof). Whoever has it, the entry, and the keys that they trust needs nothing
//! else.

use crate::checkpoint::number;
use crate::{Hash, Note, NoteError};
use base64::prelude::{BASE64_STANDARD, Engine};
use std::fmt;

const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// A path in a tree has no more hashes than a size has bits.
const DEEPEST: usize = 64;

/// The proof that an entry is in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// What somebody wrote beside it. Nothing vouches for it.
    pub extra: Option<Vec<u8>>,
    /// Which entry.
    pub index: u64,
    /// The way to the root.
    pub path: Vec<Hash>,
    /// The head, signed.
    pub checkpoint: Note,
}

/// Why a text is no proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    /// It is not made like one.
    #[error("the proof is malformed: {0}")]
    Form(&'static str),
    /// Its head is none.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", BASE64_STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl TlogProof {
    /// Reads a proof.
    ///
    /// # Errors
    /// If the bytes are none.
    pub fn parse(bytes: &[u8]) -> Result<Self, TlogProofError> {
        use TlogProofError::Form;
        let text = std::str::from_utf8(bytes).map_err(|_| Form("it is not UTF-8"))?;
        let rest = text.strip_prefix(HEADER).and_then(|rest| rest.strip_prefix('\n'));
        let rest = rest.ok_or(Form("its first line is not c2sp.org/tlog-proof@v1"))?;
        let (proof, checkpoint) = rest.split_once("\n\n").ok_or(Form("no head stands under it"))?;
        let mut lines = proof.split('\n').peekable();
        let extra = match lines.next_if(|line| line.starts_with("extra ")) {
            Some(line) => {
                let encoded = line.strip_prefix("extra ").unwrap_or_default();
                Some(BASE64_STANDARD.decode(encoded).map_err(|_| Form("what is beside it is not base64"))?)
            }
            None => None,
        };
        let index = lines.next().and_then(|line| number(line.strip_prefix("index ")?));
        let index = index.ok_or(Form("it does not say which entry it is about"))?;
        let path: Option<Vec<Hash>> = lines.map(Hash::from_base64).collect();
        let path = path.ok_or(Form("a line of it is no hash"))?;
        if path.len() > DEEPEST {
            return Err(Form("it is longer than a way in a tree"));
        }
        Ok(Self { extra, index, path, checkpoint: Note::parse(checkpoint.as_bytes())? })
    }
}
