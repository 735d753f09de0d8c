//! `rolewright ledger erase`.

use super::init::word;
use super::{keys, now, open};
use crate::arguments::Erase;
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::terminal::Terminal;
use ::ledger::{Contents, New, Store, fresh_command};
use proof::Algorithm;

pub(super) async fn run(arguments: &Erase, terminal: Terminal) -> Result<Verdict, Failure> {
    let Erase { file, entries, class, reason, node_key } = arguments;
    let node = keys::read(node_key, Algorithm::Ed25519)?;
    let mut store = open(file)?;
    let head = store.head().await?;
    if let Some(beyond) = entries.iter().find(|index| **index >= head.size) {
        let what = format!("there is no entry {beyond}; the log has {}", head.size);
        return Err(Failure::new(what, "rolewright ledger show lists them"));
    }
    let classes = class.iter().map(|class| word(class)).collect::<Result<Vec<_>, _>>()?;
    let numbers: Vec<String> = entries.iter().map(u64::to_string).collect();
    let said = format!("entries {}\nclasses {}\n", numbers.join(" "), class.join(" "));
    let new = New {
        actor: word("cli")?,
        authority: word(reason)?,
        command: fresh_command()?,
        contents: vec![Contents { class: word("event")?, kind: word("erased@1")?, bytes: said.into_bytes() }],
    };
    // First it is said, then it is done: what is gone without a word could have been taken by anybody.
    store.record(vec![new], &node, now()).await?;
    let mut gone = 0;
    for index in entries {
        gone += store.erase(*index, &classes).await?;
    }
    let counted = crate::render::counted(usize::try_from(gone).unwrap_or(usize::MAX), "content");
    terminal.print(&format!(
        "{} {counted}. Exports and backups that were made before still have them.\n",
        terminal.out.good("Erased")
    ))?;
    Ok(Verdict::Clean)
}
