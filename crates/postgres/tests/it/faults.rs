//! An applier that dies, or whose connection is cut, at any moment leaves whole phases behind and nothing
//! between; the next run completes what it began.

use crate::converge::{apply, plan};
use crate::inspect::block_on;
use crate::models::intent;
use crate::round_trip::{difference, said};
use model::{Intent, Secret};
use postgres::PostgresEngine;
use sandbox::{Cluster, Installation, Version};
use service::Wishes;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Roles come and go, privileges come and go, in two databases and in the cluster.
const MODEL: &str = r#"
roles:
  reader:
    purpose: Reads.
    owner: data@acme.example
    grants:
      shop: [usage on schema sales, select on table sales.*]
      other: [usage on schema stock]
  "\"; DROP TABLE x; --":
    purpose: Writes.
    owner: data@acme.example
    inherits: [reader]
    grants:
      shop: ["insert, update on table sales.orders", "select (id) on table sales.lines"]
      other: [select on table stock.*]
  ääääääääääääääääääääääääääääääx:
    purpose: Owns.
    owner: data@acme.example
    owns:
      other: [table stock.items]
  leaver: { state: retired, purpose: Left., owner: data@acme.example }
"#;

const BEFORE: &str = r#"
CREATE DATABASE shop;
CREATE DATABASE other;
CREATE ROLE reader;
CREATE ROLE leaver LOGIN;
GRANT reader TO leaver;
GRANT CREATE ON DATABASE shop TO reader;
\connect shop
CREATE SCHEMA sales;
CREATE TABLE sales.orders (id int);
CREATE TABLE sales.lines (id int);
CREATE TABLE x (id int);
GRANT DELETE ON sales.orders TO reader;
GRANT SELECT ON sales.orders TO leaver;
\connect other
CREATE SCHEMA stock;
CREATE TABLE stock.items (id int);
CREATE TABLE stock.places (id int);
GRANT UPDATE ON stock.items TO reader, leaver;
"#;

const DATABASES: [&str; 3] = ["postgres", "shop", "other"];

fn cluster(version: Version) -> Cluster {
    let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
    cluster.psql("postgres", BEFORE).unwrap();
    cluster
}

fn model() -> Intent {
    intent(MODEL)
}

/// Where an applier stops and waits for its end: when it tells of progress for the so-manieth time, or when it first
/// tells of that phase, or nowhere.
#[derive(Debug, Clone, Copy)]
enum Stop {
    Telling(usize),
    Phase(usize),
    Nowhere,
}

/// Not a test of its own: the process that the others start, and kill where it has stopped.
#[test]
fn an_applier_that_is_started_by_the_other_tests() {
    let Ok(url) = std::env::var("ROLEWRIGHT_TEST_APPLIER") else { return };
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<usize>().unwrap());
    let (telling, phase) = (number("ROLEWRIGHT_TEST_TELLING"), number("ROLEWRIGHT_TEST_PHASE"));
    let (url, intent) = (Secret::new(url), model());
    let mut told = 0;
    let mut progress = |progress: service::Progress| {
        told += 1;
        if telling == Some(told) || phase == Some(progress.phase) {
            println!("\nreached {} of phase {}", progress.done, progress.phase);
            std::thread::sleep(Duration::from_secs(60));
        }
    };
    block_on(async {
        let wishes = Wishes::default();
        let planned = service::plan(&PostgresEngine, &url, &intent, &wishes).await.unwrap();
        let none = BTreeMap::new();
        println!("\nbegins");
        let applied =
            service::apply(&PostgresEngine, &url, &intent, &wishes, &planned.plan, &none, &mut progress);
        println!("\nended {:?}", applied.await.map(|_| ()));
    });
}

