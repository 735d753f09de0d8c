//! Plans that nobody may carry out are refused before anything runs, and what an executor has no right to is named.

use crate::converge::{apply, plan};
use crate::inspect::block_on;
use crate::models::intent;
use crate::round_trip::said;
use model::{Intent, Secret};
use postgres::PostgresEngine;
use sandbox::{Cluster, Installation, Version};
use service::{PlanError, Planned, Wishes};

fn cluster(version: Version, sql: &str) -> Cluster {
    let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
    cluster.psql("postgres", "CREATE DATABASE shop; CREATE DATABASE other").unwrap();
    cluster.psql("shop", sql).unwrap();
    cluster
}

/// The plan of this login.
fn plan_as(cluster: &Cluster, login: &str, intent: &Intent) -> Planned {
    let url = Secret::new(cluster.socket_url_as(login, "shop"));
    match block_on(service::plan(&PostgresEngine, &url, intent, &Wishes::default())) {
        Ok(planned) => planned,
        Err(PlanError::Problems(problems)) => panic!("{problems:#?}"),
        Err(error) => panic!("{error:?}"),
    }
}

/// The codes of what stands in the way; nothing is changed if it is tried all the same.
fn refused(cluster: &Cluster, text: &str) -> Vec<&'static str> {
    let intent = intent(text);
    let planned = plan(cluster, &intent).unwrap();
    let codes = planned.refusals.iter().map(|refusal| refusal.code).collect();
    if !planned.refusals.is_empty() {
        let before = said(cluster, &["postgres", "shop"]);
        assert!(apply(cluster, &intent, &planned).unwrap_err().contains("Refused"));
        assert_eq!(before, said(cluster, &["postgres", "shop"]));
    }
    codes
}

#[test]
fn a_plan_that_would_cut_off_the_executor_is_refused() {
    for version in [Version::V14, Version::V18] {
        let cluster = cluster(version, "CREATE ROLE second SUPERUSER LOGIN");
        let taken = "roles: { postgres: { purpose: Root., owner: data@acme.example } }";
        let codes = refused(&cluster, taken);
        assert!(codes.contains(&"RW322"), "{version}: {codes:?}");
    }
}

#[test]
fn a_plan_that_would_leave_no_superuser_is_refused() {
    let cluster =
        cluster(Version::V16, "CREATE ROLE boss SUPERUSER LOGIN; ALTER ROLE boss SET work_mem = '5MB'");
    cluster.psql_as("boss", "postgres", "ALTER ROLE postgres NOLOGIN").unwrap();
    let url = Secret::new(cluster.socket_url_as("boss", "shop"));
    let intent = intent("roles: { boss: { purpose: Root., owner: data@acme.example } }");
    let planned = block_on(service::plan(&PostgresEngine, &url, &intent, &Wishes::default())).unwrap();
    let codes: Vec<_> = planned.refusals.iter().map(|refusal| refusal.code).collect();
    assert!(codes.contains(&"RW326") && codes.contains(&"RW322"), "{codes:?}");
}

#[test]
fn an_owners_own_rights_are_left_alone_unless_the_model_withholds_them() {
    for version in [Version::V15, Version::V17] {
        let cluster = cluster(
            version,
            "CREATE ROLE keeper; CREATE TABLE t (id int); ALTER TABLE t OWNER TO keeper; GRANT SELECT (id) ON t TO keeper",
        );
        let alone = intent("roles: { keeper: { purpose: Owns., owner: data@acme.example } }");
        let planned = plan(&cluster, &alone).unwrap();
        apply(&cluster, &alone, &planned).unwrap();
        let own = "SELECT has_table_privilege('keeper', 't', 'DELETE'), attacl FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'id'";
        assert_eq!(cluster.psql("shop", own).unwrap(), "t|{keeper=r/keeper}", "{version}");
        cluster.psql("shop", "REVOKE ALL ON t FROM keeper").unwrap();
        assert!(
            plan(&cluster, &alone).unwrap().plan.is_empty(),
            "{version}: a missing own entry is no difference"
        );
    }
}

