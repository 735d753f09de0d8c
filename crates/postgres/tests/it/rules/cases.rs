//! States with a problem, one after the other in one cluster.

use std::ops::RangeInclusive;

/// A state with a problem.
pub(super) struct Case {
    pub(super) rule: &'static str,
    pub(super) versions: RangeInclusive<u32>,
    /// How it comes about, as a superuser in the shop's database.
    pub(super) setup: &'static str,
    /// What this rule finds, in order.
    pub(super) found: &'static [&'static str],
    /// Facts that are told.
    pub(super) evidence: &'static [&'static str],
    /// What is left when all that was offered was done.
    pub(super) left: &'static [&'static str],
    /// What succeeds after mending.
    pub(super) proof: &'static str,
}

const ALL: RangeInclusive<u32> = 14..=18;

pub(super) const fn case(rule: &'static str, setup: &'static str, found: &'static [&'static str]) -> Case {
    Case { rule, versions: ALL, setup, found, evidence: &[], left: &[], proof: "" }
}

pub(super) const CASES: &[Case] = &[
    Case {
        evidence: &["PUBLIC holds execute, given by the owner", "it runs as its owner postgres"],
        ..case(
            "RW407",
            "CREATE SCHEMA app; CREATE SCHEMA hidden; GRANT USAGE ON SCHEMA app TO PUBLIC; CREATE ROLE keeper;
             CREATE FUNCTION app.all() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
             CREATE PROCEDURE hidden.kept(int) LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
             ALTER PROCEDURE hidden.kept OWNER TO keeper;
             CREATE FUNCTION app.plain() RETURNS int LANGUAGE sql AS 'SELECT 1';
             CREATE FUNCTION app.closed() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
             REVOKE EXECUTE ON FUNCTION app.closed FROM PUBLIC",
            &[
                "high routine app.all() in database shop: everybody may run it with the rights of a superuser",
                "low routine hidden.kept(integer) in database shop: everybody may run it with the rights of its owner",
            ],
        )
    },
    Case {
        evidence: &[
            "it sets no search_path, so its caller's is used",
            "its search_path app does not end with pg_temp, so temporary objects come first",
            "it may be run by PUBLIC",
            "only its owner may run it",
        ],
        ..case(
            "RW408",
            "CREATE SCHEMA app;
             CREATE FUNCTION app.none() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
             CREATE FUNCTION app.alone() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
             REVOKE EXECUTE ON FUNCTION app.alone FROM PUBLIC;
             CREATE FUNCTION app.short(int, text) RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = app AS 'SELECT 1';
             CREATE FUNCTION app.whole() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, app, pg_temp AS 'SELECT 1';
             CREATE FUNCTION app.empty() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';
             CREATE FUNCTION app.settled() RETURNS int LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT 1; END",
            &[
                "high routine app.none() in database shop: its caller can put other things in the place of what it names",
                "low routine app.alone() in database shop: its caller can put other things in the place of what it names",
                "medium routine app.short(integer, text) in database shop: its caller can put other things in the place of what it names",
            ],
        )
    },
    Case {
        evidence: &["its search_path names open, where PUBLIC, guest may create"],
        left: &[
            "high routine app.into() in database shop: its caller can put other things in the place of what it names",
            "high routine open.here() in database shop: its caller can put other things in the place of what it names",
        ],
        ..case(
            "RW408",
            "CREATE SCHEMA app; CREATE ROLE guest; CREATE SCHEMA open; GRANT CREATE ON SCHEMA open TO PUBLIC, guest;
             CREATE FUNCTION app.into() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = open, pg_temp AS 'SELECT 1';
             CREATE FUNCTION open.here() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            &[
                "high routine app.into() in database shop: its caller can put other things in the place of what it names",
                "high routine open.here() in database shop: its caller can put other things in the place of what it names",
            ],
        )
    },
    Case {
        evidence: &["its password ended at 2020-01-01 00:00:00+00", "is still a member of crew"],
        ..case(
            "RW410",
            "CREATE ROLE gone LOGIN VALID UNTIL '2020-01-01 00:00:00+00'; CREATE ROLE crew; GRANT crew TO gone;
             CREATE ROLE empty LOGIN VALID UNTIL '2020-01-01'; CREATE ROLE later LOGIN VALID UNTIL '2999-01-01'; GRANT crew TO later;
             CREATE ROLE holds LOGIN VALID UNTIL '2020-01-01'; CREATE TABLE t (); GRANT SELECT ON t TO holds;
             CREATE ROLE forever LOGIN VALID UNTIL 'infinity'; GRANT crew TO forever;
             CREATE ROLE locked NOLOGIN VALID UNTIL '2020-01-01'; GRANT crew TO locked",
            &[
                "medium role gone: its end has passed, and it still holds power",
                "medium role holds: its end has passed, and it still holds power",
            ],
        )
    },
    Case {
        evidence: &["without FORCE: table public.invoices, table public.letters", "app can log in, helper inherits app"],
        proof: "SET ROLE app; DO $$ BEGIN ASSERT (SELECT count(*) FROM invoices) = 0; END $$",
        ..case(
            "RW411",
            "CREATE ROLE app LOGIN; CREATE ROLE helper LOGIN; GRANT app TO helper; CREATE ROLE nobody;
             CREATE TABLE invoices AS SELECT 1 AS tenant; CREATE TABLE letters (); CREATE TABLE calm (); CREATE TABLE forced ();
             ALTER TABLE invoices ENABLE ROW LEVEL SECURITY; ALTER TABLE letters ENABLE ROW LEVEL SECURITY;
             ALTER TABLE calm ENABLE ROW LEVEL SECURITY; ALTER TABLE forced ENABLE ROW LEVEL SECURITY;
             ALTER TABLE forced FORCE ROW LEVEL SECURITY;
             ALTER TABLE invoices OWNER TO app; ALTER TABLE letters OWNER TO app; ALTER TABLE forced OWNER TO app;
             ALTER TABLE calm OWNER TO nobody",
            &["medium role app: is not bound by the policies of 2 tables that it owns"],
        )
    },
    Case {
        evidence: &["has bypassrls", "holds privileges on table public.invoices"],
        ..case(
            "RW412",
            "CREATE ROLE reports BYPASSRLS; CREATE ROLE readers; GRANT readers TO reports; CREATE ROLE idle BYPASSRLS;
             CREATE TABLE invoices (); ALTER TABLE invoices ENABLE ROW LEVEL SECURITY; GRANT SELECT ON invoices TO readers;
             CREATE TABLE plain (); GRANT SELECT ON plain TO idle",
            &["medium role reports: reaches every row of 1 table with row security"],
        )
    },
    Case {
        evidence: &["privileges were granted on table public.events_1, table public.events_2", "to PUBLIC, support"],
        proof: "SET ROLE support; DO $$ BEGIN ASSERT (SELECT count(*) FROM events_1) = 0; ASSERT (SELECT count(*) FROM events) = 2; END $$",
        ..case(
            "RW413",
            "CREATE ROLE support; CREATE TABLE events (tenant int) PARTITION BY LIST (tenant);
             CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1); CREATE TABLE events_2 PARTITION OF events FOR VALUES IN (2);
             CREATE TABLE events_3 PARTITION OF events FOR VALUES IN (3);
             INSERT INTO events VALUES (1), (2), (3);
             ALTER TABLE events ENABLE ROW LEVEL SECURITY; CREATE POLICY part ON events USING (tenant < 3);
             GRANT SELECT ON events, events_1 TO support; GRANT SELECT (tenant) ON events_2 TO PUBLIC",
            &["high table public.events in database shop: its policies can be gone around through 2 partitions"],
        )
    },
    Case {
        left: &["high table public.events in database shop: its policies can be gone around through 1 partition"],
        ..case(
            "RW413",
            "CREATE ROLE support; CREATE TABLE events (tenant int) PARTITION BY LIST (tenant); ALTER TABLE events ENABLE ROW LEVEL SECURITY;
             CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
             CREATE FOREIGN TABLE far PARTITION OF events FOR VALUES IN (1) SERVER s; GRANT SELECT ON far TO support",
            &["high table public.events in database shop: its policies can be gone around through 1 partition"],
        )
    },
    Case {
        versions: 15..=18,
        evidence: &[
            "may be used by tenants",
            "table public.invoices: the view's owner postgres is a superuser",
            "table public.invoices: the view's owner app owns it too, and it is without FORCE",
            "table public.invoices through table deep.inner: the view's owner postgres is a superuser",
        ],
        left: &["medium table public.stored in database shop: shows stored rows of tables with row security, whoever reads it"],
        proof: "SET ROLE tenants; DO $$ BEGIN ASSERT (SELECT count(*) FROM high) = 1; ASSERT (SELECT count(*) FROM own) = 1; ASSERT (SELECT count(*) FROM deep.outer) = 1; END $$",
        ..case("RW414", VIEWS, VIEWED)
    },
    Case {
        evidence: &["has policies one, two, and row security is off", "all rows are open to tenants"],
        proof: "SET ROLE tenants; DO $$ BEGIN ASSERT (SELECT count(*) FROM invoices) = 1; END $$",
        ..case(
            "RW436",
            "CREATE ROLE tenants; CREATE TABLE invoices (tenant int); INSERT INTO invoices VALUES (1), (2); CREATE TABLE own (); CREATE TABLE on_ ();
             CREATE POLICY one ON invoices USING (tenant = 1); CREATE POLICY two ON invoices FOR UPDATE USING (true);
             CREATE POLICY alone ON own; CREATE POLICY works ON on_; ALTER TABLE on_ ENABLE ROW LEVEL SECURITY;
             GRANT SELECT ON invoices, on_ TO tenants",
            &[
                "high table public.invoices in database shop: its policies do nothing",
                "low table public.own in database shop: its policies do nothing",
            ],
        )
    },
    Case { versions: 14..=14, left: VIEWED, ..case("RW414", VIEWS, VIEWED) },
    Case {
        evidence: &[
            "holds select, update with the grant option on table public.a, table public.b",
            "holds select with the grant option on table public.b",
            "has handed some of it on to friend",
        ],
        left: &["medium role middle: may hand on what it holds on 1 object"],
        ..case(
            "RW417",
            "CREATE ROLE auditors; CREATE ROLE middle; CREATE ROLE friend; CREATE TABLE a (); CREATE TABLE b ();
             GRANT SELECT ON a TO auditors WITH GRANT OPTION; GRANT UPDATE ON b TO auditors WITH GRANT OPTION;
             GRANT SELECT ON b TO middle WITH GRANT OPTION; SET ROLE middle; GRANT SELECT ON b TO friend; RESET ROLE;
             GRANT SELECT ON a TO friend",
            &[
                "medium role auditors: may hand on what it holds on 2 objects",
                "medium role middle: may hand on what it holds on 1 object",
            ],
        )
    },
    Case {
        evidence: &["has ADMIN on payments, pg_monitor, pg_read_all_data, refunds", "lead can log in", "clerk inherits desk"],
        ..case(
            "RW418",
            "CREATE ROLE payments; CREATE ROLE refunds; CREATE ROLE lead LOGIN; CREATE ROLE desk; CREATE ROLE clerk LOGIN;
             GRANT payments, refunds, pg_monitor, pg_read_all_data TO lead WITH ADMIN OPTION; GRANT refunds TO desk WITH ADMIN OPTION; GRANT desk TO clerk;
             CREATE ROLE unused; GRANT payments TO unused WITH ADMIN OPTION; CREATE ROLE maker LOGIN CREATEROLE;
             GRANT refunds TO maker WITH ADMIN OPTION; GRANT payments TO clerk",
            &[
                "medium role desk: may make others members of 1 role",
                "medium role lead: may make others members of 4 roles",
            ],
        )
    },
    case(
        "RW419",
        "CREATE ROLE left_over; CREATE ROLE deep; GRANT pg_monitor TO deep; CREATE ROLE member_of_it; CREATE ROLE crew;
         CREATE ROLE one LOGIN; GRANT crew TO one; CREATE ROLE holds; CREATE TABLE t (); GRANT SELECT ON t TO holds;
         CREATE ROLE owns; CREATE TABLE u (); ALTER TABLE u OWNER TO owns; CREATE ROLE named;
         CREATE POLICY p ON t TO named; CREATE ROLE later; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO later;
         CREATE ROLE maker CREATEDB; CREATE ROLE setting; ALTER ROLE setting SET work_mem = '8MB'; CREATE DATABASE elsewhere;
         CREATE ROLE far; GRANT CREATE ON DATABASE elsewhere TO far; GRANT member_of_it TO one",
        &[
            "low role deep: serves nobody",
            "low role left_over: serves nobody",
            "low role setting: serves nobody",
        ],
    ),
    Case {
        evidence: &["holds privileges on 1 object, such as table public.t", "has 1 member: one"],
        ..case(
            "RW420",
            "CREATE ROLE crew; CREATE ROLE one LOGIN; GRANT crew TO one; CREATE ROLE holds; CREATE TABLE t ();
             GRANT SELECT ON t TO holds, one; CREATE ROLE told; COMMENT ON ROLE told IS 'Reads t'; GRANT SELECT ON t TO told;
             CREATE ROLE empty",
            &[
                "low role crew: gives power and has no comment that says what for",
                "low role holds: gives power and has no comment that says what for",
            ],
        )
    },
    Case {
        left: &["info target: has 2 logins with power that no session uses now"],
        evidence: &[
            "of 2 logins with power: maker, one",
            "when one was last used is not known: the server keeps no such moment",
        ],
        ..case(
            "RW421",
            "CREATE ROLE one LOGIN; CREATE TABLE t (); GRANT SELECT ON t TO one; CREATE ROLE maker LOGIN CREATEDB; CREATE ROLE empty LOGIN",
            &["info target: has 2 logins with power that no session uses now"],
        )
    },
    Case {
        left: &["low target: has 2 logins without an end"],
        evidence: &["of 3 logins: a, b"],
        ..case(
            "RW422",
            "CREATE ROLE a LOGIN; CREATE ROLE b LOGIN VALID UNTIL 'infinity'; CREATE ROLE c LOGIN VALID UNTIL '2999-01-01'; CREATE ROLE d",
            &["low target: has 2 logins without an end"],
        )
    },
    Case {
        left: &["low target: has 1 login without a connection limit"],
        evidence: &["of 2 logins: a"],
        ..case(
            "RW423",
            "CREATE ROLE a LOGIN; CREATE ROLE b LOGIN CONNECTION LIMIT 5; CREATE ROLE c LOGIN SUPERUSER; CREATE ROLE d",
            &["low target: has 1 login without a connection limit"],
        )
    },
    Case {
        left: &["low role alice: holds privileges of its own on 4 objects, not through a role"],
        evidence: &["select on 2 tables, such as table public.a", "select, update on 1 table, such as table public.c", "usage on 1 schema, such as schema app"],
        ..case(
            "RW424",
            "CREATE ROLE alice LOGIN; CREATE ROLE owner LOGIN; CREATE ROLE grouped; CREATE SCHEMA app; CREATE TABLE a (); CREATE TABLE b ();
             CREATE TABLE c (); CREATE TABLE o (); ALTER TABLE o OWNER TO owner; GRANT SELECT ON a, b TO alice, grouped;
             GRANT SELECT, UPDATE ON c TO alice; GRANT USAGE ON SCHEMA app TO alice",
            &["low role alice: holds privileges of its own on 4 objects, not through a role"],
        )
    },
    Case {
        evidence: &["PUBLIC holds usage, given by the owner", "default privileges give PUBLIC select"],
        ..case(
            "RW425",
            "CREATE SCHEMA app; CREATE SCHEMA closed; GRANT USAGE ON SCHEMA app TO PUBLIC; GRANT CREATE ON SCHEMA closed TO PUBLIC;
             GRANT CREATE ON DATABASE shop TO PUBLIC; CREATE SEQUENCE app.s; GRANT USAGE ON SEQUENCE app.s TO PUBLIC;
             CREATE ROLE maker; ALTER DEFAULT PRIVILEGES FOR ROLE maker IN SCHEMA app GRANT SELECT ON TABLES TO PUBLIC;
             ALTER DEFAULT PRIVILEGES FOR ROLE maker REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
             CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION app.f TO maker;
             CREATE TABLE app.t (); GRANT SELECT ON app.t TO PUBLIC",
            &[
                "high database shop: everybody may make schemas in it",
                "low schema app in database shop: everybody may look up what is in it",
                "low sequence app.s in database shop: everybody may use this sequence",
                "medium role maker: each table that it makes in schema app of database shop is open to everybody",
            ],
        )
    },
    Case {
        left: &["low role a_reader: is the same as 1 role by another name"],
        evidence: &["the same as b_reader", "each holds privileges on 2 objects, such as table public.a and is a member of crew"],
        ..case(
            "RW426",
            "CREATE ROLE crew; CREATE ROLE a_reader; CREATE ROLE b_reader; CREATE ROLE c_reader; CREATE ROLE login LOGIN; CREATE ROLE none_a;
             CREATE ROLE none_b; CREATE TABLE a (); CREATE TABLE b (); GRANT SELECT ON a, b TO a_reader, b_reader, c_reader, login;
             GRANT INSERT ON b TO a_reader, b_reader; GRANT crew TO a_reader, b_reader, c_reader, login",
            &["low role a_reader: is the same as 1 role by another name"],
        )
    },
    Case {
        left: CONTAINED,
        evidence: &["it holds privileges on 2 objects, such as table public.a", "wider: through, wide", "wider: wide"],
        ..case(
            "RW427",
            "CREATE ROLE narrow; CREATE ROLE wide; CREATE ROLE heir; CREATE ROLE base; CREATE ROLE through; CREATE ROLE single;
             CREATE TABLE a (); CREATE TABLE b (); CREATE TABLE c (); GRANT SELECT ON a, b TO narrow, wide, base;
             GRANT SELECT ON c TO wide, heir, single; GRANT narrow, base TO heir; GRANT base TO through; GRANT UPDATE ON c TO through",
            CONTAINED,
        )
    },
    Case {
        left: &["high table public.full in database shop: its list of privileges fills up", "medium table public.many in database shop: its list of privileges fills up"],
        evidence: &["1000 entries of some 2444 that there is room for"],
        ..case(
            "RW428",
            "DO $$ BEGIN FOR n IN 1..2000 LOOP EXECUTE format('CREATE ROLE r%s', n); END LOOP; END $$;
             CREATE TABLE many (); CREATE TABLE few (); CREATE TABLE \"full\" ();
             DO $$ BEGIN EXECUTE (SELECT 'GRANT SELECT ON many TO ' || string_agg('r' || n, ', ') FROM generate_series(1, 999) AS n);
             EXECUTE (SELECT 'GRANT SELECT ON few TO ' || string_agg('r' || n, ', ') FROM generate_series(1, 998) AS n);
             EXECUTE (SELECT 'GRANT SELECT ON \"full\" TO ' || string_agg('r' || n, ', ') FROM generate_series(1, 1999) AS n); END $$",
            &[
                "high table public.full in database shop: its list of privileges fills up",
                "medium table public.many in database shop: its list of privileges fills up",
            ],
        )
    },
    Case {
        versions: 16..=18,
        left: BASE,
        evidence: &["postgres is the role that the cluster was born with", "boss is a superuser", "night may become dba, a superuser", "runner inherits pg_execute_server_program",
            "direct holds execute on routine pg_catalog.lo_export(oid, text)", "ops inherits files, which holds execute on routine pg_catalog.lo_export(oid, text)",
            "settings holds alter system on parameter archive_command"],
        ..case("RW430", TRUSTED, BASE)
    },
    Case {
        versions: 15..=15,
        left: BASE_15,
        evidence: &["deploy has createrole, which is as good before version 16", "settings holds alter system on parameter archive_command"],
        ..case("RW430", TRUSTED, BASE_15)
    },
    Case {
        versions: 14..=14,
        left: BASE_14,
        evidence: &["deploy has createrole, which is as good before version 16"],
        ..case("RW430", TRUSTED, BASE_14)
    },
    Case {
        evidence: &["each table of app_owner gets default privileges there"],
        proof: "SET ROLE alice; CREATE TABLE sales.forecast (); RESET ROLE; SET ROLE readers; SELECT FROM sales.forecast",
        ..case(
            "RW432",
            "CREATE ROLE app_owner; CREATE ROLE readers; CREATE ROLE alice; CREATE ROLE bob; CREATE ROLE carol; CREATE SCHEMA sales AUTHORIZATION app_owner;
             GRANT USAGE ON SCHEMA sales TO readers; GRANT CREATE, USAGE ON SCHEMA sales TO alice, carol;
             ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA sales GRANT SELECT ON TABLES TO readers;
             ALTER DEFAULT PRIVILEGES FOR ROLE carol GRANT SELECT ON TABLES TO readers;
             CREATE TABLE sales.old (); ALTER TABLE sales.old OWNER TO bob; CREATE SEQUENCE sales.mine; CREATE SCHEMA other; GRANT CREATE ON SCHEMA other TO bob",
            &[
                "low role alice: what it makes in schema sales in database shop is missed by the default privileges there",
                "low role bob: what it makes in schema sales in database shop is missed by the default privileges there",
            ],
        )
    },
    Case {
        versions: 15..=18,
        evidence: &["loader holds set, given by the owner", "PUBLIC holds set, given by the owner"],
        ..case(
            "RW433",
            "CREATE ROLE loader; CREATE ROLE boss SUPERUSER; GRANT SET ON PARAMETER session_replication_role TO loader;
             GRANT ALTER SYSTEM ON PARAMETER archive_command TO loader; GRANT SET ON PARAMETER log_statement TO PUBLIC;
             GRANT SET ON PARAMETER maintenance_work_mem TO loader; GRANT ALTER SYSTEM ON PARAMETER archive_command TO boss",
            &[
                "critical parameter archive_command: by it loader makes the server run programs of its choice",
                "high parameter session_replication_role: by it loader switches off triggers and the checks of foreign keys",
                "medium parameter log_statement: by it everybody decides what is left out of the log",
            ],
        )
    },
    Case {
        evidence: &["monitoring holds execute on routine pg_catalog.lo_export(oid, text), routine pg_catalog.pg_read_file(text)", "PUBLIC holds execute on routine pg_catalog.pg_ls_dir(text)"],
        ..case(
            "RW434",
            "CREATE ROLE monitoring; CREATE ROLE boss SUPERUSER; GRANT EXECUTE ON FUNCTION pg_read_file(text) TO monitoring, boss;
             GRANT EXECUTE ON FUNCTION lo_export(oid, text) TO monitoring; GRANT EXECUTE ON FUNCTION pg_ls_dir(text) TO PUBLIC;
             CREATE FUNCTION pg_read_file() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION public.pg_read_file() TO monitoring",
            &[
                "critical role monitoring: writes files as the server's account",
                "high target: everybody reads files or reaches servers as the server's account",
            ],
        )
    },
    Case {
        evidence: &["may be used by PUBLIC", "may be used by maker, postgres"],
        ..case(
            "RW435",
            "UPDATE pg_language SET lanpltrusted = true WHERE lanname IN ('c', 'internal'); CREATE ROLE maker;
             REVOKE USAGE ON LANGUAGE internal FROM PUBLIC; GRANT USAGE ON LANGUAGE internal TO maker",
            &[
                "critical language c in database shop: code in it does what the server's account may, and it is marked as trusted",
                "critical language internal in database shop: code in it does what the server's account may, and it is marked as trusted",
            ],
        )
    },
    Case {
        left: &["medium target: keeps the passwords of 2 roles as MD5"],
        ..case(
            "RW416",
            "SET password_encryption = 'md5'; CREATE ROLE old LOGIN PASSWORD 'a'; CREATE ROLE older PASSWORD 'b'; SET password_encryption = 'scram-sha-256';
             CREATE ROLE newer LOGIN PASSWORD 'c'; CREATE ROLE nothing LOGIN",
            &["medium target: keeps the passwords of 2 roles as MD5"],
        )
    },
];

