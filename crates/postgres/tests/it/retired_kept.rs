//! What keeps a role that is to go, thought out by who wanted a retirement to break off half-way, or to show somebody more.

use crate::converge::{apply, plan};
use crate::converge_facts::{becomes, cluster, says};
use crate::models::intent;
use crate::retired::leaver;
use crate::retired_heir::bequest;
use model::Intent;
use sandbox::{Cluster, Version};

const GONE: &str = "SELECT count(*) FROM pg_roles WHERE rolname IN ('leaver', 'too')";

fn codes(cluster: &Cluster, model: &Intent) -> Vec<&'static str> {
    plan(cluster, model).unwrap().refusals.iter().map(|refusal| refusal.code).collect()
}

/// Both are to go, with an heir.
fn both() -> Intent {
    bequest("  too: { state: retired, reassign_to: heir }")
}

/// What is kept is shut off now, with attributes and all; and gone when the transaction has ended.
fn waits(cluster: &Cluster, model: &Intent) {
    becomes(cluster, model);
    let version = cluster.version();
    let planned = plan(cluster, model).unwrap().plan;
    assert!(planned.is_empty() && !planned.quarantined.is_empty(), "{version}");
    says(
        cluster,
        "SELECT count(*) FROM pg_roles WHERE rolname IN ('leaver', 'too') AND (rolcanlogin OR rolsuper)",
        "0",
    );
    cluster.psql("shop", "COMMIT PREPARED 'later'").unwrap();
    becomes(cluster, model);
    says(cluster, GONE, "0");
}

fn prepared(cluster: &Cluster, who: &str, sql: &str) {
    cluster.psql_as(who, "shop", &format!("BEGIN; {sql}; PREPARE TRANSACTION 'later'")).unwrap();
}

#[test]
fn what_anybodys_prepared_transaction_holds_waits_and_all_else_is_done() {
    let cases = [
        // Another leaver's table; a policy of both; an extension beside what waits; a routine, a schema and a role that were
        // themselves changed.
        (
            "leaver",
            "CREATE TABLE t (id int); ALTER TABLE t OWNER TO too; GRANT INSERT ON t TO leaver",
            "INSERT INTO t VALUES (1)",
        ),
        (
            "leaver",
            "CREATE TABLE t (id int); GRANT INSERT ON t TO leaver; CREATE POLICY p ON t TO leaver, too USING (true)",
            "INSERT INTO t VALUES (1)",
        ),
        (
            "leaver",
            "CREATE TABLE t (id int); ALTER TABLE t OWNER TO leaver; ALTER ROLE leaver SUPERUSER; SET ROLE leaver; CREATE EXTENSION hstore",
            "INSERT INTO t VALUES (1)",
        ),
        (
            "leaver",
            "GRANT CREATE ON SCHEMA public TO leaver; SET ROLE leaver; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "ALTER FUNCTION f() COST 5",
        ),
        (
            "leaver",
            "CREATE SCHEMA s AUTHORIZATION leaver",
            "CREATE TABLE s.new (); GRANT USAGE ON SCHEMA s TO heir",
        ),
        ("postgres", "CREATE TABLE t (id int)", "GRANT SELECT ON t TO leaver"),
        ("postgres", "CREATE TABLE t (id int); ALTER TABLE t OWNER TO leaver", "INSERT INTO t VALUES (1)"),
    ];
    for version in [Version::V14, Version::V17] {
        for (who, before, within) in cases {
            let roles = "CREATE ROLE leaver LOGIN CREATEDB; CREATE ROLE too LOGIN; CREATE ROLE heir";
            let cluster = cluster(version, &format!("{roles}; {before}"));
            prepared(&cluster, who, within);
            waits(&cluster, &both());
        }
    }
}

#[test]
fn what_owns_says_of_a_table_that_waits_is_done_when_it_can_be() {
    let cluster = cluster(
        Version::V16,
        "CREATE ROLE leaver LOGIN; CREATE ROLE heir; CREATE TABLE t (id int); ALTER TABLE t OWNER TO leaver",
    );
    prepared(&cluster, "leaver", "INSERT INTO t VALUES (1)");
    let model = intent(
        "roles:
  leaver: { state: retired }
  heir: { purpose: Owns., owner: data@acme.example, owns: { shop: [table public.t] } }",
    );
    waits(&cluster, &model);
    says(&cluster, "SELECT relowner::regrole FROM pg_class WHERE relname = 't'", "heir");
}

#[test]
fn whom_a_restrictive_policy_limits_is_found_by_every_way_and_nobody_else() {
    let table = "CREATE TABLE t (id int); ALTER TABLE t ENABLE ROW LEVEL SECURITY";
    let chain = "CREATE ROLE too IN ROLE leaver; CREATE ROLE deep IN ROLE too";
    let only = "CREATE POLICY r ON t AS RESTRICTIVE TO leaver USING (id > 1)";
    let cases = [
        // By another that goes too; named beside the role; by another role that is named; by nothing that passes rights on.
        (format!("{chain}; {table}; {only}"), vec!["RW330"]),
        (
            format!(
                "CREATE ROLE too; CREATE ROLE m IN ROLE leaver; {table}; CREATE POLICY r ON t AS RESTRICTIVE TO leaver, m USING (id > 1)"
            ),
            vec![],
        ),
        (
            format!(
                "CREATE ROLE too; CREATE ROLE g; CREATE ROLE m IN ROLE leaver, g; {table}; CREATE POLICY r ON t AS RESTRICTIVE TO leaver, g USING (id > 1)"
            ),
            vec![],
        ),
        (format!("CREATE ROLE too; CREATE ROLE m NOINHERIT IN ROLE leaver; {table}; {only}"), vec![]),
        (
            format!(
                "CREATE ROLE too; CREATE ROLE m IN ROLE leaver; {table}; CREATE POLICY r ON t TO leaver USING (id > 1)"
            ),
            vec![],
        ),
    ];
    for version in [Version::V15, Version::V17] {
        for (before, expected) in &cases {
            let cluster = cluster(version, &format!("CREATE ROLE leaver; CREATE ROLE heir; {before}"));
            assert_eq!(codes(&cluster, &both()), *expected, "{version}: {before}");
        }
    }
}

