//! On generated clusters: every direct way that is reported works when its statements are run, and whatever a bounded search comes
//! to that really tries is reported.

use crate::inspect::{block_on, database, role};
use engine::Databases;
use model::{Certainty, Gain, RoleName, Secret};
use postgres::PostgresEngine;
use sandbox::{Cluster, Installation, Version};
use service::{Asking, Climb, Goal, State};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// How many there are of each.
const ROLES: u64 = 6;
const LOGINS: u64 = 2;
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

/// A state being made.
struct Making {
    case: u64,
    version: Version,
    dice: Dice,
    setup: String,
    runs: Vec<String>,
    ends: Vec<(String, String, &'static str)>,
}

fn generated(case: u64, version: Version) -> Generated {
    let dice = Dice(case.wrapping_mul(7919).wrapping_add(13));
    let mut making = Making { case, version, dice, setup: String::new(), runs: Vec::new(), ends: Vec::new() };
    making.roles();
    making.memberships();
    making.schema();
    (0..TABLES).for_each(|table| making.table(table));
    (0..2).for_each(|view| making.view(view));
    (0..3).for_each(|routine| making.routine(routine));
    let names = |count: u64| (0..count).map(|number| making.name(number)).collect();
    Generated {
        database: format!("g{case}"),
        logins: names(LOGINS),
        roles: names(ROLES),
        setup: making.setup,
        runs: making.runs,
        ends: making.ends,
    }
}

impl Making {
    fn name(&self, number: u64) -> String {
        format!("g{}_r{number}", self.case)
    }

    fn any(&mut self) -> String {
        let number = self.dice.below(ROLES);
        self.name(number)
    }

    fn say(&mut self, statement: &str) {
        self.setup.push_str(statement);
        self.setup.push('\n');
    }

    fn roles(&mut self) {
        for number in 0..ROLES {
            let login = if number < LOGINS { "LOGIN" } else { "" };
            let inherits = if self.version < Version::V16 && self.dice.one_in(4) { "NOINHERIT" } else { "" };
            let creates = if number >= LOGINS && self.dice.one_in(12) { "CREATEROLE" } else { "" };
            let role = self.name(number);
            self.say(&format!("CREATE ROLE {role} {login} {inherits} {creates};"));
        }
    }

    fn memberships(&mut self) {
        for _ in 0..6 {
            let (low, high) = (self.dice.below(ROLES), self.dice.below(ROLES));
            if low >= high {
                continue;
            }
            let options = match (self.version >= Version::V16, self.dice.below(5)) {
                (true, 0) => " WITH INHERIT FALSE, SET TRUE",
                (true, 1) => " WITH INHERIT TRUE, SET FALSE",
                (true, 2) => " WITH INHERIT FALSE, SET FALSE, ADMIN TRUE",
                (_, 3) => " WITH ADMIN OPTION",
                _ => "",
            };
            let (role, member) = (self.name(high), self.name(low));
            self.say(&format!("GRANT {role} TO {member}{options};"));
        }
    }

    fn schema(&mut self) {
        self.say("CREATE SCHEMA s;");
        if self.dice.one_in(2) {
            let owner = self.any();
            self.say(&format!("ALTER SCHEMA s OWNER TO {owner};"));
        }
        if !self.dice.one_in(4) {
            self.say("GRANT USAGE ON SCHEMA s TO PUBLIC;");
        }
    }

    fn table(&mut self, table: u64) {
        let child = table > 0 && self.dice.one_in(2);
        let refers = if child { " REFERENCES s.t0 ON DELETE CASCADE" } else { "" };
        self.say(&format!("CREATE TABLE s.t{table} (n int PRIMARY KEY{refers});"));
        // The owner looks into its own table where another one refers to it.
        let owner = self.any();
        self.say(&format!("ALTER TABLE s.t{table} OWNER TO {owner}; GRANT USAGE ON SCHEMA s TO {owner};"));
        self.open(&format!("s.t{table}"), 3, &format!("s.t{table}"));
        if child {
            self.ends.push(("DELETE FROM s.t0".to_owned(), format!("s.t{table}"), "delete"));
        }
    }

    fn view(&mut self, view: u64) {
        let table = self.dice.below(TABLES);
        let owner = self.any();
        self.say(&format!("CREATE VIEW s.v{view} AS SELECT n FROM s.t{table};"));
        self.say(&format!("ALTER VIEW s.v{view} OWNER TO {owner};"));
        self.open(&format!("s.v{view}"), 2, &format!("s.t{table}"));
    }

    /// Grants on a table or view, each one time of so many, and what using it comes to.
    fn open(&mut self, on: &str, sides: u64, comes_to: &str) {
        for operation in OPERATIONS {
            if self.dice.one_in(sides) {
                let to = self.any();
                self.say(&format!("GRANT {operation} ON {on} TO {to};"));
            }
            self.ends.push((does(operation, on), comes_to.to_owned(), operation));
        }
    }

    fn routine(&mut self, routine: u64) {
        let table = self.dice.below(TABLES);
        // Two substitutions of one temporary name in one way need words of their own: one routine of that kind is enough.
        let kind = if routine == 0 { self.dice.below(4) } else { [0, 1, 3][self.dice.below(3) as usize] };
        let name = format!("s.f{routine}");
        let (body, language, path) = match kind {
            0 => (format!("DELETE FROM s.t{table}"), "sql", "''"),
            1 => ("BEGIN EXECUTE $1; END".to_owned(), "plpgsql", "''"),
            2 => (format!("BEGIN PERFORM pg_catalog.count(*) FROM t{table}; END"), "plpgsql", "s"),
            _ => (format!("BEGIN INSERT INTO s.t{table} VALUES (1); END"), "plpgsql", "pg_catalog, pg_temp"),
        };
        let (owner, to) = (self.any(), self.any());
        self.say(&format!(
            "CREATE FUNCTION {name}(text) RETURNS void LANGUAGE {language} SECURITY DEFINER SET search_path = {path} \
             AS $f${body}$f$; ALTER FUNCTION {name}(text) OWNER TO {owner};"
        ));
        self.say(&format!("REVOKE EXECUTE ON FUNCTION {name}(text) FROM PUBLIC;"));
        self.say(&format!("GRANT EXECUTE ON FUNCTION {name}(text) TO {to};"));
        match kind {
            0 => self.ends.push((format!("SELECT {name}('')"), format!("s.t{table}"), "delete")),
            1 => self.runs.push(name),
            3 => self.ends.push((format!("SELECT {name}('')"), format!("s.t{table}"), "insert")),
            _ => {}
        }
    }
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
    let how = Climb { databases, state: State::Standing, reviews: &[] };
    let name = Some(database(&state.database));
    block_on(service::look_for_ways(&PostgresEngine, &url, name, how, Some(&question))).unwrap()
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
