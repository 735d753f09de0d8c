//! What a plan or an apply is about: the model and its targets, read on a thread of their own while the target that a
//! URL names is already looked at.

use crate::failure::Failure;
use crate::model_files::{Checked, Loaded, Where};
use crate::render;
use crate::terminal::Terminal;
use crate::url;
use ::manifest::{Source, Target};
use std::path::PathBuf;

/// Where the model comes from.
pub(super) enum Origin {
    /// A path, or the usual place.
    Path(Option<PathBuf>),
    /// A plan file carried it.
    Carried(Vec<Source>),
}

/// The model, and the targets that are meant.
pub(super) struct Meant {
    pub(super) loaded: Loaded,
    pub(super) targets: Vec<Target>,
}

impl Meant {
    /// Reads and compiles the model beside whatever else is waited for.
    ///
    /// # Errors
    /// If the model cannot be read or has errors, or if it is not clear which target is meant.
    pub(super) async fn read(
        origin: Origin,
        environment: Option<String>,
        url: Option<url::Target>,
        terminal: Terminal,
    ) -> Result<Self, Failure> {
        let work = tokio::task::spawn_blocking(move || {
            let checked = match origin {
                Origin::Path(path) => Checked::at(path.as_deref())?,
                Origin::Carried(sources) => Checked::of(sources),
            };
            let loaded = checked.loaded(terminal.err)?;
            remark_findings(&loaded, terminal);
            let wanted = Where { environment: environment.as_deref(), url: url.as_ref() };
            let targets = loaded.targets(&wanted, terminal.err)?;
            Ok(Self { loaded, targets })
        });
        work.await
            .unwrap_or_else(|broken| Err(Failure::new(format!("reading the model broke off: {broken}"), "")))
    }
}

/// Findings are shown by `check`; here they are only counted.
fn remark_findings(loaded: &Loaded, terminal: Terminal) {
    if !loaded.findings.is_empty() {
        let count = render::counted(loaded.findings.len(), "finding");
        terminal.remark(&format!(
            "{}: {count} in the model; rolewright check shows them\n",
            terminal.err.warning("note")
        ));
    }
}
