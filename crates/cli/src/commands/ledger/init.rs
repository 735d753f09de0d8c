//! `rolewright ledger init`.

use super::{keys, now};
use crate::arguments::InitLedger as Init;
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::terminal::Terminal;
use ::ledger::sqlite::Sqlite;
use ::ledger::{Contents, DecisionHead, New, Store, fresh_command};
use proof::{Algorithm, EntryError, Signer, VerifierKey, Word};

pub(super) async fn run(arguments: &Init, terminal: Terminal) -> Result<Verdict, Failure> {
    let Init { file, origin, root, quorum } = arguments;
    let roots = root.iter().map(|text| keys::public(text)).collect::<Result<Vec<_>, _>>()?;
    let quorum = quorum.unwrap_or(roots.len());
    if quorum > roots.len() || (quorum == 0 && !roots.is_empty()) {
        let what = format!("{quorum} of {} root keys cannot be asked for", roots.len());
        return Err(Failure::new(what, "name at least one, and no more than there are"));
    }
    if file.exists() {
        let what = format!("{} is there already", file.display());
        return Err(Failure::new(what, "name another file"));
    }
    let (log_file, node_file) = (keys::beside(file, ".log.key"), keys::beside(file, ".node.key"));
    let log = keys::new(origin, Algorithm::Ed25519, &log_file)?;
    let node = keys::new(&format!("{origin}/node-1"), Algorithm::Ed25519, &node_file)?;
    let mut store = Sqlite::create(file, origin)?;
    let said = ceremony(&roots, quorum, log.key(), node.key());
    let first = New {
        actor: word("cli")?,
        authority: word("ceremony")?,
        command: fresh_command()?,
        contents: vec![Contents {
            class: word("event")?,
            kind: word("ceremony@1")?,
            bytes: said.into_bytes(),
        }],
    };
    store.decide(DecisionHead(None), vec![first], &node, now()).await?;
    let paint = terminal.out;
    let text = format!(
        "{} {}, the log {}.\n\n  {}  signs its heads. Move it to whoever signs: not beside the log.\n  {}  signs its entries.\n\n\
        Whoever verifies it trusts these keys:\n\n  log {}\n  node {}\n  quorum none\n  max-age 26h\n",
        paint.good("Made"),
        file.display(),
        paint.plain(origin),
        log_file.display(),
        node_file.display(),
        log.key(),
        node.key()
    );
    terminal.print(&text)?;
    if roots.is_empty() {
        terminal.remark(
            "No root keys were named: nobody but whoever holds the log's own key stands above it (--root).\n",
        );
    }
    Ok(Verdict::Clean)
}

/// What the first entry says.
fn ceremony(roots: &[VerifierKey], quorum: usize, log: &VerifierKey, node: &VerifierKey) -> String {
    let roots: String = roots.iter().map(|root| format!("root {root}\n")).collect();
    format!("log {log}\nnode {node}\nroots {quorum}\n{roots}")
}

pub(super) fn word(text: &str) -> Result<Word, Failure> {
    Word::new(text).map_err(|error: EntryError| Failure::new(error.to_string(), ""))
}
