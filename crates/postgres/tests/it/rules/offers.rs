//! What is offered can be run as it stands, where it says, from top to bottom; what could not is left out and said.

use super::{SHOP, Told, audited_in, cluster, lines, of_rule};
use engine::Databases;
use model::DatabaseName;
use sandbox::{Cluster, Version};

fn everywhere(cluster: &Cluster, rule: &str) -> Vec<Told> {
    let (told, _) = audited_in(&cluster.socket_url(SHOP), Databases::All);
    told.into_iter().filter(|told| told.rule == rule).collect()
}

/// Runs everything that is offered, each statement where it belongs; what is for any database runs in another.
fn run(cluster: &Cluster, told: &[Told]) {
    for told in told {
        for (statement, place) in told.sql.iter().zip(&told.places) {
            let database = place.as_ref().map_or("postgres", DatabaseName::as_str);
            cluster.psql(database, statement).unwrap();
        }
    }
}

fn withheld(told: &[Told]) -> Vec<&str> {
    told.iter().flat_map(|told| told.withheld.iter().map(String::as_str)).collect()
}

#[test]
fn each_statement_says_in_which_database_it_is_to_be_run() {
    for version in [Version::V14, Version::V18] {
        let cluster = cluster(version);
        cluster.create_database("other").unwrap();
        cluster.psql(SHOP, "CREATE ROLE app").unwrap();
        for database in [SHOP, "other"] {
            let sql =
                "CREATE TABLE t (); GRANT SELECT ON t TO app WITH GRANT OPTION; GRANT INSERT ON t TO PUBLIC;
                CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'";
            cluster.psql(database, sql).unwrap();
        }
        let found = everywhere(&cluster, "RW417");
        assert_eq!(
            found[0].evidence,
            ["holds select with the grant option on table public.t in other, table public.t in shop"]
        );
        let places =
            |told: &Told| told.places.iter().map(|place| place.as_ref().unwrap().to_string()).collect();
        let of_both: Vec<String> = places(&found[0]);
        assert_eq!(of_both, ["other", SHOP], "{version}");
        assert_eq!(found[0].sql[0], found[0].sql[1], "the text alone does not say");
        for rule in ["RW417", "RW405", "RW407"] {
            let found = everywhere(&cluster, rule);
            assert!(
                !found.is_empty() && found.iter().flat_map(|told| &told.places).all(Option::is_some),
                "{rule}"
            );
            run(&cluster, &found);
            assert_eq!(lines(&everywhere(&cluster, rule)), [""; 0], "{version} {rule}");
        }
        cluster.psql(SHOP, "ALTER ROLE app LOGIN CREATEDB").unwrap();
        let found = everywhere(&cluster, "RW402");
        assert_eq!(found[0].places, [None], "a role is the cluster's");
    }
}

#[test]
fn what_a_role_gave_is_taken_in_its_name() {
    for version in Version::ALL {
        let cluster = cluster(version);
        cluster
            .psql(
                SHOP,
                "CREATE ROLE app; CREATE SCHEMA s; GRANT CREATE, USAGE ON SCHEMA s TO app WITH GRANT OPTION;
                 CREATE TABLE s.t (); GRANT SELECT ON s.t TO app WITH GRANT OPTION; GRANT SELECT ON s.t TO PUBLIC;
                 GRANT CREATE ON SCHEMA s TO PUBLIC; SET ROLE app; GRANT CREATE ON SCHEMA s TO PUBLIC; GRANT SELECT ON s.t TO PUBLIC",
            )
            .unwrap();
        for rule in ["RW401", "RW405"] {
            let before = of_rule(&cluster, rule);
            let of_app = |told: &&Told| told.evidence[0].ends_with("given by app");
            assert_eq!(before.iter().filter(of_app).count(), 1, "{version} {before:#?}");
            assert!(before.iter().all(|told| told.sql.len() == 1), "{version} {before:#?}");
            run(&cluster, &before);
            let left: Vec<Told> = of_rule(&cluster, rule);
            assert!(
                !left.iter().any(|told| told.line.contains("s.t") || told.line.contains("schema s ")),
                "{left:#?}"
            );
        }
    }
}

#[test]
fn what_others_live_from_is_not_offered_until_they_have_it_from_somebody_else() {
    for version in Version::ALL {
        let cluster = cluster(version);
        cluster
            .psql(
                SHOP,
                "CREATE ROLE monitoring; CREATE ROLE helper; CREATE ROLE looker LOGIN;
                 GRANT EXECUTE ON FUNCTION pg_read_file(text) TO monitoring WITH GRANT OPTION;
                 GRANT EXECUTE ON FUNCTION pg_ls_dir(text) TO monitoring;
                 SET ROLE monitoring; GRANT EXECUTE ON FUNCTION pg_read_file(text) TO helper",
            )
            .unwrap();
        let mut rules = vec!["RW434"];
        if version.major() >= 15 {
            let sql = "GRANT SET ON PARAMETER session_replication_role TO monitoring WITH GRANT OPTION;
                SET ROLE monitoring; GRANT SET ON PARAMETER session_replication_role TO helper";
            cluster.psql(SHOP, sql).unwrap();
            rules.push("RW433");
        }
        for rule in rules {
            // Whoever looks, a superuser or not.
            for user in ["postgres", "looker"] {
                let (told, _) = super::audited(&cluster.socket_url_as(user, SHOP));
                let told: Vec<Told> = told.into_iter().filter(|told| told.rule == rule).collect();
                let why = withheld(&told);
                assert_eq!(why.len(), 1, "{version} {rule} as {user}: {told:#?}");
                assert!(why[0].contains("helper would lose what monitoring gave"), "{why:?}");
            }
            let found = of_rule(&cluster, rule);
            run(&cluster, &found);
            let left = of_rule(&cluster, rule);
            assert_eq!((left.len(), withheld(&left).len()), (1, 0), "{version} {rule}: {left:#?}");
            run(&cluster, &left);
            assert_eq!(lines(&of_rule(&cluster, rule)), [""; 0], "{version} {rule}");
        }
    }
}

