//! Corners of roles and memberships: applied through a model, judged by the server.

use crate::converge::plan;
use crate::converge_facts::{becomes, cluster, says};
use crate::models::intent;
use sandbox::Version;

#[test]
fn a_membership_that_was_granted_without_inherit_is_given_it() {
    for version in Version::ALL {
        // From 16 on the attribute counts when the membership is granted, and not when it changes later.
        let cluster = cluster(
            version,
            "CREATE ROLE held; CREATE ROLE reader NOINHERIT; GRANT held TO reader; ALTER ROLE reader INHERIT",
        );
        let inherited = "SELECT pg_has_role('reader', 'held', 'USAGE')";
        says(&cluster, inherited, if version.major() >= 16 { "f" } else { "t" });
        let intent = intent(
            "roles: { reader: { purpose: Reads., owner: data@acme.example, inherits: [held] } }\nexternal_roles: [held]",
        );
        becomes(&cluster, &intent);
        says(&cluster, inherited, "t");
    }
}

#[test]
fn a_membership_inherits_whatever_its_member_became_from_16_on() {
    for version in [Version::V16, Version::V17, Version::V18] {
        let cluster = cluster(version, "CREATE ROLE held; CREATE ROLE reader; GRANT held TO reader");
        let intent = intent(
            "roles: { reader: { purpose: Reads., owner: data@acme.example, attributes: { inherit: false }, inherits: [held] } }\nexternal_roles: [held]",
        );
        becomes(&cluster, &intent);
        says(
            &cluster,
            "SELECT rolinherit, pg_has_role('reader', 'held', 'USAGE') FROM pg_roles WHERE rolname = 'reader'",
            "f|t",
        );
    }
}

#[test]
fn a_new_role_is_there_when_each_database_grants_to_it() {
    for version in [Version::V14, Version::V18] {
        let cluster = cluster(version, "CREATE TABLE t (id int)");
        cluster.psql("other", "CREATE TABLE t (id int)").unwrap();
        let intent = intent(
            "roles: { reader: { purpose: Reads., owner: data@acme.example, grants: { shop: [select on table public.t], other: [select on table public.t] } } }",
        );
        becomes(&cluster, &intent);
        for database in ["shop", "other"] {
            let may = cluster.psql(database, "SELECT has_table_privilege('reader', 't', 'SELECT')").unwrap();
            assert_eq!(may, "t", "{version} {database}");
        }
    }
}

#[test]
fn the_role_of_a_databases_owner_takes_no_members() {
    for version in [Version::V14, Version::V18] {
        let cluster = cluster(version, "CREATE ROLE reader");
        assert!(cluster.psql("shop", "GRANT pg_database_owner TO reader").is_err());
        let intent = intent(
            "roles: { reader: { purpose: Reads., owner: data@acme.example, inherits: [pg_database_owner] } }",
        );
        assert!(
            plan(&cluster, &intent).is_none(),
            "{version}: a model that cannot be reached is a problem of the model"
        );
    }
}

#[test]
fn what_a_provider_made_is_left_as_it_is_when_roles_join_it() {
    for version in [Version::V15, Version::V18] {
        let cluster = cluster(
            version,
            "CREATE ROLE rds_superuser CREATEROLE; CREATE ROLE rdsadmin; GRANT pg_monitor TO rds_superuser; CREATE TABLE t (id int);
             GRANT SELECT ON t TO rdsadmin; COMMENT ON ROLE rds_superuser IS 'theirs'",
        );
        let intent = intent(
            "roles: { lead: { purpose: Leads., owner: data@acme.example, inherits: [rds_superuser] } }\nexternal_roles: [rds_superuser, rdsadmin]",
        );
        becomes(&cluster, &intent);
        says(
            &cluster,
            "SELECT pg_has_role('lead', 'rds_superuser', 'USAGE'), pg_has_role('rds_superuser', 'pg_monitor', 'USAGE'), has_table_privilege('rdsadmin', 't', 'SELECT'),
                rolcreaterole, shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = 'rds_superuser'",
            "t|t|t|t|theirs",
        );
    }
}
