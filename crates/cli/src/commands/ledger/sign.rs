//! `rolewright ledger sign`.

use super::{entries, keys, now, open};
use crate::arguments::Sign;
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::private_file;
use crate::terminal::Terminal;
use ::ledger::Store;
use proof::{Algorithm, Checkpoint, Note, Signer};
use std::path::Path;

pub(super) async fn run(arguments: &Sign, terminal: Terminal) -> Result<Verdict, Failure> {
    let _held = keys::held(&arguments.key)?;
    let key = keys::read(&arguments.key, Algorithm::Ed25519)?;
    let mut store = open(&arguments.file)?;
    if let Some(witnessed) = &arguments.witnessed {
        return keep(&mut store, witnessed, &key, terminal).await;
    }
    let memory = arguments.signed.clone().unwrap_or_else(|| keys::beside(&arguments.key, ".signed"));
    let before = remembered(&memory)?;
    let (head, note) = ::ledger::sign(&mut store, before.as_ref(), &key, now() / 1_000_000).await?;
    remember(&memory, &head)?;
    // What witnesses said of the same head stays.
    let mut kept = note;
    if let Some(old) = store.checkpoint().await?.and_then(|text| Note::parse(text.as_bytes()).ok()) {
        kept.join(&old);
    }
    store.keep_checkpoint(head.size, &kept.to_string()).await?;
    let counted = entries(head.size);
    terminal.print(&format!(
        "{} the head of {counted}, root {}.\n",
        terminal.out.good("Signed"),
        head.root
    ))?;
    Ok(Verdict::Clean)
}

/// Keeps what witnesses have said of a head that this key signed.
async fn keep(
    store: &mut dyn Store,
    path: &Path,
    key: &(dyn Signer + Sync),
    terminal: Terminal,
) -> Result<Verdict, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
    let wrong = |why: String| {
        Failure::new(
            format!("{}: {why}", path.display()),
            "take the file `checkpoint` of an export that was witnessed",
        )
    };
    let mut note = Note::parse(&bytes).map_err(|error| wrong(error.to_string()))?;
    note.signed_by([key.key()]).map_err(|error| wrong(error.to_string()))?;
    let head: Checkpoint = note.text().parse().map_err(|error| wrong(format!("{error}")))?;
    if let Some(old) = store.checkpoint().await?.and_then(|text| Note::parse(text.as_bytes()).ok()) {
        note.join(&old);
    }
    store.keep_checkpoint(head.size, &note.to_string()).await?;
    let others = note.signatures().len().saturating_sub(1);
    terminal.print(&format!(
        "{} {}.\n",
        terminal.out.good("Kept"),
        crate::render::counted(others, "cosignature")
    ))?;
    Ok(Verdict::Clean)
}

/// The head that was signed or seen last; none if there is no such file.
pub(super) fn remembered(path: &Path) -> Result<Option<Checkpoint>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => text.parse().map(Some).map_err(|error| {
            let help = "without it nobody knows what was signed before: restore it, or begin anew knowingly by moving it away";
            Failure::new(format!("{}: {error}", path.display()), help)
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::file("read", path, &error)),
    }
}

/// Remembers a head, durably, before anybody sees a signature under it.
pub(super) fn remember(path: &Path, head: &Checkpoint) -> Result<(), Failure> {
    private_file::write(path, &head.to_string()).map_err(|error| Failure::file("write", path, &error))
}
