//! The corners of PostgreSQL's privileges, each as a plan meets it: applied through a model, judged by the server.

use crate::converge::{apply, plan};
use crate::models::intent;
use model::Intent;
use sandbox::{Cluster, Installation, Version};

pub(crate) fn cluster(version: Version, sql: &str) -> Cluster {
    let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
    cluster.psql("postgres", "CREATE DATABASE shop; CREATE DATABASE other").unwrap();
    cluster.psql("shop", sql).unwrap();
    cluster
}

/// Applies and expects nothing left to plan.
pub(crate) fn becomes(cluster: &Cluster, intent: &Intent) {
    let version = cluster.version();
    let planned = plan(cluster, intent).unwrap();
    assert!(planned.refusals.is_empty(), "{version}: {:?}", planned.refusals);
    apply(cluster, intent, &planned).unwrap_or_else(|error| panic!("{version}: {error}"));
    assert!(plan(cluster, intent).unwrap().plan.is_empty(), "{version}");
}

pub(crate) fn says(cluster: &Cluster, question: &str, answer: &str) {
    assert_eq!(cluster.psql("shop", question).unwrap(), answer, "{}: {question}", cluster.version());
}

/// A role `reader` with these phrases on `shop`.
pub(crate) fn reader(phrases: &str) -> Intent {
    intent(&format!(
        "roles: {{ reader: {{ purpose: Reads., owner: data@acme.example, grants: {{ shop: [{phrases}] }} }} }}\nexternal_roles: [app_owner]"
    ))
}

#[test]
fn what_another_grantor_gave_is_taken_away_as_that_grantor() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE ROLE reader; CREATE ROLE lead; CREATE TABLE t (id int); GRANT SELECT ON t TO lead WITH GRANT OPTION;
             SET ROLE lead; GRANT SELECT ON t TO reader",
        );
        becomes(&cluster, &reader(""));
        says(
            &cluster,
            "SELECT has_table_privilege('reader', 't', 'SELECT'), has_table_privilege('lead', 't', 'SELECT')",
            "f|t",
        );
    }
}

#[test]
fn an_entry_of_any_grantor_will_do_where_the_model_names_none() {
    let cluster = cluster(
        Version::V16,
        "CREATE ROLE reader; COMMENT ON ROLE reader IS 'x'; CREATE ROLE lead; CREATE TABLE t (id int);
         GRANT SELECT ON t TO lead WITH GRANT OPTION; SET ROLE lead; GRANT SELECT ON t TO reader",
    );
    let intent = reader("select on table public.t");
    let planned = plan(&cluster, &intent).unwrap();
    assert!(planned.plan.steps().all(|(_, step)| !step.statements[0].to_string().contains("ON TABLE")));
    becomes(&cluster, &intent);
}

#[test]
fn a_column_keeps_what_the_model_gives_when_its_table_loses_it() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE ROLE reader; CREATE TABLE t (a int, b int); GRANT SELECT ON t TO reader",
        );
        becomes(&cluster, &reader("select (a) on table public.t"));
        let columns = "SELECT has_column_privilege('reader', 't', 'a', 'SELECT'), has_column_privilege('reader', 't', 'b', 'SELECT')";
        says(&cluster, columns, "t|f");
    }
}

#[test]
fn default_privileges_belong_to_the_creator_and_reach_whatever_it_makes() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE ROLE app_owner; CREATE ROLE deputy; GRANT app_owner TO deputy; CREATE SCHEMA s; CREATE SCHEMA elsewhere;
             GRANT CREATE, USAGE ON SCHEMA s, elsewhere TO app_owner, deputy",
        );
        becomes(&cluster, &reader("'select on table s.*, future by app_owner'"));
        cluster
            .psql(
                "shop",
                "SET ROLE app_owner; CREATE TABLE s.made (id int) PARTITION BY RANGE (id);
                 CREATE TABLE s.part PARTITION OF s.made FOR VALUES FROM (1) TO (2); CREATE VIEW s.seen AS SELECT 1 AS one;
                 CREATE MATERIALIZED VIEW s.kept AS SELECT 1 AS one; CREATE TABLE elsewhere.moved (id int);
                 ALTER TABLE elsewhere.moved SET SCHEMA s; RESET ROLE; SET ROLE deputy; CREATE TABLE s.by_a_member (id int);
                 CREATE TABLE s.handed_over (id int); ALTER TABLE s.handed_over OWNER TO app_owner",
            )
            .unwrap();
        let may = "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 's'::regnamespace
                    AND relkind IN ('r', 'p', 'v', 'm') AND has_table_privilege('reader', oid, 'SELECT')";
        says(&cluster, may, "kept made part seen");
        // What they miss, the next plan gives.
        becomes(&cluster, &reader("'select on table s.*, future by app_owner'"));
        says(&cluster, may, "by_a_member handed_over kept made moved part seen");
    }
}