#[test]
fn taking_an_option_that_others_live_from_is_refused_until_they_are_in_the_model() {
    for version in [Version::V14, Version::V18] {
        let cluster = cluster(
            version,
            "CREATE ROLE lead; CREATE ROLE guest; CREATE TABLE t (id int); GRANT SELECT ON t TO lead WITH GRANT OPTION;
             SET ROLE lead; GRANT SELECT ON t TO guest",
        );
        let lead = "  lead: { purpose: Leads., owner: data@acme.example, grants: { shop: [select on table public.t] } }\n";
        assert_eq!(refused(&cluster, &format!("roles:\n{lead}")), ["RW325"], "{version}");
        let both = format!(
            "roles:\n{lead}  guest: {{ purpose: Visits., owner: data@acme.example, grants: {{ shop: [select on table public.t] }} }}"
        );
        let both = intent(&both);
        let planned = plan(&cluster, &both).unwrap();
        assert!(planned.refusals.is_empty());
        apply(&cluster, &both, &planned).unwrap();
        let acl = cluster.psql("shop", "SELECT relacl FROM pg_class WHERE relname = 't'").unwrap();
        assert!(acl.contains("lead=r/postgres") && acl.contains("guest=r/postgres"), "{version}: {acl}");
    }
}

#[test]
fn a_role_that_still_owns_something_is_not_dropped() {
    let cluster =
        cluster(Version::V17, "CREATE ROLE gone; CREATE TABLE t (id int); ALTER TABLE t OWNER TO gone");
    let gone = "  gone: { state: retired, purpose: Left., owner: data@acme.example }\n";
    assert_eq!(refused(&cluster, &format!("roles:\n{gone}")), ["RW323"]);
    let heir = format!(
        "roles:\n{gone}  heir: {{ purpose: Owns., owner: data@acme.example, owns: {{ shop: [table public.t] }} }}"
    );
    let heir = intent(&heir);
    let planned = plan(&cluster, &heir).unwrap();
    assert!(planned.refusals.is_empty(), "{:?}", planned.refusals);
    apply(&cluster, &heir, &planned).unwrap();
    assert_eq!(cluster.psql("shop", "SELECT count(*) FROM pg_roles WHERE rolname = 'gone'").unwrap(), "0");
}

/// The stable grantor and a login that is its member, as `executor-sql` makes them.
fn executor(version: Version) -> &'static str {
    if version.major() >= 16 {
        "CREATE ROLE rolewright NOLOGIN CREATEROLE; CREATE ROLE deployer LOGIN;
         GRANT rolewright TO deployer WITH INHERIT FALSE, SET TRUE;
         CREATE ROLE app_owner; GRANT app_owner TO rolewright WITH ADMIN FALSE, INHERIT TRUE, SET TRUE;
         CREATE ROLE adopted; GRANT adopted TO rolewright WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
         CREATE ROLE foreign_role;"
    } else {
        "CREATE ROLE rolewright NOLOGIN CREATEROLE; CREATE ROLE deployer LOGIN NOINHERIT; GRANT rolewright TO deployer;
         CREATE ROLE app_owner; GRANT app_owner TO rolewright; CREATE ROLE adopted; CREATE ROLE foreign_role;"
    }
}

const STRUCTURE: &str = "CREATE SCHEMA sales AUTHORIZATION app_owner; CREATE TABLE sales.orders (id int);
    ALTER TABLE sales.orders OWNER TO app_owner; CREATE SCHEMA stock; CREATE TABLE stock.mine (id int);";