/// Starts an applier, waits until it has stopped, or has begun if it stops nowhere, and lets `end` end it. What it
/// said last.
fn applier(cluster: &Cluster, stop: Stop, end: impl FnOnce(&mut std::process::Child)) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    match stop {
        Stop::Telling(number) => command.env("ROLEWRIGHT_TEST_TELLING", number.to_string()),
        Stop::Phase(number) => command.env("ROLEWRIGHT_TEST_PHASE", number.to_string()),
        Stop::Nowhere => &mut command,
    };
    let mut child = command
        .args(["faults::an_applier_that_is_started_by_the_other_tests", "--exact", "--nocapture"])
        .env("ROLEWRIGHT_TEST_APPLIER", cluster.socket_url("postgres"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines.find_map(|line| {
        let line = line.unwrap();
        let begins = matches!(stop, Stop::Nowhere) && line == "begins";
        (begins || line.starts_with("reached") || line.starts_with("ended")).then_some(line)
    });
    end(&mut child);
    child.kill().unwrap();
    child.wait().unwrap();
    said.unwrap()
}

/// Nobody but us is connected any more.
fn settled(cluster: &Cluster) {
    let others = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rolewright'";
    for _ in 0..500 {
        if cluster.psql("postgres", others).unwrap() == "0" {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the server still has sessions of an applier that is gone");
}

/// Every state that an uninterrupted run goes through at the ends of its phases.
fn ends_of_phases(version: Version) -> Vec<BTreeSet<String>> {
    let whole = cluster(version);
    let planned = plan(&whole, &model()).unwrap();
    let mut states = vec![said(&whole, &DATABASES)];
    // Stopped in a phase, before it is committed, what stands is the end of the one before.
    for phase in 1..planned.plan.phases.len() {
        let cluster = cluster(version);
        applier(&cluster, Stop::Phase(phase), |_| {});
        settled(&cluster);
        states.push(said(&cluster, &DATABASES));
    }
    apply(&whole, &model(), &planned).unwrap();
    states.push(said(&whole, &DATABASES));
    states
}

/// Ends appliers wherever they tell of progress, and at many moments in between.
fn dies(version: Version, end: impl Fn(&Cluster, &mut std::process::Child)) {
    let states = ends_of_phases(version);
    assert!(states.len() > 4, "{} states", states.len());
    assert_eq!(states.iter().collect::<BTreeSet<_>>().len(), states.len(), "each phase changes something");
    let moments = (0..10).map(|moment| (Stop::Nowhere, Duration::from_millis(9 * moment)));
    let tellings = (1..).map(|telling| (Stop::Telling(telling), Duration::ZERO));
    let mut seen = BTreeSet::new();
    for (stop, wait) in tellings.take(states.len() * 3).chain(moments) {
        let cluster = cluster(version);
        let reached = applier(&cluster, stop, |child| {
            std::thread::sleep(wait);
            end(&cluster, child);
        });
        settled(&cluster);
        let now = said(&cluster, &DATABASES);
        let state = states.iter().position(|state| *state == now);
        let Some(state) = state else { panic!("{version}: {reached}: {:?}", difference(&states[0], &now)) };
        seen.insert(state);
        if let Some(planned) = plan(&cluster, &model()).filter(|planned| !planned.plan.is_empty()) {
            apply(&cluster, &model(), &planned).unwrap();
        }
        difference(states.last().unwrap(), &said(&cluster, &DATABASES)).unwrap();
    }
    assert!(seen.len() > 3, "{version}: only {seen:?} of {} states were left behind", states.len());
}

#[test]
fn a_killed_applier_leaves_whole_phases_and_the_next_completes_them_on_14() {
    dies(Version::V14, |_, child| child.kill().unwrap());
}

#[test]
fn a_killed_applier_leaves_whole_phases_and_the_next_completes_them_on_18() {
    dies(Version::V18, |_, child| child.kill().unwrap());
}

#[test]
fn a_cut_connection_leaves_whole_phases_and_the_next_completes_them_on_16() {
    dies(Version::V16, |cluster, _| {
        let cut = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'rolewright'";
        cluster.psql("postgres", cut).unwrap();
    });
}

#[test]
fn of_two_applies_at_once_one_is_turned_away_and_nothing_is_mixed() {
    for version in Version::ALL {
        let cluster = cluster(version);
        let planned = plan(&cluster, &model()).unwrap();
        let shop = Secret::new(cluster.socket_url("shop"));
        let other = Secret::new(cluster.socket_url("other"));
        let (wishes, none) = (Wishes::default(), BTreeMap::new());
        let model = model();
        let (mut quiet, mut silent) = (|_| {}, |_| {});
        let (one, two) = block_on(async {
            tokio::join!(
                service::apply(&PostgresEngine, &shop, &model, &wishes, &planned.plan, &none, &mut quiet),
                service::apply(&PostgresEngine, &other, &model, &wishes, &planned.plan, &none, &mut silent),
            )
        });
        let errors: Vec<String> = [one.map(drop), two.map(drop)]
            .into_iter()
            .filter_map(Result::err)
            .map(|error| format!("{error:?}"))
            .collect();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].contains("RW207") || errors[0].contains("Moved"), "{errors:?}");
        assert!(plan(&cluster, &model).unwrap().plan.is_empty());
        assert_eq!(cluster.psql("shop", "SELECT count(*) FROM x").unwrap(), "0");
    }
}
