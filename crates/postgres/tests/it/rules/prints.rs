//! What an exception is bound to: whatever makes a finding worse gives it another print, also where the words stay, and what
//! is none of its business gives it none.

use super::{SHOP, Told, audited, cluster, of_rule, sweep};
use sandbox::{Cluster, Version};

/// A finding that gets worse.
struct Worse {
    rule: &'static str,
    setup: &'static str,
    /// Each of these makes it worse, one after the other.
    steps: &'static [&'static str],
}

/// Fifteen tables, of which words never name the last, and roles to be a member of.
const SHOP_OF_MANY: &str = "
    SELECT format('CREATE TABLE t%s (id int); CREATE ROLE r%s', lpad(n::text, 2, '0'), lpad(n::text, 2, '0'))
    FROM generate_series(1, 15) n \\gexec
    CREATE ROLE app LOGIN";

const HOLDS: &[&str] = &[
    "REVOKE SELECT ON t05 FROM app; GRANT SELECT ON t14 TO app",
    "GRANT DELETE ON t06 TO app",
    "GRANT SELECT ON t07 TO app WITH GRANT OPTION",
    "GRANT UPDATE (id) ON t08 TO app",
    "GRANT SELECT (id) ON t15 TO app",
];

const HOLDS_AND_IS: &[&str] = &[
    "REVOKE SELECT ON t05 FROM app; GRANT SELECT ON t14 TO app",
    "GRANT DELETE ON t06 TO app",
    "GRANT SELECT ON t07 TO app WITH GRANT OPTION",
    "REVOKE r13 FROM app; GRANT r14 TO app",
    "GRANT r02 TO app WITH ADMIN OPTION",
    "ALTER TABLE t12 OWNER TO app",
    "ALTER TABLE t12 OWNER TO postgres; ALTER TABLE t13 OWNER TO app",
];

const ALL_BUT_THE_LAST: &str =
    "GRANT SELECT ON t01, t02, t03, t04, t05, t06, t07, t08, t09, t10, t11, t12, t13 TO app;
    GRANT r01, r02, r03, r04, r05, r06, r07, r08, r09, r10, r11, r12, r13 TO app;";

