//! Roles that are to go: what the plan takes along, and what it names instead of running into it.

use crate::converge::{apply, plan};
use crate::converge_facts::{becomes, cluster, says};
use crate::models::intent;
use model::Intent;
use sandbox::{Cluster, Version};

pub(crate) fn leaver() -> Intent {
    intent("roles: { leaver: { state: retired, purpose: Left., owner: data@acme.example } }")
}

/// Kept in quarantine for these reasons, with nothing that somebody could use it for; and so it stays, plan after plan.
pub(crate) fn shut_off(cluster: &Cluster, words: &[&str]) {
    let version = cluster.version();
    becomes(cluster, &leaver());
    let planned = plan(cluster, &leaver()).unwrap();
    assert!(planned.plan.is_empty() && planned.refusals.is_empty(), "{version}: {:?}", planned.refusals);
    let kept: Vec<String> = planned
        .plan
        .quarantined
        .iter()
        .flat_map(|(role, ties)| ties.iter().map(move |tie| format!("{role}: {} {}", tie.database, tie.what)))
        .collect();
    assert_eq!(kept.len(), words.len(), "{version}: {kept:?}");
    for word in words {
        assert!(kept.iter().any(|kept| kept.contains(word)), "{version}: {word:?} is missing in {kept:?}");
    }
    let attributes = "SELECT rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolconnlimit, rolpassword
        FROM pg_authid WHERE rolname = 'leaver'";
    says(cluster, attributes, "f|f|f|f|f|f|0|");
    says(cluster, "SELECT count(*) FROM pg_auth_members WHERE member = 'leaver'::regrole", "0");
    // Where nobody could look, a policy may limit what members see.
    let unread = planned.plan.quarantined.values().flatten().any(|tie| tie.unread);
    let members = "SELECT count(*) > 0 FROM pg_auth_members WHERE roleid = 'leaver'::regrole";
    says(cluster, members, if unread { "t" } else { "f" });
    says(cluster, "SELECT count(*) FROM pg_db_role_setting WHERE setrole = 'leaver'::regrole", "0");
    let lists =
        "SELECT count(*) FROM pg_shdepend WHERE refobjid = 'leaver'::regrole AND deptype IN ('a', 'o', 'r')
        AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())";
    says(cluster, lists, "0");
}

/// The leaver and what it is to lose, whatever keeps it.
const LEAVER: &str = "CREATE ROLE leaver LOGIN CREATEROLE CREATEDB PASSWORD 'x' VALID UNTIL '2020-01-01'; CREATE ROLE team;
    CREATE ROLE member; GRANT team TO leaver WITH ADMIN OPTION; GRANT leaver TO member; ALTER ROLE leaver SET work_mem = '5MB';
    CREATE TABLE held (id int); GRANT SELECT ON held TO leaver; SET ROLE leaver; GRANT team TO member; RESET ROLE";

#[test]
fn what_a_role_holds_in_a_database_that_the_model_does_not_name_goes_with_it() {
    for version in [Version::V14, Version::V18] {
        let cluster = cluster(version, "CREATE ROLE leaver LOGIN; CREATE DATABASE unnamed");
        let sql = "CREATE TABLE t (id int); GRANT SELECT ON t TO leaver; CREATE VIEW v AS SELECT 1;
                   ALTER VIEW v OWNER TO leaver; ALTER DEFAULT PRIVILEGES FOR ROLE leaver GRANT SELECT ON TABLES TO PUBLIC";
        cluster.psql("unnamed", sql).unwrap();
        let planned = plan(&cluster, &leaver()).unwrap();
        let said: Vec<_> =
            planned.refusals.iter().map(|refusal| (refusal.code, refusal.what.as_str())).collect();
        assert_eq!(
            said,
            [("RW323", "leaver is to be dropped and still owns table public.v in database unnamed")]
        );
        cluster.psql("unnamed", "REASSIGN OWNED BY leaver TO postgres").unwrap();
        becomes(&cluster, &leaver());
        says(&cluster, "SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'", "0");
    }
}

