//! What somebody wants to have in the log.

use proof::Word;

/// By which way an entry comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It was decided on all decisions before it, and counts only if nobody has decided something else meanwhile.
    Decision,
    /// It was observed. No decision is made on it, so it comes in at any time.
    Evidence,
}

/// An entry to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// Who acted, by id.
    pub actor: Word,
    /// What authorised it.
    pub authority: Word,
    /// The command that it answers. Another entry for the same command is not appended: the first is the answer.
    pub command: Word,
    /// What it says.
    pub contents: Vec<Contents>,
}

/// A content that lies beside the log and can be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// How it may be kept and erased.
    pub class: Word,
    /// What it is, with its version.
    pub kind: Word,
    /// The content.
    pub bytes: Vec<u8>,
}
