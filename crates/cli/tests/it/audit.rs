//! `rolewright audit` on every supported version.

use crate::folder::Folder;
use crate::program::{Ran, command, ran, rolewright};
use sandbox::{Cluster, Installation, Version};
use std::process::Stdio;

fn cluster(version: Version) -> Cluster {
    Cluster::start(&Installation::find(version).unwrap()).unwrap()
}

/// Lets nobody in without proof, in the file that an audit reads; the server itself is not told to read it.
pub(crate) fn close(cluster: &Cluster) {
    std::fs::write(cluster.data_dir().join("pg_hba.conf"), "local all all peer\n").unwrap();
}

fn bad(version: Version) -> Cluster {
    let cluster = cluster(version);
    cluster.create_database("shop").unwrap();
    cluster.psql("shop", include_str!("bad.sql")).unwrap();
    cluster
}

fn audit(url: &str, more: &[&str]) -> Ran {
    let mut arguments = vec!["audit", url];
    arguments.extend(more);
    rolewright(&arguments)
}

fn json(ran: &Ran) -> serde_json::Value {
    serde_json::from_str(&ran.out).unwrap()
}

fn findings(report: &serde_json::Value) -> Vec<String> {
    let about = |finding: &serde_json::Value| match finding["about"]["name"].as_str() {
        Some(name) => name.to_owned(),
        None => match finding["about"]["path"].as_array() {
            Some(path) => path.iter().map(|part| part.as_str().unwrap()).collect::<Vec<_>>().join("."),
            None => finding["about"]["type"].as_str().unwrap().to_owned(),
        },
    };
    let line = |finding: &serde_json::Value| {
        format!(
            "{} {} {}",
            finding["rule"].as_str().unwrap(),
            finding["severity"].as_str().unwrap(),
            about(finding)
        )
    };
    report["findings"].as_array().unwrap().iter().map(line).collect()
}

/// Everything that the small bad database is accused of, and nothing else, whatever the version.
#[test]
fn each_rule_finds_what_is_there_and_accuses_nobody_else() {
    for version in Version::ALL {
        let cluster = bad(version);
        let ran = audit(&cluster.socket_url("shop"), &["--format", "json"]);
        assert_eq!((ran.status, ran.err.as_str()), (Some(2), ""), "{version}");
        let mut expected = vec![
            "RW402 critical night",
            "RW402 critical temp",
            "RW401 high sales",
            "RW404 high chatbot",
            "RW404 high loader",
            "RW405 high sales.orders",
            "RW402 medium deploy",
            "RW403 medium chatbot",
            "RW403 medium reporting",
            "RW403 medium shop",
            "RW403 medium temp",
            "RW404 medium lead",
            "RW405 medium sales.Odd; name.id",
            "RW406 medium reporting",
            "RW406 medium shop",
            "RW409 medium target",
            "RW418 medium lead",
            "RW405 low vault.letters",
            "RW415 low target",
            "RW415 low target",
            "RW420 low dba",
            "RW420 low helpers",
            "RW420 low keys",
            "RW420 low support",
            "RW422 low target",
            "RW423 low target",
            "RW424 low reporting",
            "RW425 low sales",
            "RW421 info target",
            "RW430 info target",
        ];
        if version.major() < 16 {
            expected.insert(0, "RW402 critical deploy");
        } else {
            expected.insert(3, "RW402 high deploy");
        }
        if version.major() < 15 {
            let at = expected.iter().position(|line| *line == "RW401 high sales").unwrap();
            expected.insert(at, "RW401 high public");
        }
        assert_eq!(findings(&json(&ran)), expected, "{version}");
    }
}

