//! Corners of privileges on objects and of default privileges: applied through a model, judged by the server.

use crate::converge::plan;
use crate::converge_facts::{becomes, cluster, reader, says};
use crate::models::intent;
use sandbox::Version;

const ACL: &str = "SELECT relacl FROM pg_class WHERE relname = 't'";

#[test]
fn what_everybody_holds_by_default_goes_where_nothing_is_public() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE mood AS ENUM ('good'); CREATE DOMAIN positive AS int",
        );
        let held = "SELECT concat_ws(' ', has_database_privilege('public', 'shop', 'CONNECT'), has_database_privilege('public', 'shop', 'TEMP'),
            has_function_privilege('public', 'f()', 'EXECUTE'), has_type_privilege('public', 'mood', 'USAGE'),
            has_type_privilege('public', 'positive', 'USAGE'), has_language_privilege('public', 'plpgsql', 'USAGE'))";
        says(&cluster, held, "t t t t t t");
        let nothing = intent(
            "public: { shop: [nothing on database shop, nothing on routine public.f, nothing on type public.mood,
                nothing on domain public.positive, nothing on language plpgsql] }\nroles: {}",
        );
        becomes(&cluster, &nothing);
        says(&cluster, held, "f f f f f f");
    }
}

#[test]
fn an_owner_without_an_entry_of_its_own_still_gives() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE ROLE keeper; CREATE TABLE t (id int); ALTER TABLE t OWNER TO keeper; REVOKE ALL ON t FROM keeper",
        );
        becomes(&cluster, &reader("select on table public.t"));
        says(&cluster, ACL, "{reader=r/keeper}");
    }
}

#[test]
fn the_grant_option_of_one_privilege_is_not_that_of_another() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE ROLE reader; CREATE TABLE t (id int); REVOKE ALL ON t FROM postgres;
             GRANT SELECT ON t TO reader; GRANT INSERT, UPDATE ON t TO reader WITH GRANT OPTION",
        );
        becomes(
            &cluster,
            &reader("select on table public.t with grant option, 'insert, update on table public.t'"),
        );
        says(&cluster, ACL, "{reader=ar*w/postgres}");
    }
}

#[test]
fn a_column_that_had_its_own_keeps_it_when_its_table_loses_the_same() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE ROLE reader; CREATE TABLE t (a int, b int); REVOKE ALL ON t FROM postgres;
             GRANT SELECT ON t TO reader; GRANT SELECT (a), UPDATE (b) ON t TO reader",
        );
        let columns = "SELECT relacl, a.attacl, b.attacl FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'a'
            JOIN pg_attribute b ON b.attrelid = c.oid AND b.attname = 'b' WHERE relname = 't'";
        becomes(&cluster, &reader("'select (a) on table public.t'"));
        says(&cluster, columns, "{}|{reader=r/postgres}|");
        // And the other way round: what the table gives does not hide what a column has beyond it.
        cluster
            .psql("shop", "GRANT SELECT ON t TO reader; GRANT SELECT (a), UPDATE (b) ON t TO reader")
            .unwrap();
        becomes(&cluster, &reader("select on table public.t"));
        says(&cluster, columns, "{reader=r/postgres}||");
    }
}

#[test]
fn a_default_for_the_whole_database_leaves_the_creator_what_it_gives_itself() {
    for version in Version::ALL {
        for (before, own) in [
            ("SELECT 1", "t"),
            ("ALTER DEFAULT PRIVILEGES FOR ROLE app_owner REVOKE INSERT ON TABLES FROM app_owner", "f"),
        ] {
            let made = "CREATE ROLE app_owner; CREATE SCHEMA s AUTHORIZATION app_owner";
            let cluster = cluster(version, &format!("{made}; {before}"));
            becomes(&cluster, &reader("'select on table *.*, future by app_owner'"));
            cluster.psql("shop", "SET ROLE app_owner; CREATE TABLE s.t (id int)").unwrap();
            let held = "SELECT has_table_privilege('reader', 's.t', 'SELECT'), has_table_privilege('app_owner', 's.t', 'UPDATE'),
                has_table_privilege('app_owner', 's.t', 'INSERT')";
            says(&cluster, held, &format!("t|t|{own}"));
        }
    }
}

#[test]
fn an_exception_that_cannot_hold_for_future_objects_is_said_and_made_good_by_the_next_plan() {
    for version in [Version::V14, Version::V18] {
        let cluster = cluster(version, "CREATE ROLE app_owner; CREATE SCHEMA s AUTHORIZATION app_owner");
        let intent = reader("'select on table s.* except s.secret, future by app_owner'");
        let planned = plan(&cluster, &intent).unwrap();
        let said = planned.plan.notes.iter().find(|note| note.about.contains("except s.secret"));
        assert!(
            said.is_some_and(|note| note.what.contains("app_owner")),
            "{version}: {:?}",
            planned.plan.notes
        );
        becomes(&cluster, &intent);
        cluster.psql("shop", "SET ROLE app_owner; CREATE TABLE s.secret (id int)").unwrap();
        let may = "SELECT has_table_privilege('reader', 's.secret', 'SELECT')";
        says(&cluster, may, "t");
        becomes(&cluster, &intent);
        says(&cluster, may, "f");
        assert_eq!(plan(&cluster, &intent).unwrap().plan.notes, [], "said once, when it is given");
    }
}

