//! `rolewright can`, `who-can` and `why`, asked about the example shop.

use crate::folder::Folder;
use crate::program::{Ran, command, ran};
use sandbox::{Cluster, Installation, Version};
use std::path::PathBuf;

fn shop() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop")
}

/// The shop as it grew.
fn cluster(version: Version) -> Cluster {
    let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
    cluster.psql_file("postgres", &shop().join("load.sql")).unwrap();
    cluster
}

/// Asked where the shop's model is.
fn ask(cluster: &Cluster, arguments: &[&str]) -> Ran {
    let mut command = command(arguments);
    ran(command.current_dir(shop()).env("SHOP_PROD_URL", cluster.url("shop")).output().unwrap())
}

/// Everything that the program says, one question after another.
fn told(cluster: &Cluster, questions: &[&[&str]]) -> String {
    let mut text = String::new();
    for question in questions {
        let ran = ask(cluster, question);
        let words: Vec<String> = question
            .iter()
            .map(|word| if word.contains(' ') { format!("\"{word}\"") } else { (*word).to_owned() })
            .collect();
        text.push_str(&format!(
            "$ rolewright {}\n{}{}[{}]\n\n",
            words.join(" "),
            ran.out,
            ran.err,
            ran.status.unwrap()
        ));
    }
    text
}

#[test]
fn an_answer_names_the_way_and_an_error_the_nearest_name() {
    let cluster = cluster(Version::V18);
    let questions: &[&[&str]] = &[
        &["can", "checkout", "insert on table sales.orders"],
        &["can", "reporting", "drop on table sales.orders"],
        &["can", "web", "update on table sales.orders"],
        &["can", "web", "shop: select (id, iban) on table crm.customers"],
        &["can", "alice", "select on table sales.*", "--as-it-stands"],
        &["can", "analysts", "select on table sales.*"],
        &["can", "temp", "alter on database shop"],
        &["can", "heidi@acme.example", "connect on database shop"],
        &["can", "reporting", "select on table sales.orders", "--privilege"],
        &["can", "reporting", "drop on table sales.orders", "--privilege"],
        &["can", "reporting", "select on table sales.ordres"],
        &["can", "reportign", "select on table sales.orders"],
        &["can", "reporting", "select (di) on table sales.orders"],
        &["can", "reporting", "shpo: select on table sales.orders"],
        &["can", "reporting", "slect on table sales.orders"],
        &["can", "reporting", "select on table sales.* future by shop"],
    ];
    insta::assert_snapshot!(told(&cluster, questions));
}

#[test]
fn who_can_is_told_by_the_way_and_why_by_the_models_lines() {
    let cluster = cluster(Version::V18);
    let questions: &[&[&str]] = &[
        &["who-can", "delete on table sales.orders"],
        &["who-can", "shop: connect on database shop"],
        &["why", "reporting", "drop on table sales.orders"],
        &["why", "carol@acme.example", "select on table sales.orders"],
        &["why", "temp", "truncate on table finance.bookings"],
        &["why", "web", "delete on table finance.bookings"],
    ];
    insta::assert_snapshot!(told(&cluster, questions));
}

#[test]
fn after_the_model_is_applied_every_step_has_its_line() {
    let cluster = cluster(Version::V18);
    assert_eq!(ask(&cluster, &["apply", "--yes"]).status, Some(0));
    let by_hand = "CREATE ROLE stray LOGIN; COMMENT ON ROLE stray IS 'Made in a hurry.'; GRANT CONNECT ON DATABASE shop TO stray;
        GRANT USAGE ON SCHEMA sales TO stray; GRANT SELECT ON sales.orders TO stray";
    cluster.psql("shop", by_hand).unwrap();
    let questions: &[&[&str]] = &[
        &["why", "checkout", "insert on table sales.orders"],
        &["why", "reporting", "drop on table sales.orders"],
        &["who-can", "delete on table sales.orders"],
        &["why", "stray", "select on table sales.orders"],
        &["can", "heidi@acme.example", "usage on schema finance"],
        &["can", "heidi", "usage on schema warehouse"],
    ];
    insta::assert_snapshot!(told(&cluster, questions));
}

