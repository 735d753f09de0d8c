//! A log in one SQLite file, every append of which is on the disk before anybody is told of it.

use crate::appending::{Appending, Batch, Made};
use crate::store::{Appended, DecisionHead, Head, Store, StoreError, Stored};
use crate::{New, Way};
use async_trait::async_trait;
use proof::files::Kept;
use proof::tile::{Tile, hashes};
use proof::{Hash, Salt, Signer, Word};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// The version of the tables; `PRAGMA user_version` of the file.
const FORMAT: u32 = 1;
/// The mark of the file: `PRAGMA application_id`. The letters `RwLg`.
const MARK: u32 = 0x5277_4c67;
/// How long one waits for another that writes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A log in a file.
#[derive(Debug)]
pub struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    /// Makes a log in a new file.
    ///
    /// # Errors
    /// If there is one, or the file cannot be made.
    pub fn create(path: &Path, origin: &str) -> Result<Self, StoreError> {
        private(path)?;
        let mut store = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let transaction = store.begin()?;
        let there: u32 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if there > 0 {
            let origin = transaction.query_row("SELECT origin FROM log", [], |row| row.get(0));
            return Err(StoreError::Exists(origin.unwrap_or_else(|_| "something else".to_owned())));
        }
        transaction.execute_batch(include_str!("schema.sql"))?;
        transaction.pragma_update(None, "user_version", FORMAT)?;
        transaction.pragma_update(None, "application_id", MARK)?;
        let root = Hash::empty().0;
        transaction.execute("INSERT INTO log VALUES (1, ?, 0, 0, NULL, ?)", params![origin, root])?;
        transaction.commit()?;
        Ok(store)
    }

    /// Opens the log in a file.
    ///
    /// # Errors
    /// If there is none, or one that this program does not know.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::None);
        }
        let store = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let pragma = |name| store.connection.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
        match (pragma("application_id")?, pragma("user_version")?) {
            (MARK, FORMAT) => Ok(store),
            (MARK, other) => Err(StoreError::Format(other)),
            _ => Err(StoreError::None),
        }
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", "ON")?;
        connection.pragma_update(None, "trusted_schema", "OFF")?;
        Ok(Self { connection })
    }

    /// A transaction that nobody else writes beside.
    fn begin(&mut self) -> Result<Transaction<'_>, StoreError> {
        Ok(self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    fn append(
        &mut self,
        way: Way,
        on: Option<DecisionHead>,
        new: Vec<New>,
        (node, now): (&(dyn Signer + Sync), u64),
    ) -> Result<Vec<Appended>, StoreError> {
        let transaction = self.begin()?;
        let head = head(&transaction)?;
        let mut answered: Vec<Option<Appended>> = Vec::new();
        for new in &new {
            answered.push(known(&transaction, way, &new.command)?);
        }
        // What has been answered is no decision any more.
        if answered.iter().any(Option::is_none) && on.is_some_and(|on| on != head.decided) {
            return Err(StoreError::Moved(head.decided));
        }
        let mut tiles = BTreeMap::new();
        for tile in Appending::needed(head.size) {
            tiles.insert((tile.level, tile.index), tile_hashes(&transaction, tile)?);
        }
        let mut appending = Appending::after(&head, tiles, node, now)?;
        for (new, answered) in new.into_iter().zip(&answered) {
            if answered.is_none() {
                appending.push(new)?;
            }
        }
        let batch = appending.done();
        store(&transaction, way, &batch)?;
        transaction.commit()?;
        let mut made = batch.entries.iter();
        let each = |before: Option<Appended>| {
            before.or_else(|| {
                made.next().map(|made| Appended { index: made.index, time: made.time, before: false })
            })
        };
        Ok(answered.into_iter().filter_map(each).collect())
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn head(&mut self) -> Result<Head, StoreError> {
        head(&self.connection)
    }

    async fn decide(
        &mut self,
        on: DecisionHead,
        new: Vec<New>,
        node: &(dyn Signer + Sync),
        now: u64,
    ) -> Result<Vec<Appended>, StoreError> {
        self.append(Way::Decision, Some(on), new, (node, now))
    }

    async fn record(
        &mut self,
        new: Vec<New>,
        node: &(dyn Signer + Sync),
        now: u64,
    ) -> Result<Vec<Appended>, StoreError> {
        self.append(Way::Evidence, None, new, (node, now))
    }

    async fn read(&mut self, from: u64, most: u64) -> Result<Vec<Stored>, StoreError> {
        // Entries and what is left of their contents are of one moment.
        let transaction = self.connection.transaction()?;
        // No entry is further than SQLite counts.
        let [from, until] = [from, from.saturating_add(most)].map(|at| at.min(i64::MAX as u64));
        let mut entries = transaction
            .prepare_cached("SELECT at, way, bytes FROM entry WHERE at >= ? AND at < ? ORDER BY at")?;
        let entry = |row: &rusqlite::Row<'_>| {
            let way = if row.get::<_, String>(1)? == "decision" { Way::Decision } else { Way::Evidence };
            Ok(Stored { index: row.get(0)?, way, bytes: row.get(2)?, kept: Vec::new() })
        };
        let mut stored = entries.query_map([from, until], entry)?.collect::<Result<Vec<_>, _>>()?;
        let mut payloads = transaction.prepare_cached("SELECT entry, which, salt, content FROM payload WHERE entry >= ? AND entry < ? ORDER BY entry, which")?;
        let kept = |row: &rusqlite::Row<'_>| {
            Ok(Kept { index: row.get(0)?, which: row.get(1)?, salt: Salt(row.get(2)?), content: row.get(3)? })
        };
        for kept in payloads.query_map([from, until], kept)? {
            let kept = kept?;
            if let Ok(at) = stored.binary_search_by_key(&kept.index, |stored| stored.index)
                && let Some(stored) = stored.get_mut(at)
            {
                stored.kept.push(kept);
            }
        }
        Ok(stored)
    }

    async fn answered(&mut self, command: &Word) -> Result<Vec<u64>, StoreError> {
        let mut query =
            self.connection.prepare_cached("SELECT at FROM entry WHERE command = ? ORDER BY at")?;
        Ok(query.query_map([command.as_str()], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    async fn tile(&mut self, tile: Tile) -> Result<Vec<Hash>, StoreError> {
        tile_hashes(&self.connection, tile)
    }

    async fn erase(&mut self, index: u64, classes: &[Word]) -> Result<u64, StoreError> {
        let transaction = self.begin()?;
        let mut gone = 0;
        for class in classes {
            let erased = transaction.execute(
                "DELETE FROM payload WHERE entry = ? AND class = ?",
                params![index, class.as_str()],
            )?;
            gone += erased as u64;
        }
        transaction.commit()?;
        // What was written before lies in the journal until that begins anew.
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(gone)
    }

    async fn checkpoint(&mut self) -> Result<Option<String>, StoreError> {
        let query = "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1";
        Ok(self.connection.query_row(query, [], |row| row.get(0)).optional()?)
    }

    async fn keep_checkpoint(&mut self, size: u64, note: &str) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT INTO checkpoint VALUES (?, ?) ON CONFLICT (size) DO UPDATE SET note = excluded.note",
            params![size, note],
        )?;
        Ok(())
    }
}

