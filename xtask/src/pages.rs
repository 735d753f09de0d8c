//! The manual pages of audit rules: a rule is one file, and its doc comment is what `explain` shows.

use std::path::Path;

use crate::problem::Problem;
use crate::source::Source;

/// Where rules live, one file each.
const FOLDERS: [&str; 2] = ["crates/audit/src/rules", "crates/postgres/src/rules"];
/// What every page answers, as headings of its doc comment.
const SECTIONS: [&str; 5] = ["What", "Why", "Example", "Mending", "Controls"];

/// Every rule whose page lacks a section or leaves it empty.
pub(crate) fn check(sources: &[Source], problems: &mut Vec<Problem>) {
    for source in sources.iter().filter(|source| is_rule(source)) {
        for section in SECTIONS {
            if !has(&source.text, section) {
                problems.push(Problem {
                    file: source.path.clone(),
                    line: 1,
                    what: format!("the rule's doc comment has no text under the heading `{section}`"),
                    mend: format!("write `//! # {section}` and below it what a reader of `explain` needs"),
                });
            }
        }
    }
}

fn is_rule(source: &Source) -> bool {
    let in_folder = FOLDERS.iter().any(|folder| source.path.parent() == Some(Path::new(folder)));
    let is_list = source.path.file_name().is_some_and(|name| name == "mod.rs");
    in_folder && !is_list && !source.is_test()
}

fn has(text: &str, section: &str) -> bool {
    let comment = text
        .lines()
        .map(str::trim)
        .filter_map(|line| line.strip_prefix("//!").or_else(|| line.strip_prefix("///")))
        .map(str::trim);
    let mut after =
        comment.skip_while(|line| heading(line) != Some(section)).skip(1).filter(|line| !line.is_empty());
    after.next().is_some_and(|line| heading(line).is_none())
}

fn heading(line: &str) -> Option<&str> {
    line.starts_with('#').then(|| line.trim_start_matches('#').trim())
}

#[cfg(test)]
mod tests {
    use super::{SECTIONS, check};
    use crate::source::Source;

    fn missing(path: &str, text: &str) -> Vec<String> {
        let mut problems = Vec::new();
        check(&[Source { path: path.into(), text: text.to_owned() }], &mut problems);
        problems.into_iter().map(|problem| problem.what).collect()
    }

    #[test]
    fn a_rule_without_its_page_is_found_section_by_section() {
        let whole: String =
            SECTIONS.iter().map(|section| format!("//! # {section}\n//!\n//! Text.\n//!\n")).collect();
        let path = "crates/audit/src/rules/superuser_login.rs";
        assert!(missing(path, &whole).is_empty());
        assert_eq!(missing(path, &whole.replace("//! # Why", "//! # Because")).len(), 1);
        assert!(missing(path, "//! # What\n//! # Why\n//! It matters.\n")[0].contains("`What`"));
        assert_eq!(missing(path, "fn rule() {}").len(), SECTIONS.len());
    }

    #[test]
    fn only_rules_need_a_page() {
        assert!(missing("crates/audit/src/rules/mod.rs", "").is_empty());
        assert!(missing("crates/audit/src/rules.rs", "").is_empty());
        assert!(missing("crates/audit/src/rules/tests.rs", "").is_empty());
        assert_eq!(missing("crates/postgres/src/rules/trust.rs", "").len(), SECTIONS.len());
    }
}