const CONTAINED: &[&str] = &[
    "info role base: all that it holds is held by a wider role as well, which does not inherit it",
    "info role narrow: all that it holds is held by a wider role as well, which does not inherit it",
];
const TRUSTED: &str = "CREATE ROLE boss SUPERUSER LOGIN; CREATE ROLE dba SUPERUSER; CREATE ROLE night LOGIN NOINHERIT; GRANT dba TO night;
    CREATE ROLE deploy LOGIN CREATEROLE; CREATE ROLE runner LOGIN; GRANT pg_execute_server_program TO runner; CREATE ROLE reader LOGIN;
    GRANT pg_read_all_data TO reader; GRANT EXECUTE ON FUNCTION pg_read_file(text) TO reader; CREATE ROLE files; CREATE ROLE ops LOGIN; GRANT files TO ops;
    GRANT EXECUTE ON FUNCTION lo_export(oid, text) TO files, boss; CREATE ROLE direct LOGIN; GRANT EXECUTE ON FUNCTION lo_export(oid, text) TO direct;
    DO $$ BEGIN IF current_setting('server_version_num')::int >= 150000 THEN CREATE ROLE settings LOGIN;
    EXECUTE 'GRANT ALTER SYSTEM ON PARAMETER archive_command TO settings'; EXECUTE 'GRANT SET ON PARAMETER log_statement TO reader'; END IF; END $$";
