//! The rules for the engine's own things: what a plain application does raises none of them, and who may do nothing sees the same.

use super::{SHOP, Told, audited, cases_more, cases_ways, cluster, lines};
use sandbox::Version;

const RULES: [&str; 8] = ["RW437", "RW438", "RW454", "RW455", "RW456", "RW457", "RW458", "RW459"];

/// An application as it should be: an owner that nobody logs in as, roles for reading and writing, triggers of the owner's and of
/// a superuser's, an event trigger, default privileges, and a view on who there is.
const PLAIN: &str = "CREATE ROLE app_owner; CREATE ROLE app_reader; CREATE ROLE app_writer; CREATE ROLE web LOGIN; CREATE ROLE deploy LOGIN;
    GRANT app_reader, app_writer TO web; GRANT app_owner TO deploy; GRANT pg_monitor TO web; CREATE SCHEMA app AUTHORIZATION app_owner;
    GRANT USAGE ON SCHEMA app TO app_reader, app_writer;
    ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA app GRANT SELECT ON TABLES TO app_reader;
    ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA app GRANT INSERT, UPDATE, DELETE ON TABLES TO app_writer;
    ALTER DEFAULT PRIVILEGES FOR ROLE app_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    SET ROLE app_owner; CREATE TABLE app.orders (id int PRIMARY KEY, changed timestamptz); CREATE TABLE app.lines (of int REFERENCES app.orders);
    CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.changed = now(); RETURN NEW; END';
    CREATE TRIGGER touch BEFORE UPDATE ON app.orders FOR EACH ROW EXECUTE FUNCTION app.touch(); RESET ROLE;
    CREATE FUNCTION app.logged() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER logged AFTER INSERT ON app.orders FOR EACH ROW EXECUTE FUNCTION app.logged();
    CREATE FUNCTION public.defined() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE EVENT TRIGGER defined ON ddl_command_end EXECUTE FUNCTION public.defined();
    CREATE VIEW app.people AS SELECT rolname, rolcanlogin FROM pg_roles; GRANT SELECT ON app.people TO PUBLIC";

fn ours(url: &str) -> Vec<Told> {
    let mut told: Vec<Told> = audited(url).0.into_iter().filter(|told| RULES.contains(&told.rule)).collect();
    told.sort_by(|a, b| a.line.cmp(&b.line));
    told
}

#[test]
fn a_new_server_and_a_plain_application_have_nothing_of_the_engines_in_wrong_hands() {
    for version in Version::ALL {
        let cluster = cluster(version);
        assert_eq!(lines(&ours(&cluster.socket_url(SHOP))), [""; 0], "{version}");
        cluster.psql(SHOP, PLAIN).unwrap();
        assert_eq!(lines(&ours(&cluster.socket_url(SHOP))), [""; 0], "{version}");
        assert_eq!(lines(&ours(&cluster.socket_url_as("web", SHOP))), [""; 0], "{version}: seen by web");
    }
}

/// Every fact behind these rules can be read by everybody, so that nothing of theirs is ever unseen.
#[test]
fn a_login_without_rights_is_told_the_same_of_the_engines_own() {
    for version in Version::ALL {
        let cluster = cluster(version);
        let cases = cases_more::CASES.iter().chain(cases_ways::CASES);
        let cases = cases.filter(|case| case.versions.contains(&version.major()));
        for rule in RULES {
            let case = cases.clone().find(|case| case.rule == rule).unwrap();
            cluster.psql(SHOP, case.setup).unwrap();
            cluster.psql(SHOP, "CREATE ROLE nobody LOGIN").unwrap();
            let by_superuser = ours(&cluster.socket_url(SHOP));
            let told = |all: &[Told]| {
                all.iter().map(|told| (told.line.clone(), told.saw.clone())).collect::<Vec<_>>()
            };
            assert!(by_superuser.iter().any(|told| told.rule == rule), "{version} {rule}");
            assert_eq!(
                told(&ours(&cluster.socket_url_as("nobody", SHOP))),
                told(&by_superuser),
                "{version} {rule}"
            );
            cluster
                .psql(
                    SHOP,
                    "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active",
                )
                .unwrap();
            super::sweep(&cluster);
        }
    }
}

/// Where no superuser logs in, whoever walks into a trap is somebody else, and so is whom it leads to.
#[test]
fn without_a_superuser_who_logs_in_a_trap_leads_to_whoever_walks_into_it() {
    let cluster = cluster(Version::V17);
    cluster
        .psql(
            SHOP,
            "CREATE ROLE keeper; CREATE ROLE web LOGIN; CREATE ROLE writer LOGIN; CREATE TABLE orders (id int); ALTER TABLE orders OWNER TO keeper;
             GRANT INSERT ON orders TO web; GRANT TRIGGER ON orders TO writer; ALTER ROLE postgres NOLOGIN",
        )
        .unwrap();
    let found = ours(&cluster.socket_url_as("writer", SHOP));
    let expected = [
        "info target: has a login that comes to more than it holds",
        "medium role writer: acts as web with a victim, which nothing gives",
    ];
    assert_eq!(lines(&found), expected);
    assert_eq!(found[0].evidence, ["writer: acts as web with a victim"]);
}
