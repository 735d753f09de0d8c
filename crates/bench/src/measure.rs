//! Timing whole processes, from their start to their end, as a user waits for them.

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// One contestant: a command, and what it answers when it has done its task.
#[derive(Debug, Clone)]
pub(crate) struct Contestant {
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
}

/// Why a contestant has no time.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// What was run, as one would type it.
    pub(crate) command: String,
    /// How it ended.
    pub(crate) status: String,
    /// The first lines of what it said.
    pub(crate) said: String,
}

/// The times of one contestant at one task.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Contestant {
    /// Runs it once; the time from start to end if it exits 0. What it prints is thrown away.
    pub(crate) fn run(&self) -> Result<Duration, Failure> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        let (elapsed, _) = timed(&mut command, &self.typed())?;
        Ok(elapsed)
    }

    /// Runs it once under GNU time; its peak resident memory in KiB, `None` where GNU time is not installed.
    pub(crate) fn peak_memory(&self) -> Result<Option<u64>, Failure> {
        let gnu = Path::new("/usr/bin/time");
        if !gnu.is_file() {
            return Ok(None);
        }
        let mut command = Command::new(gnu);
        command.args(["-q", "-f", "peak %M"]).arg(&self.program).args(&self.arguments);
        let (_, said) = timed(&mut command, &self.typed())?;
        Ok(said.lines().rev().find_map(|line| line.strip_prefix("peak ")?.trim().parse().ok()))
    }

    fn typed(&self) -> String {
        let program = Path::new(&self.program).file_name().map(|name| name.to_string_lossy().into_owned());
        let mut words = vec![program.unwrap_or_default()];
        words.extend(self.arguments.iter().cloned());
        words.join(" ")
    }
}

/// The time that the command took and what it wrote to standard error.
fn timed(command: &mut Command, typed: &str) -> Result<(Duration, String), Failure> {
    // The contestants must not be sped up, slowed down or sent elsewhere by the caller's settings.
    for (key, _) in std::env::vars_os() {
        if key.as_encoded_bytes().starts_with(b"PG") {
            command.env_remove(key);
        }
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let begun = Instant::now();
    let ended = command.spawn().and_then(std::process::Child::wait_with_output);
    let elapsed = begun.elapsed();
    let failure = |status: String, said: &str| Failure {
        command: typed.to_owned(),
        status,
        said: said.lines().filter(|line| !line.starts_with("peak ")).take(8).collect::<Vec<_>>().join("\n"),
    };
    let output = ended.map_err(|error| failure(error.to_string(), ""))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok((elapsed, said)) } else { Err(failure(output.status.to_string(), &said)) }
}

impl Times {
    pub(crate) fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The middle one; of an even number, the mean of the middle two. `None` if there is none.
    pub(crate) fn median(&self) -> Option<Duration> {
        let mut sorted = self.0.clone();
        sorted.sort();
        let upper = *sorted.get(sorted.len() / 2)?;
        let lower = *sorted.get(sorted.len().checked_sub(1)? / 2)?;
        Some((lower + upper) / 2)
    }
}

impl fmt::Display for Times {
    /// Median (fastest–slowest).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.median(), self.0.iter().min(), self.0.iter().max()) {
            (Some(median), Some(min), Some(max)) => {
                write!(f, "{} ({}–{})", human(median), human(*min), human(*max))
            }
            _ => f.write_str("not measured"),
        }
    }
}

/// `12.3 ms`, `456 ms`, `7.89 s`: three digits, since more would pretend.
pub(crate) fn human(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds * 1000.0 {
        ms if ms < 99.95 => format!("{ms:.1} ms"),
        ms if ms < 999.5 => format!("{ms:.0} ms"),
        _ if seconds < 9.995 => format!("{seconds:.2} s"),
        _ => format!("{seconds:.1} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(ms: &[u64]) -> Times {
        Times(ms.iter().map(|ms| Duration::from_millis(*ms)).collect())
    }

    #[test]
    fn the_median_is_the_middle_of_what_was_measured() {
        assert_eq!(times(&[]).median(), None);
        assert_eq!(times(&[30, 10, 20]).median(), Some(Duration::from_millis(20)));
        assert_eq!(times(&[40, 10, 20, 30]).median(), Some(Duration::from_millis(25)));
        assert_eq!(times(&[30, 10, 250]).to_string(), "30.0 ms (10.0 ms–250 ms)");
    }

    #[test]
    fn a_command_that_fails_is_a_failure_with_its_words() {
        let contestant = Contestant {
            program: "/bin/sh".into(),
            arguments: vec!["-c".into(), "echo no >&2; exit 3".into()],
        };
        let failure = contestant.run().unwrap_err();
        assert_eq!(failure.said, "no");
        assert!(failure.status.contains('3'), "{}", failure.status);
    }
}