/// Makes the file, its owner's alone: contents may name people. SQLite gives the files beside it the same rights.
fn private(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = options.open(path);
    made.map(drop).map_err(|error| StoreError::Database(format!("cannot make {}: {error}", path.display())))
}

fn head(connection: &Connection) -> Result<Head, StoreError> {
    let query = "SELECT origin, size, root, time, decided FROM log";
    let head = connection.query_row(query, [], |row| {
        Ok(Head {
            origin: row.get(0)?,
            size: row.get(1)?,
            root: Hash(row.get(2)?),
            time: row.get(3)?,
            decided: DecisionHead(row.get(4)?),
        })
    });
    Ok(head?)
}

/// The entry that has answered a command before. Evidence of one command may come in several times.
fn known(transaction: &Transaction<'_>, way: Way, command: &Word) -> Result<Option<Appended>, StoreError> {
    if way == Way::Evidence {
        return Ok(None);
    }
    let mut query = transaction
        .prepare_cached("SELECT at, bytes FROM entry WHERE command = ? AND way = 'decision' LIMIT 1")?;
    let found =
        query.query_row([command.as_str()], |row| Ok((row.get::<_, u64>(0)?, row.get::<_, Vec<u8>>(1)?)));
    let Some((index, bytes)) = found.optional()? else { return Ok(None) };
    let (entry, _) = proof::Entry::parse(&bytes)?;
    Ok(Some(Appended { index, time: entry.time, before: true }))
}

fn tile_hashes(connection: &Connection, tile: Tile) -> Result<Vec<Hash>, StoreError> {
    let mut query = connection.prepare_cached("SELECT hashes FROM tile WHERE level = ? AND at = ?")?;
    let bytes: Option<Vec<u8>> =
        query.query_row(params![tile.level, tile.index], |row| row.get(0)).optional()?;
    let mut found = bytes.as_deref().and_then(hashes).unwrap_or_default();
    if found.len() < usize::from(tile.width) {
        return Err(StoreError::Damaged(format!("{tile} is not there")));
    }
    found.truncate(usize::from(tile.width));
    Ok(found)
}

fn store(transaction: &Transaction<'_>, way: Way, batch: &Batch) -> Result<(), StoreError> {
    let word = match way {
        Way::Decision => "decision",
        Way::Evidence => "evidence",
    };
    let mut entry = transaction.prepare_cached("INSERT INTO entry VALUES (?, ?, ?, ?)")?;
    let mut payload = transaction.prepare_cached("INSERT INTO payload VALUES (?, ?, ?, ?, ?)")?;
    for Made { index, command, bytes, payloads, .. } in &batch.entries {
        entry.execute(params![index, word, command, bytes])?;
        for (class, kept) in payloads {
            payload.execute(params![kept.index, kept.which, class, kept.salt.0, kept.content])?;
        }
    }
    let mut tile = transaction.prepare_cached(
        "INSERT INTO tile VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET hashes = excluded.hashes",
    )?;
    for ((level, at), hashes) in &batch.tiles {
        let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
        tile.execute(params![level, at, bytes])?;
    }
    let decided = batch.entries.last().filter(|_| way == Way::Decision).map(|made| made.index);
    transaction.execute(
        "UPDATE log SET size = ?, time = ?, root = ?, decided = coalesce(?, decided)",
        params![batch.size, batch.time, batch.root.0, decided],
    )?;
    Ok(())
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::Database(error.to_string())
    }
}