#[test]
fn an_executor_without_superuser_plans_and_applies_on_every_version() {
    for version in Version::ALL {
        let cluster = cluster(version, executor(version));
        cluster.psql("shop", STRUCTURE).unwrap();
        let model = intent(
            "
roles:
  adopted: { purpose: Adopted., owner: data@acme.example, inherits: [fresh] }
  fresh:
    purpose: Made by the executor.
    owner: data@acme.example
    grants: { shop: [usage on schema sales, 'select, insert on table sales.orders', 'select on table sales.* future by app_owner'] }
external_roles: [app_owner]
",
        );
        let planned = plan_as(&cluster, "deployer", &model);
        assert_eq!(planned.plan.executor.acts_as.as_str(), "rolewright");
        assert!(
            planned.lacking.is_empty() && planned.refusals.is_empty(),
            "{version}: {:#?}",
            planned.lacking
        );
        let url = Secret::new(cluster.socket_url_as("deployer", "shop"));
        let (wishes, none) = (Wishes::default(), Default::default());
        let mut quiet = |_| {};
        let applied = block_on(service::apply(
            &PostgresEngine,
            &url,
            &model,
            &wishes,
            &planned.plan,
            &none,
            &mut quiet,
        ));
        applied.unwrap_or_else(|error| panic!("{version}: {error:#?}"));
        let again = plan_as(&cluster, "deployer", &model);
        assert!(again.plan.is_empty(), "{version}: {:#?}", again.plan.phases);
        let acl = cluster.psql("shop", "SELECT relacl FROM pg_class WHERE relname = 'orders'").unwrap();
        assert!(acl.contains("fresh=ar/app_owner"), "{version}: {acl}");
    }
}

/// Statement by statement as the plan would run it; what the server answers to the first that fails.
fn tried(cluster: &Cluster, statement: &str) -> Result<String, String> {
    let sql = format!("SET ROLE rolewright; BEGIN; {statement}; ROLLBACK");
    let sql = format!("SET client_min_messages = warning; {sql}");
    cluster.psql_as("deployer", "shop", &sql).map_err(|error| error.to_string())
}

#[test]
fn what_an_executor_lacks_is_named_before_and_really_fails() {
    for version in Version::ALL {
        let cluster = cluster(version, executor(version));
        cluster.psql("shop", STRUCTURE).unwrap();
        cluster.psql("shop", "GRANT adopted TO foreign_role; CREATE ROLE boss SUPERUSER").unwrap();
        let model = intent(
            "
roles:
  adopted: { purpose: Adopted., owner: data@acme.example, grants: { shop: [select on table stock.mine] } }
  foreign_role: { purpose: Not ours., owner: data@acme.example }
  boss: { purpose: Root., owner: data@acme.example }
",
        );
        let named = named_as_the_server_refuses(&cluster, &model);
        let lacks = |what: &str| named.iter().any(|statement| statement.contains(what));
        assert!(lacks("stock.mine") && lacks("boss"), "{version}: {named:#?}");
        assert_eq!(lacks("REVOKE adopted FROM foreign_role"), version.major() >= 16, "{version}: {named:#?}");
    }
}

/// What the plan says that the executor lacks the right to: each of these fails if tried, and nothing else does.
fn named_as_the_server_refuses(cluster: &Cluster, model: &Intent) -> Vec<String> {
    let version = cluster.version();
    let planned = plan_as(cluster, "deployer", model);
    let named: Vec<String> = planned.lacking.iter().map(|lacking| lacking.statement.clone()).collect();
    for statement in &named {
        let answer = tried(cluster, statement);
        assert!(answer.is_err(), "{version}: {statement} {answer:?}");
    }
    let all = planned.plan.steps().flat_map(|(_, step)| &step.statements).map(ToString::to_string);
    for statement in all.filter(|statement| !named.iter().any(|text| text.contains(statement.as_str()))) {
        assert!(tried(cluster, &statement).is_ok(), "{version}: {statement} was not named and fails");
    }
    named
}

