//! Tests of a model: what they prove, and what they do not.

use crate::{check, clean};

const MODEL: &str = r#"
version: 1
databases: { shop: { engine: postgres, environments: { prod: { url: "${A}" }, staging: { url: "${B}" } } } }
external_roles: [app_owner]
roles:
  reader:
    purpose: P.
    owner: o@acme.example
    grants: { shop: ["select on table sales.* except sales.secret*", "select (id, name) on table crm.people", select (email) on table crm.people, usage on schema sales] }
  writer: { purpose: P., owner: o@acme.example, inherits: [reader], grants: { shop: [all on table sales.orders, "insert on table log.*, only future by loader"] } }
  viewer: { purpose: P., owner: o@acme.example, grants: { shop: [select on view sales.*] } }
  owner: { purpose: P., owner: o@acme.example, boundary: owner, owns: { shop: ["table own.* except own.not"] } }
  root: { purpose: P., owner: o@acme.example, attributes: [superuser] }
  keyholder: { purpose: P., owner: o@acme.example, inherits: [{ role: reader, inherit: false, set: false, admin: true }] }
groups: { support: { roles: [reader], environments: { staging: { also: [writer], why: They rehearse. } } } }
users: { alice: { groups: [support] } }
service_accounts: { loader: { owner: o@acme.example, roles: [writer], login: shop } }
public: { shop: [select on table open.*] }
"#;

/// Whether a claim holds: `role reader can select on table sales.orders`.
fn holds(who: &str, how: &str, permission: &str) -> bool {
    let text = format!("{MODEL}tests: [ {{ name: t, {who}, {how}: ['shop: {permission}'] }} ]\n");
    let said = check(&text);
    assert!(said.is_empty() || said.contains("error[RW170]"), "{said}");
    said.is_empty()
}

#[test]
fn can_holds_where_all_of_the_permission_is_there() {
    let can = |who: &str, permission: &str| holds(who, "can", permission);
    assert!(can("role: reader", "select on table sales.orders"));
    assert!(can("role: reader", "select on view sales.open"));
    assert!(can("role: reader", "select (id, email) on table crm.people"));
    assert!(can("role: writer", "select, insert, truncate on table sales.orders"));
    assert!(can("role: writer", "all on table sales.orders"));
    assert!(can("role: writer", "update (state) on table sales.orders"));
    assert!(can("role: owner", "truncate on table own.things"));
    assert!(can("role: root", "delete on table any.thing"));
    assert!(can("user: alice, env: staging", "insert on table sales.orders"));
    assert!(can("user: alice", "select on table open.doors"));
    assert!(can("service_account: loader", "connect on database shop"));
    assert!(can("role: viewer", "select on view sales.open"));
}

#[test]
fn can_fails_where_a_part_is_missing() {
    let can = |who: &str, permission: &str| holds(who, "can", permission);
    assert!(!can("role: reader", "select on table sales.secrets"));
    assert!(!can("role: reader", "select on table sales.*"));
    assert!(!can("role: reader", "select on table crm.people"));
    assert!(!can("role: reader", "select (id, iban) on table crm.people"));
    assert!(!can("role: reader", "select, insert on table sales.orders"));
    assert!(!can("role: writer", "insert on table log.lines"), "a future table does not exist");
    assert!(!can("role: owner", "truncate on table own.not"));
    assert!(!can("user: alice", "insert on table sales.orders"), "not in every environment");
    assert!(!can("role: viewer", "select on table sales.open"), "it may be no view");
    assert!(!can("role: keyholder", "select on table sales.orders"), "admin alone uses nothing");
}

#[test]
fn cannot_holds_only_where_no_part_is_there() {
    let cannot = |who: &str, permission: &str| holds(who, "cannot", permission);
    assert!(cannot("role: reader", "select on table sales.secrets"));
    assert!(cannot("role: reader", "update, delete on table sales.*"));
    assert!(cannot("role: reader", "select (iban) on table crm.people"));
    assert!(cannot("user: alice, env: prod", "insert on table sales.orders"));
    assert!(!cannot("role: reader", "select on table crm.people"), "some columns can be read");
    assert!(!cannot("role: reader", "select on table *.orders"), "one schema of it can be read");
    assert!(
        !cannot("role: writer", "insert on table log.lines"),
        "a new table of that name could be written"
    );
    assert!(!cannot("user: alice", "insert on table sales.orders"), "possible in staging");
    assert!(!cannot("role: root", "delete on table any.thing"));
    assert!(!cannot("role: owner", "select on table own.*"));
}

