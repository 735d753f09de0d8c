//! Checks on the shape of the project itself.
//!
//! `cargo xtask tidy` holds every crate to the table of who may import whom, and every file to the habits that no
//! compiler knows: names, lengths, manual pages of audit rules, a reason for every dependency.

mod dependencies;
mod layers;
mod lengths;
mod names;
mod pages;
mod problem;
mod source;
mod tidy;
mod workspace;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask tidy [FOLDER]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["tidy"] => Path::new(env!("CARGO_MANIFEST_DIR")).join(".."),
        ["tidy", folder] => PathBuf::from(folder),
        _ => return fail(USAGE),
    };
    match tidy::check(&root) {
        Ok(report) if report.problems.is_empty() => {
            say(
                &mut io::stdout(),
                &format!("tidy: {} crates, {} files, no problems", report.crates, report.files),
            );
            ExitCode::SUCCESS
        }
        Ok(report) => {
            for problem in &report.problems {
                say(&mut io::stderr(), &problem.to_string());
            }
            fail(&format!("tidy: {} problems", report.problems.len()))
        }
        Err(error) => fail(&format!("tidy: {error}")),
    }
}

fn fail(message: &str) -> ExitCode {
    say(&mut io::stderr(), message);
    ExitCode::FAILURE
}

/// A reader who has closed the pipe has seen enough.
fn say(out: &mut dyn Write, line: &str) {
    let _ = writeln!(out, "{line}");
}
