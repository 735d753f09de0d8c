//! What a look saw, made on a copy of the same objects without any privileges, is the same: as sets of rows
//! that the server itself prints, grantors included.

use crate::inspect::{block_on, session};
use crate::worst_case;
use engine::{Databases, Scope};
use model::{Note, Observed, Plan, Secret};
use postgres::PostgresEngine;
use sandbox::{Cluster, Installation, Version};
use std::collections::BTreeSet;

/// Everything that the server says about roles and privileges, as one sorted text.
const ORACLE: &str = include_str!("oracle.sql");

/// Why roles cannot be dropped.
const WHAT_HOLDS: &str =
    "SELECT refobjid::regrole, datname, classid::regclass, objid, deptype FROM pg_shdepend
     LEFT JOIN pg_database d ON d.oid = dbid WHERE refclassid = 'pg_authid'::regclass ORDER BY 1, 2";

fn start(version: Version) -> Cluster {
    Cluster::start(&Installation::find(version).unwrap()).unwrap()
}

/// A look at everything, as the superuser.
pub(crate) async fn look(cluster: &Cluster) -> Observed {
    session(&cluster.socket_url("postgres")).await.inspect(&Scope::everything(Databases::All)).await.unwrap()
}

/// What the oracle says in these databases.
pub(crate) fn said(cluster: &Cluster, databases: &[&str]) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for database in databases {
        let text = cluster.psql(database, &oracle(cluster)).unwrap();
        // An end once set cannot be taken away again: `infinity` is the nearest, and a copy says so.
        let text = text.replace("\"rolvaliduntil\": \"infinity\"", "\"rolvaliduntil\": null");
        lines.extend(text.lines().map(|line| format!("{database}: {line}")));
    }
    lines
}

fn oracle(cluster: &Cluster) -> String {
    if cluster.version() >= Version::V15 {
        ORACLE.replace("/*15", "").replace("15*/", "")
    } else {
        ORACLE.to_owned()
    }
}

/// Every statement of a plan, each with its phase.
pub(crate) fn statements(plan: &Plan) -> Vec<String> {
    plan.steps()
        .flat_map(|(phase, step)| {
            step.statements.iter().map(move |s| format!("{} {}: {s}", phase.kind, phase.place))
        })
        .collect()
}

/// Makes `target` what `source` is, and returns what could not be copied.
pub(crate) fn try_copy(source: &Cluster, target: &Cluster) -> Result<Vec<Note>, String> {
    block_on(async {
        let (from, to) = (look(source).await, look(target).await);
        let (desired, notes) = postgres::copy(&from, &to);
        let dialect = session(&target.socket_url("postgres")).await.dialect();
        let planned = service::copy(dialect.as_ref(), &desired, to);
        let url = Secret::new(target.socket_url("postgres"));
        let scope = Scope::everything(Databases::All);
        let applied = service::apply_copy(&PostgresEngine, &url, scope, &desired, &planned.plan).await;
        match applied {
            Ok(_) => Ok(notes),
            Err(service::ApplyError::NotConverged(applied)) => Err(format!(
                "not converged: {:#?}\nafter {:#?}",
                statements(&applied.second.plan),
                statements(&planned.plan)
            )),
            Err(other) => {
                let hold = target.psql("postgres", WHAT_HOLDS).unwrap();
                Err(format!("{other:#?}\nroles are held by\n{hold}\nof {:#?}", statements(&planned.plan)))
            }
        }
    })
}

/// An error that says which lines only one side has.
pub(crate) fn difference(wanted: &BTreeSet<String>, found: &BTreeSet<String>) -> Result<(), String> {
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
    let (lost, extra) = (only(wanted, found), only(found, wanted));
    if lost.is_empty() && extra.is_empty() {
        Ok(())
    } else {
        Err(format!("lost: {lost:#?}\nextra: {extra:#?}"))
    }
}

#[test]
fn a_hand_made_cluster_is_copied_exactly_on_every_version() {
    let structure = include_str!("copy_structure.sql");
    let privileges = include_str!("copy_privileges.sql");
    for version in Version::ALL {
        let (source, target) = (start(version), start(version));
        for cluster in [&source, &target] {
            cluster.psql("postgres", "create database shop").unwrap();
            cluster.psql("shop", structure).unwrap();
        }
        source.psql("shop", privileges).unwrap();
        if version.major() >= 15 {
            source.psql("shop", "grant set on parameter work_mem to reader; grant alter system on parameter log_statement to app_owner with grant option; set role app_owner; grant alter system on parameter log_statement to writer").unwrap();
        }
        try_copy(&source, &target).unwrap();
        difference(&said(&source, &["postgres", "shop"]), &said(&target, &["postgres", "shop"])).unwrap();
    }
}

#[test]
fn the_worst_case_is_copied_exactly_on_every_version_and_taken_back() {
    for version in Version::ALL {
        let (source, target) = (worst_case::whole(version), worst_case::structure(version));
        let databases = ["postgres", worst_case::HOME, worst_case::OTHER];
        let before = said(&target, &databases);
        let empty = worst_case::structure(version);
        try_copy(&source, &target).unwrap();
        difference(&said(&source, &databases), &said(&target, &databases)).unwrap();
        try_copy(&empty, &target).unwrap();
        difference(&before, &said(&target, &databases)).unwrap();
    }
}

#[test]
fn a_membership_whose_grantor_is_gone_is_copied_as_the_roots_and_listed() {
    for version in [Version::V14, Version::V15] {
        let (source, target) = (start(version), start(version));
        let sql =
            "CREATE ROLE a; CREATE ROLE b; CREATE ROLE c SUPERUSER; GRANT a TO b GRANTED BY c; DROP ROLE c";
        source.psql("postgres", sql).unwrap();
        let notes = try_copy(&source, &target).unwrap();
        assert!(notes.iter().any(|note| note.about == "membership of b in a"), "{version}: {notes:?}");
        let row = "SELECT roleid::regrole, member::regrole, grantor::regrole FROM pg_auth_members WHERE roleid >= 16384";
        assert_eq!(target.psql("postgres", row).unwrap(), "a|b|postgres", "{version}");
    }
}
