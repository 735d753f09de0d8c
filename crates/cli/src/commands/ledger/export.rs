//! `rolewright ledger export` and `prove`.

use super::{entries, open};
use crate::arguments::{Export, Prove};
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::terminal::Terminal;
use ::ledger::{Store, export as export_log, prove_entry};
use proof::files::CHECKPOINT;
use proof::{Checkpoint, Note};
use std::fs;
use std::path::Path;

pub(super) async fn export(arguments: &Export, terminal: Terminal) -> Result<Verdict, Failure> {
    let Export { file, folder } = arguments;
    let mut store = open(file)?;
    is_free_or_older(folder, &store.head().await?.origin)?;
    // Contents that were erased since an older export are to be gone from this one too.
    let payloads = folder.join("payloads");
    if payloads.exists() {
        fs::remove_dir_all(&payloads).map_err(|error| Failure::file("clear", &payloads, &error))?;
    }
    let size = export_log(&mut store, &mut |path, bytes| write(&folder.join(path), bytes)).await?;
    let counted = entries(size);
    terminal.print(&format!("{} {counted} to {}.\n", terminal.out.good("Exported"), folder.display()))?;
    Ok(Verdict::Clean)
}

/// Nothing is written, and nothing cleared, in a folder that holds anything but an export of this log.
fn is_free_or_older(folder: &Path, origin: &str) -> Result<(), Failure> {
    let mut files = match fs::read_dir(folder) {
        Ok(files) => files,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Failure::file("read", folder, &error)),
    };
    if files.next().is_none() {
        return Ok(());
    }
    let note = fs::read(folder.join(CHECKPOINT)).ok().and_then(|bytes| Note::parse(&bytes).ok());
    let head = note.and_then(|note| note.text().parse::<Checkpoint>().ok());
    match head {
        Some(head) if head.origin == origin => Ok(()),
        Some(head) => {
            let what = format!("{} is an export of {}", folder.display(), head.origin);
            Err(Failure::new(what, "name another folder"))
        }
        None => {
            let what = format!("{} is not empty, and no export of this log", folder.display());
            Err(Failure::new(what, "name a new folder"))
        }
    }
}

/// Writes a file whole, and makes the folders that it needs.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let told = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
    if let Some(folder) = path.parent() {
        private_folder(folder).map_err(told)?;
    }
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    fs::write(&new, bytes).and_then(|()| fs::rename(&new, path)).map_err(told)
}

/// Makes a folder, its owner's alone until they give it away: contents may name people.
fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The proof, with the entry beside it, so that whoever has it needs nothing else.
pub(super) async fn prove(arguments: &Prove, terminal: Terminal) -> Result<Verdict, Failure> {
    let mut store = open(&arguments.file)?;
    let mut proof = prove_entry(&mut store, arguments.index).await?;
    proof.extra = store.read(arguments.index, 1).await?.pop().map(|stored| stored.bytes);
    terminal.print(&proof.to_string())?;
    Ok(Verdict::Clean)
}
