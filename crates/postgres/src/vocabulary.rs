//! What the model language may say about PostgreSQL: every supported version's words together.

use crate::words::{attribute, kind, operation as op, variety};
use model::{Attribute, Boundary, Kind, KindWord, Operation, Variety, Vocabulary};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary {
    engine: "postgres",
    kinds: kinds(),
    flags: vec![
        attribute::SUPERUSER,
        attribute::CREATEROLE,
        attribute::CREATEDB,
        attribute::REPLICATION,
        attribute::BYPASSRLS,
        attribute::INHERIT,
    ],
    boundaries: boundaries(),
    longest_name: 63,
    reserved_roles: vec!["public", "none", "current_user", "current_role", "session_user"],
    reserved_prefixes: vec!["pg_"],
    managed_roles: MANAGED_ROLES.to_vec(),
    // The server's account, and so everything that it keeps.
    sovereign_roles: vec!["pg_execute_server_program", "pg_write_server_files"],
    type_aliases: TYPE_ALIASES.to_vec(),
});

/// The executor's roles (`executor-sql`), and those of the known hosts.
const MANAGED_ROLES: [(&str, &str); 20] = [
    ("rolewright", "the grantor behind what Rolewright grants"),
    ("rolewright_executor", "the login with which Rolewright applies plans"),
    ("rds_superuser", "made by Amazon RDS"),
    ("rds_replication", "made by Amazon RDS"),
    ("rds_password", "made by Amazon RDS"),
    ("rds_iam", "made by Amazon RDS"),
    ("rds_ad", "made by Amazon RDS"),
    ("rds_reserved", "made by Amazon RDS"),
    ("rds_extension", "made by Amazon RDS"),
    ("rdsadmin", "made by Amazon RDS"),
    ("rdsrepladmin", "made by Amazon RDS"),
    ("rdstopmgr", "made by Amazon RDS"),
    ("cloudsqladmin", "made by Google Cloud SQL"),
    ("cloudsqlagent", "made by Google Cloud SQL"),
    ("cloudsqliamuser", "made by Google Cloud SQL"),
    ("cloudsqliamserviceaccount", "made by Google Cloud SQL"),
    ("cloudsqlreplica", "made by Google Cloud SQL"),
    ("cloudsqlsuperuser", "made by Google Cloud SQL"),
    ("azure_pg_admin", "made by Azure"),
    ("azuresu", "made by Azure"),
];

/// Short spellings of types and what `format_type()` makes of them.
const TYPE_ALIASES: [(&str, &str); 25] = [
    // The operand that a prefix operator lacks.
    ("none", "NONE"),
    ("int", "integer"),
    ("int4", "integer"),
    ("int2", "smallint"),
    ("int8", "bigint"),
    ("serial", "integer"),
    ("bigserial", "bigint"),
    ("float", "double precision"),
    ("float4", "real"),
    ("float8", "double precision"),
    ("bool", "boolean"),
    ("decimal", "numeric"),
    ("dec", "numeric"),
    ("varchar", "character varying"),
    ("char", "character"),
    ("bpchar", "character"),
    ("nchar", "character"),
    ("varbit", "bit varying"),
    ("timestamp", "timestamp without time zone"),
    ("timestamptz", "timestamp with time zone"),
    ("time", "time without time zone"),
    ("timetz", "time with time zone"),
    ("char varying", "character varying"),
    ("national character", "character"),
    ("national character varying", "character varying"),
];

/// PostgreSQL's words, of versions 14 to 18.
#[must_use]
pub fn vocabulary() -> &'static Vocabulary {
    &VOCABULARY
}

const TABLE_OPERATIONS: [Operation; 8] =
    [op::SELECT, op::INSERT, op::UPDATE, op::DELETE, op::TRUNCATE, op::REFERENCES, op::TRIGGER, op::MAINTAIN];
const COLUMN_OPERATIONS: [Operation; 4] = [op::SELECT, op::INSERT, op::UPDATE, op::REFERENCES];

/// The operations that a version has on a kind (PostgreSQL documentation, "Privileges", table 5.2).
/// `version` is the major version.
#[must_use]
pub fn operations(of: &Kind, version: u32) -> Vec<Operation> {
    let all = match of.as_str() {
        "table" => TABLE_OPERATIONS.to_vec(),
        "column" => COLUMN_OPERATIONS.to_vec(),
        "sequence" => vec![op::SELECT, op::UPDATE, op::USAGE],
        "database" => vec![op::CREATE, op::CONNECT, op::TEMPORARY],
        "schema" => vec![op::CREATE, op::USAGE],
        "routine" => vec![op::EXECUTE],
        "type" | "language" | "foreign data wrapper" | "foreign server" => vec![op::USAGE],
        "large object" => vec![op::SELECT, op::UPDATE],
        "tablespace" => vec![op::CREATE],
        "parameter" if version >= 15 => vec![op::SET, op::ALTER_SYSTEM],
        _ => Vec::new(),
    };
    all.into_iter().filter(|operation| version >= 17 || *operation != op::MAINTAIN).collect()
}

const NEWEST: u32 = 18;

fn word(word: &'static str, of: Kind, parts: RangeInclusive<usize>) -> KindWord {
    let operations = operations(&of, NEWEST);
    KindWord {
        word,
        kind: of,
        varieties: Vec::new(),
        cluster_wide: false,
        parts,
        arguments: false,
        operations,
        column_operations: Vec::new(),
        future: false,
        owned: true,
    }
}

fn table(name: &'static str, varieties: Vec<Variety>) -> KindWord {
    KindWord {
        varieties,
        column_operations: COLUMN_OPERATIONS.to_vec(),
        future: name == "table",
        ..word(name, kind::TABLE, 2..=2)
    }
}

