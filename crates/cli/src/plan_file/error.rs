//! What can be wrong with a plan file.

use crate::failure::Failure;
use std::io;
use std::path::PathBuf;

/// Why a plan file cannot be written, read or applied. Nothing has been changed.
#[derive(Debug)]
pub(crate) enum PlanFileError {
    /// The operating system refused.
    Io { action: &'static str, path: PathBuf, error: io::Error },
    /// It is larger than any plan.
    TooLarge { path: PathBuf },
    /// It is not a plan file of a version that is known.
    Foreign { path: PathBuf, why: String },
    /// It is what `--format json` prints, which has no sources.
    NoSources { path: PathBuf },
    /// The model has a password in it, which must not be copied.
    Password { source: String },
    /// It could not be turned into text.
    Unwritable(serde_json::Error),
    /// It was made for another cluster, or for another copy of it.
    OtherTarget { was: String, is: String },
    /// One of its databases was made anew, or others are meant.
    OtherDatabases { was: String, is: String },
    /// Somebody else would carry it out.
    OtherExecutor { was: String, is: String },
    /// The target has changed, or the fingerprint in the file has.
    Moved,
    /// The same model and the same target give other steps: the file was edited. Steps count from 1.
    OtherSteps { step: usize },
}

impl From<PlanFileError> for Failure {
    fn from(error: PlanFileError) -> Self {
        let again = "make a new plan with rolewright plan --out, and have it read again";
        match error {
            PlanFileError::Io { action, path, error } => Failure::file(action, &path, &error),
            PlanFileError::TooLarge { path } => Failure::new(
                format!("{} is too large to be a plan", path.display()),
                "check that it is the right file",
            ),
            PlanFileError::Foreign { path, why } => {
                Failure::new(format!("{} is not a plan of this rolewright: {why}", path.display()), again)
            }
            PlanFileError::NoSources { path } => Failure::new(
                format!("{} has no model in it, so it cannot be checked", path.display()),
                "--format json is for reading; rolewright plan --out writes a plan that can be applied",
            ),
            PlanFileError::Password { source } => Failure::new(
                format!("{source} has a password in a URL, and a plan file holds the model's text"),
                "put the URL into a variable of the environment and write ${NAME} in the model",
            ),
            PlanFileError::Unwritable(error) => {
                Failure::new(format!("the plan cannot be written: {error}"), "")
            }
            PlanFileError::OtherTarget { was, is } => {
                Failure::new(format!("the plan was made for another target: {was}; this one is {is}"), again)
            }
            PlanFileError::OtherDatabases { was, is } => {
                Failure::new(format!("the plan was made for other databases: {was}; here are {is}"), again)
            }
            PlanFileError::OtherExecutor { was, is } => Failure::new(
                format!("the plan was made as {was}, and this session is {is}"),
                format!("connect as {was}, or {again}"),
            ),
            PlanFileError::Moved => Failure::new(
                "the target has changed since the plan was made, or the model in the file was edited",
                again,
            ),
            PlanFileError::OtherSteps { step: 0 } => {
                Failure::new("the plan file counts its steps wrongly: it was edited", again)
            }
            PlanFileError::OtherSteps { step } => Failure::new(
                format!(
                    "the plan file says something else than its own model does, from step {step} on: it was edited, \
                     or made by another version of rolewright"
                ),
                again,
            ),
        }
    }
}
