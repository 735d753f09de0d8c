//! Roles that are to go: what the plan takes along, and what it names instead of running into it.

use crate::converge::{apply, plan};
use crate::converge_facts::{becomes, cluster, says};
use crate::models::intent;
use model::Intent;
use sandbox::{Cluster, Version};

pub(crate) fn leaver() -> Intent {
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

#[test]
fn what_a_role_holds_on_the_clusters_own_objects_goes_with_it() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE ROLE leaver LOGIN; CREATE DATABASE unnamed; GRANT CONNECT ON DATABASE other, unnamed TO leaver WITH GRANT OPTION;
             GRANT CREATE ON TABLESPACE pg_default TO leaver; ALTER ROLE leaver IN DATABASE unnamed SET work_mem = '5MB'",
        );
        if version >= Version::V15 {
            cluster.psql("shop", "GRANT SET ON PARAMETER log_statement TO leaver").unwrap();
        }
        becomes(&cluster, &leaver());
        says(&cluster, "SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'", "0");
    }
}

#[test]
fn a_role_that_owns_something_of_the_clusters_or_of_the_engines_is_not_dropped() {
    for own in [
        "ALTER DATABASE unnamed OWNER TO leaver",
        "ALTER TABLESPACE fast OWNER TO leaver",
        "ALTER TABLESPACE pg_default OWNER TO leaver",
        "ALTER SCHEMA information_schema OWNER TO leaver",
        "ALTER FUNCTION pg_catalog.pg_read_file(text) OWNER TO leaver",
    ] {
        let made = "CREATE ROLE leaver LOGIN; CREATE DATABASE unnamed; SET allow_in_place_tablespaces = on;
            CREATE TABLESPACE fast LOCATION ''";
        let cluster = cluster(Version::V16, made);
        cluster.psql("shop", own).unwrap();
        assert!(cluster.psql("shop", "DROP ROLE leaver").is_err(), "{own}");
        let planned = plan(&cluster, &leaver()).unwrap();
        let codes: Vec<_> = planned.refusals.iter().map(|refusal| refusal.code).collect();
        assert!(codes == ["RW323"] || codes == ["RW327"], "{own}: {:?}", planned.refusals);
        assert!(apply(&cluster, &leaver(), &planned).unwrap_err().contains("Refused"), "{own}");
    }
}

#[test]
fn a_large_object_that_any_login_can_make_keeps_it_and_is_named() {
    for version in [Version::V14, Version::V18] {
        let cluster = cluster(version, "CREATE ROLE leaver LOGIN; CREATE DATABASE unnamed");
        cluster.psql_as("leaver", "unnamed", "SELECT lo_create(77)").unwrap();
        kept(&cluster, &["in database unnamed it owns large object 77"]);
        cluster.psql("unnamed", "SELECT lo_unlink(77)").unwrap();
        cluster.psql_as("leaver", "shop", "SELECT lo_create(78)").unwrap();
        let planned = plan(&cluster, &leaver()).unwrap();
        let refusals: Vec<_> = planned
            .refusals
            .iter()
            .map(|refusal| (refusal.code, refusal.what.contains("large object 78")))
            .collect();
        assert_eq!(refusals, [("RW323", true)], "{version}: {:?}", planned.refusals);
        cluster.psql("shop", "SELECT lo_unlink(78)").unwrap();
        becomes(&cluster, &leaver());
    }
}

#[test]
fn a_public_schema_that_is_handed_over_keeps_nobody_and_one_that_is_gone_breaks_nothing() {
    let cluster = cluster(Version::V16, "CREATE ROLE leaver; ALTER SCHEMA public OWNER TO leaver");
    let heir = "roles:
  leaver: { state: retired, purpose: Left., owner: data@acme.example }
  heir: { purpose: Owns., owner: data@acme.example, owns: { shop: [schema public] } }";
    becomes(&cluster, &intent(heir));
    says(&cluster, "SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'public'", "heir");
    cluster.psql("shop", "DROP SCHEMA public; CREATE ROLE leaver").unwrap();
    becomes(&cluster, &leaver());
}
