//! Plan files on disk.

use super::document::VERSION;
use super::{PlanFile, PlanFileError};
use crate::private_file;
use manifest::names_password;
use serde::Deserialize;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// No plan is larger. A model of 100,000 grants makes some 60 MB.
const LARGEST: u64 = 512 * 1024 * 1024;

impl PlanFile {
    /// Writes the plan, readable by its owner only, as a whole or not at all. An older plan is replaced.
    ///
    /// # Errors
    /// If a source has a password in it, or the file cannot be written.
    pub(crate) fn write(&self, path: &Path) -> Result<(), PlanFileError> {
        if let Some(source) = self.sources.iter().find(|source| names_password(&source.text)) {
            return Err(PlanFileError::Password { source: source.name.clone() });
        }
        let text = self.json()?;
        private_file::write(path, &text).map_err(|error| PlanFileError::Io {
            action: "write",
            path: path.to_owned(),
            error,
        })
    }

    /// True if the file at a path is meant as a plan: by its name, or because it holds one. A model never holds one.
    pub(crate) fn is_at(path: &Path) -> bool {
        if path.extension().is_some_and(|extension| extension == "json") {
            return true;
        }
        Self::holds_one(path)
    }

    /// True if there is a plan in the file at a path, whatever its name.
    pub(crate) fn holds_one(path: &Path) -> bool {
        let begins = |mut file: File| {
            let mut start = [0];
            file.read_exact(&mut start).is_ok() && start == *b"{"
        };
        path.is_file()
            && File::open(path).is_ok_and(begins)
            && bounded(path).is_ok_and(|text| serde_json::from_str::<Head>(&text).is_ok())
    }

    /// Reads a plan.
    ///
    /// # Errors
    /// If it cannot be read, or is no plan of this version that can be checked.
    pub(crate) fn read(path: &Path) -> Result<Self, PlanFileError> {
        let text = bounded(path)?;
        let foreign = |why: String| PlanFileError::Foreign { path: path.to_owned(), why };
        let Version { version } = serde_json::from_str(&text).map_err(|error| foreign(error.to_string()))?;
        if version != VERSION {
            return Err(foreign(format!("its format is version {version}, and {VERSION} is known")));
        }
        let plan: Self = serde_json::from_str(&text).map_err(|error| foreign(error.to_string()))?;
        if plan.sources.is_empty() {
            return Err(PlanFileError::NoSources { path: path.to_owned() });
        }
        Ok(plan)
    }
}

/// What tells a plan from a model that is written as JSON.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "version")]
    _version: u32,
    #[serde(rename = "fingerprint")]
    _fingerprint: String,
}

/// The one field that every version has.
#[derive(Deserialize)]
struct Version {
    version: u32,
}

fn bounded(path: &Path) -> Result<String, PlanFileError> {
    let failed = |error| PlanFileError::Io { action: "read", path: path.to_owned(), error };
    let mut text = String::new();
    let file = File::open(path).map_err(failed)?;
    let read = file.take(LARGEST + 1).read_to_string(&mut text).map_err(failed)?;
    if u64::try_from(read).is_ok_and(|read| read > LARGEST) {
        return Err(PlanFileError::TooLarge { path: path.to_owned() });
    }
    Ok(text)
}
