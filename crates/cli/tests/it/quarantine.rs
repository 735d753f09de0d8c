//! Retired roles that the server does not let go, as people and programs are told of them.

use crate::folder::Folder;
use crate::program::{Ran, command, ran};
use sandbox::{Cluster, Installation, Version};
use serde_json::Value;

const MODEL: &str = "version: 1
databases:
  shop: { engine: postgres, environments: { prod: { url: '${SHOP_URL}' } } }
roles:
  leaver: { state: retired }
";

struct House {
    cluster: Cluster,
    folder: Folder,
}

impl House {
    fn new() -> Self {
        let cluster = Cluster::start(&Installation::find(Version::V17).unwrap()).unwrap();
        cluster.create_database("shop").unwrap();
        let made = "CREATE ROLE leaver LOGIN; CREATE TABLE orders (id int); GRANT INSERT ON orders TO leaver";
        cluster.psql("shop", made).unwrap();
        let later = "BEGIN; INSERT INTO orders VALUES (1); PREPARE TRANSACTION 'later'";
        cluster.psql_as("leaver", "shop", later).unwrap();
        let folder = Folder::new();
        folder.write("rolewright.yaml", MODEL);
        Self { cluster, folder }
    }

    fn run(&self, arguments: &[&str], status: i32) -> Ran {
        let mut command = command(arguments);
        command.current_dir(self.folder.path()).env("SHOP_URL", self.cluster.url("shop"));
        let ran = ran(command.output().unwrap());
        assert_eq!(ran.status, Some(status), "{arguments:?}: {ran:?}");
        ran
    }
}

#[test]
fn every_plan_says_what_is_in_quarantine_and_ends_with_2_until_it_is_gone() {
    let house = House::new();
    insta::assert_snapshot!("quarantine_first", house.run(&["plan"], 2).out);
    house.run(&["plan", "--out", "plan.json"], 2);
    let apply = house.run(&["apply", "plan.json", "--yes", "--evidence", "evidence.json"], 2);
    assert!(apply.out.contains("but for 1 role in quarantine"), "{apply:?}");
    let again = house.run(&["plan"], 2);
    insta::assert_snapshot!("quarantine_again", again.out);
    assert_eq!(house.run(&["apply", "--yes"], 2).out, again.out);
    house.cluster.psql("shop", "ROLLBACK PREPARED 'later'").unwrap();
    let dropped = house.run(&["apply", "--yes"], 0);
    assert!(dropped.out.contains("DROP ROLE leaver"), "{dropped:?}");
    house.run(&["plan"], 0);
}

#[test]
fn a_plan_for_programs_lists_what_keeps_a_role_and_the_evidence_that_it_was_kept() {
    let house = House::new();
    let plan: Value = serde_json::from_str(&house.run(&["plan", "--format", "json"], 2).out).unwrap();
    let kept = serde_json::json!([{ "role": "leaver", "kept_by": [{ "database": "shop", "what": "has prepared transaction 'later'" }] }]);
    assert_eq!(plan["quarantined"], kept);
    let script = house.run(&["plan", "--format", "sql"], 2).out;
    assert!(
        script.contains(
            "-- stays in quarantine: leaver: in database shop it has prepared transaction 'later'\n"
        ),
        "{script}"
    );
    house.run(&["apply", "--yes", "--evidence", "evidence.json"], 2);
    let evidence: Value =
        serde_json::from_str(&std::fs::read_to_string(house.folder.file("evidence.json")).unwrap()).unwrap();
    let role = &evidence["applied"][0]["roles"]["leaver"];
    assert_eq!((&role["to_be_dropped"], &role["to_be_quarantined"]), (&false.into(), &true.into()));
    assert_eq!(role["after"]["exists"], true);
    assert_eq!(role["after"]["attributes"]["login"], "no", "{role}");
    assert_eq!(role["after"]["kept_by"], kept[0]["kept_by"]);
    assert_eq!(role["after"]["privileges"], serde_json::json!([]));
    house.run(&["apply", "--yes", "--evidence", "evidence.json"], 2);
}

#[test]
fn a_role_in_quarantine_that_has_come_to_own_something_is_somebodys_to_decide() {
    let house = House::new();
    house.run(&["apply", "--yes"], 2);
    house.cluster.psql("shop", "CREATE TABLE late (id int); ALTER TABLE late OWNER TO leaver").unwrap();
    let refused = house.run(&["apply", "--yes"], 1);
    assert!(
        refused.out.contains("RW323 leaver is to be dropped and still owns table public.late"),
        "{refused:?}"
    );
}

#[test]
fn an_audit_finds_what_is_in_quarantine_until_it_is_gone() {
    let house = House::new();
    let found = |status: i32| -> Vec<Value> {
        let report: Value =
            serde_json::from_str(&house.run(&["audit", "--format", "json"], status).out).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        findings.filter(|finding| finding["rule"] == "RW460").cloned().collect()
    };
    let before = found(2);
    assert_eq!(before.len(), 1);
    let evidence = serde_json::json!(["has prepared transaction 'later' in database shop"]);
    assert_eq!((&before[0]["about"]["name"], &before[0]["evidence"]), (&"leaver".into(), &evidence));
    house.run(&["apply", "--yes"], 2);
    assert_eq!(found(2).len(), 1);
    house.cluster.psql("shop", "ROLLBACK PREPARED 'later'").unwrap();
    assert_eq!(found(2).len(), 0, "the next plan drops it: RW441");
    house.run(&["apply", "--yes"], 0);
    assert_eq!(found(2).len(), 0);
}
