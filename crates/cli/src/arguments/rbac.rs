//! `rolewright rbac`.

use super::ReportFormat;
use clap::Args;
use std::path::PathBuf;

/// Call the functions of the RBAC standard (ANSI INCITS 359) on what a model says.
///
/// Needs no server and changes nothing: each call sees what those before it made, and all of it is gone at the end. Users
/// are people, and accounts that are nobody's. What a precondition forbids is refused with whom and what stands against it.
#[derive(Debug, Args)]
#[command(after_help = help())]
pub(crate) struct Rbac {
    /// A function and what it takes, in quotes. Without any, each line of the input is one.
    #[arg(value_name = "CALL")]
    pub(crate) calls: Vec<String>,
    /// The model: a file or a folder; rolewright.yaml or model/ unless said.
    #[arg(long, value_name = "PATH")]
    pub(crate) model: Option<PathBuf>,
    /// The environment of the model. Needed where it has several.
    #[arg(long, value_name = "NAME")]
    pub(crate) env: Option<String>,
    /// Begin without users and roles instead of with a model.
    #[arg(long, conflicts_with_all = ["model", "env"])]
    pub(crate) empty: bool,
    /// A limited hierarchy: a role has at most one immediate junior.
    #[arg(long)]
    pub(crate) limited: bool,
    /// How the answers are written.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
}

fn help() -> String {
    let functions = crate::commands::rbac::functions();
    format!(
        "Functions:\n{functions}\nA PERMISSION is a grant phrase of the model, such as \"select on table sales.orders\"; an OBJECT what stands \
        behind its `on`. A database may stand in front of both.\n\nExit status: 0 answered, 3 a call was refused or answered no, 1 any error; then \
        nothing was called.\n\nExamples:\n  \
        rolewright rbac 'authorized-users refund_entry' --env prod\n  \
        rolewright rbac 'create-session carol@acme.example s refund_entry' 'check-access s select on table sales.orders'"
    )
}
