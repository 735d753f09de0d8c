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

const fn case(rule: &'static str, setup: &'static str, found: &'static [&'static str]) -> Case {
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
        versions: 15..=18,
        evidence: &[
            "may be used by tenants",
            "table public.invoices: the view's owner postgres is a superuser",
            "table public.invoices: the view's owner app owns it too, and it is without FORCE",
        ],
        left: &["medium table public.stored in database shop: shows stored rows of tables with row security, whoever reads it"],
        proof: "SET ROLE tenants; DO $$ BEGIN ASSERT (SELECT count(*) FROM high) = 1; ASSERT (SELECT count(*) FROM own) = 1; END $$",
        ..case("RW414", VIEWS, VIEWED)
    },
    Case { versions: 14..=14, left: VIEWED, ..case("RW414", VIEWS, VIEWED) },
];

const VIEWS: &str = "CREATE ROLE tenants; CREATE ROLE app; CREATE ROLE bound;
    CREATE TABLE invoices (tenant int); INSERT INTO invoices VALUES (1), (2); ALTER TABLE invoices OWNER TO app;
    ALTER TABLE invoices ENABLE ROW LEVEL SECURITY; CREATE POLICY one ON invoices USING (tenant = 1);
    GRANT SELECT ON invoices TO tenants, bound;
    CREATE VIEW high AS SELECT * FROM invoices; CREATE VIEW own AS SELECT * FROM invoices; ALTER VIEW own OWNER TO app;
    CREATE VIEW closed AS SELECT * FROM invoices; CREATE VIEW narrow AS SELECT * FROM invoices; ALTER VIEW narrow OWNER TO bound;
    CREATE MATERIALIZED VIEW stored AS SELECT * FROM invoices;
    GRANT SELECT ON high, own, narrow, stored TO tenants;";
const VIEWED: &[&str] = &[
    "high table public.high in database shop: goes around the policies of the tables that it reads",
    "high table public.own in database shop: goes around the policies of the tables that it reads",
    "medium table public.stored in database shop: shows stored rows of tables with row security, whoever reads it",
];
