//! A plan carried out leaves nothing to plan, again after damage by hand, and touches only what the model claims.

use crate::generated::{self, Case, DATABASES, State, Wanted};
use crate::inspect::block_on;
use crate::round_trip::{difference, look, said, statements};
use model::{Access, Dialect, Intent, Object, Observed, Secret, carried_out, diff};
use postgres::{Postgres, PostgresEngine};
use sandbox::{Cluster, Version};
use service::{ApplyError, PlanError, Planned, Wishes};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A plan of the intent, or `None` if the model does not fit the cluster.
pub(crate) fn plan(cluster: &Cluster, intent: &Intent) -> Option<Planned> {
    let url = Secret::new(cluster.socket_url("postgres"));
    match block_on(service::plan(&PostgresEngine, &url, intent, &Wishes::default())) {
        Ok(planned) => Some(planned),
        Err(PlanError::Problems(problems)) => {
            problems.iter().for_each(|problem| println!("{} {}", problem.code, problem.what));
            None
        }
        Err(error) => panic!("{error:?}"),
    }
}

/// Carries the plan out.
pub(crate) fn apply(cluster: &Cluster, intent: &Intent, planned: &Planned) -> Result<(), String> {
    let url = Secret::new(cluster.socket_url("postgres"));
    let (wishes, none) = (Wishes::default(), BTreeMap::new());
    let mut quiet = |_| {};
    let applied = service::apply(&PostgresEngine, &url, intent, &wishes, &planned.plan, &none, &mut quiet);
    match block_on(applied) {
        Ok(_) => Ok(()),
        Err(ApplyError::NotConverged(applied)) => Err(format!(
            "not converged: {:#?}\nafter {:#?}",
            statements(&applied.second.plan),
            statements(&planned.plan)
        )),
        Err(other) => Err(format!("{other:#?}\nof {:#?}", statements(&planned.plan))),
    }
}

/// What the server says of what the model does not speak of.
fn unclaimed(cluster: &Cluster, intent: &Intent) -> BTreeSet<String> {
    let roles: Vec<String> = intent.roles.keys().map(ToString::to_string).collect();
    let quoted: Vec<String> = roles.iter().map(|role| role_word(cluster, role)).collect();
    let ours = |line: &str| {
        roles.iter().any(|role| line.contains(&format!(" to {role} by ")))
            || quoted.iter().any(|role| {
                line.contains("member {") && line.contains(&format!("}} {role} of "))
                    || line.contains(&format!(" comment {role}: "))
                    || line.contains(": setting ") && line.contains(&format!(" {role} "))
            })
            || roles.iter().any(|role| line.contains(&format!("\"rolname\": {:?}", role)))
            || line.contains(" to PUBLIC by ")
            || line.contains(": default row ")
            // The server forgets a parameter's entries when nothing but the root's are left, and default privileges
            // when nothing but the creator's are.
            || line.contains(": parameter ") && line.contains(" to postgres by postgres")
            || line.contains(": default ") && own_default(line)
    };
    said(cluster, &["postgres", DATABASES[0], DATABASES[1]]).into_iter().filter(|line| !ours(line)).collect()
}

/// True for a creator's own entry in its default privileges.
fn own_default(line: &str) -> bool {
    let holder = line.rsplit_once(" to ").map(|(_, rest)| rest.trim_end_matches(" *"));
    holder.and_then(|rest| rest.split_once(" by ")).is_some_and(|(to, by)| to == by)
}

/// The role as `regrole` prints it.
fn role_word(cluster: &Cluster, role: &str) -> String {
    cluster.psql("postgres", &format!("SELECT quote_ident({})", sandbox::literal(role))).unwrap()
}

