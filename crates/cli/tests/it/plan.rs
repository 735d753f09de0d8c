//! `rolewright plan` and `rolewright apply` against real servers.

use crate::folder::Folder;
use crate::program::{Ran, command, ran};
use sandbox::{Cluster, Installation, Version};
use std::io::Read;
use std::process::Stdio;
use std::time::Duration;

const MODEL: &str = include_str!("shop.yaml");
const PASSWORD: &str = "correct-horse-never-shown";

struct Shop {
    cluster: Cluster,
    folder: Folder,
}

impl Shop {
    fn new(version: Version) -> Self {
        let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
        cluster.create_database("shop").unwrap();
        cluster
            .psql("shop", "CREATE SCHEMA sales; CREATE TABLE sales.orders (id int); GRANT USAGE ON SCHEMA sales TO PUBLIC")
            .unwrap();
        let folder = Folder::new();
        folder.write("rolewright.yaml", MODEL);
        Self { cluster, folder }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = command(arguments);
        command.current_dir(self.folder.path()).env("SHOP_URL", self.cluster.url("shop"));
        let ran = ran(command.env("CHECKOUT_PASSWORD", PASSWORD).output().unwrap());
        for secret in [PASSWORD, self.cluster.password()] {
            assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "{ran:?}");
        }
        ran
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.folder.file(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from} is not in {text}");
        std::fs::write(&path, text.replace(from, to)).unwrap();
    }

    /// True if a role of the model exists.
    fn changed(&self) -> bool {
        self.cluster.psql("shop", "SELECT count(*) FROM pg_roles WHERE rolname = 'orders_reader'").unwrap()
            != "0"
    }
}

#[test]
fn a_plan_is_applied_and_nothing_is_left_to_do() {
    for version in Version::ALL {
        let shop = Shop::new(version);
        let plan = shop.run(&["plan"]);
        assert_eq!((plan.status, plan.err.as_str()), (Some(2), ""), "{version}: {plan:?}");
        let apply = shop.run(&["apply", "--yes"]);
        assert_eq!(apply.status, Some(0), "{version}: {apply:?}");
        assert!(apply.out.starts_with(&plan.out), "{version}: what is applied is what was planned");
        assert_eq!(shop.run(&["plan"]).status, Some(0), "{version}");
        let checkout = shop.cluster.url_as("checkout", PASSWORD, "shop");
        let audit = ran(command(&["audit", &checkout]).output().unwrap());
        assert!(audit.out.starts_with("Audit of shop"), "the password was set: {audit:?}");
        shop.cluster.psql("shop", "REVOKE SELECT ON sales.orders FROM orders_reader").unwrap();
        assert_eq!(shop.run(&["plan"]).status, Some(2), "{version}: damage by hand is seen");
        assert_eq!(shop.run(&["apply", "--yes"]).status, Some(0), "{version}: and mended");
    }
}

#[test]
fn a_plan_reads_well() {
    let shop = Shop::new(Version::V17);
    let filters = [
        (r"PostgreSQL \d+\.\d+[^,\n]*", "PostgreSQL 17"),
        ("fingerprint [0-9a-f]+", "fingerprint HEX"),
        (r"made from \S+ \S+", "made from INSTANT"),
    ];
    insta::with_settings!({ filters => filters }, {
        insta::assert_snapshot!("plan_text", shop.run(&["plan", "--verbose"]).out);
        insta::assert_snapshot!("plan_sql", shop.run(&["plan", "--format", "sql"]).out);
    });
}

#[test]
fn a_plan_says_what_it_leaves_alone_and_touches_none_of_it() {
    let shop = Shop::new(Version::V16);
    assert_eq!(shop.run(&["apply", "--yes"]).status, Some(0));
    shop.cluster
        .psql(
            "shop",
            "CREATE ROLE temp LOGIN; CREATE ROLE old; GRANT old, orders_reader TO temp;
             GRANT SELECT ON sales.orders TO old WITH GRANT OPTION; GRANT SELECT (id) ON sales.orders TO temp;
             ALTER DEFAULT PRIVILEGES IN SCHEMA sales GRANT SELECT ON TABLES TO old;
             CREATE TABLE public.scratch (id int); ALTER TABLE public.scratch OWNER TO orders_reader;
             GRANT SELECT ON public.scratch TO PUBLIC",
        )
        .unwrap();
    let plan = shop.run(&["plan", "--verbose"]);
    assert_eq!(plan.status, Some(0), "{plan:?}");
    let filters = [(r"PostgreSQL \d+\.\d+[^,\n]*", "PostgreSQL 16")];
    insta::with_settings!({ filters => filters }, { insta::assert_snapshot!("left_alone", plan.out) });
    let json: serde_json::Value = serde_json::from_str(&shop.run(&["plan", "--format", "json"]).out).unwrap();
    let left = &json["left_alone"];
    let counts = ["roles", "logins", "memberships", "entries", "default_privileges", "owned", "public"];
    assert_eq!(counts.map(|name| left[name].as_u64().unwrap()), [2, 1, 2, 2, 1, 1, 1], "{left}");
    assert_eq!(left["memberships_in_roles_of_the_model"], 1);
    assert!(left["listing"].is_null(), "nobody asked for it: {left}");
}

