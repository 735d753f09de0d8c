//! Who may import whom: each crate exists because something must be impossible in it.

use std::path::Path;

use crate::problem::Problem;
use crate::source::line_of;
use crate::workspace::{Crate, Dependency};

/// What one crate may import. Tests, examples and benchmarks are free.
struct Layer {
    name: &'static str,
    /// Which of our crates.
    ours: Allowed,
    /// Which crates from outside.
    outside: Allowed,
    /// What must stay impossible in it: the reason to refuse.
    never: &'static str,
}

enum Allowed {
    Only(&'static [&'static str]),
    Any,
}

use Allowed::{Any, Only};

/// The table of the architecture. A crate without a row is a problem: say what must be impossible in it first.
const LAYERS: [Layer; 15] = [
    Layer {
        name: "model",
        ours: Only(&[]),
        outside: Only(&["thiserror", "zeroize"]),
        never: "serde, IO, a clock, async or an engine's name",
    },
    Layer {
        name: "manifest",
        ours: Only(&["model"]),
        outside: Only(&[
            "annotate-snippets",
            "foldhash",
            "schemars",
            "serde",
            "serde-saphyr",
            "serde_json",
            "thiserror",
            "zeroize",
        ]),
        never: "drivers or events",
    },
    Layer {
        name: "access",
        ours: Only(&["model"]),
        outside: Only(&["foldhash", "roaring", "thiserror"]),
        never: "YAML, rules, IO, a clock or async",
    },
    Layer {
        name: "audit",
        ours: Only(&["access", "model"]),
        outside: Only(&["sha2", "thiserror"]),
        never: "events, IO, a clock or async",
    },
    Layer {
        name: "import",
        ours: Only(&["manifest", "model"]),
        outside: Only(&[]),
        never: "text formats, an engine's name, IO, a clock or async",
    },
    Layer {
        name: "engine",
        ours: Only(&["model"]),
        outside: Only(&["async-trait", "thiserror", "zeroize"]),
        never: "drivers",
    },
    Layer {
        name: "pgsql",
        ours: Only(&[]),
        outside: Only(&["pg_query", "serde_json", "thiserror"]),
        never: "IO, a clock or async",
    },
    Layer {
        name: "postgres",
        ours: Only(&["audit", "engine", "model", "pgsql"]),
        outside: Only(&[
            "async-trait",
            "foldhash",
            "futures-util",
            "jiff",
            "postgres-protocol",
            "rustls",
            "rustls-native-certs",
            "sha2",
            "thiserror",
            "tokio",
            "tokio-postgres",
            "tokio-postgres-rustls",
            "zeroize",
        ]),
        never: "the ledger, HTTP or another engine",
    },
    Layer {
        name: "proof",
        ours: Only(&[]),
        outside: Only(&["aws-lc-rs", "base64", "jiff", "sha2", "thiserror", "zeroize"]),
        never: "a database, IO, a clock or async",
    },
    Layer {
        name: "ledger",
        ours: Only(&["proof"]),
        outside: Only(&["async-trait", "aws-lc-rs", "rusqlite", "thiserror"]),
        never: "what an event means",
    },
    Layer {
        name: "service",
        ours: Only(&["access", "audit", "engine", "import", "manifest", "model"]),
        outside: Only(&["async-trait", "serde", "serde_json", "sha2", "thiserror", "tokio", "zeroize"]),
        never: "drivers, HTTP types or SQL text",
    },
    Layer { name: "cli", ours: Any, outside: Any, never: "decisions" },
    Layer {
        name: "sandbox",
        ours: Only(&[]),
        outside: Only(&["thiserror"]),
        never: "anything it helps to test",
    },
    Layer { name: "bench", ours: Any, outside: Any, never: "what ships" },
    Layer { name: "xtask", ours: Only(&[]), outside: Only(&["serde_json"]), never: "the project's own code" },
];

