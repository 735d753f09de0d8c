//! What a model becomes on each target.

use crate::{check, clean};
use manifest::{Model, Target};
use model::{Attribute, Cause, GrantIntent, PasswordSource, Principal, Reach, Value};
use std::fmt::Write as _;

fn url(name: &str) -> Option<String> {
    Some(format!("postgres://{}.acme.example/{}", name.to_lowercase(), name.to_lowercase()))
}

fn target(model: &Model, environment: &str) -> Target {
    let mut targets = model.targets(Some(environment), &url).unwrap();
    assert_eq!(targets.len(), 1);
    targets.remove(0)
}

/// The intent in short lines, so that a test reads as what it claims.
fn told(target: &Target) -> String {
    let intent = &target.intent;
    let mut out = format!("{}/{} on {:?}\n", target.cluster, target.environment, intent.databases);
    for (name, role) in &intent.roles {
        let _ = writeln!(out, "role {name} {:?} {:?} {:?}", role.attributes, role.settings, role.comment);
    }
    for name in intent.absent.keys() {
        let _ = writeln!(out, "absent {name}");
    }
    for member in &intent.members {
        let _ = writeln!(
            out,
            "{} in {} {:?} by {:?}",
            member.member, member.role, member.powers, member.granted_by
        );
    }
    for grant in &intent.grants {
        let _ = writeln!(out, "{}", granted(grant));
    }
    for owns in &intent.owns {
        let _ =
            writeln!(out, "{} owns {} {:?} {:?}", owns.owner, owns.on.kind, owns.on.database, owns.on.names);
    }
    for withhold in &intent.withhold {
        let _ =
            writeln!(out, "{} without {:?} on {:?}", withhold.owner, withhold.operations, withhold.on.names);
    }
    out
}

fn granted(grant: &GrantIntent) -> String {
    let GrantIntent { to, operations, columns, on, reach, delegable, granted_by, .. } = grant;
    let names = on.names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    format!(
        "{to} may {operations:?} {columns:?} on {:?} {} {names} except {:?} {reach:?} delegable={delegable} by {granted_by:?}",
        on.database, on.kind, on.except
    )
}

#[test]
fn two_databases_of_one_cluster_share_their_roles() {
    let model = clean(
        r#"
version: 1
clusters:
  main:
    engine: postgres
    environments:
      prod: { url: "postgres://${HOST}/postgres" }
      staging: { url: "postgres://staging.acme.example", role_names: "{role}_staging" }
databases:
  shop: { cluster: main, name: shop_db }
  crm: { cluster: main }
external_roles: [app_owner]
roles:
  reader:
    purpose: Reads.
    owner: data@acme.example
    boundary: reader
    grants:
      shop: ["select on table sales.*, future by app_owner", connect on database shop]
      crm: [select on view crm.people]
  writer:
    purpose: Writes.
    owner: data@acme.example
    inherits: [{ role: reader, set: false, granted_by: app_owner }]
service_accounts:
  job: { owner: data@acme.example, roles: [writer, pg_monitor], login: [shop, crm], connection_limit: 3, password: { env: JOB_PASSWORD } }
"#,
    );
    let staging = target(&model, "staging");
    let job = staging.intent.roles.get("job_staging").unwrap();
    assert_eq!(job.password, Some(PasswordSource::Environment("JOB_PASSWORD".into())));
    assert_eq!(job.attributes.get(&Attribute::known("connection limit")), Some(&Value::Number(3)));
    insta::assert_snapshot!(told(&staging));
    assert!(target(&model, "prod").intent.roles.contains_key("job"));
}