#[test]
fn what_the_report_says_mends_what_it_found() {
    for version in Version::ALL {
        let cluster = bad(version);
        let url = cluster.socket_url("shop");
        let report = json(&audit(&url, &["--format", "json"]));
        let mut left = Vec::new();
        for (finding, line) in report["findings"].as_array().unwrap().iter().zip(findings(&report)) {
            let statements = finding["sql"].as_array().unwrap();
            for statement in statements {
                // Words that people write.
                let statement = format!("\\set purpose 'Told.'\n{}", statement.as_str().unwrap());
                cluster.psql("shop", &statement).unwrap();
            }
            if statements.is_empty() {
                left.push(line);
            }
        }
        // Who owns, the server's file, ends and limits, a role for a direct grant; and two that are for information.
        let people = ["RW406", "RW409", "RW422", "RW423", "RW424", "RW421", "RW430"];
        let rules = left.iter().map(|line| line.split(' ').next().unwrap()).collect::<Vec<_>>();
        assert_eq!(rules, people, "{version}: people have to decide");
        // Everything but the way to the superuser is gone, and with it what there was to say of the trusted base.
        let again = findings(&json(&audit(&url, &["--format", "json"])));
        left.retain(|line| !line.starts_with("RW430"));
        assert_eq!(
            again.into_iter().filter(|line| !line.starts_with("RW430")).collect::<Vec<_>>(),
            left,
            "{version}"
        );
    }
}

/// The server itself says whether the accused can do it.
#[test]
fn a_way_that_is_told_can_be_gone() {
    for version in Version::ALL {
        let cluster = bad(version);
        let as_user = |user: &str, sql: &str| cluster.psql_as(user, "shop", sql);
        as_user("night", "SET ROLE dba; CREATE ROLE proof_night SUPERUSER").unwrap();
        as_user("chatbot", "SELECT count(*) FROM vault.letters").unwrap();
        as_user("loader", "SELECT pg_read_file('PG_VERSION')").unwrap_err();
        as_user("loader", "SET ROLE pg_read_server_files; SELECT 1").unwrap();
        as_user("lead", "SELECT pg_terminate_backend(0)").ok();
        as_user("reporting", "DROP TABLE sales.\"Odd; name\"").unwrap();
        as_user("idle", "CREATE TABLE sales.planted (id int)").unwrap();
        let promoted = as_user(
            "deploy",
            "GRANT pg_execute_server_program TO deploy; COPY (SELECT 1) TO PROGRAM 'cat > /dev/null'",
        );
        assert_eq!(
            promoted.is_ok(),
            version.major() < 16,
            "{version}: CREATEROLE is worth superuser before 16"
        );
    }
}

#[test]
fn the_report_reads_well() {
    for version in [Version::V15, Version::V18] {
        let cluster = bad(version);
        let ran = audit(&cluster.socket_url("shop"), &[]);
        assert_eq!(ran.status, Some(2));
        insta::with_settings!({ filters => [(r"(PostgreSQL \d+)\.\d+[^,]*,", "$1,")] }, {
            insta::assert_snapshot!(format!("report_{version}"), ran.out);
        });
    }
}

#[test]
fn two_looks_give_one_report() {
    let cluster = bad(Version::V17);
    let report = || audit(&cluster.socket_url("shop"), &[]).out;
    assert_eq!(report(), report());
}

/// What `initdb` leaves behind is told as it is, and nothing else.
#[test]
fn of_a_fresh_cluster_nothing_is_told_but_what_is_so_by_default() {
    for version in Version::ALL {
        let cluster = cluster(version);
        let ran = audit(&cluster.socket_url("postgres"), &["--all-databases", "--format", "json"]);
        let mut expected = vec!["RW409 medium target", "RW415 low target", "RW415 low target"];
        if version.major() < 15 {
            expected.splice(0..0, ["RW401 high public", "RW401 high public"]);
        }
        assert_eq!(findings(&json(&ran)), expected, "{version}: {}", ran.out);
    }
}

