//! Large, hostile and broken input: it ends in a diagnostic, never in a panic or without end.

use crate::{check, check_files, clean};
use std::fmt::Write as _;

const SHOP: &str =
    "version: 1\ndatabases: { shop: { engine: postgres, environments: { prod: { url: \"${A}\" } } } }\n";

#[test]
fn a_model_of_a_hundred_thousand_grants_compiles() {
    let mut text = String::from(SHOP);
    text.push_str("roles:\n");
    for role in 0..1000 {
        let _ = writeln!(
            text,
            "  role_{role}:\n    purpose: Reads.\n    owner: data@acme.example\n    boundary: writer"
        );
        if role > 0 {
            let _ = writeln!(text, "    inherits: [role_{}]", role - 1);
        }
        text.push_str("    grants:\n      shop:\n");
        for table in 0..100 {
            let _ = writeln!(text, "        - select, insert on table schema_{}.table_{table}", role % 20);
        }
    }
    let begun = std::time::Instant::now();
    let model = clean(&text);
    eprintln!("checked in {:?}", begun.elapsed());
    assert_eq!(model.phrases(), 100_000);
    let begun = std::time::Instant::now();
    let targets = model.targets(None, &|_| Some("postgres://h/shop".into())).unwrap();
    eprintln!("targets in {:?}", begun.elapsed());
    assert_eq!(targets.first().unwrap().intent.grants.len(), 100_000);
}

#[test]
fn aliases_that_stand_for_too_much_are_refused() {
    let mut bomb = String::from("version: 1\nroles: { a: &a [x, x, x, x, x, x, x, x, x, x] }\nusers:\n");
    let mut before = 'a';
    for name in 'b'..='j' {
        let list = vec![format!("*{before}"); 10].join(", ");
        let _ = writeln!(bomb, "  {name}: &{name} [{list}]");
        before = name;
    }
    assert!(check(&bomb).contains("RW108"), "{}", check(&bomb));
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
        let text = format!("version: 1\nroles: {}{}", open.repeat(50_000), close.repeat(50_000));
        assert!(check(&text).contains("error[RW108]"), "{open}");
    }
    let mut blocks = String::from("version: 1\n");
    for depth in 0..200 {
        let _ = writeln!(blocks, "{}a:", "  ".repeat(depth));
    }
    assert!(check(&blocks).contains("error[RW108]"));
}

#[test]
fn a_hierarchy_of_any_depth_is_walked_without_recursion() {
    let mut text = String::from(SHOP);
    text.push_str("roles:\n");
    for role in 0..20_000 {
        let _ =
            writeln!(text, "  r{role}: {{ purpose: P., owner: o@acme.example, inherits: [r{}] }}", role + 1);
    }
    text.push_str("  r20000: { purpose: P., owner: o@acme.example }\n");
    clean(&text);
}

#[test]
fn every_error_of_every_file_is_said_at_once() {
    let (_, diagnostics, rendered) = check_files(&[
        ("model/a.yaml", "version: 1\nroles:\n  a: { porpose: x }\n  b: [1]\n"),
        ("model/b.yaml", "roles: { a: { purpose: x } }\nusers: { \n"),
        ("model/c.yaml", "version: 2\ntests: [ { name: t, can: { } } ]\nroles: { a: {} }\n"),
    ]);
    assert!(diagnostics.len() >= 6, "{rendered}");
    insta::assert_snapshot!(rendered);
}

#[test]
fn strange_files_are_read_or_refused() {
    for text in [
        "",
        "\n",
        "# nothing\n",
        "---\n",
        "~",
        "[]",
        "x",
        "version: 1\n---\nversion: 1\n",
        "\u{feff}version: 1\n",
        "a: \0",
    ] {
        let (_, diagnostics, _) = check_files(&[("x.yaml", text)]);
        let good = text.contains("\u{feff}version");
        assert_eq!(diagnostics.iter().any(manifest::Diagnostic::is_error), !good, "{text:?} {diagnostics:?}");
    }
}