#[test]
fn members_stay_where_a_database_that_cannot_be_looked_at_may_limit_them() {
    for version in [Version::V15, Version::V17] {
        let cluster = cluster(
            version,
            "CREATE ROLE leaver LOGIN; CREATE ROLE m LOGIN IN ROLE leaver; CREATE DATABASE shut",
        );
        let sql = "CREATE TABLE t (id int, secret bool); INSERT INTO t VALUES (1, false), (2, true); GRANT SELECT ON t TO m;
            ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (true);
            CREATE POLICY r ON t AS RESTRICTIVE TO leaver USING (NOT secret)";
        cluster.psql("shut", sql).unwrap();
        assert_eq!(cluster.psql_as("m", "shut", "SELECT count(*) FROM t").unwrap(), "1");
        cluster.psql("shop", "ALTER DATABASE shut ALLOW_CONNECTIONS false").unwrap();
        becomes(&cluster, &leaver());
        says(&cluster, "SELECT rolcanlogin, rolconnlimit FROM pg_roles WHERE rolname = 'leaver'", "f|0");
        cluster.psql("shop", "ALTER DATABASE shut ALLOW_CONNECTIONS true").unwrap();
        assert_eq!(cluster.psql_as("m", "shut", "SELECT count(*) FROM t").unwrap(), "1", "{version}");
        assert_eq!(codes(&cluster, &leaver()), ["RW330"], "{version}");
        cluster.psql("shut", "ALTER POLICY r ON t TO m").unwrap();
        becomes(&cluster, &leaver());
        assert_eq!(cluster.psql_as("m", "shut", "SELECT count(*) FROM t").unwrap(), "1", "{version}");
        says(&cluster, GONE, "0");
    }
}

#[test]
fn what_no_look_reads_keeps_a_role_and_is_named() {
    for version in [Version::V14, Version::V18] {
        let cluster = cluster(version, "CREATE ROLE leaver; CREATE TABLE t (words text)");
        let toast = "SELECT reltoastrelid::regclass FROM pg_class WHERE relname = 't'";
        let toast = cluster.psql("shop", toast).unwrap();
        cluster.psql("shop", &format!("GRANT SELECT ON {toast} TO leaver")).unwrap();
        becomes(&cluster, &leaver());
        let kept = plan(&cluster, &leaver()).unwrap().plan.quarantined;
        let what: Vec<&str> = kept.values().flatten().map(|tie| tie.what.as_str()).collect();
        assert!(what.len() == 1 && what[0].contains("toast"), "{version}: {what:?}");
        cluster.psql("shop", &format!("REVOKE SELECT ON {toast} FROM leaver")).unwrap();
        becomes(&cluster, &leaver());
        says(&cluster, GONE, "0");
    }
}

#[test]
fn a_temporary_table_that_a_member_made_in_its_name_keeps_a_role_while_that_session_lasts() {
    let cluster = cluster(Version::V17, "CREATE ROLE leaver; CREATE ROLE m LOGIN IN ROLE leaver");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            cluster.psql_as(
                "m",
                "shop",
                "SET ROLE leaver; CREATE TEMPORARY TABLE mine (id int); RESET ROLE; SELECT pg_sleep(60)",
            )
        });
        let there = "SELECT count(*) FROM pg_shdepend WHERE refobjid = 'leaver'::regrole";
        while cluster.psql("shop", there).unwrap() == "0" {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        becomes(&cluster, &leaver());
        let kept = plan(&cluster, &leaver()).unwrap().plan.quarantined;
        assert!(kept.values().flatten().any(|tie| tie.what.contains("mine")), "{kept:?}");
        cluster
            .psql("shop", "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'm'")
            .unwrap();
    });
    becomes(&cluster, &leaver());
    says(&cluster, GONE, "0");
}

#[test]
fn the_role_that_the_cluster_was_born_with_is_not_taken_down() {
    let cluster = cluster(Version::V16, "CREATE ROLE second SUPERUSER LOGIN");
    let model = intent("roles: { postgres: { state: retired } }");
    let url = model::Secret::new(cluster.socket_url_as("second", "postgres"));
    let planned = crate::inspect::block_on(service::plan(
        &postgres::PostgresEngine,
        &url,
        &model,
        &service::Wishes::default(),
    ))
    .unwrap();
    assert!(planned.refusals.iter().any(|refusal| refusal.code == "RW335"), "{:?}", planned.refusals);
    assert!(apply(&cluster, &model, &planned).is_err());
}