#[test]
fn the_sql_of_a_plan_runs_in_psql() {
    for version in Version::ALL {
        let shop = Shop::new(version);
        let sql = shop.run(&["plan", "--format", "sql"]).out;
        let sql = format!("\\set verifier_checkout SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0$AAAA:BBBB\n{sql}");
        let file = shop.folder.write(
            "plan.sql",
            &sql.replace(
                "$AAAA:BBBB",
                "$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=:MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=",
            ),
        );
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        shop.cluster.psql("shop", &std::fs::read_to_string(&file).unwrap()).unwrap();
        assert_eq!(shop.run(&["plan"]).status, Some(0), "{version}: {}", shop.run(&["plan"]).out);
    }
}

#[test]
fn nobody_to_ask_and_no_yes_changes_nothing() {
    let shop = Shop::new(Version::V16);
    let ran = shop.run(&["apply"]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("nobody is there to ask") && !shop.changed(), "{}", ran.err);
}

#[test]
fn on_a_terminal_only_the_word_yes_goes_on() {
    let shop = Shop::new(Version::V16);
    let answer = |word: &str| {
        let line = format!("{} apply", env!("CARGO_BIN_EXE_rolewright"));
        let mut script = std::process::Command::new("script");
        script.args(["--quiet", "--return", "--command", &line, "/dev/null"]).current_dir(shop.folder.path());
        script.env("SHOP_URL", shop.cluster.url("shop")).env("CHECKOUT_PASSWORD", PASSWORD);
        script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = script.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), format!("{word}\n").as_bytes()).unwrap();
        ran(child.wait_with_output().unwrap())
    };
    let no = answer("y");
    assert_eq!((no.status, shop.changed()), (Some(1), false), "{no:?}");
    let yes = answer("yes");
    assert_eq!((yes.status, shop.changed()), (Some(0), true), "{yes:?}");
}

#[test]
fn a_plan_file_is_applied_without_the_model_beside_it() {
    let shop = Shop::new(Version::V16);
    let plan = shop.run(&["plan", "--out", "plan.json"]);
    assert_eq!(plan.status, Some(2), "{plan:?}");
    let text = std::fs::read_to_string(shop.folder.file("plan.json")).unwrap();
    assert!(
        !text.contains(shop.cluster.password()) && !text.contains(PASSWORD) && !text.contains("postgres://")
    );
    std::fs::remove_file(shop.folder.file("rolewright.yaml")).unwrap();
    let apply = shop.run(&["apply", "plan.json", "--yes"]);
    assert_eq!(apply.status, Some(0), "{apply:?}");
    let again = shop.run(&["apply", "plan.json", "--yes"]);
    assert_eq!(again.status, Some(1), "a plan is for once: {again:?}");
}

