//! Ways that are more than memberships, in the judgement of a model: what needs nobody is an error, what needs a victim and what is
//! unknown are findings.

use crate::check;
use postgres::PostgresEngine;
use std::fmt::Write as _;

/// A model in which two permissions are kept apart, and bob has the second of them.
fn shop(payer: &str, approver: &str, rest: &str) -> String {
    format!(
        r#"
version: 1
databases:
  shop:
    engine: postgres
    environments: {{ prod: {{ url: "${{SHOP_PROD_URL}}" }} }}
roles:
  payer: {{ purpose: p, owner: o, {payer} }}
  approver: {{ purpose: p, owner: o, {approver} }}
users: {{ alice@a: {{ roles: [payer] }} }}
service_accounts: {{ bob: {{ owner: o, purpose: p, roles: [approver], login: shop, settings: {{ search_path: "work, public" }} }} }}
separation_of_duties:
  - name: apart
    static: {{ permissions: ["shop: insert on table finance.payments", "shop: update on table finance.payments"], cardinality: 2 }}
{rest}
"#
    )
}

fn said(payer: &str, approver: &str, rest: &str) -> Vec<String> {
    let (checked, _) = check(&shop(payer, approver, rest));
    let told = |code: &str| code.starts_with("RW18") || code == "RW165";
    let all = checked.diagnostics.iter().filter(|one| told(one.code) || one.is_error());
    all.map(|one| format!("{} {}: {}", one.code, one.message, one.help)).collect()
}

/// What the second of two has on a table that alice can make a trap of.
const APPROVES: &str =
    r#"grants: { shop: ["update on table finance.payments", "insert on table finance.notes"] }"#;

