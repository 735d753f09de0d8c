//! Others at work: bystanders who grant, readers who hold locks, and more tables than one transaction can lock.

use crate::converge::{apply, plan};
use crate::models::intent;
use crate::round_trip::said;
use sandbox::{Cluster, Installation, Version};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

fn cluster(version: Version, sql: &str) -> Cluster {
    let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
    cluster.psql("postgres", "CREATE DATABASE shop; CREATE DATABASE other").unwrap();
    cluster.psql("shop", sql).unwrap();
    cluster
}

const READER: &str = "
roles:
  reader: { purpose: Reads., owner: data@acme.example, grants: { shop: [usage on schema sales, select on table sales.*] } }
";

#[test]
fn a_bystander_who_grants_on_the_same_objects_all_the_while_is_outlasted() {
    for version in [Version::V14, Version::V16, Version::V18] {
        let cluster = cluster(
            version,
            "CREATE SCHEMA sales; CREATE ROLE bystander;
             SELECT format('CREATE TABLE sales.t%s (id int)', n) FROM generate_series(1, 20) n \\gexec",
        );
        let intent = intent(READER);
        let stop = AtomicBool::new(false);
        let retries = thread::scope(|scope| {
            let busy = || {
                while !stop.load(Ordering::Relaxed) {
                    // One at a time and at once done, as people do; the same rows as ours all the while.
                    let mut sql = String::new();
                    for _ in 0..20 {
                        sql.push_str("GRANT INSERT ON ALL TABLES IN SCHEMA sales TO bystander; REVOKE INSERT ON ALL TABLES IN SCHEMA sales FROM bystander;\n");
                    }
                    let _ = cluster.psql("shop", &sql);
                }
            };
            scope.spawn(busy);
            let mut failed = 0;
            for round in 0..8 {
                let planned = plan(&cluster, &intent).unwrap();
                if let Err(error) = apply(&cluster, &intent, &planned) {
                    // Given up in the end, with nothing changed, is an answer too.
                    assert!(error.contains("tried 6 times"), "{version} {round}: {error}");
                    failed += 1;
                }
                let _ = cluster.psql("shop", "REVOKE ALL ON ALL TABLES IN SCHEMA sales FROM reader");
            }
            stop.store(true, Ordering::Relaxed);
            failed
        });
        assert!(retries < 8, "{version}: not one of eight came through");
        let planned = plan(&cluster, &intent).unwrap();
        if !planned.plan.is_empty() {
            apply(&cluster, &intent, &planned).unwrap();
        }
        assert!(plan(&cluster, &intent).unwrap().plan.is_empty());
    }
}

#[test]
fn a_reader_in_the_way_of_a_new_owner_is_waited_for_and_then_named_and_nothing_is_changed() {
    for version in [Version::V15, Version::V17] {
        let cluster = cluster(version, "CREATE SCHEMA sales; CREATE TABLE sales.orders (id int)");
        let intent = intent(
            "
roles:
  keeper: { purpose: Owns., owner: data@acme.example, owns: { shop: [table sales.orders] } }
  reader: { purpose: Reads., owner: data@acme.example, grants: { shop: [select on table sales.orders] } }
",
        );
        let planned = plan(&cluster, &intent).unwrap();
        let holds = "SELECT count(*) FROM pg_locks WHERE relation = 'sales.orders'::regclass AND granted";
        thread::scope(|scope| {
            // A short reader is waited for.
            scope.spawn(|| cluster.psql("shop", "BEGIN; SELECT * FROM sales.orders; SELECT pg_sleep(3)"));
            while cluster.psql("shop", holds).unwrap() == "0" {
                thread::sleep(Duration::from_millis(20));
            }
            apply(&cluster, &intent, &planned).unwrap();
        });
        cluster
            .psql(
                "shop",
                "ALTER TABLE sales.orders OWNER TO postgres; REVOKE ALL ON sales.orders FROM reader",
            )
            .unwrap();
        let planned = plan(&cluster, &intent).unwrap();
        let before = said(&cluster, &["shop"]);
        thread::scope(|scope| {
            // One that does not end is not.
            let reader = scope.spawn(|| {
                cluster.psql(
                    "shop",
                    "SET application_name = 'slow'; BEGIN; SELECT * FROM sales.orders; SELECT pg_sleep(120)",
                )
            });
            while cluster.psql("shop", holds).unwrap() == "0" {
                thread::sleep(Duration::from_millis(20));
            }
            let error = apply(&cluster, &intent, &planned).unwrap_err();
            assert!(
                error.contains("RW210") && error.contains("lock") && error.contains("tried 6 times"),
                "{error}"
            );
            cluster
                .psql(
                    "shop",
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'slow'",
                )
                .unwrap();
            assert!(reader.join().unwrap().is_err());
        });
        assert_eq!(before, said(&cluster, &["shop"]), "{version}");
    }
}