#[test]
fn a_plan_file_that_was_edited_or_is_of_another_cluster_or_day_is_refused() {
    let shop = Shop::new(Version::V16);
    let refused = |shop: &Shop, about: &str| {
        let ran = shop.run(&["apply", "plan.json", "--yes"]);
        assert_eq!(ran.status, Some(1), "{ran:?}");
        assert!(ran.err.contains(about) && !shop.changed(), "{about}: {}", ran.err);
    };
    let plan = || assert_eq!(shop.run(&["plan", "--out", "plan.json"]).status, Some(2));
    for (from, to, about) in [
        ("INSERT", "INSERT, DELETE", "was edited"),
        ("\"all_or_nothing\": true", "\"all_or_nothing\": false", "was edited"),
        ("insert, update on table", "insert, delete on table", "was edited"),
        ("\"fingerprint\": \"", "\"fingerprint\": \"0", "has changed"),
        ("\"system\": \"", "\"system\": \"9", "another target"),
        ("\"version\": 1,", "\"version\": 2,", "is not a plan of this rolewright"),
        ("\"version\": 1,", "\"version\": 1, \"extra\": 1,", "is not a plan of this rolewright"),
    ] {
        plan();
        shop.edit("plan.json", from, to);
        refused(&shop, about);
    }
    plan();
    shop.cluster.psql("shop", "GRANT UPDATE ON sales.orders TO PUBLIC; CREATE ROLE checkout").unwrap();
    refused(&shop, "has changed");
    let json = shop.run(&["plan", "--format", "json"]);
    shop.folder.write("plan.json", &json.out);
    refused(&shop, "has no model in it");
    shop.folder.write("plan.json", "{");
    refused(&shop, "is not a plan of this rolewright");

    let other = Cluster::builder().own_identity().start(&Installation::find(Version::V16).unwrap()).unwrap();
    other.create_database("shop").unwrap();
    let ran = shop.run(&["plan", "--url", &other.socket_url("shop")]);
    assert_eq!(ran.status, Some(1), "the tables of the model are not there: {ran:?}");
    other.psql("shop", "CREATE SCHEMA sales; CREATE TABLE sales.orders ()").unwrap();
    assert_eq!(shop.run(&["plan", "--out", "plan.json", "--url", &other.socket_url("shop")]).status, Some(2));
    refused(&shop, "another target");
}