const CASES: &[Worse] = &[
    Worse {
        rule: "RW401",
        setup: "CREATE SCHEMA s; GRANT CREATE ON SCHEMA s TO app WITH GRANT OPTION; GRANT CREATE ON SCHEMA s TO PUBLIC",
        steps: &["SET ROLE app; GRANT CREATE ON SCHEMA s TO PUBLIC"],
    },
    Worse {
        rule: "RW402",
        setup: "CREATE ROLE boss SUPERUSER; GRANT boss TO r01; GRANT r01 TO app",
        steps: &["GRANT boss TO app", "ALTER ROLE app SUPERUSER", "ALTER ROLE app REPLICATION"],
    },
    Worse { rule: "RW403", setup: ALL_BUT_THE_LAST, steps: HOLDS_AND_IS },
    Worse {
        rule: "RW404",
        setup: "GRANT pg_read_all_data TO r01; GRANT r01 TO app",
        steps: &["GRANT pg_read_all_data TO app", "GRANT pg_write_all_data TO app"],
    },
    Worse {
        rule: "RW405",
        setup: "GRANT SELECT ON t01 TO PUBLIC; GRANT UPDATE ON t01 TO app WITH GRANT OPTION; REVOKE USAGE ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO app",
        steps: &[
            "GRANT UPDATE ON t01 TO PUBLIC",
            "GRANT DELETE ON t01 TO PUBLIC",
            "SET ROLE app; GRANT UPDATE ON t01 TO PUBLIC",
            "GRANT USAGE ON SCHEMA public TO PUBLIC",
        ],
    },
    Worse {
        rule: "RW406",
        setup: "ALTER TABLE t01 OWNER TO r01; ALTER TABLE t02 OWNER TO r01; GRANT r01 TO app",
        steps: &["ALTER TABLE t02 OWNER TO r02; ALTER TABLE t03 OWNER TO r01", "ALTER TABLE t04 OWNER TO r01"],
    },
    Worse {
        rule: "RW407",
        setup: "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; ALTER FUNCTION f OWNER TO r01",
        steps: &["ALTER ROLE r01 SUPERUSER", "ALTER FUNCTION f OWNER TO r02"],
    },
    Worse {
        rule: "RW408",
        setup: "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; ALTER FUNCTION f OWNER TO r15;
            REVOKE EXECUTE ON FUNCTION f FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION f TO r01, r02, r03, r04, r05, r06, r07, r08, r09, r10, r11, r12, r13",
        steps: &[
            "REVOKE EXECUTE ON FUNCTION f FROM r13; GRANT EXECUTE ON FUNCTION f TO r14",
            "ALTER ROLE r15 SUPERUSER",
        ],
    },
    Worse {
        rule: "RW410",
        setup: concat!(
            "ALTER ROLE app VALID UNTIL '2020-01-01';
            GRANT SELECT ON t01, t02, t03, t04, t05, t06, t07, t08, t09, t10, t11, t12, t13 TO app;",
            "GRANT r01, r02, r03, r04, r05, r06, r07, r08, r09, r10, r11, r12, r13 TO app;"
        ),
        steps: HOLDS_AND_IS,
    },
    Worse {
        rule: "RW411",
        setup: "SELECT format('ALTER TABLE t%1$s ENABLE ROW LEVEL SECURITY; ALTER TABLE t%1$s OWNER TO app', lpad(n::text, 2, '0'))
            FROM generate_series(1, 13) n \\gexec",
        steps: &["ALTER TABLE t13 OWNER TO r01; ALTER TABLE t14 ENABLE ROW LEVEL SECURITY; ALTER TABLE t14 OWNER TO app"],
    },
    Worse {
        rule: "RW412",
        setup: "ALTER ROLE app BYPASSRLS; SELECT format('ALTER TABLE t%1$s ENABLE ROW LEVEL SECURITY; GRANT SELECT ON t%1$s TO app',
            lpad(n::text, 2, '0')) FROM generate_series(1, 13) n \\gexec",
        steps: &[
            "REVOKE SELECT ON t13 FROM app; ALTER TABLE t14 ENABLE ROW LEVEL SECURITY; GRANT SELECT ON t14 TO app",
            "GRANT UPDATE (id) ON t02 TO app",
        ],
    },
    Worse {
        rule: "RW413",
        setup: "CREATE TABLE whole (id int) PARTITION BY LIST (id); ALTER TABLE whole ENABLE ROW LEVEL SECURITY;
            SELECT format('ALTER TABLE whole ATTACH PARTITION t%1$s FOR VALUES IN (%2$s)', lpad(n::text, 2, '0'), n)
            FROM generate_series(1, 15) n \\gexec
            GRANT SELECT ON t01, t02, t03, t04, t05, t06, t07, t08, t09, t10, t11, t12, t13 TO app",
        steps: &["REVOKE SELECT ON t13 FROM app; GRANT SELECT ON t14 TO app", "GRANT UPDATE ON t01 TO app"],
    },
    Worse {
        rule: "RW414",
        setup: "ALTER TABLE t01 ENABLE ROW LEVEL SECURITY; CREATE VIEW v AS SELECT * FROM t01;
            GRANT SELECT ON v TO r01, r02, r03, r04, r05, r06, r07, r08, r09, r10, r11, r12, r13",
        steps: &["REVOKE SELECT ON v FROM r13; GRANT SELECT ON v TO r14", "GRANT UPDATE ON v TO r01"],
    },
    Worse {
        rule: "RW417",
        setup: "GRANT SELECT ON t01, t02, t03, t04, t05, t06, t07, t08, t09, t10, t11, t12, t13 TO app WITH GRANT OPTION;
            SET ROLE app; GRANT SELECT ON t01 TO r01; RESET ROLE",
        steps: &[
            "REVOKE SELECT ON t13 FROM app; GRANT SELECT ON t14 TO app WITH GRANT OPTION",
            "GRANT UPDATE ON t01 TO app WITH GRANT OPTION",
            "GRANT UPDATE ON t02 TO app WITH GRANT OPTION",
            "SET ROLE app; GRANT SELECT ON t02 TO r01",
        ],
    },
    Worse {
        rule: "RW418",
        setup: "GRANT r01, r02, r03, r04, r05, r06, r07, r08, r09, r10, r11, r12, r13 TO app WITH ADMIN OPTION",
        steps: &[
            "REVOKE r13 FROM app; GRANT r14 TO app WITH ADMIN OPTION",
            "SELECT format('CREATE ROLE l%s LOGIN IN ROLE app', n) FROM generate_series(10, 29) n \\gexec",
            "DROP ROLE l29; CREATE ROLE l30 LOGIN IN ROLE app",
        ],
    },
    Worse {
        rule: "RW420",
        setup: "CREATE ROLE crew; GRANT SELECT ON t01, t02 TO crew; GRANT crew TO r01, r02, r03, r04, r05, r06, r07, r08, r09, r10, r11, r12, r13",
        steps: &[
            "REVOKE SELECT ON t02 FROM crew; GRANT SELECT ON t03 TO crew",
            "GRANT INSERT ON t01 TO crew",
            "REVOKE crew FROM r13; GRANT crew TO r14",
            "GRANT crew TO r01 WITH ADMIN OPTION",
        ],
    },
    Worse { rule: "RW424", setup: ALL_BUT_THE_LAST, steps: HOLDS },
    Worse {
        rule: "RW425",
        setup: "CREATE FOREIGN DATA WRAPPER w; GRANT USAGE ON FOREIGN DATA WRAPPER w TO app WITH GRANT OPTION; GRANT USAGE ON FOREIGN DATA WRAPPER w TO PUBLIC",
        steps: &["SET ROLE app; GRANT USAGE ON FOREIGN DATA WRAPPER w TO PUBLIC"],
    },
    Worse {
        rule: "RW426",
        setup: "GRANT SELECT ON t01, t02 TO r01, r02, r03, r04, r05, r06, r07, r08, r09, r10, r11, r12, r13, r14",
        steps: &[
            "REVOKE ALL ON t01, t02 FROM r14; GRANT SELECT ON t01, t02 TO r15",
            "GRANT DELETE ON t02 TO r01, r02, r03, r04, r05, r06, r07, r08, r09, r10, r11, r12, r13, r15",
        ],
    },
    Worse {
        rule: "RW427",
        setup: "GRANT SELECT ON t01, t02 TO r01; GRANT SELECT ON t01, t02, t03 TO r02",
        steps: &["GRANT UPDATE ON t02 TO r01, r02"],
    },
    Worse {
        rule: "RW430",
        setup: "SELECT format('CREATE ROLE s%s SUPERUSER', n) FROM generate_series(10, 39) n \\gexec",
        steps: &["DROP ROLE s39; CREATE ROLE s40 SUPERUSER"],
    },
    Worse {
        rule: "RW434",
        setup: "GRANT EXECUTE ON FUNCTION lo_import(text), lo_import(text, oid), pg_ls_dir(text), pg_ls_dir(text, boolean, boolean),
            pg_read_binary_file(text), pg_read_binary_file(text, bigint, bigint),
            pg_read_binary_file(text, bigint, bigint, boolean), pg_read_file(text), pg_read_file(text, bigint, bigint),
            pg_read_file(text, bigint, bigint, boolean), lo_export(oid, text), pg_stat_file(text) TO app;
            CREATE EXTENSION dblink; GRANT EXECUTE ON FUNCTION dblink_connect_u(text) TO app",
        steps: &[
            "GRANT EXECUTE ON FUNCTION dblink_connect_u(text, text) TO app; REVOKE EXECUTE ON FUNCTION dblink_connect_u(text) FROM app",
            "GRANT EXECUTE ON FUNCTION lo_export(oid, text) TO app WITH GRANT OPTION",
        ],
    },
    Worse {
        rule: "RW435",
        setup: "UPDATE pg_language SET lanpltrusted = true WHERE lanname = 'c'; REVOKE USAGE ON LANGUAGE c FROM PUBLIC;
            GRANT USAGE ON LANGUAGE c TO r01, r02, r03, r04, r05, r06, r07, r08, r09, r10, r11, r12, r13",
        steps: &[
            "REVOKE USAGE ON LANGUAGE c FROM r13; GRANT USAGE ON LANGUAGE c TO r14",
            "GRANT USAGE ON LANGUAGE c TO r01 WITH GRANT OPTION",
        ],
    },
    Worse {
        rule: "RW436",
        setup: "CREATE POLICY p ON t01; GRANT SELECT ON t01 TO r01, r02, r03, r04, r05, r06, r07, r08, r09, r10, r11, r12, r13",
        steps: &["REVOKE SELECT ON t01 FROM r13; GRANT SELECT ON t01 TO r14", "GRANT DELETE ON t01 TO r01"],
    },
    Worse {
        rule: "RW437",
        setup: "GRANT SELECT ON pg_shadow TO app",
        steps: &[
            "GRANT SELECT (rolpassword) ON pg_authid TO app",
            "GRANT SELECT ON pg_shadow TO app WITH GRANT OPTION",
            "CREATE VIEW shown AS SELECT rolpassword FROM pg_authid; GRANT SELECT ON shown TO app",
            "GRANT SELECT ON pg_shadow TO PUBLIC",
        ],
    },
    Worse {
        rule: "RW438",
        setup: "GRANT CREATE ON SCHEMA pg_catalog TO app",
        steps: &["GRANT CREATE ON SCHEMA pg_catalog TO app WITH GRANT OPTION", "GRANT CREATE ON SCHEMA pg_catalog TO r01"],
    },
    Worse {
        rule: "RW454",
        setup: "ALTER DEFAULT PRIVILEGES FOR ROLE r01 GRANT SELECT ON TABLES TO app WITH GRANT OPTION",
        steps: &[
            "ALTER DEFAULT PRIVILEGES FOR ROLE r01 GRANT DELETE ON TABLES TO app WITH GRANT OPTION",
            "ALTER DEFAULT PRIVILEGES FOR ROLE r01 GRANT SELECT ON TABLES TO r02 WITH GRANT OPTION",
        ],
    },
    Worse {
        rule: "RW455",
        setup: "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER one BEFORE UPDATE ON t01 FOR EACH ROW EXECUTE FUNCTION f();
            CREATE TRIGGER one BEFORE UPDATE ON t02 FOR EACH ROW EXECUTE FUNCTION f(); ALTER FUNCTION f OWNER TO r01; GRANT r01 TO app;
            GRANT UPDATE ON t01 TO r01, r02, r03, r04, r05, r06, r07, r08, r09, r10, r11, r12, r13, r14",
        steps: &[
            "REVOKE UPDATE ON t01 FROM r14; GRANT UPDATE ON t01 TO r15",
            "GRANT UPDATE ON t02 TO r02",
            "CREATE ROLE other LOGIN; GRANT r01 TO other",
            "ALTER ROLE r02 SUPERUSER",
        ],
    },
    Worse {
        rule: "RW456",
        setup: "SELECT pg_create_physical_replication_slot('trial'); SELECT pg_drop_replication_slot('trial');
            SELECT pg_create_physical_replication_slot('trial')",
        steps: &[
            "SELECT pg_create_physical_replication_slot('another')",
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots; SELECT pg_create_physical_replication_slot('third', true)",
        ],
    },
    Worse {
        rule: "RW457",
        setup: RUNS,
        steps: &[
            "CREATE ROLE other LOGIN; GRANT r01 TO other",
            "REVOKE r01 FROM app; GRANT r02 TO app; GRANT r02 TO r01",
            "GRANT EXECUTE ON FUNCTION f TO r03; GRANT r03 TO app; REVOKE r02 FROM app",
        ],
    },
    Worse {
        rule: "RW458",
        setup: RUNS,
        steps: &["CREATE ROLE other LOGIN; GRANT r01 TO other", "ALTER FUNCTION f OWNER TO r05"],
    },
    Worse {
        rule: "RW459",
        setup: RUNS_AS_AN_OWNER,
        steps: &[
            "ALTER FUNCTION f OWNER TO r05",
            "CREATE ROLE other LOGIN; GRANT r01 TO other",
            "ALTER FUNCTION f OWNER TO r06",
            "CREATE VIEW v AS SELECT * FROM t01; GRANT SELECT ON v TO r01",
            "CREATE OR REPLACE VIEW v AS SELECT id FROM t02",
        ],
    },
];