#[test]
fn a_partitioned_table_is_given_without_its_partitions() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE TABLE t (id int) PARTITION BY RANGE (id); CREATE TABLE part PARTITION OF t DEFAULT",
        );
        becomes(&cluster, &reader("select on table public.t"));
        says(
            &cluster,
            "SELECT has_table_privilege('reader', 't', 'SELECT'), has_table_privilege('reader', 'part', 'SELECT')",
            "t|f",
        );
    }
}

#[test]
fn sequences_go_to_the_new_owner_with_their_table_and_keep_their_entries() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE ROLE old; CREATE ROLE guest; CREATE TABLE t (id serial, n int GENERATED ALWAYS AS IDENTITY); CREATE SEQUENCE alone;
             ALTER TABLE t OWNER TO old; SET ROLE old; GRANT USAGE ON SEQUENCE t_id_seq TO guest",
        );
        let keeper = "roles: { keeper: { purpose: Owns., owner: data@acme.example, owns: { shop: [table public.*, sequence public.*] } } }";
        becomes(&cluster, &intent(keeper));
        says(&cluster, "SELECT DISTINCT relowner::regrole FROM pg_class WHERE relkind = 'S'", "keeper");
        let acl = cluster.psql("shop", "SELECT relacl FROM pg_class WHERE relname = 't_id_seq'").unwrap();
        assert!(acl.contains("guest=U/keeper"), "{version}: {acl}");
    }
}

#[test]
fn everybody_loses_create_on_the_public_schema_whoever_owns_it() {
    for version in Version::ALL {
        // Before 15, and in what was upgraded since, it is the superuser's and everybody may create in it.
        for owner in ["postgres", "pg_database_owner"] {
            let sql =
                format!("ALTER SCHEMA public OWNER TO {owner}; GRANT CREATE ON SCHEMA public TO PUBLIC");
            let cluster = cluster(version, &sql);
            becomes(&cluster, &intent("public: { shop: [usage on schema public] }\nroles: {}"));
            let held = "SELECT has_schema_privilege('public', 'public', 'CREATE'), has_schema_privilege('public', 'public', 'USAGE')";
            says(&cluster, held, "f|t");
        }
    }
}

#[test]
fn a_parameter_is_granted_once_for_the_whole_cluster_where_the_version_can() {
    let both = intent(
        "roles: { reader: { purpose: Tunes., owner: data@acme.example, grants: { shop: [set on parameter work_mem],
            other: [set on parameter work_mem, 'alter system on parameter log_statement'] } } }",
    );
    assert!(plan(&cluster(Version::V14, "SELECT 1"), &both).is_none());
    for version in [Version::V15, Version::V16, Version::V17, Version::V18] {
        let cluster = cluster(version, "SELECT 1");
        becomes(&cluster, &both);
        let rows = "SELECT string_agg(parname || ' ' || privilege_type, ', ' ORDER BY parname) FROM pg_parameter_acl, aclexplode(paracl)
            WHERE grantee = 'reader'::regrole";
        says(&cluster, rows, "log_statement ALTER SYSTEM, work_mem SET");
        becomes(&cluster, &reader("set on parameter work_mem"));
        says(&cluster, rows, "work_mem SET");
    }
}

#[test]
fn large_objects_have_default_privileges_from_18_on() {
    let future = reader("'select on large object *, only future by app_owner'");
    assert!(plan(&cluster(Version::V17, "CREATE ROLE app_owner"), &future).is_none());
    let cluster = cluster(Version::V18, "CREATE ROLE app_owner");
    becomes(&cluster, &future);
    cluster.psql("shop", "SET ROLE app_owner; SELECT lo_create(77)").unwrap();
    says(&cluster, "SELECT has_largeobject_privilege('reader', 77, 'SELECT')", "t");
}

#[test]
fn names_that_are_words_or_look_alike_are_the_roles_that_bear_them() {
    let long = format!("{}x", "ö".repeat(31));
    let names = [
        "user",
        "all",
        "session",
        "Reader",
        "reader",
        "current_catalog",
        "pg",
        "\"; DROP TABLE x; --",
        &long,
    ];
    for version in [Version::V14, Version::V18] {
        let cluster = cluster(
            version,
            "CREATE SCHEMA \"Select\"; CREATE TABLE \"Select\".\"; DROP TABLE x; --\" (id int)",
        );
        let mut model = String::from("roles:\n");
        for name in names {
            model.push_str(&format!(
                "  '{name}': {{ purpose: Reads., owner: data@acme.example, grants: {{ shop: ['usage on schema \"Select\"', 'select on table \"Select\".\"; DROP TABLE x; --\"'] }} }}\n"
            ));
        }
        becomes(&cluster, &intent(&model));
        let holders = "SELECT grantee::regrole::text FROM pg_class, aclexplode(relacl) WHERE relname LIKE '%DROP TABLE%' AND grantee <> 10";
        let found = cluster.psql(
            "shop",
            &format!("SELECT rolname FROM pg_roles WHERE quote_ident(rolname) IN ({holders}) ORDER BY oid"),
        );
        let mut found: Vec<String> = found.unwrap().lines().map(str::to_owned).collect();
        let mut wanted = names.map(str::to_owned);
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "{version}");
    }
}
