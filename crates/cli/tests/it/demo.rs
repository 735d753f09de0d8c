//! `rolewright demo`: the tour, on servers of its own.

use crate::program::{Ran, command, rolewright};
use sandbox::Version;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const README: &str = include_str!("../../../../README.md");
const ROLES: &str = include_str!("../../../../examples/shop/model/roles.yaml");
const ACCOUNTS: &str = include_str!("../../../../examples/shop/model/accounts.yaml");
const RULES: &str = include_str!("../../../../examples/shop/model/rules.yaml");

/// The folder that the tour says it runs in.
fn stage(out: &str) -> PathBuf {
    PathBuf::from(out.lines().find_map(|line| line.strip_suffix(", after")).unwrap())
}

fn gone(folder: &Path) -> bool {
    let begun = Instant::now();
    while folder.exists() && begun.elapsed() < Duration::from_secs(20) {
        thread::sleep(Duration::from_millis(20));
    }
    !folder.exists()
}

#[test]
fn the_tour_is_true_on_every_version_and_leaves_nothing_behind() {
    for version in Version::ALL {
        let Ran { status, out, err } = rolewright(&["demo", "--postgres", &version.to_string()]);
        assert_eq!((status, err.as_str()), (Some(0), ""), "{version}: {out}");
        assert!(out.contains(&format!("A private PostgreSQL {version} runs")), "{out}");
        assert!(out.contains("\nBEGIN\nDROP TABLE\nROLLBACK\n"), "{version}: the account could: {out}");
        assert!(out.contains("\nERROR:  must be owner of table bookings\n"), "{version}: and cannot: {out}");
        assert!(!stage(&out).exists(), "{version}");
    }
}

/// The lines of the README's blocks in this language.
fn readme(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    let blocks = README.split(&fence).skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(str::lines).filter(|line| !line.is_empty() && *line != "…").collect()
}

#[test]
fn the_readme_shows_what_the_demo_prints_and_what_stands_in_its_model() {
    let out = rolewright(&["demo", "--postgres", "18"]).out;
    // The heading names the server's minor version.
    let shown = readme("console");
    for line in shown.iter().filter(|line| !line.contains("PostgreSQL 18")) {
        assert!(out.lines().any(|printed| printed == *line), "README.md shows {line:?}, the demo not: {out}");
    }
    let models = [ROLES, ACCOUNTS, RULES].concat();
    let written = readme("yaml");
    for line in &written {
        assert!(models.lines().any(|line_of_model| line_of_model == *line), "the model has no {line:?}");
    }
    assert!(shown.len() > 30 && written.len() > 15, "the README has changed its form");
}

#[test]
fn a_server_that_is_kept_goes_when_the_tour_is_killed() {
    let mut tour: Child = command(&["demo", "--keep"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(tour.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut out = String::new();
    while !out.ends_with(&format!("To stop it: kill {}\n", tour.id())) {
        out.push_str(&lines.next().unwrap());
        out.push('\n');
    }
    let exports = out.lines().rfind(|line| line.starts_with("  export ")).unwrap();
    let shell = format!("{exports}; psql -XAtd shop -c 'SELECT count(*) > 0 FROM sales.orders'");
    let asked = Command::new("sh").args(["-c", &shell]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&asked.stdout), "t\n", "{asked:?}");
    tour.kill().unwrap();
    tour.wait().unwrap();
    assert!(gone(&stage(&out)));
}

#[test]
fn a_reader_who_has_seen_enough_ends_the_tour_and_its_server() {
    let mut tour = command(&["demo"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = String::new();
    {
        let mut lines = BufReader::new(tour.stdout.take().unwrap());
        while !out.contains("$ psql") {
            assert_ne!(lines.read_line(&mut out).unwrap(), 0, "{out}");
        }
    }
    let mut err = String::new();
    tour.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((tour.wait().unwrap().code(), err.as_str()), (Some(141), ""));
    assert!(gone(&stage(&out)));
}
