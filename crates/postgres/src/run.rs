//! Carrying out one phase of an approved plan, exactly.

use crate::connect::Link;
use crate::lock::Lock;
use crate::{failure, quote};
use engine::{EngineError, Outcome};
use model::{Part, Phase, RoleName, Secret, Statement};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio_postgres::error::{DbError, SqlState};
use zeroize::Zeroizing;

/// How long a statement waits for an object that somebody uses, before the phase is undone and begun again: longer waits
/// would make everybody else queue behind us.
const LOCK_TIMEOUT: &str = "2s";

/// How often a phase is begun again.
const MOST_RETRIES: u32 = 5;

/// The wait before the first of them; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// How many statements are sent at once. Waiting for each answer would take as long again as the work.
const AT_ONCE: usize = 64;

/// What a phase is run with.
pub(crate) struct Running<'a> {
    /// A fresh connection to the phase's database.
    pub(crate) link: &'a Link,
    /// The lock, which must be held until the end.
    pub(crate) lock: &'a Lock,
    /// What stands in for placeholders.
    pub(crate) verifiers: &'a BTreeMap<RoleName, Secret>,
}

/// Why an attempt failed.
enum Failed {
    /// Another session was in the way; the same may succeed a moment later.
    InTheWay(EngineError),
    /// It fails again whenever it is tried.
    ForGood(EngineError),
    /// The server only warned that it did not do one of several statements sent at once. One by one shows which.
    Unclear,
}

/// How the statements of a transaction are sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// Many at once.
    Quick,
    /// Each when the one before has been answered.
    OneByOne,
}

/// Runs a phase: an atomic one in one transaction, any other statement by statement up to the first that fails.
///
/// # Errors
/// `RW210` with the statement that failed, `RW206` if a connection was lost. Of an atomic phase nothing is left then,
/// except where the connection was lost while committing: the message says so.
pub(crate) async fn phase(
    running: Running<'_>,
    phase: &Phase,
    progress: &mut (dyn FnMut(usize) + Send),
) -> Result<Outcome, EngineError> {
    if phase.atomic {
        let mut patience = Patience::new();
        let mut pace = Pace::Quick;
        loop {
            let mut outcome = Outcome { retries: patience.retries, ..Outcome::default() };
            match running.whole(phase, pace, &mut outcome, progress).await {
                Ok(()) => return Ok(outcome),
                Err(Failed::Unclear) => pace = Pace::OneByOne,
                Err(failed) => patience.after(failed).await?,
            }
        }
    }
    running.one_by_one(phase, progress).await
}

/// How often and how long to wait for others.
struct Patience {
    pause: Duration,
    retries: u32,
}

impl Patience {
    fn new() -> Self {
        Self { pause: FIRST_PAUSE, retries: 0 }
    }

    /// Waits, if another session was in the way and there is patience left; else gives up with the error.
    async fn after(&mut self, failed: Failed) -> Result<(), EngineError> {
        match failed {
            Failed::InTheWay(_) if self.retries < MOST_RETRIES => {
                self.retries += 1;
                tokio::time::sleep(self.pause).await;
                self.pause *= 2;
                Ok(())
            }
            Failed::InTheWay(error) => {
                let what = format!("{}; tried {} times", error.what, self.retries + 1);
                Err(EngineError { what, ..error })
            }
            Failed::ForGood(error) => Err(error),
            Failed::Unclear => Ok(()),
        }
    }
}

