//! Whom somebody trusts: [tlog-policy](https://c2sp.org/tlog-policy), with three lines of our own.
//!
//! ```text
//! log example.com/log+7b3e…
//! witness w1 w1.example.com+…
//! witness w2 w2.example.com+…
//! group both 2 w1 w2
//! quorum both
//! valid example.com/log+7b3e… 2026-01-01T00:00:00Z 2027-01-01T00:00:00Z
//! max-age 26h
//! node node-1+…
//! ```
//!
//! `valid` says from when until when a log's key counts, `max-age` how old the last head may be, and `node` whose entries are in the log.

use crate::{Algorithm, Checkpoint, Note, NoteError, VerifierKey};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// As many lines as a policy may have.
const MOST: usize = 10_000;

/// Whom somebody trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Log>,
    witnesses: Vec<VerifierKey>,
    quorum: Quorum,
    /// How old, in seconds, the last head may be.
    pub max_age: Option<u64>,
    /// The nodes that write entries; nobody is asked about where none is named.
    pub nodes: Vec<VerifierKey>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Log {
    key: VerifierKey,
    /// From when until before when it counts, in seconds since 1970.
    valid: Option<(u64, u64)>,
}

/// Who has to have seen a head.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Quorum {
    /// Nobody.
    Nobody,
    /// One witness, by its place in the list.
    Witness(usize),
    /// So many of these.
    Of(usize, Vec<Quorum>),
}

/// Why a text is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the policy: {what}")]
pub struct PolicyError {
    /// Which line, from 1; 0 for the whole.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

/// Why a head is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// It is not signed as it should be.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// It is no head.
    #[error("{0}")]
    Form(String),
    /// No log that is trusted signed it under its own name.
    #[error("no log that the policy trusts signed this head of {0}")]
    NoLog(String),
    /// The key was not valid then.
    #[error("the key of {log} is not valid at {at}")]
    Invalid {
        /// The log.
        log: String,
        /// When the head was made.
        at: String,
    },
    /// Too few witnesses saw it.
    #[error("too few witnesses have seen the head: {}", seen(.0))]
    NoQuorum(Vec<String>),
    /// It is too old.
    #[error("the last head is {age} seconds old, and may be {most}")]
    Stale {
        /// How old it is.
        age: u64,
        /// How old it may be.
        most: u64,
    },
    /// It is of a time that has not come.
    #[error("the head is {0} seconds ahead of the clock")]
    Ahead(u64),
}

fn seen(names: &[String]) -> String {
    if names.is_empty() { "none of those that count".to_owned() } else { names.join(", ") }
}

/// How far clocks may be apart, in seconds.
const SKEW: u64 = 300;

/// A head that is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Believed {
    /// The head.
    pub head: Checkpoint,
    /// The key of the log.
    pub log: VerifierKey,
    /// The witnesses that have seen it, and when, in seconds since 1970.
    pub seen_by: Vec<(String, u64)>,
}

