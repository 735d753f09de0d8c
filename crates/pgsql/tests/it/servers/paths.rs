//! What the search path decides: a statement reaches somebody else's objects exactly if its names of that kind are loose.

use std::path::Path;

use pgsql::Loose;
use sandbox::{Cluster, Installation, Version, literal};

use crate::shown::one;

const STATEMENTS: &[&str] = &[
    "SELECT a FROM t",
    "SELECT a FROM s.t",
    "WITH t AS (SELECT 1 AS a) SELECT a FROM t",
    "SELECT g(1)",
    "SELECT s.g(1)",
    "SELECT lower('X')",
    "SELECT pg_catalog.lower('X')",
    "SELECT extract(year FROM pg_catalog.now())",
    "SELECT * FROM generate_series(1, 2) AS n",
    "SELECT * FROM s.t, g(t.a)",
    "CALL p()",
    "CALL s.p()",
    "SELECT 1 + 1",
    "SELECT 1 OPERATOR(pg_catalog.+) 1",
    "SELECT - a FROM s.t",
    "SELECT a = 1 FROM s.t",
    "SELECT a IN (1, 2) FROM s.t",
    "SELECT a NOT IN (1) FROM s.t",
    "SELECT a IN (SELECT 1) FROM s.t",
    "SELECT a > ALL (SELECT 1) FROM s.t",
    "SELECT a OPERATOR(pg_catalog.>) ALL (SELECT 1) FROM s.t",
    "SELECT a = ANY (ARRAY[1]) FROM s.t",
    "SELECT a BETWEEN 1 AND 2 FROM s.t",
    "SELECT a NOT BETWEEN SYMMETRIC 1 AND 2 FROM s.t",
    "SELECT a IS DISTINCT FROM 1 FROM s.t",
    "SELECT a IS NOT DISTINCT FROM 1 FROM s.t",
    "SELECT NULLIF(a, 1) FROM s.t",
    "SELECT CASE a WHEN 1 THEN 2 END FROM s.t",
    "SELECT CASE WHEN true THEN 2 END FROM s.t",
    "SELECT (a, a) = (1, 1) FROM s.t",
    "SELECT b LIKE 'x' FROM s.t",
    "SELECT b NOT ILIKE 'x' FROM s.t",
    "SELECT b NOT LIKE 'x' FROM s.t",
    "SELECT b SIMILAR TO 'x' FROM s.t",
    "SELECT 1 FROM s.t JOIN s.u USING (a)",
    "SELECT 1 FROM s.t NATURAL JOIN s.u",
    "SELECT 1 FROM s.t CROSS JOIN s.u",
    "SELECT a FROM s.t ORDER BY a USING <",
    "SELECT a FROM s.t ORDER BY a USING OPERATOR(pg_catalog.<)",
    "SELECT DISTINCT a FROM s.t ORDER BY a",
    "SELECT a, pg_catalog.count(*) FROM s.t GROUP BY a",
    "SELECT GREATEST(a, 1), COALESCE(a, 1) FROM s.t",
    "SELECT a FROM s.t UNION SELECT 1",
    "SELECT a IS NULL, b IS NOT NULL, true IS TRUE FROM s.t",
    "SELECT pg_catalog.sum(a) OVER (PARTITION BY b ORDER BY a) FROM s.t",
    "UPDATE s.t SET a = 1",
    "DELETE FROM s.t WHERE a < 5",
    "SELECT 'x'::text",
    "SELECT 'x'::pg_catalog.text",
    "SELECT CAST('x' AS text)",
    "SELECT text 'x'",
    "SELECT date '2020-01-01'",
    "SELECT 'fine'::mood",
    "SELECT 'fine'::s.mood",
    "SELECT 'x'::varchar, '1'::integer, '1 day'::interval, '12:00'::time",
    "SELECT '{x}'::text[]",
    "SELECT ARRAY['x']::text[]",
    "SELECT * FROM pg_catalog.json_to_record('{\"a\": \"x\"}') AS r (a text)",
    "SELECT ROW(1)",
    "SELECT EXISTS (SELECT FROM t)",
    "INSERT INTO t VALUES (1)",
    "DROP TABLE t",
];

#[test]
fn a_name_is_loose_exactly_if_it_can_be_hijacked_on_14() {
    each_statement(Version::V14);
}

#[test]
fn a_name_is_loose_exactly_if_it_can_be_hijacked_on_18() {
    each_statement(Version::V18);
}

fn each_statement(version: Version) {
    let cluster = Cluster::start(&Installation::find(version).unwrap()).unwrap();
    let objects = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/servers/paths.sql"));
    cluster.psql_file("postgres", objects).unwrap();
    let mut wrong = Vec::new();
    for statement in STATEMENTS {
        let Loose { relations, routines, operators, types } = one(statement).loose;
        assert_eq!(outcome(&cluster, "s, pg_catalog", statement), "fine", "{statement}");
        for (kind, loose) in
            [("relations", relations), ("routines", routines), ("operators", operators), ("types", types)]
        {
            let found = outcome(&cluster, &format!("{kind}, s, pg_catalog"), statement);
            if (found != "fine") != loose {
                wrong.push(format!("{statement}: {kind} are loose: {loose}, but {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How a statement ends on a search path, with everything taken back.
fn outcome(cluster: &Cluster, path: &str, statement: &str) -> String {
    let sql = format!("BEGIN; SELECT public.outcome({}, {}); ROLLBACK", literal(path), literal(statement));
    cluster.psql("postgres", &sql).unwrap()
}
