//! The audit of a database against its model: each rule finds the damage that was made by hand, and an apply mends it.

use crate::folder::Folder;
use crate::program::{Ran, command, ran};
use sandbox::{Cluster, Installation, Version};
use serde_json::Value;

const MODEL: &str = include_str!("govern.yaml");
const FILE: &str = "rolewright.yaml";

/// A database that is what its model says.
struct Governed {
    cluster: Cluster,
    folder: Folder,
}

impl Governed {
    fn new(version: Version) -> Self {
        Self::with(version, MODEL)
    }

    fn with(version: Version, model: &str) -> Self {
        let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
        cluster.create_database("shop").unwrap();
        let structure =
            "CREATE ROLE app_owner; CREATE SCHEMA sales AUTHORIZATION app_owner; SET ROLE app_owner;
             CREATE TABLE sales.orders (id int); CREATE TABLE sales.secrets (id int); RESET ROLE;
             REVOKE CREATE ON SCHEMA public FROM PUBLIC";
        cluster.psql("shop", structure).unwrap();
        let folder = Folder::new();
        folder.write(FILE, model);
        let governed = Self { cluster, folder };
        governed.mend();
        governed
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = command(arguments);
        command.current_dir(self.folder.path()).env("SHOP_URL", self.cluster.socket_url("shop"));
        ran(command.output().unwrap())
    }

    fn mend(&self) {
        let apply = self.run(&["apply", "--yes"]);
        assert_eq!(apply.status, Some(0), "{apply:?}");
    }

    fn psql(&self, sql: &str) {
        self.cluster.psql("shop", sql).unwrap();
    }

    fn edit(&self, from: &str, to: &str) {
        let path = self.folder.file(FILE);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from} is not in {text}");
        std::fs::write(&path, text.replace(from, to)).unwrap();
    }

    fn append(&self, text: &str) {
        let path = self.folder.file(FILE);
        let before = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{before}{text}")).unwrap();
    }

    fn report(&self) -> Value {
        let ran = self.run(&["audit", "--format", "json"]);
        assert_eq!(ran.err, "");
        serde_json::from_str(&ran.out).unwrap()
    }

    /// The findings of the rules that hold a target against its model: `RW441 high orders_reader`.
    fn findings(&self) -> Vec<String> {
        self.of_model(&self.report()["findings"]).iter().map(told).collect()
    }

    fn of_model(&self, findings: &Value) -> Vec<Value> {
        let ours = |finding: &&Value| ("RW440".."RW470").contains(&finding["rule"].as_str().unwrap());
        findings.as_array().unwrap().iter().filter(ours).cloned().collect()
    }

    fn finding(&self, rule: &str) -> Value {
        let report = self.report();
        let found = report["findings"].as_array().unwrap().iter().find(|finding| finding["rule"] == rule);
        assert!(found.is_some(), "no {rule} in {report:#}");
        found.unwrap().clone()
    }
}

fn told(finding: &Value) -> String {
    let about = &finding["about"];
    let name = about["name"].as_str().or_else(|| about["type"].as_str()).unwrap();
    format!("{} {} {name}", finding["rule"].as_str().unwrap(), finding["severity"].as_str().unwrap())
}

fn evidence(finding: &Value) -> Vec<&str> {
    finding["evidence"].as_array().unwrap().iter().map(|fact| fact.as_str().unwrap()).collect()
}

#[test]
fn what_somebody_has_too_much_is_found_and_mended() {
    for version in Version::ALL {
        let governed = Governed::new(version);
        assert_eq!(governed.findings(), [""; 0], "{version}");
        governed.psql(
            "GRANT DELETE ON sales.orders TO orders_reader; GRANT SELECT ON sales.orders TO orders_reader WITH GRANT OPTION;
             GRANT pg_monitor TO checkout; ALTER ROLE checkout CONNECTION LIMIT 50; GRANT CREATE ON SCHEMA sales TO PUBLIC",
        );
        assert_eq!(
            governed.findings(),
            ["RW441 high checkout", "RW441 high orders_reader", "RW441 high public"],
            "{version}"
        );
        let report = governed.report();
        let found = governed.of_model(&report["findings"]);
        assert_eq!(
            found.iter().map(evidence).collect::<Vec<_>>(),
            [
                vec!["connection limit is 50, not 20", "member of pg_monitor"],
                vec!["holds delete, the grant option of select on table sales.orders in database shop"],
                vec!["holds create on schema sales in database shop"],
            ]
        );
        assert_eq!(found[0]["line"]["file"], FILE);
        assert_eq!(found[0]["line"]["line"], 25);
        for statement in found.iter().flat_map(|found| found["sql"].as_array().unwrap()) {
            governed.psql(statement.as_str().unwrap());
        }
        assert_eq!(governed.findings(), [""; 0], "{version}: the statements mend it");
        governed.psql("GRANT DELETE ON sales.orders TO orders_reader");
        governed.mend();
        assert_eq!(governed.findings(), [""; 0], "{version}: and so does an apply");
    }
}