#[test]
fn many_findings_of_one_kind_are_cut_short_unless_asked_for() {
    let cluster = cluster(Version::V16);
    cluster
        .psql("postgres", "SELECT format('CREATE TABLE t%s (); GRANT SELECT ON t%s TO PUBLIC', n, n) FROM generate_series(10, 34) n \\gexec")
        .unwrap();
    let url = cluster.socket_url("postgres");
    let (short, long) = (audit(&url, &[]).out, audit(&url, &["--verbose"]).out);
    let told = |text: &str| text.matches("everybody may read it").count();
    assert_eq!((told(&short), told(&long)), (10, 25));
    assert!(short.contains("and 15 more; --verbose shows them all"), "{short}");
    assert!(short.contains("28 findings: 26 medium, 2 low"), "{short}");
}

#[test]
fn many_facts_of_one_finding_are_cut_short_unless_asked_for() {
    let cluster = cluster(Version::V16);
    cluster
        .psql(
            "postgres",
            "SELECT format('CREATE ROLE u%s LOGIN', n) FROM generate_series(100, 199) n \\gexec",
        )
        .unwrap();
    let url = cluster.socket_url("postgres");
    let (short, long) = (audit(&url, &[]).out, audit(&url, &["--verbose"]).out);
    assert!(
        short.contains("target: has 100 logins without an end\n    - of 100 logins: u100, u101,"),
        "{short}"
    );
    assert!(
        short.contains("and 5 more facts; --verbose shows them all") && !short.contains("u199"),
        "{short}"
    );
    assert!(!long.contains("more facts"), "{long}");
    for login in 100..200 {
        assert_eq!(
            long.matches(&format!("u{login}")).count(),
            2,
            "without an end and without a limit: u{login}"
        );
    }
}

#[test]
fn a_name_cannot_steer_the_terminal() {
    let cluster = cluster(Version::V16);
    cluster.psql("postgres", "CREATE ROLE \"\u{1b}[2Jghost\" LOGIN CREATEDB").unwrap();
    let ran = audit(&cluster.socket_url("postgres"), &[]);
    assert!(ran.out.contains("role \\u{1b}[2Jghost") && !ran.out.contains('\u{1b}'), "{}", ran.out);
}

#[test]
fn a_password_is_shown_to_nobody() {
    let cluster = bad(Version::V16);
    let secret = "hunter2-never-shown";
    cluster.psql("shop", &format!("ALTER ROLE temp PASSWORD '{secret}'")).unwrap();
    let right = cluster.url_as("temp", secret, "shop");
    let wrong = cluster.url_as("deploy", secret, "shop");
    let nowhere = cluster.url_as("temp", secret, "no_such_database");
    let parameter =
        format!("postgres://temp@127.0.0.1:{}/shop?password={secret}&sslmode=nonsense", cluster.port());
    for (url, status) in [(right, 2), (wrong, 1), (nowhere, 1), (parameter, 1)] {
        for format in ["text", "json", "csv", "sarif", "html"] {
            let ran = audit(&url, &["--format", format]);
            assert_eq!(ran.status, Some(status), "{ran:?}");
            assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "{ran:?}");
            assert!(ran.err.contains("hint: a password on the command line"), "{ran:?}");
        }
    }
}

#[test]
fn a_wrong_password_says_what_to_do() {
    let cluster = bad(Version::V16);
    let ran = audit(&cluster.url_as("deploy", "wrong", "shop").replace(":wrong", ":${WRONG}"), &[]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("WRONG, which is not set"), "{}", ran.err);
    let url = cluster.url_as("deploy", "wrong", "shop").replace(":wrong", ":${WRONG}");
    let ran = self::ran(command(&["audit", &url]).env("WRONG", "wrong").output().unwrap());
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""));
    let port = cluster.port().to_string();
    insta::assert_snapshot!(ran.err.replace(&port, "PORT"));
}

#[test]
fn a_server_that_does_not_answer_says_so() {
    let ran = audit("postgres://app@127.0.0.1:1/shop?connect_timeout=3", &[]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""));
    insta::assert_snapshot!(ran.err);
}

