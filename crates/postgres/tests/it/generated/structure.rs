//! What exists: generated schemas full of every kind of object, in two databases.

use super::pick;
use proptest::prelude::any;
use proptest::strategy::Strategy;
use sandbox::identifier;

/// The databases of every generated cluster beside `postgres`.
pub(crate) const DATABASES: [&str; 2] = ["shop", "Shop \"2\"; --"];

/// Names that break naive quoting; each fits into 63 bytes with two digits behind it.
const NAMES: [&str; 8] = [
    "plain",
    "Upper Case",
    "\"; DROP TABLE x; --",
    "ääääääääääääääääääääääääääääää",
    "select",
    "it's \\ odd",
    "a.b,(c){d}=*/e",
    "user",
];

/// A schema's name and the kinds of the objects in it.
#[derive(Debug, Clone)]
pub(crate) struct Schema {
    name: u16,
    kinds: Vec<u8>,
}

/// What exists in both databases.
#[derive(Debug, Clone)]
pub(crate) struct Structure {
    schemas: [Vec<Schema>; 2],
}

/// Something that has an owner or privileges.
#[derive(Debug, Clone)]
pub(crate) struct Thing {
    /// The database in which statements about it run.
    pub(crate) database: &'static str,
    /// Its schema, quoted.
    pub(crate) schema: Option<String>,
    /// As `GRANT … ON` names it; empty if nothing can be granted on it.
    pub(crate) grant: String,
    /// As `ALTER` names it; empty if it has no owner of its own.
    pub(crate) alter: String,
    /// The privileges that can be granted on it, newest last.
    pub(crate) privileges: &'static [&'static str],
    /// A column of it, quoted.
    pub(crate) column: Option<String>,
    /// Policies can be made on it.
    pub(crate) table: bool,
}

/// Any structure.
pub(crate) fn structure() -> impl Strategy<Value = Structure> {
    let schema = (any::<u16>(), proptest::collection::vec(0..16u8, 0..7))
        .prop_map(|(name, kinds)| Schema { name, kinds });
    let schemas = move |most: usize| proptest::collection::vec(schema.clone(), 0..most);
    (schemas(4), schemas(2)).prop_map(|(first, second)| Structure { schemas: [first, second] })
}

const TABLE: &[&str] =
    &["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"];
const SEQUENCE: &[&str] = &["SELECT", "UPDATE", "USAGE"];
const USAGE: &[&str] = &["USAGE"];

impl Structure {
    /// The schemas of a database, quoted.
    pub(crate) fn schemas(&self, database: usize) -> Vec<String> {
        let named = self.schemas[database].iter().enumerate();
        named
            .map(|(at, schema)| identifier(&format!("{}{at}", pick(&NAMES, schema.name))))
            .chain(["public".to_owned()])
            .collect()
    }

    /// Psql's script that makes it, in a cluster that is empty.
    pub(crate) fn sql(&self) -> String {
        let mut sql = String::from("SET client_min_messages = error;\n");
        for name in DATABASES {
            sql.push_str(&format!("CREATE DATABASE {};\n", identifier(name)));
        }
        for (at, name) in DATABASES.iter().enumerate() {
            sql.push_str(&format!("\\connect {}\nSET client_min_messages = error;\n", identifier(name)));
            sql.push_str(
                "SELECT lo_create(77001), lo_create(77002) \\g /dev/null\nCREATE FOREIGN DATA WRAPPER \"w W\";
                 CREATE SERVER \"s;S\" FOREIGN DATA WRAPPER \"w W\";
                 CREATE TRUSTED LANGUAGE \"lang'\" HANDLER plpgsql_call_handler;\n",
            );
            for (schema, (objects, _)) in self.schemas(at).iter().zip(self.each(at)) {
                if schema != "public" {
                    sql.push_str(&format!("CREATE SCHEMA {schema};\n"));
                }
                sql.push_str(&objects);
            }
        }
        sql
    }

