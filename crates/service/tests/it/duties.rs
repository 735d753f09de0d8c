//! Separations of duties, judged on people.

use crate::check;
use std::fmt::Write as _;

/// A model with two roles that are kept apart, in two environments, and whatever else is said.
fn shop(rest: &str) -> String {
    let mut text = r#"
version: 1
databases:
  shop:
    engine: postgres
    environments:
      prod: { url: "${SHOP_PROD_URL}" }
      staging: { url: "${SHOP_STAGING_URL}" }
external_roles: [elsewhere]
roles:
  entry: { purpose: Enters refunds., owner: shop@acme.example }
  approval: { purpose: Approves refunds., owner: shop@acme.example }
  payout: { purpose: Pays refunds., owner: shop@acme.example }
  desk: { purpose: Works at the desk., owner: shop@acme.example, inherits: [entry] }
  lead: { purpose: Leads the desk., owner: shop@acme.example, inherits: [desk, approval] }
separation_of_duties:
  - { name: two-people, why: Nobody alone., static: { roles: [entry, approval], cardinality: 2 } }
"#
    .to_owned();
    text.push_str(rest);
    text
}

/// What is said of the model, without the lines that it points to.
fn said(rest: &str) -> Vec<String> {
    let (checked, _) = check(&shop(rest));
    checked.diagnostics.iter().map(|one| format!("{} {}: {}", one.code, one.message, one.help)).collect()
}

fn one(rest: &str) -> String {
    let said = said(rest);
    assert_eq!(said.len(), 1, "{said:#?}");
    said.into_iter().next().unwrap()
}

#[test]
fn two_accounts_of_one_person_count_together() {
    let users = "users: { alice@a: { roles: [entry] }, adm@a: { roles: [approval] } }\n";
    assert!(said(users).is_empty());
    let broken = said(&format!("{users}people: {{ alice: {{ accounts: [alice@a, adm@a] }} }}\n"));
    assert!(broken[0].contains("RW180 person alice has `entry` and `approval` in prod"), "{broken:#?}");
}

#[test]
fn each_environment_is_judged_and_one_role_in_each_is_fine() {
    let apart = "groups: { g: { roles: [], environments: { prod: { also: [entry], why: w }, staging: { also: [approval], why: w } } } }\nusers: { a@a: { groups: [g] } }\n";
    assert!(said(apart).is_empty());
    // On one server a role of the one environment is a role of the other, whatever it is called there.
    let model = shop(apart).replace(
        "staging: { url: \"${SHOP_STAGING_URL}\" }",
        "staging: { url: \"${SHOP_PROD_URL}\", role_names: \"{role}_staging\" }",
    );
    let (checked, rendered) = check(&model);
    assert_eq!(checked.diagnostics.len(), 1, "{rendered}");
    assert!(
        checked.diagnostics[0].message.contains("in prod and staging, which share a server"),
        "{rendered}"
    );
}

#[test]
fn what_is_broken_everywhere_is_said_for_each_environment() {
    let said = said("users: { a@a: { roles: [lead] } }\n");
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].contains("a@a has `entry` and `approval` in prod"), "{said:#?}");
    assert!(said[0].contains("a@a → lead → desk → entry; a@a → lead → approval"), "{said:#?}");
    assert!(said[1].contains("in staging"), "{said:#?}");
}

#[test]
fn groups_in_groups_count() {
    let rest = "groups: { a: { groups: [b] }, b: { groups: [c], roles: [entry] }, c: { roles: [approval] } }\nusers: { u@a: { groups: [a] } }\n";
    let said = said(rest);
    assert!(said[0].contains("u@a → group a → group b → group c → approval"), "{said:#?}");
}

#[test]
fn who_answers_for_a_service_account_can_come_to_use_it() {
    let account = |owner: &str| {
        format!(
            "service_accounts: {{ job: {{ purpose: p, owner: {owner}, roles: [approval], login: shop }} }}\ngroups: {{ team: {{ roles: [entry] }} }}\nusers: {{ a@a: {{ groups: [team] }} }}\n"
        )
    };
    assert!(said(&account("somebody@acme.example")).iter().all(|said| !said.contains("RW180")));
    for owner in ["team", "a@a"] {
        let said = said(&account(owner));
        let broken: Vec<_> = said.iter().filter(|said| said.contains("RW180")).collect();
        assert_eq!(broken.len(), 2, "{said:#?}");
        assert!(broken[0].contains("answers for service account job → approval"), "{said:#?}");
    }
}

