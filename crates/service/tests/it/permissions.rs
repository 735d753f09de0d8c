//! Separations over permissions: whatever way leads to them counts, and a role's name does not.

use crate::check;
use std::fmt::Write as _;

/// A model in which somebody has what is said, with two permissions that are kept apart.
fn shop(roles: &str, rest: &str) -> String {
    format!(
        r#"
version: 1
databases:
  shop:
    engine: postgres
    environments: {{ prod: {{ url: "${{SHOP_PROD_URL}}" }} }}
roles:
  payer: {{ purpose: p, owner: o, grants: {{ shop: [ "insert on table finance.payments" ] }} }}
{roles}
separation_of_duties:
  - name: pay-and-approve
    why: Nobody alone.
    static: {{ permissions: ["shop: insert on table finance.payments", "shop: update (approved) on table finance.payments"], cardinality: 2 }}
{rest}
"#
    )
}

fn said(roles: &str, rest: &str) -> Vec<String> {
    let (checked, _) = check(&shop(roles, rest));
    let all =
        checked.diagnostics.iter().filter(|one| matches!(one.code, "RW180" | "RW181") || one.is_error());
    all.map(|one| format!("{} {}: {}", one.code, one.message, one.help)).collect()
}

/// What is said of a user who has `payer` and another role.
fn with(role: &str) -> Vec<String> {
    said(&format!("  other: {{ purpose: p, owner: o, {role} }}"), "users: { a@a: { roles: [payer, other] } }")
}

#[test]
fn whatever_way_leads_to_a_permission_counts() {
    let ways = [
        "grants: { shop: [ \"update (approved) on table finance.payments\" ] }",
        "grants: { shop: [ \"update on table finance.payments\" ] }",
        "grants: { shop: [ \"update (id, approved) on table finance.payments\" ] }",
        "grants: { shop: [ \"all on table finance.*\" ] }",
        "grants: { shop: [ \"update on table *.pay*\" ] }",
        "grants: { shop: [ \"update on table finance.*, only future by payer\" ] }",
        "owns: { shop: [ \"table finance.payments\" ] }",
        "owns: { shop: [ \"table finance.*\" ] }",
        "inherits: [pg_write_all_data]",
        // The row is gone and comes again.
        "grants: { shop: [ \"delete on table finance.payments\" ] }",
        "grants: { shop: [ \"truncate on table finance.payments\" ] }",
    ];
    for way in ways {
        let said = with(way);
        assert_eq!(said.len(), 1, "{way}: {said:#?}");
        assert!(said[0].starts_with("RW180 a@a can `shop: insert on table finance.payments` and `shop: update (approved) on table finance.payments` in prod"), "{way}: {said:#?}");
    }
}

#[test]
fn what_leads_elsewhere_does_not_count() {
    let ways = [
        "grants: { shop: [ \"update (id) on table finance.payments\" ] }",
        "grants: { shop: [ \"select on table finance.payments\" ] }",
        "grants: { shop: [ \"update on table sales.payments\" ] }",
        "grants: { shop: [ \"update on table finance.* except finance.payments\" ] }",
        "grants: { shop: [ \"usage on schema finance\" ] }",
        "owns: { shop: [ \"sequence finance.payments_id\" ] }",
        "inherits: [pg_read_all_data, pg_monitor]",
        "state: draft, grants: { shop: [ \"update on table finance.payments\" ] }",
    ];
    for way in &ways[..7] {
        assert_eq!(with(way), Vec::<String>::new(), "{way}");
    }
    let draft = said(
        &format!("  other: {{ purpose: p, owner: o, {} }}", ways[7]),
        "users: { a@a: { roles: [payer] } }",
    );
    assert_eq!(draft, Vec::<String>::new());
}

#[test]
fn a_membership_that_inherits_becomes_or_hands_out_leads_there() {
    let approver =
        "  approver: { purpose: p, owner: o, grants: { shop: [ \"update on table finance.payments\" ] } }\n";
    for powers in ["inherit: true, set: false", "inherit: false", "inherit: false, set: false, admin: true"] {
        let roles = format!(
            "{approver}  other: {{ purpose: p, owner: o, inherits: [{{ role: approver, {powers} }}] }}"
        );
        let said = said(&roles, "users: { a@a: { roles: [payer, other] } }");
        assert_eq!(said.len(), 1, "{powers}: {said:#?}");
        assert!(
            said[0].contains("a@a → other → approver, which has update on table finance.payments"),
            "{said:#?}"
        );
    }
    // What is only inherited cannot be become.
    let roles = format!(
        "{approver}  mid: {{ purpose: p, owner: o, inherits: [{{ role: approver, inherit: false }}] }}"
    );
    let rest = "users: { a@a: { roles: [payer, { role: mid, set: false }] } }";
    assert_eq!(said(&roles, rest), Vec::<String>::new());
}

#[test]
fn a_copied_role_does_not_slip_by() {
    let roles = "  approver: { purpose: p, owner: o, grants: { shop: [ \"update on table finance.payments\" ] } }\n  copy: { purpose: p, owner: o, grants: { shop: [ \"update on table finance.payments\" ] } }";
    let first = said(roles, "users: { a@a: { roles: [payer, approver] } }");
    assert!(first[0].contains("a@a → approver, which has update"), "{first:#?}");
    let copied = said(roles, "users: { a@a: { roles: [payer, copy] } }");
    assert!(copied[0].contains("a@a → copy, which has update"), "{copied:#?}");
}