fn routine(name: &'static str, varieties: Vec<Variety>) -> KindWord {
    KindWord { varieties, arguments: true, future: name == "routine", ..word(name, kind::ROUTINE, 2..=2) }
}

fn kinds() -> Vec<KindWord> {
    vec![
        KindWord { cluster_wide: true, ..word("database", kind::DATABASE, 1..=1) },
        KindWord { future: true, ..word("schema", kind::SCHEMA, 1..=1) },
        table("table", vec![]),
        table("view", vec![variety::VIEW]),
        table("materialized view", vec![variety::MATERIALIZED_VIEW]),
        table("foreign table", vec![variety::FOREIGN_TABLE]),
        KindWord { future: true, ..word("sequence", kind::SEQUENCE, 2..=2) },
        routine("routine", vec![]),
        routine("function", vec![variety::FUNCTION, variety::AGGREGATE, variety::WINDOW_FUNCTION]),
        routine("procedure", vec![variety::PROCEDURE]),
        routine("aggregate", vec![variety::AGGREGATE]),
        KindWord { future: true, ..word("type", kind::TYPE, 2..=2) },
        KindWord { varieties: vec![variety::DOMAIN], ..word("domain", kind::TYPE, 2..=2) },
        word("language", kind::LANGUAGE, 1..=1),
        word("foreign data wrapper", kind::FOREIGN_DATA_WRAPPER, 1..=1),
        word("foreign server", kind::FOREIGN_SERVER, 1..=1),
        KindWord { future: true, ..word("large object", kind::LARGE_OBJECT, 1..=1) },
        KindWord { cluster_wide: true, ..word("tablespace", kind::TABLESPACE, 1..=1) },
        KindWord { cluster_wide: true, owned: false, ..word("parameter", kind::PARAMETER, 1..=2) },
        // Nothing is granted on these: they have an owner and no more. The last part of an operator class or family is its
        // access method.
        KindWord { arguments: true, ..word("operator", kind::OPERATOR, 2..=2) },
        word("operator class", kind::OPERATOR_CLASS, 3..=3),
        word("operator family", kind::OPERATOR_FAMILY, 3..=3),
        word("collation", kind::COLLATION, 2..=2),
        word("conversion", kind::CONVERSION, 2..=2),
        word("text search configuration", kind::TEXT_SEARCH_CONFIGURATION, 2..=2),
        word("text search dictionary", kind::TEXT_SEARCH_DICTIONARY, 2..=2),
        word("statistics", kind::STATISTICS, 2..=2),
        word("publication", kind::PUBLICATION, 1..=1),
        word("subscription", kind::SUBSCRIPTION, 1..=1),
        word("event trigger", kind::EVENT_TRIGGER, 1..=1),
    ]
}

fn boundaries() -> Vec<Boundary> {
    let reading = vec![
        (kind::DATABASE, vec![op::CONNECT]),
        (kind::SCHEMA, vec![op::USAGE]),
        (kind::TABLE, vec![op::SELECT]),
        (kind::COLUMN, vec![op::SELECT]),
        (kind::SEQUENCE, vec![op::SELECT]),
        (kind::ROUTINE, vec![op::EXECUTE]),
        (kind::TYPE, vec![op::USAGE]),
        (kind::LANGUAGE, vec![op::USAGE]),
        (kind::LARGE_OBJECT, vec![op::SELECT]),
    ];
    let writing = vec![
        (kind::DATABASE, vec![op::CONNECT, op::TEMPORARY]),
        (kind::SCHEMA, vec![op::USAGE]),
        (kind::TABLE, vec![op::SELECT, op::INSERT, op::UPDATE, op::DELETE]),
        (kind::COLUMN, vec![op::SELECT, op::INSERT, op::UPDATE]),
        (kind::SEQUENCE, vec![op::SELECT, op::UPDATE, op::USAGE]),
        (kind::ROUTINE, vec![op::EXECUTE]),
        (kind::TYPE, vec![op::USAGE]),
        (kind::LANGUAGE, vec![op::USAGE]),
        (kind::FOREIGN_SERVER, vec![op::USAGE]),
        (kind::LARGE_OBJECT, vec![op::SELECT, op::UPDATE]),
    ];
    let everything: Vec<(Kind, Vec<Operation>)> = [
        kind::DATABASE,
        kind::SCHEMA,
        kind::TABLE,
        kind::COLUMN,
        kind::SEQUENCE,
        kind::ROUTINE,
        kind::TYPE,
        kind::LANGUAGE,
        kind::FOREIGN_DATA_WRAPPER,
        kind::FOREIGN_SERVER,
        kind::LARGE_OBJECT,
        kind::TABLESPACE,
    ]
    .into_iter()
    .map(|of| (of.clone(), operations(&of, NEWEST)))
    .collect();
    let with_parameters =
        everything.iter().cloned().chain([(kind::PARAMETER, operations(&kind::PARAMETER, NEWEST))]).collect();
    vec![
        boundary("reader", "Looks at data and changes none.", reading.clone(), false, vec![]),
        boundary("writer", "Changes rows, never the shape of tables.", writing, false, vec![]),
        boundary("owner", "Owns objects and migrates them.", everything, true, vec![]),
        boundary(
            "admin",
            "Looks after the server and its roles.",
            with_parameters,
            true,
            vec![attribute::CREATEROLE, attribute::CREATEDB, attribute::REPLICATION],
        ),
        boundary("auditor", "Sees what is there and who may do what.", reading, false, vec![]),
    ]
}

fn boundary(
    name: &str,
    about: &str,
    operations: Vec<(Kind, Vec<Operation>)>,
    may_own: bool,
    flags: Vec<Attribute>,
) -> Boundary {
    Boundary { name: name.into(), about: about.into(), operations, may_own, flags }
}
