//! Rules about who is connected.

use super::{cluster, lines, of_rule};
use sandbox::{Cluster, Version};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

/// A session that stays until it is dropped.
struct Open(Child);

impl Open {
    fn new(cluster: &Cluster, user: &str, application: &str) -> Self {
        let mut child = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--dbname"])
            .arg(cluster.socket_url_as(user, "shop"))
            .env("PGAPPNAME", application)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        writeln!(child.stdin.as_mut().unwrap(), "SELECT 1;").unwrap();
        let mut answer = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut answer).unwrap();
        assert_eq!(answer, "1\n");
        Self(child)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_session_that_outlives_its_logins_end_is_found_and_ended() {
    for version in Version::ALL {
        let cluster = cluster(version);
        cluster
            .psql("shop", "CREATE ROLE gone LOGIN; CREATE ROLE locked LOGIN; CREATE ROLE here LOGIN")
            .unwrap();
        let _sessions = [
            Open::new(&cluster, "gone", "batch"),
            Open::new(&cluster, "locked", "desk"),
            Open::new(&cluster, "here", "desk"),
        ];
        assert_eq!(lines(&of_rule(&cluster, "RW410")), Vec::<&str>::new(), "{version}");
        cluster.psql("shop", "ALTER ROLE gone VALID UNTIL '2020-01-01'; ALTER ROLE locked NOLOGIN").unwrap();
        let found = of_rule(&cluster, "RW410");
        assert_eq!(
            lines(&found),
            [
                "high role gone: its end has passed, and it is still connected",
                "high role locked: its end has passed, and it is still connected",
            ],
            "{version}"
        );
        assert_eq!(found[1].evidence, ["may not log in any more", "is connected: 1 session of desk in shop"]);
        for statement in found.iter().flat_map(|told| &told.sql) {
            cluster.psql("shop", statement).unwrap();
        }
        // A session that was told to end needs a moment.
        let ended = "DO $$ BEGIN FOR n IN 1..100 LOOP PERFORM pg_stat_clear_snapshot(); EXIT WHEN NOT EXISTS
            (SELECT FROM pg_stat_activity WHERE usename IN ('gone', 'locked')); PERFORM pg_sleep(0.05); END LOOP; END $$";
        cluster.psql("shop", ended).unwrap();
        assert_eq!(lines(&of_rule(&cluster, "RW410")), Vec::<&str>::new(), "{version}");
    }
}

/// A sign alone: one program, or two, are no sign.
#[test]
fn a_login_with_several_programs_looks_shared() {
    for version in Version::ALL {
        let cluster = cluster(version);
        cluster.psql("shop", "CREATE ROLE team LOGIN; CREATE ROLE app LOGIN").unwrap();
        let _few = ["web", "web", "jobs"].map(|program| Open::new(&cluster, "app", program));
        let _two = ["psql", "DBeaver"].map(|program| Open::new(&cluster, "team", program));
        assert_eq!(lines(&of_rule(&cluster, "RW429")), Vec::<&str>::new(), "{version}");
        let _third = Open::new(&cluster, "team", "pgAdmin");
        let found = of_rule(&cluster, "RW429");
        assert_eq!(
            lines(&found),
            ["low role team: looks as if several people or programs use it"],
            "{version}"
        );
        assert_eq!(
            found[0].evidence,
            ["has 3 sessions now", "the programs call themselves DBeaver, pgAdmin, psql"],
            "{version}"
        );
    }
}
