//! What an exception to a finding against a model is bound to: whatever makes the finding worse gives it another print.

use crate::govern::Governed;
use sandbox::Version;
use std::collections::BTreeSet;

/// A finding that gets worse.
struct Worse {
    rule: &'static str,
    setup: &'static str,
    /// Each of these makes it worse, one after the other.
    steps: &'static [&'static str],
}

const MANY: &str = "SELECT format('CREATE TABLE sales.t%s (id int); CREATE ROLE r%s', n, n) FROM generate_series(10, 25) n \\gexec";

const CASES: &[Worse] = &[
    Worse {
        rule: "RW441",
        setup: "GRANT SELECT ON sales.secrets TO orders_reader",
        steps: &[
            "GRANT SELECT ON sales.secrets TO orders_reader WITH GRANT OPTION",
            "GRANT DELETE ON sales.secrets TO orders_reader",
            "GRANT orders_reader TO checkout WITH ADMIN OPTION",
        ],
    },
    Worse {
        rule: "RW444",
        setup: "ALTER ROLE checkout CREATEDB",
        steps: &["ALTER ROLE checkout CREATEROLE"],
    },
    Worse {
        rule: "RW445",
        setup: "GRANT DELETE ON sales.t10 TO orders_reader",
        steps: &[
            "GRANT DELETE ON sales.t10 TO orders_reader WITH GRANT OPTION",
            "REVOKE ALL ON sales.t10 FROM orders_reader; GRANT DELETE ON sales.t11 TO orders_reader WITH GRANT OPTION",
        ],
    },
    Worse {
        rule: "RW446",
        setup: "CREATE ROLE gone LOGIN; COMMENT ON ROLE gone IS E'Left.\\nrolewright/1 gone'; GRANT SELECT ON sales.t10, sales.t11 TO gone",
        steps: &[
            "REVOKE SELECT ON sales.t11 FROM gone; GRANT SELECT ON sales.t12 TO gone",
            "GRANT DELETE ON sales.t12 TO gone",
            "ALTER TABLE sales.t13 OWNER TO gone",
            "ALTER TABLE sales.t13 OWNER TO app_owner; ALTER TABLE sales.t14 OWNER TO gone",
        ],
    },
    Worse {
        rule: "RW447",
        setup: "CREATE ROLE stranger LOGIN; GRANT SELECT ON sales.t10, sales.t11 TO stranger; GRANT r10 TO stranger",
        steps: &[
            "REVOKE SELECT ON sales.t11 FROM stranger; GRANT SELECT ON sales.t12 TO stranger",
            "GRANT DELETE ON sales.t12 TO stranger",
            "GRANT r10 TO stranger WITH ADMIN OPTION",
        ],
    },
    Worse {
        rule: "RW450",
        // Where the model fits, what a person has beyond it is in the finding that tells that.
        setup: "DROP TABLE sales.orders; GRANT SELECT ON sales.secrets TO alice",
        steps: &[
            "GRANT SELECT ON sales.secrets TO alice WITH GRANT OPTION",
            "GRANT CREATE ON DATABASE shop TO alice",
            "GRANT CONNECT ON DATABASE shop TO alice WITH GRANT OPTION",
        ],
    },
    Worse {
        rule: "RW452",
        setup: "GRANT SELECT ON sales.t10, sales.t11, sales.t12, sales.t13, sales.t14, sales.t15, sales.t16 TO r10; GRANT r11 TO r12",
        steps: &[
            "REVOKE SELECT ON sales.t16 FROM r10; GRANT SELECT ON sales.t17 TO r10",
            "GRANT DELETE ON sales.t17 TO r10",
            "GRANT r11 TO r12 WITH ADMIN OPTION",
            "REVOKE ALL ON sales.t17 FROM r10; GRANT SELECT ON sales.t17 TO orders_reader",
        ],
    },
];

