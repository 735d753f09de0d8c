//! The manual pages of audit rules: a rule is one file, and the page beside it is its documentation and what `explain`
//! shows.

use std::fs;
use std::path::Path;

use crate::problem::Problem;
use crate::source::{Source, line_of};

/// Where rules live, one file each.
const FOLDERS: [&str; 2] = ["crates/audit/src/rules", "crates/postgres/src/rules"];
/// What every page answers, as headings of the second level.
const SECTIONS: [&str; 5] = ["What", "Why", "Example", "Mending", "Controls"];

/// Every rule without a page, and every page that lacks a section or leaves it empty.
pub(crate) fn check(root: &Path, sources: &[Source], problems: &mut Vec<Problem>) {
    for source in sources.iter().filter(|source| is_rule(source)) {
        let page = source.path.with_extension("md");
        let name = page.file_name().unwrap_or_default().to_string_lossy();
        let inclusion = format!("#![doc = include_str!(\"{name}\")]");
        if !source.text.lines().any(|line| line.trim() == inclusion) {
            problems.push(Problem {
                file: source.path.clone(),
                line: 1,
                what: "the rule does not take its manual page as its documentation".to_owned(),
                mend: format!("write the page {name} beside it and begin the rule with `{inclusion}`"),
            });
            continue;
        }
        let text = fs::read_to_string(root.join(&page)).unwrap_or_default();
        for section in SECTIONS.into_iter().filter(|section| !has(&text, section)) {
            problems.push(Problem {
                file: page.clone(),
                line: line_of(&text, &format!("# {section}")),
                what: format!("the page has no text under the heading `{section}`"),
                mend: format!("write `## {section}` and below it what a reader of `explain` needs"),
            });
        }
    }
}

fn is_rule(source: &Source) -> bool {
    let in_folder = FOLDERS.iter().any(|folder| source.path.parent() == Some(Path::new(folder)));
    let is_list = source.path.file_name().is_some_and(|name| name == "mod.rs");
    in_folder && !is_list && !source.is_test()
}

fn has(page: &str, section: &str) -> bool {
    let heading = format!("## {section}");
    let mut below = page.lines().map(str::trim_end).skip_while(|line| *line != heading).skip(1);
    below.find(|line| !line.is_empty()).is_some_and(|line| !line.starts_with("## "))
}

#[cfg(test)]
mod tests {
    use super::{SECTIONS, check};
    use crate::source::Source;
    use crate::source::tests::Tree;

    const RULE: &str = "#![doc = include_str!(\"idle.md\")]\n\nfn rule() {}\n";

    fn problems(path: &str, rule: &str, page: &str) -> Vec<String> {
        let tree = Tree::new(&[("crates/audit/src/rules/idle.md", page)]);
        let mut problems = Vec::new();
        check(tree.root(), &[Source { path: path.into(), text: rule.to_owned() }], &mut problems);
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_page_is_found_wanting_section_by_section() {
        let page: String = SECTIONS.iter().map(|section| format!("## {section}\n\nText.\n\n")).collect();
        let path = "crates/audit/src/rules/idle.rs";
        assert!(problems(path, RULE, &page).is_empty());
        let found = problems(path, RULE, &page.replace("## Why", "## Because"));
        assert!(
            found[0].starts_with(
                "crates/audit/src/rules/idle.md:1: the page has no text under the heading `Why`"
            )
        );
        let found = problems(path, RULE, &page.replace("## Why\n\nText.", "## Why\n"));
        assert!(found[0].starts_with("crates/audit/src/rules/idle.md:5:"), "{found:?}");
    }

    #[test]
    fn a_rule_without_its_page_is_found() {
        let found = problems("crates/audit/src/rules/idle.rs", "fn rule() {}", "");
        assert!(found[0].contains("does not take its manual page"), "{found:?}");
        assert_eq!(problems("crates/audit/src/rules/idle.rs", RULE, "").len(), SECTIONS.len());
        assert_eq!(problems("crates/postgres/src/rules/trust.rs", "", "").len(), 1);
    }

    #[test]
    fn only_rules_need_a_page() {
        for path in ["mod.rs", "tests.rs", "deep/part.rs"] {
            assert!(problems(&format!("crates/audit/src/rules/{path}"), "", "").is_empty(), "{path}");
        }
    }
}
