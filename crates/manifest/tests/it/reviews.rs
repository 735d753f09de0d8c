//! Reviews of routines.

use crate::{check, clean};

const MODEL: &str = r#"
version: 1
databases:
  shop: { engine: postgres, environments: { prod: { url: "${A}", database: shop_live } } }
groups: { data: {} }
reviewed_routines:
"#;

const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// A review with these keys in place of those that are sound.
fn review(keys: &[(&str, &str)]) -> String {
    let sound = [
        ("database", "shop"),
        ("on", "routine crm.find(text)"),
        ("digest", DIGEST),
        ("does", "[select (id) on table crm.customers, \"delete on table crm.{a, b}\"]"),
        ("reviewed_by", "data"),
        ("reason", "Read."),
    ];
    let of = |name: &str, value: &str| {
        let own = keys.iter().find(|(key, _)| *key == name).map_or(value, |(_, value)| value);
        let quoted = if name == "does" || own.is_empty() { own.to_owned() } else { format!("\"{own}\"") };
        format!("    {name}: {quoted}\n")
    };
    let mut lines: String = sound.iter().map(|(name, value)| of(name, value)).collect();
    for (name, value) in keys.iter().filter(|(name, _)| !sound.iter().any(|(known, _)| known == name)) {
        lines.push_str(&format!("    {name}: {value}\n"));
    }
    lines.replacen("    ", "  - ", 1)
}

#[test]
fn a_review_is_of_one_routine_on_a_target_and_says_what_it_does_there() {
    let model = clean(&format!("{MODEL}{}", review(&[("until", "2027-01-31")])));
    let targets = model.targets(Some("prod"), &|_| Some("postgres://h/shop_live".into())).unwrap();
    let [review] = targets[0].intent.reviews.as_slice() else { panic!("one review") };
    assert_eq!(review.on.database.as_ref().unwrap().as_str(), "shop_live");
    assert_eq!(review.on.names[0].to_string(), "crm.find(text)");
    assert_eq!(format!("sha256:{}", review.digest), DIGEST);
    assert_eq!((review.by.as_str(), review.line.as_str(), review.over), ("data", "rolewright.yaml:8", false));
    let told: Vec<String> = review
        .does
        .iter()
        .map(|does| format!("{:?} {:?} {}", does.operations, does.columns, does.on.names.len()))
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn a_body_that_does_nothing_is_said_by_an_empty_list_and_by_no_less() {
    let model = clean(&format!("{MODEL}{}", review(&[("does", "[]")])));
    let targets = model.targets(Some("prod"), &|_| Some("postgres://h/shop_live".into())).unwrap();
    assert_eq!(targets[0].intent.reviews[0].does, []);
    let said = check(&format!("{MODEL}{}", review(&[("does", "")])));
    assert!(said.contains("[RW105]") && said.contains("needs `does`"), "{said}");
}

#[test]
fn what_is_no_review_is_an_error() {
    let (upper, bare) = (DIGEST.to_uppercase(), DIGEST.replace("sha256:", ""));
    let cases = [
        ("database", "shpo", "RW111", "did you mean `shop`?"),
        ("on", "routine crm.find", "RW172", "by its name and its input types"),
        ("on", "routine crm.*(text)", "RW172", "not one routine"),
        ("on", "routine crm.find(text), crm.tidy()", "RW172", "not one routine"),
        ("on", "table crm.customers", "RW172", "not one routine"),
        ("on", "routnie crm.find(text)", "RW131", "did you mean `routine`?"),
        ("digest", "sha256:0123", "RW172", "is not the digest of a body"),
        ("digest", upper.as_str(), "RW172", "is not the digest of a body"),
        ("digest", bare.as_str(), "RW172", "is not the digest of a body"),
        ("does", "[select on table crm.customers with grant option]", "RW172", "and nothing more"),
        ("does", "[selct on table crm.customers]", "RW132", "did you mean `select`?"),
        ("reviewed_by", "", "RW105", "needs `reviewed_by`"),
        ("until", "soon", "RW107", "takes a day"),
    ];
    for (key, value, code, words) in cases {
        let said = check(&format!("{MODEL}{}", review(&[(key, value)])));
        assert!(said.contains(&format!("[{code}]")) && said.contains(words), "{key} {value}:\n{said}");
    }
    let twice = check(&format!("{MODEL}{}{}", review(&[]), review(&[("does", "[]")])));
    assert!(twice.contains("[RW102]") && twice.contains("routine crm.find(text)"), "{twice}");
}

#[test]
fn a_reviewer_who_is_gone_and_a_review_that_is_over_are_findings() {
    let known = "groups: { data: {} }\nroles: { r: { purpose: P., owner: data } }\nreviewed_routines:\n";
    let model = MODEL.replace("groups: { data: {} }\nreviewed_routines:\n", known);
    let said = check(&format!("{model}{}", review(&[("reviewed_by", "dta")])));
    assert!(said.contains("[RW148]") && said.contains("routine crm.find(text)"), "{said}");
    let said = check(&format!("{MODEL}{}", review(&[("until", "2026-11-23")])));
    assert!(said.contains("[RW172]") && said.contains("is over"), "{said}");
    assert_eq!(check(&format!("{MODEL}{}", review(&[("until", "2026-11-24")]))), "");
}
