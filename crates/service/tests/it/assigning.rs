//! What giving somebody a role would break, before anybody gives it.

use postgres::PostgresEngine;

const MODEL: &str = r#"
version: 1
databases:
  shop:
    engine: postgres
    environments:
      prod: { url: "${A}" }
      staging: { url: "${B}" }
external_roles: [elsewhere]
roles:
  entry: { purpose: p, owner: o, grants: { shop: ["insert on table s.refunds"] } }
  approval: { purpose: p, owner: o, grants: { shop: ["update on table s.refunds"] } }
  copy: { purpose: p, owner: o, grants: { shop: ["update on table s.refunds"] } }
  owner: { purpose: p, owner: o, owns: { shop: ["table s.*"] } }
  old: { state: retired }
groups: { support: { roles: [entry] }, empty: {} }
users: { alice@a: { groups: [support] }, bob@a: { roles: [approval] }, both@a: { roles: [entry, approval] } }
people: { alice: { accounts: [alice@a] } }
separation_of_duties:
  - { name: by-role, static: { roles: [entry, approval], cardinality: 2 } }
  - { name: by-permission, static: { permissions: ["shop: insert on table s.refunds", "shop: update on table s.refunds"], cardinality: 2 } }
dual_control:
  - { name: destructive, on: shop/prod, operations: [drop], approvers: [support] }
"#;

fn caused(who: &str, role: &str, environment: Option<&str>) -> Result<Vec<String>, String> {
    let sources = [manifest::Source { name: "m.yaml".to_owned(), text: MODEL.to_owned() }];
    let checked = service::check(&PostgresEngine, &sources, Some(crate::TODAY));
    let model = checked.model.unwrap();
    let caused = service::can_assign(&PostgresEngine, &model, who, role, environment);
    let told = |all: Vec<manifest::Diagnostic>| {
        all.iter().map(|one| format!("{} {}", one.code, one.message)).collect()
    };
    caused.map(told).map_err(|error| format!("{error}: {}", error.help))
}

#[test]
fn every_violation_is_said_and_none_that_is_there_already() {
    let all = caused("alice@a", "approval", None).unwrap();
    assert_eq!(all.len(), 4, "{all:#?}");
    assert!(all.iter().all(|one| one.starts_with("RW180 person alice")), "{all:#?}");
    let prod = caused("alice", "approval", Some("prod")).unwrap();
    assert_eq!(prod.len(), 2, "{prod:#?}");
    let copy = caused("alice", "copy", Some("staging")).unwrap();
    assert_eq!(copy.len(), 1, "{copy:#?}");
    assert!(copy[0].contains("by-permission"), "{copy:#?}");
    assert_eq!(caused("alice", "entry", None), Ok(vec![]));
    assert_eq!(caused("bob@a", "copy", None), Ok(vec![]));
}

#[test]
fn what_a_group_or_a_role_would_be_given_counts_for_whoever_has_it() {
    let group = caused("support", "approval", Some("staging")).unwrap();
    assert!(group.iter().any(|one| one.contains("alice")), "{group:#?}");
    assert_eq!(caused("empty", "approval", None), Ok(vec![]));
    let role = caused("approval", "entry", Some("staging")).unwrap();
    assert!(role.iter().any(|one| one.contains("bob@a")), "{role:#?}");
}

#[test]
fn dual_controls_and_what_cannot_be_proven_are_said_too() {
    let owner = caused("bob@a", "owner", Some("prod")).unwrap();
    assert!(owner.iter().any(|one| one.starts_with("RW182 bob@a alone can `drop`")), "{owner:#?}");
    let outside = caused("bob@a", "elsewhere", Some("prod")).unwrap();
    assert!(
        outside.iter().any(|one| one.starts_with("RW181"))
            && outside.iter().any(|one| one.starts_with("RW183")),
        "{outside:#?}"
    );
}

#[test]
fn who_or_what_is_not_known_is_said() {
    assert!(caused("alcie", "entry", None).unwrap_err().contains("did you mean alice?"));
    assert!(caused("alice", "entri", None).unwrap_err().contains("did you mean entry?"));
    assert!(caused("alice", "old", None).is_err());
    assert!(caused("alice", "entry", Some("test")).unwrap_err().contains("the model has prod, staging"));
}