#[test]
fn an_attribute_that_the_executor_lacks_is_not_its_to_hand_out() {
    let model = intent(
        "
roles:
  maker: { purpose: Makes databases., owner: data@acme.example, attributes: { createdb: true } }
  copier: { purpose: Copies., owner: data@acme.example, attributes: { replication: true } }
  seer: { purpose: Sees every row., owner: data@acme.example, attributes: { bypassrls: true } }
  namer: { purpose: Makes roles., owner: data@acme.example, attributes: { createrole: true } }
",
    );
    for version in Version::ALL {
        let cluster = cluster(version, executor(version));
        let newer = version.major() >= 16;
        // Of roles still to be made, and of roles that the executor made before.
        for made in ["SELECT 1", "CREATE ROLE maker; CREATE ROLE copier; CREATE ROLE seer; CREATE ROLE namer"]
        {
            cluster.psql_as("deployer", "shop", &format!("SET ROLE rolewright; {made}")).unwrap();
            let planned = plan_as(&cluster, "deployer", &model);
            for lacking in &planned.lacking {
                assert!(tried(&cluster, &lacking.statement).is_err(), "{version}: {}", lacking.statement);
            }
            let lacks = |what: &str| planned.lacking.iter().any(|lacking| lacking.statement.contains(what));
            assert!(lacks("copier") && lacks("seer") && !lacks("namer"), "{version}: {:#?}", planned.lacking);
            assert_eq!(lacks("maker"), newer, "{version}: {:#?}", planned.lacking);
        }
        named_as_the_server_refuses(&cluster, &model);
        cluster.psql("shop", "ALTER ROLE rolewright CREATEDB REPLICATION BYPASSRLS").unwrap();
        let named = named_as_the_server_refuses(&cluster, &model);
        assert_eq!(named.is_empty(), newer, "{version}: {named:#?}");
    }
}

#[test]
fn what_stands_in_the_name_of_others_is_not_the_executors_to_change() {
    for version in Version::ALL {
        let cluster = cluster(version, executor(version));
        cluster.psql("shop", STRUCTURE).unwrap();
        let others = "CREATE ROLE lead; GRANT USAGE ON SCHEMA sales TO lead; GRANT SELECT ON sales.orders TO lead WITH GRANT OPTION;
            SET ROLE lead; GRANT SELECT ON sales.orders TO adopted";
        cluster.psql("shop", others).unwrap();
        let model = intent(
            "
roles:
  adopted: { purpose: Adopted., owner: data@acme.example, grants: { shop: ['select on table *.*, only future by foreign_role'] } }
external_roles: [foreign_role]
",
        );
        let named = named_as_the_server_refuses(&cluster, &model);
        let lacks = |what: &str| named.iter().any(|statement| statement.contains(what));
        assert!(lacks("REVOKE SELECT") && lacks("DEFAULT PRIVILEGES"), "{version}: {named:#?}");
    }
}

#[test]
fn what_a_setting_gives_the_maker_of_a_role_is_no_difference() {
    for version in [Version::V16, Version::V18] {
        let cluster = cluster(version, executor(version));
        cluster.psql("shop", "ALTER ROLE deployer SET createrole_self_grant = 'set, inherit'").unwrap();
        let model = intent(
            "roles: { fresh: { purpose: Made by the executor., owner: data@acme.example, members: exclusive } }",
        );
        apply_as(&cluster, "deployer", &model);
        let rows = "SELECT count(*) FROM pg_auth_members WHERE roleid = 'fresh'::regrole AND member = 'rolewright'::regrole";
        assert_eq!(
            cluster.psql("shop", rows).unwrap(),
            "2",
            "{version}: the server's own row, and the setting's"
        );
    }
}

#[test]
fn an_executor_without_superuser_takes_what_a_role_holds_and_drops_it() {
    for version in Version::ALL {
        let cluster = cluster(version, executor(version));
        cluster.psql("shop", STRUCTURE).unwrap();
        let held = "GRANT USAGE ON SCHEMA sales TO adopted; GRANT SELECT, INSERT (id) ON sales.orders TO adopted; GRANT adopted TO app_owner GRANTED BY rolewright;
            ALTER DEFAULT PRIVILEGES FOR ROLE app_owner GRANT SELECT ON TABLES TO adopted";
        let held =
            if version.major() >= 16 { held.to_owned() } else { held.replace(" GRANTED BY rolewright", "") };
        cluster.psql("shop", &held).unwrap();
        let model =
            intent("roles: { adopted: { state: retired, purpose: Left., owner: data@acme.example } }");
        apply_as(&cluster, "deployer", &model);
        assert_eq!(
            cluster.psql("shop", "SELECT count(*) FROM pg_roles WHERE rolname = 'adopted'").unwrap(),
            "0"
        );
    }
}

