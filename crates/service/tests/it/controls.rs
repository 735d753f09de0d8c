//! Dual controls: who needs nobody else, by whatever way.

use crate::check;

fn said(operations: &str, roles: &str, rest: &str) -> Vec<String> {
    let model = format!(
        r#"
version: 1
databases:
  shop:
    engine: postgres
    environments:
      prod: {{ url: "${{SHOP_PROD_URL}}" }}
      staging: {{ url: "${{SHOP_STAGING_URL}}" }}
roles:
{roles}
groups: {{ leads: {{}} }}
dual_control:
  - {{ name: destructive, on: shop/prod, operations: [{operations}], approvers: [leads] }}
{rest}
"#
    );
    let (checked, _) = check(&model);
    let all = checked.diagnostics.iter().filter(|one| one.code.starts_with("RW18") || one.is_error());
    all.map(|one| format!("{} {}: {}", one.code, one.message, one.help)).collect()
}

const ALICE: &str = "users: { alice@a: { roles: [work] } }";

#[test]
fn whatever_way_leads_to_a_declared_operation_is_shown() {
    let ways = [
        ("truncate", "grants: { shop: [\"truncate on table s.orders\"] }", "has truncate on it"),
        ("truncate", "owns: { shop: [\"table s.*\"] }", "owns it"),
        // Who drops the table has emptied it.
        (
            "truncate",
            "owns: { shop: [\"schema s\"] }, grants: { shop: [\"select on table s.orders\"] }",
            "owns it",
        ),
        (
            "drop",
            "owns: { shop: [\"schema s\"] }, grants: { shop: [\"select on table s.orders\"] }",
            "owns it",
        ),
        ("\"drop table\"", "owns: { shop: [\"table s.orders\"] }", "owns it"),
        ("\"alter table\"", "owns: { shop: [\"table s.orders\"] }", "owns it"),
        (
            "delete",
            "inherits: [pg_write_all_data], grants: { shop: [\"select on table s.orders\"] }",
            "stands for delete on every",
        ),
        ("delete", "grants: { shop: [\"truncate on table s.orders\"] }", "has truncate on it"),
        ("update", "grants: { shop: [\"update (a) on table s.orders\"] }", "has update on it"),
        ("grant", "grants: { shop: [\"select on table s.orders with grant option\"] }", "has select on it"),
        ("\"create role\"", "boundary: admin, attributes: [createrole]", "may make roles"),
    ];
    for (operation, role, why) in ways {
        let roles = format!("  work: {{ purpose: p, owner: o, {role} }}");
        let said = said(operation, &roles, ALICE);
        assert_eq!(said.len(), 1, "{operation} {role}: {said:#?}");
        assert!(said[0].starts_with("RW182 alice@a alone can") && said[0].contains("in prod"), "{said:#?}");
        assert!(said[0].contains("alice@a → ") && said[0].contains(why), "{operation} {role}: {said:#?}");
    }
}

#[test]
fn what_is_something_else_is_no_finding() {
    let ways = [
        ("truncate", "grants: { shop: [\"select, insert, delete on table s.orders\"] }"),
        ("drop", "grants: { shop: [\"all on table s.orders\", \"create on schema s\"] }"),
        ("\"alter table\"", "owns: { shop: [\"schema s\"] }"),
        ("\"drop schema\"", "owns: { shop: [\"table s.orders\"] }"),
        ("grant", "grants: { shop: [\"select on table s.orders\"] }"),
    ];
    for (operation, role) in ways {
        let roles = format!("  work: {{ purpose: p, owner: o, {role} }}");
        assert_eq!(said(operation, &roles, ALICE), Vec::<String>::new(), "{operation} {role}");
    }
}

#[test]
fn a_role_to_which_nobody_comes_carries_out_nothing() {
    let owner = "  work: { purpose: p, owner: o, owns: { shop: [\"schema s\"] } }";
    assert_eq!(said("drop", owner, ""), Vec::<String>::new());
    let login = "  work: { purpose: p, owner: o, owns: { shop: [\"schema s\"] }, login: true }";
    assert!(said("drop", login, "")[0].contains("work alone can `drop` (schema s)"));
}

#[test]
fn who_may_hand_out_a_role_may_grant() {
    let roles = "  work: { purpose: p, owner: o, inherits: [{ role: other, admin: true, inherit: false, set: false }] }\n  other: { purpose: p, owner: o }";
    let said = said("grant", roles, ALICE);
    assert!(said[0].contains("alice@a → work, which may hand out other"), "{said:#?}");
}

#[test]
fn an_exception_holds_while_the_ways_are_the_same_and_not_beyond() {
    let role = |grants: &str| {
        format!(
            "  work: {{ purpose: p, owner: o, owns: {{ shop: [\"table s.*\"] }}, grants: {{ shop: [{grants}] }} }}"
        )
    };
    let seen = said("truncate", &role("\"usage on schema s\""), ALICE).remove(0);
    let saw = seen.split_once("saw: \"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let rest = format!(
        "{ALICE}\nexceptions:\n  - {{ rule: RW182, about: destructive/alice@a, environment: prod, saw: \"{saw}\", owner: o, reason: r, until: 2027-01-01 }}"
    );
    assert_eq!(said("truncate", &role("\"usage on schema s\""), &rest), Vec::<String>::new());
    // A table more that the model names is owned the same way.
    assert_eq!(
        said("truncate", &role("\"usage on schema s\", \"select on table s.more\""), &rest),
        Vec::<String>::new()
    );
    let other = said("truncate", &role("\"truncate on table t.other\""), &rest);
    assert_eq!(other.len(), 1, "{other:#?}");
    assert!(other[0].starts_with("RW182"), "{other:#?}");
}
