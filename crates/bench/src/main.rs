//! The benchmark: a fixture of known size, what psql needs for the same work, and what rolewright needs.

mod fixture;
mod floor;
mod model_folder;
mod random;
mod structure;

use clap::{Parser, Subcommand};
use fixture::{Fixture, Size};
use std::fs;
use std::io::{self, BufWriter, Write};
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
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Generate { scale, out } => generate(scale, &out),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn generate(scale: usize, out: &Path) -> io::Result<()> {
    let fixture = Fixture::generate(Size::at(scale));
    fs::create_dir_all(out)?;
    let file = |name: &str| fs::File::create(out.join(name)).map(BufWriter::new);
    let (mut structure, mut apply, mut noop) =
        (file("structure.sql")?, file("floor-apply.sql")?, file("floor-noop.sql")?);
    structure::write(fixture.size, &mut structure)?;
    let statements = floor::write_apply(&fixture, &mut apply)?;
    floor::write_noop(&mut noop)?;
    for file in [&mut structure, &mut apply, &mut noop] {
        file.flush()?;
    }
    model_folder::write(&fixture, &out.join("model"))?;
    writeln!(
        io::stdout(),
        "{}: {} schemas, {} roles, {} memberships, {} entries, {statements} statements",
        out.display(),
        fixture.size.schemas,
        fixture.roles.len(),
        fixture.memberships(),
        fixture.entries()
    )
}
