//! Verifies a whole log of which somebody has the files, and the keys that they trust: that its head is believed, that every entry is the one
//! that was logged, in its place, and that each payload that is still there is the one that was committed to.

use crate::files::{CHECKPOINT, File, Files, Kept, Writing, payloads_path, split_payloads};
use crate::tile::{self, Bundle, Tile};
use crate::{Believed, Checkpoint, Entry, Hash, Note, Policy, commitment};
use std::collections::BTreeMap;

/// So many things that are wrong are told; more say nothing more.
const TOLD: usize = 20;

/// Something that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The file, or the entry.
    pub at: String,
    /// What is wrong.
    pub what: String,
}

/// What was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The head.
    pub believed: Believed,
    /// Payloads that are there and are what was committed to.
    pub payloads: u64,
    /// Payloads that are not there any more. Everything else holds without them.
    pub erased: u64,
    /// When the last entry was written, in microseconds since 1970.
    pub last: u64,
}

/// Verifies the log in these files. `now` is in seconds since 1970.
///
/// # Errors
/// All that is wrong, up to a bound.
pub fn verify(files: &dyn Files, policy: &Policy, now: u64) -> Result<Verified, Vec<Wrong>> {
    let note = head(files).map_err(|wrong| vec![wrong])?;
    let head: Checkpoint = note.text().parse().map_err(|error| wrong(CHECKPOINT, format!("{error}")))?;
    let mut reading = Reading { files, policy, wrong: Vec::new(), last: 0, next: 0, payloads: 0, erased: 0 };
    let mut writing = Writing::default();
    for bundle in Bundle::all(head.size) {
        let whole = reading.bundle(bundle, &mut writing);
        if !whole || reading.wrong.len() >= TOLD {
            break;
        }
    }
    let (size, root) = writing.head();
    if size == head.size {
        for file in writing.partial().collect::<Vec<_>>() {
            reading.tile(&file);
        }
        if root != head.root && reading.wrong.is_empty() {
            let what = format!("the entries have the root {root}, and the head says {}", head.root);
            reading.wrong.push(Wrong { at: CHECKPOINT.to_owned(), what });
        }
    }
    let believed = policy.believes(&note, reading.last / 1_000_000, now);
    let believed = believed.map_err(|error| Wrong { at: CHECKPOINT.to_owned(), what: error.to_string() });
    let Reading { wrong, payloads, erased, last, .. } = reading;
    match believed {
        Ok(believed) if wrong.is_empty() => Ok(Verified { believed, payloads, erased, last }),
        Ok(_) => Err(wrong),
        Err(error) => Err(std::iter::once(error).chain(wrong).collect()),
    }
}

fn head(files: &dyn Files) -> Result<Note, Wrong> {
    let wrong = |what: String| Wrong { at: CHECKPOINT.to_owned(), what };
    let bytes = files.read(CHECKPOINT).map_err(wrong)?;
    let bytes = bytes.ok_or_else(|| wrong("it is missing, so nothing here is proved".to_owned()))?;
    Note::parse(&bytes).map_err(|error| wrong(error.to_string()))
}

fn wrong(at: &str, what: String) -> Vec<Wrong> {
    vec![Wrong { at: at.to_owned(), what }]
}

struct Reading<'a> {
    files: &'a dyn Files,
    policy: &'a Policy,
    wrong: Vec<Wrong>,
    /// The time of the entry before.
    last: u64,
    next: u64,
    payloads: u64,
    erased: u64,
}

