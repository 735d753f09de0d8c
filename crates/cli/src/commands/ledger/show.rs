//! `rolewright ledger show`.

use super::{entries, open};
use crate::arguments::{ReportFormat, Show};
use crate::exit::Verdict;
use crate::failure::Failure;
use crate::terminal::{Paint, Terminal};
use ::ledger::{Store, Stored, Way};
use jiff::Timestamp;
use proof::{Entry, Payload};
use serde_json::{Value, json};

/// So much of a content is shown.
const SHOWN: usize = 2_000;

pub(super) async fn run(arguments: &Show, terminal: Terminal) -> Result<Verdict, Failure> {
    let mut store = open(&arguments.file)?;
    let head = store.head().await?;
    let from = arguments.from.unwrap_or_else(|| head.size.saturating_sub(arguments.limit));
    let found = store.read(from, arguments.limit).await?;
    let text = match arguments.format {
        ReportFormat::Text => {
            let shown =
                found.iter().map(|stored| text(stored, terminal.out)).collect::<Result<String, _>>()?;
            format!(
                "{shown}{} of {}, root {}.\n",
                entries(head.size),
                terminal.out.plain(&head.origin),
                head.root
            )
        }
        ReportFormat::Json => {
            let entries = found.iter().map(value).collect::<Result<Vec<_>, _>>()?;
            let answer = json!({ "format": 1, "origin": head.origin, "size": head.size, "root": head.root.to_string(), "entries": entries });
            serde_json::to_string_pretty(&answer).map_err(|error| Failure::new(error.to_string(), ""))? + "\n"
        }
    };
    terminal.print(&text)?;
    Ok(Verdict::Clean)
}

/// A payload with its content; `None` if that has been erased.
type Part<'a> = (Payload, Option<&'a [u8]>);

fn parts(stored: &Stored) -> Result<(Entry, Vec<Part<'_>>), Failure> {
    let (entry, _) = Entry::parse(&stored.bytes).map_err(|error| {
        Failure::new(format!("entry {}: {error}", stored.index), "a newer rolewright may know it")
    })?;
    let content =
        |which: u8| stored.kept.iter().find(|kept| kept.which == which).map(|kept| kept.content.as_slice());
    let parts =
        (0..).zip(&entry.payloads).map(|(which, payload)| (payload.clone(), content(which))).collect();
    Ok((entry, parts))
}

fn text(stored: &Stored, paint: Paint) -> Result<String, Failure> {
    let (entry, parts) = parts(stored)?;
    let way = match stored.way {
        Way::Decision => "decided",
        Way::Evidence => "seen",
    };
    let mut text = format!(
        "{}  {}  {way}\n  by {}, as {} allows, for command {}\n",
        paint.bold(&entry.index.to_string()),
        instant(entry.time),
        entry.actor,
        entry.authority,
        entry.command
    );
    for (Payload { class, kind, .. }, content) in parts {
        text.push_str(&format!("  {kind} ({class})"));
        match content {
            None => text.push_str(": erased\n"),
            Some(content) => {
                let shown = String::from_utf8_lossy(content.get(..SHOWN).unwrap_or(content)).into_owned();
                text.push('\n');
                shown.lines().for_each(|line| text.push_str(&format!("    {}\n", paint.plain(line))));
                if content.len() > SHOWN {
                    text.push_str(&format!("    … {} bytes in all\n", content.len()));
                }
            }
        }
    }
    Ok(text + "\n")
}

fn value(stored: &Stored) -> Result<Value, Failure> {
    let (entry, parts) = parts(stored)?;
    let part = |(payload, content): &(Payload, Option<&[u8]>)| {
        json!({
            "class": payload.class.as_str(),
            "kind": payload.kind.as_str(),
            "commitment": payload.commitment.to_string(),
            "erased": content.is_none(),
            "content": content.map(String::from_utf8_lossy),
        })
    };
    Ok(json!({
        "index": entry.index,
        "time": instant(entry.time),
        "way": if stored.way == Way::Decision { "decision" } else { "evidence" },
        "actor": entry.actor.as_str(),
        "authority": entry.authority.as_str(),
        "command": entry.command.as_str(),
        "payloads": parts.iter().map(part).collect::<Vec<_>>(),
    }))
}

/// Microseconds since 1970 as people write an instant.
pub(super) fn instant(time: u64) -> String {
    let at = i64::try_from(time).ok().and_then(|time| Timestamp::from_microsecond(time).ok());
    at.map_or_else(|| time.to_string(), |at| at.to_string())
}