#[test]
fn execute_is_taken_from_everybody_in_future_for_the_whole_database_only() {
    for version in [Version::V14, Version::V18] {
        let cluster = cluster(version, "CREATE ROLE app_owner; CREATE SCHEMA s AUTHORIZATION app_owner");
        let intent = intent(
            "public: { shop: ['nothing on routine *.*, future by app_owner'] }\nroles: {}\nexternal_roles: [app_owner]",
        );
        becomes(&cluster, &intent);
        cluster
            .psql("shop", "SET ROLE app_owner; CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'")
            .unwrap();
        says(&cluster, "SELECT has_function_privilege('public', 's.f()', 'EXECUTE')", "f");
    }
}

#[test]
fn all_tables_of_a_schema_are_partitions_views_and_foreign_tables_too() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE SCHEMA s; CREATE TABLE s.a (id int) PARTITION BY RANGE (id); CREATE TABLE s.b PARTITION OF s.a DEFAULT;
             CREATE VIEW s.c AS SELECT 1; CREATE MATERIALIZED VIEW s.d AS SELECT 1; CREATE FOREIGN DATA WRAPPER w;
             CREATE SERVER srv FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE s.e (id int) SERVER srv; CREATE TABLE s.f (id int)",
        );
        becomes(&cluster, &reader("select on table s.* except s.f"));
        let may = "SELECT string_agg(relname, '' ORDER BY relname) FROM pg_class WHERE relnamespace = 's'::regnamespace AND has_table_privilege('reader', oid, 'SELECT')";
        says(&cluster, may, "abcde");
        becomes(&cluster, &reader("select on table s.b"));
        says(&cluster, may, "b");
    }
}

#[test]
fn overloads_procedures_aggregates_and_sequences_are_objects_of_their_own() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE TABLE t (id serial); CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
             CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';
             CREATE AGGREGATE a(int) (SFUNC = int4pl, STYPE = int);
             REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA public FROM PUBLIC",
        );
        becomes(
            &cluster,
            &reader(
                "insert on table public.t, execute on routine public.f(int), execute on procedure public.p, execute on routine public.a",
            ),
        );
        let may = "SELECT string_agg(oid::regprocedure::text, ' ' ORDER BY 1) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND has_function_privilege('reader', oid, 'EXECUTE')";
        let found = cluster.psql("shop", may).unwrap();
        assert!(
            found.contains("f(integer)") && found.contains("p()") && found.contains("a(integer)"),
            "{found}"
        );
        assert!(!found.contains("f(text)"), "{found}");
        says(&cluster, "SELECT has_sequence_privilege('reader', 't_id_seq', 'USAGE')", "f");
    }
}

#[test]
fn a_new_owner_comes_before_grants_on_the_same_object() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE ROLE old; CREATE ROLE guest; CREATE TABLE t (id int); ALTER TABLE t OWNER TO old; SET ROLE old;
             GRANT SELECT ON t TO guest WITH GRANT OPTION",
        );
        let intent = intent(
            "
roles:
  keeper: { purpose: Owns., owner: data@acme.example, owns: { shop: [table public.t] } }
  old: { purpose: Owned., owner: data@acme.example, grants: { shop: [select on table public.t] } }
",
        );
        becomes(&cluster, &intent);
        let acl = cluster.psql("shop", "SELECT relacl FROM pg_class WHERE relname = 't'").unwrap();
        assert!(acl.contains("guest=r*/keeper") && acl.contains("old=r/keeper"), "{version}: {acl}");
    }
}

#[test]
fn all_means_what_the_version_has() {
    for version in Version::ALL {
        let cluster = cluster(version, "CREATE TABLE t (id int)");
        becomes(&cluster, &reader("all on table public.t"));
        let letters =
            if version.major() >= 17 { "reader=arwdDxtm/postgres" } else { "reader=arwdDxt/postgres" };
        let acl = cluster.psql("shop", "SELECT relacl FROM pg_class WHERE relname = 't'").unwrap();
        assert!(acl.contains(letters), "{version}: {acl}");
    }
}

#[test]
fn a_privilege_that_the_version_does_not_have_is_a_problem_of_the_model() {
    let maintain = reader("maintain on table public.t");
    assert!(plan(&cluster(Version::V16, "CREATE TABLE t (id int)"), &maintain).is_none());
    assert!(plan(&cluster(Version::V17, "CREATE TABLE t (id int)"), &maintain).is_some());
}

