//! Generated states: copied onto a cluster without roles they are the same, and one is turned into another.

use crate::generated::{self, DATABASES};
use crate::round_trip::{difference, said, try_copy};
use sandbox::Version;

/// The first state onto an empty cluster, then the second onto the first.
fn states_are_copied_exactly(version: Version, cases: u32) {
    generated::for_each(version, cases, &generated::case(), |case| {
        let databases = ["postgres", DATABASES[0], DATABASES[1]];
        let target = generated::cluster(version, &case.structure, None);
        for state in [&case.first, &case.second] {
            let source = generated::cluster(version, &case.structure, Some(state));
            try_copy(&source, &target)?;
            difference(&said(&source, &databases), &said(&target, &databases))?;
        }
        Ok(())
    });
}

#[test]
fn generated_states_are_copied_exactly_on_14() {
    states_are_copied_exactly(Version::V14, 4);
}

#[test]
fn generated_states_are_copied_exactly_on_15() {
    states_are_copied_exactly(Version::V15, 4);
}

#[test]
fn generated_states_are_copied_exactly_on_16() {
    states_are_copied_exactly(Version::V16, 4);
}

#[test]
fn generated_states_are_copied_exactly_on_17() {
    states_are_copied_exactly(Version::V17, 4);
}

#[test]
fn generated_states_are_copied_exactly_on_18() {
    states_are_copied_exactly(Version::V18, 4);
}
