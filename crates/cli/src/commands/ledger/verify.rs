//! `rolewright ledger verify`.

use super::entries;
use super::now;
use super::show::instant;
use super::witness::Folder;
use crate::arguments::{ReportFormat, Verify};
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::render::counted;
use crate::terminal::Terminal;
use proof::{Believed, Checkpoint, Entry, Hash, Policy, PolicyError, TlogProof, Wrong, verify_inclusion};
use serde_json::json;
use std::path::Path;

/// What was proved.
struct Proved {
    believed: Believed,
    /// What else there is to say, a line each.
    lines: Vec<String>,
}

pub(super) fn run(arguments: &Verify, terminal: Terminal) -> Result<Verdict, Failure> {
    let policy = policy(&arguments.policy)?;
    let seconds = now() / 1_000_000;
    let proved = if arguments.what.is_dir() {
        log(&arguments.what, &policy, seconds)
    } else {
        let bytes =
            std::fs::read(&arguments.what).map_err(|error| Failure::file("read", &arguments.what, &error))?;
        entry(&bytes, &policy, seconds)
            .map_err(|what| vec![Wrong { at: arguments.what.display().to_string(), what }])
    };
    let text = match arguments.format {
        ReportFormat::Text => text(&proved, terminal),
        ReportFormat::Json => json_text(&proved)?,
    };
    terminal.print(&text)?;
    if proved.is_ok() { Ok(Verdict::Clean) } else { Err(Failure::Shown) }
}

fn policy(path: &Path) -> Result<Policy, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))?;
    text.parse().map_err(|error: PolicyError| {
        Failure::new(format!("{}: {error}", path.display()), "docs/ledger.md shows one")
    })
}

/// A whole log.
fn log(folder: &Path, policy: &Policy, now: u64) -> Result<Proved, Vec<Wrong>> {
    let verified = proof::verify(&Folder(folder.to_path_buf()), policy, now)?;
    let lines = vec![
        format!("The last entry was written at {}.", instant(verified.last)),
        format!(
            "{} as committed to, {} erased.",
            counted(index(verified.payloads), "content"),
            verified.erased
        ),
    ];
    Ok(Proved { believed: verified.believed, lines })
}

/// One entry, which is beside its proof.
fn entry(bytes: &[u8], policy: &Policy, now: u64) -> Result<Proved, String> {
    let proof = TlogProof::parse(bytes).map_err(|error| error.to_string())?;
    let head: Checkpoint = proof.checkpoint.text().parse().map_err(|error| format!("{error}"))?;
    let bytes = proof.extra.ok_or("the entry is not beside its proof")?;
    let (entry, note) = Entry::parse(&bytes).map_err(|error| error.to_string())?;
    if entry.index != proof.index {
        return Err(format!(
            "the entry says that it is {}, and the proof that it is {}",
            entry.index, proof.index
        ));
    }
    verify_inclusion(&Hash::leaf(&bytes), proof.index, head.size, &proof.path, &head.root)
        .map_err(|error| format!("entry {}: {error}", proof.index))?;
    if !policy.nodes.is_empty() {
        note.signed_by(&policy.nodes).map_err(|error| format!("entry {}: {error}", proof.index))?;
    }
    let believed =
        policy.believes(&proof.checkpoint, entry.time / 1_000_000, now).map_err(|error| error.to_string())?;
    let said = format!(
        "Entry {} by {}, as {} allows, written at {}.",
        entry.index,
        entry.actor,
        entry.authority,
        instant(entry.time)
    );
    Ok(Proved { believed, lines: vec![said] })
}

fn text(proved: &Result<Proved, Vec<Wrong>>, terminal: Terminal) -> String {
    let paint = terminal.out;
    match proved {
        Ok(Proved { believed, lines }) => {
            let head = &believed.head;
            let mut text = format!(
                "{}: {} of {}, root {}.\nSigned by {}.\n",
                paint.good("Proved"),
                entries(head.size),
                paint.plain(&head.origin),
                head.root,
                paint.plain(&believed.log.to_string())
            );
            for (name, at) in &believed.seen_by {
                text.push_str(&format!(
                    "Seen by {} at {}.\n",
                    paint.plain(name),
                    instant(at.saturating_mul(1_000_000))
                ));
            }
            lines.iter().for_each(|line| text.push_str(&format!("{}\n", paint.plain(line))));
            text
        }
        Err(wrong) => {
            let one = |Wrong { at, what }: &Wrong| format!("  {}: {}\n", paint.plain(at), paint.plain(what));
            format!("{}\n{}", paint.error("Not proved:"), wrong.iter().map(one).collect::<String>())
        }
    }
}

fn json_text(proved: &Result<Proved, Vec<Wrong>>) -> Result<String, Failure> {
    let answer = match proved {
        Ok(Proved { believed, .. }) => json!({
            "format": 1,
            "proved": true,
            "origin": believed.head.origin,
            "size": believed.head.size,
            "root": believed.head.root.to_string(),
            "seen_by": believed.seen_by.iter().map(|(name, at)| json!({ "witness": name, "at": at })).collect::<Vec<_>>(),
        }),
        Err(wrong) => json!({
            "format": 1,
            "proved": false,
            "wrong": wrong.iter().map(|Wrong { at, what }| json!({ "at": at, "what": what })).collect::<Vec<_>>(),
        }),
    };
    Ok(serde_json::to_string_pretty(&answer).map_err(|error| Failure::new(error.to_string(), ""))? + "\n")
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
