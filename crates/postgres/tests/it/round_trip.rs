//! What a look saw, made on a copy of the same objects without any privileges, is the same: as sets of rows
//! that the server itself prints, grantors included.

use crate::inspect::{block_on, session};
use engine::{Databases, Scope};
use model::{Note, Observed, Secret};
use postgres::PostgresEngine;
use sandbox::{Cluster, Installation, Version};

/// Everything that the server says about roles and privileges, as one sorted text.
const ORACLE: &str = include_str!("oracle.sql");

fn start(version: Version) -> Cluster {
    Cluster::start(&Installation::find(version).unwrap()).unwrap()
}

async fn look(cluster: &Cluster) -> Observed {
    session(&cluster.socket_url("postgres")).await.inspect(&Scope::everything(Databases::All)).await.unwrap()
}

fn said(cluster: &Cluster, databases: &[&str]) -> String {
    databases
        .iter()
        .map(|database| format!("== {database}\n{}", cluster.psql(database, ORACLE).unwrap()))
        .collect()
}

/// Makes `target` what `source` is, and returns what could not be copied.
fn copy(source: &Cluster, target: &Cluster) -> Vec<Note> {
    block_on(async {
        let (from, to) = (look(source).await, look(target).await);
        let (desired, notes) = postgres::copy(&from, &to);
        let dialect = session(&target.socket_url("postgres")).await.dialect();
        let planned = service::copy(dialect.as_ref(), &desired, &to);
        for (phase, step) in planned.plan.steps() {
            for statement in &step.statements {
                println!("{:?} {} {statement}", phase.kind, phase.place);
            }
        }
        let url = Secret::new(target.socket_url("postgres"));
        let scope = Scope::everything(Databases::All);
        let applied = service::apply_copy(&PostgresEngine, &url, scope, &desired, &planned.plan).await;
        applied.unwrap_or_else(|error| match error {
            service::ApplyError::NotConverged(applied) => {
                let left: Vec<String> = applied
                    .second
                    .plan
                    .steps()
                    .flat_map(|(_, s)| s.statements.iter().map(ToString::to_string))
                    .collect();
                panic!("not converged: {left:#?}")
            }
            other => panic!("{other:?}"),
        });
        notes
    })
}

#[test]
fn a_hand_made_cluster_is_copied_exactly_on_every_version() {
    let structure = include_str!("copy_structure.sql");
    let privileges = include_str!("copy_privileges.sql");
    for version in Version::ALL {
        println!("version {version:?}");
        let (source, target) = (start(version), start(version));
        for cluster in [&source, &target] {
            cluster.psql("postgres", "create database shop").unwrap();
            cluster.psql("shop", structure).unwrap();
        }
        source.psql("shop", privileges).unwrap();
        if version.major() >= 15 {
            source.psql("shop", "grant set on parameter work_mem to reader; grant alter system on parameter log_statement to app_owner with grant option; set role app_owner; grant alter system on parameter log_statement to writer").unwrap();
        }
        copy(&source, &target);
        pretty_assertions(&said(&source, &["postgres", "shop"]), &said(&target, &["postgres", "shop"]));
    }
}

fn pretty_assertions(left: &str, right: &str) {
    let set = |text: &str| text.lines().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    let only = |a: &str, b: &str| set(a).difference(&set(b)).cloned().collect::<Vec<_>>();
    let (lost, extra) = (only(left, right), only(right, left));
    assert!(lost.is_empty() && extra.is_empty(), "lost: {lost:#?}\nextra: {extra:#?}");
}