#[test]
fn a_membership_from_which_others_come_is_not_offered_where_the_server_would_refuse_it() {
    for version in [Version::V15, Version::V16, Version::V18] {
        let cluster = cluster(version);
        cluster
            .psql(
                SHOP,
                "CREATE ROLE night LOGIN; CREATE ROLE friend; GRANT pg_read_all_data TO night WITH ADMIN OPTION;
                 SET ROLE night; GRANT pg_read_all_data TO friend",
            )
            .unwrap();
        let found = of_rule(&cluster, "RW404");
        let (offered, why) = (found[0].sql.len(), withheld(&found));
        if version.major() < 16 {
            assert_eq!((offered, why.len()), (1, 0), "{version}: {found:#?}");
        } else {
            assert_eq!(offered, 0, "{version}: {found:#?}");
            assert!(why[0].contains("friend would lose what night gave"), "{why:?}");
            cluster.psql(SHOP, "REVOKE pg_read_all_data FROM night").unwrap_err();
            cluster
                .psql(
                    SHOP,
                    "GRANT pg_read_all_data TO friend; REVOKE pg_read_all_data FROM friend GRANTED BY night",
                )
                .unwrap();
        }
        run(&cluster, &of_rule(&cluster, "RW404"));
        assert_eq!(lines(&of_rule(&cluster, "RW404")), [""; 0], "{version}");
    }
}

#[test]
fn a_purpose_that_nobody_wrote_silences_nothing() {
    let cluster = cluster(Version::V17);
    cluster.psql(SHOP, "CREATE ROLE app LOGIN CREATEDB; CREATE ROLE crew; GRANT crew TO app").unwrap();
    for rule in ["RW403", "RW420"] {
        let found = of_rule(&cluster, rule);
        let statement = &found[0].sql[0];
        cluster.psql(SHOP, statement).unwrap_err();
        assert_eq!(lines(&of_rule(&cluster, rule)), lines(&found), "{rule}: as it stands it does nothing");
        cluster.psql(SHOP, &format!("\\set purpose 'Nightly work, of team data'\n{statement}")).unwrap();
        assert_eq!(lines(&of_rule(&cluster, rule)), [""; 0], "{rule}");
    }
}

#[test]
fn what_stops_working_by_the_mending_is_said_beside_it() {
    let cluster = cluster(Version::V17);
    let setup = "CREATE ROLE maker LOGIN CREATEDB; CREATE ROLE crew; CREATE ROLE mate LOGIN; GRANT pg_read_all_data TO crew; GRANT crew TO mate;
        CREATE TABLE t (id int); CREATE POLICY p ON t; GRANT SELECT ON t TO mate; CREATE TABLE u (id int);
        ALTER TABLE u ENABLE ROW LEVEL SECURITY; CREATE VIEW v AS SELECT * FROM u; GRANT SELECT ON v TO mate";
    cluster.psql(SHOP, setup).unwrap();
    let cases = [
        ("RW402", "what makes databases as it fails then: look for deployments and tests that do"),
        (
            "RW404",
            "what crew does by right of pg_read_all_data fails then, and so does what its members do by it: mate; grant what is needed of it first",
        ),
        (
            "RW414",
            "from then on mate need privileges on the tables themselves and see what the policies let them see: grant select there first",
        ),
        (
            "RW415",
            "a statement that sets a password then stands in the log as it was typed: see that people use \\password of psql",
        ),
        (
            "RW436",
            "from then on mate see only what a policy lets them, and without one for them no row: try it in a transaction first",
        ),
    ];
    for (rule, before) in cases {
        let found = of_rule(&cluster, rule);
        assert_eq!(found[0].before.as_deref(), Some(before), "{rule}");
        assert!(!found[0].sql.is_empty(), "{rule}");
    }
}

#[test]
fn a_login_that_only_copies_is_not_offered_to_be_stopped() {
    let cluster = cluster(Version::V17);
    cluster
        .psql(
            SHOP,
            "CREATE ROLE standby LOGIN REPLICATION; CREATE ROLE report LOGIN REPLICATION; CREATE TABLE t (); GRANT SELECT ON t TO report",
        )
        .unwrap();
    let found = of_rule(&cluster, "RW402");
    assert_eq!(
        lines(&found),
        [
            "high role report: may copy the whole cluster, every row of every database",
            "high role standby: may copy the whole cluster, every row of every database",
        ]
    );
    assert_eq!(found[0].sql, ["ALTER ROLE report NOREPLICATION;"]);
    assert!(found[0].before.as_ref().unwrap().contains("pg_replication_slots"));
    assert_eq!(found[1].sql, [""; 0]);
    assert!(found[1].before.as_ref().unwrap().contains("copies or backups may log in as it"));
}