#[test]
fn the_right_to_hand_out_a_role_counts_as_having_it() {
    let rest =
        "users: { a@a: { roles: [entry, { role: approval, inherit: false, set: false, admin: true }] } }\n";
    assert!(said(rest)[0].contains("RW180 a@a has `entry` and `approval`"));
    let nothing = "users: { a@a: { roles: [entry, { role: approval, inherit: false, set: false }] } }\n";
    assert!(said(nothing).iter().all(|said| !said.contains("RW180")));
}

#[test]
fn of_three_with_a_cardinality_of_three_two_are_fine() {
    let set = "  - { name: all-three, static: { roles: [entry, desk, payout], cardinality: 3 } }\n";
    assert!(said(&format!("{set}users: {{ a@a: {{ roles: [entry, payout] }} }}\n")).is_empty());
    // A senior and its junior are two of the set.
    let said = said(&format!("{set}users: {{ a@a: {{ roles: [desk, payout] }} }}\n"));
    assert!(said[0].contains("has `entry`, `desk` and `payout` in prod"), "{said:#?}");
}

#[test]
fn a_role_that_nobody_has_may_inherit_what_is_kept_apart() {
    assert!(said("").is_empty());
    let login = "logins: { night: [lead] }\n";
    assert!(
        said(login).iter().any(|said| said.contains("RW180 night has `entry` and `approval`")),
        "{:#?}",
        said(login)
    );
}

#[test]
fn what_is_managed_elsewhere_is_unknown_and_not_fine() {
    let said = said("users: { a@a: { roles: [elsewhere] } }\n");
    assert!(said[0].contains("RW181 nobody can say that `two-people` holds for a@a in prod"), "{said:#?}");
    assert!(self::said("users: { a@a: { roles: [pg_monitor] } }\n").is_empty());
}