    /// Everything that statements can be about.
    pub(crate) fn things(&self) -> Vec<Thing> {
        let mut things = Vec::new();
        for (at, database) in DATABASES.iter().enumerate() {
            let simple = |word: &str, name: &str, privileges, alter: bool| Thing {
                database,
                schema: None,
                grant: format!("{word} {name}"),
                alter: if alter {
                    format!("{} {name}", word.trim_start_matches("FOREIGN "))
                } else {
                    String::new()
                },
                privileges,
                column: None,
                table: false,
            };
            things.push(simple("DATABASE", &identifier(database), &["CREATE", "CONNECT", "TEMPORARY"], true));
            for number in [77001, 77002] {
                things.push(simple("LARGE OBJECT", &number.to_string(), &["SELECT", "UPDATE"], true));
            }
            things.push(Thing {
                alter: "FOREIGN DATA WRAPPER \"w W\"".to_owned(),
                ..simple("FOREIGN DATA WRAPPER", "\"w W\"", USAGE, false)
            });
            things.push(simple("FOREIGN SERVER", "\"s;S\"", USAGE, true));
            things.push(simple("LANGUAGE", "\"lang'\"", USAGE, true));
            things.push(simple("FUNCTION", "pg_catalog.pg_ls_dir(text)", &["EXECUTE"], false));
            things.push(simple("TABLE", "pg_catalog.pg_authid", TABLE, false));
            for (schema, (_, inside)) in self.schemas(at).iter().zip(self.each(at)) {
                things.push(simple("SCHEMA", schema, &["USAGE", "CREATE"], true));
                things.extend(inside);
            }
        }
        things.push(Thing {
            database: "postgres",
            schema: None,
            grant: "TABLESPACE pg_default".to_owned(),
            alter: String::new(),
            privileges: &["CREATE"],
            column: None,
            table: false,
        });
        for parameter in ["work_mem", "\"app\".\"setting\""] {
            things.push(Thing {
                grant: format!("PARAMETER {parameter}"),
                privileges: &["SET", "ALTER SYSTEM"],
                ..things[things.len() - 1].clone()
            });
        }
        things
    }

    /// The objects of each schema: the text that makes them, and what can be said of them.
    fn each(&self, database: usize) -> Vec<(String, Vec<Thing>)> {
        let nothing = Schema { name: 0, kinds: Vec::new() };
        let schemas = self.schemas(database);
        let shapes = self.schemas[database].iter().chain([&nothing]);
        shapes
            .zip(&schemas)
            .map(|(shape, schema)| {
                let mut made =
                    Made { database: DATABASES[database], schema, sql: String::new(), things: Vec::new() };
                for (at, kind) in shape.kinds.iter().enumerate() {
                    let number = shape.name.wrapping_add(u16::try_from(at).unwrap());
                    made.one(*kind, &format!("{}{at}", pick(&NAMES, number)));
                }
                (made.sql, made.things)
            })
            .collect()
    }
}

struct Made<'a> {
    database: &'static str,
    schema: &'a str,
    sql: String,
    things: Vec<Thing>,
}

