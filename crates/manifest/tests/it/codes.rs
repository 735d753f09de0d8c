//! Every code has a page, and every page shows what it says.

use crate::check_files;
use manifest::{PAGES, explain};
use std::collections::BTreeSet;

fn example(page: &str) -> &str {
    page.split_once("```yaml\n")
        .and_then(|(_, rest)| rest.split_once("```"))
        .map(|(example, _)| example)
        .unwrap()
}

#[test]
fn each_page_has_its_parts() {
    for (code, page) in PAGES {
        assert!(page.starts_with(&format!("# {code} ")), "{code}");
        for heading in ["\n## What\n", "\n## Example\n", "\n## Mending\n"] {
            assert!(page.contains(heading), "{code} lacks {heading}");
        }
    }
    assert!(explain("rw101").is_some() && explain("RW999").is_none());
}

#[test]
fn each_page_shows_a_model_that_triggers_its_code() {
    for (code, page) in PAGES {
        let (model, mut diagnostics, rendered) = check_files(&[("rolewright.yaml", example(page))]);
        if *code == "RW123" {
            diagnostics.extend(model.unwrap().targets(None, &|_| None).unwrap_err());
        }
        assert!(diagnostics.iter().any(|diagnostic| diagnostic.code == *code), "{code}:\n{rendered}");
        let others: Vec<_> = diagnostics.iter().filter(|diagnostic| diagnostic.code != *code).collect();
        assert!(others.is_empty(), "{code} shows more than itself:\n{rendered}");
    }
}

#[test]
fn every_code_in_the_sources_has_a_page() {
    let mut used = BTreeSet::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(path).unwrap();
                let codes = text.match_indices("\"RW1").filter_map(|(at, _)| text.get(at + 1..at + 6));
                used.extend(codes.map(str::to_owned));
            }
        }
    }
    // What is judged on the whole model has its pages in the crate that judges it.
    used.retain(|code| !code.starts_with("RW18"));
    let pages: BTreeSet<String> = PAGES.iter().map(|(code, _)| (*code).to_owned()).collect();
    assert_eq!(used, pages);
}

#[test]
fn what_check_says_about_each_page_is_as_it_was() {
    for (code, page) in PAGES {
        let (_, _, rendered) = check_files(&[("rolewright.yaml", example(page))]);
        insta::assert_snapshot!(*code, rendered);
    }
}
