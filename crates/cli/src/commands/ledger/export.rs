//! `rolewright ledger export` and `prove`.

use super::{entries, open};
use crate::arguments::{Export, Prove};
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::terminal::Terminal;
use ::ledger::{Store, export as export_log, prove_entry};
use std::fs;
use std::path::Path;

pub(super) async fn export(arguments: &Export, terminal: Terminal) -> Result<Verdict, Failure> {
    let Export { file, folder } = arguments;
    let mut store = open(file)?;
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

/// Writes a file whole, and makes the folders that it needs.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let told = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(told)?;
    }
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    fs::write(&new, bytes).and_then(|()| fs::rename(&new, path)).map_err(told)
}

/// The proof, with the entry beside it, so that whoever has it needs nothing else.
pub(super) async fn prove(arguments: &Prove, terminal: Terminal) -> Result<Verdict, Failure> {
    let mut store = open(&arguments.file)?;
    let mut proof = prove_entry(&mut store, arguments.index).await?;
    proof.extra = store.read(arguments.index, 1).await?.pop().map(|stored| stored.bytes);
    terminal.print(&proof.to_string())?;
    Ok(Verdict::Clean)
}
