//! One running `postgres` process, and the watch that ends it when we die.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::{Installation, SandboxError};

/// How long a start may take. It takes a tenth of a second when the machine is idle.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a port is chosen anew because another process was quicker.
const ATTEMPTS: u32 = 10;
/// How much of the log an error shows, in lines.
const LOG_LINES: usize = 20;

/// Ends the server at once and removes its folder when our end of the pipe closes, which the kernel does even if we
/// are killed. It is a process group of its own, so a signal to ours does not end it first.
const WATCH: &str = r#"
read -r _
kill -QUIT "$1" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  kill -0 "$1" 2>/dev/null || break
  sleep 0.1
done
rm -rf -- "$2"
"#;

/// What a server needs to be started.
#[derive(Debug)]
pub(crate) struct Launch {
    pub(crate) installation: Installation,
    pub(crate) account: Account,
    /// The cluster's folder: the socket and the log are in it, and the data in [`Launch::data`].
    pub(crate) folder: PathBuf,
}

impl Launch {
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Starts the server on a free port and waits until it takes connections.
    pub(crate) fn start(&self) -> Result<Server, SandboxError> {
        let mut attempt = 1;
        loop {
            match self.start_on(free_port()?) {
                Err(SandboxError::Program { output, .. }) if attempt < ATTEMPTS && lost_port(&output) => {
                    attempt += 1
                }
                other => return other,
            }
        }
    }

    /// Starts the server on this port and waits until it takes connections.
    pub(crate) fn start_on(&self, port: u16) -> Result<Server, SandboxError> {
        let log_path = self.log();
        let log = File::create(&log_path).map_err(SandboxError::io("create", &log_path))?;
        let program = self.installation.program("postgres");
        let process = self
            .account
            .command(&program)
            .arg("-D")
            .arg(self.data())
            .arg("-p")
            .arg(port.to_string())
            .arg("-k")
            .arg(&self.folder)
            .stdout(Stdio::null())
            .stderr(log)
            .process_group(0)
            .spawn()
            .map_err(SandboxError::io("run", &program))?;
        let watch = self.watch(process.id());
        let mut server = Server { process, watch: None, port };
        server.watch = Some(watch?);
        self.wait(&mut server)?;
        Ok(server)
    }

    fn watch(&self, server: u32) -> Result<Child, SandboxError> {
        Command::new("/bin/sh")
            .args(["-c", WATCH, "sh", &server.to_string()])
            .arg(&self.folder)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(SandboxError::io("run", Path::new("/bin/sh")))
    }

    /// The server itself says in its `postmaster.pid` when it is ready: no client is needed to ask.
    fn wait(&self, server: &mut Server) -> Result<(), SandboxError> {
        let status_file = self.data().join("postmaster.pid");
        let own = server.process.id().to_string();
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let status = fs::read_to_string(&status_file).unwrap_or_default();
            let is_own = status.lines().next() == Some(own.as_str());
            if is_own && status.lines().nth(7).is_some_and(|line| line.starts_with("ready")) {
                return Ok(());
            }
            let ended = server.process.try_wait().map_err(SandboxError::io("wait for", &status_file))?;
            if let Some(status) = ended {
                return Err(SandboxError::Program {
                    program: "postgres",
                    status: status.to_string(),
                    output: self.end_of_log(),
                });
            }
            thread::sleep(Duration::from_millis(5));
        }
        Err(SandboxError::NotReady {
            version: self.installation.version(),
            seconds: PATIENCE.as_secs(),
            log: self.end_of_log(),
        })
    }

    fn end_of_log(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines.get(lines.len().saturating_sub(LOG_LINES)..).unwrap_or_default().join("\n")
    }
}

/// A running server. It is stopped with the value.
#[derive(Debug)]
pub(crate) struct Server {
    process: Child,
    watch: Option<Child>,
    port: u16,
}

impl Server {
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Ends the server at once, without a checkpoint, and waits for its end. Ending it twice does nothing.
    pub(crate) fn stop(&mut self) -> Result<(), SandboxError> {
        let failed = SandboxError::io("stop", Path::new("postgres"));
        let result = match self.process.try_wait() {
            Ok(Some(_)) => Ok(()),
            Ok(None) => self.quit().map_err(failed),
            Err(error) => Err(failed(error)),
        };
        if let Some(mut watch) = self.watch.take() {
            let _ = watch.kill();
            let _ = watch.wait();
        }
        result
    }

    /// An immediate shutdown lets the server release its shared memory, which killing it would not.
    fn quit(&mut self) -> std::io::Result<()> {
        let pid = self.process.id().to_string();
        Command::new("/bin/sh")
            .args(["-c", r#"kill -QUIT "$1""#, "sh", &pid])
            .stderr(Stdio::null())
            .status()?;
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            if self.process.try_wait()?.is_some() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(2));
        }
        self.process.kill()?;
        self.process.wait().map(drop)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A destructor has nobody to tell; the watch and the next start clean up.
        let _ = self.stop();
    }
}

fn free_port() -> Result<u16, SandboxError> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(SandboxError::io("find a free port on", Path::new("127.0.0.1")))
}

fn lost_port(log: &str) -> bool {
    log.contains("Address already in use") || log.contains("could not create any TCP/IP sockets")
}