#[test]
fn what_is_missing_is_found_and_mended() {
    for version in Version::ALL {
        let governed = Governed::new(version);
        governed.psql(
            "REVOKE SELECT ON sales.orders FROM orders_reader; REVOKE orders_writer FROM checkout;
             COMMENT ON ROLE orders_writer IS 'mine'; DROP OWNED BY alice; DROP ROLE alice",
        );
        let report = governed.report();
        let found = governed.of_model(&report["findings"]);
        assert_eq!(
            found.iter().map(|found| (told(found), evidence(found))).collect::<Vec<_>>(),
            [
                (
                    "RW442 medium alice".to_owned(),
                    vec![
                        "the model has it, the target does not",
                        "is not given: member of orders_reader",
                        "does not hold connect on database shop",
                    ]
                ),
                ("RW442 medium checkout".to_owned(), vec!["is not given: member of orders_writer"]),
                (
                    "RW442 medium orders_reader".to_owned(),
                    vec!["does not hold select on table sales.orders in database shop"]
                ),
                ("RW442 low orders_writer".to_owned(), vec!["its comment says \"mine\""]),
            ]
        );
        governed.mend();
        assert_eq!(governed.findings(), [""; 0], "{version}");
    }
}

#[test]
fn a_model_that_does_not_fit_is_a_finding_and_the_other_rules_are_answered() {
    let governed = Governed::new(Version::V18);
    governed.edit("select on table sales.orders\n", "select on table sales.order\n");
    governed.psql("CREATE TABLE open (); GRANT SELECT ON open TO PUBLIC");
    assert_eq!(governed.findings(), ["RW440 medium target"]);
    let finding = governed.finding("RW440");
    assert!(evidence(&finding)[0].starts_with("RW3"), "{finding:#}");
    assert!(evidence(&finding)[0].contains("rolewright.yaml:"), "{finding:#}");
    assert!(governed.run(&["audit"]).out.contains("RW405"));
}

fn exception(finding: &Value, until: &str) -> String {
    let line = finding["accept"].as_str().unwrap();
    let line = line.replace("TEAM", "data@acme.example").replace("WHY", "Moves in spring.");
    format!("exceptions:\n  {}\n", line.replace("YYYY-MM-DD", until))
}

#[test]
fn an_exception_holds_for_what_was_seen_and_for_nothing_else() {
    let governed = Governed::new(Version::V17);
    let damage = "GRANT DELETE ON sales.orders TO orders_reader";
    governed.psql(damage);
    assert_eq!(governed.run(&["audit"]).status, Some(2));
    governed.append(&exception(&governed.finding("RW441"), "2999-12-31"));
    assert_eq!(governed.findings(), [""; 0]);
    let report = governed.report();
    let accepted = governed.of_model(&report["accepted"]);
    assert_eq!(accepted.iter().map(told).collect::<Vec<_>>(), ["RW441 high orders_reader"]);
    assert_eq!(accepted[0]["exception"]["standing"], "accepted");
    assert_eq!(governed.run(&["check"]).status, Some(0), "and the model is sound");
    let text = governed.run(&["audit"]);
    assert!(text.out.contains("Accepted: 1 finding, the first until 2999-12-31"), "{}", text.out);

    governed.psql("GRANT TRUNCATE ON sales.orders TO orders_reader");
    let finding = governed.finding("RW441");
    assert_eq!(finding["exception"]["standing"], "for something else");
    assert!(governed.run(&["audit"]).out.contains("accepted something else"));
    governed.mend();
    assert_eq!(governed.findings(), ["RW443 low orders_reader"], "nothing is left to accept");
    governed.psql(damage);
    assert_eq!(governed.findings(), [""; 0], "the same again is accepted again");
}

#[test]
fn an_exception_that_is_over_accepts_nothing_and_says_so() {
    let governed = Governed::new(Version::V17);
    governed.psql("GRANT DELETE ON sales.orders TO orders_reader");
    governed.append(&exception(&governed.finding("RW441"), "2020-01-31"));
    assert_eq!(governed.findings(), ["RW441 high orders_reader"]);
    let text = governed.run(&["audit"]).out;
    assert!(text.contains("data@acme.example accepted this until 2020-01-31, which is over"), "{text}");
    assert!(text.contains("the exception for RW441 about `orders_reader` is over"), "as check says: {text}");
}

