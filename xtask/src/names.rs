//! Names that say nothing: what is in such a file belongs to something that has a name.

use crate::problem::Problem;
use crate::source::{Source, declared_module};

const FORBIDDEN: [&str; 11] = [
    "common",
    "helper",
    "helpers",
    "manager",
    "managers",
    "misc",
    "shared",
    "stuff",
    "util",
    "utilities",
    "utils",
];

/// Every file, folder and module with a forbidden name.
pub(crate) fn check(sources: &[Source], problems: &mut Vec<Problem>) {
    for source in sources {
        let in_path = source
            .path
            .with_extension("")
            .components()
            .filter_map(|part| forbidden(&part.as_os_str().to_string_lossy()))
            .map(|name| (1, name))
            .collect::<Vec<_>>();
        let in_text = source
            .text
            .lines()
            .enumerate()
            .filter_map(|(index, line)| Some((index + 1, forbidden(declared_module(line)?)?)));
        problems.extend(in_path.into_iter().chain(in_text).map(|(line, name)| Problem {
            file: source.path.clone(),
            line,
            what: format!("`{name}` is not a name: it does not say what is in it"),
            mend: "name it after the thing that it holds, or move each part to where it is used".to_owned(),
        }));
    }
}

fn forbidden(name: &str) -> Option<&'static str> {
    FORBIDDEN.into_iter().find(|forbidden| *forbidden == name)
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::source::Source;

    #[test]
    fn a_file_or_module_that_says_nothing_is_found() {
        let sources = [
            Source { path: "crates/a/src/util.rs".into(), text: String::new() },
            Source { path: "crates/a/tests/common/mod.rs".into(), text: String::new() },
            Source { path: "crates/a/src/lib.rs".into(), text: "mod plan;\npub mod misc {}\n".to_owned() },
            Source { path: "crates/a/src/utility_company.rs".into(), text: "mod common_words;".to_owned() },
        ];
        let mut problems = Vec::new();
        check(&sources, &mut problems);
        let found: Vec<_> =
            problems.iter().map(|problem| (problem.file.to_str().unwrap(), problem.line)).collect();
        let expected =
            [("crates/a/src/util.rs", 1), ("crates/a/tests/common/mod.rs", 1), ("crates/a/src/lib.rs", 2)];
        assert_eq!(found, expected);
    }
}