fn pays_and(grants: &str) -> String {
    format!(r#"grants: {{ shop: ["insert on table finance.payments", {grants}] }}"#)
}

#[test]
fn what_makes_a_trap_for_somebody_who_has_the_other_permission_is_a_finding() {
    let traps = [
        (
            pays_and(r#""trigger on table finance.notes""#),
            "a trigger on table finance.notes runs as whoever writes to it",
        ),
        (
            pays_and(r#""trigger on table finance.*""#),
            "a trigger on table finance.notes runs as whoever writes to it",
        ),
        (pays_and(r#""create on schema work""#), "names are looked up in schema work by others"),
        (pays_and(r#""create on database shop""#), "a schema that bears a login's name comes first"),
        (
            format!(
                r#"{}, owns: {{ shop: ["table finance.notes"] }}"#,
                pays_and(r#""usage on schema work""#)
            ),
            "a trigger on table finance.notes runs as whoever writes to it",
        ),
        (
            format!(r#"{}, owns: {{ shop: ["schema work"] }}"#, pays_and(r#""usage on schema work""#)),
            "names are looked up in schema work by others",
        ),
    ];
    for (payer, why) in traps {
        let said = said(&payer, APPROVES, "");
        assert_eq!(said.len(), 1, "{payer}: {said:#?}");
        let begins = "RW187 if somebody walks into a trap, alice@a can `shop: insert on table finance.payments` and `shop: update on table finance.payments` in prod";
        assert!(said[0].starts_with(begins), "{said:#?}");
        assert!(said[0].contains(why) && said[0].contains("bob runs it as itself"), "{payer}: {said:#?}");
    }
}

#[test]
fn a_trap_into_which_nobody_with_the_other_permission_walks_is_none() {
    let approves = r#"grants: { shop: ["update on table finance.payments"] }"#;
    for payer in [pays_and(r#""trigger on table finance.notes""#), pays_and(r#""create on schema other""#)] {
        assert_eq!(said(&payer, approves, ""), Vec::<String>::new(), "{payer}");
    }
}

#[test]
fn what_is_as_good_as_a_superuser_is_an_error() {
    for key in ["pg_execute_server_program", "pg_write_server_files"] {
        let payer = format!(r#"inherits: [{key}], grants: {{ shop: ["insert on table finance.payments"] }}"#);
        let said = said(&payer, APPROVES, "");
        assert_eq!(said.len(), 1, "{said:#?}");
        assert!(said[0].starts_with("RW180 alice@a can"), "{said:#?}");
        let way = format!("alice@a → payer → {key}: {key} ");
        assert!(said[0].contains(&way) && said[0].contains("so also as a superuser"), "{said:#?}");
    }
}

#[test]
fn a_trap_for_somebody_who_is_as_good_as_a_superuser_needs_that_victim() {
    let approver =
        r#"inherits: [pg_execute_server_program], grants: { shop: ["insert on table finance.notes"] }"#;
    let said = said(&pays_and(r#""trigger on table finance.notes""#), approver, "");
    assert!(
        said.iter().any(|one| one.starts_with("RW187 if somebody walks into a trap, alice@a")),
        "{said:#?}"
    );
    // Who is as good as that can do both.
    assert!(said.iter().any(|one| one.starts_with("RW180 service account bob")), "{said:#?}");
}

#[test]
fn what_is_unknown_is_said_and_blocks_nothing() {
    let payer = r#"inherits: [pg_read_server_files], grants: { shop: ["insert on table finance.payments"] }"#;
    let said = said(payer, APPROVES, "");
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].starts_with("RW188 nobody can say that alice@a cannot"), "{said:#?}");
}

#[test]
fn what_needs_a_victim_does_not_hide_what_is_unknown() {
    let payer =
        format!("inherits: [pg_read_server_files], {}", pays_and(r#""trigger on table finance.notes""#));
    let said = said(&payer, APPROVES, "");
    assert_eq!(
        said.iter().filter_map(|one| one.split(' ').next()).collect::<Vec<_>>(),
        ["RW187", "RW188"],
        "{said:#?}"
    );
    // An unknown step behind a trap is unknown.
    let approver = r#"inherits: [pg_read_server_files], grants: { shop: ["insert on table finance.notes"] }"#;
    let said = self::said(&pays_and(r#""trigger on table finance.notes""#), approver, "");
    assert!(said.iter().any(|one| one.starts_with("RW188 nobody can say that alice@a cannot")), "{said:#?}");
}

#[test]
fn whoever_answers_for_a_credential_uses_it_for_the_trap_as_well() {
    let rest = "groups: { ops: {} }\npeople: { carol: { accounts: [carol@a] } }";
    let text = shop(r#"grants: { shop: ["insert on table finance.payments"] }"#, APPROVES, rest)
        .replace("users: { alice@a: { roles: [payer] } }", "users: { alice@a: { roles: [payer] }, carol@a: { roles: [payer] } }")
        .replace("service_accounts: {", "service_accounts: { keeper: { owner: carol, purpose: p, roles: [keeping], login: shop },")
        .replace("roles:\n", "roles:\n  keeping: { purpose: p, owner: o, grants: { shop: [\"trigger on table finance.notes\"] } }\n");
    let (checked, rendered) = check(&text);
    let told: Vec<&str> = checked
        .diagnostics
        .iter()
        .filter(|one| one.code == "RW187")
        .map(|one| one.message.as_str())
        .collect();
    assert_eq!(told.len(), 1, "{rendered}");
    assert!(told[0].contains("person carol can"), "{rendered}");
}

#[test]
fn an_exception_for_a_trap_is_for_the_ways_that_were_seen() {
    let first = pays_and(r#""trigger on table finance.notes""#);
    let seen = said(&first, APPROVES, "").remove(0);
    let saw = seen.split_once("saw: \"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let exception = format!(
        "exceptions:\n  - {{ rule: RW187, about: apart/alice@a, environment: prod, saw: \"{saw}\", owner: o, reason: r, until: 2027-01-01 }}"
    );
    assert_eq!(said(&first, APPROVES, &exception), Vec::<String>::new());
    let second = pays_and(r#""trigger on table finance.notes", "create on schema work""#);
    let other = said(&second, APPROVES, &exception);
    assert!(
        other.iter().any(|one| one.starts_with("RW187")) && other.iter().any(|one| one.starts_with("RW165")),
        "{other:#?}"
    );
    // What needs no victim any more was not accepted.
    let direct = pays_and(r#""update on table finance.payments""#);
    assert!(said(&direct, APPROVES, &exception).iter().any(|one| one.starts_with("RW180")));
}

#[test]
fn a_trap_for_a_superuser_is_named_beside_the_trusted_base() {
    let text = shop(
        &pays_and(r#""trigger on table finance.notes""#),
        r#"grants: { shop: ["update on table finance.payments"] }"#,
        "",
    );
    let (checked, _) = check(&text);
    let judged = service::judged(&PostgresEngine, checked.model.as_ref().unwrap()).unwrap();
    assert_eq!(judged.trapping.iter().map(String::as_str).collect::<Vec<_>>(), ["alice@a"]);
}

#[test]
fn an_operation_that_takes_an_approval_is_not_carried_out_by_a_trap_unseen() {
    let control = "groups: { leads: {} }\ndual_control:\n  - { name: destructive, on: shop/prod, operations: [truncate], approvers: [leads] }";
    let approver =
        r#"grants: { shop: ["truncate on table finance.ledger", "insert on table finance.notes"] }"#;
    let said = said(&pays_and(r#""trigger on table finance.notes""#), approver, control);
    assert!(
        said.iter().any(|one| one.starts_with("RW182 service account bob alone can `truncate`")),
        "{said:#?}"
    );
    let trap =
        "RW187 if somebody walks into a trap, alice@a alone can `truncate` (table finance.ledger) in prod";
    assert!(said.iter().any(|one| one.starts_with(trap)), "{said:#?}");
}

#[test]
fn thousands_of_accounts_that_differ_and_a_trap_for_all_of_them_are_judged() {
    let (mut roles, mut users) = (String::new(), String::new());
    for n in 0..1_000 {
        let _ = writeln!(
            roles,
            "  r{n}: {{ purpose: p, owner: o, grants: {{ shop: [ \"insert, update on table s.t{n}\" ] }} }}"
        );
    }
    for n in 0..3_000 {
        let _ = write!(users, "u{n}: {{ roles: [r{}, r{}] }}, ", n % 1_000, n * 7 % 1_000);
    }
    let text = shop(&pays_and(r#""create on database shop""#), APPROVES, "")
        .replace("roles:\n", &format!("roles:\n{roles}"))
        .replace("users: {", &format!("users: {{ {users}"));
    let (checked, _) = check(&text);
    let told: Vec<&str> =
        checked.diagnostics.iter().map(|one| one.code).filter(|code| code.starts_with("RW18")).collect();
    assert_eq!(told, ["RW187"]);
}
