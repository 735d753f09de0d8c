//! `rolewright ledger witness`.

use super::export::write;
use super::sign::{remember, remembered};
use super::{entries, keys, now};
use crate::arguments::Witness;
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::terminal::Terminal;
use proof::files::{CHECKPOINT, Files};
use proof::{Algorithm, WitnessError};
use std::path::PathBuf;

/// An exported log.
pub(super) struct Folder(pub(super) PathBuf);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        match std::fs::read(self.0.join(path)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }
}

pub(super) fn run(arguments: &Witness, terminal: Terminal) -> Result<Verdict, Failure> {
    let _held = keys::held(&arguments.key)?;
    let key = keys::read(&arguments.key, Algorithm::Cosignature)?;
    let log = keys::public(&arguments.log)?;
    let memory = arguments.seen.clone().unwrap_or_else(|| keys::beside(&arguments.key, ".seen"));
    let seen = remembered(&memory)?;
    let folder = Folder(arguments.folder.clone());
    let cosigned = proof::witness(&folder, &log, seen.as_ref(), &key, now() / 1_000_000);
    let (head, note) = cosigned.map_err(|error| {
        let help = match error {
            WitnessError::Forked { .. } => {
                "nothing was signed. Keep both heads: together they prove that the log was changed"
            }
            _ => "nothing was signed",
        };
        Failure::new(error.to_string(), help)
    })?;
    remember(&memory, &head)?;
    write(&arguments.folder.join(CHECKPOINT), note.to_string().as_bytes())
        .map_err(|why| Failure::new(why, ""))?;
    let counted = entries(head.size);
    terminal.print(&format!(
        "{} the head of {counted}, root {}.\n",
        terminal.out.good("Cosigned"),
        head.root
    ))?;
    Ok(Verdict::Clean)
}