impl Reading<'_> {
    fn say(&mut self, at: impl Into<String>, what: impl Into<String>) {
        if self.wrong.len() < TOLD {
            self.wrong.push(Wrong { at: at.into(), what: what.into() });
        }
    }

    /// Reads the entries of a bundle; false if it is not all there.
    fn bundle(&mut self, bundle: Bundle, writing: &mut Writing) -> bool {
        let path = bundle.to_string();
        let Some(bytes) = self.stored(&path, Bundle { width: 256, ..bundle }.to_string()) else {
            return false;
        };
        let wanted = usize::from(bundle.width);
        let entries = Bundle::split(&bytes).filter(|entries| entries.len() >= wanted);
        let Some(entries) = entries else {
            self.say(path, format!("it has not the {wanted} whole entries that the head says"));
            return false;
        };
        let mut kept = self.kept(bundle);
        let mut full = Vec::new();
        for entry in entries.into_iter().take(wanted) {
            self.entry(entry, &mut kept);
            writing.push(entry.to_vec(), |file| full.push(file));
        }
        for Kept { index, which, .. } in kept.into_values() {
            self.say(
                format!("entry {index}"),
                format!("payload {which} lies beside it, and it has no such payload"),
            );
        }
        full.iter().for_each(|file| self.tile(file));
        true
    }

    fn entry(&mut self, bytes: &[u8], kept: &mut BTreeMap<(u64, u8), Kept>) {
        let index = self.next;
        self.next += 1;
        let at = || format!("entry {index}");
        let (entry, note) = match Entry::parse(bytes) {
            Ok(parsed) => parsed,
            Err(error) => return self.say(at(), error.to_string()),
        };
        if entry.index != index {
            self.say(at(), format!("it says that it is entry {}", entry.index));
        }
        if entry.time < self.last {
            self.say(at(), "it was written before the entry before it");
        }
        self.last = self.last.max(entry.time);
        if !self.policy.nodes.is_empty()
            && let Err(error) = note.signed_by(&self.policy.nodes)
        {
            self.say(at(), error.to_string());
        }
        for (which, payload) in (0..).zip(&entry.payloads) {
            match kept.remove(&(index, which)) {
                None => self.erased += 1,
                Some(kept) if commitment(&kept.salt, &kept.content) == payload.commitment => {
                    self.payloads += 1
                }
                Some(_) => self.say(at(), format!("payload {which} is not the one that it was written with")),
            }
        }
    }

    fn kept(&mut self, bundle: Bundle) -> BTreeMap<(u64, u8), Kept> {
        let path = payloads_path(Bundle { width: 256, ..bundle });
        let bytes = match self.files.read(&path) {
            Ok(bytes) => bytes.unwrap_or_default(),
            Err(error) => {
                self.say(path, error);
                return BTreeMap::new();
            }
        };
        let Some(payloads) = split_payloads(&bytes) else {
            self.say(path, "it does not hold whole payloads");
            return BTreeMap::new();
        };
        payloads.into_iter().map(|kept| ((kept.index, kept.which), kept)).collect()
    }

    /// Compares the hashes that the entries have with those that are stored.
    fn tile(&mut self, file: &File) {
        let File::Tile(tile, hashes) = file else { return };
        let path = tile.to_string();
        let Some(bytes) = self.stored(&path, Tile { width: 256, ..*tile }.to_string()) else { return };
        let Some(stored) = tile::hashes(&bytes).filter(|stored| stored.len() >= hashes.len()) else {
            return self
                .say(path, format!("it has not the {} whole hashes that the head says", hashes.len()));
        };
        let differs = hashes.iter().zip(&stored).position(|(hash, stored): (&Hash, &Hash)| hash != stored);
        if let Some(at) = differs {
            let first = tile.index * tile::WIDTH + at as u64;
            let what = match tile.level {
                0 => format!("entry {first} is not the one whose hash is stored here"),
                level => {
                    let each = 1_u64 << (u32::from(tile::HEIGHT) * u32::from(level));
                    format!(
                        "the hash over entries {} to {} is not what they have",
                        first * each,
                        (first + 1) * each - 1
                    )
                }
            };
            self.say(path, what);
        }
    }

    /// A file, or the full one that has come in its place.
    fn stored(&mut self, path: &str, full: String) -> Option<Vec<u8>> {
        let mut read = self.files.read(path);
        if matches!(read, Ok(None)) && full != path {
            read = self.files.read(&full);
        }
        match read {
            Ok(Some(bytes)) => Some(bytes),
            Ok(None) => {
                self.say(path, "it is missing");
                None
            }
            Err(error) => {
                self.say(path, error);
                None
            }
        }
    }
}
