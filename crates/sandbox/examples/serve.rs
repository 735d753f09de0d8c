//! Serves a private PostgreSQL until its standard input ends.
//!
//! ```text
//! cargo run --package sandbox --example serve            # the newest installed server
//! cargo run --package sandbox --example serve -- 16
//! ```
//! Prints shell assignments, one per line: `PGHOST` (the socket's folder), `PGPORT`, `PGUSER`, and `URL`, which holds the
//! password and reaches the database `postgres` over TCP.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use sandbox::{Cluster, Installation, SandboxError};

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let installation = match std::env::args().nth(1) {
        Some(version) => Installation::find(version.parse()?),
        None => Installation::any(),
    }?;
    let cluster = Cluster::start(&installation)?;
    announce(&cluster)?;
    io::stdin().lock().read_to_end(&mut Vec::new())?;
    cluster.stop().map_err(|error: SandboxError| error.into())
}

fn announce(cluster: &Cluster) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "PGHOST={}", cluster.socket_dir().display())?;
    writeln!(out, "PGPORT={}", cluster.port())?;
    writeln!(out, "PGUSER=postgres")?;
    writeln!(out, "URL={}", cluster.url("postgres"))?;
    out.flush()
}