/// A superuser's routine that runs what it is given, for a role that a login is a member of.
const RUNS: &str = "CREATE FUNCTION f(what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN EXECUTE what; END';
    REVOKE EXECUTE ON FUNCTION f FROM PUBLIC; GRANT EXECUTE ON FUNCTION f TO r01; GRANT r01 TO app";

/// The same of an owner who is no superuser.
const RUNS_AS_AN_OWNER: &str = "CREATE FUNCTION f(what text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN EXECUTE what; END';
    REVOKE EXECUTE ON FUNCTION f FROM PUBLIC; GRANT EXECUTE ON FUNCTION f TO r01; GRANT r01 TO app; ALTER FUNCTION f OWNER TO r04";

/// About what, with the print.
fn prints(cluster: &Cluster, rule: &str) -> Vec<String> {
    let told = of_rule(cluster, rule);
    told.iter().map(|told| format!("{} {}", told.line, told.saw)).collect()
}

fn all_prints(cluster: &Cluster) -> Vec<String> {
    let (told, _) = audited(&cluster.socket_url(SHOP));
    let mut all: Vec<String> = told.iter().map(|told: &Told| format!("{} {}", told.rule, told.saw)).collect();
    all.sort();
    all
}

fn prove(cluster: &Cluster, case: &Worse) {
    let version = cluster.version();
    let clean: Vec<String> = of_rule(cluster, case.rule).iter().map(|told| told.saw.clone()).collect();
    cluster.psql(SHOP, SHOP_OF_MANY).unwrap();
    cluster.psql(SHOP, case.setup).unwrap();
    let saw =
        || of_rule(cluster, case.rule).into_iter().map(|told| told.saw).filter(|saw| !clean.contains(saw));
    let mut before: Vec<String> = saw().collect();
    assert!(!before.is_empty(), "{version} {}: {:?}", case.rule, of_rule(cluster, case.rule));
    for step in case.steps {
        assert_eq!(saw().collect::<Vec<_>>(), before, "{version} {}: nothing was done", case.rule);
        cluster.psql(SHOP, step).unwrap();
        let after: Vec<String> = saw().collect();
        assert!(
            after.iter().any(|saw| !before.contains(saw)),
            "{version} {}: {step} is not seen in {:#?}",
            case.rule,
            prints(cluster, case.rule)
        );
        before = after;
    }
    sweep(cluster);
}

