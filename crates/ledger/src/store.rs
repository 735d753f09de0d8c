//! What a database has to do for a log.

use crate::{New, Way};
use async_trait::async_trait;
use proof::files::Kept;
use proof::tile::Tile;
use proof::{EntryError, Hash, Signer, Word};

/// Where the log stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The name of the log.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// When the last one was written, in microseconds since 1970.
    pub time: u64,
    /// The last decision.
    pub decided: DecisionHead,
}

/// The decisions that there are: whoever decides has seen all of these. `None` if there is none yet, else the index of the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct DecisionHead(pub Option<u64>);

/// An entry that is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Its place.
    pub index: u64,
    /// When it was written, in microseconds since 1970.
    pub time: u64,
    /// True if the command had been answered before, by this entry.
    pub before: bool,
}

/// An entry with what is left of its contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its place.
    pub index: u64,
    /// By which way it came in.
    pub way: Way,
    /// The entry, signed: what is hashed.
    pub bytes: Vec<u8>,
    /// The contents that have not been erased, in order.
    pub kept: Vec<Kept>,
}

/// Why a log did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody has decided meanwhile.
    #[error("the log has been decided on further since: its last decision is {0:?}")]
    Moved(DecisionHead),
    /// There is a log already.
    #[error("there is a log already, of {0}")]
    Exists(String),
    /// There is none.
    #[error("there is no log here")]
    None,
    /// It is of a format that this program does not know.
    #[error("the log has format {0}, which this program does not know")]
    Format(u32),
    /// It is not what it says.
    #[error("the log is damaged: {0}")]
    Damaged(String),
    /// An entry could not be made.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The database did not do it.
    #[error("the ledger's database: {0}")]
    Database(String),
}

/// A log in a database.
#[async_trait]
pub trait Store: Send {
    /// Where it stands.
    ///
    /// # Errors
    /// If it cannot be read.
    async fn head(&mut self) -> Result<Head, StoreError>;

    /// Appends decisions that were made on these before them, all of them or none.
    ///
    /// # Errors
    /// [`StoreError::Moved`] if there is another decision meanwhile.
    async fn decide(
        &mut self,
        on: DecisionHead,
        new: Vec<New>,
        node: &(dyn Signer + Sync),
        now: u64,
    ) -> Result<Vec<Appended>, StoreError>;

    /// Appends evidence, all of it or none.
    ///
    /// # Errors
    /// If it could not be made durable.
    async fn record(
        &mut self,
        new: Vec<New>,
        node: &(dyn Signer + Sync),
        now: u64,
    ) -> Result<Vec<Appended>, StoreError>;

    /// Entries in order, from one on and so many at most.
    ///
    /// # Errors
    /// If they cannot be read.
    async fn read(&mut self, from: u64, most: u64) -> Result<Vec<Stored>, StoreError>;

    /// The entries that answered a command.
    ///
    /// # Errors
    /// If they cannot be looked up.
    async fn answered(&mut self, command: &Word) -> Result<Vec<u64>, StoreError>;

    /// The hashes of a tile.
    ///
    /// # Errors
    /// If there is no such tile.
    async fn tile(&mut self, tile: Tile) -> Result<Vec<Hash>, StoreError>;

    /// Erases contents with their salts: of an entry all of these classes. Tells how many there were.
    ///
    /// # Errors
    /// If they could not be erased.
    async fn erase(&mut self, index: u64, classes: &[Word]) -> Result<u64, StoreError>;

    /// The last signed head, as it was written.
    ///
    /// # Errors
    /// If it cannot be read.
    async fn checkpoint(&mut self) -> Result<Option<String>, StoreError>;

    /// Keeps a signed head. Whoever signs has seen that it is consistent.
    ///
    /// # Errors
    /// If it could not be made durable.
    async fn keep_checkpoint(&mut self, size: u64, note: &str) -> Result<(), StoreError>;
}