fn saw(governed: &Governed, rule: &str) -> BTreeSet<String> {
    let report = governed.report();
    let found = report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == rule);
    found.map(|finding| finding["saw"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn whatever_makes_a_finding_against_the_model_worse_gives_it_another_print() {
    for version in [Version::V14, Version::V18] {
        for case in CASES {
            let governed = Governed::new(version);
            governed.psql(MANY);
            governed.psql(case.setup);
            let mut before = saw(&governed, case.rule);
            assert_eq!(before.len(), 1, "{version} {}", case.rule);
            for step in case.steps {
                assert_eq!(saw(&governed, case.rule), before, "{version} {}: nothing was done", case.rule);
                governed.psql(step);
                let after = saw(&governed, case.rule);
                assert!(!after.is_subset(&before), "{version} {}: {step} is not seen", case.rule);
                before = after;
            }
        }
    }
}

#[test]
fn to_connect_is_no_privilege_of_a_persons_own_and_to_create_is() {
    let governed = Governed::new(Version::V17);
    governed.psql("GRANT CREATE ON DATABASE shop TO alice, checkout");
    assert_eq!(saw(&governed, "RW441").len(), 2, "what the model does not give is told once");
    assert!(saw(&governed, "RW450").is_empty() && saw(&governed, "RW424").is_empty());
    governed.psql("ALTER TABLE sales.orders RENAME TO gone");
    let report = governed.report();
    for (rule, told) in
        [("RW450", "holds create on database shop"), ("RW424", "create on 1 database, such as database shop")]
    {
        let found = report["findings"].as_array().unwrap().iter().find(|finding| finding["rule"] == rule);
        assert_eq!(found.unwrap()["evidence"][0], told, "{rule}");
    }
}

#[test]
fn what_is_missing_is_mended_from_top_to_bottom() {
    for version in Version::ALL {
        let governed = Governed::new(version);
        governed.psql(
            "DROP OWNED BY alice, checkout, orders_reader, orders_writer; DROP ROLE alice, checkout, orders_reader, orders_writer;
             GRANT USAGE ON SCHEMA public TO PUBLIC",
        );
        let report = governed.report();
        let found =
            report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == "RW442");
        let mut missing = 0;
        for finding in found {
            missing += 1;
            assert!(!finding["sql"].as_array().unwrap().is_empty(), "{finding:#}");
            for statement in finding["sql"].as_array().unwrap() {
                governed.psql(statement.as_str().unwrap());
            }
        }
        assert_eq!(missing, 4, "{version}");
        let left = governed.report();
        let left = left["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == "RW442");
        assert_eq!(left.collect::<Vec<_>>(), Vec::<&serde_json::Value>::new(), "{version}");
    }
}

#[test]
fn power_that_the_model_gives_is_not_told_as_power_that_nobody_gave() {
    let governed = Governed::new(Version::V17);
    let told = || -> Vec<String> {
        let report = governed.report();
        let found = report["findings"].as_array().unwrap().iter().filter(|found| found["rule"] == "RW402");
        found.map(|found| found["about"]["name"].as_str().unwrap().to_owned()).collect()
    };
    governed.psql("CREATE ROLE makers CREATEDB; GRANT makers TO alice");
    assert_eq!(told(), ["alice"]);
    governed.edit("roles:\n  orders_reader", "roles:\n  makers: { purpose: Makes databases for tests., owner: commerce@acme.example, attributes: [createdb] }\n  orders_reader");
    assert_eq!(told(), ["alice"], "to makers, but not makers to alice");
    governed.edit("alice: { roles: [orders_reader]", "alice: { roles: [orders_reader, makers]");
    assert_eq!(told(), [""; 0]);
    governed.psql("ALTER ROLE makers CREATEROLE");
    assert_eq!(told(), ["alice"], "and nothing else");
}

#[test]
fn what_the_model_gives_is_taken_in_the_model() {
    let governed = Governed::new(Version::V17);
    let found = || -> serde_json::Value {
        let report = governed.report();
        let found = report["findings"].as_array().unwrap().iter().find(|found| found["rule"] == "RW404");
        found.unwrap().clone()
    };
    governed.psql("GRANT pg_read_all_data TO alice");
    assert_eq!(found()["sql"][0], "REVOKE pg_read_all_data FROM alice;");
    governed.edit("alice: { roles: [orders_reader]", "alice: { roles: [orders_reader, pg_read_all_data]");
    let found = found();
    assert_eq!(found["sql"].as_array().unwrap().len(), 0, "the next plan would give it back: {found:#}");
    let step = found["model"].as_str().unwrap();
    assert!(step.contains("take pg_read_all_data from alice in the model (rolewright.yaml:32"), "{step}");
}
