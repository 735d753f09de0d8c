//! The files of a fixture, all written from one description.

use crate::error::BenchError;
use crate::fixture::Fixture;
use crate::{floor, model_folder, structure};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Where the files of a fixture are, and what they hold.
#[derive(Debug)]
pub(crate) struct Files {
    /// The objects, before any role of the model.
    pub(crate) structure: PathBuf,
    /// The floor of a first apply.
    pub(crate) apply: PathBuf,
    /// The floor of a plan that finds nothing to do.
    pub(crate) noop: PathBuf,
    /// The folder with the model.
    pub(crate) model: PathBuf,
    /// Statements between BEGIN and COMMIT in [`Files::apply`].
    pub(crate) statements: usize,
}

impl Files {
    /// Writes the fixture into `folder`, which is made if it is not there.
    pub(crate) fn write(fixture: &Fixture, folder: &Path) -> Result<Self, BenchError> {
        fs::create_dir_all(folder).map_err(BenchError::file("make", folder))?;
        let mut files = Self {
            structure: folder.join("structure.sql"),
            apply: folder.join("floor-apply.sql"),
            noop: folder.join("floor-noop.sql"),
            model: folder.join("model"),
            statements: 0,
        };
        fill(&files.structure, |to| structure::write(fixture.size, to))?;
        fill(&files.apply, |to| {
            files.statements = floor::write_apply(fixture, to)?;
            Ok(())
        })?;
        fill(&files.noop, floor::write_noop)?;
        model_folder::write(fixture, &files.model).map_err(BenchError::file("write", &files.model))?;
        Ok(files)
    }
}

fn fill(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> Result<(), BenchError> {
    let file = File::create(path).map_err(BenchError::file("create", path))?;
    let mut file = BufWriter::new(file);
    write(&mut file).and_then(|()| file.flush()).map_err(BenchError::file("write", path))
}
