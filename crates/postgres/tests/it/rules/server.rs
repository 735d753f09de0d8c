//! Rules about the server as a whole.

use super::{audited, cluster, lines, of_rule};
use sandbox::{Cluster, Version};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Waits until a rule says this, or answers what it says instead.
fn until(cluster: &Cluster, rule: &str, expected: &[&str]) -> Vec<String> {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let found = of_rule(cluster, rule);
        if lines(&found) == expected || Instant::now() > end {
            return found.into_iter().map(|told| told.line).collect();
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn what_is_not_logged_is_told_and_logged_after_mending() {
    for version in Version::ALL {
        let cluster = cluster(version);
        let found = of_rule(&cluster, "RW415");
        assert_eq!(
            lines(&found),
            [
                "low target: grants and changes of roles leave no trace in the log",
                "low target: who logs in leaves no trace in the log",
            ],
            "{version}"
        );
        cluster.psql("shop", "CREATE ROLE low LOGIN").unwrap();
        let low = audited(&cluster.socket_url_as("low", "shop")).0;
        let low: Vec<_> = low.into_iter().filter(|told| told.rule == "RW415").collect();
        assert_eq!(
            lines(&low),
            ["low target: who logs in leaves no trace in the log"],
            "{version}: who may not see the modules says nothing of them"
        );
        for statement in found.iter().flat_map(|told| &told.sql) {
            cluster.psql("shop", statement).unwrap();
        }
        assert_eq!(until(&cluster, "RW415", &[]), Vec::<String>::new(), "{version}");
        cluster.psql("shop", "CREATE ROLE traced").unwrap();
        let log = cluster.log().unwrap();
        assert!(
            log.contains("statement: CREATE ROLE traced") && log.contains("connection authorized"),
            "{log}"
        );
    }
}

/// A program that has opened the way by which a standby follows.
struct Follower(Child);

impl Follower {
    fn start(cluster: &Cluster) -> Self {
        let child = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--dbname"])
            .arg(format!("{}?replication=true&application_name=reports_copy", cluster.socket_url("shop")))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_copy_that_was_not_looked_at_is_named() {
    for version in Version::ALL {
        let cluster = cluster(version);
        assert_eq!(lines(&of_rule(&cluster, "RW431")), Vec::<&str>::new(), "{version}");
        let follower = Follower::start(&cluster);
        let expected = ["info target: who is connected to 1 copy of it was not seen"];
        assert_eq!(until(&cluster, "RW431", &expected), expected, "{version}");
        let found = of_rule(&cluster, "RW431");
        assert_eq!(found[0].evidence, ["copied by reports_copy"], "{version}");
        cluster.psql("shop", "CREATE ROLE low LOGIN").unwrap();
        let low = audited(&cluster.socket_url_as("low", "shop")).0;
        let low: Vec<_> = low.into_iter().filter(|told| told.rule == "RW431").collect();
        assert_eq!(lines(&low), expected, "{version}: that there is one is visible to everybody");
        let unseen =
            "copied by reports_copy (from where, and whether it is a backup, is not visible to this login)";
        assert_eq!(low[0].evidence, [unseen], "{version}");
        drop(follower);
        assert_eq!(until(&cluster, "RW431", &[]), Vec::<String>::new(), "{version}");
    }
}

#[test]
fn a_look_at_a_standby_says_that_it_is_one() {
    for version in Version::ALL {
        let mut cluster = cluster(version);
        std::fs::write(cluster.data_dir().join("standby.signal"), "").unwrap();
        cluster.restart().unwrap();
        let found = of_rule(&cluster, "RW431");
        let expected = ["info target: is a copy: who is connected to the first server was not seen"];
        assert_eq!(lines(&found), expected, "{version}");
    }
}

/// What a function of adminpack would do if the role were let.
const ADMINPACK: [(&str, &str); 5] = [
    ("pg_file_write(text, text, boolean)", "SELECT pg_file_write('proof', 'x', true)"),
    ("pg_file_rename(text, text, text)", "SELECT pg_file_rename('proof', 'moved', NULL)"),
    ("pg_file_rename(text, text)", "SELECT pg_file_rename('proof', 'moved')"),
    ("pg_file_unlink(text)", "SELECT pg_file_unlink('no such file')"),
    ("pg_file_sync(text)", "SELECT pg_file_sync('PG_VERSION')"),
];

/// adminpack went with 17. Its first versions ask for a superuser, whoever may execute them.
#[test]
fn a_function_counts_if_who_may_execute_it_gets_to_a_file_by_it() {
    for (version, extension) in [Version::V14, Version::V15, Version::V16]
        .into_iter()
        .flat_map(|version| ["1.0", "1.1", "2.0", "2.1"].map(|extension| (version, extension)))
    {
        let cluster = cluster(version);
        let setup = format!(
            "CREATE EXTENSION adminpack VERSION '{extension}'; CREATE ROLE plain LOGIN; SELECT pg_file_write('proof', 'x', true)"
        );
        cluster.psql("shop", &setup).unwrap();
        for (function, call) in ADMINPACK {
            if cluster.psql("shop", &format!("GRANT EXECUTE ON FUNCTION {function} TO plain")).is_err() {
                continue;
            }
            // The last one flushes a file and changes nothing in it.
            let does = cluster.psql_as("plain", "shop", call).is_ok() && !function.contains("sync");
            let told = !of_rule(&cluster, "RW434").is_empty();
            assert_eq!(told, does, "{version}, adminpack {extension}: {function}");
            cluster.psql("shop", &format!("REVOKE EXECUTE ON FUNCTION {function} FROM plain")).unwrap();
        }
        cluster
            .psql("shop", "GRANT EXECUTE ON FUNCTION pg_read_file_old(text, bigint, bigint) TO plain")
            .unwrap();
        cluster.psql_as("plain", "shop", "SELECT pg_read_file_old('PG_VERSION', 0, 1)").unwrap_err();
        assert_eq!(lines(&of_rule(&cluster, "RW434")), [""; 0], "{version}");
    }
}