#[test]
fn a_plan_file_is_no_model_and_takes_no_rotation_beside_its_own() {
    let shop = Shop::new(Version::V16);
    assert_eq!(shop.run(&["plan", "--out", "plan.json"]).status, Some(2));
    for command in ["check", "plan", "executor-sql", "audit"] {
        let ran = shop.run(&[command, "plan.json"]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{command}");
        assert!(ran.err.contains("rolewright apply plan.json carries it out"), "{}", ran.err);
    }
    let ran = shop.run(&["apply", "plan.json", "--rotate", "checkout", "--yes"]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("leave out --rotate") && !shop.changed(), "{}", ran.err);
}

#[test]
fn a_plan_file_is_known_by_what_is_in_it() {
    let shop = Shop::new(Version::V16);
    assert_eq!(shop.run(&["plan", "--out", "monday.plan"]).status, Some(2));
    std::fs::remove_file(shop.folder.file("rolewright.yaml")).unwrap();
    let apply = shop.run(&["apply", "monday.plan", "--yes"]);
    assert_eq!((apply.status, shop.changed()), (Some(0), true), "{apply:?}");
}

#[test]
fn a_refused_plan_says_so_in_every_format_and_is_not_written() {
    let shop = Shop::new(Version::V16);
    let superuser = shop.cluster.psql("shop", "SELECT current_user").unwrap().trim().to_owned();
    shop.cluster.psql("shop", "CREATE ROLE boss LOGIN CREATEROLE PASSWORD 'boss-password'").unwrap();
    shop.cluster.psql("shop", &format!("GRANT {superuser} TO boss")).unwrap();
    shop.edit("rolewright.yaml", "  checkout:\n", "  boss:\n");
    shop.edit("rolewright.yaml", "    login: shop\n", "    login: shop\n    connection_limit: 0\n");
    let url = shop.cluster.url_as("boss", "boss-password", "shop");
    let json = shop.run(&["plan", "--url", &url, "--format", "json", "--out", "plan.json"]);
    assert_eq!(json.status, Some(1), "{json:?}");
    let document: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert!(document["refusals"][0]["code"].is_string() && document["lacking"].is_array(), "{document}");
    assert!(json.err.contains("the plan is refused, so plan.json was not written"), "{}", json.err);
    assert!(!std::path::Path::new(&shop.folder.file("plan.json")).exists());
    let sql = shop.run(&["plan", "--url", &url, "--format", "sql"]);
    assert!(sql.status == Some(1) && sql.err.contains("This plan is refused:"), "{sql:?}");
}

#[test]
fn rights_that_the_login_lacks_are_told_in_every_format() {
    let shop = Shop::new(Version::V16);
    shop.cluster.psql("shop", "CREATE ROLE weak LOGIN PASSWORD 'weak-password'").unwrap();
    let url = shop.cluster.url_as("weak", "weak-password", "shop");
    let json = shop.run(&["plan", "--url", &url, "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert!(document["lacking"][0]["right"].is_string(), "{json:?}");
    let sql = shop.run(&["plan", "--url", &url, "--format", "sql"]);
    assert!(sql.err.contains("weak has no right to run:"), "{sql:?}");
}

#[test]
fn a_password_is_set_anew_for_a_role_of_the_model_and_for_nobody_else() {
    let shop = Shop::new(Version::V16);
    assert_eq!(shop.run(&["plan", "--rotate", "checkout"]).status, Some(2), "the plan creates it");
    assert_eq!(shop.run(&["apply", "--yes"]).status, Some(0));
    let anew = shop.run(&["plan", "--rotate", "checkout"]);
    assert!(anew.status == Some(2) && anew.out.contains("ALTER ROLE checkout"), "{anew:?}");
    shop.cluster.psql("shop", "CREATE ROLE bystander LOGIN").unwrap();
    for role in ["chekout", "bystander"] {
        for arguments in [&["plan", "--rotate", role][..], &["apply", "--yes", "--rotate", role]] {
            let ran = shop.run(arguments);
            assert_eq!(ran.status, Some(1), "{ran:?}");
            assert!(ran.err.contains("error[RW313]") && ran.err.contains(role), "{}", ran.err);
        }
    }
}

#[test]
fn a_password_in_the_model_is_not_copied_into_a_plan_file() {
    let shop = Shop::new(Version::V16);
    shop.edit("rolewright.yaml", "${SHOP_URL}", &shop.cluster.url("shop"));
    let ran = shop.run(&["plan", "--out", "plan.json"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(!std::path::Path::new(&shop.folder.file("plan.json")).exists());
}

#[test]
fn a_password_that_is_nowhere_stops_an_apply_before_it_begins() {
    let shop = Shop::new(Version::V16);
    shop.edit("rolewright.yaml", "CHECKOUT_PASSWORD", "PASSWORD_THAT_IS_NOT_SET");
    let ran = shop.run(&["apply", "--yes"]);
    assert_eq!((ran.status, shop.changed()), (Some(1), false));
    assert!(ran.err.contains("PASSWORD_THAT_IS_NOT_SET, which is not set"), "{}", ran.err);
}

#[test]
fn a_model_with_errors_changes_nothing_and_says_where() {
    let shop = Shop::new(Version::V16);
    shop.edit("rolewright.yaml", "select on table", "selct on table");
    for arguments in [&["check"][..], &["plan"], &["apply", "--yes"], &["executor-sql"]] {
        let ran = shop.run(arguments);
        assert_eq!((ran.status, shop.changed()), (Some(1), false), "{arguments:?}");
        assert!(format!("{}{}", ran.out, ran.err).contains("rolewright.yaml:15:"), "{ran:?}");
    }
}

#[test]
fn the_executor_that_the_sql_makes_carries_the_plan_out() {
    for version in Version::ALL {
        let shop = Shop::new(version);
        let owned = "CREATE ROLE app_owner; ALTER SCHEMA sales OWNER TO app_owner; \
            ALTER TABLE sales.orders OWNER TO app_owner; ALTER DATABASE shop OWNER TO app_owner";
        shop.cluster.psql("shop", owned).unwrap();
        let sql = shop.run(&["executor-sql"]);
        assert_eq!(sql.status, Some(0), "{sql:?}");
        shop.cluster.psql("shop", &sql.out).unwrap();
        shop.cluster.psql("shop", "ALTER ROLE rolewright_executor PASSWORD 'executor'").unwrap();
        let url = shop.cluster.url_as("rolewright_executor", "executor", "shop");
        let apply = shop.run(&["apply", "--yes", "--url", &url]);
        assert_eq!(apply.status, Some(0), "{version}: {apply:?}");
        assert_eq!(shop.run(&["plan", "--url", &url]).status, Some(0), "{version}");
        let checkout = shop.cluster.url_as("checkout", PASSWORD, "shop");
        let audit = ran(command(&["audit", &checkout]).output().unwrap());
        assert!(audit.out.starts_with("Audit of shop"), "{version}: the verifier is good: {audit:?}");
    }
}

#[test]
fn a_server_that_is_too_old_is_told_so_and_nothing_is_changed() {
    let shop = Shop::new(Version::V13);
    let url = shop.cluster.socket_url("shop");
    for arguments in [["plan"].as_slice(), &["apply", "--yes"]] {
        let mut command = command(arguments);
        let ran = ran(command.current_dir(shop.folder.path()).env("SHOP_URL", &url).output().unwrap());
        assert_eq!(ran.status, Some(1), "{ran:?}");
        assert!(ran.err.contains("error[RW203]") && ran.err.contains("13.23"), "{ran:?}");
    }
    assert!(!shop.changed());
}

#[test]
fn one_server_under_two_names_is_found_out_before_anything_is_changed() {
    let shop = Shop::new(Version::V16);
    shop.cluster.create_database("shop2").unwrap();
    let second = |names: &str| {
        format!(
            "databases:\n  shop2: {{ engine: postgres, environments: {{ prod: {{ url: \"${{SECOND_URL}}\"{names} }} }} }}\n"
        )
    };
    shop.edit("rolewright.yaml", "databases:\n", &second(""));
    // The private server's socket lies where no spelling tells.
    let run = |arguments: &[&str]| {
        let mut command = command(arguments);
        command.current_dir(shop.folder.path()).env("SHOP_URL", shop.cluster.url("shop"));
        command.env("CHECKOUT_PASSWORD", PASSWORD).env("SECOND_URL", shop.cluster.socket_url("shop2"));
        ran(command.output().unwrap())
    };
    for arguments in [["plan", "--verbose"], ["apply", "--yes"]] {
        let ran = run(&arguments);
        assert_eq!(ran.status, Some(1), "{ran:?}");
        assert!(ran.err.contains("RW121") && ran.err.contains("one server under two names"), "{ran:?}");
        assert!(!shop.changed());
    }
    shop.edit("rolewright.yaml", &second(""), &second(", role_names: \"{role}_staging\""));
    let plan = run(&["plan"]);
    assert_eq!(plan.status, Some(2), "{plan:?}");
}

/// The key of the lock that appliers take, as the program has it.
const LOCK: &str = "8245928625790150516";

#[test]
fn nothing_to_do_needs_no_lock_and_something_does() {
    let shop = Shop::new(Version::V16);
    assert_eq!(shop.run(&["apply", "--yes"]).status, Some(0));
    let holds = format!("SELECT pg_advisory_lock({LOCK}); SELECT pg_sleep(30)");
    std::thread::scope(|scope| {
        let holder = scope.spawn(|| shop.cluster.psql("postgres", &holds));
        let held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'";
        while shop.cluster.psql("postgres", held).unwrap() != "1" {
            assert!(!holder.is_finished());
        }
        let idle = shop.run(&["apply", "--yes"]);
        assert_eq!(idle.status, Some(0), "{idle:?}");
        shop.cluster.psql("shop", "REVOKE SELECT ON sales.orders FROM orders_reader").unwrap();
        let busy = shop.run(&["apply", "--yes"]);
        assert!(busy.status == Some(1) && busy.err.contains("RW207"), "{busy:?}");
        let end = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'";
        shop.cluster.psql("postgres", end).unwrap();
    });
    assert_eq!(shop.run(&["apply", "--yes"]).status, Some(0));
}

#[test]
fn whoever_reads_a_plan_slowly_keeps_nobody_else_out() {
    let shop = Shop::new(Version::V16);
    // More than a pipe holds.
    let role = |number: usize| {
        format!(
            "  role_{number:04}:\n    purpose: {}.\n    owner: team@acme.example\n",
            "One of many ".repeat(8)
        )
    };
    let roles: String = (0..1_000).map(role).collect();
    let databases =
        "databases: { shop: { engine: postgres, environments: { prod: { url: \"${SHOP_URL}\" } } } }";
    shop.folder.write("many.yaml", &format!("version: 1\n{databases}\nroles:\n{roles}"));
    let mut command = command(&["apply", "many.yaml", "--yes"]);
    command.env("SHOP_URL", shop.cluster.url("shop"));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).current_dir(shop.folder.path()).spawn();
    let mut child = child.unwrap();
    let locks = || {
        shop.cluster.psql("postgres", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").unwrap()
    };
    // The plan has been made under the lock when its first letters are there; then nobody reads on.
    let mut first = [0; 4];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"Plan");
    let given_back = (0..300).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        locks() == "0"
    });
    assert!(given_back && child.try_wait().unwrap().is_none(), "it waits for its reader, without the lock");
    let made = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'role\\_%'";
    assert_eq!(shop.cluster.psql("shop", made).unwrap(), "0");
    let read = ran(child.wait_with_output().unwrap());
    assert!(read.status == Some(0) && read.out.contains("Applied:"), "{}", read.err);
    assert_eq!(shop.cluster.psql("shop", made).unwrap(), "1000");
}
