//! What ends: temporary memberships, and roles that are to go.

use crate::{check, check_files};
use manifest::{Model, Target};
use model::{Day, RoleName};

const HEAD: &str = r#"version: 1
databases: { shop: { engine: postgres, environments: { prod: { url: "${A}" }, staging: { url: "${B}", role_names: "{role}_staging" } } } }
policy: { longest_temporary: 7d }
"#;

const ROLES: &str = "roles: { corrector: { purpose: P., owner: o@acme.example }, reader: { purpose: P., owner: o@acme.example } }\n";

fn model(text: &str) -> Model {
    let (model, _, rendered) = check_files(&[("rolewright.yaml", text)]);
    assert!(model.is_some(), "{rendered}");
    model.unwrap()
}

fn target(model: &Model, environment: &str) -> Target {
    let url = |name: &str| Some(format!("postgres://{name}.acme.example/shop"));
    model.targets(Some(environment), &url).unwrap().remove(0)
}

fn members(target: &Target) -> Vec<String> {
    target.intent.members.iter().map(|one| format!("{} in {}", one.member, one.role)).collect()
}

#[test]
fn a_membership_is_wanted_through_its_last_day() {
    let of = |until: &str| {
        format!(
            "{HEAD}{ROLES}users: {{ alice: {{ roles: [reader, {{ role: corrector, until: {until} }}], login: shop }} }}\n"
        )
    };
    for (until, wanted, said) in [
        ("2026-11-24", true, ""),
        ("2026-12-01", true, ""),
        ("2026-11-23", false, "warning[RW145]: `alice` was to have `corrector` until 2026-11-23"),
        (
            "2026-12-02",
            true,
            "warning[RW153]: `alice` has `corrector` for 8 more days and no longer than 7 is temporary",
        ),
    ] {
        let text = of(until);
        let rendered = check(&text);
        assert!(rendered.starts_with(said) && rendered.is_empty() == said.is_empty(), "{until}: {rendered}");
        let model = model(&text);
        let here = target(&model, "staging");
        let has = members(&here).contains(&"alice_staging in corrector_staging".to_owned());
        assert_eq!(has, wanted, "{until}: {:?}", members(&here));
        let temporary = model.temporary_on(&here);
        assert_eq!(temporary.len(), 1);
        assert_eq!((temporary[0].member.as_str(), temporary[0].ended), ("alice_staging", !wanted));
        assert_eq!(temporary[0].role.as_str(), "corrector_staging");
    }
}

#[test]
fn a_proof_counts_temporary_access_while_it_lasts() {
    let proof =
        "tests: [ { name: alice corrects, user: alice, can: ['shop: update on table sales.orders'] } ]\n";
    let of = |until: &str| {
        let grants = "roles: { corrector: { purpose: P., owner: o@acme.example, grants: { shop: ['update on table sales.orders'] } } }\n";
        check(&format!(
            "{HEAD}{grants}users: {{ alice: {{ roles: [{{ role: corrector, until: {until} }}] }} }}\n{proof}"
        ))
    };
    assert_eq!(of("2026-11-30"), "");
    assert!(of("2026-11-20").contains("error[RW170]"), "{}", of("2026-11-20"));
}

#[test]
fn who_is_accepted_with_a_deprecated_role_may_be_given_it_also_through_a_group() {
    let text = format!(
        "{HEAD}roles:
  old: {{ purpose: P., owner: o@acme.example, state: deprecated, sunset: 2027-01-31, replaced_by: new }}
  new: {{ purpose: P., owner: o@acme.example }}
  senior: {{ purpose: P., owner: o@acme.example, inherits: [old] }}
groups: {{ support: {{ roles: [old] }} }}
users: {{ alice: {{ groups: [support], login: shop }}, bob: {{ roles: [old], login: shop }}, carol: {{ roles: [old] }} }}
exceptions:
  - {{ rule: RW143, about: support, owner: o@acme.example, reason: R., until: 2027-01-31 }}
  - {{ rule: RW143, about: senior, owner: o@acme.example, reason: R., until: 2026-01-31 }}
"
    );
    let model = model(&text);
    let here = target(&model, "staging");
    let role = |name: &str| RoleName::new(name).unwrap();
    let deprecated = &here.intent.deprecated[&role("old_staging")];
    assert_eq!(deprecated.sunset, Day::of("2027-01-31"));
    assert_eq!(deprecated.replaced_by, Some(role("new_staging")));
    let tolerated: Vec<&str> = deprecated.tolerated.iter().map(RoleName::as_str).collect();
    assert_eq!(tolerated, ["alice_staging"], "bob's nobody accepts, and the senior's is over");
    assert_eq!(model.deprecated().keys().map(RoleName::as_str).collect::<Vec<_>>(), ["old"]);
}

#[test]
fn an_owner_is_missed_only_where_the_model_knows_some() {
    let of = |owner: &str, group: &str| {
        check(&format!(
            "{HEAD}roles: {{ a: {{ purpose: P., owner: {owner} }}, b: {{ purpose: P., owner: elsewhere }}, c: {{ state: retired, owner: gone }} }}\ngroups: {{ {group}: {{ roles: [a] }} }}\n"
        ))
    };
    let said = of("commerce", "commerce");
    assert_eq!(said.matches("warning[RW148]").count(), 1, "{said}");
    assert!(said.contains("the owner of `b` is nobody that the model knows: `elsewhere`"), "{said}");
    assert_eq!(of("commerce@acme.example", "commerce"), "", "no owner is one that the model knows");
}
