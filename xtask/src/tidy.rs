//! All checks, one after the other.

use std::path::Path;

use crate::problem::Problem;
use crate::{dependencies, layers, lengths, names, pages, source, workspace};

/// What was looked at and what was found.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) crates: usize,
    pub(crate) files: usize,
    pub(crate) problems: Vec<Problem>,
}

/// Checks the project at this root.
///
/// # Errors
/// What could not be read: then nothing was checked.
pub(crate) fn check(root: &Path) -> Result<Report, String> {
    let crates = workspace::read(root)?;
    let sources = source::read(root, crates.iter().map(|found| found.folder.as_path()))?;
    let mut problems = Vec::new();
    layers::check(root, &crates, &mut problems);
    dependencies::check(root, &crates, &mut problems);
    names::check(&sources, &mut problems);
    lengths::check(&sources, &mut problems);
    pages::check(root, &sources, &mut problems);
    problems.sort();
    Ok(Report { crates: crates.len(), files: sources.len(), problems })
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::source::tests::Tree;

    #[test]
    fn a_missing_project_is_an_error_not_a_clean_bill() {
        let tree = Tree::new(&[("README.md", "nothing here")]);
        assert!(check(tree.root()).unwrap_err().contains("cargo metadata failed"));
    }

    #[test]
    fn problems_come_with_file_and_line_in_order() {
        let tree = Tree::new(&[
            (
                "Cargo.toml",
                "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n[workspace.lints.rust]\nunsafe_code = \"forbid\"\n",
            ),
            (
                "crates/model/Cargo.toml",
                "[package]\nname = \"model\"\n\n[dependencies]\nservice = { path = \"../service\" }\n",
            ),
            ("crates/model/src/lib.rs", "mod util;\n"),
            ("crates/model/src/util.rs", ""),
            ("crates/service/Cargo.toml", "[package]\nname = \"service\"\n\n[lints]\nworkspace = true\n"),
            ("crates/service/src/lib.rs", ""),
        ]);
        let report = check(tree.root()).unwrap();
        assert_eq!((report.crates, report.files), (2, 3));
        let found: Vec<_> =
            report.problems.iter().map(|problem| (problem.file.to_str().unwrap(), problem.line)).collect();
        let expected = [
            ("crates/model/Cargo.toml", 1),
            ("crates/model/Cargo.toml", 5),
            ("crates/model/src/lib.rs", 1),
            ("crates/model/src/util.rs", 1),
        ];
        assert_eq!(found, expected);
    }
}