impl Running<'_> {
    /// Each statement for itself, up to the first that fails.
    async fn one_by_one(
        &self,
        phase: &Phase,
        progress: &mut (dyn FnMut(usize) + Send),
    ) -> Result<Outcome, EngineError> {
        let mut outcome = Outcome::default();
        let timeout = format!("SET lock_timeout = '{LOCK_TIMEOUT}'");
        self.link.batch(&timeout).await.map_err(|error| failure::running(&error, &timeout))?;
        for (done, step) in phase.steps.iter().enumerate() {
            for statement in &step.statements {
                let mut patience = Patience::new();
                self.lock.check().await?;
                while let Err(failed) = self.statement(statement, &mut outcome).await {
                    patience.after(failed).await?;
                    outcome.retries += 1;
                }
            }
            progress(done + 1);
        }
        Ok(outcome)
    }

    /// The whole phase in one transaction.
    async fn whole(
        &self,
        phase: &Phase,
        pace: Pace,
        outcome: &mut Outcome,
        progress: &mut (dyn FnMut(usize) + Send),
    ) -> Result<(), Failed> {
        let result = self.transaction(phase, pace, outcome, progress).await;
        if result.is_err() && self.link.ended().is_none() {
            // If even this fails, the connection is gone, and the server rolls back by itself.
            let _ = self.link.batch("ROLLBACK").await;
        }
        result
    }

    async fn transaction(
        &self,
        phase: &Phase,
        pace: Pace,
        outcome: &mut Outcome,
        progress: &mut (dyn FnMut(usize) + Send),
    ) -> Result<(), Failed> {
        let begin = format!("BEGIN; SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'");
        self.link.batch(&begin).await.map_err(|error| sorted(&error, &begin))?;
        match pace {
            Pace::Quick => self.quickly(phase, outcome, progress).await?,
            Pace::OneByOne => {
                for (done, step) in phase.steps.iter().enumerate() {
                    for statement in &step.statements {
                        self.statement(statement, outcome).await?;
                    }
                    progress(done + 1);
                }
            }
        }
        // Without the lock somebody else may be changing the same: better nothing than a mixture.
        self.lock.check().await.map_err(Failed::ForGood)?;
        self.link.batch("COMMIT").await.map_err(|error| match sorted(&error, "COMMIT") {
            Failed::ForGood(error) if error.code == "RW206" => Failed::ForGood(EngineError {
                what: format!(
                    "{}; the phase was being committed, and whether it was is not known",
                    error.what
                ),
                help: "plan again: the new plan shows what is left to do".to_owned(),
                ..error
            }),
            other => other,
        })?;
        self.notices("COMMIT", outcome)
    }

    /// Every statement, many at once.
    async fn quickly(
        &self,
        phase: &Phase,
        outcome: &mut Outcome,
        progress: &mut (dyn FnMut(usize) + Send),
    ) -> Result<(), Failed> {
        let all: Vec<(usize, &Statement)> = phase
            .steps
            .iter()
            .enumerate()
            .flat_map(|(number, step)| step.statements.iter().map(move |statement| (number, statement)))
            .collect();
        for some in all.chunks(AT_ONCE) {
            let texts = some
                .iter()
                .map(|(_, statement)| {
                    self.text(statement).map_err(|error| Failed::ForGood(error.at(statement.to_string())))
                })
                .collect::<Result<Vec<_>, _>>()?;
            let texts: Vec<&str> = texts.iter().map(|text| text.as_str()).collect();
            if let Err((number, error)) = self.link.at_once(&texts).await {
                let shown = some.get(number).map(|(_, statement)| statement.to_string()).unwrap_or_default();
                return Err(sorted(&error, &shown));
            }
            outcome.statements += some.len();
            for notice in self.link.take_notices() {
                if means_nothing_was_done(&notice) {
                    return Err(Failed::Unclear);
                }
                outcome.notices.push(format!("{}: {}", notice.severity(), notice.message()));
            }
            // A step is done when its last statement is: the last of these may go on.
            progress(some.last().map_or(0, |(number, _)| *number));
        }
        progress(phase.steps.len());
        Ok(())
    }

    async fn statement(&self, statement: &Statement, outcome: &mut Outcome) -> Result<(), Failed> {
        let shown = statement.to_string();
        let text = self.text(statement).map_err(|error| Failed::ForGood(error.at(&shown)))?;
        self.link.batch(&text).await.map_err(|error| sorted(&error, &shown))?;
        outcome.statements += 1;
        self.notices(&shown, outcome)
    }

    /// The text as it is run, secrets included; it is overwritten when dropped and shown to nobody.
    fn text(&self, statement: &Statement) -> Result<Zeroizing<String>, EngineError> {
        let mut text = Zeroizing::new(String::new());
        for part in statement.parts() {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Secret(secret) => text.push_str(&Zeroizing::new(quote::literal(secret.expose()))),
                Part::VerifierOf(role) => {
                    let verifier = self.verifiers.get(role).ok_or_else(|| {
                        let help = "set the variable or the file that the model names for its password";
                        EngineError::new("RW211", format!("no password was given for role {role}"), help)
                    })?;
                    text.push_str(&Zeroizing::new(quote::literal(verifier.expose())));
                }
            }
        }
        Ok(text)
    }

    /// Sorts what the server said meanwhile: a warning that means that nothing was done is a failure.
    fn notices(&self, statement: &str, outcome: &mut Outcome) -> Result<(), Failed> {
        for notice in self.link.take_notices() {
            if means_nothing_was_done(&notice) {
                let mut error = failure::failed(&notice, statement);
                error.what = format!("the server only warned that it did not do it: {}", error.what);
                error.help = "a right is missing, or another role granted it: run as the grantor, or see `rolewright executor-sql`".to_owned();
                return Err(Failed::ForGood(error));
            }
            outcome.notices.push(format!("{}: {}", notice.severity(), notice.message()));
        }
        Ok(())
    }
}

/// True for the warnings with which GRANT and REVOKE succeed without effect: privilege not granted (01007), not revoked
/// (01006), and the plain warning about a membership that another role granted (01000), which is told from a warning of
/// somebody's event trigger by the place in the server that it comes from.
fn means_nothing_was_done(notice: &DbError) -> bool {
    let warning = notice.parsed_severity() == Some(tokio_postgres::error::Severity::Warning);
    let raised_by_a_trigger = notice.routine() == Some("exec_stmt_raise");
    warning
        && match *notice.code() {
            SqlState::WARNING_PRIVILEGE_NOT_GRANTED | SqlState::WARNING_PRIVILEGE_NOT_REVOKED => true,
            SqlState::WARNING => !raised_by_a_trigger,
            _ => false,
        }
}

fn sorted(error: &tokio_postgres::Error, statement: &str) -> Failed {
    let explained = failure::running(error, statement);
    if error.as_db_error().is_some_and(in_the_way) {
        Failed::InTheWay(explained)
    } else {
        Failed::ForGood(explained)
    }
}

/// True if another session caused the failure and the same may succeed later. Two sessions that change one object's ACL
/// get no code of their own but an internal error; its message may be translated, the routine's name is not.
fn in_the_way(answer: &DbError) -> bool {
    match *answer.code() {
        SqlState::LOCK_NOT_AVAILABLE
        | SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED => true,
        SqlState::INTERNAL_ERROR => {
            answer.message().starts_with("tuple concurrently")
                || matches!(answer.routine(), Some("simple_heap_update" | "simple_heap_delete"))
        }
        _ => false,
    }
}
