//! The driver's errors, said so that the reader can mend them. No message holds a password.

use engine::EngineError;
use tokio_postgres::error::{DbError, SqlState};

/// Where we were connecting to, for messages: `user@host:port/database`, without the password.
pub(crate) type Whereabouts = str;

/// A connection that could not be made.
pub(crate) fn connecting(error: &tokio_postgres::Error, to: &Whereabouts, hint: &str) -> EngineError {
    if let Some(answer) = error.as_db_error() {
        return refused(answer, to, hint);
    }
    let why = chain(error);
    if why.contains("password missing") {
        let help = format!("give the password in PGPASSWORD or in the password file{hint}");
        return EngineError::new("RW202", format!("{to} asks for a password and none was given"), help);
    }
    if why.contains("TLS") || why.contains("certificate") {
        let help = "check the certificate, sslrootcert and sslmode; sslmode=require encrypts without checking who answers";
        return EngineError::new("RW201", format!("no TLS connection to {to}: {why}"), help);
    }
    let help = "check the host and the port, that the server runs and listens there, and that no firewall is between";
    EngineError::new("RW201", format!("{to} does not answer: {why}"), help)
}

/// A connection that was not made in time.
pub(crate) fn timed_out(to: &Whereabouts, seconds: u64) -> EngineError {
    EngineError::new(
        "RW201",
        format!("{to} did not answer within {seconds} s"),
        "check the host and the port, that the server runs and listens there, and that no firewall is between; connect_timeout=SECONDS in the URL waits longer",
    )
}

fn refused(answer: &DbError, to: &Whereabouts, hint: &str) -> EngineError {
    let said = answer.message();
    let help = match *answer.code() {
        SqlState::INVALID_PASSWORD => {
            format!("check the user and the password; it is taken from the URL, PGPASSWORD or the password file, in this order{hint}")
        }
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            "check that the role exists and has LOGIN, and that pg_hba.conf admits it from here, with or without TLS".to_owned()
        }
        SqlState::INVALID_CATALOG_NAME => "check the database's name in the URL; psql -l lists them".to_owned(),
        SqlState::INSUFFICIENT_PRIVILEGE => "grant the login CONNECT on that database".to_owned(),
        SqlState::TOO_MANY_CONNECTIONS => {
            return EngineError::new("RW201", format!("{to} takes no more connections: {said}"), "end idle sessions, or raise max_connections or the role's connection limit");
        }
        SqlState::CANNOT_CONNECT_NOW => {
            return EngineError::new("RW201", format!("{to} does not take connections now: {said}"), "wait until the server has started");
        }
        _ => "see the server's log".to_owned(),
    };
    EngineError::new("RW202", format!("{to} refuses the login: {said}"), help)
}

/// A part of the catalogue that could not be read.
pub(crate) fn reading(error: &tokio_postgres::Error, part: &str) -> EngineError {
    let Some(answer) = error.as_db_error() else {
        return lost(error, &format!("reading {part}"));
    };
    if ended(answer) {
        return lost(error, &format!("reading {part}"));
    }
    let help = match *answer.code() {
        SqlState::INSUFFICIENT_PRIVILEGE => {
            "grant the login that right, or look as a role that has it; nothing is reported rather than a part of the truth"
        }
        SqlState::QUERY_CANCELED => "the statement was cancelled or ran out of time; look again",
        _ => "look again; if it stays, the catalogue is damaged or the server is not PostgreSQL",
    };
    EngineError::new(
        "RW205",
        format!("{part} cannot be read: {} (SQLSTATE {})", answer.message(), answer.code().code()),
        help,
    )
}

/// An answer that is not what the query asks for.
pub(crate) fn unreadable(part: &str, why: impl std::fmt::Display) -> EngineError {
    EngineError::new(
        "RW205",
        format!("{part} cannot be read: {why}"),
        "the server does not answer as PostgreSQL 14 to 18 does; check that the URL leads to one",
    )
}

/// A statement of a plan that failed. `statement` shows placeholders where secrets stood.
pub(crate) fn running(error: &tokio_postgres::Error, statement: &str) -> EngineError {
    match error.as_db_error() {
        Some(answer) if !ended(answer) => failed(answer, statement),
        _ => lost(error, "running a statement").at(statement),
    }
}

/// A statement that the server refused, or whose warning means that it did nothing.
pub(crate) fn failed(answer: &DbError, statement: &str) -> EngineError {
    let mut what = format!("{} (SQLSTATE {})", answer.message(), answer.code().code());
    if let Some(detail) = answer.detail() {
        what.push_str("; ");
        what.push_str(detail);
    }
    EngineError::new("RW210", what, advice(answer.hint(), answer.code())).at(statement)
}

/// What to do about a refused statement: the server's hint, as a part of a sentence, or ours. A hint to cascade is
/// not passed on: it would take away what nobody has decided to take.
fn advice(hint: Option<&str>, code: &SqlState) -> String {
    if let Some(hint) = hint.filter(|hint| !hint.contains("CASCADE")) {
        return hint.trim_end().trim_end_matches('.').to_owned();
    }
    let help = match *code {
        SqlState::LOCK_NOT_AVAILABLE => {
            "another session holds the object; see pg_locks, end it or try again when it is idle"
        }
        SqlState::INSUFFICIENT_PRIVILEGE => {
            "run it as a role that has the right; `rolewright executor-sql` prints how"
        }
        SqlState::READ_ONLY_SQL_TRANSACTION => {
            "the database or the login begins its transactions read-only (default_transaction_read_only), or the server has \
             become a standby; take that setting away, or connect to the primary"
        }
        SqlState::DEPENDENT_OBJECTS_STILL_EXIST => {
            "something else depends on this; take that away first or put it into the model, then plan again"
        }
        _ => "look at the statement and at the server's log, then plan again",
    };
    help.to_owned()
}

/// A connection that ended under us.
pub(crate) fn lost(error: &tokio_postgres::Error, doing: &str) -> EngineError {
    let why = error.as_db_error().map_or_else(|| chain(error), |answer| answer.message().to_owned());
    lost_because(doing, &why)
}

/// The same, with the reason in words.
pub(crate) fn lost_because(doing: &str, why: &str) -> EngineError {
    EngineError::new(
        "RW206",
        format!("the connection was lost while {doing}: {why}"),
        "what had not been committed is undone; check the server, then plan again",
    )
}

/// True if the server has ended the session with this answer (class 57P, operator intervention).
fn ended(answer: &DbError) -> bool {
    answer.severity() == "FATAL" || answer.severity() == "PANIC" || answer.code().code().starts_with("57P")
}

/// An error with its causes, each once.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_of_the_server_joins_a_sentence_and_never_says_cascade() {
        let code = &SqlState::DEPENDENT_OBJECTS_STILL_EXIST;
        assert_eq!(advice(Some("Wait a while."), code), "Wait a while");
        let ours = advice(Some("Use CASCADE to revoke them too."), code);
        assert_eq!(ours, advice(None, code));
        assert!(ours.starts_with("something else depends on this"), "{ours}");
    }
}
