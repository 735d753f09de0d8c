//! Starts every supported server for real.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sandbox::{Cluster, Installation, SandboxError, Version, identifier, literal};

fn start(version: Version) -> Cluster {
    Cluster::start(&Installation::find(version).expect("script/setup has run")).expect("it starts")
}

fn answers_and_goes_away(version: Version) {
    let cluster = start(version);
    let number: u32 = cluster.psql("postgres", "SHOW server_version_num").unwrap().parse().unwrap();
    assert_eq!(number / 10_000, version.major());
    assert_eq!(cluster.version(), version);
    let (folder, port) = (cluster.socket_dir().to_owned(), cluster.port());
    assert!(cluster.data_dir().starts_with(&folder));
    drop(cluster);
    assert!(!folder.exists(), "{} is left behind", folder.display());
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err(), "the server still listens");
}

#[test]
fn postgresql_14_answers_and_goes_away() {
    answers_and_goes_away(Version::V14);
}

#[test]
fn postgresql_15_answers_and_goes_away() {
    answers_and_goes_away(Version::V15);
}

#[test]
fn postgresql_16_answers_and_goes_away() {
    answers_and_goes_away(Version::V16);
}

#[test]
fn postgresql_17_answers_and_goes_away() {
    answers_and_goes_away(Version::V17);
}

#[test]
fn postgresql_18_answers_and_goes_away() {
    answers_and_goes_away(Version::V18);
}

#[test]
fn tcp_wants_the_password_and_the_socket_does_not() {
    let cluster = start(Version::V16);
    let ask = |url: &str| {
        Command::new("psql")
            .args(["-XAtq", "-w", "-c", "SELECT current_user", "-d", url])
            .env_remove("PGPASSWORD")
            .output()
            .unwrap()
    };
    let right = ask(&cluster.url("postgres"));
    assert_eq!(String::from_utf8_lossy(&right.stdout), "postgres\n");
    let wrong = ask(&cluster.url_as("postgres", "guess", "postgres"));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("password authentication failed"));
    let socket = ask(&cluster.socket_url("postgres"));
    assert_eq!(String::from_utf8_lossy(&socket.stdout), "postgres\n");
    assert!(!cluster.to_string().contains(cluster.password()));
}

#[test]
fn the_server_does_not_run_as_root() {
    let cluster = start(Version::V16);
    let pid = fs::read_to_string(cluster.data_dir().join("postmaster.pid")).unwrap();
    let status = fs::read_to_string(Path::new("/proc").join(pid.lines().next().unwrap()).join("status"));
    let users = status.unwrap();
    let users = users.lines().find(|line| line.starts_with("Uid:")).unwrap();
    assert!(users.split_whitespace().skip(1).all(|user| user != "0"), "{users}");
}

#[test]
fn settings_reach_the_server_and_the_last_one_wins() {
    let cluster = Cluster::builder()
        .setting("max_locks_per_transaction", "32")
        .setting("max_locks_per_transaction", "65")
        .setting("cluster_name", r"it's a \ name")
        .start(&Installation::find(Version::V15).unwrap())
        .unwrap();
    let shown = cluster
        .psql(
            "postgres",
            "SHOW max_locks_per_transaction; SHOW cluster_name; SHOW max_connections; SHOW wal_level",
        )
        .unwrap();
    assert_eq!(shown, "65\nit's a \\ name\n50\nreplica");
}

#[test]
fn a_setting_that_the_server_refuses_is_an_error_with_its_log() {
    let error = Cluster::builder()
        .setting("no_such_setting", "1")
        .start(&Installation::find(Version::V15).unwrap())
        .unwrap_err();
    assert!(matches!(error, SandboxError::Program { program: "postgres", .. }));
    assert!(error.to_string().contains("no_such_setting"), "{error}");
}