/// Plans, applies where nothing stands in the way, and checks what must be true then. True if it was applied.
fn converges(cluster: &Cluster, intent: &Intent) -> Result<bool, String> {
    let Some(planned) = plan(cluster, intent) else { return Ok(false) };
    if !planned.refusals.is_empty() {
        planned.refusals.iter().for_each(|refusal| println!("{} {}", refusal.code, refusal.what));
        return Ok(false);
    }
    if !planned.lacking.is_empty() {
        return Err(format!("a superuser lacks {:?}", planned.lacking));
    }
    let before = unclaimed(cluster, intent);
    apply(cluster, intent, &planned)?;
    if intent.owns.is_empty() {
        difference(&before, &unclaimed(cluster, intent))
            .map_err(|error| format!("unclaimed: {error}\nafter {:#?}", statements(&planned.plan)))?;
    }
    match plan(cluster, intent) {
        Some(second) if second.plan.is_empty() => {
            // What else changes with a table's owner, such as a sequence of its own, is the server's to say.
            let alone = intent.owns.is_empty();
            if alone { foreseen(&planned, &second.observed).map(|()| true) } else { Ok(true) }
        }
        Some(second) => Err(format!("left: {:#?}", statements(&second.plan))),
        None => Err("the model does not fit any more".into()),
    }
}

/// What the changes of a plan leave is what was seen after it.
fn foreseen(planned: &Planned, after: &Observed) -> Result<(), String> {
    let dialect = Postgres::new(planned.observed.at.version, 1_000);
    let changes = diff(&dialect, &planned.desired, &planned.observed);
    let foreseen = carried_out(&dialect, &changes, &planned.observed);
    let stands = &after.access;
    if foreseen.members != stands.members {
        return Err(format!("members: {:#?}\nnot {:#?}", foreseen.members, stands.members));
    }
    // A parameter and an object of the server's own are facts only as long as they are not as initdb left them.
    let lasts = |on: &&Arc<Object>| stands.entries.contains_key(*on) || stands.owners.contains_key(*on);
    for (name, role) in &stands.roles {
        if foreseen.roles.get(name).map(|role| &role.attributes) != Some(&role.attributes) {
            return Err(format!("{name} is {role:#?}, not {:#?}", foreseen.roles.get(name)));
        }
    }
    let of = |access: &Access, on: &Arc<Object>| {
        let unlisted = || access.owners.get(on).map(|owner| dialect.default_entries(on, owner));
        access.entries.get(on).cloned().or_else(unlisted).unwrap_or_default()
    };
    for on in foreseen.entries.keys().chain(stands.entries.keys()).filter(lasts) {
        let (foreseen, stands) = (of(&foreseen, on), of(stands, on));
        if foreseen != stands {
            return Err(format!("{on:?}: {foreseen:#?}\nnot {stands:#?}"));
        }
    }
    Ok(())
}

fn intents_converge(version: Version, cases: u32) {
    let (tried, applied) = (Cell::new(0), Cell::new(0));
    let strategy = (generated::case(), generated::wanted(), generated::wanted());
    generated::for_each(version, cases, &strategy, |(case, first, second): (Case, Wanted, Wanted)| {
        let chained = first.all && second.all;
        let as_it_is = |state: &State| if chained { state.clone() } else { state.without_chains() };
        let (state, damage) = (as_it_is(&case.first), as_it_is(&case.second));
        let cluster = generated::cluster(version, &case.structure, Some(&state));
        for wanted in [&first, &second] {
            let intent = wanted.intent(&block_on(look(&cluster)));
            for _ in 0..2 {
                tried.set(tried.get() + 1);
                if converges(&cluster, &intent)? {
                    applied.set(applied.get() + 1);
                }
                // Damage by hand, the roles of the model among those who do it.
                let names = case.second.roles().into_iter().chain(["from_the_model"]);
                let damage = damage.damage(&case.structure, version, names.collect());
                cluster.psql("postgres", &damage).unwrap();
            }
        }
        Ok(())
    });
    println!("{version}: applied {} of {}", applied.get(), tried.get());
    assert!(
        applied.get() * 3 > tried.get(),
        "only {} of {} plans could be applied",
        applied.get(),
        tried.get()
    );
}

#[test]
fn generated_intents_converge_again_after_damage_and_touch_nothing_else_on_14() {
    intents_converge(Version::V14, 2);
}

#[test]
fn generated_intents_converge_again_after_damage_and_touch_nothing_else_on_15() {
    intents_converge(Version::V15, 2);
}

#[test]
fn generated_intents_converge_again_after_damage_and_touch_nothing_else_on_16() {
    intents_converge(Version::V16, 2);
}

#[test]
fn generated_intents_converge_again_after_damage_and_touch_nothing_else_on_17() {
    intents_converge(Version::V17, 2);
}

#[test]
fn generated_intents_converge_again_after_damage_and_touch_nothing_else_on_18() {
    intents_converge(Version::V18, 2);
}
