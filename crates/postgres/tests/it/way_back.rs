//! What a plan shows as the way back of each step leads back, step by step from the last to the first.

use crate::converge::{apply, plan};
use crate::converge_facts::{becomes, cluster};
use crate::generated::{self, Case, DATABASES, Wanted};
use crate::inspect::block_on;
use crate::models::intent;
use crate::round_trip::{difference, look, said};
use model::{Intent, Place, Plan};
use sandbox::{Cluster, Version};

/// Undoes the plan, each step in a transaction of its own.
fn undo(cluster: &Cluster, plan: &Plan, at_home: &str) -> Result<(), String> {
    let steps: Vec<_> = plan.steps().collect();
    for (phase, step) in steps.into_iter().rev() {
        let database = match &phase.place {
            Place::Cluster => at_home,
            Place::Database(name) => name.as_str(),
        };
        let sql = format!("BEGIN;\n{};\nCOMMIT", step.reverse.join(";\n"));
        cluster.psql(database, &sql).map_err(|error| format!("{sql}\n{error:?}"))?;
    }
    Ok(())
}

/// There and back again: nothing differs from what was.
fn leads_back(version: Version, before: &str, model: &str) {
    let cluster = cluster(version, before);
    let databases = ["postgres", "shop", "other"];
    let stood = said(&cluster, &databases);
    let intent: Intent = intent(model);
    let planned = plan(&cluster, &intent).unwrap();
    becomes(&cluster, &intent);
    undo(&cluster, &planned.plan, "shop").unwrap_or_else(|error| panic!("{version}: {error}"));
    difference(&stood, &said(&cluster, &databases)).unwrap_or_else(|error| panic!("{version}: {error}"));
}

#[test]
fn what_a_grantor_gave_is_taken_back_as_that_grantor() {
    let model = "roles:
  lead: { purpose: Leads., owner: data@acme.example, grants: { shop: [usage on schema s with grant option, select on table s.t with grant option] } }
  hand: { purpose: Works., owner: data@acme.example, grants: { shop: [usage on schema s granted by lead, select on table s.t granted by lead] } }
";
    for version in [Version::V14, Version::V16, Version::V18] {
        let before = "CREATE SCHEMA s; CREATE TABLE s.t (id int); CREATE ROLE hand; CREATE ROLE other; GRANT USAGE ON SCHEMA s TO other WITH GRANT OPTION;
                      GRANT DELETE ON s.t TO other WITH GRANT OPTION; SET ROLE other; GRANT DELETE ON s.t TO hand";
        leads_back(version, before, model);
    }
}

#[test]
fn columns_keep_theirs_when_the_grant_on_their_table_is_taken_back() {
    let model = "roles: { reader: { purpose: Reads., owner: data@acme.example, grants: { shop: [select on table public.t, \"select (a), insert (a)  on table public.t\"] } } }";
    let before =
        "CREATE TABLE t (a int, b int); CREATE ROLE reader; GRANT SELECT (a), INSERT (a) ON t TO reader";
    for version in [Version::V14, Version::V18] {
        leads_back(version, before, model);
    }
}

#[test]
fn an_object_handed_back_has_the_entries_that_the_server_had_joined() {
    let model =
        "roles: { heir: { purpose: Owns., owner: data@acme.example, owns: { shop: [table public.t] } } }";
    let before = "CREATE TABLE t (a int, b int); CREATE ROLE heir; CREATE ROLE reader; GRANT USAGE ON SCHEMA public TO heir;
                  GRANT SELECT ON t TO heir WITH GRANT OPTION; GRANT SELECT (a) ON t TO reader; REVOKE DELETE ON t FROM postgres;
                  GRANT DELETE ON t TO heir; GRANT INSERT (b) ON t TO heir; SET ROLE heir; GRANT SELECT ON t TO reader";
    for version in [Version::V14, Version::V18] {
        leads_back(version, before, model);
    }
}

fn generated_plans_lead_back(version: Version, cases: u32) {
    let databases = ["postgres", DATABASES[0], DATABASES[1]];
    generated::for_each(
        version,
        cases,
        &(generated::case(), generated::wanted()),
        |(case, wanted): (Case, Wanted)| {
            let state = if wanted.all { case.first.clone() } else { case.first.without_chains() };
            let cluster = generated::cluster(version, &case.structure, Some(&state));
            let intent = wanted.intent(&block_on(look(&cluster)));
            let Some(planned) = plan(&cluster, &intent).filter(|planned| planned.refusals.is_empty()) else {
                return Ok(());
            };
            let stood = said(&cluster, &databases);
            apply(&cluster, &intent, &planned)?;
            undo(&cluster, &planned.plan, "postgres")?;
            difference(&stood, &said(&cluster, &databases))
        },
    );
}

#[test]
fn generated_plans_lead_back_on_14() {
    generated_plans_lead_back(Version::V14, 3);
}

#[test]
fn generated_plans_lead_back_on_16() {
    generated_plans_lead_back(Version::V16, 3);
}

#[test]
fn generated_plans_lead_back_on_18() {
    generated_plans_lead_back(Version::V18, 3);
}