#[test]
fn two_clusters_share_nothing_but_their_identity() {
    let identity = "SELECT system_identifier FROM pg_control_system()";
    let installation = Installation::find(Version::V17).unwrap();
    let (one, two) = (start(Version::V17), start(Version::V17));
    one.psql("postgres", "CREATE ROLE only_here").unwrap();
    assert_eq!(
        two.psql("postgres", "SELECT count(*) FROM pg_roles WHERE rolname = 'only_here'").unwrap(),
        "0"
    );
    assert_eq!(one.psql("postgres", identity).unwrap(), two.psql("postgres", identity).unwrap());
    let three = Cluster::builder().own_identity().start(&installation).unwrap();
    assert_ne!(one.psql("postgres", identity).unwrap(), three.psql("postgres", identity).unwrap());
    assert_ne!(one.port(), two.port());
}

#[test]
fn hostile_names_and_long_scripts_pass_through() {
    let cluster = start(Version::V18);
    let name = r#""; DROP TABLE x; -- ü'\"#;
    cluster.create_database(name).unwrap();
    cluster.psql(name, &format!("CREATE ROLE {} LOGIN", identifier(name))).unwrap();
    assert_eq!(cluster.psql_as(name, name, "SELECT current_user").unwrap(), name);
    let found = format!("SELECT count(*) FROM pg_roles WHERE rolname = {}", literal(name));
    assert_eq!(cluster.psql(name, &found).unwrap(), "1");
    let long = "SELECT repeat('x', 100);\n".repeat(20_000);
    assert_eq!(cluster.psql(name, &long).unwrap().lines().count(), 20_000);
}

#[test]
fn psql_stops_at_the_first_error_and_says_where() {
    let cluster = start(Version::V16);
    let error =
        cluster.psql("postgres", "CREATE TABLE a ();\nSELECT nothing;\nCREATE TABLE b ()").unwrap_err();
    assert!(error.to_string().contains("2: ERROR:  column \"nothing\" does not exist"), "{error}");
    assert_eq!(cluster.psql("postgres", "SELECT to_regclass('a'), to_regclass('b')").unwrap(), "a|");

    let file = std::env::temp_dir().join(format!("sandbox-it-{}.sql", std::process::id()));
    fs::write(&file, "SELECT 1;\nSELECT 2;").unwrap();
    assert_eq!(cluster.psql_file("postgres", &file).unwrap(), "1\n2");
    fs::remove_file(&file).unwrap();
    assert!(cluster.log().unwrap().contains("column \"nothing\" does not exist"));
}

#[test]
fn a_restart_keeps_the_data_and_the_port() {
    let mut cluster = start(Version::V14);
    let port = cluster.port();
    cluster.psql("postgres", "CREATE ROLE keeper; ALTER SYSTEM SET work_mem = '5MB'; CHECKPOINT").unwrap();
    cluster.restart().unwrap();
    assert_eq!(cluster.port(), port);
    assert_eq!(
        cluster.psql("postgres", "SHOW work_mem; SELECT 1 FROM pg_roles WHERE rolname = 'keeper'").unwrap(),
        "5MB\n1"
    );
    cluster.stop().unwrap();
}

#[test]
fn a_server_ends_with_the_process_that_started_it_even_if_that_is_killed() {
    let mut owner = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "sandbox", "--example", "serve", "--", "16"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let folder = loop {
        line.clear();
        std::io::BufRead::read_line(
            &mut std::io::BufReader::with_capacity(1, owner.stdout.as_mut().unwrap()),
            &mut line,
        )
        .unwrap();
        if let Some(folder) = line.trim().strip_prefix("PGHOST=") {
            break std::path::PathBuf::from(folder);
        }
        assert!(!line.is_empty(), "the example ended before it served");
    };
    let pid =
        fs::read_to_string(folder.join("data/postmaster.pid")).unwrap().lines().next().unwrap().to_owned();
    owner.kill().unwrap();
    owner.wait().unwrap();
    let begun = Instant::now();
    while folder.exists() || Path::new("/proc").join(&pid).join("cmdline").exists() {
        assert!(begun.elapsed() < Duration::from_secs(20), "server {pid} outlives its owner");
        std::thread::sleep(Duration::from_millis(20));
    }
}