#[test]
fn programs_read_the_same_answers_as_json() {
    let cluster = cluster(Version::V16);
    let json = |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_str(&ask(&cluster, arguments).out).unwrap()
    };
    let why = json(&["why", "reporting", "drop on table sales.orders", "--format", "json"]);
    assert_eq!((why["can"].as_bool(), why["judged"].as_str()), (Some(true), Some("reachable")));
    let way = why["subjects"][0]["permissions"][0]["way"].as_array().unwrap();
    let types: Vec<&str> = way.iter().map(|fact| fact["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["logs in", "holds", "holds", "inherits", "holds"]);
    assert_eq!(way[3]["origin"]["type"], "unwanted");
    assert!(way[4]["origin"]["lines"][0].as_str().unwrap().starts_with("model/shop.yaml:"));
    let no = json(&["can", "web", "update on table sales.orders", "--format", "json"]);
    assert_eq!(no["can"], false);
    assert_eq!(
        no["subjects"][0]["permissions"][0]["missing"][0],
        "nothing gives it update on table sales.orders"
    );
    let who = json(&["who-can", "delete on table sales.orders", "--format", "json"]);
    let groups = who["permissions"][0]["groups"].as_array().unwrap();
    assert_eq!(groups[0]["logins"], serde_json::json!(["postgres", "temp"]));
    assert!(groups.iter().any(|group| group["through"] == "pg_write_all_data"));
}

/// Before 16, who may make roles may hand itself any; a role with ADMIN may hand itself that one on every version.
#[test]
fn what_somebody_may_grant_itself_counts_is_said_and_can_be_left_out_on_every_version() {
    for version in Version::ALL {
        let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
        cluster
            .psql(
                "postgres",
                "CREATE TABLE orders (id int); CREATE ROLE keeper; GRANT DELETE ON orders TO keeper;
                 CREATE ROLE lead LOGIN; GRANT keeper TO lead WITH ADMIN OPTION; ALTER ROLE lead NOINHERIT;
                 CREATE ROLE maker LOGIN CREATEROLE; CREATE ROLE owner LOGIN; ALTER TABLE orders OWNER TO owner;
                 REVOKE ALL ON orders FROM owner",
            )
            .unwrap();
        let folder = Folder::new();
        let asked = |who: &str, more: &[&str]| {
            let url = cluster.socket_url("postgres");
            let mut arguments = vec!["can", who, "delete on table public.orders", "--url", &url];
            arguments.extend(more);
            let ran = ran(command(&arguments).current_dir(folder.path()).output().unwrap());
            assert_eq!(ran.err, "", "{version}");
            (ran.status, ran.out)
        };
        let (status, out) = asked("owner", &[]);
        assert_eq!(status, Some(0), "{version}");
        assert!(
            out.starts_with("yes, by a grant that it may make itself: owner can come to delete"),
            "{out}"
        );
        assert_eq!(asked("owner", &["--as-it-stands"]).0, Some(3), "{version}");
        let before_16 = if version < Version::V16 { Some(0) } else { Some(3) };
        assert_eq!(asked("maker", &[]).0, before_16, "{version}");
        assert_eq!(asked("maker", &["--as-it-stands"]).0, Some(3), "{version}");
        assert_eq!(asked("lead", &[]).0, Some(0), "{version}");
        assert_eq!(asked("keeper", &["--privilege"]).0, Some(0), "{version}");
        assert_eq!(asked("owner", &["--privilege"]).0, Some(3), "{version}");
    }
}

#[test]
fn without_a_model_and_without_a_url_there_is_nothing_to_ask() {
    let folder = Folder::new();
    let ran =
        ran(command(&["can", "web", "select on table a.b"]).current_dir(folder.path()).output().unwrap());
    assert_eq!(ran.status, Some(1));
    assert!(ran.err.contains("there is no model here"), "{}", ran.err);
}
