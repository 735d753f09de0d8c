//! Phases are carried out whole or not at all, under a lock that holds for the whole cluster.

use crate::inspect::{block_on, database, role, session};
use engine::{EngineError, Locked, Outcome, Scope};
use model::{Approved, Cause, Part, Phase, PhaseKind, Place, Plan, Risk, RoleName, Secret, Statement, Step};
use sandbox::{Cluster, Installation, Version};
use std::collections::BTreeMap;
use std::sync::Mutex;

fn cluster(version: Version) -> Cluster {
    let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
    cluster.create_database("shop").unwrap();
    cluster
}

async fn locked(url: &str) -> Box<dyn Locked> {
    session(url).await.lock().await.unwrap()
}

fn step(statements: Vec<Statement>) -> Step {
    Step {
        changes: Vec::new(),
        statements,
        cause: Cause::Observed("a test".into()),
        risk: Risk::Routine,
        reverse: Vec::new(),
    }
}

fn phase(of: Option<&str>, atomic: bool, statements: &[&str]) -> Phase {
    Phase {
        kind: if atomic { PhaseKind::Database } else { PhaseKind::Drop },
        place: of.map_or(Place::Cluster, |name| Place::Database(database(name))),
        atomic,
        steps: statements.iter().map(|text| step(vec![Statement::new(*text)])).collect(),
    }
}

/// Runs one phase with these verifiers.
async fn run(
    session: &mut dyn Locked,
    phase: Phase,
    verifiers: &BTreeMap<RoleName, Secret>,
) -> Result<Outcome, EngineError> {
    let observed = session.inspect(&Scope::model([].into())).await.unwrap();
    let plan = Plan {
        at: observed.at,
        executor: observed.executor,
        phases: vec![phase],
        notes: Vec::new(),
        quarantined: BTreeMap::new(),
        left: model::Left::default(),
        fingerprint: "same".into(),
    };
    let approved = Approved::check(plan, "same", Vec::new(), Vec::new()).unwrap();
    let done = Mutex::new(0);
    let result = session.run(&approved, 0, verifiers, &mut |steps| *done.lock().unwrap() = steps).await;
    if result.is_ok() {
        assert_eq!(*done.lock().unwrap(), approved.phases()[0].steps.len());
    }
    result
}

async fn run_as(url: &str, phase: Phase) -> Result<Outcome, EngineError> {
    run(locked(url).await.as_mut(), phase, &BTreeMap::new()).await
}

fn exists(cluster: &Cluster, role: &str) -> bool {
    cluster.psql("postgres", &format!("SELECT count(*) FROM pg_roles WHERE rolname = '{role}'")).unwrap()
        == "1"
}

