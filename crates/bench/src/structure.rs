//! The objects of the fixture as SQL: what is there before any role of the model is.

use crate::fixture::{Size, function_name, schema_name, sequence_name, table_name};
use std::io::{self, Write};

/// The role that owns everything; it is not in the model.
pub(crate) const OWNER: &str = "app_owner";

/// Writes a script that makes schemas, tables, sequences and functions in an empty database. Each schema is a
/// transaction of its own: all of them in one would run out of locks at ten times the size.
pub(crate) fn write(size: Size, to: &mut impl Write) -> io::Result<()> {
    writeln!(to, "\\set ON_ERROR_STOP 1")?;
    writeln!(to, "SET client_min_messages = warning;")?;
    writeln!(to, "CREATE ROLE {OWNER} NOLOGIN;")?;
    writeln!(to, "SELECT format('GRANT CREATE ON DATABASE %I TO {OWNER}', current_database()) \\gexec")?;
    writeln!(to, "SET ROLE {OWNER};")?;
    for schema in (0..size.schemas).map(schema_name) {
        writeln!(to, "BEGIN;")?;
        writeln!(to, "CREATE SCHEMA {schema};")?;
        for table in (0..Size::TABLES).map(table_name) {
            writeln!(
                to,
                "CREATE TABLE {schema}.{table} (id integer PRIMARY KEY, parent integer, at timestamptz);"
            )?;
        }
        for sequence in (0..Size::SEQUENCES).map(sequence_name) {
            writeln!(to, "CREATE SEQUENCE {schema}.{sequence};")?;
        }
        for function in (0..Size::FUNCTIONS).map(function_name) {
            writeln!(
                to,
                "CREATE FUNCTION {schema}.{function}(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';"
            )?;
        }
        writeln!(to, "COMMIT;")?;
    }
    writeln!(to, "RESET ROLE;")
}
