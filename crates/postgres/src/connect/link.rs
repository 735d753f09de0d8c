//! One connection, with its driver running beside it.

use crate::failure;
use engine::EngineError;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{AsyncMessage, Client, Connection, Row, Socket};

/// More notices than this from one connection are counted as lost, not kept.
const MOST_NOTICES: usize = 10_000;

/// An open connection. Dropping it ends the session; the server undoes what was not committed and frees its locks.
#[derive(Debug)]
pub(crate) struct Link {
    client: Client,
    heard: Arc<Mutex<Heard>>,
}

/// What the server said without being asked.
#[derive(Debug, Default)]
struct Heard {
    notices: Vec<DbError>,
    ended: Option<String>,
}

impl Link {
    /// Starts driving the connection on the runtime.
    pub(super) fn start<S>(client: Client, mut connection: Connection<Socket, S>) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let heard = Arc::new(Mutex::new(Heard::default()));
        let notebook = Arc::clone(&heard);
        tokio::spawn(async move {
            loop {
                let message = poll_fn(|context| connection.poll_message(context)).await;
                let mut heard = notebook.lock().unwrap_or_else(PoisonError::into_inner);
                match message {
                    Some(Ok(AsyncMessage::Notice(notice))) if heard.notices.len() < MOST_NOTICES => {
                        heard.notices.push(notice);
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => {
                        let answer = error.as_db_error().map(|answer| answer.message().to_owned());
                        heard.ended = Some(answer.unwrap_or_else(|| error.to_string()));
                        return;
                    }
                    None => return,
                }
            }
        });
        Self { client, heard }
    }

    /// Runs a query whose parameters' types are given: one round trip, and several at once share it.
    ///
    /// # Errors
    /// `RW205` naming the part of the catalogue, `RW206` if the connection is lost.
    pub(crate) async fn rows(
        &self,
        part: &str,
        sql: &str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<Row>, EngineError> {
        let answer = self.client.query_typed(sql, parameters).await;
        if let Err(error) = &answer
            && error.code() == Some(&SqlState::IN_FAILED_SQL_TRANSACTION)
        {
            // A query sent before this one has failed; whoever waits for both is to hear of that one.
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        answer.map_err(|error| failure::reading(&error, part))
    }

    /// Runs statements in the text protocol.
    ///
    /// # Errors
    /// The driver's.
    pub(crate) async fn batch(&self, sql: &str) -> Result<(), tokio_postgres::Error> {
        self.client.batch_execute(sql).await
    }

    /// Sends several statements at once and waits for all answers: one wait on the network instead of many. Inside a
    /// transaction, the ones behind a failed one do nothing.
    ///
    /// # Errors
    /// The number of the first that failed, with the driver's error.
    pub(crate) async fn at_once(&self, statements: &[&str]) -> Result<(), (usize, tokio_postgres::Error)> {
        let mut waiting: Vec<_> =
            statements.iter().map(|sql| (Box::pin(self.client.batch_execute(sql)), None)).collect();
        poll_fn(|context| {
            for (future, answer) in waiting.iter_mut().filter(|(_, answer)| answer.is_none()) {
                match future.as_mut().poll(context) {
                    Poll::Ready(said) => *answer = Some(said),
                    // The answers come in the order of the questions, but every question has to be asked.
                    Poll::Pending => {}
                }
            }
            if waiting.iter().all(|(_, answer)| answer.is_some()) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        let mut answers = waiting.into_iter().enumerate();
        answers
            .try_for_each(|(number, (_, answer))| answer.unwrap_or(Ok(())).map_err(|error| (number, error)))
    }

    /// The notices since the last call. Those of a statement are here when the statement has ended.
    pub(crate) fn take_notices(&self) -> Vec<DbError> {
        std::mem::take(&mut self.heard.lock().unwrap_or_else(PoisonError::into_inner).notices)
    }

    /// Why the connection ended, if it has.
    pub(crate) fn ended(&self) -> Option<String> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.ended.clone().or_else(|| self.client.is_closed().then(|| "it was closed".to_owned()))
    }
}
