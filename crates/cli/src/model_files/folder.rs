//! Writing the files of a new model, where no model is: all of them or none.

use crate::failure::Failure;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Says whether a new model may be written here.
///
/// # Errors
/// If something of a model is here already, or if this is no folder.
pub(crate) fn is_free(folder: &Path) -> Result<(), Failure> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            let what = format!("{} is no folder", folder.display());
            return Err(Failure::new(what, "name a folder with --out; a model takes several files"));
        }
        Err(error) => return Err(Failure::file("read", folder, &error)),
    };
    for entry in entries {
        let path = entry.map_err(|error| Failure::file("read", folder, &error))?.path();
        if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            return Err(Failure::new(
                format!("{} exists already, and nothing is overwritten", path.display()),
                "name another folder with --out, or move the model that is there out of the way",
            ));
        }
    }
    Ok(())
}

/// Writes the files. They are made beside their place and moved there together; where the folder has other things in it,
/// one by one.
///
/// # Errors
/// If a file cannot be written. Nothing is left then.
pub(crate) fn write(folder: &Path, files: &[(String, String)]) -> Result<(), Failure> {
    is_free(folder)?;
    let made = beside(folder);
    let written = fill(&made, files).and_then(|()| put(&made, folder, files));
    // What was moved is no longer there; what is left is of no use.
    let left = fs::remove_dir_all(&made);
    written?;
    match left {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::file("remove", &made, &error)),
        _ => Ok(()),
    }
}

/// A folder on the same file system, which no model is read from: its name begins with a dot.
fn beside(folder: &Path) -> PathBuf {
    let name =
        folder.file_name().map_or_else(|| "model".to_owned(), |name| name.to_string_lossy().into_owned());
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new(".")).join(format!(".{name}.{}", std::process::id()))
}

fn fill(made: &Path, files: &[(String, String)]) -> Result<(), Failure> {
    fs::create_dir_all(made).map_err(|error| Failure::file("make", made, &error))?;
    for (name, text) in files {
        let path = made.join(name);
        let file = fs::File::create_new(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|error| Failure::file("write", &path, &error))?;
    }
    Ok(())
}

fn put(made: &Path, folder: &Path, files: &[(String, String)]) -> Result<(), Failure> {
    let is_empty = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if is_empty || !folder.exists() {
        if is_empty {
            fs::remove_dir(folder).map_err(|error| Failure::file("replace", folder, &error))?;
        }
        return fs::rename(made, folder).map_err(|error| Failure::file("write", folder, &error));
    }
    for (at, (name, _)) in files.iter().enumerate() {
        let path = folder.join(name);
        // A link is never made over a file that came in between.
        if let Err(error) = fs::hard_link(made.join(name), &path) {
            for (name, _) in files.iter().take(at) {
                let _ = fs::remove_file(folder.join(name));
            }
            return Err(Failure::file("write", &path, &error));
        }
    }
    Ok(())
}
