//! On generated clusters: every direct way that is reported works when its statements are run, and whatever a bounded search comes
//! to that really tries is reported.

use crate::inspect::{block_on, database, role};
use engine::Databases;
use model::{Certainty, Gain, RoleName, Secret};
use postgres::PostgresEngine;
use sandbox::{Cluster, Installation, Version};
use service::{Asking, Goal, State};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// How many there are of each.
const ROLES: u64 = 6;
const TABLES: u64 = 3;
const CASES: u64 = 12;
const OPERATIONS: [&str; 4] = ["select", "insert", "update", "delete"];

/// Numbers that look random and are the same in every run (a linear congruential generator, Knuth's constants).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.below(sides) == 0
    }
}

/// One generated state, in a database of its own.
struct Generated {
    database: String,
    /// The statements that make it.
    setup: String,
    logins: Vec<String>,
    roles: Vec<String>,
    /// Routines that run the text which they are given.
    runs: Vec<String>,
    /// Statements that nobody may run unless something gives it, each with the table and the operation that it comes to.
    ends: Vec<(String, String, &'static str)>,
}

fn generated(case: u64, version: Version) -> Generated {
    let mut dice = Dice(case.wrapping_mul(7919).wrapping_add(13));
    let name = |number: u64| format!("g{case}_r{number}");
    let roles: Vec<String> = (0..ROLES).map(name).collect();
    let any = |dice: &mut Dice| name(dice.below(ROLES));
    let mut setup = String::new();
    let logins: Vec<String> = (0..2).map(name).collect();
    for (number, role) in roles.iter().enumerate() {
        let login = if number < 2 { "LOGIN" } else { "" };
        let inherits = if version < Version::V16 && dice.one_in(4) { "NOINHERIT" } else { "" };
        let creates = if number > 1 && dice.one_in(12) { "CREATEROLE" } else { "" };
        let _ = writeln!(setup, "CREATE ROLE {role} {login} {inherits} {creates};");
    }
    for _ in 0..6 {
        let (low, high) = (dice.below(ROLES), dice.below(ROLES));
        if low >= high {
            continue;
        }
        let options = match (version >= Version::V16, dice.below(5)) {
            (true, 0) => " WITH INHERIT FALSE, SET TRUE",
            (true, 1) => " WITH INHERIT TRUE, SET FALSE",
            (true, 2) => " WITH INHERIT FALSE, SET FALSE, ADMIN TRUE",
            (_, 3) => " WITH ADMIN OPTION",
            _ => "",
        };
        let _ = writeln!(setup, "GRANT {} TO {}{options};", name(high), name(low));
    }
    setup.push_str("CREATE SCHEMA s;\n");
    if dice.one_in(2) {
        let _ = writeln!(setup, "ALTER SCHEMA s OWNER TO {};", any(&mut dice));
    }
    if !dice.one_in(4) {
        setup.push_str("GRANT USAGE ON SCHEMA s TO PUBLIC;\n");
    }
    let mut ends = Vec::new();
    for table in 0..TABLES {
        let parent = if table > 0 && dice.one_in(2) { " REFERENCES s.t0 ON DELETE CASCADE" } else { "" };
        let _ = writeln!(setup, "CREATE TABLE s.t{table} (n int PRIMARY KEY{parent});");
        // The owner looks into its own table where another one refers to it.
        let owner = any(&mut dice);
        let _ =
            writeln!(setup, "ALTER TABLE s.t{table} OWNER TO {owner}; GRANT USAGE ON SCHEMA s TO {owner};");
        for operation in OPERATIONS {
            if dice.one_in(3) {
                let _ = writeln!(setup, "GRANT {operation} ON s.t{table} TO {};", any(&mut dice));
            }
            ends.push((does(operation, &format!("s.t{table}")), format!("s.t{table}"), operation));
        }
        if !parent.is_empty() {
            ends.push(("DELETE FROM s.t0".to_owned(), format!("s.t{table}"), "delete"));
        }
    }
    for view in 0..2 {
        let table = dice.below(TABLES);
        let _ = writeln!(setup, "CREATE VIEW s.v{view} AS SELECT n FROM s.t{table};");
        let _ = writeln!(setup, "ALTER VIEW s.v{view} OWNER TO {};", any(&mut dice));
        for operation in OPERATIONS {
            if dice.one_in(2) {
                let _ = writeln!(setup, "GRANT {operation} ON s.v{view} TO {};", any(&mut dice));
            }
            ends.push((does(operation, &format!("s.v{view}")), format!("s.t{table}"), operation));
        }
    }
    let mut runs = Vec::new();
    for routine in 0..3 {
        let table = dice.below(TABLES);
        // Two substitutions of one temporary name in one way need words of their own: one routine of that kind is enough.
        let kind =
            if routine == 0 { dice.below(4) } else { [0, 1, 3][usize::try_from(dice.below(3)).unwrap()] };
        let (body, language, path) = match kind {
            0 => (format!("DELETE FROM s.t{table}"), "sql", "''"),
            1 => ("BEGIN EXECUTE $1; END".to_owned(), "plpgsql", "''"),
            2 => (format!("BEGIN PERFORM pg_catalog.count(*) FROM t{table}; END"), "plpgsql", "s"),
            _ => (format!("BEGIN INSERT INTO s.t{table} VALUES (1); END"), "plpgsql", "pg_catalog, pg_temp"),
        };
        let _ = writeln!(
            setup,
            "CREATE FUNCTION s.f{routine}(text) RETURNS void LANGUAGE {language} SECURITY DEFINER SET search_path = {path} \
             AS $f${body}$f$; ALTER FUNCTION s.f{routine}(text) OWNER TO {};",
            any(&mut dice)
        );
        let _ = writeln!(setup, "REVOKE EXECUTE ON FUNCTION s.f{routine}(text) FROM PUBLIC;");
        let _ = writeln!(setup, "GRANT EXECUTE ON FUNCTION s.f{routine}(text) TO {};", any(&mut dice));
        match language {
            "sql" => ends.push((format!("SELECT s.f{routine}('')"), format!("s.t{table}"), "delete")),
            _ if body.contains("INSERT") => {
                ends.push((format!("SELECT s.f{routine}('')"), format!("s.t{table}"), "insert"));
            }
            _ if body.contains("EXECUTE") => runs.push(format!("s.f{routine}")),
            _ => {}
        }
    }
    Generated { database: format!("g{case}"), setup, logins, roles, runs, ends }
}

fn does(operation: &str, on: &str) -> String {
    match operation {
        "select" => format!("SELECT n FROM {on}"),
        "insert" => format!("INSERT INTO {on} VALUES (1)"),
        "update" => format!("UPDATE {on} SET n = 1"),
        _ => format!("DELETE FROM {on}"),
    }
}

/// What the search comes to: `s.t0 delete`.
type Reached = BTreeSet<String>;

/// Really tries: up to two steps to other roles, and then every statement, also through routines that run what they are given.
/// Each try is undone.
fn tried(cluster: &Cluster, state: &Generated, login: &str) -> Reached {
    let mut steps = vec!["SELECT 1".to_owned()];
    for role in &state.roles {
        steps.push(format!("SET ROLE {role}"));
        steps.push(format!("GRANT {role} TO {login}; SET ROLE {role}"));
        for run in &state.runs {
            steps.push(format!(
                "DO $d$BEGIN PERFORM {run}('GRANT {role} TO {login}'); END$d$; SET ROLE {role}"
            ));
        }
    }
    let mut ends: Vec<(String, String)> = state
        .ends
        .iter()
        .map(|(text, table, operation)| (text.clone(), format!("{table} {operation}")))
        .collect();
    for run in &state.runs {
        for (text, table, operation) in &state.ends {
            ends.push((
                format!("SELECT {run}({})", postgres::quote::literal(text)),
                format!("{table} {operation}"),
            ));
        }
    }
    let array = |texts: Vec<&str>| {
        texts.iter().map(|text| postgres::quote::literal(text)).collect::<Vec<_>>().join(", ")
    };
    let script = format!(
        include_str!("escalation_tried.sql"),
        steps = array(steps.iter().map(String::as_str).collect()),
        ends = array(ends.iter().map(|(text, _)| text.as_str()).collect()),
        names = array(ends.iter().map(|(_, name)| name.as_str()).collect()),
    );
    let answer = cluster.psql_as(login, &state.database, &script).unwrap();
    answer.lines().filter(|line| line.starts_with("s.t")).map(str::to_owned).collect()
}

fn asking(cluster: &Cluster, state: &Generated, phrase: &str) -> Asking {
    let url = Secret::new(cluster.socket_url(&state.database));
    let question = manifest::parse_question(phrase, postgres::vocabulary()).unwrap();
    let databases = Databases::These(BTreeSet::from([database(&state.database)]));
    let place = (databases, State::Standing);
    let name = Some(database(&state.database));
    block_on(service::look_for_ways(&PostgresEngine, &url, name, place, Some(&question))).unwrap()
}

/// The statements of a way, run and undone; what the server refuses.
fn refused(cluster: &Cluster, state: &Generated, login: &str, way: &service::Told) -> Option<String> {
    let mut script = "\\set VERBOSITY sqlstate\n\\set ON_ERROR_STOP on\nBEGIN;\n".to_owned();
    for statement in way.steps.iter().flat_map(|step| &step.statements) {
        let _ = writeln!(script, "{};", statement.replace("SET …", "SET n").replace('…', "1"));
    }
    script.push_str("ROLLBACK;\n");
    // What is refused for another reason, a row that is there already, was allowed.
    let error = cluster.psql_as(login, &state.database, &script).err()?.to_string();
    let allowed = ["23505", "23503", "23514"].iter().any(|code| error.contains(code));
    (!allowed).then(|| format!("{error}\n{script}"))
}

fn holds_on(version: Version) {
    let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
    let (mut direct, mut came_to) = (0, 0);
    for case in 0..CASES {
        let state = generated(case, version);
        cluster.create_database(&state.database).unwrap();
        let made = cluster.psql(&state.database, &state.setup);
        assert!(made.is_ok(), "case {case} on {version}: {made:?}\n{}", state.setup);
        let accounts: Vec<RoleName> = state.logins.iter().map(|login| role(login)).collect();
        let tried: Vec<Reached> = state.logins.iter().map(|login| tried(&cluster, &state, login)).collect();
        for table in (0..TABLES).map(|table| format!("s.t{table}")) {
            for operation in OPERATIONS {
                let asking = asking(&cluster, &state, &format!("{operation} on table {table}"));
                for (at, login) in state.logins.iter().enumerate() {
                    let context =
                        format!("case {case} on {version}: {login} {operation} {table}\n{}", state.setup);
                    let found = asking.paths(&accounts[at..=at], &Goal::Permissions, false).unwrap();
                    let [found] = found.as_slice() else { unreachable!("one permission: {context}") };
                    assert!(matches!(found.to, Gain::Does(_)));
                    let succeeded = tried[at].contains(&format!("{table} {operation}"));
                    came_to += usize::from(succeeded);
                    assert!(!succeeded || found.way.is_some(), "missed: {context}");
                    if let Some(way) = found.way.as_ref().filter(|way| way.certainty == Certainty::Direct) {
                        direct += 1;
                        assert_eq!(refused(&cluster, &state, login, way), None, "{context}\n{way:#?}");
                    }
                }
            }
        }
    }
    // Enough of both to mean something.
    assert!(direct > 50 && came_to > 50, "{direct} direct ways, {came_to} came to something");
}

#[test]
fn what_is_reported_works_and_what_works_is_reported_on_14() {
    holds_on(Version::V14);
}

#[test]
fn what_is_reported_works_and_what_works_is_reported_on_15() {
    holds_on(Version::V15);
}

#[test]
fn what_is_reported_works_and_what_works_is_reported_on_16() {
    holds_on(Version::V16);
}

#[test]
fn what_is_reported_works_and_what_works_is_reported_on_17() {
    holds_on(Version::V17);
}

#[test]
fn what_is_reported_works_and_what_works_is_reported_on_18() {
    holds_on(Version::V18);
}
