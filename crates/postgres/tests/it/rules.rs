//! Every rule of the audit against real servers: a state that has the problem gives exactly that finding, what the finding
//! offers mends it, and a clean state gives none.

mod cases;
mod cases_more;
mod cases_ways;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod engines_own;
#[cfg(test)]
mod live;
#[cfg(test)]
mod offers;
#[cfg(test)]
mod prints;
#[cfg(test)]
mod server;

use crate::inspect::{block_on, session};
use audit::{Look, Rule};
use cases::{CASES, Case};
use engine::{Databases, Scope};
use sandbox::{Cluster, Installation, Version};
use std::collections::BTreeSet;

/// The database in which the cases happen.
const SHOP: &str = "shop";

/// A finding as a test compares it.
#[derive(Debug, Clone)]
struct Told {
    rule: &'static str,
    line: String,
    evidence: Vec<String>,
    sql: Vec<String>,
    /// Where each statement is to be run.
    places: Vec<Option<model::DatabaseName>>,
    withheld: Vec<String>,
    /// What stops working by the mending.
    before: Option<String>,
    /// The print of its facts.
    saw: String,
}

fn rules() -> Vec<Box<dyn Rule>> {
    let mut rules = audit::neutral();
    rules.extend(postgres::rules());
    rules
}

/// What an audit of the shop says, seen by the role of the URL.
fn audited(url: &str) -> (Vec<Told>, Vec<model::Note>) {
    audited_in(url, Databases::Connected)
}

fn audited_in(url: &str, databases: Databases) -> (Vec<Told>, Vec<model::Note>) {
    block_on(async {
        let mut session = session(url).await;
        let scope =
            Scope { everything: false, survey: true, machinery: true, ..Scope::everything(databases) };
        let scope = Scope { system_objects: false, ..scope };
        let observed = session.inspect(&scope).await.unwrap();
        let dialect = session.dialect();
        let kept = audit::Kept::new();
        let look = Look { kept: Some(&kept), ..Look::alone(&observed, &*dialect) };
        let findings = rules().iter().flat_map(|rule| rule.find(&look)).collect::<Vec<_>>();
        let told = |finding: audit::Finding| {
            let offer = look.offer(&finding.mending.remedy);
            Told {
                rule: finding.rule,
                saw: finding.print(),
                line: format!("{} {}: {}", finding.severity, finding.about, finding.what),
                sql: offer.statements.iter().map(ToString::to_string).collect(),
                places: offer.statements.into_iter().map(|one| one.database).collect(),
                withheld: offer.withheld,
                before: finding.mending.before,
                evidence: finding.evidence,
            }
        };
        (findings.into_iter().map(told).collect(), observed.notes.clone())
    })
}

fn of_rule(cluster: &Cluster, rule: &str) -> Vec<Told> {
    let (told, _) = audited(&cluster.socket_url(SHOP));
    let mut told: Vec<Told> = told.into_iter().filter(|told| told.rule == rule).collect();
    told.sort_by(|a, b| a.line.cmp(&b.line));
    told
}

fn lines(told: &[Told]) -> Vec<&str> {
    told.iter().map(|told| told.line.as_str()).collect()
}

fn cluster(version: Version) -> Cluster {
    let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
    cluster.create_database(SHOP).unwrap();
    cluster
}

/// Leaves the cluster as it was: no database, no role of the last case.
fn sweep(cluster: &Cluster) {
    let sql = "DROP DATABASE shop WITH (FORCE)";
    cluster.psql("postgres", sql).unwrap();
    // What was granted on the cluster's own objects is in the way of the first; memberships are in the way of the second.
    for sql in [
        "SELECT 'DROP ROLE ' || string_agg(quote_ident(rolname), ', ') FROM pg_roles WHERE oid >= 16384 HAVING count(*) > 0 \\gexec",
        "SELECT 'DROP OWNED BY ' || string_agg(quote_ident(rolname), ', ') || ' CASCADE' FROM pg_roles WHERE oid >= 16384 HAVING count(*) > 0 \\gexec",
        "SELECT 'DROP ROLE ' || string_agg(quote_ident(rolname), ', ') FROM pg_roles WHERE oid >= 16384 HAVING count(*) > 0 \\gexec",
    ] {
        let _ = cluster.psql("postgres", sql);
    }
    let _ = cluster.psql("postgres", "DROP DATABASE IF EXISTS elsewhere");
    let left = cluster.psql("postgres", "SELECT rolname FROM pg_roles WHERE oid >= 16384").unwrap();
    assert_eq!(left.trim(), "");
    cluster.create_database(SHOP).unwrap();
}

