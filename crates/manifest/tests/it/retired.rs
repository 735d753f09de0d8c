//! Roles that are to go, and who gets what they own.

use crate::{check, clean};

const MODEL: &str = r#"
version: 1
databases: { shop: { engine: postgres, environments: { prod: { url: "${A}" }, staging: { url: "${B}", role_names: "{role}_s" } } } }
external_roles: [vendor]
roles:
  heir: { purpose: P., owner: o@acme.example, boundary: owner, state: active }
  reader: { purpose: P., owner: o@acme.example, boundary: reader }
  root: { purpose: P., owner: o@acme.example, attributes: [superuser] }
  draft: { purpose: P., owner: o@acme.example, state: draft }
  old: { purpose: P., owner: o@acme.example, state: deprecated, replaced_by: heir }
  gone: { state: retired }
  leaver:
"#;

/// What is said of a leaver with these keys.
fn said(keys: &str) -> String {
    check(&format!("{MODEL}    {{ {keys} }}\n"))
}

#[test]
fn an_heir_is_a_role_of_the_model_by_the_name_that_it_has_there() {
    let model = clean(&format!("{MODEL}    {{ state: retired, reassign_to: heir }}\n"));
    for (environment, leaver, heir) in [("prod", "leaver", "heir"), ("staging", "leaver_s", "heir_s")] {
        let targets = model.targets(Some(environment), &|_| Some("postgres://h/shop".into())).unwrap();
        let intent = &targets[0].intent;
        let found = intent.absent.get(leaver).unwrap().heir.as_ref().unwrap();
        assert_eq!(found.role.as_str(), heir);
        assert!(intent.cause(found.cause).unwrap().to_string().ends_with("reassign_to heir"));
        assert!(intent.roles.contains_key(heir));
    }
}

#[test]
fn nothing_is_handed_over_to_whom_it_cannot_or_should_not_go() {
    let cases = [
        ("reassign_to: heir", "RW144", "has `reassign_to` and is active"),
        ("state: retired, reassign_to: heri", "RW110", "did you mean `heir`?"),
        ("state: retired, reassign_to: vendor", "RW110", "the model has no role `vendor`"),
        ("state: retired, reassign_to: pg_monitor", "RW110", "name one of its roles"),
        ("state: retired, reassign_to: leaver", "RW142", "is retired and still named in `reassign_to`"),
        ("state: retired, reassign_to: gone", "RW142", "is retired and still named in `reassign_to`"),
        ("state: retired, reassign_to: draft", "RW142", "is a draft and already named in `reassign_to`"),
        ("state: retired, reassign_to: old", "RW143", "use `heir`"),
        ("state: retired, reassign_to: reader", "RW141", "oversteps its boundary `reader`: owning objects"),
        ("state: retired, reassign_to: root", "RW144", "would go to `root`, a superuser"),
    ];
    for (keys, code, words) in cases {
        let said = said(keys);
        assert!(said.contains(&format!("[{code}]")) && said.contains(words), "{keys}:\n{said}");
    }
}