fn saw(said: &str) -> String {
    let (_, rest) = said.split_once("saw: \"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

const ALICE: &str = "users: { alice@a: { groups: [team], roles: [approval] } }\ngroups: { team: { roles: [entry], environments: { staging: { without: [entry], why: w } } } }\n";

fn exception(about: &str, environment: &str, saw: &str) -> String {
    format!(
        "exceptions:\n  - {{ rule: RW180, about: {about}, environment: {environment}, saw: \"{saw}\", owner: audit@acme.example, reason: r, until: 2027-03-31 }}\n"
    )
}

#[test]
fn an_exception_accepts_what_was_seen_and_nothing_else() {
    let seen = saw(&one(ALICE));
    let accepted = exception("two-people/alice@a", "prod", &seen);
    let (checked, rendered) = check(&shop(&format!("{ALICE}{accepted}")));
    assert!(checked.diagnostics.is_empty(), "{rendered}");
    assert_eq!(checked.accepted.len(), 1);
    assert!(!checked.is_broken());

    // Another way to one of the roles is something that nobody has seen.
    let other = ALICE.replace("groups: [team], roles: [approval]", "groups: [team], roles: [approval, desk]");
    let said = said(&format!("{other}{accepted}"));
    assert!(said.iter().any(|said| said.contains("RW180")), "{said:#?}");
    assert!(
        said.iter().any(|said| said.contains("RW165") && said.contains("something else was accepted")),
        "{said:#?}"
    );

    for (about, environment) in
        [("two-people/bob@a", "prod"), ("two-people/alice@a", "staging"), ("other/alice@a", "prod")]
    {
        let said = self::said(&format!("{ALICE}{}", exception(about, environment, &seen)));
        assert_eq!(said.len(), 2, "{said:#?}");
        assert!(
            said.iter().any(|said| said.contains("RW165") && said.contains("there is no such finding")),
            "{said:#?}"
        );
    }
}

#[test]
fn an_exception_that_is_over_or_says_neither_where_nor_what_accepts_nothing() {
    let seen = saw(&one(ALICE));
    let over = exception("two-people/alice@a", "prod", &seen).replace("2027", "2026");
    assert!(said(&format!("{ALICE}{over}")).iter().any(|said| said.contains("RW180")));
    let nowhere = exception("two-people/alice@a", "prod", &seen).replace("environment: prod, ", "");
    let said = said(&format!("{ALICE}{nowhere}"));
    assert!(said.iter().any(|said| said.contains("RW180")), "{said:#?}");
    assert!(said.iter().any(|said| said.contains("does not say where")), "{said:#?}");
}

/// A model with ten thousand constraints over two thousand roles, all of which a hundred thousand users have through a group.
fn large(users: usize, constraints: usize) -> String {
    let mut text = "version: 1\ndatabases: { shop: { engine: postgres, environments: { prod: { url: \"${U}\" } } } }\nroles:\n".to_owned();
    for role in 0..2_000 {
        let _ = writeln!(text, "  r{role}: {{ purpose: p, owner: o }}");
    }
    text.push_str("groups:\n  all: { roles: [");
    let even: Vec<String> = (0..1_000).map(|n| format!("r{}", 2 * n)).collect();
    let _ = writeln!(text, "{}] }}", even.join(", "));
    text.push_str("users:\n");
    for user in 0..users {
        let _ = writeln!(text, "  u{user}: {{ groups: [all] }}");
    }
    text.push_str("separation_of_duties:\n");
    for n in 0..constraints {
        // Each has one role that everybody has and one that nobody has.
        let (a, b) = (2 * (n % 1_000), 2 * (n * 7 % 1_000) + 1);
        let _ = writeln!(text, "  - {{ name: s{n}, static: {{ roles: [r{a}, r{b}], cardinality: 2 }} }}");
    }
    text
}

#[test]
fn ten_thousand_constraints_over_a_hundred_thousand_members_are_judged() {
    let text = large(100_000, 10_000);
    let (checked, _) = check(&text);
    assert_eq!(checked.diagnostics.len(), 0);
}

#[test]
fn a_hundred_thousand_violations_are_counted_and_twenty_are_told() {
    let text = format!(
        "{}  - {{ name: broken, static: {{ roles: [r0, r2], cardinality: 2 }} }}\n",
        large(100_000, 10)
    );
    let (checked, _) = check(&text);
    assert_eq!(checked.diagnostics.len(), 21);
    assert!(checked.diagnostics.iter().any(|one| one.message.contains("so it is for 99980 more")));
}

#[test]
fn a_dynamic_separation_is_unenforceable_where_somebody_logs_in_and_fine_through_an_application() {
    let sod = "  - { name: one-at-a-time, dynamic: { roles: [payout, approval], cardinality: 2 } }\n";
    let users = |login: &str| format!("{sod}users: {{ a@a: {{ roles: [payout, approval]{login} }} }}\n");
    assert_eq!(said(&users("")), Vec::<String>::new());
    let direct = said(&users(", login: shop"));
    assert_eq!(direct.len(), 2, "{direct:#?}");
    assert!(
        direct[0].starts_with(
            "RW185 nothing on a target keeps what `one-at-a-time` separates out of one session of a@a in prod"
        ),
        "{direct:#?}"
    );
    // Two accounts of a person are two sessions.
    let two = format!(
        "{sod}users: {{ a@a: {{ roles: [payout], login: shop }}, b@a: {{ roles: [approval], login: shop }} }}\npeople: {{ a: {{ accounts: [a@a, b@a] }} }}\n"
    );
    assert_eq!(said(&two), Vec::<String>::new());
}

#[test]
fn who_had_one_until_lately_may_not_have_the_other() {
    let model = |within: &str, roles: &str| {
        let text = shop(&format!("users: {{ a@a: {{ roles: [{roles}] }} }}\n"));
        let text = text.replace(
            "roles: [entry, approval], cardinality: 2",
            &format!("roles: [entry, approval], cardinality: 2{within}"),
        );
        let (checked, _) = check(&text);
        let found = checked.diagnostics.iter().filter(|one| one.code != "RW145");
        found.map(|one| format!("{} {}", one.code, one.message)).collect::<Vec<_>>()
    };
    let ended = "approval, { role: desk, until: 2026-11-10 }";
    assert_eq!(model("", ended), Vec::<String>::new());
    assert_eq!(model(", within: 7d", ended), Vec::<String>::new());
    let turns = model(", within: 30d", ended);
    assert_eq!(turns.len(), 2, "{turns:#?}");
    assert_eq!(
        turns[0],
        "RW186 a@a has had `entry` (until 2026-11-10) and `approval` in prod within 30 days, which `two-people` keeps apart"
    );
    // Whoever had both by turns has had both.
    let over = "{ role: approval, until: 2026-11-12 }, { role: desk, until: 2026-11-10 }";
    assert_eq!(model(", within: 30d", over).len(), 2);
    let both = model(", within: 30d", "approval, entry, { role: desk, until: 2026-11-10 }");
    assert!(both.iter().all(|one| one.starts_with("RW180")), "{both:#?}");
}
