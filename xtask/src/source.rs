//! The project's Rust files.

use std::fs;
use std::path::{Path, PathBuf};

/// One Rust file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    /// Relative to the root of the project.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

impl Source {
    /// Whether the file holds nothing but tests.
    pub(crate) fn is_test(&self) -> bool {
        self.path.components().any(|part| part.as_os_str() == "tests")
            || self.path.file_stem().is_some_and(|stem| stem == "tests")
    }

    /// The lines before the test module, with their numbers from 1.
    pub(crate) fn lines_outside_tests(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut lines = self.text.lines().enumerate().peekable();
        std::iter::from_fn(move || {
            let (index, line) = lines.next()?;
            let next = lines.peek().map_or("", |(_, next)| *next);
            let ends = line.trim() == "#[cfg(test)]" && declared_module(next).is_some();
            (!ends).then_some((index + 1, line))
        })
    }
}

/// Every Rust file below these folders, in order.
///
/// # Errors
/// The file or folder that cannot be read.
pub(crate) fn read<'a>(
    root: &Path,
    folders: impl IntoIterator<Item = &'a Path>,
) -> Result<Vec<Source>, String> {
    let mut sources = Vec::new();
    for folder in folders {
        collect(root, folder, &mut sources)?;
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources.dedup();
    Ok(sources)
}

/// The name of the module that a line declares: `pub(crate) mod name;` or `mod name {`.
pub(crate) fn declared_module(line: &str) -> Option<&str> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "mod")?;
    let only_visibility_before =
        words.get(..at)?.iter().all(|word| word.starts_with("pub") || word.ends_with(')'));
    let name = words.get(at + 1)?.trim_end_matches([';', '{', '}']);
    only_visibility_before.then_some(name)
}

/// The number of the first line that holds the text; 1 if there is none.
pub(crate) fn line_of(text: &str, needle: &str) -> usize {
    text.lines().position(|line| line.contains(needle)).map_or(1, |index| index + 1)
}

fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) -> Result<(), String> {
    let absolute = root.join(folder);
    let cannot = |error: std::io::Error| format!("cannot read {}: {error}", absolute.display());
    for entry in fs::read_dir(&absolute).map_err(cannot)? {
        let entry = entry.map_err(cannot)?;
        let path = folder.join(entry.file_name());
        let kind = entry.file_type().map_err(cannot)?;
        if kind.is_dir() && entry.file_name() != "target" {
            collect(root, &path, sources)?;
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(root.join(&path))
                .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            sources.push(Source { path, text });
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::{Source, declared_module};

    /// A small project in a temporary folder, removed with the value.
    pub(crate) struct Tree(PathBuf);

    impl Tree {
        pub(crate) fn new(files: &[(&str, &str)]) -> Tree {
            static NEXT: AtomicU32 = AtomicU32::new(0);
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let root = std::env::temp_dir().join(format!("tidy-{}-{number}", std::process::id()));
            for (path, text) in files {
                let path = root.join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            Tree(root)
        }

        pub(crate) fn root(&self) -> &Path {
            &self.0
        }
    }

    impl Drop for Tree {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_test_module_is_not_counted() {
        let text = "fn a() {}\n#[cfg(test)]\nuse b;\n#[cfg(test)]\nmod tests {\n}\n";
        let source = Source { path: "src/lib.rs".into(), text: text.to_owned() };
        assert_eq!(source.lines_outside_tests().map(|(number, _)| number).collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn a_module_is_recognised_however_it_is_declared() {
        assert_eq!(declared_module("mod a;"), Some("a"));
        assert_eq!(declared_module("    pub(crate) mod b {"), Some("b"));
        assert_eq!(declared_module("pub(in crate::x) mod c{"), Some("c"));
        assert_eq!(declared_module("// a mod d of sorts"), None);
        assert_eq!(declared_module("let modulus = 1;"), None);
    }
}
