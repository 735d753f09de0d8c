//! What is said to somebody who made an ordinary mistake, and what is never said.

use crate::{check, check_files};
use std::fmt::Write as _;

#[test]
fn what_is_no_yaml_is_told_in_our_words_with_what_to_do() {
    let deep = format!("version: 1\nroles: {}{}\n", "[".repeat(100), "]".repeat(100));
    let aliases: String = (b'b'..=b'j').fold(String::from("a: &a [x, x, x, x, x]\n"), |mut text, name| {
        let (name, before) = (char::from(name), char::from(name - 1));
        let _ = writeln!(text, "{name}: &{name} [{}]", vec![format!("*{before}"); 9].join(", "));
        text
    });
    let mut said = String::new();
    for text in [
        "roles:\n\tr: {}\n",
        "roles:\n  r:\n    purpose: a\n\towner: b\n",
        "roles: { r: { purpose: a\n",
        "roles:\n  r: { purpose: \"abc\n",
        "roles:\n  r:\n    purpose: Reads: all of it\n",
        "roles: *nope\n",
        "roles: &a { r: *a }\n",
        "roles:\n  r:\n    owner: @team\n",
        "version: 1\n---\nversion: 1\n",
        &deep,
        &aliases,
        "version: 1\nroles: { '': {}, ? [a] : {}, r: { purpose: \"a\\0b\" } }\n",
    ] {
        said.push_str(&check(text));
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_password_where_its_origin_belongs_is_an_error_and_is_not_shown() {
    for password in ["hunter2secret", "\"hunter2secret\"", "{ value: hunter2secret }", "[hunter2secret]"] {
        let text = format!(
            "version: 1\nroles: {{ r: {{ purpose: P., owner: o@acme.example, login: true, password: {password} }} }}\n"
        );
        let (model, _, rendered) = check_files(&[("rolewright.yaml", &text)]);
        assert!(model.is_none() && !rendered.contains("hunter2"), "{rendered}");
    }
    insta::assert_snapshot!(check(
        "version: 1\nroles:\n  r:\n    purpose: P.\n    owner: o@acme.example\n    login: true\n    password: hunter2secret\n"
    ));
}

#[test]
fn a_test_that_fails_in_one_environment_says_how_to_ask_one() {
    let said = check(
        r#"
version: 1
databases: { shop: { engine: postgres, environments: { prod: { url: "${A}" }, staging: { url: "${B}" } } } }
roles: { w: { purpose: P., owner: o@acme.example, grants: { shop: [insert on table a.b] } } }
groups: { g: { environments: { staging: { also: [w], why: W. } } } }
users: { u: { groups: [g] } }
tests:
  - { name: u writes nothing, user: u, cannot: ["shop: insert on table a.b"] }
  - { name: w writes nothing, role: w, cannot: ["shop: insert on table a.b"] }
"#,
    );
    assert_eq!(said.matches("RW170").count(), 2, "{said}");
    assert_eq!(said.matches("a test asks every environment; `env:` asks one").count(), 1, "{said}");
}

#[test]
fn what_sql_allows_in_place_of_a_kind_is_answered_with_how_to_write_it() {
    let phrase = |text: &str| manifest::parse_phrase(text, crate::vocabulary::words()).unwrap_err().help;
    for text in ["select on all tables in schema sales", "SELECT ON ALL TABLES IN SCHEMA sales"] {
        assert_eq!(phrase(text), "all of a schema is written with a star, as in `table sales.*`");
    }
    assert!(phrase("execute on all functions in schema app").contains("`function sales.*`"));
    assert_eq!(
        phrase("select on sales.orders"),
        "the kind comes before the name, as in `table sales.orders`"
    );
    assert_eq!(phrase("select on tables sales.orders"), "did you mean `table`?");
}