fn prove(cluster: &Cluster, case: &Case) {
    let version = cluster.version();
    assert_eq!(lines(&of_rule(cluster, case.rule)), Vec::<&str>::new(), "{version} {}: clean", case.rule);
    cluster.psql(SHOP, case.setup).unwrap();
    let found = of_rule(cluster, case.rule);
    assert_eq!(lines(&found), case.found, "{version} {}", case.rule);
    for fact in case.evidence {
        let all = found.iter().flat_map(|told| &told.evidence).collect::<Vec<_>>();
        assert!(
            all.iter().any(|told| told.as_str() == *fact),
            "{version} {}: {fact} is not in {all:#?}",
            case.rule
        );
    }
    for statement in found.iter().flat_map(|told| &told.sql) {
        // Words that people write.
        let statement = format!("\\set purpose 'Told.'\n{statement}");
        cluster.psql(SHOP, &statement).unwrap();
    }
    assert_eq!(lines(&of_rule(cluster, case.rule)), case.left, "{version} {}: mended", case.rule);
    if !case.proof.is_empty() {
        cluster.psql(SHOP, case.proof).unwrap();
    }
    sweep(cluster);
}

fn all_cases() -> impl Iterator<Item = &'static Case> {
    CASES.iter().chain(cases_more::CASES).chain(cases_ways::CASES)
}

fn prove_all(version: Version) {
    let cluster = cluster(version);
    for case in all_cases().filter(|case| case.versions.contains(&version.major())) {
        prove(&cluster, case);
    }
}

#[test]
fn each_rule_finds_its_problem_and_what_it_offers_mends_it_on_14() {
    prove_all(Version::V14);
}

#[test]
fn each_rule_finds_its_problem_and_what_it_offers_mends_it_on_15() {
    prove_all(Version::V15);
}

#[test]
fn each_rule_finds_its_problem_and_what_it_offers_mends_it_on_16() {
    prove_all(Version::V16);
}

#[test]
fn each_rule_finds_its_problem_and_what_it_offers_mends_it_on_17() {
    prove_all(Version::V17);
}

#[test]
fn each_rule_finds_its_problem_and_what_it_offers_mends_it_on_18() {
    prove_all(Version::V18);
}

/// What takes more than a few statements stands in a file of its own, and what takes two audits among the tests of the
/// program.
const ELSEWHERE: [&str; 5] = ["RW409", "RW415", "RW429", "RW431", "RW439"];

/// Objects of two databases can have one number: each is found where it is.
#[test]
fn what_is_asked_of_several_databases_stays_apart() {
    for version in Version::ALL {
        let cluster = cluster(version);
        cluster.create_database("other").unwrap();
        let function = "LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT 1'";
        for database in [SHOP, "other"] {
            cluster
                .psql(database, &format!("CREATE FUNCTION {database}_f() RETURNS int {function}"))
                .unwrap();
        }
        let (told, _) = audited_in(&cluster.socket_url(SHOP), Databases::All);
        let mut told: Vec<&str> =
            told.iter().filter(|told| told.rule == "RW407").map(|told| told.line.as_str()).collect();
        told.sort_unstable();
        let what = "everybody may run it with the rights of a superuser";
        let expected = ["other", SHOP]
            .map(|database| format!("high routine public.{database}_f() in database {database}: {what}"));
        assert_eq!(told, expected, "{version}");
    }
}

#[test]
fn nobody_but_an_audit_asks_for_a_survey() {
    let cluster = cluster(Version::V18);
    let scope = Scope::model([model::DatabaseName::new(SHOP).unwrap()].into());
    let observed =
        block_on(async { session(&cluster.socket_url(SHOP)).await.inspect(&scope).await.unwrap() });
    assert!(observed.survey.is_none());
}

#[test]
fn no_rule_goes_without_a_case() {
    let before: BTreeSet<&str> = ["RW401", "RW402", "RW403", "RW404", "RW405", "RW406"].into();
    let shown: BTreeSet<&str> = all_cases().map(|case| case.rule).chain(ELSEWHERE).chain(before).collect();
    let all: BTreeSet<&str> = rules().iter().map(|rule| rule.code()).collect();
    // RW440 to RW453, RW460 and RW461 hold a target against its model: their cases are where a model is.
    let alone = |code: &&str| *code < "RW440" || ("RW454".."RW460").contains(code);
    let by_itself: BTreeSet<&str> = all.iter().copied().filter(alone).collect();
    assert_eq!(by_itself.difference(&shown).collect::<Vec<_>>(), Vec::<&&str>::new());
    assert_eq!(rules().len(), all.len(), "no code twice");
}