#[test]
fn an_executor_without_superuser_gives_again_what_a_role_gave_before_it_goes() {
    for version in Version::ALL {
        let cluster = cluster(version, executor(version));
        cluster.psql("shop", STRUCTURE).unwrap();
        let by = if version.major() >= 16 { "GRANTED BY rolewright" } else { "" };
        let given = format!(
            "CREATE ROLE team; CREATE ROLE bystander; GRANT USAGE ON SCHEMA sales TO adopted, bystander; {}
             GRANT team TO adopted WITH ADMIN OPTION {by}; SET ROLE app_owner; GRANT SELECT ON sales.orders TO adopted WITH GRANT OPTION;
             SET ROLE adopted; GRANT SELECT ON sales.orders TO bystander; GRANT team TO bystander",
            if version.major() >= 16 { "GRANT team TO rolewright WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;" } else { "" }
        );
        cluster.psql("shop", &given).unwrap();
        let model =
            intent("roles: { adopted: { state: retired, purpose: Left., owner: data@acme.example } }");
        // What the role handed on is taken in its name, which is not the executor's to do before it is a member.
        let planned = plan_as(&cluster, "deployer", &model);
        assert!(planned.lacking.iter().any(|lacking| lacking.right == "membership in adopted"), "{version}");
        let how = if version.major() >= 16 { " WITH INHERIT TRUE, SET TRUE" } else { "" };
        cluster.psql("shop", &format!("GRANT adopted TO rolewright{how}")).unwrap();
        apply_as(&cluster, "deployer", &model);
        let stands = "SELECT pg_has_role('bystander', 'team', 'MEMBER'), has_table_privilege('bystander', 'sales.orders', 'SELECT'),
            (SELECT count(*) FROM pg_roles WHERE rolname = 'adopted')";
        assert_eq!(cluster.psql("shop", stands).unwrap(), "t|t|0", "{version}");
    }
}

/// Applies as this login and expects nothing left to plan.
fn apply_as(cluster: &Cluster, login: &str, model: &Intent) {
    let version = cluster.version();
    let planned = plan_as(cluster, login, model);
    assert!(planned.refusals.is_empty(), "{version}: {:#?}", planned.refusals);
    let url = Secret::new(cluster.socket_url_as(login, "shop"));
    let (wishes, none) = (Wishes::default(), Default::default());
    let mut quiet = |_| {};
    let applied = service::apply(&PostgresEngine, &url, model, &wishes, &planned.plan, &none, &mut quiet);
    block_on(applied).unwrap_or_else(|error| panic!("{version}: {error:#?}"));
    let again = plan_as(cluster, login, model);
    assert!(again.plan.is_empty(), "{version}: {:#?}", again.plan.phases);
}

#[test]
fn a_revoke_of_what_another_grantor_gave_never_counts_as_done() {
    for version in [Version::V16, Version::V18] {
        let cluster = cluster(version, executor(version));
        cluster.psql("shop", "GRANT adopted TO foreign_role").unwrap();
        let model = intent(
            "roles: { foreign_role: { purpose: Left alone., owner: data@acme.example }, adopted: { purpose: A., owner: data@acme.example } }",
        );
        let planned = plan_as(&cluster, "deployer", &model);
        let url = Secret::new(cluster.socket_url_as("deployer", "shop"));
        let (wishes, none) = (Wishes::default(), Default::default());
        let mut quiet = |_| {};
        let applied = block_on(service::apply(
            &PostgresEngine,
            &url,
            &model,
            &wishes,
            &planned.plan,
            &none,
            &mut quiet,
        ));
        assert!(format!("{:?}", applied.unwrap_err()).contains("Lacking"), "{version}");
        let rows = "SELECT count(*) FROM pg_auth_members WHERE roleid = 'adopted'::regrole AND member = 'foreign_role'::regrole";
        assert_eq!(cluster.psql("shop", rows).unwrap(), "1", "{version}");
    }
}
