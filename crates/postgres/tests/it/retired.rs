//! Roles that are to go: what the plan takes along, and what it names instead of running into it.

use crate::converge::{apply, plan};
use crate::converge_facts::{becomes, cluster, says};
use crate::models::intent;
use model::Intent;
use sandbox::{Cluster, Version};

fn leaver() -> Intent {
    intent("roles: { leaver: { state: retired, purpose: Left., owner: data@acme.example } }")
}

/// Refused for what keeps the leaver, in these words, and nothing is changed if it is tried all the same.
fn kept(cluster: &Cluster, words: &[&str]) {
    let version = cluster.version();
    let planned = plan(cluster, &leaver()).unwrap();
    let refusals: Vec<_> = planned.refusals.iter().filter(|refusal| refusal.code == "RW327").collect();
    assert_eq!(refusals.len(), 1, "{version}: {:?}", planned.refusals);
    for word in words {
        assert!(refusals[0].what.contains(word), "{version}: {word:?} is missing in {}", refusals[0].what);
    }
    assert!(apply(cluster, &leaver(), &planned).unwrap_err().contains("Refused"), "{version}");
    says(cluster, "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'leaver'", "t");
}

#[test]
fn what_keeps_a_role_in_a_database_that_the_model_does_not_name_is_named_before_anything_runs() {
    for version in [Version::V14, Version::V18] {
        let cluster = cluster(version, "CREATE ROLE leaver LOGIN; CREATE DATABASE unnamed");
        let sql = "CREATE TABLE t (id int); GRANT SELECT ON t TO leaver; CREATE VIEW v AS SELECT 1;
                   ALTER VIEW v OWNER TO leaver; ALTER DEFAULT PRIVILEGES FOR ROLE leaver GRANT SELECT ON TABLES TO PUBLIC";
        cluster.psql("unnamed", sql).unwrap();
        kept(
            &cluster,
            &[
                "in database unnamed it owns default privileges on new relations",
                "; owns view public.v",
                "; stands in the privileges of table public.t",
            ],
        );
        cluster.psql("unnamed", "REASSIGN OWNED BY leaver TO postgres; DROP OWNED BY leaver").unwrap();
        becomes(&cluster, &leaver());
    }
}

#[test]
fn a_database_that_takes_no_connections_is_named_all_the_same() {
    let cluster = cluster(Version::V16, "CREATE ROLE leaver LOGIN; CREATE DATABASE shut");
    cluster.psql("shut", "CREATE TABLE t (id int); GRANT SELECT ON t TO leaver").unwrap();
    cluster.psql("shop", "ALTER DATABASE shut ALLOW_CONNECTIONS false").unwrap();
    kept(&cluster, &["in database shut it holds or owns something", "takes no connections"]);
}

#[test]
fn a_role_takes_its_own_default_privileges_along() {
    for version in [Version::V14, Version::V18] {
        let cluster = cluster(
            version,
            "CREATE ROLE leaver; CREATE ROLE bystander; CREATE SCHEMA s;
             ALTER DEFAULT PRIVILEGES FOR ROLE leaver GRANT SELECT ON TABLES TO bystander;
             ALTER DEFAULT PRIVILEGES FOR ROLE leaver REVOKE INSERT ON TABLES FROM leaver;
             ALTER DEFAULT PRIVILEGES FOR ROLE leaver REVOKE EXECUTE ON ROUTINES FROM PUBLIC;
             ALTER DEFAULT PRIVILEGES FOR ROLE leaver IN SCHEMA s GRANT EXECUTE ON ROUTINES TO PUBLIC;
             ALTER DEFAULT PRIVILEGES FOR ROLE bystander GRANT SELECT ON TABLES TO PUBLIC",
        );
        becomes(&cluster, &leaver());
        says(&cluster, "SELECT DISTINCT defaclrole::regrole FROM pg_default_acl", "bystander");
        says(&cluster, "SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'", "0");
    }
}

#[test]
fn policies_mappings_and_prepared_transactions_that_keep_a_role_are_named_before_anything_runs() {
    for version in [Version::V14, Version::V18] {
        let cluster = cluster(
            version,
            "CREATE ROLE leaver LOGIN; CREATE TABLE t (id int); CREATE POLICY ours ON t TO leaver USING (true);
             CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w;
             CREATE USER MAPPING FOR leaver SERVER far; GRANT INSERT ON t TO leaver",
        );
        cluster
            .psql_as("leaver", "shop", "BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'later'")
            .unwrap();
        let words = [
            "is named by policy ours on table public.t",
            "owns user mapping for leaver on server far",
            "has prepared transaction 'later'",
        ];
        kept(&cluster, &words);
        let settle = "ROLLBACK PREPARED 'later'";
        cluster.psql("shop", settle).unwrap();
        cluster.psql("shop", "DROP POLICY ours ON t; DROP USER MAPPING FOR leaver SERVER far").unwrap();
        becomes(&cluster, &leaver());
    }
}

#[test]
fn a_temporary_table_of_a_live_session_keeps_nobody() {
    let cluster = cluster(Version::V16, "CREATE ROLE leaver LOGIN; CREATE DATABASE unnamed");
    let waits = std::thread::scope(|scope| {
        let session = scope.spawn(|| {
            cluster.psql_as("leaver", "unnamed", "CREATE TEMPORARY TABLE mine (id int); SELECT pg_sleep(60)")
        });
        let there = "SELECT count(*) FROM pg_shdepend WHERE refobjid = 'leaver'::regrole";
        while cluster.psql("unnamed", there).unwrap() == "0" {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        becomes(&cluster, &leaver());
        session.join().unwrap()
    });
    assert!(waits.is_err(), "the session is ended");
}
