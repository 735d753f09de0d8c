//! States in which a login comes to more than its privileges say, one after the other in one cluster.

use super::cases::{Case, case};

pub(super) const CASES: &[Case] = &[
    // A group that may run a superuser's text.
    Case {
        evidence: &[
            "2 logins: alice, bob",
            "alice begins a session",
            "postgres is a superuser: nothing is checked",
        ],
        proof: "SET ROLE alice; DO $$ BEGIN PERFORM app.run('SELECT 1'); RAISE 'she ran it'; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$",
        ..case(
            "RW457",
            "CREATE SCHEMA app; CREATE ROLE clerks; CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN; GRANT clerks TO alice, bob; CREATE ROLE calm LOGIN;
             CREATE FUNCTION app.run(what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN EXECUTE what; END';
             REVOKE EXECUTE ON FUNCTION app.run FROM PUBLIC; GRANT EXECUTE ON FUNCTION app.run TO clerks; GRANT USAGE ON SCHEMA app TO PUBLIC",
            &["critical role clerks: by it 2 logins come to superuser in 2 steps, and need nobody for it"],
        )
    },
    // A login's own privilege, and two functions: both go.
    Case {
        ..case(
            "RW457",
            "CREATE ROLE alice LOGIN;
             CREATE FUNCTION one(what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN EXECUTE what; END';
             CREATE FUNCTION two(what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN EXECUTE what; END';
             REVOKE EXECUTE ON FUNCTION one, two FROM PUBLIC; GRANT EXECUTE ON FUNCTION one, two TO alice",
            &["critical role alice: comes to superuser in 2 steps, and needs nobody for it"],
        )
    },
    // Everybody's privilege, and everybody's temporary tables: people choose.
    Case {
        left: &["critical PUBLIC: by it alice comes to superuser in 2 steps, and needs nobody for it"],
        evidence: &[
            "it ends without any of these: execute on routine public.counts() of PUBLIC, temporary on database shop of PUBLIC, that code runs as postgres",
        ],
        ..case(
            "RW457",
            "CREATE ROLE alice LOGIN; CREATE TABLE public.orders (id int);
             CREATE FUNCTION counts() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN (SELECT count(*) FROM orders); END'",
            &["critical PUBLIC: by it alice comes to superuser in 2 steps, and needs nobody for it"],
        )
    },
    // A trap on somebody else's table.
    Case {
        evidence: &["postgres runs it as itself", "postgres is a superuser: nothing is checked"],
        ..case(
            "RW457",
            "CREATE ROLE writer LOGIN; CREATE ROLE keeper; CREATE TABLE public.orders (id int); ALTER TABLE public.orders OWNER TO keeper;
             GRANT ALL ON public.orders TO writer",
            &["medium role writer: comes to superuser, with somebody who writes to table public.orders as the victim"],
        )
    },
    // What cannot be read is unknown.
    Case {
        ..case(
            "RW457",
            "CREATE ROLE alice LOGIN;
             CREATE FUNCTION counts(what text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
             'DECLARE query text; found bigint; BEGIN query := ''SELECT count(*) FROM '' || what; EXECUTE query INTO found; RETURN found; END';
             REVOKE EXECUTE ON FUNCTION counts FROM PUBLIC; GRANT EXECUTE ON FUNCTION counts TO alice",
            &["low role alice: may come to superuser, which cannot be told from here: it depends on how the text is made"],
        )
    },
    // Told by others: a superuser, a member of the server's own roles, a function of the server's; and the traps of owners.
    case(
        "RW457",
        "CREATE ROLE boss SUPERUSER LOGIN; CREATE ROLE heir LOGIN; GRANT boss TO heir; CREATE ROLE runner LOGIN; GRANT pg_execute_server_program TO runner;
         CREATE ROLE copier LOGIN REPLICATION; CREATE ROLE pooler LOGIN; GRANT SELECT ON pg_authid TO pooler; CREATE ROLE reader LOGIN; GRANT pg_read_all_data TO reader;
         CREATE ROLE app_owner; CREATE ROLE deploy LOGIN; GRANT app_owner TO deploy; CREATE TABLE t (); ALTER TABLE t OWNER TO app_owner;
         CREATE VIEW v AS SELECT * FROM t; ALTER VIEW v OWNER TO app_owner; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION f() OWNER TO deploy",
        &[],
    ),
];
