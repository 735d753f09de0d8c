//! `rolewright path` and `blast-radius`, asked about the example shop and of its model.

use crate::program::{Ran, command, ran};
use sandbox::{Cluster, Installation, Version};
use std::path::PathBuf;

fn shop() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop")
}

/// The shop as it grew, with a routine that does anything, and another that does one thing.
fn cluster() -> Cluster {
    let cluster = Cluster::start(&Installation::find(Version::V18).unwrap()).unwrap();
    cluster.psql_file("postgres", &shop().join("load.sql")).unwrap();
    let routines = "CREATE FUNCTION finance.repair(statement text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER \
        SET search_path = pg_catalog, pg_temp AS 'BEGIN EXECUTE statement; END'; \
        CREATE FUNCTION finance.strike(int) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp \
        AS 'DELETE FROM finance.payouts WHERE id = $1'; \
        ALTER FUNCTION finance.repair(text) OWNER TO shop; ALTER FUNCTION finance.strike(int) OWNER TO shop; \
        REVOKE EXECUTE ON FUNCTION finance.repair(text) FROM PUBLIC; GRANT EXECUTE ON FUNCTION finance.repair(text) TO billing; \
        REVOKE EXECUTE ON FUNCTION finance.strike(int) FROM PUBLIC; GRANT EXECUTE ON FUNCTION finance.strike(int) TO erin;";
    cluster.psql("shop", routines).unwrap();
    cluster
}

/// Asked where the shop's model is.
fn ask(cluster: Option<&Cluster>, arguments: &[&str]) -> Ran {
    let mut command = command(arguments);
    let command = command.current_dir(shop());
    match cluster {
        Some(cluster) => ran(command.env("SHOP_PROD_URL", cluster.url("shop")).output().unwrap()),
        None => ran(command.output().unwrap()),
    }
}

fn told(cluster: Option<&Cluster>, questions: &[&[&str]]) -> String {
    let mut text = String::new();
    for question in questions {
        let ran = ask(cluster, question);
        let words: Vec<String> = question
            .iter()
            .map(|word| if word.contains(' ') { format!("\"{word}\"") } else { (*word).to_owned() })
            .collect();
        let (out, err, status) = (ran.out, ran.err, ran.status.unwrap());
        text.push_str(&format!("$ rolewright {}\n{out}{err}[{status}]\n\n", words.join(" ")));
    }
    text
}

#[test]
fn a_way_is_told_step_by_step_and_what_is_unknown_is_no_no() {
    let cluster = cluster();
    let questions: &[&[&str]] = &[
        &["path", "billing", "delete on table finance.payouts"],
        &["path", "billing", "role", "shop"],
        &["path", "erin@acme.example", "delete on table finance.payouts"],
        &["path", "erin@acme.example", "superuser"],
        &["path", "erin@acme.example", "role", "shop", "--with-victim"],
        &["path", "temp", "superuser"],
        &["path", "web", "superuser"],
        &["path", "nobody", "superuser"],
        &["path", "web", "role", "shpo"],
        &["path", "web", "role"],
        &["path", "web", "delete", "on", "table"],
        &["path", "web", "select on table sales.ordres"],
    ];
    insta::assert_snapshot!(told(Some(&cluster), questions));
}

#[test]
fn a_blast_radius_lists_everything_with_its_ways() {
    let cluster = cluster();
    let questions: &[&[&str]] = &[&["blast-radius", "billing"], &["blast-radius", "temp"]];
    insta::assert_snapshot!(told(Some(&cluster), questions));
}

#[test]
fn a_model_is_judged_before_it_is_applied_and_without_a_target() {
    let questions: &[&[&str]] = &[
        &["path", "erin@acme.example", "insert on table finance.payouts", "--from-model"],
        &[
            "path",
            "erin@acme.example",
            "update (approved_by) on table finance.payouts",
            "model",
            "--from-model",
        ],
        &["path", "migrations", "role", "shop", "--from-model"],
        &["blast-radius", "heidi@acme.example", "--from-model"],
    ];
    insta::assert_snapshot!(told(None, questions));
}

#[test]
fn what_the_plan_takes_away_is_gone_in_the_planned_state() {
    let cluster = cluster();
    let asked = ["path", "reporting", "drop on table sales.orders"];
    assert_eq!(ask(Some(&cluster), &asked).status, Some(0));
    let planned = [asked.as_slice(), &["--planned"]].concat();
    let ran = ask(Some(&cluster), &planned);
    assert_eq!(ran.status, Some(3), "{}{}", ran.out, ran.err);
}

#[test]
fn of_what_the_server_keeps_of_passwords_one_column_counts_and_not_those_that_everybody_reads() {
    let cluster = cluster();
    let granted = "CREATE ROLE reads LOGIN; CREATE ROLE counts LOGIN; GRANT SELECT (rolpassword) ON pg_authid TO reads; \
        GRANT SELECT (rolname) ON pg_authid TO counts";
    cluster.psql("shop", granted).unwrap();
    for (who, comes) in [("reads", true), ("counts", false)] {
        let ran = ask(Some(&cluster), &["blast-radius", who]);
        assert_eq!(ran.status, Some(0), "{}", ran.err);
        assert_eq!(ran.out.contains("what is stored of every password"), comes, "{who}: {}", ran.out);
        // What passwords are good for nobody knows, and who is shown none has no way.
        let answer = if comes {
            "unknown: whether reads comes to superuser"
        } else {
            "counts does not come to superuser"
        };
        assert!(ran.out.contains(answer), "{}", ran.out);
    }
}

#[test]
fn programs_read_the_steps_as_json() {
    let cluster = cluster();
    let ran = ask(
        Some(&cluster),
        &["path", "erin@acme.example", "delete on table finance.payouts", "--format", "json"],
    );
    let answer: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(answer["version"], 1);
    assert_eq!(answer["looked_at_target"], true);
    assert_eq!(answer["found"][0]["verdict"], "direct");
    assert_eq!(answer["found"][0]["steps"][1]["statements"][0], "SELECT finance.strike(NULL::integer)");
    let ran = ask(Some(&cluster), &["blast-radius", "temp", "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(answer["superuser"], true, "{}", ran.out);
}
