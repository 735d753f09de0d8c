//! States in which the engine's own things are in the wrong hands, one after the other in one cluster.

use super::cases::{Case, case};

pub(super) const CASES: &[Case] = &[
    Case {
        evidence: &[
            "pooler reads table pg_catalog.pg_shadow",
            "report reads column pg_catalog.pg_authid.rolpassword, table public.deep, table public.named, table public.sub, table public.united",
            "PUBLIC reads column public.shown.secret, table public.kept",
        ],
        left: &["high role copier: reads what is stored of passwords"],
        proof: "SET ROLE pooler; SELECT count(*) FROM pg_roles",
        ..case(
            "RW437",
            "CREATE ROLE pooler; CREATE ROLE report; CREATE ROLE boss SUPERUSER; CREATE ROLE calm; CREATE ROLE poor;
             GRANT SELECT ON pg_shadow TO pooler, boss; GRANT SELECT (rolpassword) ON pg_authid TO report; GRANT SELECT (rolname) ON pg_authid TO calm;
             CREATE VIEW shown AS SELECT r.rolname, r.rolpassword AS secret FROM pg_authid AS r JOIN pg_database AS d ON true;
             CREATE VIEW deep AS WITH one AS (SELECT s.secret AS \"a b\", s.rolname FROM shown AS s) SELECT * FROM one;
             CREATE MATERIALIZED VIEW kept AS SELECT usename, passwd FROM pg_shadow;
             CREATE ROLE copier; CREATE MATERIALIZED VIEW copied AS SELECT rolpassword FROM pg_authid; ALTER MATERIALIZED VIEW copied OWNER TO copier;
             CREATE ROLE copied_to; GRANT SELECT ON copied TO copied_to;
             CREATE VIEW whether AS SELECT rolname, rolpassword IS NOT NULL AS has FROM pg_authid;
             CREATE VIEW cannot AS SELECT rolpassword FROM pg_authid; ALTER VIEW cannot OWNER TO poor;
             CREATE VIEW names AS SELECT rolname FROM shown;
             CREATE VIEW named AS SELECT rolname, rolpassword FROM pg_authid; ALTER VIEW named RENAME COLUMN rolpassword TO renamed;
             CREATE VIEW united AS SELECT 'a' AS one, 'b' AS two UNION ALL SELECT rolname, rolpassword FROM pg_authid;
             CREATE VIEW sub AS SELECT rolpassword FROM pg_authid WHERE oid = (SELECT min(oid) FROM pg_roles);
             CREATE VIEW inner_one AS SELECT rolname, rolcanlogin FROM (SELECT rolname, rolpassword, rolcanlogin FROM pg_authid OFFSET 0) AS x;
             CREATE VIEW tried AS SELECT rolname, (SELECT min(rolname) FROM pg_authid WHERE rolpassword = 'x') AS y FROM pg_roles;
             GRANT SELECT ON inner_one, tried TO calm; GRANT SELECT ON named, united, sub TO report;
             GRANT SELECT ON deep TO report; GRANT SELECT ON kept TO PUBLIC; GRANT SELECT (secret) ON shown TO PUBLIC;
             GRANT SELECT (rolname) ON shown TO calm; GRANT SELECT ON whether, names, cannot TO calm, PUBLIC",
            &[
                "critical target: everybody reads what is stored of passwords",
                "high role copied_to: reads what is stored of passwords",
                "high role copier: reads what is stored of passwords",
                "high role pooler: reads what is stored of passwords",
                "high role report: reads what is stored of passwords",
            ],
        )
    },
    Case {
        evidence: &["tool holds create, given by the owner", "PUBLIC holds create, given by the owner", "keeper owns it"],
        ..case(
            "RW438",
            "CREATE ROLE tool; CREATE ROLE keeper; CREATE ROLE boss SUPERUSER; CREATE SCHEMA app; GRANT CREATE ON SCHEMA app TO tool;
             GRANT CREATE ON SCHEMA pg_catalog TO tool, boss; GRANT CREATE ON SCHEMA information_schema TO PUBLIC;
             ALTER SCHEMA information_schema OWNER TO keeper",
            &[
                "critical schema pg_catalog in database shop: tool makes what everybody runs in place of the engine's own",
                "high schema information_schema in database shop: everybody makes things that look like the engine's own",
                "high schema information_schema in database shop: keeper makes things that look like the engine's own",
            ],
        )
    },
    Case {
        evidence: &[
            "default privileges of maker in schema app of database shop give middle select on each table with the grant option",
            "default privileges of maker in database shop give middle usage on each type with the grant option",
        ],
        proof: "SET ROLE maker; CREATE TABLE app.t (); RESET ROLE;
                DO $$ BEGIN ASSERT has_table_privilege('middle', 'app.t', 'SELECT'); ASSERT NOT has_table_privilege('middle', 'app.t', 'SELECT WITH GRANT OPTION'); END $$",
        ..case(
            "RW454",
            "CREATE ROLE maker; CREATE ROLE middle; CREATE ROLE plain; CREATE SCHEMA app; GRANT CREATE, USAGE ON SCHEMA app TO maker;
             ALTER DEFAULT PRIVILEGES FOR ROLE maker IN SCHEMA app GRANT SELECT ON TABLES TO middle WITH GRANT OPTION;
             ALTER DEFAULT PRIVILEGES FOR ROLE maker IN SCHEMA app GRANT INSERT ON TABLES TO middle, plain;
             ALTER DEFAULT PRIVILEGES FOR ROLE maker GRANT USAGE ON TYPES TO middle WITH GRANT OPTION;
             ALTER DEFAULT PRIVILEGES FOR ROLE maker GRANT SELECT ON TABLES TO plain",
            &[
                "medium role maker: each table that it makes in schema app of database shop may be handed on by middle",
                "medium role maker: each type that it makes in database shop may be handed on by middle",
            ],
        )
    },
    Case {
        evidence: &[
            "its owner is helper: helper can log in, temp inherits helper",
            "event trigger guards runs it at ddl_command_end",
            "trigger pay of table public.payroll runs it as app_owner, boss",
            "trigger one of table public.orders runs it as app_owner, writer",
            "its owner is lonely: no login gets there",
        ],
        proof: "SET ROLE helper; DO $$ BEGIN EXECUTE 'CREATE OR REPLACE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS ''BEGIN RETURN NULL; END''';
                RAISE 'helper replaced it'; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$",
        ..case("RW455", TRIGGERS, TRIGGERED)
    },
    Case {
        left: &["high routine public.shared() in database shop: its owner acts as whoever writes to 2 tables"],
        ..case(
            "RW455",
            "CREATE ROLE helper LOGIN; CREATE ROLE one_owner; CREATE ROLE two_owner; CREATE TABLE one (); CREATE TABLE two ();
             CREATE FUNCTION shared() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; ALTER FUNCTION shared() OWNER TO helper;
             CREATE TRIGGER a AFTER TRUNCATE ON one EXECUTE FUNCTION shared(); CREATE TRIGGER b BEFORE DELETE ON two FOR EACH ROW EXECUTE FUNCTION shared();
             ALTER TABLE one OWNER TO one_owner; ALTER TABLE two OWNER TO two_owner; GRANT TRUNCATE ON one TO two_owner; GRANT DELETE ON two TO PUBLIC",
            &["high routine public.shared() in database shop: its owner acts as whoever writes to 2 tables"],
        )
    },
    Case {
        versions: 14..=16,
        evidence: &[
            "physical replication slot trial",
            "it holds WAL or old rows",
            "it holds nothing",
            "max_slot_wal_keep_size is -1: nothing bounds what it holds",
            "since when it is unused is not known before version 17",
        ],
        ..case(
            "RW456",
            SLOTS,
            &[
                "low target: keeps the replication slot empty, which nobody uses",
                "medium target: keeps the replication slot trial, which nobody uses",
            ],
        )
    },
    Case {
        versions: 17..=18,
        ..case(
            "RW456",
            SLOTS,
            &[
                "low target: keeps the replication slot empty, which nobody uses",
                "low target: keeps the replication slot trial, which nobody uses",
            ],
        )
    },
];

const SLOTS: &str = "SELECT pg_create_physical_replication_slot('trial', true); SELECT pg_create_physical_replication_slot('empty');
    SELECT pg_create_physical_replication_slot('passing', true, true)";

const TRIGGERS: &str = "CREATE ROLE helper LOGIN; CREATE ROLE temp LOGIN; GRANT helper TO temp; CREATE ROLE lonely; CREATE ROLE app_owner; CREATE ROLE writer;
    CREATE ROLE boss SUPERUSER; CREATE ROLE shared; CREATE ROLE deploy LOGIN; GRANT shared, app_owner TO deploy;
    CREATE TABLE orders (id int); CREATE TABLE payroll (id int); CREATE TABLE calm (id int);
    DO $$ DECLARE name text; BEGIN FOREACH name IN ARRAY ARRAY['touch', 'pays', 'own', 'definer', 'off', 'unused', 'by_deploy', 'roots'] LOOP
    EXECUTE format('CREATE FUNCTION %I() RETURNS trigger LANGUAGE plpgsql AS ''BEGIN RETURN NEW; END''', name); END LOOP; END $$;
    CREATE FUNCTION guard() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE TRIGGER one BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch(); CREATE TRIGGER two BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION own();
    CREATE TRIGGER three BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION definer(); CREATE TRIGGER four BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION off();
    CREATE TRIGGER five BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION unused(); CREATE TRIGGER six BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION by_deploy();
    CREATE TRIGGER seven BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION roots(); CREATE TRIGGER pay AFTER INSERT ON payroll EXECUTE FUNCTION pays();
    CREATE TRIGGER calm BEFORE UPDATE ON calm FOR EACH ROW EXECUTE FUNCTION touch();
    ALTER TABLE orders DISABLE TRIGGER four; ALTER TABLE orders OWNER TO app_owner; ALTER TABLE payroll OWNER TO app_owner; ALTER TABLE calm OWNER TO app_owner;
    GRANT SELECT, UPDATE (id) ON orders TO writer; GRANT INSERT ON payroll TO boss; GRANT SELECT ON calm TO writer;
    ALTER FUNCTION touch() OWNER TO helper; ALTER FUNCTION pays() OWNER TO helper; ALTER FUNCTION own() OWNER TO app_owner; ALTER FUNCTION off() OWNER TO helper;
    ALTER FUNCTION definer() OWNER TO helper; ALTER FUNCTION definer() SECURITY DEFINER; ALTER FUNCTION unused() OWNER TO helper;
    ALTER FUNCTION by_deploy() OWNER TO shared; ALTER FUNCTION guard() OWNER TO helper; ALTER FUNCTION watch() OWNER TO lonely;
    GRANT CREATE ON SCHEMA public TO helper; SET ROLE helper;
    CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; RESET ROLE;
    CREATE EVENT TRIGGER guards ON ddl_command_end EXECUTE FUNCTION guard(); CREATE EVENT TRIGGER watches ON sql_drop EXECUTE FUNCTION watch()";
const TRIGGERED: &[&str] = &[
    "critical routine public.guard() in database shop: its owner acts as whoever changes definitions, superusers included",
    "critical routine public.pays() in database shop: its owner acts as whoever writes to 1 table",
    "high routine public.touch() in database shop: its owner acts as whoever writes to 2 tables",
    "high routine public.unused() in database shop: its owner acts as whoever writes to 1 table",
    "medium routine public.watch() in database shop: its owner acts as whoever changes definitions, superusers included",
];
