//! Every code has a page, and every page shows what it says.

use crate::check;
use service::{PAGES, explain};
use std::collections::BTreeSet;

fn example(page: &str) -> &str {
    let (_, rest) = page.split_once("```yaml\n").unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn each_page_has_its_parts() {
    for (code, page) in PAGES {
        assert!(page.starts_with(&format!("# {code} ")), "{code}");
        for heading in ["\n## What\n", "\n## Example\n", "\n## Mending\n"] {
            assert!(page.contains(heading), "{code} lacks {heading}");
        }
    }
    assert!(explain("rw180").is_some() && explain("RW101").is_some() && explain("RW999").is_none());
}

#[test]
fn each_page_shows_a_model_that_triggers_its_code_and_no_other() {
    for (code, page) in PAGES {
        let (checked, rendered) = check(example(page));
        let codes: BTreeSet<&str> = checked.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(codes, BTreeSet::from([*code]), "{rendered}");
    }
}

#[test]
fn every_code_of_the_duties_has_a_page() {
    let mut used = BTreeSet::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(path).unwrap();
                let codes = text.match_indices("\"RW18").filter_map(|(at, _)| text.get(at + 1..at + 6));
                used.extend(codes.map(str::to_owned));
            }
        }
    }
    let pages: BTreeSet<String> = PAGES.iter().map(|(code, _)| (*code).to_owned()).collect();
    assert_eq!(used, pages);
}

#[test]
fn what_check_says_about_each_page_is_as_it_was() {
    for (code, page) in PAGES {
        insta::assert_snapshot!(*code, check(example(page)).1);
    }
}
