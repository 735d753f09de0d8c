//! The head of a log: [tlog-checkpoint](https://c2sp.org/tlog-checkpoint).

use crate::Hash;
use std::fmt;
use std::str::FromStr;

/// The head of a log at one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// Lines that mean something to whoever wrote them. Nobody else vouches for them.
    pub extensions: Vec<String>,
}

/// Why a text is no head.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the checkpoint is malformed: {0}")]
pub struct CheckpointError(&'static str);

impl fmt::Display for Checkpoint {
    /// The text that is signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    /// Reads the text of a note.
    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let text = text.strip_suffix('\n').ok_or(CheckpointError("its last line is not ended"))?;
        let mut lines = text.split('\n');
        let mut line = |what| lines.next().filter(|line| !line.is_empty()).ok_or(CheckpointError(what));
        let origin = line("it does not name its log")?.to_owned();
        let size = number(line("it has no size")?).ok_or(CheckpointError("its size is no number"))?;
        let root =
            Hash::from_base64(line("it has no root")?).ok_or(CheckpointError("its root is no hash"))?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(CheckpointError("it has an empty line"));
        }
        if size == 0 && root != Hash::empty() {
            return Err(CheckpointError("it has no entries and the root of some"));
        }
        Ok(Self { origin, size, root, extensions })
    }
}

/// A decimal number in its one canonical form.
pub(crate) fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    let canonical = digits && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| canonical)
}
