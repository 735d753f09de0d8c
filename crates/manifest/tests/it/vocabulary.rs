//! The words of a small engine, enough for every rule of the language.

use model::{Attribute, Boundary, Kind, KindWord, Operation, Variety, Vocabulary};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

static WORDS: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary {
    engine: "postgres",
    kinds: kinds(),
    flags: ["superuser", "createrole", "createdb", "bypassrls", "inherit"].map(Attribute::known).to_vec(),
    boundaries: boundaries(),
    longest_name: 63,
    reserved_roles: vec!["public", "none", "current_user"],
    reserved_prefixes: vec!["pg_"],
    managed_roles: vec![],
    sovereign_roles: vec![],
    type_aliases: vec![
        ("int", "integer"),
        ("varchar", "character varying"),
        ("timestamptz", "timestamp with time zone"),
    ],
});

pub(crate) fn words() -> &'static Vocabulary {
    &WORDS
}

fn operations(words: &[&'static str]) -> Vec<Operation> {
    words.iter().map(|word| Operation::known(word)).collect()
}

fn word(
    word: &'static str,
    kind: &'static str,
    parts: RangeInclusive<usize>,
    can: &[&'static str],
) -> KindWord {
    KindWord {
        word,
        kind: Kind::known(kind),
        varieties: vec![],
        cluster_wide: false,
        parts,
        arguments: false,
        operations: operations(can),
        column_operations: vec![],
        future: false,
        owned: true,
    }
}

const TABLE: [&str; 7] = ["select", "insert", "update", "delete", "truncate", "references", "trigger"];

fn kinds() -> Vec<KindWord> {
    let table = |name, future| KindWord {
        column_operations: operations(&["select", "insert", "update", "references"]),
        future,
        ..word(name, "table", 2..=2, &TABLE)
    };
    let routine =
        |name, future| KindWord { arguments: true, future, ..word(name, "routine", 2..=2, &["execute"]) };
    vec![
        KindWord {
            cluster_wide: true,
            ..word("database", "database", 1..=1, &["create", "connect", "temporary"])
        },
        KindWord { future: true, ..word("schema", "schema", 1..=1, &["create", "usage"]) },
        table("table", true),
        KindWord { varieties: vec![Variety::known("view")], ..table("view", false) },
        KindWord {
            varieties: vec![Variety::known("materialized view")],
            ..table("materialized view", false)
        },
        KindWord { future: true, ..word("sequence", "sequence", 2..=2, &["select", "update", "usage"]) },
        routine("routine", true),
        KindWord { varieties: vec![Variety::known("function")], ..routine("function", false) },
        KindWord { varieties: vec![Variety::known("procedure")], ..routine("procedure", false) },
        word("foreign server", "foreign server", 1..=1, &["usage"]),
        word("foreign data wrapper", "foreign data wrapper", 1..=1, &["usage"]),
        KindWord { future: true, ..word("large object", "large object", 1..=1, &["select", "update"]) },
        KindWord {
            cluster_wide: true,
            owned: false,
            ..word("parameter", "parameter", 1..=2, &["set", "alter system"])
        },
    ]
}

fn boundaries() -> Vec<Boundary> {
    let on = |kind, can: &[&'static str]| (Kind::known(kind), operations(can));
    let reading = vec![
        on("database", &["connect"]),
        on("schema", &["usage"]),
        on("table", &["select"]),
        on("column", &["select"]),
        on("sequence", &["select"]),
        on("routine", &["execute"]),
    ];
    let writing = vec![
        on("database", &["connect", "temporary"]),
        on("schema", &["usage"]),
        on("table", &["select", "insert", "update", "delete"]),
        on("column", &["select", "insert", "update"]),
        on("sequence", &["select", "update", "usage"]),
        on("routine", &["execute"]),
    ];
    let everything = kinds().into_iter().map(|kind| (kind.kind, kind.operations)).collect::<Vec<_>>();
    let boundary =
        |name: &str, about: &str, operations: &[(Kind, Vec<Operation>)], may_own, flags: &[&'static str]| {
            Boundary {
                name: name.into(),
                about: about.into(),
                operations: operations.to_vec(),
                may_own,
                flags: flags.iter().map(|flag| Attribute::known(flag)).collect(),
            }
        };
    vec![
        boundary("reader", "Looks at data and changes none.", &reading, false, &[]),
        boundary("writer", "Changes rows, never the shape of tables.", &writing, false, &[]),
        boundary("owner", "Owns objects and migrates them.", &everything, true, &[]),
        boundary(
            "admin",
            "Looks after the server and its roles.",
            &everything,
            true,
            &["createrole", "createdb"],
        ),
        boundary("auditor", "Sees what is there and who may do what.", &reading, false, &[]),
    ]
}
