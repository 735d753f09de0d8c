//! The benchmark: a fixture of known size, what psql needs for the same work, and what rolewright needs.
//!
//! `bench generate` writes the fixture; `bench run` measures and prints the table of `docs/benchmarks.md`.

mod error;
mod files;
mod fixture;
mod floor;
mod ground;
mod machine;
mod measure;
mod model_folder;
mod random;
mod report;
mod run;
mod structure;

use clap::{Parser, Subcommand};
use error::BenchError;
use files::Files;
use fixture::{Fixture, Size};
use run::Contest;
use sandbox::{Installation, Version};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Measures rolewright against what psql needs for the same work.
#[derive(Parser)]
#[command(name = "bench")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the fixture: structure.sql, floor-apply.sql, floor-noop.sql and the folder model.
    Generate {
        /// How many times the base size of 2,000 tables, 500 roles and 10,000 entries.
        #[arg(long, default_value_t = 1)]
        scale: usize,
        /// The folder to write to; it is made if it is not there.
        #[arg(long)]
        out: PathBuf,
    },
    /// Measure on private servers and print a Markdown table; exit 1 if a side failed at a task.
    Run {
        /// The program to measure: a release build.
        #[arg(long, default_value = "target/release/rolewright")]
        rolewright: String,
        /// Major versions of PostgreSQL [default: 15 and the newest that is installed]
        #[arg(long, value_delimiter = ',')]
        versions: Vec<Version>,
        /// Sizes, as multiples of the base size.
        #[arg(long, value_delimiter = ',', default_values_t = [1, 10])]
        scales: Vec<usize>,
        /// Turns of each side at each task.
        #[arg(long, default_value_t = 9)]
        turns: usize,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Generate { scale, out } => generate(scale, &out),
        Command::Run { rolewright, versions, scales, turns } => {
            contest(&rolewright, versions, &scales, turns)
        }
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            // With standard error closed there is nobody left to tell.
            let _ = writeln!(io::stderr(), "bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn generate(scale: usize, out: &Path) -> Result<ExitCode, BenchError> {
    let fixture = Fixture::generate(Size::at(scale));
    let files = Files::write(&fixture, out)?;
    writeln!(
        io::stdout(),
        "{}: {} schemas, {} roles, {} memberships, {} entries; the floor applies them in {} statements",
        out.display(),
        fixture.size.schemas,
        fixture.roles.len(),
        fixture.memberships(),
        fixture.entries(),
        files.statements
    )?;
    Ok(ExitCode::SUCCESS)
}

fn contest(
    rolewright: &str,
    versions: Vec<Version>,
    scales: &[usize],
    turns: usize,
) -> Result<ExitCode, BenchError> {
    let versions = if versions.is_empty() { usual_versions()? } else { versions };
    let folder = std::env::temp_dir().join(format!("rolewright-bench-{}", std::process::id()));
    let rounds = run::run(&Contest { rolewright, versions: &versions, scales, turns }, &folder)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{}; median (fastest–slowest) of {turns} turns\n", machine::describe())?;
    report::write(&rounds, &mut out)?;
    let failed =
        rounds.iter().any(|round| round.floor.failure.is_some() || round.rolewright.failure.is_some());
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Debian's version and the newest: the planner of the catalogue's queries differs, and locks do.
fn usual_versions() -> Result<Vec<Version>, BenchError> {
    let newest = Installation::any()?.version();
    let mut versions = vec![Version::V15, newest];
    versions.dedup();
    Ok(versions)
}
