//! Between the phases of a plan nobody holds more than before and after together, and less than in both only where
//! the plan says so; the server is the judge. Wherever it stops, the next run completes it.

use crate::generated::{self, Case, DATABASES};
use crate::inspect::{block_on, session};
use crate::round_trip::{difference, look, said, statements, try_copy};
use engine::{Databases, Scope};
use model::Approved;
use sandbox::{Cluster, Version};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

const EFFECTIVE: &str = include_str!("effective.sql");

/// What every role can do, in every database.
pub(crate) fn effective(cluster: &Cluster) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for database in DATABASES {
        let text = cluster.psql(database, EFFECTIVE).unwrap();
        lines.extend(text.lines().map(|line| format!("{database}: {line}")));
    }
    lines
}

/// What everybody could do before, after each phase, the statements, and whether the plan says that somebody may miss
/// something.
type Course = (Vec<BTreeSet<String>>, Vec<String>, bool);

/// Runs the first phases of the plan that makes `target` what `source` is, all but `left_out`; what everybody can do
/// before, after each, and what the plan says of itself.
fn phase_by_phase(source: &Cluster, target: &Cluster, left_out: usize) -> Result<Course, String> {
    block_on(async {
        let (from, to) = (look(source).await, look(target).await);
        let (desired, _) = postgres::copy(&from, &to);
        let mut locked = session(&target.socket_url("postgres")).await.lock().await.unwrap();
        let observed = locked.inspect(&Scope::everything(Databases::All)).await.unwrap();
        let planned = service::copy(locked.dialect().as_ref(), &desired, observed);
        let admits = planned.plan.notes.iter().any(|note| note.what.contains("may briefly miss"));
        let (texts, fingerprint) = (statements(&planned.plan), planned.plan.fingerprint.clone());
        let approved = Approved::check(planned.plan, &fingerprint, planned.refusals, planned.lacking)
            .map_err(|error| format!("{error:?}"))?;
        let mut seen = vec![effective(target)];
        for phase in 0..approved.phases().len().saturating_sub(left_out) {
            let ran = locked.run(&approved, phase, &BTreeMap::new(), &mut |_| {}).await;
            ran.map_err(|error| format!("{error:?} in {texts:#?}"))?;
            seen.push(effective(target));
        }
        Ok((seen, texts, admits))
    })
}

fn nobody_holds_what_neither_state_gives(version: Version, cases: u32) {
    let admitted = Cell::new(0);
    generated::for_each(version, cases, &generated::case(), |case: Case| {
        let source = generated::cluster(version, &case.structure, Some(&case.second));
        let target = generated::cluster(version, &case.structure, Some(&case.first));
        let (seen, texts, admits) = phase_by_phase(&source, &target, 0)?;
        admitted.set(admitted.get() + usize::from(admits));
        let (Some(before), Some(after)) = (seen.first(), seen.last()) else { return Ok(()) };
        let both: BTreeSet<_> = before.intersection(after).collect();
        // A role that did not exist could do what everybody could.
        let anybody = |line: &&String| line.contains(": i | everybody | ");
        let rights = |line: &String| line.split_once(" | everybody | ").map(|(_, right)| right.to_owned());
        let public: BTreeSet<String> =
            before.iter().chain(after).filter(anybody).filter_map(rights).collect();
        let everybody = |line: &String| public.iter().any(|right| line.ends_with(&format!(" | {right}")));
        let either: BTreeSet<_> = before.union(after).collect();
        for (phase, now) in seen.iter().enumerate() {
            let more: Vec<_> = now.iter().filter(|line| !either.contains(line) && !everybody(line)).collect();
            let less: Vec<_> = both.iter().filter(|line| !now.contains(**line)).collect();
            if !more.is_empty() || !(less.is_empty() || admits) {
                return Err(format!("after phase {phase}: more: {more:#?}\nless: {less:#?}\nin {texts:#?}"));
            }
        }
        Ok(())
    });
    println!("{version}: {} plans say that somebody may miss something", admitted.get());
}

#[test]
fn between_phases_nobody_holds_what_neither_state_gives_on_14() {
    nobody_holds_what_neither_state_gives(Version::V14, 4);
}

#[test]
fn between_phases_nobody_holds_what_neither_state_gives_on_16() {
    nobody_holds_what_neither_state_gives(Version::V16, 4);
}

#[test]
fn between_phases_nobody_holds_what_neither_state_gives_on_18() {
    nobody_holds_what_neither_state_gives(Version::V18, 4);
}

#[test]
fn a_plan_that_stopped_between_phases_is_completed_by_the_next() {
    for version in [Version::V15, Version::V17] {
        generated::for_each(version, 1, &generated::case(), |case: Case| {
            for left_out in 1..3 {
                let source = generated::cluster(version, &case.structure, Some(&case.second));
                let target = generated::cluster(version, &case.structure, Some(&case.first));
                phase_by_phase(&source, &target, left_out)?;
                try_copy(&source, &target)?;
                let databases = ["postgres", DATABASES[0], DATABASES[1]];
                difference(&said(&source, &databases), &said(&target, &databases))?;
            }
            Ok(())
        });
    }
}