#[test]
fn a_database_that_takes_no_connections_keeps_a_role_in_quarantine() {
    for version in Version::ALL {
        let cluster = cluster(version, &format!("{LEAVER}; CREATE DATABASE shut"));
        cluster.psql("shut", "CREATE TABLE t (id int); GRANT SELECT ON t TO leaver").unwrap();
        cluster.psql("shop", "ALTER DATABASE shut ALLOW_CONNECTIONS false").unwrap();
        shut_off(
            &cluster,
            &["shut holds or owns something that could not be looked at (the database takes no connections)"],
        );
        says(&cluster, "SELECT rolvaliduntil < now() FROM pg_roles WHERE rolname = 'leaver'", "t");
        says(&cluster, "SELECT count(*) FROM pg_auth_members WHERE roleid = 'team'::regrole", "1");
        cluster.psql("shop", "ALTER DATABASE shut ALLOW_CONNECTIONS true").unwrap();
        becomes(&cluster, &leaver());
        says(&cluster, "SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'", "0");
    }
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
fn a_prepared_transaction_keeps_a_role_in_quarantine_until_it_has_ended() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            &format!("{LEAVER}; GRANT INSERT ON held TO leaver; ALTER ROLE leaver VALID UNTIL 'infinity'"),
        );
        cluster
            .psql_as("leaver", "shop", "BEGIN; INSERT INTO held VALUES (1); PREPARE TRANSACTION 'later'")
            .unwrap();
        shut_off(&cluster, &["shop has prepared transaction 'later'"]);
        cluster.psql("shop", "COMMIT PREPARED 'later'").unwrap();
        says(&cluster, "SELECT count(*) FROM held", "1");
        becomes(&cluster, &leaver());
        says(&cluster, "SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'", "0");
    }
}

#[test]
fn a_session_that_began_before_the_quarantine_is_ended_by_the_next_plan() {
    let cluster = cluster(
        Version::V16,
        "CREATE ROLE leaver LOGIN; CREATE TABLE held (id int); GRANT INSERT ON held TO leaver",
    );
    cluster
        .psql_as("leaver", "shop", "BEGIN; INSERT INTO held VALUES (1); PREPARE TRANSACTION 'later'")
        .unwrap();
    let sessions = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'leaver'";
    let ended = std::thread::scope(|scope| {
        let session = scope.spawn(|| cluster.psql_as("leaver", "other", "SELECT pg_sleep(60)"));
        while cluster.psql("shop", sessions).unwrap() == "0" {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        cluster
            .psql(
                "shop",
                "ALTER ROLE leaver NOLOGIN PASSWORD NULL CONNECTION LIMIT 0; REVOKE ALL ON held FROM leaver",
            )
            .unwrap();
        let planned = plan(&cluster, &leaver()).unwrap();
        assert_eq!(crate::round_trip::statements(&planned.plan).len(), 1, "only the session is left");
        shut_off(&cluster, &["later"]);
        session.join().unwrap()
    });
    assert!(ended.is_err(), "the session is ended");
}

#[test]
fn policies_and_mappings_go_with_a_role_and_stay_for_everybody_else() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE ROLE leaver LOGIN; CREATE ROLE other; CREATE TABLE t (id int); ALTER TABLE t ENABLE ROW LEVEL SECURITY;
             CREATE POLICY ours ON t TO leaver USING (id > 0); CREATE POLICY \"both's\" ON t FOR UPDATE TO leaver, other USING (id > 1);
             CREATE POLICY everybodys ON t FOR SELECT USING (id > 2); CREATE POLICY strict ON t AS RESTRICTIVE TO other, leaver USING (id < 9);
             CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w;
             CREATE USER MAPPING FOR leaver SERVER far OPTIONS (password 'secret'); CREATE USER MAPPING FOR other SERVER far",
        );
        let said = crate::round_trip::statements(&plan(&cluster, &leaver()).unwrap().plan);
        let inside: Vec<&str> =
            said.iter().filter_map(|text| text.strip_prefix("database database shop: ")).collect();
        assert_eq!(
            inside,
            [
                "ALTER POLICY \"both's\" ON public.t TO other",
                "DROP POLICY ours ON public.t",
                "ALTER POLICY strict ON public.t TO other",
                "DROP USER MAPPING FOR leaver SERVER far",
            ]
        );
        becomes(&cluster, &leaver());
        says(&cluster, "SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'", "0");
        let left = "SELECT polname, polroles::regrole[], polpermissive, pg_get_expr(polqual, polrelid) FROM pg_policy ORDER BY 1";
        says(
            &cluster,
            left,
            "both's|{other}|t|(id > 1)\neverybodys|{-}|t|(id > 2)\nstrict|{other}|f|(id < 9)",
        );
        says(&cluster, "SELECT usename FROM pg_user_mappings", "other");
    }
}

