//! Generated states: structures with hostile names, and privileges run on them as plain SQL. Statements that the
//! server refuses are skipped, so the server itself decides what a valid state is.

mod intents;
mod privileges;
mod structure;

pub(crate) use intents::{Wanted, wanted};
pub(crate) use privileges::State;
pub(crate) use structure::{DATABASES, Structure};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use sandbox::{Cluster, Installation, Version};

/// What a statement is made of: its kind, and numbers that pick from what there is.
pub(crate) type Raw = (u8, [u16; 6]);

/// One of the list, whatever the number.
pub(crate) fn pick<T>(from: &[T], number: u16) -> &T {
    &from[usize::from(number) % from.len()]
}

/// A structure and two states on it.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) structure: Structure,
    pub(crate) first: State,
    pub(crate) second: State,
}

/// Any case.
pub(crate) fn case() -> impl Strategy<Value = Case> {
    (structure::structure(), privileges::state(), privileges::state())
        .prop_map(|(structure, first, second)| Case { structure, first, second })
}

/// A cluster with the structure and, where given, the state.
pub(crate) fn cluster(version: Version, structure: &Structure, state: Option<&State>) -> Cluster {
    let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
    cluster.psql("postgres", &structure.sql()).unwrap();
    if let Some(state) = state {
        cluster.psql("postgres", &state.sql(structure, version)).unwrap();
    }
    cluster
}

/// Runs the property on generated values: always the same ones, unless ROLEWRIGHT_SEED says another number, and as
/// many as asked for, unless ROLEWRIGHT_CASES does.
pub(crate) fn for_each<S: Strategy>(
    version: Version,
    cases: u32,
    strategy: &S,
    property: impl Fn(S::Value) -> Result<(), String>,
) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
    let config = Config {
        cases: number("ROLEWRIGHT_CASES").unwrap_or(cases),
        max_shrink_iters: 60,
        max_shrink_time: 30_000,
        failure_persistence: None,
        ..Config::default()
    };
    let mut seed = [u8::try_from(version.major()).unwrap(); 32];
    seed[..4].copy_from_slice(&number("ROLEWRIGHT_SEED").unwrap_or(2).to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let tested = runner.run(strategy, |value| property(value).map_err(TestCaseError::fail));
    if let Err(error) = tested {
        panic!("version {version}: {error}");
    }
}