const BASE: &[&str] = &["info target: has 8 roles that can do everything or get there"];
const BASE_15: &[&str] = &["info target: has 9 roles that can do everything or get there"];
const BASE_14: &[&str] = &["info target: has 8 roles that can do everything or get there"];

const VIEWS: &str = "CREATE ROLE tenants; CREATE ROLE app; CREATE ROLE bound;
    CREATE TABLE invoices (tenant int); INSERT INTO invoices VALUES (1), (2); ALTER TABLE invoices OWNER TO app;
    ALTER TABLE invoices ENABLE ROW LEVEL SECURITY; CREATE POLICY one ON invoices USING (tenant = 1);
    GRANT SELECT ON invoices TO tenants, bound;
    CREATE VIEW high AS SELECT * FROM invoices; CREATE VIEW own AS SELECT * FROM invoices; ALTER VIEW own OWNER TO app;
    CREATE VIEW closed AS SELECT * FROM invoices; CREATE VIEW narrow AS SELECT * FROM invoices; ALTER VIEW narrow OWNER TO bound;
    CREATE MATERIALIZED VIEW stored AS SELECT * FROM invoices;
    GRANT SELECT ON high, own, narrow, stored TO tenants; CREATE SCHEMA deep; GRANT USAGE ON SCHEMA deep TO tenants, bound;
    CREATE VIEW deep.inner AS SELECT * FROM invoices; CREATE VIEW deep.outer AS SELECT * FROM deep.inner;
    ALTER VIEW deep.outer OWNER TO bound; GRANT SELECT ON deep.inner TO bound; GRANT SELECT ON deep.outer TO tenants;
    CREATE VIEW deep.calm AS SELECT 1; GRANT SELECT ON deep.calm TO tenants;";
const VIEWED: &[&str] = &[
    "high table deep.inner in database shop: goes around the policies of the tables that it reads",
    "high table deep.outer in database shop: goes around the policies of the tables that it reads",
    "high table public.high in database shop: goes around the policies of the tables that it reads",
    "high table public.own in database shop: goes around the policies of the tables that it reads",
    "medium table public.stored in database shop: shows stored rows of tables with row security, whoever reads it",
];
