//! From rows to values.

use crate::connect::Link;
use crate::failure;
use engine::EngineError;
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

/// A value of a row by its place in the query.
pub(super) fn take<'a, T: FromSql<'a>>(part: &str, row: &'a Row, at: usize) -> Result<T, EngineError> {
    row.try_get(at).map_err(|error| failure::unreadable(part, error))
}

/// A value of the server's one-byte type, such as `relkind`.
pub(super) fn letter(part: &str, row: &Row, at: usize) -> Result<char, EngineError> {
    let byte: i8 = take(part, row, at)?;
    Ok(char::from(byte.cast_unsigned()))
}

/// A name, which is never empty.
pub(super) fn name<T>(part: &str, text: &str) -> Result<T, EngineError>
where
    T: for<'a> TryFrom<&'a str, Error = model::NameError>,
{
    T::try_from(text).map_err(|error| failure::unreadable(part, error))
}

/// Begins the one transaction in which a database is read.
pub(super) async fn begin(link: &Link) -> Result<(), EngineError> {
    link.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await
        .map_err(|error| failure::reading(&error, "the snapshot"))
}

/// Ends it.
pub(super) async fn end(link: &Link) -> Result<(), EngineError> {
    link.batch("COMMIT").await.map_err(|error| failure::reading(&error, "the snapshot"))
}

/// `name=value`, as options and settings are stored.
pub(super) fn pair(text: &str) -> Option<(&str, &str)> {
    text.split_once('=').filter(|(name, _)| !name.is_empty())
}
