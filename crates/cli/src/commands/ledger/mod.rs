//! `rolewright ledger`: a log in a file, and what an outsider is given of it.

mod erase;
mod export;
mod init;
mod keys;
mod show;
mod sign;
mod verify;
mod witness;

use crate::arguments::{Ledger, LedgerCommand};
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::terminal::Terminal;
use ::ledger::sqlite::Sqlite;
use ::ledger::{ProvingError, SigningError, StoreError};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) async fn run(arguments: Ledger, terminal: Terminal) -> Result<Verdict, Failure> {
    match arguments.command {
        LedgerCommand::Init(init) => init::run(&init, terminal).await,
        LedgerCommand::Show(show) => show::run(&show, terminal).await,
        LedgerCommand::Sign(sign) => sign::run(&sign, terminal).await,
        LedgerCommand::Prove(prove) => export::prove(&prove, terminal).await,
        LedgerCommand::Export(export) => export::export(&export, terminal).await,
        LedgerCommand::Erase(erase) => erase::run(&erase, terminal).await,
        LedgerCommand::Key(key) => keys::make(&key, terminal),
        LedgerCommand::Witness(witness) => witness::run(&witness, terminal),
        LedgerCommand::Verify(verify) => verify::run(&verify, terminal),
    }
}

/// Opens the log in a file.
fn open(path: &Path) -> Result<Sqlite, Failure> {
    Sqlite::open(path).map_err(|error| match error {
        StoreError::None => {
            let what = format!("there is no log in {}", path.display());
            Failure::new(what, "rolewright ledger init makes one")
        }
        error => error.into(),
    })
}

/// `1 entry`, `7 entries`.
fn entries(count: u64) -> String {
    format!("{count} {}", if count == 1 { "entry" } else { "entries" })
}

/// Microseconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let help = match &error {
            StoreError::Damaged(_) => {
                "what is right is in a backup, and in every export; a head that was signed says which"
            }
            StoreError::Format(_) => "a newer rolewright knows it",
            _ => "",
        };
        Failure::new(error.to_string(), help)
    }
}

impl From<ProvingError> for Failure {
    fn from(error: ProvingError) -> Self {
        match error {
            ProvingError::Store(error) => error.into(),
            error @ (ProvingError::Unsigned | ProvingError::Beyond { .. }) => {
                Failure::new(error.to_string(), "rolewright ledger sign signs a head")
            }
            error @ ProvingError::File(_) => Failure::new(error.to_string(), ""),
        }
    }
}

impl From<SigningError> for Failure {
    fn from(error: SigningError) -> Self {
        match error {
            SigningError::Store(error) => error.into(),
            error @ SigningError::Forked { .. } => Failure::new(
                error.to_string(),
                "nothing was signed. The log was restored from a copy, or was changed: find out before anything else",
            ),
            error => Failure::new(error.to_string(), ""),
        }
    }
}