#[test]
fn an_exception_binds_to_an_environment_and_to_what_it_saw_or_accepts_nothing() {
    let governed = Governed::new(Version::V17);
    governed.psql("GRANT DELETE ON sales.orders TO orders_reader");
    let line = exception(&governed.finding("RW441"), "2999-12-31");
    let saw = line.split(" saw: ").nth(1).unwrap().split(',').next().unwrap();
    governed.append(&line.replace(&format!(" saw: {saw},"), ""));
    assert_eq!(governed.findings(), ["RW441 high orders_reader"]);
    assert_eq!(governed.finding("RW441")["exception"]["standing"], "without what was seen");
    assert!(governed.run(&["check"]).out.contains("it does not say what was seen"));
    governed.edit("owner: data@", &format!("saw: {saw}, owner: data@"));
    assert_eq!(governed.findings(), [""; 0]);
    governed.edit("      prod: {", "      staging: { url: \"${STAGING_URL}\" }\n      prod: {");
    let audit = |environment| {
        let mut command = command(&["audit", "--env", environment, "--format", "json"]);
        command.current_dir(governed.folder.path()).env("SHOP_URL", governed.cluster.socket_url("shop"));
        let report: Value = serde_json::from_str(&ran(command.output().unwrap()).out).unwrap();
        governed.of_model(&report["findings"]).iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(audit("prod"), [""; 0]);
    governed.edit("environment: prod", "environment: staging");
    assert_eq!(audit("prod"), ["RW441 high orders_reader"], "another environment's");
    governed.edit("environment: staging", "environment: nowhere");
    assert_eq!(governed.run(&["check"]).status, Some(1));
}

#[test]
fn what_the_check_finds_in_the_model_stands_in_the_audit_with_its_line() {
    let governed = Governed::new(Version::V17);
    governed.edit("    purpose: Support staff look up a customer's orders.\n", "");
    governed.mend();
    let finding = governed.finding("RW146");
    assert_eq!(finding["line"]["line"], 9);
    assert_eq!(finding["about"]["name"], "orders_reader");
    let sarif: Value = serde_json::from_str(&governed.run(&["audit", "--format", "sarif"]).out).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let result = results.iter().find(|result| result["ruleId"] == "RW146").unwrap();
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["region"]["startLine"], 9);
    assert_eq!(place["artifactLocation"]["uri"], FILE);
    let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["tool"]["driver"]["rules"][rule]["id"], "RW146");
    governed.append(&exception(&finding, "2999-12-31"));
    assert!(governed.report()["accepted"].as_array().unwrap().iter().any(|found| found["rule"] == "RW146"));
}

#[test]
fn an_audit_of_a_model_reads_well() {
    let governed = Governed::new(Version::V18);
    governed.psql("GRANT DELETE ON sales.orders TO orders_reader");
    governed.append(&exception(&governed.finding("RW441"), "2999-12-31"));
    governed.psql(
        "REVOKE SELECT ON sales.orders FROM orders_reader; ALTER ROLE checkout CONNECTION LIMIT 50;
         GRANT INSERT ON sales.orders TO PUBLIC",
    );
    governed.edit("    purpose: The checkout service records orders.\n", "");
    let filters = [
        (r"(PostgreSQL \d+)\.\d+[^,<\n]*", "$1"),
        (r"in \d+ days", "in SOME days"),
        (r"<dt>Cluster</dt><dd>\d+</dd>", "<dt>Cluster</dt><dd>…</dd>"),
        (r"<dt>Looked at</dt><dd>.*</dd>", "<dt>Looked at</dt><dd>…</dd>"),
        (r#""lookedAt": ".*""#, r#""lookedAt": "…""#),
        (r#""looked_at": ".*""#, r#""looked_at": "…""#),
        (r#""(engineVersion|engine_version)": ".*""#, r#""$1": "…""#),
        (r#""system": ".*""#, r#""system": "…""#),
        (r"rolewright-audit/\d+/", "rolewright-audit/SYSTEM/"),
    ];
    insta::with_settings!({ filters => filters }, {
        insta::assert_snapshot!("govern_text", governed.run(&["audit"]).out);
        insta::assert_snapshot!("govern_verbose", governed.run(&["audit", "--verbose"]).out);
        insta::assert_snapshot!("govern_json", governed.run(&["audit", "--format", "json"]).out);
        insta::assert_snapshot!("govern_csv", governed.run(&["audit", "--format", "csv"]).out.replace("\r\n", "\n"));
    });
    let sarif: Value = serde_json::from_str(&governed.run(&["audit", "--format", "sarif"]).out).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let suppressed = results.iter().filter(|result| !result["suppressions"].is_null()).count();
    assert_eq!(suppressed, governed.report()["accepted"].as_array().map_or(0, Vec::len));
}
