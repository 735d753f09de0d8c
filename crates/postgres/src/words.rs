//! PostgreSQL's words, once: the kinds, varieties, operations and attributes that facts carry.

use model::{Attribute, Kind, Operation, Variety};

macro_rules! words {
    ($type:ident: $($name:ident = $text:literal),+ $(,)?) => {
        $(#[doc = concat!("`", $text, "`")] pub const $name: $type = $type::known($text);)+
    };
}

/// Kinds that have an ACL, and those that only have an owner.
pub mod kind {
    use super::*;
    words!(Kind:
        DATABASE = "database", SCHEMA = "schema", TABLE = "table", COLUMN = "column", SEQUENCE = "sequence",
        ROUTINE = "routine", TYPE = "type", LANGUAGE = "language", FOREIGN_DATA_WRAPPER = "foreign data wrapper",
        FOREIGN_SERVER = "foreign server", LARGE_OBJECT = "large object", TABLESPACE = "tablespace",
        PARAMETER = "parameter",
        OPERATOR = "operator", OPERATOR_CLASS = "operator class", OPERATOR_FAMILY = "operator family",
        COLLATION = "collation", CONVERSION = "conversion", TEXT_SEARCH_CONFIGURATION = "text search configuration",
        TEXT_SEARCH_DICTIONARY = "text search dictionary", STATISTICS = "statistics", PUBLICATION = "publication",
        SUBSCRIPTION = "subscription", EVENT_TRIGGER = "event trigger", EXTENSION = "extension",
    );
}

/// What an object is within its kind.
pub mod variety {
    use super::*;
    words!(Variety:
        TABLE = "table", PARTITIONED_TABLE = "partitioned table", VIEW = "view",
        MATERIALIZED_VIEW = "materialized view", FOREIGN_TABLE = "foreign table",
        FUNCTION = "function", PROCEDURE = "procedure", AGGREGATE = "aggregate", WINDOW_FUNCTION = "window function",
        BASE_TYPE = "base type", ENUM = "enum", COMPOSITE_TYPE = "composite type", RANGE_TYPE = "range type",
        MULTIRANGE_TYPE = "multirange type", DOMAIN = "domain",
        PLAIN = "plain", WIDE_PUBLICATION = "publication of more than single tables",
    );
}

/// What can be granted.
pub mod operation {
    use super::*;
    words!(Operation:
        SELECT = "select", INSERT = "insert", UPDATE = "update", DELETE = "delete", TRUNCATE = "truncate",
        REFERENCES = "references", TRIGGER = "trigger", MAINTAIN = "maintain", USAGE = "usage", CREATE = "create",
        CONNECT = "connect", TEMPORARY = "temporary", EXECUTE = "execute", SET = "set", ALTER_SYSTEM = "alter system",
    );
    /// Not an operation: the model's word for all that the version has.
    pub const ALL: Operation = Operation::known("all");
}

/// Attributes of roles.
pub mod attribute {
    use super::*;
    words!(Attribute:
        SUPERUSER = "superuser", INHERIT = "inherit", CREATEROLE = "createrole", CREATEDB = "createdb",
        LOGIN = "login", REPLICATION = "replication", BYPASSRLS = "bypassrls",
        CONNECTION_LIMIT = "connection limit", VALID_UNTIL = "valid until",
    );
}