#[test]
fn a_role_is_made_only_where_it_has_something_to_do() {
    let model = clean(
        r#"
version: 1
databases:
  shop: { engine: postgres, environments: { prod: { url: "${SHOP}" } } }
  crm: { engine: postgres, environments: { prod: { url: "${CRM}" } } }
roles:
  orders: { purpose: P., owner: o@acme.example, grants: { shop: [select on table a.b] } }
  people: { purpose: P., owner: o@acme.example, grants: { crm: [select on table a.b] } }
  lead: { purpose: P., owner: o@acme.example, inherits: [orders, people] }
  empty: { purpose: P., owner: o@acme.example }
service_accounts: { app: { owner: o@acme.example, roles: [orders, people], login: crm } }
"#,
    );
    let told: Vec<String> = model.targets(None, &url).unwrap().iter().map(told).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn databases_with_one_url_for_their_server_are_one_target() {
    let model = clean(
        r#"
version: 1
databases:
  shop: { engine: postgres, environments: { prod: { url: "postgres://db.acme.example/shop" } } }
  crm: { engine: postgres, environments: { prod: { url: "postgres://DB.acme.example/crm" } } }
"#,
    );
    let names: Vec<String> =
        target(&model, "prod").intent.databases.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["crm", "shop"]);
}

#[test]
fn a_life_ends_in_absence_and_begins_unseen() {
    let model = clean(
        r#"
version: 1
databases: { shop: { engine: postgres, environments: { prod: { url: "${SHOP}" } } } }
roles:
  old: { state: retired, replaced_by: new }
  next: { purpose: P., owner: o@acme.example, state: draft, grants: { shop: [select on table a.b] } }
  new: { purpose: P., owner: Commerce Team, boundary: reader, state: active }
"#,
    );
    let intent = target(&model, "prod").intent;
    assert!(
        intent.absent.contains_key("old") && !intent.roles.contains_key("next") && intent.grants.is_empty()
    );
    let comment = intent.roles.get("new").unwrap().comment.clone().unwrap();
    assert_eq!(comment, "P.\nrolewright/1 owner=\"Commerce Team\" boundary=reader state=active");
}

#[test]
fn logins_make_objects_as_the_owner_that_their_role_names() {
    let model = clean(
        r#"
version: 1
databases: { shop: { engine: postgres, environments: { prod: { url: "${SHOP}", role_names: "x_{role}" } } } }
roles:
  shop_owner:
    purpose: Owns the shop.
    owner: o@acme.example
    boundary: owner
    members: exclusive
    owns: { shop: [schema sales, "table sales.* except sales.audit"] }
    withhold: { shop: [delete on table sales.orders] }
  migrator:
    purpose: Migrates.
    owner: o@acme.example
    inherits: [{ role: shop_owner, inherit: false }]
    creates_as: { shop: shop_owner }
    settings: { lock_timeout: 5s }
service_accounts: { release: { owner: o@acme.example, roles: [migrator], login: shop, settings_in: { shop: { statement_timeout: 0 } } } }
users: { alice@acme.example: { roles: [migrator], login: shop, as: alice, expires: 2027-01-31 } }
public: { shop: [nothing on schema sales, "select (id) on table sales.orders"] }
"#,
    );
    insta::assert_snapshot!(told(&target(&model, "prod")));
}

#[test]
fn a_login_in_short_is_a_role_with_memberships_and_nothing_else() {
    let head =
        "version: 1\ndatabases: { shop: { engine: postgres, environments: { prod: { url: \"${A}\" } } } }\n";
    let told = |rest: &str| {
        let (model, diagnostics, rendered) =
            crate::check_files(&[("rolewright.yaml", &format!("{head}{rest}"))]);
        assert!(!diagnostics.iter().any(manifest::Diagnostic::is_error), "{rendered}");
        told(&target(&model.unwrap(), "prod"))
    };
    let members = "pg_monitor, { role: pg_read_all_data, set: false }";
    assert_eq!(
        told(&format!("logins: {{ exporter: [{members}], idle: [] }}\n")),
        told(&format!(
            "roles: {{ exporter: {{ login: true, inherits: [{members}] }}, idle: {{ login: true }} }}\n"
        ))
    );
    let twice = check(&format!("{head}roles: {{ x: {{}} }}\nlogins: {{ x: [] }}\n"));
    assert!(twice.contains("RW102"), "{twice}");
}

