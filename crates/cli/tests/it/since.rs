//! `rolewright audit --since`: what was changed and undone between two audits.

use crate::folder::Folder;
use crate::program::{Ran, rolewright};
use sandbox::{Cluster, Installation, Version};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

struct Watched {
    cluster: Cluster,
    folder: Folder,
    user: &'static str,
}

impl Watched {
    /// A cluster with a role or two, and a first audit of it.
    fn begin(version: Version, user: &'static str) -> Self {
        let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
        cluster.psql("postgres", "CREATE ROLE low LOGIN; CREATE ROLE crew; CREATE ROLE kept").unwrap();
        let watched = Self { cluster, folder: Folder::new(), user };
        watched.settle();
        assert_eq!(watched.told(), Vec::<String>::new(), "{version}: nothing to compare with");
        watched
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("last-audit.json")
    }

    fn audit(&self) -> Ran {
        let url = self.cluster.socket_url_as(self.user, "postgres");
        rolewright(&["audit", &url, "--format", "json", "--since", self.file().to_str().unwrap()])
    }

    /// What the rule says, with its evidence but for the moment of the look before.
    fn told(&self) -> Vec<String> {
        let ran = self.audit();
        assert_eq!((ran.status, ran.err.as_str()), (Some(2), ""), "{}", ran.out);
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let findings = report["findings"].as_array().unwrap().iter().filter(|one| one["rule"] == "RW439");
        let line = |one: &serde_json::Value| {
            let facts = one["evidence"].as_array().unwrap().iter().map(|fact| fact.as_str().unwrap());
            let facts: Vec<&str> =
                facts.filter(|fact| !fact.starts_with("the look before was at 2")).collect();
            format!(
                "{} {}: {}",
                one["severity"].as_str().unwrap(),
                one["what"].as_str().unwrap(),
                facts.join("; ")
            )
        };
        findings.map(line).collect()
    }

    fn sql(&self, sql: &str) {
        self.cluster.psql("postgres", sql).unwrap();
    }

    fn counts(&self) -> String {
        let sql = "SELECT string_agg(concat_ws(' ', relname, n_tup_ins, n_tup_upd, n_tup_del), '; ' ORDER BY relname)
            FROM pg_stat_all_tables WHERE relname IN ('pg_authid', 'pg_auth_members', 'pg_db_role_setting')";
        self.cluster.psql("postgres", sql).unwrap()
    }

    /// Waits until the server has counted what sessions that ended have done: before 15 another process counts.
    fn settle(&self) {
        let (end, mut before) = (Instant::now() + Duration::from_secs(20), self.counts());
        loop {
            std::thread::sleep(Duration::from_millis(700));
            let now = self.counts();
            if now == before || Instant::now() > end {
                return;
            }
            before = now;
        }
    }

    /// What the rule says after these statements.
    fn after(&self, sql: &str) -> Vec<String> {
        self.sql(sql);
        self.settle();
        self.told()
    }
}

const UNDONE: &str = "were changed and changed back";
const ONE: &str = "1 row was made and removed again in the list of";

fn what_comes_and_goes(version: Version) {
    for user in ["postgres", "low"] {
        let watched = Watched::begin(version, user);
        let nothing = Vec::<String>::new();
        assert_eq!(watched.told(), nothing, "{version} {user}: nothing happened");
        assert_eq!(
            watched.after("CREATE ROLE x SUPERUSER; DROP ROLE x"),
            [format!("medium between two looks its roles {UNDONE}: {ONE} roles")],
            "{version} {user}"
        );
        assert_eq!(watched.told(), nothing, "{version} {user}: it was told");
        let stays = "CREATE ROLE new LOGIN; GRANT crew TO new; ALTER ROLE new SET work_mem = '8MB'; ALTER ROLE kept CONNECTION LIMIT 3";
        assert_eq!(watched.after(stays), nothing, "{version} {user}: what stays is for the other rules");
        assert_eq!(watched.after("DROP ROLE new"), nothing, "{version} {user}");
        assert_eq!(
                watched.after("GRANT crew TO low; REVOKE crew FROM low; ALTER ROLE low SET role = 'crew'; ALTER ROLE low RESET role"),
                [
                    format!("medium between two looks its memberships {UNDONE}: {ONE} memberships"),
                    format!("medium between two looks its settings {UNDONE}: {ONE} settings"),
                ],
                "{version} {user}"
            );
        assert_eq!(
            watched.after("ALTER ROLE low SUPERUSER; ALTER ROLE low NOSUPERUSER"),
            [format!(
                "medium between two looks its roles {UNDONE}: rows were changed 2 times in the list of roles, and every one says what it said; a password that this login may not see may be what changed"
            )],
            "{version} {user}"
        );
        assert_eq!(watched.after("BEGIN; CREATE ROLE x; ROLLBACK"), nothing, "{version} {user}: only tried");
    }
}

#[test]
fn what_comes_and_goes_between_two_audits_is_noticed_and_what_stays_is_not_on_14() {
    what_comes_and_goes(Version::V14);
}

#[test]
fn what_comes_and_goes_between_two_audits_is_noticed_and_what_stays_is_not_on_15() {
    what_comes_and_goes(Version::V15);
}

