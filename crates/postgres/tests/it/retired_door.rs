//! Roles that go: the door is closed first and for good, and what happens behind it is looked at before.

use crate::converge::{apply, plan};
use crate::converge_facts::{becomes, cluster, says};
use crate::retired::leaver;
use crate::round_trip::statements;
use sandbox::{Cluster, Installation, Version};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::thread::{Scope, ScopedJoinHandle, sleep};
use std::time::Duration;

const SESSIONS: &str = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'leaver'";

/// A session of the leaver's, which is there when this returns. Its end is an error.
fn session<'s>(
    scope: &'s Scope<'s, '_>,
    cluster: &'s Cluster,
    sql: &'s str,
) -> ScopedJoinHandle<'s, Result<String, sandbox::SandboxError>> {
    let session =
        scope.spawn(move || cluster.psql_as("leaver", "other", &format!("{sql}; SELECT pg_sleep(60)")));
    while cluster.psql("shop", SESSIONS).unwrap() == "0" {
        sleep(Duration::from_millis(20));
    }
    session
}

#[test]
fn no_login_is_committed_before_a_session_is_ended_and_both_before_all_else() {
    let cluster = cluster(
        Version::V17,
        "CREATE ROLE leaver LOGIN; CREATE TABLE t (id int); GRANT SELECT ON t TO leaver",
    );
    let planned = plan(&cluster, &leaver()).unwrap();
    assert_eq!(
        statements(&planned.plan),
        [
            "close the door cluster: ALTER ROLE leaver NOLOGIN",
            "close the door cluster: SELECT pg_catalog.pg_terminate_backend(pid, 10000) FROM pg_catalog.pg_stat_activity WHERE usename = 'leaver'",
            "database database shop: REVOKE SELECT ON TABLE public.t FROM leaver",
            "drop cluster: DROP ROLE leaver",
        ]
    );
    let atomic: Vec<bool> = planned.plan.phases.iter().map(|phase| phase.atomic).collect();
    assert_eq!(atomic, [false, true, false]);
}

#[test]
fn a_session_that_has_become_another_role_is_ended_by_its_login() {
    for version in [Version::V14, Version::V18] {
        let cluster = cluster(version, "CREATE ROLE leaver LOGIN; CREATE ROLE mask; GRANT mask TO leaver");
        std::thread::scope(|scope| {
            let masked = session(scope, &cluster, "SET ROLE mask");
            let notes = plan(&cluster, &leaver()).unwrap().plan.notes;
            let said: Vec<_> = notes.iter().map(|note| (note.about.as_str(), note.what.as_str())).collect();
            assert_eq!(said, [("leaver", "1 session has logged in as it, and is ended")], "{version}");
            becomes(&cluster, &leaver());
            assert!(masked.join().unwrap().is_err(), "{version}: the session is ended");
        });
    }
}

#[test]
fn who_was_locked_out_by_an_attempt_that_broke_off_is_ended_by_the_next() {
    let cluster = cluster(Version::V16, "CREATE ROLE leaver LOGIN");
    std::thread::scope(|scope| {
        let left_behind = session(scope, &cluster, "SELECT 1");
        cluster.psql("shop", "ALTER ROLE leaver NOLOGIN").unwrap();
        becomes(&cluster, &leaver());
        assert!(left_behind.join().unwrap().is_err());
    });
}

/// A walsender of the leaver's that reads the slot, in the protocol's own words.
fn replicate(cluster: &Cluster, slot: &str) -> UnixStream {
    let path = cluster.socket_dir().join(format!(".s.PGSQL.{}", cluster.port()));
    let mut stream = UnixStream::connect(path).unwrap();
    let mut startup = 196_608_u32.to_be_bytes().to_vec();
    startup.extend(b"user\0leaver\0replication\0true\0\0");
    let mut send = |kind: &[u8], body: &[u8]| {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        stream.write_all(&[kind, &length, body].concat()).unwrap();
    };
    send(b"", &startup);
    let start = cluster.psql("shop", "SELECT pg_current_wal_flush_lsn()").unwrap();
    send(b"Q", format!("START_REPLICATION SLOT {slot} PHYSICAL {start}\0").as_bytes());
    let mut said = Vec::new();
    let mut some = [0; 4096];
    // CopyBothResponse without columns: the server has begun to send.
    while !said.windows(5).any(|message| message == b"W\0\0\0\x07") {
        let read = stream.read(&mut some).unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&said));
        said.extend(some.iter().take(read));
    }
    stream
}

#[test]
fn a_role_that_a_standby_connects_as_is_not_taken_from_it() {
    let cluster = cluster(Version::V16, "CREATE ROLE leaver LOGIN REPLICATION");
    cluster.psql("shop", "SELECT pg_create_physical_replication_slot('feed', true)").unwrap();
    let active = "SELECT active FROM pg_replication_slots WHERE slot_name = 'feed'";
    {
        let _standby = replicate(&cluster, "feed");
        while cluster.psql("shop", active).unwrap() != "t" {
            sleep(Duration::from_millis(20));
        }
        let planned = plan(&cluster, &leaver()).unwrap();
        let said: Vec<_> =
            planned.refusals.iter().map(|refusal| (refusal.code, refusal.what.as_str())).collect();
        let what = "leaver is to be dropped, and a session of its own reads replication slot feed";
        assert_eq!(said, [("RW328", what)]);
        let follows =
            |note: &model::Note| note.about == "standbys" && note.what.starts_with("1 server follows");
        assert!(planned.plan.notes.iter().any(follows), "{:?}", planned.plan.notes);
        assert!(apply(&cluster, &leaver(), &planned).is_err());
        says(&cluster, "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'leaver'", "t");
    }
    while cluster.psql("shop", active).unwrap() != "f" {
        sleep(Duration::from_millis(20));
    }
    becomes(&cluster, &leaver());
}

#[test]
fn a_role_as_which_a_scheduler_starts_jobs_is_not_taken_from_them() {
    let installation = Installation::find(Version::V15).unwrap();
    let cluster = Cluster::builder()
        .setting("shared_preload_libraries", "pg_cron")
        .start(&installation)
        .expect("pg_cron for PostgreSQL 15: script/setup installs it");
    for database in ["shop", "other"] {
        cluster.create_database(database).unwrap();
    }
    cluster
        .psql(
            "postgres",
            "CREATE EXTENSION pg_cron; CREATE ROLE leaver LOGIN; GRANT USAGE ON SCHEMA cron TO leaver",
        )
        .unwrap();
    let said = || -> Vec<(String, String)> {
        let planned = plan(&cluster, &leaver()).unwrap();
        planned.refusals.iter().map(|refusal| (refusal.code.to_owned(), refusal.what.clone())).collect()
    };
    assert_eq!(said(), []);
    let schedule = "SELECT cron.schedule('nightly', '0 3 * * *', 'SELECT 1'); SELECT cron.schedule('30 4 * * 0', 'VACUUM')";
    cluster.psql_as("leaver", "postgres", schedule).unwrap();
    let what = "leaver is to be dropped, and jobs of pg_cron run as it: number 1 (nightly) in database postgres, '0 3 * * *'; \
                number 2 in database postgres, '30 4 * * 0'";
    assert_eq!(said(), [("RW329".to_owned(), what.to_owned())]);
    cluster
        .psql(
            "postgres",
            "UPDATE cron.job SET username = 'postgres' WHERE jobid = 1; SELECT cron.unschedule(2)",
        )
        .unwrap();
    becomes(&cluster, &leaver());
    says(&cluster, "SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'", "0");
}