#[test]
fn a_closed_pipe_ends_an_audit_quietly() {
    let cluster = bad(Version::V16);
    let url = cluster.socket_url("shop");
    let mut child = command(&["audit", &url]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ran = ran(child.wait_with_output().unwrap());
    assert_eq!((ran.status, ran.err.as_str()), (Some(141), ""));
}

#[test]
fn a_terminal_gets_colour_and_progress_and_nothing_else_does() {
    let cluster = bad(Version::V16);
    let url = cluster.socket_url("shop");
    let on_a_terminal = |variables: &[(&str, &str)]| {
        let line = format!("{} audit '{url}'", env!("CARGO_BIN_EXE_rolewright"));
        let mut script = std::process::Command::new("script");
        script.args(["--quiet", "--return", "--command", &line, "/dev/null"]).stdin(Stdio::null());
        for name in ["NO_COLOR", "CI"] {
            script.env_remove(name);
        }
        script.env("TERM", "xterm-256color").envs(variables.iter().copied());
        ran(script.output().unwrap())
    };
    let colored = on_a_terminal(&[]);
    assert_eq!(colored.status, Some(2), "{colored:?}");
    assert!(colored.out.contains("\u{1b}[31m") || colored.out.contains("\u{1b}[1m"), "{}", colored.out);
    for plain in [("NO_COLOR", "1"), ("CI", "true"), ("TERM", "dumb")] {
        let ran = on_a_terminal(&[plain]);
        assert_eq!(ran.status, Some(2));
        assert!(!ran.out.contains("\u{1b}[3") && !ran.out.contains("\u{1b}[1m"), "{plain:?}: {}", ran.out);
    }
}

#[test]
fn an_audit_fails_only_on_what_is_as_bad_as_was_said() {
    let cluster = cluster(Version::V16);
    close(&cluster);
    let url = cluster.socket_url("postgres");
    let statuses = || {
        let of = |least: &str| audit(&url, &["--fail-on", least]).status.unwrap();
        ["critical", "high", "medium", "low", "info"].map(of)
    };
    assert_eq!(statuses(), [0, 0, 0, 2, 2], "little is logged");
    cluster.psql("postgres", "CREATE TABLE told (); GRANT SELECT ON told TO PUBLIC").unwrap();
    assert_eq!(statuses(), [0, 0, 2, 2, 2], "a medium one");
    let (all, some) = (audit(&url, &[]), audit(&url, &["--fail-on", "high"]));
    assert_eq!((all.status, some.status), (Some(2), Some(0)));
    assert_eq!(all.out, some.out, "the report hides nothing");
    cluster.psql("postgres", "CREATE ROLE boss LOGIN SUPERUSER").unwrap();
    assert_eq!(statuses(), [2, 2, 2, 2, 2], "a critical one");
    assert_eq!(audit(&url, &["--fail-on", "severe"]).status, Some(1));
}

#[test]
fn a_url_takes_the_place_of_the_one_in_the_model() {
    let cluster = bad(Version::V16);
    let url = cluster.socket_url("shop");
    let folder = Folder::new();
    let model = "version: 1\ndatabases:\n  shop: { engine: postgres, environments: { prod: { url: \"${NOT_SET}\" } } }\n";
    let looked = |arguments: &[&str]| ran(command(arguments).current_dir(folder.path()).output().unwrap());
    let plain = looked(&["audit", &url]);
    assert_eq!(plain.status, Some(2));
    assert_eq!(looked(&["audit", "--url", &url]).out, plain.out, "without a model");
    assert_eq!(
        looked(&["audit", "--url", &url, "--env", "prod"]).status,
        Some(1),
        "no model, no environment"
    );
    folder.write("rolewright.yaml", model);
    let of_database = |out: &str| -> Vec<String> {
        let found = findings(&serde_json::from_str(out).unwrap());
        found.into_iter().filter(|finding| finding.as_str() < "RW440").collect()
    };
    let mut plain = of_database(&looked(&["audit", &url, "--format", "json"]).out);
    // The model knows none of the logins: one finding about each tells what it holds, and these yield to it.
    plain.retain(|finding| !["RW403", "RW424"].iter().any(|rule| finding.starts_with(rule)));
    for arguments in [
        &["audit", "--url", &url][..],
        &["audit", "rolewright.yaml", "--url", &url],
        &["audit", "--env", "prod", "--url", &url],
    ] {
        let ran = looked(&[arguments, &["--format", "json"]].concat());
        assert_eq!(
            (ran.status, of_database(&ran.out)),
            (Some(2), plain.clone()),
            "{arguments:?} {}",
            ran.err
        );
    }
    assert_eq!(looked(&["audit", &url, "--url", &url]).status, Some(1), "two");
    assert_eq!(looked(&["audit"]).status, Some(1), "the model's own is not set");
}

/// A database that keeps the audit's login out, one that takes no connections, and one that it can read.
fn partly_closed(version: Version) -> Cluster {
    let cluster = bad(version);
    for name in ["closed", "shut", "second"] {
        cluster.create_database(name).unwrap();
    }
    cluster
        .psql(
            "postgres",
            "CREATE ROLE low LOGIN; REVOKE CONNECT ON DATABASE closed FROM PUBLIC; \
             ALTER DATABASE shut ALLOW_CONNECTIONS false",
        )
        .unwrap();
    cluster
        .psql("second", "CREATE TABLE open_to_all (id int); GRANT SELECT ON open_to_all TO PUBLIC")
        .unwrap();
    cluster
}

#[test]
fn a_database_that_cannot_be_read_is_named_and_the_others_are_looked_at() {
    for version in Version::ALL {
        let cluster = partly_closed(version);
        let url = cluster.socket_url_as("low", "shop");
        let ran = audit(&url, &["--all-databases"]);
        assert_eq!((ran.status, ran.err.as_str()), (Some(2), ""), "{version}");
        let text = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
        for expected in [
            "/closed refuses the login: permission denied for database \"closed\"",
            "Not looked at: shut, because it takes no connections",
            "database closed: not looked at, because low@",
            "table public.open_to_all in database second",
        ] {
            assert!(text.contains(expected), "{version}: {expected}\n{}", ran.out);
        }
        assert!(!text.contains("--all-databases looks at every one"), "{version}\n{}", ran.out);
        let report = json(&audit(&url, &["--all-databases", "--format", "json"]));
        assert_eq!(report["not_looked_at"], serde_json::json!(["closed", "shut"]), "{version}");
        let notes = report["notes"].to_string();
        assert!(notes.contains("database closed") && notes.contains("database shut"), "{version}: {notes}");
        let html = audit(&url, &["--all-databases", "--format", "html"]).out;
        assert!(html.contains("database closed: not looked at, because"), "{version}");
    }
}

/// What is held against a model needs the databases of the model.
#[test]
fn a_database_of_the_model_that_cannot_be_read_ends_the_audit_and_the_plan() {
    let cluster = partly_closed(Version::V17);
    let folder = Folder::new();
    let url = cluster.socket_url_as("low", "shop");
    let model = format!(
        "version: 1\nclusters:\n  main: {{ engine: postgres, environments: {{ prod: {{ url: \"{url}\" }} }} }}\ndatabases:\n  shop: {{ cluster: main }}\n  closed: {{ cluster: main }}\n"
    );
    folder.write("rolewright.yaml", &model);
    let path = folder.path().join("rolewright.yaml");
    let path = path.to_str().unwrap();
    for arguments in [&["audit", path, "--all-databases"][..], &["audit", path], &["plan", path]] {
        let ran = rolewright(arguments);
        assert_eq!(ran.status, Some(1), "{arguments:?}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains("permission denied for database \"closed\""), "{}", ran.err);
    }
}
