//! Finding and reading the files of a model.

use crate::failure::Failure;
use crate::plan_file::PlanFile;
use crate::url::Target;
use ::manifest::Source;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Where a model is looked for when no path is given, in this order.
const USUAL: [&str; 2] = ["rolewright.yaml", "model"];

/// No model is larger, all its files together. One of 100,000 grants makes some 20 MB.
const LARGEST: u64 = 256 * 1024 * 1024;

/// Folders in folders.
const DEEPEST: usize = 16;

/// True if there is something at one of the usual places.
pub(super) fn is_there() -> bool {
    USUAL.iter().any(|path| std::path::Path::new(path).exists())
}

/// Reads a file, or every `.yaml` and `.yml` file in a folder and its folders, in the order of their names.
pub(super) fn sources(path: Option<&Path>) -> Result<Vec<Source>, Failure> {
    let root = match path {
        Some(path) => {
            Target::refuse_as_path(path)?;
            if PlanFile::holds_one(path) {
                return Err(Failure::new(
                    format!("{} holds a plan, and a model belongs here", path.display()),
                    format!("rolewright apply {} carries it out", path.display()),
                ));
            }
            path.to_owned()
        }
        None => USUAL.iter().map(PathBuf::from).find(|path| path.exists()).ok_or_else(|| {
            let [file, folder] = USUAL;
            Failure::new(
                format!("there is no model here: neither {file} nor {folder}/"),
                "rolewright init writes one; or name the file or folder",
            )
        })?,
    };
    let mut files = Vec::new();
    if fs::metadata(&root).map_err(|error| Failure::file("read", &root, &error))?.is_dir() {
        collect(&root, 0, &mut files)?;
        files.sort();
    } else {
        files.push(root.clone());
    }
    if files.is_empty() {
        return Err(Failure::new(
            format!("{} has no .yaml file in it", root.display()),
            "rolewright init writes a first one",
        ));
    }
    let mut left = LARGEST;
    files.iter().map(|file| source(file, &mut left)).collect()
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::file("read", folder, &error);
    if depth > DEEPEST {
        return Err(Failure::new(
            format!("{} is too deep a folder for a model", folder.display()),
            "check that this is the folder of the model and that no link leads back up",
        ));
    }
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, name) = (entry.path(), entry.file_name());
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        let kind = fs::metadata(&path).map_err(|error| Failure::file("read", &path, &error))?;
        let yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        if kind.is_dir() {
            collect(&path, depth + 1, files)?;
        } else if yaml {
            files.push(path);
        }
    }
    Ok(())
}

/// Reads one file; `left` is how many bytes the model may still have.
fn source(path: &Path, left: &mut u64) -> Result<Source, Failure> {
    let failed = |error: std::io::Error| Failure::file("read", path, &error);
    let mut bytes = Vec::new();
    let read = File::open(path).map_err(failed)?.take(*left + 1).read_to_end(&mut bytes).map_err(failed)?;
    let read = u64::try_from(read).unwrap_or(u64::MAX);
    *left = left.checked_sub(read).ok_or_else(|| {
        Failure::new(
            format!("the model is too large: it goes over {} MB in {}", LARGEST >> 20, path.display()),
            "check that this is the folder of the model",
        )
    })?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::new(format!("{} is not text in UTF-8", path.display()), "save it as UTF-8"))?;
    Ok(Source { name: path.display().to_string(), text })
}