#[test]
fn what_comes_and_goes_between_two_audits_is_noticed_and_what_stays_is_not_on_16() {
    what_comes_and_goes(Version::V16);
}

#[test]
fn what_comes_and_goes_between_two_audits_is_noticed_and_what_stays_is_not_on_17() {
    what_comes_and_goes(Version::V17);
}

#[test]
fn what_comes_and_goes_between_two_audits_is_noticed_and_what_stays_is_not_on_18() {
    what_comes_and_goes(Version::V18);
}

#[test]
fn one_that_stayed_does_not_hide_one_that_went() {
    let watched = Watched::begin(Version::V17, "low");
    assert_eq!(
        watched.after("CREATE ROLE stays; CREATE ROLE goes; DROP ROLE goes"),
        [format!("medium between two looks its roles {UNDONE}: {ONE} roles")]
    );
    assert_eq!(
        watched.after("DROP ROLE kept; CREATE ROLE kept"),
        [format!("medium between two looks its roles {UNDONE}: {ONE} roles")],
        "another of the same name is another"
    );
}

#[test]
fn counts_that_begin_anew_are_told() {
    for version in Version::ALL {
        let watched = Watched::begin(version, "low");
        watched.sql("SELECT pg_stat_reset_single_table_counters('pg_authid'::regclass)");
        watched.settle();
        let told = watched.told();
        // Before 15 the counts of shared tables are not reached by this.
        let reached = watched.counts().contains("pg_authid 0 0 0");
        assert_eq!(!told.is_empty(), reached, "{version}: {told:?} {}", watched.counts());
        assert_eq!(reached, version.major() >= 15, "{version}");
        if reached {
            let what = "medium its counts of changes began anew: what was changed and changed back is not known: somebody set the counts to zero at";
            assert!(told.len() == 1 && told[0].starts_with(what), "{told:?}");
        }
    }
}

#[test]
fn the_file_is_its_owners_alone_and_names_nobody() {
    use std::os::unix::fs::PermissionsExt as _;
    let watched = Watched::begin(Version::V18, "postgres");
    let text = std::fs::read_to_string(watched.file()).unwrap();
    assert!(
        text.starts_with("{\"version\":1,") && !text.contains("crew") && !text.contains("postgres"),
        "{text}"
    );
    let mode = std::fs::metadata(watched.file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let left: Vec<_> = std::fs::read_dir(watched.folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing lies beside it: {left:?}");
}

#[test]
fn what_was_seen_of_another_target_stays_in_the_file() {
    let watched = Watched::begin(Version::V18, "low");
    let other = Cluster::builder().own_identity().start(&Installation::find(Version::V18).unwrap()).unwrap();
    watched.sql("CREATE ROLE x; DROP ROLE x");
    watched.settle();
    let path = watched.file();
    let ran = rolewright(&["audit", &other.socket_url("postgres"), "--since", path.to_str().unwrap()]);
    assert_eq!(ran.status, Some(2), "{}", ran.err);
    assert!(!ran.out.contains("RW439"), "{}", ran.out);
    assert_eq!(watched.told().len(), 1);
}

#[test]
fn a_file_that_is_something_else_is_refused_and_left_alone() {
    let folder = Folder::new();
    let path: &Path = &folder.path().join("other.json");
    for (text, why) in [
        ("hello", "expected value"),
        ("{}", "missing field `version`"),
        ("{\"version\": 2}", "its format is version 2, and 1 is known"),
        ("{\"version\": 1, \"targets\": [], \"more\": 1}", "unknown field `more`"),
    ] {
        std::fs::write(path, text).unwrap();
        let ran =
            rolewright(&["audit", "postgres://nobody@127.0.0.1:1/x", "--since", path.to_str().unwrap()]);
        assert_eq!(ran.status, Some(1));
        assert!(
            ran.err.contains("is not what an audit of this rolewright kept") && ran.err.contains(why),
            "{}",
            ran.err
        );
        assert!(ran.err.contains("remove this one to begin anew"), "{}", ran.err);
        assert_eq!(std::fs::read_to_string(path).unwrap(), text);
    }
    let ran =
        rolewright(&["audit", "postgres://nobody@127.0.0.1:1/x", "--since", folder.path().to_str().unwrap()]);
    assert!(ran.status == Some(1) && ran.err.contains("cannot read"), "{}", ran.err);
}

#[test]
fn a_file_that_cannot_be_kept_is_said_before_the_look() {
    let folder = Folder::new();
    let missing = folder.path().join("nowhere").join("last.json");
    // Nobody listens there: a look would say so.
    let ran = rolewright(&["audit", "postgres://low@127.0.0.1:1/shop", "--since", missing.to_str().unwrap()]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains("nowhere") && ran.err.contains("no such file or folder"), "{}", ran.err);
    assert!(!ran.err.contains("RW201"), "{}", ran.err);
    let fine = folder.path().join("last.json");
    let ran = rolewright(&["audit", "postgres://low@127.0.0.1:1/shop", "--since", fine.to_str().unwrap()]);
    assert!(ran.err.contains("RW201"), "{}", ran.err);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
}
