//! `rolewright apply --evidence`: what stood before, what was done, what stands after, on real servers.

use crate::folder::Folder;
use crate::program::{Ran, command, ran};
use sandbox::{Cluster, Installation, Version};
use serde_json::{Value, json};
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

const MODEL: &str = "version: 1
databases:
  shop: { engine: postgres, environments: { prod: { url: '${SHOP_URL}' } } }
roles:
  heir: { purpose: Owns., owner: data@acme.example, grants: { shop: [\"create, usage on schema sales\"] } }
  leaver: { state: retired, reassign_to: heir }
";

const BEFORE: &str = "CREATE ROLE leaver LOGIN PASSWORD 'never-in-the-file' CONNECTION LIMIT 7; CREATE ROLE bystander; CREATE ROLE heir; CREATE ROLE app_owner;
    CREATE SCHEMA sales AUTHORIZATION app_owner; GRANT CREATE, USAGE ON SCHEMA sales TO heir;
    CREATE TABLE sales.orders (id int); ALTER TABLE sales.orders OWNER TO app_owner; GRANT SELECT, INSERT ON sales.orders TO leaver;
    CREATE TABLE sales.theirs (id int); ALTER TABLE sales.theirs OWNER TO leaver; GRANT leaver TO bystander;
    ALTER ROLE leaver SET search_path TO sales; COMMENT ON ROLE heir IS 'Owned.'";

struct House {
    cluster: Cluster,
    folder: Folder,
}

impl House {
    fn new(version: Version) -> Self {
        let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
        cluster.create_database("shop").unwrap();
        cluster.psql("shop", BEFORE).unwrap();
        let folder = Folder::new();
        folder.write("rolewright.yaml", MODEL);
        Self { cluster, folder }
    }

    fn run(&self, url: &str, arguments: &[&str]) -> Ran {
        let mut command = command(arguments);
        command.current_dir(self.folder.path()).env("SHOP_URL", url);
        ran(command.output().unwrap())
    }

    fn apply(&self, url: &str) -> Ran {
        self.run(url, &["apply", "--yes", "--evidence", "evidence.json"])
    }

    /// The file, which holds no secret and is its owner's alone.
    fn evidence(&self) -> Value {
        let path = self.folder.file("evidence.json");
        let text = std::fs::read_to_string(&path).unwrap();
        for secret in ["never-in-the-file", "SCRAM", self.cluster.password()] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        serde_json::from_str(&text).unwrap()
    }

    /// The login that `executor-sql` makes.
    fn executor(&self) -> String {
        let sql = self.run(&self.cluster.url("shop"), &["executor-sql"]);
        assert_eq!(sql.status, Some(0), "{sql:?}");
        self.cluster.psql("postgres", &sql.out).unwrap();
        self.cluster.psql("postgres", "ALTER ROLE rolewright_executor PASSWORD 'executor'").unwrap();
        self.cluster.url_as("rolewright_executor", "executor", "shop")
    }
}

fn reached(run: &Value) -> Vec<(&str, &str)> {
    let phases = run["phases"].as_array().unwrap();
    phases.iter().map(|phase| (phase["what"].as_str().unwrap(), phase["reached"].as_str().unwrap())).collect()
}

/// What the file says of a leaver that went.
fn tells_of_a_leaver_that_went(version: Version, evidence: &Value) {
    assert_eq!(evidence["version"], 1);
    let run = &evidence["applied"][0];
    assert_eq!((&run["result"], &run["error"]), (&json!("applied"), &Value::Null), "{version}");
    assert!(reached(run).iter().all(|(_, reached)| *reached == "done"), "{version}: {run}");
    assert!(
        run["fingerprint"].as_str().unwrap().len() > 8 && run["looked_at_again"].is_string(),
        "{version}"
    );
    let leaver = &run["roles"]["leaver"];
    let before = &leaver["before"];
    assert_eq!(leaver["to_be_dropped"], true, "{version}");
    assert_eq!(
        (&before["exists"], &before["attributes"]["login"]),
        (&json!(true), &json!("yes")),
        "{version}"
    );
    assert_eq!(before["owns"], json!([{ "database": "shop", "object": "table sales.theirs" }]), "{version}");
    assert_eq!(before["members"][0]["role"], "bystander", "{version}: {before}");
    let orders =
        before["privileges"].as_array().unwrap().iter().find(|one| one["object"] == "table sales.orders");
    assert_eq!(orders.unwrap()["operations"], json!(["insert", "select"]), "{version}");
    assert_eq!(
        before["settings"],
        json!([{ "database": null, "name": "search_path", "value": "sales" }]),
        "{version}"
    );
    assert_eq!(leaver["after"]["exists"], false, "{version}");
    let now = json!([{ "database": "shop", "object": "table sales.theirs", "owner": "heir" }]);
    assert_eq!(leaver["owners_now"], now, "{version}");
    assert_eq!(run["roles"]["heir"]["after"]["owns"][0]["object"], "table sales.theirs", "{version}");
}

#[test]
fn the_evidence_of_a_retirement_tells_what_stood_what_was_done_and_what_stands() {
    for version in Version::ALL {
        let house = House::new(version);
        let applied = house.apply(&house.cluster.url("shop"));
        assert_eq!(applied.status, Some(0), "{version}: {applied:?}");
        let evidence = house.evidence();
        tells_of_a_leaver_that_went(version, &evidence);
        let phases = evidence["applied"][0]["phases"].as_array().unwrap();
        let statements = phases.iter().flat_map(|phase| phase["steps"].as_array().unwrap());
        let statements: Vec<_> = statements.flat_map(|step| step["statements"].as_array().unwrap()).collect();
        assert_eq!(statements.first().unwrap().as_str(), Some("ALTER ROLE leaver NOLOGIN"), "{version}");
        assert_eq!(statements.last().unwrap().as_str(), Some("DROP ROLE leaver"), "{version}");
    }
}

#[test]
fn the_evidence_says_who_owns_what_a_role_owned_in_a_database_that_the_model_does_not_name() {
    let house = House::new(Version::V16);
    house.cluster.create_database("unnamed").unwrap();
    house.cluster.psql("unnamed", "CREATE TABLE far (id int); ALTER TABLE far OWNER TO leaver").unwrap();
    let applied = house.apply(&house.cluster.url("shop"));
    assert_eq!(applied.status, Some(0), "{applied:?}");
    let now = json!([
        { "database": "shop", "object": "table sales.theirs", "owner": "heir" },
        { "database": "unnamed", "object": "table public.far", "owner": "heir" },
    ]);
    assert_eq!(house.evidence()["applied"][0]["roles"]["leaver"]["owners_now"], now);
}

#[test]
fn an_executor_without_superuser_leaves_the_same_evidence() {
    for version in Version::ALL {
        let house = House::new(version);
        let applied = house.apply(&house.executor());
        assert_eq!(applied.status, Some(0), "{version}: {applied:?}");
        tells_of_a_leaver_that_went(version, &house.evidence());
    }
}

#[test]
fn the_evidence_of_an_apply_that_broke_off_tells_what_stands() {
    for version in Version::ALL {
        let house = House::new(version);
        let stumble = "CREATE FUNCTION stumble() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''not today''; END';
            CREATE EVENT TRIGGER stumble ON ddl_command_start WHEN TAG IN ('REVOKE', 'ALTER TABLE') EXECUTE FUNCTION stumble()";
        house.cluster.psql("shop", stumble).unwrap();
        let url = house.cluster.url("shop");
        assert_eq!(house.apply(&url).status, Some(1), "{version}");
        let evidence = house.evidence();
        let run = &evidence["applied"][0];
        assert_eq!(run["result"], "failed", "{version}");
        assert!(run["error"].as_str().unwrap().contains("not today"), "{version}: {run}");
        let reached = reached(run);
        assert_eq!(reached.first(), Some(&("close the door", "done")), "{version}");
        assert_eq!(reached.last(), Some(&("drop", "not_begun")), "{version}");
        assert!(reached.contains(&("database", "failed")), "{version}: {reached:?}");
        let leaver = &run["roles"]["leaver"];
        let login = |when: &str| leaver[when]["attributes"]["login"].as_str().unwrap().to_owned();
        assert_eq!((login("before"), login("after")), ("yes".into(), "no".into()), "{version}");
        assert_eq!(leaver["owners_now"][0]["owner"], "leaver", "{version}");
        house.cluster.psql("shop", "DROP EVENT TRIGGER stumble").unwrap();
        assert_eq!(house.apply(&url).status, Some(0), "{version}");
        assert_eq!(house.evidence()["applied"][0]["roles"]["leaver"]["after"]["exists"], false, "{version}");
    }
}

#[test]
fn evidence_that_cannot_be_written_stops_an_apply_before_it_changes_anything() {
    let house = House::new(Version::V16);
    let url = house.cluster.url("shop");
    let applied = house.run(&url, &["apply", "--yes", "--evidence", "nowhere/evidence.json"]);
    assert_eq!(applied.status, Some(1), "{applied:?}");
    assert!(applied.err.contains("cannot write nowhere/evidence.json"), "{applied:?}");
    let login = "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'leaver'";
    assert_eq!(house.cluster.psql("shop", login).unwrap(), "t");
}

#[test]
fn an_apply_that_has_nothing_to_do_says_so_in_its_evidence() {
    let house = House::new(Version::V17);
    let url = house.cluster.url("shop");
    assert_eq!(house.run(&url, &["apply", "--yes"]).status, Some(0));
    assert_eq!(house.apply(&url).status, Some(0));
    let run = &house.evidence()["applied"][0];
    assert_eq!((&run["result"], &run["phases"]), (&json!("nothing_to_do"), &json!([])));
}

#[test]
fn an_apply_that_is_killed_leaves_what_stood_before() {
    let house = House::new(Version::V15);
    let linger = "CREATE FUNCTION linger() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); END';
        CREATE EVENT TRIGGER linger ON ddl_command_start WHEN TAG IN ('REVOKE', 'ALTER TABLE') EXECUTE FUNCTION linger()";
    house.cluster.psql("shop", linger).unwrap();
    let mut killed = command(&["apply", "--yes", "--evidence", "evidence.json"]);
    killed.current_dir(house.folder.path()).env("SHOP_URL", house.cluster.url("shop"));
    let mut killed = killed.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let login = "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'leaver'";
    while house.cluster.psql("shop", login).unwrap() == "t" {
        sleep(Duration::from_millis(20));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    let run = &house.evidence()["applied"][0];
    assert_eq!(run["result"], "under_way");
    assert_eq!(run["roles"]["leaver"]["before"]["attributes"]["login"], "yes");
    assert_eq!(run["roles"]["leaver"]["after"], Value::Null);
}
