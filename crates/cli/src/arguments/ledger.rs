//! `rolewright ledger`.

use super::ReportFormat;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Keep a log that an outsider can verify: what was decided and seen, by whom, and that nothing was changed since.
#[derive(Debug, Args)]
pub(crate) struct Ledger {
    #[command(subcommand)]
    pub(crate) command: LedgerCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    Init(Init),
    Show(Show),
    Sign(Sign),
    Prove(Prove),
    Export(Export),
    Erase(Erase),
    Key(Key),
    Witness(Witness),
    Verify(Verify),
}

/// Make a log in a new file, with a key for who writes to it and one for who signs its heads.
///
/// Its first entry names the keys, and the root keys that stand above them. The log's own key is for whoever signs: move it to where the log is not.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  rolewright ledger init audit.ledger --origin acme.example/ledger --root \"$(cat root.vkey)\""
)]
pub(crate) struct Init {
    /// The file.
    pub(crate) file: PathBuf,
    /// The name of the log, such as acme.example/ledger: it stands in every head.
    #[arg(long, value_name = "NAME")]
    pub(crate) origin: String,
    /// A key that is kept offline and stands above the others, as `name+id+base64`; can be given several times.
    #[arg(long, value_name = "KEY")]
    pub(crate) root: Vec<String>,
    /// How many of the root keys it takes; all of them unless said.
    #[arg(long, value_name = "NUMBER", requires = "root")]
    pub(crate) quorum: Option<usize>,
}

/// Show the entries of a log, with what is left of their contents.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The file.
    pub(crate) file: PathBuf,
    /// Begin with this entry. Without it the last ones are shown.
    #[arg(long, value_name = "INDEX")]
    pub(crate) from: Option<u64>,
    /// So many entries at most.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    pub(crate) limit: u64,
    /// How they are written.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
}

/// Sign the head of a log, if it extends the head that was signed before.
///
/// What was signed is remembered in a file beside the key, before anybody sees the signature.
#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// The file of the log.
    pub(crate) file: PathBuf,
    /// The file of the log's key.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The file in which the last signed head is remembered; beside the key unless said.
    #[arg(long, value_name = "FILE")]
    pub(crate) signed: Option<PathBuf>,
    /// Take a head with cosignatures of witnesses from this file, and keep these.
    #[arg(long, value_name = "FILE")]
    pub(crate) witnessed: Option<PathBuf>,
}

/// Write the proof that an entry is in a log, for whoever has the keys and nothing else.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  rolewright ledger prove audit.ledger 41 > entry-41.tlog-proof")]
pub(crate) struct Prove {
    /// The file.
    pub(crate) file: PathBuf,
    /// The entry.
    pub(crate) index: u64,
}

/// Write all that is under the last signed head as files (tlog-tiles), with the contents that have not been erased.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The file.
    pub(crate) file: PathBuf,
    /// The folder, which is made, or may hold an older export of the same log.
    pub(crate) folder: PathBuf,
}

/// Erase contents of entries for good. Every proof still holds.
///
/// That something was erased is an entry itself.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  rolewright ledger erase audit.ledger 41 57 --class person --node-key audit.ledger.node.key --reason ticket/812"
)]
pub(crate) struct Erase {
    /// The file.
    pub(crate) file: PathBuf,
    /// The entries.
    #[arg(required = true, value_name = "INDEX")]
    pub(crate) entries: Vec<u64>,
    /// Which contents: those of this class. Can be given several times.
    #[arg(long, required = true)]
    pub(crate) class: Vec<String>,
    /// Why: an id of what asked for it, such as ticket/812. Names no person.
    #[arg(long)]
    pub(crate) reason: String,
    /// The file of the key of who writes to the log.
    #[arg(long, value_name = "FILE")]
    pub(crate) node_key: PathBuf,
}

/// Make a key: of a root that is kept offline, or of a witness.
#[derive(Debug, Args)]
pub(crate) struct Key {
    /// Its name, such as witness.example.com/w1.
    pub(crate) name: String,
    /// The file that the secret is written to. What is printed is public.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The key of a witness, whose signatures say when.
    #[arg(long)]
    pub(crate) witness: bool,
}

/// Cosign the head of an exported log, if it adds to the head that was seen before.
#[derive(Debug, Args)]
pub(crate) struct Witness {
    /// The folder of the export. The head in it is written anew, with the cosignature.
    pub(crate) folder: PathBuf,
    /// The file of the witness's key.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The log's public key, as `name+id+base64`.
    #[arg(long, value_name = "KEY")]
    pub(crate) log: String,
    /// The file in which the last head is remembered; beside the key unless said.
    #[arg(long, value_name = "FILE")]
    pub(crate) seen: Option<PathBuf>,
}

/// Verify an exported log, or one entry's proof, with nothing but the keys that are trusted.
///
/// Every entry is the one that was logged, in its place; every content that is left is the one that was committed to; the head is signed and
/// witnessed as the policy wants it, and not too old.
#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 it is proved, 1 it is not, and what is wrong where.\n\nExamples:\n  \
    rolewright ledger verify export/ --policy trust.policy\n  rolewright ledger verify entry-41.tlog-proof --policy trust.policy")]
pub(crate) struct Verify {
    /// The folder of an export, or a .tlog-proof.
    pub(crate) what: PathBuf,
    /// Whom one trusts, as a tlog-policy.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: PathBuf,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
}