#[test]
fn the_lock_of_one_database_keeps_out_an_applier_in_another() {
    for version in Version::ALL {
        let cluster = cluster(version);
        block_on(async {
            let held = locked(&cluster.url("shop")).await;
            let other = session(&format!("{}?application_name=second", cluster.url("template1"))).await;
            let error = other.lock().await.err().unwrap();
            assert_eq!(error.code, "RW207");
            assert!(error.what.contains("role postgres, application rolewright"), "{}", error.what);
            // A locked session that is locked again keeps its lock.
            let held = held.lock().await.unwrap();
            drop(held);
            for _ in 0..50 {
                if session(&cluster.url("template1")).await.lock().await.is_ok() {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            panic!("the lock was not freed");
        });
    }
}

#[test]
fn an_atomic_phase_that_fails_leaves_nothing() {
    for version in Version::ALL {
        let cluster = cluster(version);
        let phase = phase(None, true, &["CREATE ROLE first", "GRANT first TO nobody_here"]);
        let error = block_on(run_as(&cluster.url("shop"), phase)).unwrap_err();
        assert_eq!(error.code, "RW210");
        assert_eq!(error.statement.as_deref(), Some("GRANT first TO nobody_here"));
        assert!(error.what.contains("SQLSTATE 42704"), "{}", error.what);
        assert!(!exists(&cluster, "first"));
    }
}

#[test]
fn a_phase_that_is_not_atomic_stops_at_the_first_error_and_keeps_what_was_done() {
    let cluster = cluster(Version::V17);
    let statements =
        ["CREATE ROLE first", "CREATE DATABASE second", "DROP ROLE nobody_here", "CREATE ROLE third"];
    let error = block_on(run_as(&cluster.url("shop"), phase(None, false, &statements))).unwrap_err();
    assert_eq!(error.statement.as_deref(), Some("DROP ROLE nobody_here"));
    assert!(exists(&cluster, "first") && !exists(&cluster, "third"));
}

#[test]
fn a_grant_or_revoke_that_only_warns_is_a_failure() {
    for version in Version::ALL {
        let cluster = cluster(version);
        cluster
            .psql(
                "shop",
                "CREATE ROLE owner; CREATE ROLE reader; CREATE ROLE weak LOGIN CREATEROLE; CREATE TABLE public.t (); ALTER TABLE public.t OWNER TO owner;
                 GRANT SELECT ON public.t TO weak; GRANT SELECT ON public.t TO reader",
            )
            .unwrap();
        let url = cluster.socket_url_as("weak", "shop");
        for statement in ["GRANT SELECT ON public.t TO reader", "REVOKE SELECT ON public.t FROM reader"] {
            let phase = phase(Some("shop"), true, &["SET LOCAL lock_timeout = '1s'", statement]);
            let error = block_on(run_as(&url, phase)).unwrap_err();
            assert_eq!(error.code, "RW210", "{version}");
            assert_eq!(error.statement.as_deref(), Some(statement));
            assert!(error.what.contains("only warned"), "{}", error.what);
        }
        if version >= Version::V16 {
            let sql = "CREATE ROLE a; CREATE ROLE b; CREATE ROLE c; GRANT a TO b WITH ADMIN TRUE; GRANT a TO c GRANTED BY b";
            cluster.psql("shop", sql).unwrap();
            let error =
                block_on(run_as(&cluster.url("shop"), phase(None, true, &["REVOKE a FROM c"]))).unwrap_err();
            assert!(error.what.contains("SQLSTATE 01000"), "{}", error.what);
        }
    }
}

#[test]
fn a_warning_of_somebodys_trigger_is_passed_on_and_no_failure() {
    let cluster = cluster(Version::V16);
    cluster
        .psql(
            "shop",
            "CREATE ROLE reader; CREATE TABLE public.t ();
             CREATE FUNCTION say() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'noted'; END $$;
             CREATE EVENT TRIGGER say ON ddl_command_end WHEN TAG IN ('GRANT') EXECUTE FUNCTION say()",
        )
        .unwrap();
    let phase = phase(Some("shop"), true, &["GRANT SELECT ON public.t TO reader"]);
    let outcome = block_on(run_as(&cluster.url("postgres"), phase)).unwrap();
    assert_eq!(outcome.notices, ["WARNING: noted"]);
    assert_eq!((outcome.statements, outcome.retries), (1, 0));
}

#[test]
fn secrets_take_the_place_of_placeholders_and_show_nowhere() {
    for version in Version::ALL {
        let cluster = cluster(version);
        let statement = |role_name: &str| {
            Statement::from_parts(vec![
                Part::Text(format!("ALTER ROLE {role_name} PASSWORD ")),
                Part::VerifierOf(role("app")),
            ])
        };
        let verifier = "SCRAM-SHA-256$4096:MTIzNDU2Nzg5MDEyMzQ1Ng==$8vSbsbK1kkrxIbkc1uqJkZKmDRqCEBhOOWjYTLFDtPs=:jM4mPSmwcRn0OWkCbYbGzB6Ubi1GeRoNaUMQQwLrkMA=";
        let verifiers = BTreeMap::from([(role("app"), Secret::new(verifier))]);
        let phase = |statements| Phase { steps: vec![step(statements)], ..phase(None, true, &[]) };
        block_on(async {
            let mut session = locked(&cluster.url("postgres")).await;
            let made = phase(vec![Statement::new("CREATE ROLE app"), statement("app")]);
            run(session.as_mut(), made, &verifiers).await.unwrap();
            let error =
                run(session.as_mut(), phase(vec![statement("nobody_here")]), &verifiers).await.unwrap_err();
            assert!(!format!("{error:?}").contains("SCRAM"), "{error:?}");
            assert_eq!(
                error.statement.as_deref(),
                Some("ALTER ROLE nobody_here PASSWORD :'verifier of app'")
            );
            let error =
                run(session.as_mut(), phase(vec![statement("app")]), &BTreeMap::new()).await.unwrap_err();
            assert_eq!(error.code, "RW211");
        });
        let stored =
            cluster.psql("postgres", "SELECT rolpassword FROM pg_authid WHERE rolname = 'app'").unwrap();
        assert_eq!(stored, verifier);
    }
}

#[test]
fn a_phase_waits_for_others_and_begins_again() {
    for version in Version::ALL {
        let cluster = cluster(version);
        cluster.psql("shop", "CREATE TABLE public.t (); CREATE ROLE reader; CREATE ROLE other").unwrap();
        // Another session changes the same object's ACL and commits while ours waits for it: ours fails with "tuple
        // concurrently updated", which has no code of its own. A table that is held longer than ours waits is a lock that
        // times out.
        for (hold, longer, ours) in [
            ("GRANT SELECT ON public.t TO other", 0.2, "GRANT SELECT ON public.t TO reader"),
            ("LOCK TABLE public.t IN ACCESS EXCLUSIVE MODE", 2.5, "ALTER TABLE public.t OWNER TO reader"),
        ] {
            let outcome = std::thread::scope(|scope| {
                let holder = scope.spawn(|| held_until_waited_for(&cluster, hold, longer));
                let holds = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
                while cluster.psql("shop", holds).unwrap().trim() != "1" {
                    assert!(!holder.is_finished(), "{version} {hold}");
                }
                let statements = ["SELECT 1", ours];
                let outcome = block_on(run_as(&cluster.url("shop"), phase(Some("shop"), true, &statements)));
                holder.join().unwrap();
                outcome
            });
            let outcome = outcome.unwrap();
            assert!(outcome.retries > 0, "{version} {hold}");
            assert_eq!(outcome.statements, 2, "counted once, however often it was tried");
        }
        let acl = cluster.psql("shop", "SELECT relacl FROM pg_class WHERE relname = 't'").unwrap();
        assert!(acl.contains("reader=") && acl.contains("other=r"), "{acl}");
    }
}

/// Runs a statement in a transaction that lasts until somebody has waited for it, and so many seconds longer.
fn held_until_waited_for(cluster: &Cluster, statement: &str, longer: f64) {
    let waited = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    let wait = format!(
        "WHILE NOT EXISTS ({waited}) LOOP PERFORM pg_sleep(0.05), pg_stat_clear_snapshot(); END LOOP"
    );
    let sql = format!("BEGIN; {statement}; DO $$ BEGIN {wait}; PERFORM pg_sleep({longer}); END $$; COMMIT");
    cluster.psql("shop", &sql).unwrap();
}

#[test]
fn a_connection_cut_in_the_middle_leaves_nothing() {
    for version in Version::ALL {
        let cluster = cluster(version);
        let cut = "SELECT pg_terminate_backend(pg_backend_pid())";
        let phase = phase(None, true, &["CREATE ROLE first", cut, "CREATE ROLE second"]);
        let error = block_on(run_as(&cluster.url("shop"), phase)).unwrap_err();
        assert_eq!(error.code, "RW206");
        assert_eq!(error.statement.as_deref(), Some(cut));
        assert!(!exists(&cluster, "first") && !exists(&cluster, "second"));
    }
}

#[test]
fn a_run_without_its_lock_is_refused_and_a_phase_that_loses_it_undone() {
    let cluster = cluster(Version::V15);
    let end_the_lock = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'";
    block_on(async {
        let mut session = locked(&cluster.url("shop")).await;
        let losing = phase(None, true, &["CREATE ROLE first", end_the_lock, "SELECT pg_sleep(0.3)"]);
        let error = run(session.as_mut(), losing, &BTreeMap::new()).await.unwrap_err();
        assert_eq!(error.code, "RW206");
        assert!(error.what.contains("holding the lock"), "{}", error.what);
        assert!(!exists(&cluster, "first"));
        let refused =
            run(session.as_mut(), phase(None, true, &["CREATE ROLE first"]), &BTreeMap::new()).await;
        assert_eq!(refused.unwrap_err().code, "RW206");
        assert!(!exists(&cluster, "first"));
    });
}