/// Every import that the table forbids, every crate without a row, and every folder with another name than its crate.
pub(crate) fn check(root: &Path, crates: &[Crate], problems: &mut Vec<Problem>) {
    for found in crates {
        let manifest = std::fs::read_to_string(root.join(found.manifest())).unwrap_or_default();
        let mut report = |needle: &str, what: String, mend: String| {
            problems.push(Problem { file: found.manifest(), line: line_of(&manifest, needle), what, mend });
        };
        if found.folder.file_name().is_none_or(|folder| folder != found.name.as_str()) {
            report(
                "name",
                format!("crate `{}` lives in the folder `{}`", found.name, found.folder.display()),
                "give the folder and the crate the same name".to_owned(),
            );
        }
        if !inherits_lints(&manifest) {
            report(
                "[package]",
                format!("crate `{}` does not take the lints of the workspace", found.name),
                "add the section [lints] with the line `workspace = true`".to_owned(),
            );
        }
        let Some(layer) = LAYERS.iter().find(|layer| layer.name == found.name) else {
            report(
                "name",
                format!("crate `{}` has no row in the table of layers", found.name),
                "add it to LAYERS in xtask/src/layers.rs with what must be impossible in it".to_owned(),
            );
            continue;
        };
        for dependency in found.dependencies.iter().filter(|dependency| !layer.permits(dependency)) {
            report(
                &dependency.name,
                format!(
                    "`{}` may not depend on `{}`: it must never know {}",
                    layer.name, dependency.name, layer.never
                ),
                format!(
                    "take it out, or argue for it in LAYERS in xtask/src/layers.rs and say why in {}",
                    "docs/adr/"
                ),
            );
        }
    }
}

impl Layer {
    fn permits(&self, dependency: &Dependency) -> bool {
        let allowed = if dependency.is_ours { &self.ours } else { &self.outside };
        dependency.is_dev
            || match allowed {
                Any => true,
                Only(names) => names.contains(&dependency.name.as_str()),
            }
    }
}

fn inherits_lints(manifest: &str) -> bool {
    let mut lines = manifest.lines().map(str::trim).skip_while(|line| *line != "[lints]").skip(1);
    lines.find(|line| !line.is_empty()) == Some("workspace = true")
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::source::tests::Tree;
    use crate::workspace::{Crate, Dependency};

    const MANIFEST: &str =
        "[package]\nname = \"model\"\n\n[lints]\nworkspace = true\n\n[dependencies]\nserde = \"1\"\n";

    fn problems(
        name: &str,
        folder: &str,
        manifest: &str,
        dependencies: &[(&str, bool, bool)],
    ) -> Vec<String> {
        let tree = Tree::new(&[(&format!("{folder}/Cargo.toml"), manifest)]);
        let dependencies = dependencies
            .iter()
            .map(|&(name, is_ours, is_dev)| Dependency { name: name.to_owned(), is_ours, is_dev })
            .collect();
        let found = Crate { name: name.to_owned(), folder: folder.into(), dependencies };
        let mut problems = Vec::new();
        check(tree.root(), &[found], &mut problems);
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_core_may_not_import_serde_but_its_tests_may() {
        let found = problems("model", "crates/model", MANIFEST, &[("serde", false, false)]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with("crates/model/Cargo.toml:8: `model` may not depend on `serde`"),
            "{found:?}"
        );
        assert!(problems("model", "crates/model", MANIFEST, &[("serde", false, true)]).is_empty());
    }

    #[test]
    fn an_engine_may_not_import_the_service() {
        let found = problems(
            "postgres",
            "crates/postgres",
            MANIFEST,
            &[("service", true, false), ("model", true, false)],
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("`service`"));
    }

    #[test]
    fn a_folder_has_its_crates_name() {
        let found = problems("model", "crates/core", MANIFEST, &[]);
        assert!(found[0].contains("lives in the folder `crates/core`"), "{found:?}");
    }

    #[test]
    fn a_crate_without_a_row_or_without_the_lints_is_found() {
        let found = problems("mystery", "crates/mystery", "[package]\nname = \"mystery\"\n", &[]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("does not take the lints"));
        assert!(found[1].contains("has no row"));
    }
}