#[test]
fn an_accepted_finding_is_silent_until_its_day() {
    let model = |until: &str| {
        format!(
            "version: 1\nroles: {{ a: {{ owner: o@acme.example }} }}\nexceptions: [ {{ rule: RW146, about: a, owner: o@acme.example, reason: Being written., until: {until} }} ]\n"
        )
    };
    clean(&model("2026-11-24"));
    let over = check(&model("2026-11-23"));
    assert!(over.contains("warning[RW146]") && over.contains("warning[RW165]"), "{over}");
}

#[test]
fn a_password_is_shown_nowhere() {
    for url in [
        "postgres://app:hunter2@db/shop",
        "postgres://db/shop?password=hunter2",
        "postgres://app:hunter2@db/${NAME",
    ] {
        let said = check(&format!(
            "version: 1\ndatabases: {{ shop: {{ engine: postgres, environments: {{ prod: {{ url: \"{url}\", colour: x }} }} }} }}\n"
        ));
        assert!(said.contains("error[RW120]") && !said.contains("hunter2"), "{said}");
    }
}

#[test]
fn an_exception_that_accepts_nothing_is_a_finding_and_a_proof_that_is_missing_can_be_accepted() {
    let said = |exception: &str| {
        check(&format!(
            r#"
version: 1
databases: {{ shop: {{ engine: postgres, environments: {{ prod: {{ url: "${{A}}" }} }} }} }}
external_roles: [other]
roles: {{ a: {{ purpose: P., owner: o@acme.example, inherits: [other] }} }}
tests: [ {{ name: a reads nothing, role: a, cannot: ["shop: select on table x.y"] }} ]
exceptions: [ {{ {exception}, owner: o@acme.example, reason: R., until: 2027-01-31 }} ]
"#
        ))
    };
    assert_eq!(said("rule: RW171, about: a reads nothing"), "");
    let nothing = said("rule: RW171, about: a reads nothin");
    assert!(nothing.contains("warning[RW165]: the exception accepts nothing"), "{nothing}");
    assert!(nothing.contains("warning[RW171]"), "{nothing}");
    assert!(said("rule: RW199, about: a").contains("error[RW165]: `RW199` is not the code of a finding"));
    let bound = "rule: RW402, about: temp, saw: 4be1e0d3a2f7c9158a07d35ec1f4b296";
    assert!(!said(bound).contains("RW165"), "the audit's findings are not known here");
    let unbound = said("rule: RW402, about: temp");
    assert!(
        unbound.contains("warning[RW165]") && unbound.contains("it does not say what was seen"),
        "{unbound}"
    );
    assert!(said("rule: RW402, about: temp, saw: everything").contains("error[RW165]"));
    assert!(said(&format!("{bound}, environment: nowhere")).contains("error[RW124]"));
    let line = said("rule: RW146, about: a, saw: 4be1e0d3a2f7c9158a07d35ec1f4b296");
    assert!(line.contains("error[RW165]: RW146 is about the model"), "{line}");
}

#[test]
fn what_is_named_and_excepted_in_one_phrase_is_a_contradiction() {
    let said = |phrase: &str| {
        check(&format!(
            r#"
version: 1
databases: {{ shop: {{ engine: postgres, environments: {{ prod: {{ url: "${{A}}" }} }} }} }}
roles: {{ a: {{ purpose: P., owner: o@acme.example, grants: {{ shop: ["{phrase}"] }} }} }}
"#
        ))
    };
    for phrase in [
        "select on table s.a except s.a",
        "select on table s.b, s.a except s.a",
        "select on table s.* except s.*",
        "select on table s.a except s.*",
        "execute on function s.f(int) except s.f",
    ] {
        assert!(said(phrase).contains("error[RW144]: nothing is left of"), "{phrase}: {}", said(phrase));
    }
    for phrase in ["select on table s.* except s.a", "execute on function s.f except s.f(int)"] {
        assert_eq!(said(phrase), "", "{phrase}");
    }
}
