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
            &["low role alice: may come to superuser, which cannot be told from here: it depends on how the text is made; to review it, read the body and name sha256:4efba1c315bdd67cd8ee4c2c7b9324276aa6ba0c437a23d6f61b78c769ed2f4d"],
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
    // A group that runs its own text as an owner: people decide.
    Case {
        evidence: &["2 logins: alice, bob", "it ends without any of these: clerks of alice, execute on routine app.run(text) of clerks, that code runs as app_owner"],
        left: ACTS,
        ..case(
            "RW459",
            "CREATE ROLE app_owner; CREATE SCHEMA app AUTHORIZATION app_owner; CREATE ROLE clerks; CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN; GRANT clerks TO alice, bob;
             CREATE ROLE deploy LOGIN; GRANT app_owner, clerks TO deploy; GRANT USAGE ON SCHEMA app TO PUBLIC;
             CREATE FUNCTION app.run(what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN EXECUTE what; END';
             REVOKE EXECUTE ON FUNCTION app.run FROM PUBLIC; GRANT EXECUTE ON FUNCTION app.run TO clerks; ALTER FUNCTION app.run OWNER TO app_owner",
            ACTS,
        )
    },
    // Views, cascades and fixed statements pass single operations on; who has the privilege anyway is not named.
    Case {
        evidence: &["3 logins: alice, bob, carol"],
        left: PASSES,
        ..case(
            "RW459",
            "CREATE ROLE app_owner; CREATE SCHEMA app AUTHORIZATION app_owner; GRANT USAGE ON SCHEMA app TO PUBLIC;
             CREATE ROLE readers; CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN; CREATE ROLE carol LOGIN; CREATE ROLE whole LOGIN; GRANT readers TO alice, bob, carol, whole;
             CREATE TABLE app.salaries (id int PRIMARY KEY, amount int); CREATE TABLE app.notes (of int REFERENCES app.salaries ON DELETE CASCADE);
             CREATE VIEW app.amounts AS SELECT amount FROM app.salaries; ALTER TABLE app.salaries OWNER TO app_owner; ALTER VIEW app.amounts OWNER TO app_owner;
             ALTER TABLE app.notes OWNER TO app_owner; GRANT SELECT ON app.amounts TO readers; GRANT SELECT ON app.salaries TO whole;
             CREATE ROLE cleaner LOGIN; GRANT DELETE, SELECT ON app.salaries TO cleaner;
             CREATE FUNCTION app.raise(who int) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
             'UPDATE app.salaries SET amount = amount + 1 WHERE id = who'; ALTER FUNCTION app.raise OWNER TO app_owner; REVOKE EXECUTE ON FUNCTION app.raise FROM PUBLIC;
             GRANT EXECUTE ON FUNCTION app.raise TO cleaner",
            PASSES,
        )
    },
    // How far each login comes, beside what it holds.
    Case {
        evidence: &[
            "boss_like: superuser",
            "2 logins (alice, bob): acts as app_owner; owns 4 objects where it holds 0; changes 2 objects where it holds 0; reads 3 objects where it holds 1",
            "reader: reads 2 objects where it holds 1",
        ],
        left: &["info target: has 4 logins that come to more than they hold"],
        ..case(
            "RW458",
            "CREATE ROLE app_owner; CREATE SCHEMA app AUTHORIZATION app_owner; GRANT USAGE ON SCHEMA app TO PUBLIC; CREATE ROLE clerks; CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN;
             GRANT clerks TO alice, bob; CREATE ROLE boss_like LOGIN; CREATE ROLE reader LOGIN; CREATE ROLE calm LOGIN;
             CREATE TABLE app.orders (id int); CREATE TABLE app.prices (id int); GRANT SELECT ON app.prices TO clerks, calm; CREATE VIEW app.ids AS SELECT id FROM app.orders;
             CREATE FUNCTION app.run(what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN EXECUTE what; END';
             CREATE FUNCTION app.all(what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN EXECUTE what; END';
             REVOKE EXECUTE ON FUNCTION app.run, app.all FROM PUBLIC; GRANT EXECUTE ON FUNCTION app.run TO clerks; GRANT EXECUTE ON FUNCTION app.all TO boss_like;
             ALTER FUNCTION app.run OWNER TO app_owner; ALTER TABLE app.orders OWNER TO app_owner; ALTER VIEW app.ids OWNER TO app_owner; GRANT SELECT ON app.ids TO reader",
            &["info target: has 4 logins that come to more than they hold"],
        )
    },
    // What cannot be read.
    Case {
        left: PERHAPS,
        ..case(
            "RW459",
            "CREATE ROLE app_owner; CREATE ROLE alice LOGIN;
             CREATE FUNCTION counts(what text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
             'DECLARE query text; found bigint; BEGIN query := ''SELECT count(*) FROM '' || what; EXECUTE query INTO found; RETURN found; END';
             ALTER FUNCTION counts OWNER TO app_owner; REVOKE EXECUTE ON FUNCTION counts FROM PUBLIC; GRANT EXECUTE ON FUNCTION counts TO alice",
            PERHAPS,
        )
    },
    // What is told as a way to superuser, and what a membership gives anyway.
    case(
        "RW459",
        "CREATE ROLE app_owner; CREATE ROLE alice LOGIN; CREATE ROLE deploy LOGIN; GRANT app_owner TO deploy;
         CREATE FUNCTION run(what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN EXECUTE what; END';
         CREATE FUNCTION less(what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN EXECUTE what; END';
         ALTER FUNCTION less OWNER TO app_owner; REVOKE EXECUTE ON FUNCTION run, less FROM PUBLIC; GRANT EXECUTE ON FUNCTION run TO alice; GRANT EXECUTE ON FUNCTION less TO alice, deploy",
        &[],
    ),
];

const ACTS: &[&str] = &["high role clerks: by it 2 logins act as app_owner, which nothing gives"];
const PASSES: &[&str] = &[
    "info role cleaner: does 2 operations through what others made, which nothing else gives",
    "info role readers: by it 3 logins do 1 operation through what others made, which nothing else gives",
];
const PERHAPS: &[&str] = &["low role alice: may act as app_owner, which cannot be told from here"];
