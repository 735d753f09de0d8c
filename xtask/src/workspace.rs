//! The crates of the project and what they depend on, as `cargo metadata` tells.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A crate of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Crate {
    pub(crate) name: String,
    /// Its folder, relative to the root of the project.
    pub(crate) folder: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
}

impl Crate {
    /// Its manifest, relative to the root of the project.
    pub(crate) fn manifest(&self) -> PathBuf {
        self.folder.join("Cargo.toml")
    }
}

/// A dependency that a manifest declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Another crate of this project.
    pub(crate) is_ours: bool,
    /// Only tests, examples and benchmarks see it.
    pub(crate) is_dev: bool,
}

/// Asks cargo for the crates of the workspace at this root.
///
/// # Errors
/// What cargo said, or what its answer lacks.
pub(crate) fn read(root: &Path) -> Result<Vec<Crate>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("cannot run cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata failed:\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("cargo metadata is not JSON: {error}"))?;
    parse(&metadata).ok_or_else(|| "cargo metadata has another form than expected".to_owned())
}

fn parse(metadata: &Value) -> Option<Vec<Crate>> {
    let root = Path::new(metadata.get("workspace_root")?.as_str()?);
    let mut crates = Vec::new();
    for package in metadata.get("packages")?.as_array()? {
        let manifest = Path::new(package.get("manifest_path")?.as_str()?);
        let folder = manifest.parent()?.strip_prefix(root).ok()?.to_owned();
        let mut dependencies = Vec::new();
        for dependency in package.get("dependencies")?.as_array()? {
            dependencies.push(Dependency {
                name: dependency.get("name")?.as_str()?.to_owned(),
                is_ours: dependency.get("path").is_some_and(Value::is_string),
                is_dev: dependency.get("kind").and_then(Value::as_str) == Some("dev"),
            });
        }
        crates.push(Crate { name: package.get("name")?.as_str()?.to_owned(), folder, dependencies });
    }
    Some(crates)
}
