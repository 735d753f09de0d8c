//! An entry of the log: a header and commitments, signed by the node that wrote it. It has no name, reason or statement in it: these are payloads,
//! which lie beside the log and can be erased.
//!
//! It is text, and there is one way to write it, so an auditor can read it and its bytes are what is hashed.

use crate::checkpoint::number;
use crate::{Hash, Note, NoteError, SignError, Signer};
use std::fmt;

const VERSION: &str = "rolewright.dev/entry@v1";
/// What an entry may have of payloads.
const MOST_PAYLOADS: usize = 64;
/// How long a word of it may be, in bytes.
const LONGEST_WORD: usize = 200;

/// A word of an entry: an id, never a name. Letters, digits and `._:/@-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(String);

impl Word {
    /// Takes a text that is one.
    ///
    /// # Errors
    /// If it is empty, too long, or has another character in it.
    pub fn new(text: impl Into<String>) -> Result<Self, EntryError> {
        let text = text.into();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/@-".contains(&byte);
        if text.is_empty() || text.len() > LONGEST_WORD || !text.bytes().all(fits) {
            return Err(EntryError::Word(text.chars().take(40).collect()));
        }
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A payload that an entry has beside the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// How it may be kept and erased: `event`, `person`, `statement`.
    pub class: Word,
    /// What it is, with its version: `model-published@1`.
    pub kind: Word,
    /// The commitment to its content.
    pub commitment: Hash,
}

/// An entry's header and commitments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the log, from 0.
    pub index: u64,
    /// When it was written, in microseconds since 1970; never before the entry before it.
    pub time: u64,
    /// Who acted, by id.
    pub actor: Word,
    /// What authorised it: an id of a policy, an approval, a credential.
    pub authority: Word,
    /// The command that it answers, so that an unknown outcome can be looked up.
    pub command: Word,
    /// What lies beside the log.
    pub payloads: Vec<Payload>,
}

/// Why bytes are no entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// A word that is none.
    #[error("{0:?} is no word of an entry: letters, digits and ._:/@- only, 200 at most")]
    Word(String),
    /// A version that this program does not know.
    #[error("the entry is of version {0:?}, which this program does not know")]
    Version(String),
    /// It is not made like one.
    #[error("the entry is malformed: {0}")]
    Form(&'static str),
    /// Its signatures are none.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The node did not sign it.
    #[error(transparent)]
    Unsigned(#[from] SignError),
}

impl Entry {
    /// The entry as it is stored and hashed, signed by the node.
    ///
    /// # Errors
    /// If the node does not sign, or the entry has too many payloads.
    pub fn signed(&self, node: &dyn Signer) -> Result<Vec<u8>, EntryError> {
        if self.payloads.len() > MOST_PAYLOADS {
            return Err(EntryError::Form("it has too many payloads"));
        }
        let mut note = Note::new(self.to_string())?;
        note.sign(node, self.time / 1_000_000)?;
        Ok(note.to_string().into_bytes())
    }

    /// Reads an entry, with its signature, which is not verified by this.
    ///
    /// # Errors
    /// If it is none, or is not written in the one way in which it would be written.
    pub fn parse(bytes: &[u8]) -> Result<(Self, Note), EntryError> {
        let note = Note::parse(bytes)?;
        let entry = Self::read(note.text())?;
        let same = entry.to_string() == note.text() && note.to_string().as_bytes() == bytes;
        if !same {
            return Err(EntryError::Form("it is not written in the one way that there is"));
        }
        if note.signatures().len() != 1 {
            return Err(EntryError::Form("it is signed by more than one node"));
        }
        Ok((entry, note))
    }

    fn read(text: &str) -> Result<Self, EntryError> {
        use EntryError::Form;
        let mut lines = text.lines();
        let version = lines.next().unwrap_or_default();
        if version != VERSION {
            return Err(EntryError::Version(version.chars().take(40).collect()));
        }
        let mut value = |key: &str, missing| {
            let value = lines.next().and_then(|line| line.strip_prefix(key)?.strip_prefix(' '));
            value.ok_or(Form(missing))
        };
        let index = number(value("index", "it has no index")?).ok_or(Form("its index is no number"))?;
        let time = number(value("time", "it has no time")?).ok_or(Form("its time is no number"))?;
        let actor = Word::new(value("actor", "it does not say who acted")?)?;
        let authority = Word::new(value("authority", "it does not say what authorised it")?)?;
        let command = Word::new(value("command", "it does not say which command it answers")?)?;
        let mut payloads = Vec::new();
        for line in lines {
            if payloads.len() == MOST_PAYLOADS {
                return Err(Form("it has too many payloads"));
            }
            payloads.push(payload(line)?);
        }
        Ok(Self { index, time, actor, authority, command, payloads })
    }
}

fn payload(line: &str) -> Result<Payload, EntryError> {
    let mut words = line.split(' ');
    let (Some("payload"), Some(class), Some(kind), Some(hash), None) =
        (words.next(), words.next(), words.next(), words.next(), words.next())
    else {
        return Err(EntryError::Form("a line of it is no payload"));
    };
    let commitment = Hash::from_base64(hash).ok_or(EntryError::Form("a commitment of it is no hash"))?;
    Ok(Payload { class: Word::new(class)?, kind: Word::new(kind)?, commitment })
}

impl fmt::Display for Entry {
    /// The text that the node signs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { index, time, actor, authority, command, payloads } = self;
        writeln!(
            f,
            "{VERSION}\nindex {index}\ntime {time}\nactor {actor}\nauthority {authority}\ncommand {command}"
        )?;
        payloads.iter().try_for_each(|Payload { class, kind, commitment }| {
            writeln!(f, "payload {class} {kind} {commitment}")
        })
    }
}