impl Policy {
    /// Whether a head is believed. `made` is when the log says that it was made, and `now` what time it is: seconds since 1970. Where witnesses
    /// are needed, the head is as old as the quorum says; the log alone could say anything.
    ///
    /// # Errors
    /// The first reason not to believe it.
    pub fn believes(&self, note: &Note, made: u64, now: u64) -> Result<Believed, Distrust> {
        let head: Checkpoint = note.text().parse().map_err(|error| Distrust::Form(format!("{error}")))?;
        let logs: Vec<&Log> = self.logs.iter().filter(|log| log.key.name() == head.origin).collect();
        if logs.is_empty() {
            return Err(Distrust::NoLog(head.origin));
        }
        let signed = note.signed_by(logs.iter().map(|log| &log.key))?;
        let witnesses = match note.signed_by(&self.witnesses) {
            Ok(signed) => signed,
            Err(NoteError::Unknown(_)) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let times: Vec<Option<u64>> = self
            .witnesses
            .iter()
            .map(|key| witnesses.iter().find(|signed| signed.by == key).and_then(|signed| signed.at))
            .collect();
        let names = || witnesses.iter().map(|signed| signed.by.name().to_owned());
        let quorum = self.quorum.reached(&times).ok_or_else(|| Distrust::NoQuorum(names().collect()))?;
        // `None`: nobody else is asked, so there is only the log's own word.
        let at = quorum.unwrap_or(made);
        let valid = |log: &&&Log| log.valid.is_none_or(|(from, until)| from <= at && at < until);
        let of_signer = |log: &&&Log| signed.iter().any(|signed| *signed.by == log.key);
        let Some(log) = logs.iter().filter(of_signer).find(valid) else {
            let at = i64::try_from(at).ok().and_then(|at| Timestamp::from_second(at).ok());
            let at = at.map_or_else(|| "no time".to_owned(), |at| at.to_string());
            return Err(Distrust::Invalid { log: head.origin, at });
        };
        if at > now.saturating_add(SKEW) {
            return Err(Distrust::Ahead(at - now));
        }
        let age = now.saturating_sub(at);
        if let Some(most) = self.max_age.filter(|most| age > *most) {
            return Err(Distrust::Stale { age, most });
        }
        let seen_by = witnesses.iter().filter_map(|signed| Some((signed.by.name().to_owned(), signed.at?)));
        Ok(Believed { head, log: log.key.clone(), seen_by: seen_by.collect() })
    }
}

impl Quorum {
    /// Since when the quorum has been there: the moment at which the last one needed saw it. `None` if it is not, `Some(None)` if it needs nobody.
    fn reached(&self, times: &[Option<u64>]) -> Option<Option<u64>> {
        match self {
            Quorum::Nobody => Some(None),
            Quorum::Witness(at) => times.get(*at).copied().flatten().map(Some),
            Quorum::Of(enough, members) => {
                let mut reached: Vec<u64> =
                    members.iter().filter_map(|member| member.reached(times)).flatten().collect();
                reached.sort_unstable_by(|one, other| other.cmp(one));
                enough.checked_sub(1).and_then(|last| reached.get(last)).copied().map(Some)
            }
        }
    }
}

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        let mut reading = Reading::default();
        for (at, line) in text.split('\n').enumerate() {
            let line_number = at + 1;
            let fail = |what: String| PolicyError { line: line_number, what };
            if line_number > MOST {
                return Err(fail("it is too long".to_owned()));
            }
            if line.bytes().any(|byte| byte < b' ' && byte != b'\t') {
                return Err(fail("it has a control character in it".to_owned()));
            }
            let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
            match words.split_first() {
                None => {}
                Some((first, _)) if first.starts_with('#') => {}
                Some((first, rest)) => reading.line(first, rest).map_err(fail)?,
            }
        }
        reading.done().map_err(|what| PolicyError { line: 0, what })
    }
}

#[derive(Default)]
struct Reading {
    logs: Vec<Log>,
    witnesses: Vec<VerifierKey>,
    names: BTreeMap<String, Quorum>,
    /// Each name is a member of one group at most, so that a witness counts once.
    used: BTreeSet<String>,
    quorum: Option<Quorum>,
    max_age: Option<u64>,
    nodes: Vec<VerifierKey>,
}