#[test]
fn each_grantor_may_give_the_same_role_and_even_nothing_with_it() {
    let text = r#"
version: 1
databases: { shop: { engine: postgres, environments: { prod: { url: "${A}" } } } }
external_roles: [one, other, held]
roles:
  job:
    purpose: P.
    inherits:
      - { role: held, granted_by: one }
      - { role: held, granted_by: other, inherit: false, set: false, admin: false }
      - { role: held, granted_by: other }
"#;
    let (model, diagnostics, rendered) = crate::check_files(&[("rolewright.yaml", text)]);
    let codes: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, ["RW147", "RW144", "RW149"], "{rendered}");
    let intent = target(&model.unwrap(), "prod").intent;
    let grantors: Vec<_> =
        intent.members.iter().map(|member| member.granted_by.as_ref().unwrap().as_str()).collect();
    assert_eq!(grantors, ["one", "other"]);
}

#[test]
fn a_purpose_alone_is_the_whole_comment() {
    let (model, ..) = crate::check_files(&[(
        "rolewright.yaml",
        "version: 1\ndatabases: { shop: { engine: postgres, environments: { prod: { url: \"${A}\" } } } }\nroles: { reader: { purpose: Reads. } }\n",
    )]);
    let intent = target(&model.unwrap(), "prod").intent;
    assert_eq!(intent.roles.get("reader").unwrap().comment.as_deref(), Some("Reads."));
}

#[test]
fn a_group_differs_where_it_says_so() {
    let model = clean(
        r#"
version: 1
databases: { shop: { engine: postgres, environments: { prod: { url: "${A}" }, staging: { url: "${B}" } } } }
roles:
  reader: { purpose: P., owner: o@acme.example }
  writer: { purpose: P., owner: o@acme.example }
groups: { support: { roles: [reader], environments: { staging: { also: [writer], without: [reader], why: They rehearse. } } } }
users: { alice@acme.example: { groups: [support], login: shop, as: alice } }
"#,
    );
    let held = |environment| -> Vec<String> {
        target(&model, environment).intent.members.iter().map(|member| member.role.to_string()).collect()
    };
    assert_eq!((held("prod"), held("staging")), (vec!["reader".to_owned()], vec!["writer".to_owned()]));
}

#[test]
fn every_cause_names_its_file_and_line() {
    let model = clean(
        r#"version: 1
databases: { shop: { engine: postgres, environments: { prod: { url: "${A}" } } } }
roles:
  reader:
    purpose: P.
    owner: o@acme.example
    grants:
      shop:
        - select on table a.b
"#,
    );
    let intent = target(&model, "prod").intent;
    let grant = intent.grants.first().unwrap();
    assert!(matches!((&grant.to, &grant.reach), (Principal::Role(_), Reach::Existing)));
    let line = Cause::Line { file: "rolewright.yaml".into(), line: 9, text: "select on table a.b".into() };
    assert_eq!(intent.cause(grant.cause), Some(&line));
}

#[test]
fn what_keeps_a_target_from_being_reached_is_said() {
    let model = clean(
        "version: 1\ndatabases: { shop: { engine: postgres, environments: { prod: { url: \"${A}\" }, staging: { url: \"${B}\" } } } }\n",
    );
    let code =
        |result: Result<Vec<Target>, Vec<manifest::Diagnostic>>| result.unwrap_err().first().unwrap().code;
    assert_eq!(code(model.targets(Some("prod"), &|_| None)), "RW123");
    assert_eq!(code(model.targets(Some("produ"), &url)), "RW124");
    let one = |_: &str| Some("postgres://one.acme.example/shop".to_owned());
    assert_eq!(code(model.targets(None, &one)), "RW121");
    assert_eq!(code(model.targets(Some("prod"), &one)), "RW121");
    let elsewhere = model.target_at("postgres://elsewhere/shop_copy", None).unwrap();
    assert!(elsewhere.intent.databases.contains("shop_copy"));
    assert_eq!(elsewhere.url.expose(), "postgres://elsewhere/shop_copy");
}
