//! `rolewright init`: a first model.

use crate::arguments::Init;
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::terminal::Terminal;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes the model into a folder where nothing of it is.
pub(crate) fn run(arguments: &Init, terminal: Terminal) -> Result<Verdict, Failure> {
    let folder = &arguments.folder;
    let files = manifest::starter(postgres::vocabulary());
    let path = |name: &str| if folder == Path::new(".") { PathBuf::from(name) } else { folder.join(name) };
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| path(name)).collect();
    if let Some(path) = paths.iter().find(|path| path.exists()) {
        return Err(Failure::new(
            format!("{} exists already, and nothing is overwritten", path.display()),
            "rolewright check says what is in it; or name another folder",
        ));
    }
    fs::create_dir_all(folder).map_err(|error| Failure::file("make", folder, &error))?;
    let mut text = String::new();
    for (path, (_, content)) in paths.iter().zip(&files) {
        let file = OpenOptions::new().write(true).create_new(true).open(path);
        file.and_then(|mut file| file.write_all(content.as_bytes()))
            .map_err(|error| Failure::file("write", path, &error))?;
        text.push_str(&format!("Wrote {}\n", path.display()));
    }
    let shown = paths.first().map(|path| path.display().to_string()).unwrap_or_default();
    text.push_str(&format!(
        "\nIt shows the boundaries, and has a first role and a first test. Next:\n  rolewright check {shown}\n  \
         rolewright plan {shown} --url 'postgres://…'\n"
    ));
    terminal.print(&text)?;
    Ok(Verdict::Clean)
}