#[test]
fn rows_of_several_grantors_add_up_to_one_membership() {
    for version in [Version::V16, Version::V18] {
        let cluster = cluster(
            version,
            "CREATE ROLE held; CREATE ROLE lead; CREATE ROLE reader; GRANT held TO lead WITH ADMIN TRUE;
             GRANT held TO reader WITH INHERIT TRUE, SET FALSE; SET ROLE lead; GRANT held TO reader WITH INHERIT FALSE, SET TRUE",
        );
        let intent = intent(
            "roles: { reader: { purpose: Reads., owner: data@acme.example, inherits: [held] } }\nexternal_roles: [held]",
        );
        becomes(&cluster, &intent);
        says(&cluster, "SELECT count(*) FROM pg_auth_members WHERE member = 'reader'::regrole", "2");
        says(
            &cluster,
            "SELECT pg_has_role('reader', 'held', 'USAGE'), pg_has_role('reader', 'held', 'SET')",
            "t|t",
        );
    }
}

#[test]
fn a_role_that_granted_memberships_is_dropped_after_they_are_given_again() {
    for version in Version::ALL {
        let cluster = cluster(
            version,
            "CREATE ROLE held; CREATE ROLE leaver; CREATE ROLE reader; GRANT held TO leaver WITH ADMIN OPTION; SET ROLE leaver; GRANT held TO reader",
        );
        let intent = intent(
            "
roles:
  leaver: { state: retired, purpose: Left., owner: data@acme.example }
  reader: { purpose: Reads., owner: data@acme.example, inherits: [held] }
external_roles: [held]
",
        );
        becomes(&cluster, &intent);
        says(&cluster, "SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'", "0");
        says(&cluster, "SELECT pg_has_role('reader', 'held', 'USAGE')", "t");
    }
}

#[test]
fn a_role_without_an_end_accepts_infinity_and_an_end_is_taken_away_with_it() {
    let cluster = cluster(Version::V15, "CREATE ROLE reader VALID UNTIL 'infinity'");
    becomes(&cluster, &reader(""));
    cluster.psql("shop", "ALTER ROLE reader VALID UNTIL '2020-01-01'").unwrap();
    becomes(&cluster, &reader(""));
    says(&cluster, "SELECT rolvaliduntil FROM pg_roles WHERE rolname = 'reader'", "infinity");
}

#[test]
fn a_list_of_entries_that_is_too_long_for_a_row_is_refused_by_the_server_and_nothing_is_changed() {
    let cluster = cluster(Version::V16, "CREATE TABLE t (id int)");
    let mut model = String::from("roles:\n");
    for number in 0..2600 {
        model.push_str(&format!(
            "  r{number}: {{ purpose: Reads., owner: data@acme.example, grants: {{ shop: [select on table public.t] }} }}\n"
        ));
    }
    let intent = intent(&model);
    let planned = plan(&cluster, &intent).unwrap();
    assert!(
        planned.plan.notes.iter().any(|note| note.about.contains("public.t") && note.what.contains("2601")),
        "{:?}",
        planned.plan.notes
    );
    let error = apply(&cluster, &intent, &planned).unwrap_err();
    assert!(error.contains("row is too big"), "{error}");
    says(&cluster, "SELECT relacl FROM pg_class WHERE relname = 't'", "");
}

#[test]
fn each_step_names_the_line_or_the_fact_that_it_is_about() {
    let cluster = cluster(
        Version::V17,
        "CREATE ROLE reader; CREATE SCHEMA s; CREATE TABLE s.a (id int); CREATE TABLE s.b (id int);
         CREATE ROLE app; ALTER TABLE s.b OWNER TO app; GRANT SELECT, UPDATE ON s.a TO reader",
    );
    let intent = intent(
        "roles:
  reader:
    purpose: Reads.
    owner: data@acme.example
    grants:
      shop:
        - select on table s.*
        - insert on table s.a
        - select on table s.a with grant option
  app: { purpose: Owns., owner: data@acme.example, owns: { shop: [table s.b] }, withhold: { shop: [delete on table s.b] } }",
    );
    let planned = plan(&cluster, &intent).unwrap();
    let steps = planned.plan.steps().flat_map(|(_, step)| {
        step.statements.iter().map(|statement| format!("{statement} -- {}", step.cause))
    });
    let steps: Vec<String> = steps.filter(|step| !step.starts_with("COMMENT")).collect();
    assert_eq!(
        steps,
        [
            "GRANT INSERT ON TABLE s.a TO reader -- model.yaml:11 insert on table s.a",
            "GRANT SELECT ON TABLE s.b TO reader -- model.yaml:10 select on table s.*",
            "GRANT SELECT ON TABLE s.a TO reader WITH GRANT OPTION -- model.yaml:12 select on table s.a with grant option",
            "REVOKE DELETE ON TABLE s.b FROM app -- model.yaml:13 withhold delete on table s.b",
            "REVOKE UPDATE ON TABLE s.a FROM reader -- reader holds update on table s.a, which the model does not give",
        ]
    );
}
