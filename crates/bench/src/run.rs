//! The contest: both sides do the same work on the same ground, in turns.

use crate::error::BenchError;
use crate::files::Files;
use crate::fixture::{Fixture, Size};
use crate::ground::Ground;
use crate::measure::{Contestant, Failure, Times};
use sandbox::{Installation, Version};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// What is to be measured.
#[derive(Debug)]
pub(crate) struct Contest<'a> {
    /// The rolewright program.
    pub(crate) rolewright: &'a str,
    pub(crate) versions: &'a [Version],
    pub(crate) scales: &'a [usize],
    /// Turns of each side at each task.
    pub(crate) turns: usize,
}

/// A task that both sides do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// From no role at all to the whole model.
    FirstApply,
    /// Finding that nothing is to be done.
    Noop,
}

/// How both sides did at a task.
#[derive(Debug)]
pub(crate) struct Round {
    pub(crate) server: String,
    pub(crate) size: Size,
    pub(crate) task: Task,
    pub(crate) floor: Side,
    pub(crate) rolewright: Side,
    /// Facts that hold after the first apply of one side and not of the other; `None` if one did not get there.
    pub(crate) differences: Option<usize>,
}

/// How one side did.
#[derive(Debug)]
pub(crate) struct Side {
    contestant: Contestant,
    pub(crate) times: Times,
    /// Peak resident memory in KiB, where it could be measured.
    pub(crate) peak: Option<u64>,
    pub(crate) failure: Option<Failure>,
}

impl Side {
    fn new(program: impl Into<String>, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let contestant = Contestant { program: program.into(), arguments };
        Self { contestant, times: Times::default(), peak: None, failure: None }
    }

    /// Takes a turn and keeps its time; a side that failed once takes no more turns.
    fn take_turn(&mut self) {
        match self.contestant.run() {
            Ok(time) => self.times.push(time),
            Err(failure) => self.failure = Some(failure),
        }
    }

    /// Takes a turn whose time does not count: it warms caches or measures memory.
    fn take_untimed_turn(&mut self) {
        match self.contestant.peak_memory() {
            Ok(peak) => self.peak = peak,
            Err(failure) => self.failure = Some(failure),
        }
    }

    fn is_out(&self) -> bool {
        self.failure.is_some()
    }
}

/// Runs the contest in `folder`, which is removed afterwards, and tells on standard error where it is.
pub(crate) fn run(contest: &Contest<'_>, folder: &Path) -> Result<Vec<Round>, BenchError> {
    let mut rounds = Vec::new();
    for version in contest.versions {
        let installation = Installation::find(*version)?;
        for scale in contest.scales {
            let size = Size::at(*scale);
            tell(&format!("PostgreSQL {version}, {scale}×: making the objects"));
            let files = Files::write(&Fixture::generate(size), &folder.join(format!("fixture-{scale}")))?;
            let ground = Ground::lay(&installation, &files)?;
            // Beyond the base size a first apply is shown for interest, and takes long: fewer turns.
            let turns = if *scale == 1 { contest.turns } else { contest.turns.min(3) };
            tell(&format!("PostgreSQL {version}, {scale}×: first apply, {turns} turns each"));
            let applied = first_apply(contest, &ground, &files, size, turns)?;
            // Where the floor cannot do it at all, what rolewright did is the ground for both.
            let alone = applied.floor.is_out() && !applied.rolewright.is_out();
            let laid = alone || applied.differences == Some(0);
            let differences = if alone { Some(0) } else { applied.differences };
            rounds.push(applied);
            tell(&format!("PostgreSQL {version}, {scale}×: no-op, {} turns each", contest.turns));
            rounds.push(noop(contest, &ground, &files, (size, laid), differences)?);
        }
    }
    fs::remove_dir_all(folder).map_err(BenchError::file("remove", folder))?;
    Ok(rounds)
}

fn first_apply(
    contest: &Contest<'_>,
    ground: &Ground,
    files: &Files,
    size: Size,
    turns: usize,
) -> Result<Round, BenchError> {
    let (url, model) = (ground.url(), files.model.to_string_lossy());
    let script = files.apply.to_string_lossy();
    let mut floor = Side::new(ground.psql(), &["-qX", "-d", &url, "-f", &script]);
    let mut rolewright = Side::new(contest.rolewright, &["apply", &model, "--url", &url, "--yes"]);

    // The first turn of each does not count: it measures memory and leaves a state to compare.
    let mut states = Vec::new();
    for side in [&mut floor, &mut rolewright] {
        ground.reset()?;
        side.take_untimed_turn();
        states.push(ground.state()?);
    }
    let compare = !floor.is_out() && !rolewright.is_out();
    let differences = if compare { states.split_first().map(|(a, rest)| differing(a, rest)) } else { None };

    for _ in 0..turns {
        for side in [&mut floor, &mut rolewright] {
            if !side.is_out() {
                ground.reset()?;
                side.take_turn();
            }
        }
    }
    let server = ground.server_version()?;
    Ok(Round { server, size, task: Task::FirstApply, floor, rolewright, differences })
}

/// The working database holds what rolewright applied last, if the model is `laid` so; else what the floor applies.
fn noop(
    contest: &Contest<'_>,
    ground: &Ground,
    files: &Files,
    (size, laid): (Size, bool),
    differences: Option<usize>,
) -> Result<Round, BenchError> {
    let (url, model) = (ground.url(), files.model.to_string_lossy());
    let (apply, fetch) = (files.apply.to_string_lossy(), files.noop.to_string_lossy());
    if !laid {
        ground.reset()?;
        Side::new(ground.psql(), &["-qX", "-d", &url, "-f", &apply]).take_turn();
    }
    ground.settle()?;
    let mut floor = Side::new(ground.psql(), &["-qX", "-d", &url, "-f", &fetch]);
    let mut rolewright = Side::new(contest.rolewright, &["plan", &model, "--url", &url]);
    floor.take_untimed_turn();
    rolewright.take_untimed_turn();
    for _ in 0..contest.turns {
        for side in [&mut floor, &mut rolewright] {
            if !side.is_out() {
                side.take_turn();
            }
        }
    }
    let server = ground.server_version()?;
    Ok(Round { server, size, task: Task::Noop, floor, rolewright, differences })
}

fn differing(one: &str, others: &[String]) -> usize {
    let facts: BTreeSet<&str> = one.lines().collect();
    let others: BTreeSet<&str> = others.iter().flat_map(|state| state.lines()).collect();
    facts.symmetric_difference(&others).count()
}

fn tell(what: &str) {
    // Progress is a courtesy: that nobody listens is no reason to stop.
    let _ = writeln!(io::stderr(), "{what}");
}
