//! Appends to the log in a file until it is killed, and says of each batch when it is durable: for tests that kill it.

use ledger::sqlite::Sqlite;
use ledger::{New, Store};
use proof::{Algorithm, SigningKey, Word};
use std::error::Error;
use std::io::Write;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name the file")?;
    let mut store = Sqlite::open(Path::new(&path))?;
    let node = SigningKey::new("node-1", Algorithm::Ed25519, &[9; 32])?;
    let mut out = std::io::stdout().lock();
    let waiting = tokio::runtime::Builder::new_current_thread().build()?;
    for at in 0_u64.. {
        let mut batch = Vec::new();
        for one in 0..=at % 5 {
            let command = Word::new(format!("{}/{at}/{one}", std::process::id()))?;
            let (actor, authority) = (Word::new("person/7")?, Word::new("policy/3")?);
            batch.push(New { actor, authority, command, contents: Vec::new() });
        }
        let last = batch.last().map(|new| new.command.clone()).ok_or("an empty batch")?;
        let appended = waiting.block_on(store.record(batch, &node, at))?;
        let index = appended.last().map(|one| one.index).ok_or("nothing was appended")?;
        writeln!(out, "{index} {last}")?;
        out.flush()?;
    }
    Ok(())
}