fn prove_all(version: Version) {
    let cluster = cluster(version);
    CASES.iter().for_each(|case| prove(&cluster, case));
}

#[test]
fn whatever_makes_a_finding_worse_gives_it_another_print_on_14() {
    prove_all(Version::V14);
}

#[test]
fn whatever_makes_a_finding_worse_gives_it_another_print_on_16() {
    prove_all(Version::V16);
}

#[test]
fn whatever_makes_a_finding_worse_gives_it_another_print_on_18() {
    prove_all(Version::V18);
}

/// Another number of the same sessions, the moment at which the server began, the places of rows, and what is beside it.
#[test]
fn what_is_none_of_a_findings_business_gives_it_no_other_print() {
    for version in [Version::V14, Version::V18] {
        let mut cluster = cluster(version);
        cluster.psql(SHOP, SHOP_OF_MANY).unwrap();
        let fragile = [
            "RW403", "RW404", "RW405", "RW406", "RW407", "RW411", "RW417", "RW418", "RW424", "RW430", "RW436",
        ];
        for case in CASES.iter().filter(|case| fragile.contains(&case.rule)) {
            cluster.psql(SHOP, case.setup).unwrap();
        }
        let doors = cluster.data_dir().join("pg_hba.conf");
        let lines = std::fs::read_to_string(&doors).unwrap();
        let before = all_prints(&cluster);
        assert!(before.len() > 20, "{before:#?}");
        std::fs::write(&doors, format!("# A remark above the lines.\n{lines}")).unwrap();
        cluster.psql(SHOP, "CHECKPOINT").unwrap();
        cluster.restart().unwrap();
        for table in ["pg_class", "pg_authid", "pg_auth_members", "pg_proc"] {
            cluster.psql(SHOP, &format!("VACUUM FULL pg_catalog.{table}")).unwrap();
        }
        cluster
            .psql(SHOP, "CREATE SCHEMA beside; CREATE TABLE beside.t (); COMMENT ON TABLE t01 IS 'Told.'; SELECT count(*) FROM t02")
            .unwrap();
        assert_eq!(all_prints(&cluster), before, "{version}");
        // A login that has an end, a limit and nothing else is in no list, but it is counted beside them.
        cluster.psql(SHOP, "CREATE ROLE calm LOGIN CONNECTION LIMIT 3 VALID UNTIL '2999-01-01'").unwrap();
        assert_eq!(all_prints(&cluster), before, "{version}: another login");
    }
}
