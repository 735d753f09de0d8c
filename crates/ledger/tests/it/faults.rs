//! What happens to a log when the world does not behave.

use crate::wanted::{Folder, new, node, run, word};
use ledger::sqlite::Sqlite;
use ledger::{DecisionHead, Store, StoreError};
use proof::{Entry, Frontier, Hash};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// The log is whole: each entry follows the one before it, and the root is that over them.
fn is_whole(store: &mut Sqlite) -> u64 {
    run(async {
        let head = store.head().await.unwrap();
        let (mut frontier, mut last) = (Frontier::default(), 0);
        for stored in store.read(0, head.size + 10).await.unwrap() {
            let (entry, _) = Entry::parse(&stored.bytes).unwrap();
            assert_eq!(entry.index, frontier.size());
            assert!(entry.time >= last);
            last = entry.time;
            frontier.push(Hash::leaf(&stored.bytes), |_, _| {});
        }
        assert_eq!((head.size, head.root, head.time), (frontier.size(), frontier.root(), last));
        head.size
    })
}

/// The program that appends until it is killed.
fn appending() -> PathBuf {
    let built = std::env::current_exe().unwrap();
    built.parent().unwrap().with_file_name("examples").join("append")
}

#[test]
fn what_was_acknowledged_survives_being_killed_at_any_moment() {
    let folder = Folder::new();
    drop(Sqlite::create(&folder.file(), "example.com/log").unwrap());
    let mut killed_with = 0;
    for round in 0..8_u64 {
        let mut child = Command::new(appending()).arg(folder.file()).stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let reading = thread::spawn(move || out.lines().map_while(Result::ok).last());
        thread::sleep(Duration::from_millis(150 + 37 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        let Some(last) = reading.join().unwrap() else { continue };
        let (index, command) = last.split_once(' ').unwrap();
        let mut store = Sqlite::open(&folder.file()).unwrap();
        let size = is_whole(&mut store);
        assert!(size > index.parse().unwrap(), "{size} and {last}");
        assert_eq!(run(store.answered(&word(command))).unwrap(), [index.parse::<u64>().unwrap()]);
        killed_with += 1;
    }
    assert!(killed_with > 3, "it was killed while it wrote: {killed_with}");
}

#[test]
fn many_writers_append_to_one_log_and_decisions_are_made_one_after_another() {
    let folder = Folder::new();
    drop(Sqlite::create(&folder.file(), "example.com/log").unwrap());
    let writers: Vec<_> = (0..6_u32)
        .map(|writer| {
            let path = folder.file();
            thread::spawn(move || {
                let mut store = Sqlite::open(&path).unwrap();
                let mut moved = 0;
                run(async {
                    for at in 0..15 {
                        let command = format!("{writer}/{at}");
                        if writer % 2 == 0 {
                            store.record(vec![new(&command)], &node(), 1).await.unwrap();
                            continue;
                        }
                        let mut on = store.head().await.unwrap().decided;
                        loop {
                            match store.decide(on, vec![new(&command)], &node(), 1).await {
                                Ok(_) => break,
                                Err(StoreError::Moved(to)) => (on, moved) = (to, moved + 1),
                                Err(error) => panic!("{error}"),
                            }
                        }
                    }
                });
                moved
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    let mut store = Sqlite::open(&folder.file()).unwrap();
    assert_eq!(is_whole(&mut store), 90);
}

#[test]
fn a_disk_that_takes_no_more_keeps_what_was_acknowledged_and_the_log_goes_on_when_there_is_room() {
    let folder = Folder::new();
    drop(Sqlite::create(&folder.file(), "example.com/log").unwrap());
    // The operating system refuses to let the files grow further.
    let limited =
        format!("trap '' XFSZ; ulimit -f 400; exec {} {}", appending().display(), folder.file().display());
    let ended = Command::new("sh").args(["-c", &limited]).output().unwrap();
    assert!(ended.status.code().is_some_and(|code| code != 0), "it ends by itself: {ended:?}");
    assert!(String::from_utf8_lossy(&ended.stderr).contains("Database("), "{ended:?}");
    let out = String::from_utf8(ended.stdout).unwrap();
    let (index, command) = out.lines().last().unwrap().split_once(' ').unwrap();
    let mut store = Sqlite::open(&folder.file()).unwrap();
    let size = is_whole(&mut store);
    assert!(size > index.parse().unwrap(), "{size} and {index}");
    assert_eq!(run(store.answered(&word(command))).unwrap(), [index.parse::<u64>().unwrap()]);
    run(store.decide(DecisionHead(None), vec![new("more")], &node(), 2)).unwrap();
    assert_eq!(is_whole(&mut store), size + 1);
}

#[test]
fn a_damaged_tile_stops_appending_rather_than_being_built_on() {
    let folder = Folder::new();
    let mut store = Sqlite::create(&folder.file(), "example.com/log").unwrap();
    run(store.record((0..5).map(|at| new(&at.to_string())).collect(), &node(), 1)).unwrap();
    let other = rusqlite::Connection::open(folder.file()).unwrap();
    for damage in ["substr(hashes, 1, 64)", "zeroblob(160)", "x''"] {
        other.execute(&format!("UPDATE tile SET hashes = {damage}"), []).unwrap();
        let refused = run(store.record(vec![new("more")], &node(), 1));
        assert!(matches!(refused, Err(StoreError::Damaged(_))), "{damage}: {refused:?}");
    }
}