#[test]
fn a_restrictive_policy_is_not_taken_from_members_who_would_see_more() {
    let cluster = cluster(
        Version::V17,
        "CREATE ROLE leaver; CREATE ROLE member; GRANT leaver TO member; CREATE TABLE t (id int);
         CREATE POLICY strict ON t AS RESTRICTIVE TO leaver USING (id < 9)",
    );
    let planned = plan(&cluster, &leaver()).unwrap();
    let codes: Vec<_> = planned.refusals.iter().map(|refusal| refusal.code).collect();
    assert_eq!(codes, ["RW330"]);
    assert!(apply(&cluster, &leaver(), &planned).unwrap_err().contains("Refused"));
    cluster.psql("shop", "REVOKE leaver FROM member").unwrap();
    becomes(&cluster, &leaver());
    says(&cluster, "SELECT count(*) FROM pg_policy", "0");
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
fn a_role_that_owns_something_of_the_clusters_is_not_dropped() {
    for own in ["ALTER DATABASE unnamed OWNER TO leaver", "ALTER TABLESPACE fast OWNER TO leaver"] {
        let made = "CREATE ROLE leaver LOGIN; CREATE DATABASE unnamed; SET allow_in_place_tablespaces = on;
            CREATE TABLESPACE fast LOCATION ''";
        let cluster = cluster(Version::V16, made);
        cluster.psql("shop", own).unwrap();
        assert!(cluster.psql("shop", "DROP ROLE leaver").is_err(), "{own}");
        let planned = plan(&cluster, &leaver()).unwrap();
        let codes: Vec<_> = planned.refusals.iter().map(|refusal| refusal.code).collect();
        assert_eq!(codes, ["RW323"], "{own}: {:?}", planned.refusals);
        assert!(apply(&cluster, &leaver(), &planned).unwrap_err().contains("Refused"), "{own}");
    }
}

#[test]
fn what_is_the_engines_own_goes_back_to_whom_it_was_at_the_beginning() {
    for version in [Version::V14, Version::V16, Version::V18] {
        let made = "CREATE ROLE leaver LOGIN; ALTER TABLESPACE pg_default OWNER TO leaver; ALTER SCHEMA information_schema OWNER TO leaver;
            ALTER FUNCTION pg_catalog.pg_read_file(text) OWNER TO leaver; ALTER OPERATOR pg_catalog.+ (int4, int4) OWNER TO leaver;
            ALTER TEXT SEARCH DICTIONARY simple OWNER TO leaver; ALTER COLLATION pg_catalog.\"POSIX\" OWNER TO leaver;
            ALTER LANGUAGE plpgsql OWNER TO leaver; ALTER VIEW information_schema.tables OWNER TO leaver;
            ALTER TYPE information_schema.yes_or_no OWNER TO leaver; ALTER FUNCTION pg_catalog.lower(text) OWNER TO leaver";
        let cluster = cluster(version, made);
        let owned = "SELECT count(*) FROM pg_shdepend WHERE refobjid = 'leaver'::regrole AND deptype = 'o'";
        assert_ne!(cluster.psql("shop", owned).unwrap(), "0");
        becomes(&cluster, &leaver());
        says(&cluster, "SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'", "0");
        let owners = "SELECT DISTINCT owner::regrole FROM (SELECT spcowner AS owner FROM pg_tablespace UNION SELECT nspowner FROM pg_namespace WHERE oid < 16384
            UNION SELECT proowner FROM pg_proc WHERE oid < 16384 UNION SELECT oprowner FROM pg_operator WHERE oid < 16384
            UNION SELECT relowner FROM pg_class WHERE oid < 16384) AS of WHERE owner <> 'pg_database_owner'::regrole";
        says(&cluster, owners, "postgres");
    }
}

#[test]
fn a_large_object_that_any_login_can_make_keeps_it_and_is_named() {
    for version in [Version::V14, Version::V18] {
        for database in ["unnamed", "shop"] {
            let cluster = cluster(version, "CREATE ROLE leaver LOGIN; CREATE DATABASE unnamed");
            cluster.psql_as("leaver", database, "SELECT lo_create(77)").unwrap();
            let planned = plan(&cluster, &leaver()).unwrap();
            let refusals: Vec<_> = planned
                .refusals
                .iter()
                .map(|refusal| (refusal.code, refusal.what.contains("large object 77")))
                .collect();
            assert_eq!(refusals, [("RW323", true)], "{version}: {:?}", planned.refusals);
            cluster.psql(database, "SELECT lo_unlink(77)").unwrap();
            becomes(&cluster, &leaver());
        }
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