impl Reading {
    fn line(&mut self, word: &str, rest: &[&str]) -> Result<(), String> {
        match (word, rest) {
            ("log", [key] | [key, _]) => {
                let key = signer(key, Algorithm::Ed25519)?;
                if self.logs.iter().any(|log| log.key.public() == key.public()) {
                    return Err("this log's key stands there already".to_owned());
                }
                self.logs.push(Log { key, valid: None });
                Ok(())
            }
            ("witness", [name, key] | [name, key, _]) => {
                let key = signer(key, Algorithm::Cosignature)?;
                if self.witnesses.iter().any(|witness| witness.public() == key.public()) {
                    return Err("this witness's key stands there already".to_owned());
                }
                self.name(name, Quorum::Witness(self.witnesses.len()))?;
                self.witnesses.push(key);
                Ok(())
            }
            ("group", [name, enough, members @ ..]) => {
                let group = self.group(enough, members)?;
                self.name(name, group)
            }
            ("quorum", [name]) if self.quorum.is_none() => {
                self.quorum = Some(match *name {
                    "none" => Quorum::Nobody,
                    name => self.names.get(name).cloned().ok_or_else(|| unknown(name))?,
                });
                Ok(())
            }
            ("quorum", [_]) => Err("there is a quorum already".to_owned()),
            ("valid", [key, from, until]) => self.valid(key, from, until),
            ("max-age", [age]) => {
                self.max_age = Some(
                    seconds(age).ok_or_else(|| format!("{age:?} is no time: write 90s, 30m, 26h or 7d"))?,
                );
                Ok(())
            }
            ("node", [key]) => {
                self.nodes.push(signer(key, Algorithm::Ed25519)?);
                Ok(())
            }
            _ => Err(format!("{word:?} with {} words behind it is no line of a policy", rest.len())),
        }
    }

    fn group(&mut self, enough: &str, members: &[&str]) -> Result<Quorum, String> {
        let enough = match enough {
            "any" => 1,
            "all" => members.len(),
            number => {
                number.parse().map_err(|_| format!("{number:?} is neither a number nor `any` nor `all`"))?
            }
        };
        if enough == 0 || enough > members.len() {
            return Err(format!("{enough} of {} cannot be", members.len()));
        }
        let mut of = Vec::new();
        for name in members {
            if !self.used.insert((*name).to_owned()) {
                return Err(format!("{name} is in a group already, and would count twice"));
            }
            of.push(self.names.get(*name).cloned().ok_or_else(|| unknown(name))?);
        }
        Ok(Quorum::Of(enough, of))
    }

    fn name(&mut self, name: &str, what: Quorum) -> Result<(), String> {
        if name == "none" || self.names.contains_key(name) {
            return Err(format!("the name {name} is taken"));
        }
        self.names.insert(name.to_owned(), what);
        Ok(())
    }

    fn valid(&mut self, key: &str, from: &str, until: &str) -> Result<(), String> {
        let key = signer(key, Algorithm::Ed25519)?;
        let at = |text: &str| {
            let second = text.parse::<Timestamp>().ok().and_then(|at| u64::try_from(at.as_second()).ok());
            second.ok_or_else(|| format!("{text:?} is no instant: write 2026-01-01T00:00:00Z"))
        };
        let (from, until) = (at(from)?, at(until)?);
        if from >= until {
            return Err("it ends before it begins".to_owned());
        }
        let log = self.logs.iter_mut().find(|log| log.key == key);
        log.ok_or("no log above it has this key")?.valid = Some((from, until));
        Ok(())
    }

    fn done(self) -> Result<Policy, String> {
        let Self { logs, witnesses, quorum, max_age, nodes, .. } = self;
        let quorum = quorum.ok_or("it has no quorum: write `quorum none` where no witness is needed")?;
        Ok(Policy { logs, witnesses, quorum, max_age, nodes })
    }
}

fn signer(text: &str, algorithm: Algorithm) -> Result<VerifierKey, String> {
    let key: VerifierKey = text.parse().map_err(|error| format!("{error}"))?;
    if key.algorithm() == algorithm {
        return Ok(key);
    }
    Err(format!("the key of {} makes another kind of signature than this line needs", key.name()))
}

fn unknown(name: &str) -> String {
    format!("no line above it has the name {name}")
}

/// `90s`, `30m`, `26h`, `7d`.
fn seconds(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let each = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    crate::checkpoint::number(number)?.checked_mul(each)
}