/// 200 schemas with 100 tables each.
const MANY: &str = "
DO $$ BEGIN FOR s IN 1..200 LOOP EXECUTE format('CREATE SCHEMA s%s', s); END LOOP; END $$;
SELECT format('DO $d$ BEGIN FOR t IN 1..100 LOOP EXECUTE format(''CREATE TABLE s%s.t%%s (id int)'', t); END LOOP; END $d$', s)
  FROM generate_series(1, 200) s \\gexec
";

#[test]
fn twenty_thousand_tables_are_granted_and_handed_over_with_default_lock_settings() {
    for version in [Version::V15, Version::V18] {
        let cluster = cluster(version, MANY);
        assert_eq!(cluster.psql("shop", "SHOW max_locks_per_transaction").unwrap(), "64");
        // One table of each schema is left out, so that no schema can be granted on as a whole.
        let named = intent(
            "
roles:
  reader: { purpose: Reads., owner: data@acme.example, grants: { shop: ['select on table *.* except *.t7'] } }
",
        );
        let planned = plan(&cluster, &named).unwrap();
        apply(&cluster, &named, &planned).unwrap();
        let granted = "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND has_table_privilege('reader', oid, 'SELECT') AND oid >= 16384";
        assert_eq!(cluster.psql("shop", granted).unwrap(), "19800", "{version}");
        let owned = intent(
            "
roles:
  reader: { purpose: Reads., owner: data@acme.example, grants: { shop: ['select on table *.*'] } }
  keeper: { purpose: Owns., owner: data@acme.example, owns: { shop: ['table *.*'] } }
",
        );
        let planned = plan(&cluster, &owned).unwrap();
        let inside =
            planned.plan.phases.iter().filter(|phase| phase.kind == model::PhaseKind::Database).count();
        assert!(inside > 10, "{version}: {inside} portions");
        apply(&cluster, &owned, &planned).unwrap();
        assert_eq!(cluster.psql("shop", granted).unwrap(), "20000", "{version}");
        let kept = "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relowner = 'keeper'::regrole";
        assert_eq!(cluster.psql("shop", kept).unwrap(), "20000", "{version}");
    }
}

#[test]
fn what_a_login_is_told_to_begin_with_neither_weakens_nor_ends_an_apply() {
    let cluster = cluster(
        Version::V17,
        "CREATE ROLE weak; CREATE SCHEMA sales; CREATE TABLE sales.orders (id int); ALTER ROLE postgres SET role = 'weak';
         ALTER ROLE postgres SET transaction_timeout = '1s'; ALTER ROLE postgres SET default_transaction_isolation = 'serializable'",
    );
    let intent = intent(
        "
roles:
  keeper: { purpose: Owns., owner: data@acme.example, owns: { shop: [table sales.orders] } }
",
    );
    thread::scope(|scope| {
        let reads = "SET ROLE NONE; SET transaction_timeout = 0; BEGIN; SELECT * FROM sales.orders; SELECT pg_sleep(3)";
        scope.spawn(|| cluster.psql("shop", reads));
        let holds =
            "SELECT count(*) FROM pg_locks WHERE relation::regclass::text = 'sales.orders' AND granted";
        while cluster.psql("shop", holds).unwrap() == "0" {
            thread::sleep(Duration::from_millis(20));
        }
        let planned = plan(&cluster, &intent).unwrap();
        apply(&cluster, &intent, &planned).unwrap();
    });
}

#[test]
fn a_database_that_begins_read_only_is_respected_and_the_setting_named() {
    let cluster = cluster(
        Version::V16,
        "CREATE SCHEMA sales; ALTER DATABASE shop SET default_transaction_read_only = on",
    );
    let intent = intent(READER);
    let planned = plan(&cluster, &intent).unwrap();
    let error = apply(&cluster, &intent, &planned).unwrap_err();
    assert!(error.contains("default_transaction_read_only"), "{error}");
    cluster.psql("postgres", "ALTER DATABASE shop RESET default_transaction_read_only").unwrap();
    let planned = plan(&cluster, &intent).unwrap();
    apply(&cluster, &intent, &planned).unwrap();
}