#[test]
fn what_everybody_has_counts_for_everybody() {
    let said = said(
        "",
        "public: { shop: [ \"update on table finance.payments\" ] }\nusers: { a@a: { roles: [payer] } }",
    );
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].contains("because everybody has update on table finance.payments"), "{said:#?}");
}

#[test]
fn the_owner_of_the_schema_can_drop_the_table_and_that_is_told_of_deleting() {
    let text = shop(
        "  other: { purpose: p, owner: o, owns: { shop: [ \"schema finance\" ] } }",
        "users: { a@a: { roles: [payer, other] } }",
    )
    .replace("shop: update (approved) on", "shop: delete on");
    let (_, rendered) = check(&text);
    assert!(
        rendered.contains("RW180") && rendered.contains("a@a → other, which owns schema finance"),
        "{rendered}"
    );
}

#[test]
fn accounts_of_a_person_on_several_servers_count_together() {
    let text = |people: &str| {
        format!(
            r#"
version: 1
databases:
  shop: {{ engine: postgres, environments: {{ prod: {{ url: "${{A}}" }} }} }}
  bank: {{ engine: postgres, environments: {{ prod: {{ url: "${{B}}" }} }} }}
roles:
  payer: {{ purpose: p, owner: o, grants: {{ shop: [ "insert on table finance.payments" ] }} }}
  books: {{ purpose: p, owner: o, grants: {{ bank: [ "update on table public.books" ] }} }}
users: {{ a@a: {{ roles: [payer] }}, b@a: {{ roles: [books], login: bank, as: b }} }}
{people}
separation_of_duties:
  - {{ name: two, static: {{ permissions: ["shop: insert on table finance.payments", "bank: update on table public.books"], cardinality: 2 }} }}
"#
        )
    };
    let broken = |people: &str| check(&text(people)).1.contains("RW180");
    assert!(!broken(""));
    assert!(broken("people: { alice: { accounts: [a@a, b@a] } }"));
    // A login is called by its own name as well.
    assert!(broken("people: { alice: { accounts: [a@a, b] } }"));
}

#[test]
fn a_superuser_is_the_trusted_base_and_no_violation() {
    let roles = "  root: { purpose: p, owner: o, boundary: all, attributes: [superuser] }";
    let rest = "boundaries: { all: { about: a, like: admin, attributes: [superuser] } }\nusers: { a@a: { roles: [root] } }";
    assert_eq!(said(roles, rest), Vec::<String>::new());
}

#[test]
fn what_is_managed_elsewhere_is_unknown() {
    let said = said("", "external_roles: [elsewhere]\nusers: { a@a: { roles: [elsewhere] } }");
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(
        said[0].starts_with("RW181 nobody can say that `pay-and-approve` holds for a@a in prod"),
        "{said:#?}"
    );
}

#[test]
fn an_exception_is_for_the_ways_that_were_seen() {
    let approver =
        "  approver: { purpose: p, owner: o, grants: { shop: [ \"update on table finance.payments\" ] } }\n";
    let seen = said(approver, "users: { a@a: { roles: [payer, approver] } }").remove(0);
    let (_, saw) = seen.split_once("saw: \"").unwrap();
    let saw = saw.split_once('"').unwrap().0;
    let exception = format!(
        "exceptions:\n  - {{ rule: RW180, about: pay-and-approve/a@a, environment: prod, saw: \"{saw}\", owner: o, reason: r, until: 2027-01-01 }}"
    );
    let rest = |roles: &str| format!("users: {{ a@a: {{ roles: [{roles}] }} }}\n{exception}");
    assert_eq!(said(approver, &rest("payer, approver")), Vec::<String>::new());
    let owner =
        format!("{approver}  owner: {{ purpose: p, owner: o, owns: {{ shop: [ \"table finance.*\" ] }} }}");
    let other = said(&owner, &rest("payer, approver, owner"));
    assert_eq!(other.len(), 1, "{other:#?}");
}

#[test]
fn ten_thousand_sets_of_permissions_over_a_hundred_thousand_members_are_judged() {
    let mut roles = String::new();
    for n in 0..1_000 {
        let _ = writeln!(
            roles,
            "  r{n}: {{ purpose: p, owner: o, grants: {{ shop: [ \"insert on table s.t{n}\" ] }} }}"
        );
    }
    let mut rest = String::new();
    for n in 0..10_000 {
        let (a, b) = (n % 1_000, n * 7 % 1_000);
        let _ = writeln!(
            rest,
            "  - {{ name: s{n}, static: {{ permissions: [\"shop: insert on table s.t{a}\", \"shop: delete on table s.t{b}\"], cardinality: 2 }} }}"
        );
    }
    let names: Vec<String> = (0..1_000).map(|n| format!("r{n}")).collect();
    let _ = writeln!(rest, "groups: {{ all: {{ roles: [{}] }} }}\nusers:", names.join(", "));
    for user in 0..100_000 {
        let _ = writeln!(rest, "  u{user}: {{ groups: [all] }}");
    }
    let (checked, _) = check(&shop(&roles, &rest));
    assert_eq!(checked.diagnostics.iter().filter(|one| one.is_error()).count(), 0);
}
