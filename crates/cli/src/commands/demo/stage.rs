//! Where the tour takes place: a private server, and a folder with the shop's files.

use super::command::{self, Ended, Program, Surroundings};
use super::shop;
use crate::failure::Failure;
use sandbox::{Cluster, Installation};
use std::fs;
use std::path::{Path, PathBuf};

/// A running server with the files of the tour. Both are gone with the value, or with the process.
#[derive(Debug)]
pub(super) struct Stage {
    cluster: Cluster,
    folder: PathBuf,
    variables: Vec<(&'static str, String)>,
}

impl Stage {
    /// Starts the server and writes the files. The shop is not loaded yet: that is the first step of the tour.
    ///
    /// # Errors
    /// If the server does not start, and those of the file system.
    pub(super) fn set(installation: &Installation) -> Result<Self, Failure> {
        let cluster = Cluster::start(installation)?;
        // The server's own folder is closed to others, and it is removed even if this process is killed.
        let folder = cluster.socket_dir().join("tour");
        for (path, text) in shop::FILES {
            let file = folder.join(path);
            let parent = file.parent().unwrap_or(&folder);
            fs::create_dir_all(parent).map_err(|error| Failure::file("create", parent, &error))?;
            fs::write(&file, text).map_err(|error| Failure::file("write", &file, &error))?;
        }
        let variables = vec![
            ("PGHOST", cluster.socket_dir().display().to_string()),
            ("PGPORT", cluster.port().to_string()),
            ("PGUSER", "postgres".to_owned()),
            ("SHOP_PROD_URL", cluster.socket_url("shop")),
        ];
        Ok(Self { cluster, folder, variables })
    }

    /// The folder that the commands run in.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The server's major version.
    pub(super) fn version(&self) -> u32 {
        self.cluster.version().major()
    }

    /// The variables of the commands, as a shell sets them.
    pub(super) fn exports(&self) -> String {
        let each = self.variables.iter().map(|(name, value)| format!("{name}='{value}'"));
        format!("export {}", each.collect::<Vec<_>>().join(" "))
    }

    /// Runs a command here.
    ///
    /// # Errors
    /// If the program cannot be started.
    pub(super) fn run(&self, program: Program, arguments: &[&str]) -> Result<Ended, Failure> {
        command::run(program, arguments, &Surroundings { folder: &self.folder, variables: &self.variables })
    }
}