impl Made<'_> {
    fn one(&mut self, kind: u8, bare: &str) {
        let name = format!("{}.{}", self.schema, identifier(bare));
        let column = "\"Co, l\"";
        let part = format!("{}.{}", self.schema, identifier(&format!("{bare}p")));
        match kind {
            0 => self.table("TABLE", &name, &format!("CREATE TABLE {name} (id serial, {column} text)")),
            1 => self.table(
                "TABLE",
                &name,
                &format!("CREATE TABLE {name} (id int GENERATED ALWAYS AS IDENTITY, {column} text)"),
            ),
            2 => {
                self.table(
                    "TABLE",
                    &name,
                    &format!("CREATE TABLE {name} (id int, {column} text) PARTITION BY RANGE (id)"),
                );
                self.table(
                    "TABLE",
                    &part,
                    &format!("CREATE TABLE {part} PARTITION OF {name} FOR VALUES FROM (1) TO (9)"),
                );
            }
            3 => self.table("VIEW", &name, &format!("CREATE VIEW {name} AS SELECT 1 AS {column}")),
            4 => self.table(
                "MATERIALIZED VIEW",
                &name,
                &format!("CREATE MATERIALIZED VIEW {name} AS SELECT 1 AS {column}"),
            ),
            5 => self.table(
                "FOREIGN TABLE",
                &name,
                &format!("CREATE FOREIGN TABLE {name} ({column} int) SERVER \"s;S\""),
            ),
            6 => self.plain("SEQUENCE", "SEQUENCE", &name, SEQUENCE, &format!("CREATE SEQUENCE {name}")),
            7..=10 => self.routines(kind, &name),
            _ => self.types(kind, &name, &part),
        }
    }

    fn routines(&mut self, kind: u8, name: &str) {
        match kind {
            7 => self.routine("FUNCTION", &format!("{name}(int)"), "RETURNS int LANGUAGE sql AS 'SELECT 1'"),
            8 => {
                self.routine("FUNCTION", &format!("{name}()"), "RETURNS int LANGUAGE sql AS 'SELECT 1'");
                self.routine(
                    "FUNCTION",
                    &format!("{name}(text, VARIADIC int[])"),
                    "RETURNS int LANGUAGE sql AS 'SELECT 1'",
                );
            }
            9 => self.routine("PROCEDURE", &format!("{name}(int)"), "LANGUAGE sql AS 'SELECT 1'"),
            10 => {
                let aggregate = format!("{name}(int)");
                self.plain(
                    "FUNCTION",
                    "AGGREGATE",
                    &aggregate,
                    &["EXECUTE"],
                    &format!("CREATE AGGREGATE {aggregate} (SFUNC = int4pl, STYPE = int)"),
                );
            }
            _ => {}
        }
    }

    fn types(&mut self, kind: u8, name: &str, part: &str) {
        match kind {
            11 => self.plain("TYPE", "TYPE", name, USAGE, &format!("CREATE TYPE {name} AS ENUM ('a')")),
            12 => self.plain("DOMAIN", "DOMAIN", name, USAGE, &format!("CREATE DOMAIN {name} AS int")),
            13 => {
                self.plain("TYPE", "TYPE", name, USAGE, &format!("CREATE TYPE {name} AS (a int)"));
                self.routine(
                    "FUNCTION",
                    &format!("{part}({name}, {name}[])"),
                    "RETURNS int LANGUAGE sql AS 'SELECT 1'",
                );
            }
            14 => self.plain(
                "TYPE",
                "TYPE",
                name,
                USAGE,
                &format!("CREATE TYPE {name} AS RANGE (subtype = float8)"),
            ),
            _ => {
                self.plain("", "COLLATION", name, &[], &format!("CREATE COLLATION {name} (LOCALE = 'C')"));
                self.plain(
                    "",
                    "TEXT SEARCH CONFIGURATION",
                    part,
                    &[],
                    &format!("CREATE TEXT SEARCH CONFIGURATION {part} (COPY = simple)"),
                );
            }
        }
    }

    fn table(&mut self, alter: &str, name: &str, sql: &str) {
        self.plain("TABLE", alter, name, TABLE, sql);
        if let Some(thing) = self.things.last_mut() {
            thing.column = Some("\"Co, l\"".to_owned());
            thing.table = alter == "TABLE";
        }
    }

    fn routine(&mut self, word: &str, signature: &str, body: &str) {
        self.plain(word, word, signature, &["EXECUTE"], &format!("CREATE {word} {signature} {body}"));
    }

    fn plain(
        &mut self,
        grant: &str,
        alter: &str,
        name: &str,
        privileges: &'static [&'static str],
        sql: &str,
    ) {
        self.sql.push_str(&format!("{sql};\n"));
        self.things.push(Thing {
            database: self.database,
            schema: Some(self.schema.to_owned()),
            grant: if grant.is_empty() { String::new() } else { format!("{grant} {name}") },
            alter: format!("{alter} {name}"),
            privileges,
            column: None,
            table: false,
        });
    }
}
