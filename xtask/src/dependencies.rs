//! Every dependency has its reason in docs/dependencies.md, and every reason its dependency.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::problem::Problem;
use crate::source::line_of;
use crate::workspace::Crate;

const TABLE: &str = "docs/dependencies.md";

/// Every dependency without a row and every row without a dependency.
pub(crate) fn check(root: &Path, crates: &[Crate], problems: &mut Vec<Problem>) {
    let table = fs::read_to_string(root.join(TABLE)).unwrap_or_default();
    let rows: BTreeMap<&str, usize> =
        table.lines().enumerate().filter_map(|(index, line)| Some((row(line)?, index + 1))).collect();
    let mut used: BTreeMap<&str, PathBuf> = BTreeMap::new();
    for found in crates {
        for dependency in found.dependencies.iter().filter(|dependency| !dependency.is_ours) {
            used.entry(&dependency.name).or_insert_with(|| found.manifest());
        }
    }
    for (name, manifest) in &used {
        if !rows.contains_key(name) {
            let text = fs::read_to_string(root.join(manifest)).unwrap_or_default();
            problems.push(Problem {
                file: manifest.clone(),
                line: line_of(&text, name),
                what: format!("`{name}` has no row in {TABLE}"),
                mend: format!("add `| \\`{name}\\` | reason | what was rejected |`, or do without it"),
            });
        }
    }
    for (name, line) in rows.iter().filter(|(name, _)| !used.contains_key(*name)) {
        problems.push(Problem {
            file: TABLE.into(),
            line: *line,
            what: format!("no crate depends on `{name}`"),
            mend: "remove the row".to_owned(),
        });
    }
}

/// The crate that a line of the table is about: the name in backquotes in the first cell.
fn row(line: &str) -> Option<&str> {
    line.trim().strip_prefix("| `")?.split_once('`').map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::source::tests::Tree;
    use crate::workspace::{Crate, Dependency};

    #[test]
    fn a_dependency_without_a_reason_and_a_reason_without_a_dependency_are_found() {
        let tree = Tree::new(&[
            (
                "docs/dependencies.md",
                "| crate | reason |\n|---|---|\n| `serde` | data |\n| `gone` | once |\n",
            ),
            ("crates/a/Cargo.toml", "[dependencies]\nserde = \"1\"\nleftpad = \"1\"\n"),
        ]);
        let dependencies = ["serde", "leftpad"]
            .map(|name| Dependency { name: name.to_owned(), is_ours: false, is_dev: name == "leftpad" })
            .to_vec();
        let mut problems = Vec::new();
        check(
            tree.root(),
            &[Crate { name: "a".to_owned(), folder: "crates/a".into(), dependencies }],
            &mut problems,
        );
        let found: Vec<_> = problems.iter().map(|problem| problem.to_string()).collect();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("crates/a/Cargo.toml:3: `leftpad` has no row"), "{found:?}");
        assert!(found[1].starts_with("docs/dependencies.md:4: no crate depends on `gone`"), "{found:?}");
    }
}
